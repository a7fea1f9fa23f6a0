"""Thirty wrong frames: each is refused with the value, the rows and what to do, all at once."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest

from shiftexp.errors import PanelError
from shiftexp.panel import Panel

pa = importlib.import_module("pyarrow")  # which has no types

READ: dict[str, Any] = {"unit": "country", "period": "year", "value": "kg", "unit_of_measure": "kg"}
ROWS = [("BE", 2012, 1.0), ("BE", 2013, 2.0), ("NL", 2012, 3.0), ("NL", 2013, 4.0)]


class Bad(NamedTuple):
    """A wrong frame, how it is read, and what the refusal must say."""

    rows: list[tuple[Any, ...]]
    says: tuple[str, ...]
    rows_named: tuple[str, ...] = ()
    read: dict[str, Any] = {}  # noqa: RUF012 - a default that is only read
    columns: tuple[str, ...] = ("country", "year", "kg")


def with_cell(row: int, column: int, cell: object) -> list[tuple[Any, ...]]:
    """Return the good rows with one cell replaced."""
    rows = [list(r) for r in ROWS]
    rows[row][column] = cell
    return [tuple(r) for r in rows]


def with_column(*cells: object) -> list[tuple[Any, ...]]:
    """Return the good rows with a fourth column."""
    return [(*row, cell) for row, cell in zip(ROWS, cells, strict=True)]


FOUR = ("country", "year", "kg", "extra")
BAD = {
    "column missing": Bad(
        ROWS, ("value='kgs' names no column", "did you mean 'kg'"), read={"value": "kgs"}
    ),
    "column used twice": Bad(
        ROWS, ("column 'kg' given as value and exposure",), read={"exposure": "kg"}
    ),
    "no rows": Bad([], ("0 rows", "check the filter")),
    "text in numbers": Bad(
        with_cell(2, 2, "n/a"),
        ("value 'n/a' in column 'kg' is not a number",),
        ("row 2 (NL, 2012)",),
    ),
    "number as text": Bad(
        with_cell(2, 2, "3.0"), ("'3.0'", "is not a number"), ("row 2 (NL, 2012)",)
    ),
    "truth value": Bad(
        with_cell(0, 2, cell=True), ("value True", "is not a number"), ("row 0 (BE, 2012)",)
    ),
    "infinite": Bad(with_cell(1, 2, np.inf), ("value inf", "is not finite"), ("row 1 (BE, 2013)",)),
    "too large": Bad(with_cell(1, 2, 10**400), ("is not finite",), ("row 1 (BE, 2013)",)),
    "not a number": Bad(
        with_cell(3, 2, np.nan),
        ("zero or not observed", "leave the row out"),
        ("row 3 (NL, 2013)",),
    ),
    "empty cell": Bad(with_cell(3, 2, None), ("zero or not observed",), ("row 3 (NL, 2013)",)),
    "unit never observed": Bad(
        [*ROWS, ("DE", 2012, None)], ("unit 'DE' has no value in any row",), ("row 4 (DE, 2012)",)
    ),
    "duplicate key": Bad(
        [*ROWS, ("NL", 2012, 9.0)],
        ("2 rows share their unit and period",),
        ("row 2 (NL, 2012)", "row 4 (NL, 2012)"),
    ),
    "duplicate in another spelling": Bad(
        [*ROWS, ("NL", "2012", 9.0)],
        ("2 rows share their unit and period",),
        ("row 2 (NL, 2012)", "row 4 (NL, 2012)"),
    ),
    "unreadable period": Bad(
        with_cell(0, 1, "spring"),
        ("period 'spring'", "months ('2012-03')"),
        ("row 0 (BE, spring)",),
    ),
    "missing period": Bad(with_cell(0, 1, None), ("period None",), ("row 0 (BE, None)",)),
    "year as float": Bad(
        with_cell(0, 1, 2012.0), ("period 2012.0", "whole number"), ("row 0 (BE, 2012.0)",)
    ),
    "unhashable period": Bad(with_cell(0, 1, [2012]), ("period [2012]",), ("row 0 (BE, [2012])",)),
    "mixed frequencies": Bad(
        with_cell(3, 1, "2013-05"),
        ("mixed frequencies: 3 years (such as '2012') and 1 months (such as '2013-05')",),
        ("row 3 (NL, 2013-05)",),
    ),
    "time zone": Bad(
        [(u, pd.Timestamp(f"{y}-01-01", tz="Europe/Brussels"), v) for u, y, v in ROWS],
        ("has a time zone", "drop the zone"),
        ("row 0 (BE, 2012-01-01 00:00:00+01:00)",),
    ),
    "days": Bad(
        [("BE", "2012-01-03", 1.0), ("BE", "2012-01-04", 1.0)],
        ("inside a month", "aggregate the days"),
        ("row 0 (BE, 2012-01-03)", "row 1 (BE, 2012-01-04)"),
    ),
    "gap": Bad(
        [(u, y + 3 * (y > 2012), v) for u, y, v in ROWS],
        (
            "3 of 5 years between '2012' and '2016' have no row for any unit",
            "'2013', '2014', '2015'",
            "allow_gaps=True",
        ),
    ),
    "unit missing": Bad(
        with_cell(1, 0, None), ("unit None in column 'country'",), ("row 1 (None, 2013)",)
    ),
    "unit not text": Bad(
        with_cell(1, 0, 32), ("unit 32 in column 'country'", "as text"), ("row 1 (32, 2013)",)
    ),
    "unit padded": Bad(
        with_cell(1, 0, "BE "), ("unit 'BE ' has blanks around it",), ("row 1 (BE , 2013)",)
    ),
    "negative count": Bad(
        with_cell(0, 2, -1.0),
        ("value -1.0 is below zero", "count"),
        ("row 0 (BE, 2012)",),
        {"unit_of_measure": "n"},
    ),
    "part of a count": Bad(
        with_cell(0, 2, 1.5),
        ("value 1.5 has a fraction",),
        ("row 0 (BE, 2012)",),
        {"unit_of_measure": "count"},
    ),
    "negative standard error": Bad(
        with_column(0.0, None, -0.5, 1.0),
        ("std_error -0.5 in column 'extra'", "0 or more"),
        ("row 2 (NL, 2012)",),
        {"std_error": "extra"},
        FOUR,
    ),
    "exposure of zero": Bad(
        with_column(1.0, None, 0.0, 1.0),
        ("exposure 0.0 in column 'extra'", "more than 0"),
        ("row 2 (NL, 2012)",),
        {"exposure": "extra"},
        FOUR,
    ),
    "text in exposure": Bad(
        with_column(1.0, None, "many", 1.0),
        ("exposure 'many'", "is not a number"),
        ("row 2 (NL, 2012)",),
        {"exposure": "extra"},
        FOUR,
    ),
    "unknown quality": Bad(
        with_column("ok", "good", None, "break"),
        ("quality 'good', None", "'approximate'"),
        ("row 1 (BE, 2013)", "row 2 (NL, 2012)"),
        {"quality": "extra"},
        FOUR,
    ),
    "mixed units of measurement": Bad(
        with_column("kg", "kg", "kg", "t"),
        ("mixed units of measurement in 'kg': 'kg', 't'",),
        ("row 3 (NL, 2013)",),
        {"unit_of_measure": "extra"},
        FOUR,
    ),
    "unit of measurement missing": Bad(
        with_column("kg", "kg", None, "kg"),
        ("unit_of_measure None",),
        ("row 2 (NL, 2012)",),
        {"unit_of_measure": "extra"},
        FOUR,
    ),
    "unit of measurement empty": Bad(ROWS, ("unit_of_measure ''",), (), {"unit_of_measure": ""}),
    "unit of measurement no text": Bad(
        ROWS, ("unit_of_measure ['kg']",), (), {"unit_of_measure": ["kg"]}
    ),
    "indicator missing": Bad(
        with_column("a", "a", None, "a"),
        ("indicator None",),
        ("row 2 (None, NL, 2012)",),
        {"indicator": "extra"},
        FOUR,
    ),
    "near donor unknown": Bad(ROWS, ("near donor 'DE'", "known are: BE, NL"), (), {"near": ["DE"]}),
}


def frame_of(bad: Bad) -> pd.DataFrame:
    """Build the frame without letting pandas convert any cell."""
    cells = {
        name: pd.Series([row[i] for row in bad.rows], dtype=object)
        for i, name in enumerate(bad.columns)
    }
    return pd.DataFrame(cells)


@pytest.mark.parametrize("name", BAD)
def test_refused_with_value_rows_and_remedy(name: str) -> None:
    bad = BAD[name]
    with pytest.raises(PanelError) as caught:
        Panel.from_frame(frame_of(bad), **(READ | bad.read))
    for words in bad.says:
        assert words in str(caught.value)
    assert set(bad.rows_named) <= set(caught.value.rows)
    assert all(problem.remedy and problem.needed for problem in caught.value.problems)


def test_the_good_rows_are_accepted() -> None:
    frame = frame_of(Bad(ROWS, ()))
    assert len(Panel.from_frame(frame, **READ)) == 4


def test_all_problems_are_listed_at_once() -> None:
    rows = [
        ("BE", 2012, -1.0, 0.0),
        ("BE", 2012, "x", 1.0),
        ("NL", "spring", np.inf, 1.0),
        (7, 2013, 2.5, 1.0),
    ]
    bad = Bad(rows, (), columns=FOUR)
    read = READ | {"exposure": "extra", "unit_of_measure": "count", "quality": "flag", "near": "DE"}
    with pytest.raises(PanelError) as caught:
        Panel.from_frame(frame_of(bad), **read)
    assert len(caught.value.problems) == 10
    for words in (
        "names no column",
        "unit 7",
        "'spring'",
        "2 rows share",
        "'x'",
        "inf",
        "below zero",
        "fraction",
        "exposure 0.0",
        "'DE'",
    ):
        assert words in str(caught.value)


def test_missing_columns_do_not_hide_other_problems() -> None:
    with pytest.raises(PanelError) as caught:
        Panel.from_frame(pd.DataFrame({"kg": ["x"]}), **READ)
    assert [problem.given for problem in caught.value.problems] == [
        "unit='country' names no column",
        "period='year' names no column",
        "value 'x' in column 'kg' is not a number",
    ]
    assert caught.value.rows == ("row 0",)


@pytest.mark.parametrize(
    "frame", [[1, 2], None, {"kg": [1]}, pd.Series([1]), pl.DataFrame({"kg": [1]}).lazy()], ids=str
)
def test_what_is_no_frame_is_refused(frame: object) -> None:
    with pytest.raises(PanelError, match=f"a {type(frame).__name__} as data"):
        Panel.from_frame(frame, **READ)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["BE", 2012, 1.0, 2.0]], columns=["country", "year", "kg", "kg"])
    with pytest.raises(PanelError, match="several columns named 'kg'"):
        Panel.from_frame(frame, **READ)


def _polars(cells: dict[str, list[Any]]) -> object:
    return pl.DataFrame(cells)


def _arrow(cells: dict[str, list[Any]]) -> object:
    return pa.table(cells)


@pytest.mark.parametrize(
    "build", [pd.DataFrame, _polars, _arrow], ids=["pandas", "polars", "pyarrow"]
)
def test_every_kind_of_frame_is_refused_alike(
    build: Callable[[dict[str, list[Any]]], object],
) -> None:
    frame = build(
        {"country": ["BE", "BE", "NL"], "year": [2012, 2012, 2013], "kg": [1.0, -1.0, None]}
    )
    with pytest.raises(PanelError) as caught:
        Panel.from_frame(frame, **(READ | {"unit_of_measure": "count"}))
    assert caught.value.rows == ("row 0 (BE, 2012)", "row 1 (BE, 2012)", "row 2 (NL, 2013)")
    assert len(caught.value.problems) == 4
