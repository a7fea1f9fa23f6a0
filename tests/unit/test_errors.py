"""Unit tests of refusals: all problems at once, values quoted, rows listed, near names offered."""

from __future__ import annotations

import pickle

import pytest

import shiftexp as sx
from shiftexp import errors
from shiftexp.errors import (
    DesignError,
    EstimandNotIdentified,
    PanelError,
    Problem,
    ShiftexpError,
    StudyError,
    suggest,
)

FIRST = Problem("value 'abc'", "a number", "mend the cell", rows=("row 3", "row 9"))
SECOND = Problem("value 'def'", "a date", "drop the row", rows=("row 9", "row 12"))


def test_one_problem_is_one_line() -> None:
    said = str(PanelError(FIRST))
    assert said == "value 'abc' (row 3, row 9); needed: a number; to do: mend the cell"


def test_several_problems_are_counted_and_numbered() -> None:
    lines = str(DesignError([FIRST, SECOND])).splitlines()
    assert lines[0] == "2 problems:"
    assert lines[1].startswith("  1. value 'abc'")
    assert lines[2].startswith("  2. value 'def'")


def test_rows_are_listed_once_in_order() -> None:
    assert DesignError([FIRST, SECOND]).rows == ("row 3", "row 9", "row 12")


def test_what_is_quoted_already_is_not_said_twice() -> None:
    problem = Problem("origin 'BEE'", "a unit", "did you mean 'BE'?", ("BEE",))
    assert str(problem) == "origin 'BEE'; needed: a unit; to do: did you mean 'BE'?"
    assert DesignError(problem).rows == ("BEE",)


def test_many_rows_are_cut_in_words_but_not_in_rows() -> None:
    rows = tuple(f"row {i}" for i in range(20))
    error = PanelError(Problem("20 bad values", "none", "mend them", rows))
    assert "row 7 and 12 more" in str(error)
    assert "row 8" not in str(error)
    assert error.rows == rows


def test_eight_rows_are_all_shown() -> None:
    text = str(Problem("bad", "good", "mend", tuple(f"row {i}" for i in range(8))))
    assert "row 7" in text
    assert "more" not in text


@pytest.mark.parametrize("kind", [PanelError, DesignError, EstimandNotIdentified, StudyError])
def test_every_refusal_is_one_of_ours_and_a_value_error(kind: type[ShiftexpError]) -> None:
    with pytest.raises(ShiftexpError) as caught:
        raise kind(FIRST)
    assert isinstance(caught.value, ValueError)
    assert caught.value.problems == (FIRST,)


def test_study_error_names_its_key() -> None:
    assert StudyError(FIRST, key="cell.0.onset").key == "cell.0.onset"
    assert StudyError(FIRST).key == ""


@pytest.mark.parametrize("name", ["SmallSampleWarning", "ConvergenceWarning", "QualityWarning"])
def test_warnings_can_be_filtered_as_user_warnings(name: str) -> None:
    assert issubclass(getattr(errors, name), UserWarning)


def test_problems_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(FIRST)) == FIRST  # noqa: S301 - our own bytes


def test_suggest_offers_near_names() -> None:
    assert suggest("Belgum", ["Netherlands", "Belgium"]) == "did you mean 'Belgium'?"


def test_suggest_lists_what_is_known_when_nothing_is_near() -> None:
    assert suggest("zzz", ["NL", "BE"]) == "known are: BE, NL"


def test_suggest_cuts_long_lists() -> None:
    said = suggest("zzz", [f"unit{i:02d}" for i in range(30)])
    assert said.endswith("unit11, ...")


def test_a_misspelt_public_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'InterruptedTimeSeries'"):
        getattr(sx, "InteruptedTimeSeries")  # noqa: B009 - the misspelling under test
