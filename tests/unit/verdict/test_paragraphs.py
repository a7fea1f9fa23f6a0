"""One paragraph in three languages: every state has its sentences, and none is left in English."""

from __future__ import annotations

import math
import re
import string
from dataclasses import replace
from functools import cache
from typing import get_args

import pytest

import shiftexp as sx
from shiftexp.plane import NO_SET, SECTOR_NAMES, ConfidenceSet
from shiftexp.verdict.paragraphs import change_words, paragraph
from shiftexp.verdict.remedies import Remedy, ValueOfInformation
from shiftexp.verdict.sides import Way
from shiftexp.verdict.verdict import State
from shiftexp.verdict.wording import LANGUAGES, phrases
from tests.pairs import STILL, fitted, normal_pair, several
from tests.unit.verdict.test_readings import posterior
from tests.unit.verdict.test_reasons import VERDICTS, like
from tests.unit.verdict.test_words import conflicting

ENGLISH = re.compile(
    r"\b(the|of|and|with|that|this|is|are|was|were|can|by|from|a|an|nothing|growth|figures|"
    r"origin|destination|moved|year|units|more|evidence|detection)\b"
)
ALSO_DUTCH = {"of", "is", "was"}
ALSO_FRENCH = {"a", "an", "destination"}
KINDS = (
    "effort", "effort-free", "indicators", "years", "noise", "donors", "case files", "customers",
    "prices", "push", "resolution", "gate before", "gate after",
    "gate before alone", "gate after alone", "gate counting",
)  # fmt: skip
FILES = sx.Evidence(
    about="shift", bound=sx.case_files(20, 59, link=(0.5, 1.0), arrived=(0.6, 1.0)), source="files"
)
MODEL = sx.Evidence(
    about="shift",
    bound=sx.Bound("flow", low=3, high=9, unit="kg per year", because="a model", model="emerging"),
)
OPEN = sx.Evidence(
    about="shift",
    bound=sx.Bound("flow", low=3, high=float("inf"), unit="visits per year", because="counted"),
)
MOST = sx.Evidence(
    about="shift", bound=sx.Bound("flow", low=0, high=9, unit="visits per year", because="counted")
)


def alone() -> sx.Verdict:
    """Return a verdict on one side."""
    panel, design = sx.simulate_pair(destination_effect=40, sd=1, autocorrelation=0.0)
    return sx.weigh(sx.InterruptedTimeSeries(trend=False).fit(panel, design.only("destination")))


def flow(low: float, high: float = 90.0, unit: str = "units per year") -> sx.Evidence:
    """Return a counted flow."""
    bound = sx.Bound("flow", low=low, high=high, unit=unit, because="counted")
    return sx.Evidence(about="shift", bound=bound)


def share(low: float, high: float) -> sx.Evidence:
    """Return a share from files."""
    bound = sx.Bound("shift_share", low=low, high=high, because="files")
    return sx.Evidence(about="shift", bound=bound)


def one_left() -> sx.Verdict:
    """Return a verdict that leaves one sector, which posteriors do not declare."""
    clear, other = fitted(0.0, 40.0), posterior(0.0, 12.0, sd=8.0)
    return sx.weigh([*several(*[clear] * 4), other], detection=STILL)


def differing() -> sx.Verdict:
    """Return a verdict whose primary specification alone says that the destination grew."""
    low = like(normal_pair(0.0, -3.0))
    return sx.weigh([fitted(0.0, 40.0), low], detection=STILL)


ALL = VERDICTS | {
    "conflicting": conflicting,
    "one side": alone,
    "both fell": lambda: sx.weigh(fitted(-30.0, -20.0), detection=STILL),
    "moved": lambda: sx.weigh(fitted(-20.0, 20.0), detection=STILL),
    "case files": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[FILES], detection=STILL),
    "model": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[MODEL], detection=STILL),
    "open above": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[OPEN], detection=STILL),
    "at most": lambda: sx.weigh(evidence=[MOST]),
    "one place short": lambda: sx.weigh(gate=sx.Gate(3, 9, ("3 joint periods before",), sides=1)),
    "broken": lambda: sx.weigh(gate=sx.Gate(12, 9, ("break 2015 of NL untreated",))),
    "no method": lambda: sx.weigh(gate=sx.Gate(12, 9)),
    "above": lambda: sx.weigh(
        fitted(-20.0, 40.0), evidence=[flow(60.0), flow(1.0, 2.0)], detection=STILL
    ),
    "two shares": lambda: sx.weigh(
        fitted(-20.0, 20.0), evidence=[share(0.1, 0.2), share(0.6, 0.9)], detection=STILL
    ),
    "too much": lambda: sx.weigh(
        fitted(-20.0, 40.0), evidence=[flow(900.0, float("inf"))], detection=STILL
    ),
    "origin grew, files": lambda: sx.weigh(fitted(40.0, 20.0), evidence=[FILES], detection=STILL),
    "one left": one_left,
    "differ": differing,
    "origin grew": lambda: sx.weigh(fitted(40.0, 0.0), detection=STILL),
}


@cache
def made(name: str) -> sx.Verdict:
    """Return a verdict, made once."""
    return ALL[name]()


def blanks(text: str) -> set[str]:
    """Return the names of the blanks of a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_keys_and_the_same_blanks() -> None:
    english = phrases("en").table
    for language in LANGUAGES:
        table = phrases(language).table
        assert {s: set(keys) for s, keys in table.items()} == {
            s: set(keys) for s, keys in english.items()
        }
        for section, keys in english.items():
            for key, text in keys.items():
                assert blanks(table[section][key]) == blanks(text), (language, section, key)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sector_and_every_remedy_has_words(language: str) -> None:
    table = phrases(language).table
    assert set(table["sectors"]) == set(SECTOR_NAMES)
    assert set(table["remedy"]) == set(KINDS)
    for verdict in map(made, ALL):
        assert {r.kind for r in verdict.value_of_information.remedies} <= set(KINDS)


@pytest.mark.parametrize(("language", "shared"), [("nl", ALSO_DUTCH), ("fr", ALSO_FRENCH)])
def test_no_english_is_left_in_the_tables(language: str, shared: set[str]) -> None:
    for section, keys in phrases(language).table.items():
        for key, text in keys.items():
            bare = re.sub(r"\{\w+\}", "", text).lower()
            assert not set(ENGLISH.findall(bare)) - shared, (section, key)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("language", "shared"), [("nl", ALSO_DUTCH), ("fr", ALSO_FRENCH)])
def test_no_english_is_left_in_a_paragraph(name: str, language: str, shared: set[str]) -> None:
    said = made(name).paragraph(language)
    assert not set(ENGLISH.findall(said.lower())) - shared
    assert "{" not in said
    assert "nan" not in said.split()
    assert "  " not in said
    assert "\n" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_phrase_is_told_somewhere(language: str) -> None:
    verdicts = list(map(made, ALL))
    assert {v.state for v in verdicts} == set(get_args(State))
    told = " ".join(v.paragraph(language) for v in verdicts)
    table = phrases(language).table
    for section in ("pattern", "together", "moved", "detection", "networks", "needed", "change"):
        for key, text in table[section].items():
            if key in {"nothing", "no_limit"} or key.endswith("_somehow"):
                continue  # told in tests of their own
            start = max(re.split(r"\{\w+\}", text), key=len)
            assert start in told, (section, key)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("12,300", "−12,300", "0.123", "1.5", "0")),
        ("nl", ("12\u202f300", "−12\u202f300", "0,123", "1,5", "0")),
        ("fr", ("12\u202f300", "−12\u202f300", "0,123", "1,5", "0")),
    ],
)
def test_numbers_are_written_as_in_the_language(language: str, said: tuple[str, ...]) -> None:
    words = phrases(language)
    assert tuple(map(words.number, (12345.6, -12345.6, 0.12345, 1.5, 0.0))) == said
    assert (words.percent(0.551), words.percent(0.559, least=True)) == ("56", "55")


def test_places_and_units_are_named_as_in_the_language() -> None:
    nl, fr = phrases("nl"), phrases("fr")
    assert nl.place("origin", "NL") == "het herkomstgebied (Nederland)"
    assert fr.place("destination", "BE:brussels + BE") == (
        "la zone de destination (Bruxelles + Belgique)"
    )
    assert nl.place("destination", "") == "het bestemmingsgebied"
    assert nl.unit("kg per year by the end of the window") == "kilo per jaar"
    assert fr.unit("count per quarter", "labs_dismantled") == (
        "laboratoires démantelés par trimestre"
    )
    assert fr.unit("florins per month") == "florins par mois"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["grew", "fell", "open"])
def test_a_change_without_a_finite_interval_is_told_without_numbers(
    way: Way, language: str
) -> None:
    words = phrases(language)
    said = {"place": "X", "unit": "kg"}
    for answer in (NO_SET, ConfidenceSet("interval", 1.0, float("inf"))):
        told = change_words(words, way, 4.0, answer, said)
        assert told == words.say("change", f"{way}_somehow", place="X")
        assert not re.search(r"\d", told)


def test_a_fall_is_told_by_how_much_without_a_sign() -> None:
    said = sx.weigh(fitted(-30.0, -20.0), detection=STILL).paragraph()
    found = re.search(r"In the origin the figures fell: by ([\d.]+) .* from ([\d.]+) to", said)
    assert found is not None
    assert 25 < float(found[2]) < float(found[1]) < 35
    assert "The figures of both places together fell." in said


def test_a_shift_is_told_as_supported_by_a_bound_alone() -> None:
    for name, verdict in ((name, made(name)) for name in ALL):
        lifted = any(e.bound is not None and e.bound.informative for e in verdict.evidence)
        for language in LANGUAGES:
            moved = phrases(language).table["moved"]
            said = verdict.paragraph(language)
            assert (moved["supported"] in said or moved["modelled"] in said) == lifted, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_specification_alone_settles_is_told_as_a_difference(language: str) -> None:
    words, said = phrases(language).table["change"], made("differ").paragraph(language)
    assert words["differ"] in said
    low, high = phrases(language).number(-3 - 1.645, "down"), phrases(language).number(40.0)
    assert low in said, high
    assert made("moved").paragraph(language).count(words["differ"]) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_contradictions_and_other_units_are_told_in_one_sentence(language: str) -> None:
    moved = phrases(language).table["moved"]
    said = made("above").paragraph(language)
    assert (said.count(moved["series"]), said.count(moved["sources"])) == (1, 1)
    assert said.count(moved["unit"]) == 0
    assert moved["unit"] in made("open above").paragraph(language)
    assert moved["series"] not in made("case files").paragraph(language)


def test_of_each_unit_the_highest_limit_is_told() -> None:
    bounds = [flow(20.0, 60.0, "kg"), flow(0.4, 2.0, "visits"), flow(10.0, 60.0, "kg")]
    told = sx.weigh(evidence=bounds).paragraph()
    assert "between 20 and 60 kilos." in told
    assert "between 0.4 and 2 visits." in told
    assert "between 10" not in told


def test_an_upper_limit_brought_against_a_shift_is_told() -> None:
    piece = replace(flow(0.0, 9.0), direction="against")
    assert "at most 9 units a year can have moved" in sx.weigh(evidence=piece).paragraph()


def test_the_two_upper_limits_are_not_equated() -> None:
    for language, wrong in (("en", ", or "), ("nl", ", of "), ("fr", "soit ")):
        most = phrases(language).table["moved"]["most"]
        assert wrong + "{share}" not in most
        assert "{share}" in most


def test_the_detection_at_which_the_supported_claim_falls_is_told() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    own = [p.value for p in verdict.tipping if p.statement in phrases("en").table["claims"]]
    nearest = min((v for v in own if math.isfinite(v)), key=lambda v: abs(math.log(v)))
    said = verdict.paragraph()
    assert f"had become {phrases('en').number(nearest)} times what it was" in said
    assert "mere appearance" not in said


def test_french_takes_the_singular_below_two_and_the_others_at_one() -> None:
    fr, en, nl = map(phrases, ("fr", "en", "nl"))
    assert [fr.unit("units per year", of=x) for x in (1.34, 2.0)] == [
        "unité par an", "unités par an",
    ]  # fmt: skip
    assert [en.unit("kg", of=x) for x in (1.0, 1.34)] == ["kilo", "kilos"]
    assert [nl.unit("plants", of=x) for x in (1.0, 0.5)] == ["plant", "planten"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_place_has_no_patterns(language: str) -> None:
    said = made("one side").paragraph(language)
    for text in phrases(language).table["pattern"].values():
        assert text[:15] not in said


def test_a_failed_gate_is_told_with_all_that_it_lacks() -> None:
    said = made("gate failed").paragraph()
    needed = said[said.index("First of all") :]
    assert "at least 5 and more periods after" in needed
    assert "at least 1." in needed


def test_nothing_to_move_and_no_limit_are_told() -> None:
    shrank = sx.weigh(fitted(-30.0, -20.0), detection=STILL)
    assert phrases("en").table["moved"]["nothing"] in shrank.paragraph()
    rates = sx.weigh(like(normal_pair(0.0, 40.0, additive=False)))
    assert phrases("en").table["moved"]["no_limit"] in rates.paragraph()


@pytest.mark.parametrize(
    ("language", "shown", "if_any"),
    [
        ("en", "All of the growth may", "If the figures of the destination rose at all, all of"),
        ("nl", "De hele groei kan", "Als de cijfers van het bestemmingsgebied al stegen, kan"),
        ("fr", "Toute la hausse peut", "Si tant est que les chiffres aient augmenté dans la zone"),
    ],
)
def test_a_growth_that_is_not_shown_is_spoken_of_with_an_if(
    language: str, shown: str, if_any: str
) -> None:
    for destination, said, other in ((20.0, shown, if_any), (0.0, if_any, shown)):
        verdict = sx.weigh(fitted(-20.0, destination), detection=STILL)
        status = next(c.status for c in verdict.claims if c.name == "destination grew")
        assert (status == "supported") == (said == shown)
        told = verdict.paragraph(language)
        assert said in told
        assert other not in told


def test_what_would_explain_the_whole_change_is_told_where_no_claim_is_settled() -> None:
    shrank = sx.weigh(fitted(0.0, -20.0)).paragraph()
    assert "mere appearance" not in shrank
    assert "That the figures fell in the destination would no longer be settled" in shrank
    open_ = made("undecided").paragraph()
    assert open_.count("mere appearance") == 1
    assert "The change in the destination would be mere appearance" in open_


def test_without_anything_that_would_help_nothing_is_asked_for() -> None:
    verdict = sx.weigh(fitted(0.0, 40.0))
    said = paragraph(verdict, ValueOfInformation(()), "en")
    assert "help most" not in said
    settled = Remedy("donors", "", "", (), settles=True, removed=("null",))
    assert "would settle it: figures from places where nothing changed" in paragraph(
        verdict, ValueOfInformation((settled,)), "en"
    )


def test_another_language_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="language = 'de'"):
        sx.weigh(fitted()).paragraph("de")


def test_a_contradicted_claim_has_the_detection_at_which_that_falls() -> None:
    verdict = sx.weigh(fitted(0.0, -30.0))
    status = {c.name: c.status for c in verdict.claims}
    assert status["destination grew"] == "contradicted"
    (point,) = (
        p
        for p in verdict.tipping
        if p.statement == "destination grew, contradicted" and math.isfinite(p.value)
    )
    assert point.side == "destination"
    assert point.value < 1
    drifted = verdict.results[0].effects.drifted(verdict.drift)

    def against(ratio: float) -> float:
        return float(drifted.under(destination=ratio).p_value((0.0, -1.0))[0])

    assert against(1.02 * point.value) < 0.05 < against(0.98 * point.value)
    for language in LANGUAGES:
        claims = phrases(language).table["claims"]
        settled = [
            claims[f"{n}, contradicted"]
            for n in status
            if status[n] == "contradicted" and n in claims
        ]
        assert any(text in verdict.paragraph(language) for text in settled), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failed_gate_of_one_place_speaks_of_one_place(language: str) -> None:
    short = ("3 joint periods before", "1 joint period after")
    table = phrases(language).table
    one, two = (sx.weigh(gate=sx.Gate(3, 1, short, sides=n)).paragraph(language) for n in (1, 2))
    for key in ("too_short", "too_short_alone"):
        start = table["pattern"][key].partition("{")[0]
        assert (start in one) == (key == "too_short_alone")
        assert (start in two) == (key == "too_short")
    assert table["moved"]["one_side"] in one
    for side in ("before", "after"):
        words = table["remedy"][f"gate {side} alone"].partition("{")[0]
        assert words in one
        assert words not in two


def test_the_gate_of_a_design_knows_how_many_sides_it_has() -> None:
    panel, design = sx.simulate_pair(rng=1)
    assert design.gate(panel).sides == 2
    assert design.only("origin").gate(panel).sides == 1


def test_the_upper_end_of_a_bound_limits_what_can_have_moved() -> None:
    verdict = made("case files")
    assert FILES.bound is not None
    assert "All of the growth" not in verdict.paragraph()
    assert "at most 48 % of the growth" in verdict.paragraph()
    low, high = math.floor(100 * FILES.bound.low), math.ceil(100 * FILES.bound.high)
    assert f"Shift share: {low / 100:.2f} to {high / 100:.2f};" in verdict.summary()
    assert "cut by the bounds from outside" in verdict.summary()


def test_bounds_that_contradict_are_both_named_and_neither_is_read_out() -> None:
    two, much = made("two shares"), made("too much")
    said = "One says 10 to 20 % of the growth, the other 60 to 90 % of the growth."
    assert said in two.paragraph()
    assert "By that evidence" not in two.paragraph() + much.paragraph()
    assert "One says at least 900 units a year, the other 0 to " in much.paragraph()
    for verdict in (two, much):
        assert "[supported, but contradicted] shift" in verdict.summary()
    assert "[supported] shift" in made("case files").summary()


def test_growth_beside_a_null_that_is_left_is_explained() -> None:
    said = "      grew, but perhaps by less than the 10 % that is called a change"
    small = sx.weigh(like(normal_pair(0.0, 3.0)), detection=STILL)
    assert "null" in small.sectors
    assert said in small.summary().splitlines()
    assert said not in sx.weigh(fitted(0.0, 40.0), detection=STILL).summary()
