"""Unit tests of the first table: what grew, the most that can have moved, what to collect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.bounds import B2, ShiftShareBounds
from shiftexp.detection import Detection
from shiftexp.effects import Effects
from shiftexp.report import sheets
from shiftexp.report.figures import design_figures
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.sentences import three_sentences
from shiftexp.report.sheets import (
    changes_sheet,
    collect_words,
    grown_words,
    share_words,
    summary_sheet,
)
from shiftexp.report.wording import amount, percent
from shiftexp.verdict.wording import phrases
from tests import report_pages
from tests.pairs import STILL, normal_pair
from tests.unit.verdict.test_reasons import like


def limits(flow_high: float) -> ShiftShareBounds:
    """Return limits that rest on the destination alone."""
    return ShiftShareBounds(0.0, 1.0, 0.0, flow_high, "count per year", 0.95, (B2,))


@pytest.fixture(scope="module")
def page() -> DesignPage:
    """Return a design whose gate passed."""
    return report_pages.passed(report_pages.simulated(origin=-20.0, destination=60.0))


def test_the_first_table_says_what_grew_what_moved_and_what_to_collect(page: DesignPage) -> None:
    failed = report_pages.failed()
    sheet = summary_sheet(report_pages.study(report_pages.cell(page), report_pages.cell(failed)))
    assert sheet.columns == (
        "Cell", "State", "Observed, before → after", "Most that can have moved", "Collect first",
    )  # fmt: skip
    assert len(sheet.rows) == 2
    for row, shown in zip(sheet.rows, (page, failed), strict=True):
        assert row[0] == "Synthetic labs"
        assert row[2:] == (grown_words(shown), share_words(shown), collect_words(shown))
    assert "does not mean that nothing happened" in sheet.note


def test_observed_means_are_those_of_the_series_destination_first(page: DesignPage) -> None:
    (result,) = page.verdict.results
    paths, said = result.paths, grown_words(page)
    shown = []
    for side in (1, 0):
        before, after = (np.mean(paths.observed[side, when]) for when in (paths.pre, paths.post))
        shown.append(f"{'OD'[side]}: {amount(before)} → {amount(after)}")
    assert said == f"{shown[0]}; {shown[1]} units per year"


def test_the_note_on_changes_holds_for_donors_too() -> None:
    panel, design = sx.simulate_pair(destination_effect=60.0, donors=6, rng=4)
    result = sx.DifferenceInDifferences().fit(panel, design)
    note = changes_sheet(report_pages.passed(result)).note
    assert "own past" not in note
    assert "each side is held against its own counterfactual" in note


def test_without_a_series_nothing_is_said_to_have_been_observed() -> None:
    bare = replace(report_pages.failed(), sides=(), contrasts=())
    bare = replace(bare, data=bare.data.iloc[:0])
    assert grown_words(bare) == "no series long enough"


def test_the_most_that_can_have_moved_is_a_share_and_an_amount(page: DesignPage) -> None:
    bounds = page.verdict.bounds
    assert bounds is not None
    most = f"at most {amount(bounds.flow_high)} units per year"
    assert share_words(page) == f"{percent(bounds.high)} of it ({most})"
    grown = report_pages.passed(report_pages.simulated(origin=30.0, destination=60.0))
    all_of_it = grown.verdict.bounds
    assert all_of_it is not None
    most = f"at most {amount(all_of_it.flow_high)} units per year"
    assert share_words(grown) == f"no upper limit below the whole growth ({most})"


def test_described_limits_are_the_widest_and_called_a_description() -> None:
    failed = replace(report_pages.failed(), verdict=sx.Verdict())
    assert share_words(failed) == "cannot be bounded"
    described = replace(
        failed, described_bounds=(("a", limits(12.0)), ("b", limits(31.0)), ("c", limits(20.0)))
    )
    assert share_words(described) == "31 labs dismantled per year (description only)"


def test_a_counted_flow_comes_before_a_description() -> None:
    failed = replace(report_pages.failed(), described_bounds=(("a", limits(12.0)),))
    assert share_words(failed) == "900 visits per year (counted)"


def test_what_has_no_share_says_why(page: DesignPage) -> None:
    assert share_words(report_pages.failed(rates=True)) == "no share: rates do not add"
    (result,) = page.verdict.results
    apart = replace(result, effects=replace(result.effects, comparable=False))
    verdict = replace(page.verdict, results=(apart,))
    assert share_words(replace(page, verdict=verdict)) == "no share: levels not comparable"
    alone = replace(page, design=page.design.only("destination"), verdict=sx.Verdict())
    assert share_words(alone) == "no share: one side"


def test_what_the_gate_needs_is_collected_first_else_what_would_change_it(
    page: DesignPage,
) -> None:
    assert collect_words(report_pages.failed()).startswith("labs dismantled of NL from 2002 on")
    best = page.verdict.value_of_information.best
    assert best is not None
    assert collect_words(page) == best.words()


def test_the_bundled_study_bounds_what_it_can(demo_page: StudyPage) -> None:
    for row in summary_sheet(demo_page).rows:
        assert len(row) == 5
        assert all(str(cell) for cell in row)


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 0.05])
def test_every_table_with_numbers_of_its_own_says_level_and_detection(drift: float) -> None:
    page = report_pages.passed()
    verdict = replace(page.verdict, detection=Detection(drift=drift))
    page = replace(page, verdict=verdict)
    said = "detection drift of 0.05 included" if drift else "without detection drift"
    assert "90 % interval" in sheets.changes_sheet(page).columns
    assert f"Intervals: {said}" in sheets.changes_sheet(page).note
    assert "are those of the primary specification" in sheets.changes_sheet(page).note
    described = sheets.changes_sheet(report_pages.failed())
    assert "Intervals: without detection drift" in described.note
    assert "primary" not in described.note
    assert "Sets at 95 %, without detection drift" in sheets.estimates_sheet(page).note
    assert said in sheets.claims_sheet(page).note
    confidence = {str(row[4]) for row in sheets.bounds_sheet(page).rows}
    assert confidence == {f"95 %, {said}"}
    plane = design_figures(page)[0]
    assert f"95 %, {said}" in plane.caption
    assert f"(95 %, {said})" in verdict.summary()
    right = phrases("en").say("range", "drift_90" if drift else "still_90")
    assert right in verdict.paragraph()


def told_apart(*pairs: Effects) -> DesignPage:
    """Return a design of these specifications, detection the same throughout."""
    page = report_pages.passed()
    verdict = sx.weigh(list(map(like, pairs)), detection=STILL)
    return replace(page, verdict=verdict)


def test_a_p_that_says_something_else_than_the_interval_beside_it_is_explained() -> None:
    alike = told_apart(*(normal_pair(0.0, 30.0 + k) for k in range(5)))
    apart = told_apart(
        normal_pair(0.0, 5.0, sd=5.7), *(normal_pair(0.0, 30.0 + k) for k in range(4))
    )
    said = "the primary one alone says otherwise here of"
    assert said not in sheets.claims_sheet(alike).note
    assert sheets.claims_sheet(apart).note.endswith(f"{said}: destination grew.")
    rests_on = [str(row[-1]) for row in sheets.changes_sheet(apart).rows]
    assert "no amount is told" in rests_on[0]
    assert "the range of all" not in rests_on[1]


def test_a_set_that_says_something_else_than_its_p_is_explained(
    page: DesignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the two say different things" not in sheets.estimates_sheet(page).note
    result = page.verdict.results[0]
    rows = result.tidy()
    rows["p_value"] = np.where(rows["estimand"] == "net", 0.9, rows["p_value"])
    monkeypatch.setattr(type(result), "tidy", lambda _: rows)
    note = sheets.estimates_sheet(page).note
    assert note.count(result.name) == 1
    assert "the two say different things here in: " in note


def stepped(flagged: int) -> DesignPage:
    """Return a design whose destination has a free step in a year."""
    panel, design = sx.simulate_pair(rng=2)
    frame = panel.to_frame()
    at = (frame["unit"] == design.destination) & (frame["period"].astype(str) == str(flagged))
    frame.loc[at, "quality"] = "break"
    read = sx.Panel.from_frame(
        frame,
        unit="unit",
        period="period",
        value="value",
        quality="quality",
        unit_of_measure="kg",
    )
    design = replace(design, breaks="dummy", donors=())
    return report_pages.passed(sx.InterruptedTimeSeries(trend=False).fit(read, design))


def test_an_effect_that_rests_on_fewer_periods_after_says_so() -> None:
    page = stepped(2017)
    (origin, destination) = page.verdict.results[0].paths.names
    cell = report_pages.cell(page)
    first = three_sentences(cell)[0]
    said = "a free step is fitted at the reporting break of 2017, its effect rests on the 4 years"
    assert first.count(said) == 1
    (row,) = sheets.designs_sheet(cell).rows
    assert str(row[-1]).startswith("✔ passed (12 before, 8 after); the effect on ")
    assert str(row[-1]).endswith("rests on 4 of those after")
    assert str(row[-1]).count("rests on") == 1
    assert str(destination) in first
    assert origin != destination


def test_a_step_before_the_onset_takes_no_period_after_it() -> None:
    cell = report_pages.cell(stepped(2005))
    assert "free step" not in three_sentences(cell)[0]
    (row,) = sheets.designs_sheet(cell).rows
    assert str(row[-1]) == "✔ passed (12 before, 8 after)"
