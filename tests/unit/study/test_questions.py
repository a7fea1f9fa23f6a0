"""A study runs the events and the questions of timing it declares, and leaves them in its files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import StudyError
from shiftexp.report.page import CellPage, StudyPage
from shiftexp.study import read_panel
from tests.studies import CELL, STILL, small_study, write_values

TABLE = """[[cell.events.table]]
date = "2013-01-01"
event = "ban"
[[cell.events.table]]
date = 1990
event = "long ago"
"""
ASKED = """timing = ["lead_lag", { name = "granger", draws = 99 }, "cointegration"]
[cell.events]
draws = 99
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the values of a small study; what its run leaves is in `out`."""
    return write_values(tmp_path_factory.mktemp("study")).parent


@pytest.fixture(scope="module")
def cell(folder: Path) -> CellPage:
    """Return the page of a small study that asks for events and timing."""
    return small_study(folder, cells=STILL + ASKED + TABLE).run(folder / "out").cells[0]


def test_events_are_what_python_says(cell: CellPage, folder: Path) -> None:
    found, page = cell.primary.events, cell.primary
    assert found is not None
    panel = read_panel(small_study(folder).spec.source, folder)
    alone = sx.events(
        panel,
        page.design,
        table={"ban": "2013-01-01", "long ago": "1990"},
        estimator=sx.InterruptedTimeSeries(trend=False, rng=7),
        detection=page.verdict.detection,
        draws=99,
        rng=7,
    )
    pd.testing.assert_frame_equal(alone.to_frame(), found.to_frame())


def test_events_leave_a_table_and_a_figure(cell: CellPage, folder: Path) -> None:
    assert cell.primary.events is not None
    written = pd.read_csv(folder / "out" / "events.csv").set_index("event")
    assert len(written) == len(cell.primary.events.rows)
    assert written.loc["ban", "studied"] == "both sides"
    assert written.loc["long ago", "reason"]
    assert set(written["design"]) == {"trade"}
    assert (folder / "out" / "figures" / "trade_events.png").exists()
    leaked = pd.read_csv(folder / "out" / "leakage.csv")
    assert leaked["reason"].str.startswith("no third country named").all()


def test_answers_go_into_the_verdict_and_are_never_a_bound(cell: CellPage) -> None:
    answers = cell.primary.timing
    assert [a.method for a in answers] == ["lead_lag", "granger", "cointegration"]
    assert cell.primary.verdict.evidence == tuple(a.evidence for a in answers[:2])
    assert all(e.bound is None for e in cell.primary.verdict.evidence)
    shift = next(c for c in cell.primary.verdict.claims if c.name == "shift")
    assert shift.status != "supported"


def test_a_refusal_stands_in_its_own_words(cell: CellPage, folder: Path) -> None:
    refused = cell.primary.timing[2]
    assert refused.evidence is None
    assert "at least 50 periods" in refused.refusal
    written = pd.read_csv(folder / "out" / "timing.csv").set_index("question")
    assert "at least 50 periods" in str(written.loc["cointegration", "refused"])
    assert written.loc["lead_lag", "p_value"] == cell.primary.verdict.evidence[0].p_value


def test_settings_reach_the_question(tmp_path: Path) -> None:
    write_values(tmp_path)
    text = 'timing = [{ name = "granger", draws = 3 }, { name = "lead_lag", lags = [2] }]\n'
    few, lag = small_study(tmp_path, cells=CELL + text).run().cells[0].primary.timing
    assert "draws = 3" in few.refusal
    assert "at lead 2" in lag.said[0]


def test_events_of_a_file_need_a_table(tmp_path: Path) -> None:
    write_values(tmp_path)
    with pytest.raises(StudyError, match="no events") as error:
        small_study(tmp_path, cells=f"{CELL}events = true\n").run()
    assert error.value.key == "cell.trade.events"


def test_the_bundled_study_asks_named_third_countries(demo_page: StudyPage) -> None:
    page = next(c.primary for c in demo_page.cells if c.name == "cocaine_wholesale")
    assert page.events is not None
    assert set(page.events.leakage["unit"]) == {"DE", "ES", "FR", "IT", "PT"}
    assert page.curve is not None
    assert not page.curve.refused
    assert len(page.curve.answered) == 96


def test_no_timing_of_the_bundled_study_lifts_a_shift(demo_page: StudyPage) -> None:
    pages = [page for cell in demo_page.cells for page in cell.pages]
    answers = [a for page in pages for a in page.timing]
    known = [a.evidence for a in answers if a.evidence is not None]
    assert (len(known), len(answers)) == (5, 46)
    assert all(e.bound is None for e in known)
    assert all(
        c.status != "supported" for p in pages for c in p.verdict.claims if c.name == "shift"
    )
