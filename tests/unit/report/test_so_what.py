"""What may be concluded: a line for every claim and status, and never more than the data say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shiftexp.evidence import Bound, Evidence
from shiftexp.report import DesignPage, render, render_markdown
from shiftexp.report.language import Words, table
from shiftexp.report.latex import so_what_latex
from shiftexp.report.sheets import so_what_sheet
from shiftexp.report.so_what import so_what_words
from shiftexp.report.wording import side_place
from shiftexp.verdict import LANGUAGES, Claim, Verdict
from shiftexp.verdict.claims import LADDER
from tests import report_pages

STATUSES = ("supported", "contradicted", "inconclusive")
EQUIVALENCES = ("origin unchanged", "destination unchanged", "full offset")
OPEN = {"en": "open|neither|not shown", "nl": "open|noch|aangetoond", "fr": "ouvert|ni |n'est pas"}
NOTHING = {
    "en": "no effect|nothing changed|nothing moved|did not move",
    "nl": "geen effect|niets veranderde|niets verplaatste",
    "fr": "aucun effet|rien n'a changé|rien ne s'est déplacé",
}
DENIED = {
    "en": "not|neither|nor|no finding",
    "nl": "niet|geen|noch|ook",
    "fr": "ne |n'|ni |pas",
}


def claim_of(page: DesignPage, name: str) -> Claim:
    """Return a claim of a page by its name."""
    return next(claim for claim in page.verdict.claims if claim.name == name)


def lifted(*lows: float) -> DesignPage:
    """Return a page whose evidence says that at least so much moved."""
    evidence = tuple(
        Evidence(
            about="shift",
            bound=Bound("flow", low=low, high=30.0, unit="units per year", because="counted"),
            source=f"count {low:g}",
        )
        for low in lows
    )
    return report_pages.passed(evidence=evidence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_has_a_line_for_every_status(language: str) -> None:
    lines = table(language)["so_what"]
    for rung in LADDER:
        assert all(f"{rung.name}, {status}" in lines for status in STATUSES)
    for name in EQUIVALENCES:
        assert f"{name}, supported" in lines
        assert f"{name}, inconclusive" in lines
    for status in ("supported", "supported, but contradicted", "compatible", "not identified"):
        assert f"shift, {status}" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_open_is_never_told_as_no_effect(language: str) -> None:
    for key, line in table(language)["so_what"].items():
        if key.endswith("inconclusive"):
            assert re.search(OPEN[language], line.lower()), key
        for part in re.split(r"[.;:]", line.lower()):
            if re.search(NOTHING[language], part) and "supported" not in key:
                assert re.search(DENIED[language], part), (key, part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shift_is_told_with_its_lower_bound(language: str) -> None:
    lines = table(language)["so_what"]
    assert all("{limits}" in text for key, text in lines.items() if key.startswith("shift, supp"))
    page = lifted(12.36, 14.0).in_language(language)
    shift = claim_of(page, "shift")
    assert shift.status == "supported"
    said, words = so_what_words(page, shift), Words(language)
    for least in ("12.3", "14"):
        fields = {side: side_place(page, side) for side in ("origin", "destination")}
        least_said = words("so_what_least.by_evidence", least=f"{words.written(least)} @", **fields)
        assert least_said.split("@")[0] in said
    assert words("so_what_least.several") in said
    assert words("so_what_least.several") not in so_what_words(
        lifted(12.36).in_language(language), shift
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lower_limit_of_a_model_is_not_told_as_one_from_elsewhere(language: str) -> None:
    bound = Bound(
        "flow", low=7.996, high=30.0, unit="units per year", because="fitted", model="an old one"
    )
    evidence = (Evidence(about="shift", bound=bound, source="fit"),)
    page = report_pages.passed(evidence=evidence).in_language(language)
    said = so_what_words(page, claim_of(page, "shift"))
    assert "(an old one)" in said
    assert Words(language).written("7.99") in said
    assert (
        Words(language)("so_what_least.by_evidence", least="@", origin="", destination="").split(
            "@"
        )[0]
        not in said
    )


@pytest.mark.parametrize("name", ["some offset", "mostly offset"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_share_is_quoted_under_an_assumption_that_is_contradicted(
    name: str, language: str
) -> None:
    grew = report_pages.passed(report_pages.simulated(origin=60.0)).in_language(language)
    assert claim_of(grew, "origin fell").status == "contradicted"
    contradicted = replace(claim_of(grew, name), status="contradicted")
    line = table(language)["so_what"][f"{name}, contradicted, without B1"]
    end = line.rpartition("B1")[2]
    assert so_what_words(grew, contradicted).endswith(end)
    still = report_pages.passed().in_language(language)
    assert not so_what_words(still, contradicted).endswith(end)


@pytest.mark.parametrize("language", LANGUAGES)
def test_less_than_expected_is_not_told_as_a_fall(language: str) -> None:
    line = table(language)["so_what"]["destination grew, contradicted"]
    assert not re.search(r"made it fall|daling|baisser", line)
    assert re.search(r"not rule out a move|verplaatsing is .*niet uitgesl|n'exclut pas", line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_in_both_places_is_more_if_both_are_seen_alike(language: str) -> None:
    line = table(language)["so_what"]["net expansion, supported"]
    assert "(A2)" in line
    assert re.search(r"a third|een derde|un troisième", line)


def test_an_answer_without_a_line_is_no_missing_answer() -> None:
    page = report_pages.passed()
    with pytest.raises(KeyError, match="full offset, contradicted"):
        so_what_words(page, replace(claim_of(page, "full offset"), status="contradicted"))


def test_a_share_and_a_contradiction_are_told() -> None:
    bound = Bound("shift_share", low=0.245, high=1.0, because="files")
    page = report_pages.passed(evidence=(Evidence(about="shift", bound=bound, source="files"),))
    (shift,) = (c for c in page.verdict.claims if c.name == "shift")
    said = so_what_words(page, shift)
    if page.verdict.disputes:
        assert "contradicts this" in said
    assert "24 % of the growth" in said


def test_what_is_not_supported_says_nothing_of_a_bound() -> None:
    page = report_pages.passed()
    (shift,) = (c for c in page.verdict.claims if c.name == "shift")
    assert "neither shown nor ruled out" in so_what_words(page, shift)
    unknown = replace(shift, name="destination grew", status="not identified")
    assert so_what_words(page, unknown).startswith("These figures give no answer")


@pytest.mark.slow
def test_lines_stand_in_every_format() -> None:
    page = report_pages.passed()
    study = report_pages.study(report_pages.cell(page))
    line = str(so_what_sheet(page).rows[0][2])
    assert line in render(study)
    assert line in render_markdown(study)
    assert line in so_what_latex(page)
    assert isinstance(page.verdict, Verdict)
