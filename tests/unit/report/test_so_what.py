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
from shiftexp.verdict import LANGUAGES, Verdict
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
    assert all("{least}" in text for key, text in lines.items() if key.startswith("shift, supp"))
    page = lifted(12.5, 14.0).in_language(language)
    (shift,) = (c for c in page.verdict.claims if c.name == "shift")
    assert shift.status == "supported"
    said = so_what_words(page, shift)
    assert Words(language).written("12.5") in said
    assert Words(language).written("14") in said


def test_a_share_and_a_contradiction_are_told() -> None:
    bound = Bound("shift_share", low=0.245, high=1.0, because="files")
    page = report_pages.passed(evidence=(Evidence(about="shift", bound=bound, source="files"),))
    (shift,) = (c for c in page.verdict.claims if c.name == "shift")
    said = so_what_words(page, shift)
    if page.verdict.disputes:
        assert "contradicts it" in said
    assert "24 % of the growth" in said


def test_what_is_not_supported_says_nothing_of_a_bound() -> None:
    page = report_pages.passed()
    (shift,) = (c for c in page.verdict.claims if c.name == "shift")
    assert "neither shown nor ruled out" in so_what_words(page, shift)
    unknown = replace(shift, name="destination grew", status="not identified")
    assert so_what_words(page, unknown).startswith("These figures give no answer")


def test_lines_stand_in_every_format() -> None:
    page = report_pages.passed()
    study = report_pages.study(report_pages.cell(page))
    line = str(so_what_sheet(page).rows[0][2])
    assert line in render(study)
    assert line in render_markdown(study)
    assert line in so_what_latex(page)
    assert isinstance(page.verdict, Verdict)
