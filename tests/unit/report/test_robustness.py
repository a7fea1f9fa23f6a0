"""What the page says of robustness: shares, tests with their smallest p, controls with refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.report.language import Words
from shiftexp.report.page import CellPage, StudyPage
from shiftexp.report.robustness import controls_sheet, robustness_view, shown_estimand
from shiftexp.robustness import NegativeControl, NegativeControls
from shiftexp.study import Study
from tests.studies import STILL, small_study, write_values

CURVE = """[cell.curve]
estimators = [{ name = "InterruptedTimeSeries", trend = false }, { name = "CountDiD" }]
scales = ["level"]
tests = [{ over = "onsets" }, { over = "donors" }]
"""


@cache
def _page(folder: Path) -> StudyPage:
    """Return the page of a small study with a curve."""
    study: Study = small_study(folder, cells=STILL + CURVE)
    return study.run()


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> CellPage:
    """Return its cell."""
    folder = tmp_path_factory.mktemp("curve")
    write_values(folder)
    return _page(folder).cells[0]


def test_shares_of_claims_count_only_those_that_answer(cell: CellPage) -> None:
    sheet = robustness_view(cell, figures=False).claims
    told = {str(row[0]): row[1:] for row in sheet.rows}
    assert cell.primary.curve is not None
    share = cell.primary.curve.claim_shares()["destination grew"]
    assert told["destination grew"][0] == f"{round(3 * share)} of 3"
    assert "Of 3 specifications with an answer; refused: 3" in sheet.note


def test_refusals_stand_with_their_number_and_reason(cell: CellPage) -> None:
    (row,) = robustness_view(cell, figures=False).refused.rows
    assert row[0] == "3"
    assert "counts" in str(row[1])


def test_tests_say_the_smallest_p_and_those_not_run_why(cell: CellPage) -> None:
    view = robustness_view(cell, figures=False)
    assert [row[0] for row in view.tests.rows] == ["mean z", "median effect", "share significant"]
    assert view.tests.columns[-1] == "Smallest p"
    assert view.untested[0].startswith("test over donors")


def test_a_test_over_donors_counts_pairs_and_says_what_they_share(cell: CellPage) -> None:
    (found,) = cell.primary.curve_tests
    over = replace(found, over="donors", labels=("A to B", "B to A"))
    for test, said in ((found, False), (over, True)):
        page = replace(cell, primary=replace(cell.primary, curve_tests=(test,)))
        sheet = robustness_view(page, figures=False).tests
        assert ("ordered pairs of donors" in str(sheet.rows[0][1])) == said
        assert ("Pairs share donors" in sheet.note) == said


def test_a_cell_without_a_curve_says_nothing_of_one(cell: CellPage) -> None:
    bare = replace(cell, primary=replace(cell.primary, curve=None, curve_tests=(), quiet=None))
    view = robustness_view(bare, figures=True)
    assert view.curve == ()
    assert view.figure is None
    assert view.quiet == ""
    assert not any((view.claims, view.tests, view.refused, view.controls))


def test_refused_and_missing_controls_are_shown_as_such() -> None:
    found = NegativeControls(
        (
            NegativeControl("onset", "onset 2008", "gate failed", refusal="6 periods"),
            NegativeControl("series", "heroin_control", "narrowed", ("null",), ("net expansion",)),
        ),
        (("donors", "0 donors"),),
    )
    rows = [tuple(map(str, row)) for row in controls_sheet(found).rows]
    assert rows[0][2:] == ("gate failed", "–", "6 periods")
    assert rows[1][1:4] == ("heroin control", "narrowed", "net expansion")
    assert rows[2][1:] == ("none", "not to be had", "–", "0 donors")
    assert rows[0][1] == "onset 2008"
    assert str(controls_sheet(found, Words("nl")).rows[0][1]) == "beginpunt 2008"


def test_where_there_is_no_net_effect_a_side_is_drawn() -> None:
    panel, design = sx.simulate_pair(rng=1)
    axes = sx.Specifications(estimators=(sx.InterruptedTimeSeries(trend=False),), onsets=(0,))
    both = sx.specification_curve(panel, design, axes=axes)
    alone = sx.specification_curve(panel, design.only("origin"), axes=axes)
    assert (shown_estimand(both), shown_estimand(alone)) == ("net", "origin")


def test_the_markdown_page_holds_curve_and_controls(cell: CellPage, tmp_path: Path) -> None:
    text = sx.report(cell, tmp_path / "page.md").read_text("utf-8")
    assert "### What other choices say: the whole specification curve" in text
    assert "### Negative controls" in text
    assert "3 of 6 specifications answer" in text
