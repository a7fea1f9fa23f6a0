"""What the page says of timing and dated events: answers, refusals and what a table can say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.evidence import Evidence
from shiftexp.report.language import ENGLISH
from shiftexp.report.page import CellPage, DesignPage, StudyPage, TimingAnswer
from shiftexp.report.questions import events_view, timing_view
from shiftexp.report.references import references
from shiftexp.study.known import TIMING
from tests.studies import STILL, small_study, write_values
from tests.unit.policy.test_events import found

ASKED = """timing = ["lead_lag", "cointegration"]
[cell.events]
draws = 99
[[cell.events.table]]
date = 2013-01-01
event = "ban"
[[cell.events.table]]
date = 1990
event = "long ago"
"""


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> CellPage:
    """Return the cell of a small study that asks."""
    folder = tmp_path_factory.mktemp("asked")
    write_values(folder)
    return small_study(folder, cells=STILL + ASKED).run().cells[0]


@pytest.fixture
def page(cell: CellPage) -> DesignPage:
    """Return its design."""
    return cell.primary


def test_answers_and_refusals_are_counted_and_shown_apart(page: DesignPage) -> None:
    view = timing_view(page)
    assert view.sentence.startswith("1 of 2 questions answered, ")
    assert view.sentence.endswith("1 refused.")
    (answer,), (refused,) = view.answers.rows, view.refused.rows
    assert str(answer[0]).startswith("cross-correlation")
    assert "not to say that nothing moved" in str(answer[4]) or "not by chance" in str(answer[4])
    assert str(refused[0]).startswith("cointegration")
    assert "at least 50 periods" in str(refused[1])


def test_power_is_counted_among_those_that_answer(page: DesignPage) -> None:
    able = TimingAnswer("granger", Evidence(about="shift", p_value=0.5, power=0.9), ("said",))
    weak = TimingAnswer("granger", Evidence(about="shift", p_value=0.5, power=0.1), ("said",))
    none = TimingAnswer("sign_restricted", Evidence(about="shift", source="made up"), ("said",))
    said = timing_view(replace(page, timing=(able, weak, none))).sentence
    assert "3 of 3 questions answered, 1 of them with a power of at least 80 % (the largest" in said
    said = timing_view(replace(page, timing=(weak,))).sentence
    assert "none of them with a power" in said


def test_a_design_that_asks_nothing_says_nothing(page: DesignPage) -> None:
    bare = replace(page, timing=(), events=None)
    timing, dated = timing_view(bare), events_view(bare, figures=True)
    assert (timing.sentence, dated.sentence, dated.figure) == ("", "", None)
    assert not any((timing.answers, timing.refused, dated.studied, dated.without, dated.leakage))


def test_every_question_has_words(page: DesignPage) -> None:
    asked = tuple(TimingAnswer(name, refusal="too short") for name in TIMING)
    rows = timing_view(replace(page, timing=asked)).refused.rows
    assert len({str(row[0]) for row in rows}) == len(TIMING)


def test_usable_events_are_rows_and_the_others_are_told_apart(page: DesignPage) -> None:
    view = events_view(page, figures=False)
    assert "2 events, 1 with a study of both sides, 0 of one side at a time" in view.sentence
    assert "2 tests" in view.sentence
    (row,), (without,) = view.studied.rows, view.without.rows
    assert str(row[0]) == "2013-01-01: ban"
    assert "among all tests; detection ×" in str(row[3])
    assert "sectors left" in str(row[4])
    assert without[0] == "long ago"
    assert without[3]
    assert "tests of events are two-sided" in view.studied.note
    assert "claims of the verdict are one-sided" in view.studied.note


def test_third_countries_and_sides_alone_are_shown(page: DesignPage) -> None:
    table = found()
    view = events_view(replace(page, events=table), figures=True)
    assert view.figure is not None
    assert len(view.studied.rows) == len(table.usable)
    leaks = table.leakage.drop_duplicates(["onset", "from", "unit"])
    assert len(view.leakage.rows) == len(leaks)
    assert "p_max_t" in table.leakage  # for programs: beside the others it would mislead
    assert not any("max-T" in column for column in view.leakage.columns)
    assert len(view.leakage.columns) == len(view.leakage.rows[0]) == 7
    assert view.notes == table.notes


def test_events_without_a_study_are_counted_and_not_drawn(page: DesignPage) -> None:
    assert page.events is not None
    unused = replace(page.events, rows=page.events.rows[:1], adjusted=None)
    assert not unused.usable
    view = events_view(replace(page, events=unused), figures=True)
    assert view.figure is None
    assert view.sentence.endswith("No effect could be tested.")
    assert not view.studied


@pytest.mark.slow
def test_both_pages_hold_both_sections(cell: CellPage, tmp_path: Path) -> None:
    for name in ("page.html", "page.md"):
        text = sx.report(cell, tmp_path / name).read_text("utf-8")
        assert ENGLISH("html.timing") in text
        assert ENGLISH("html.events") in text
        assert "long ago" in text
        assert "1 of 2 questions answered" in text


def test_questions_that_answered_are_cited(cell: CellPage) -> None:
    study = StudyPage("asked", (cell,), {})
    keys = [reference.key for reference in references(study)]
    assert "haugh1976" in keys
    assert "cavaliere2012" not in keys
