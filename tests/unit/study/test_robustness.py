"""A study runs the curve it declares and its negative controls, and leaves them in its files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import StudyError
from shiftexp.report.page import CellPage, StudyPage
from tests.studies import CELL, STILL, small_study, write_values

CURVE = """[cell.curve]
estimators = [{ name = "InterruptedTimeSeries", trend = false }, { name = "CountDiD" }]
scales = ["level"]
tests = [{ over = "onsets" }, { over = "donors" }]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the values of a small study; what its run leaves is in `out`."""
    return write_values(tmp_path_factory.mktemp("study")).parent


@pytest.fixture(scope="module")
def cell(folder: Path) -> CellPage:
    """Return the page of a small study that has a curve."""
    return small_study(folder, cells=STILL + CURVE).run(folder / "out").cells[0]


def test_the_declared_curve_is_run_and_tested(cell: CellPage) -> None:
    curve = cell.primary.curve
    assert curve is not None
    assert (len(curve.answered), len(curve.refused)) == (3, 3)
    assert [test.over for test in cell.primary.curve_tests] == ["onsets"]
    assert cell.primary.curve_refusals[0].startswith("test over donors: 0 donors")


def test_the_curve_is_what_python_says(cell: CellPage, folder: Path) -> None:
    page = cell.primary
    curve = page.curve
    assert curve is not None
    alone = sx.specification_curve(
        list(curve.panels.values()), page.design, axes=curve.axes,
        detection=curve.detection, margin=curve.margin,
    )  # fmt: skip
    assert alone.to_frame().equals(curve.to_frame())
    written = pd.read_csv(folder / "out" / "curve.csv")
    assert len(written) == 6
    assert written["refused"].notna().sum() == 3


def test_the_page_shows_the_whole_curve_and_its_refusals(cell: CellPage, folder: Path) -> None:
    html = (folder / "out" / "report.html").read_text("utf-8")
    assert "What other choices say: the whole specification curve" in html
    assert "3 of 6 specifications answer, 3 refuse." in html
    assert "Tests that could not be run" in html
    assert cell.primary.curve_refusals[0].split(";")[0] in html
    assert (folder / "out" / "figures" / "trade_curve.png").exists()


def test_negative_controls_come_with_every_run(cell: CellPage, folder: Path) -> None:
    assert [control.kind for control in cell.controls.controls] == ["onset"] * 2
    assert cell.controls.missing[0][0] == "donors"
    html = (folder / "out" / "report.html").read_text("utf-8")
    assert cell.controls.sentence() in html
    written = pd.read_csv(folder / "out" / "controls.csv")
    assert written["kind"].tolist() == ["onset"] * 2 + ["donors"]


def test_series_declared_untouched_stand_among_them(demo_page: StudyPage) -> None:
    cell = next(c for c in demo_page.cells if c.name == "cocaine_wholesale")
    series = [c.label for c in cell.controls.controls if c.kind == "series"]
    assert series == ["heroin_control", "resin_control", "burglary_2018"]
    assert {c.kind for c in cell.controls.controls} == {"donors", "series"}
    (kind, reason), *others = cell.controls.missing
    assert (kind, others) == ("onset", [])
    assert reason.startswith("no onset inside the pre-period at which the data gate passes")


def test_an_unknown_series_of_a_curve_is_named_with_its_cell(tmp_path: Path) -> None:
    write_values(tmp_path)
    text = f'{CELL}[cell.curve]\nindicators = [{{ indicator = "other" }}]\n'
    with pytest.raises(StudyError, match="other") as error:
        small_study(tmp_path, cells=text).run()
    assert error.value.key == "cell.trade.curve"


def test_several_series_of_the_dataset_are_choices_with_names_of_their_own() -> None:
    text = """dataset = "benelux"
[[cell]]
name = "cocaine"
design = "cocaine_wholesale"
[cell.curve]
estimators = [{ name = "InterruptedTimeSeries", trend = false }]
scales = ["level"]
onsets = [0]
[[cell.curve.indicators]]
market = "heroin"
segment = "wholesale"
indicator = "seized_kg"
substance = "heroin"
unit = "kg"
"""
    curve = sx.Study.from_text(text).run().cells[0].primary.curve
    assert curve is not None
    assert list(curve.panels) == ["seized_kg", "heroin wholesale heroin seized_kg"]
