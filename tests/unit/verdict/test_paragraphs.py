"""One paragraph in three languages: every state has its sentences, and none is left in English."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import get_args

import pytest

import shiftexp as sx
from shiftexp.detection import TippingPoint
from shiftexp.plane import NO_SET, SECTOR_NAMES, ConfidenceSet
from shiftexp.verdict.paragraphs import change_words, paragraph
from shiftexp.verdict.remedies import Remedy, ValueOfInformation
from shiftexp.verdict.verdict import State
from shiftexp.verdict.wording import LANGUAGES, phrases
from tests.pairs import STILL, fitted, normal_pair
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
    "prices", "push", "gate before", "gate after", "gate counting",
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


ALL = VERDICTS | {
    "conflicting": conflicting,
    "one side": alone,
    "both fell": lambda: sx.weigh(fitted(-30.0, -20.0), detection=STILL),
    "moved": lambda: sx.weigh(fitted(-20.0, 20.0), detection=STILL),
    "case files": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[FILES]),
    "model": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[MODEL]),
    "open above": lambda: sx.weigh(fitted(-20.0, 20.0), evidence=[OPEN]),
    "at most": lambda: sx.weigh(evidence=[MOST]),
    "broken": lambda: sx.weigh(gate=sx.Gate(12, 9, ("break 2015 of NL untreated",))),
    "no method": lambda: sx.weigh(gate=sx.Gate(12, 9)),
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
    way: str, language: str
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
    assert "Both places together shrank." in said


def test_a_shift_is_told_as_supported_by_a_bound_alone() -> None:
    for name, verdict in ((name, made(name)) for name in ALL):
        lifted = any(e.bound is not None and e.bound.informative for e in verdict.evidence)
        for language in LANGUAGES:
            moved = phrases(language).table["moved"]
            said = verdict.paragraph(language)
            assert (moved["supported"] in said or moved["modelled"] in said) == lifted, name


def test_nothing_to_move_and_no_limit_are_told() -> None:
    shrank = sx.weigh(fitted(-30.0, -20.0), detection=STILL)
    assert phrases("en").table["moved"]["nothing"] in shrank.paragraph()
    rates = sx.weigh(like(normal_pair(0.0, 40.0, additive=False)))
    assert phrases("en").table["moved"]["no_limit"] in rates.paragraph()


def test_detection_is_told_of_sides_that_are_settled() -> None:
    said = sx.weigh(fitted(0.0, 40.0)).paragraph()
    assert said.count("mere appearance") == 1
    assert "The change in the destination would be mere appearance" in said
    point = TippingPoint("any change at the destination", "destination", 2.0)
    assert point in sx.weigh(fitted(sd=30.0)).tipping or "mere appearance" in said


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
