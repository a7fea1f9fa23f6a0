"""``events`` and ``timing`` of a cell: read, written and read again; what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.errors import StudyError
from shiftexp.study.known import TIMING
from shiftexp.study.spec import Cell, Event, Events, Timing
from tests.studies import CELL, small_study

EVENTS = """[cell.events]
third = ["C1"]
draws = 99
estimators = [{ name = "InterruptedTimeSeries", trend = false }]
[[cell.events.table]]
date = 2012-05-01
event = "ban"
country = "O"
kind = "policy"
[[cell.events.table]]
date = 2014
"""
ASKED = 'timing = ["lead_lag", { name = "granger", lags = 1, scale = "level" }]\n'


def cell_of(text: str, folder: Path) -> Cell:
    """Return the cell of a study of one."""
    return small_study(folder, cells=CELL + text).spec.cells[0]


def test_everything_about_events_is_read(tmp_path: Path) -> None:
    assert cell_of(EVENTS, tmp_path).events == Events(
        third=("C1",),
        draws=99,
        estimators=(sx.InterruptedTimeSeries(trend=False, rng=7),),
        table=(
            Event(date="2012-05-01", event="ban", country="O", kind="policy"),
            Event(date="2014"),
        ),
    )


def test_events_are_asked_by_a_flag_and_none_by_default(tmp_path: Path) -> None:
    assert cell_of("events = true\n", tmp_path).events == Events()
    assert cell_of("events = false\n", tmp_path).events is None
    assert cell_of("", tmp_path).events is None
    assert cell_of("events = { third = [] }\n", tmp_path).events == Events(third=())


def test_questions_are_read_by_name_or_with_settings(tmp_path: Path) -> None:
    assert cell_of(ASKED, tmp_path).timing == (
        Timing(name="lead_lag"),
        Timing(name="granger", settings=(("lags", 1), ("scale", "level"))),
    )
    assert cell_of("", tmp_path).timing == ()


def test_a_list_among_settings_is_kept(tmp_path: Path) -> None:
    text = 'timing = [{ name = "lead_lag", lags = [1, 2] }]\n'
    assert cell_of(text, tmp_path).timing[0].settings == (("lags", (1, 2)),)


@pytest.mark.parametrize(
    "text", [EVENTS, ASKED, "events = true\n", "events = { third = [] }\n", f"{ASKED}{EVENTS}"]
)
def test_what_is_written_reads_the_same(text: str, tmp_path: Path) -> None:
    study = small_study(tmp_path, cells=CELL + text)
    assert sx.Study.from_text(study.to_toml(), folder=str(tmp_path)) == study


def test_the_bundled_study_reads_the_same_and_asks_every_primary_design() -> None:
    study = sx.Study.demo()
    assert sx.Study.from_text(study.to_toml()) == study
    primary = [cell for cell in study.spec.cells if cell.title]
    assert len(primary) == 6
    assert all(cell.events is not None and cell.timing for cell in primary)
    assert {question.name for cell in study.spec.cells for question in cell.timing} < set(TIMING)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('timing = ["lead"]', "timing[1].name: 'lead'"),
        ('timing = "lead_lag"', "timing: 'lead_lag'"),
        ("timing = [1]", "timing: [1]"),
        ("timing = [{ lags = 1 }]", "timing[1].name: None"),
        ('timing = [{ name = "granger", lag = 1 }]', "timing[1].lag"),
        ("events = 3", "events: 3"),
        ('events = { third = "C1" }', "events.third"),
        ("events = { draw = 99 }", "events.draw"),
        ("events = { table = [{ date = true }] }", "events.table[1].date: True"),
        ('events = { table = [{ event = "ban" }] }', "events.table[1].date: None"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        small_study(tmp_path, cells=f"{CELL}{text}\n")
    assert key in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("draws = 5", r"(?s)events\.draws.*draws = 5.*it is 499"),
        ('[[cell.events.table]]\ndate = 2014\nkind = "mesurement"', "(?s)events.table.*mesurement"),
        ('[[cell.events.table]]\ndate = "soon"', "(?s)events.table.*'soon'"),
    ],
)
def test_what_is_wrong_with_events_is_named_before_anything_is_fitted(
    given: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=said):
        cell_of(f"[cell.events]\n{given}\n", tmp_path)
