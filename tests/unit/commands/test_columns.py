"""Unit tests of finding columns: by name, by usual names, by what they hold, or by asking."""

from __future__ import annotations

import pandas as pd
import pytest

from shiftexp.commands.columns import Columns, find_columns
from shiftexp.errors import StudyError

ROWS = [("A", "2001", "1", "ok"), ("B", "2001", "2.5", ""), ("B", "2002", "", "")]


def table(*names: str) -> pd.DataFrame:
    """Return three rows of text under these names."""
    return pd.DataFrame([row[: len(names)] for row in ROWS], columns=list(names))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("unit", "period", "value"), Columns("unit", "period", "value")),
        (("Town ", "YEAR", "Count"), Columns("Town ", "YEAR", "Count")),
        (("who", "when", "kg"), Columns("who", "when", "kg")),
        (("who", "when", "kg", "quality"), Columns("who", "when", "kg", "", "quality")),
    ],
)
def test_columns_are_found(names: tuple[str, ...], found: Columns) -> None:
    assert find_columns(table(*names), {}, ("A", "B")) == found


def test_a_named_column_goes_before_a_usual_one() -> None:
    frame = table("unit", "period", "value").assign(kg=["1", "2", "3"])
    assert find_columns(frame, {"value": "kg"}, ("A",)).value == "kg"


def test_a_flag_that_is_none_of_ours_is_left_alone() -> None:
    frame = table("unit", "period", "value", "quality").assign(quality="good")
    assert find_columns(frame, {}, ("A",)).quality == ""


def test_without_places_units_are_what_is_no_number_and_no_period() -> None:
    assert find_columns(table("who", "when", "kg"), {}, ()) == Columns("who", "when", "kg")


def test_an_indicator_is_found_by_its_name_alone() -> None:
    frame = table("unit", "period", "value").assign(kind="a", Indicator="b")
    assert find_columns(frame, {}, ("A",)).indicator == "Indicator"


@pytest.mark.parametrize(
    ("frame", "asked", "said"),
    [
        (table("who", "when", "kg"), {"value": "kgs"}, "--value 'kgs'"),
        (table("who", "when", "kg"), {"value": "kgs"}, "did you mean 'kg'?"),
        (table("who", "when", "kg").assign(t="4"), {}, "columns kg, t may each be the value"),
        (table("unit", "year", "n").assign(month="1"), {}, "say --period COLUMN"),
        (table("who", "when"), {}, "no column of who, when is the value"),
        (table("a", "b", "c").assign(a="Z"), {}, "no column of a, b, c is the unit"),
        (table("who", "when", "kg").iloc[:0], {}, "say --unit COLUMN"),
    ],
)
def test_what_is_unclear_is_asked(frame: pd.DataFrame, asked: dict[str, str], said: str) -> None:
    with pytest.raises(StudyError) as caught:
        find_columns(frame, asked, ("A", "B"))
    assert said in str(caught.value)
    assert caught.value.key == "data"


def test_all_that_is_unclear_is_asked_at_once() -> None:
    with pytest.raises(StudyError) as caught:
        find_columns(table("who").assign(who="Z"), {}, ("A",))
    assert len(caught.value.problems) == 3
