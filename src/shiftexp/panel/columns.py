"""Any data frame read into plain columns by role, with a label for every row."""

from __future__ import annotations

import decimal
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from shiftexp.errors import PanelError, Problem
from shiftexp.panel.calendar import Frequency, Moment, PeriodError, frequency_of_dates, read_period

NUMBER_ROLES = ("value", "std_error", "exposure")
_MOST_QUOTED = 6


def is_missing(cell: object) -> bool:
    """Tell whether a cell is empty: None, NaN, NaT or NA.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0), is_missing("")
    (True, True, False, False)
    """
    if isinstance(cell, float | np.floating):
        return math.isnan(cell)
    if isinstance(cell, decimal.Decimal):
        return cell.is_nan()
    return cell is None or cell is pd.NA or cell is pd.NaT


def number(cell: object) -> float | None:
    """Return the number in a cell, or None for a text, a truth value or an empty cell.

    Examples
    --------
    >>> number(3), number(True), number("3"), number(None)
    (3.0, None, None, None)
    """
    if isinstance(cell, bool) or is_missing(cell):
        return None
    if not isinstance(cell, int | float | np.integer | np.floating | decimal.Decimal):
        return None
    try:
        return float(cell)
    except OverflowError:
        return math.inf


def quote(cells: Iterable[object]) -> str:
    """Quote the distinct cells in the order found, the first six by value.

    Examples
    --------
    >>> quote(["n/a", "?", "n/a"])
    "'n/a', '?'"
    """
    distinct = list(dict.fromkeys(map(repr, cells)))
    more = len(distinct) - _MOST_QUOTED
    return ", ".join(distinct[:_MOST_QUOTED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, eq=False)
class Timing:
    """The period column as read.

    Parameters
    ----------
    moments : tuple of Moment or None
        One for each row; None where the cell is not a period.
    unreadable, zoned : tuple of int
        Rows that cannot be read, and rows that carry a time zone.
    """

    moments: tuple[Moment | None, ...]
    unreadable: tuple[int, ...]
    zoned: tuple[int, ...]

    @cached_property
    def kinds(self) -> dict[Frequency | None, tuple[int, ...]]:
        """The rows by frequency of their label; None stands for dates."""
        found: dict[Frequency | None, list[int]] = {}
        for i, moment in enumerate(self.moments):
            if moment is not None:
                found.setdefault(moment.frequency, []).append(i)
        return {kind: tuple(rows) for kind, rows in found.items()}

    @cached_property
    def frequency(self) -> Frequency | None:
        """The one frequency of all rows; None when they are mixed, or dates of no calendar."""
        if len(self.kinds) != 1:
            return None
        (kind,) = self.kinds
        return kind or frequency_of_dates({m for m in self.moments if m is not None})

    @cached_property
    def ordinals(self) -> tuple[int | None, ...]:
        """The number of the period of each row; None where there is no calendar for it."""
        frequency = self.frequency
        if frequency is None:
            return (None,) * len(self.moments)
        return tuple(None if m is None else m.ordinal(frequency) for m in self.moments)


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a frame by the role they play.

    Parameters
    ----------
    names : mapping of str to str
        Role to column name, for every role asked for.
    cells : mapping of str to tuple
        Role to cells, for every column that exists.
    available : tuple of str
        All column names of the frame.
    size : int
        The number of rows.
    """

    names: Mapping[str, str]
    cells: Mapping[str, tuple[object, ...]]
    available: tuple[str, ...]
    size: int

    def row(self, i: int) -> str:
        """Name a row by its position and, where known, its key: "row 3 (BE, 2012)"."""
        roles = [role for role in ("indicator", "unit", "period") if role in self.cells]
        key = ", ".join(_plain(self.cells[role][i]) for role in roles)
        return f"row {i} ({key})" if key else f"row {i}"

    def rows(self, positions: Iterable[int]) -> tuple[str, ...]:
        """Name several rows."""
        return tuple(map(self.row, positions))

    @cached_property
    def indicator(self) -> tuple[object, ...]:
        """The indicator of each row; the name of the value column when no column holds it."""
        default = (self.names["value"],) * self.size
        return default if "indicator" not in self.names else self.cells.get("indicator", default)

    @cached_property
    def numbers(self) -> dict[str, tuple[float | None, ...]]:
        """The numbers of each numeric role; None where a cell holds none."""
        roles = [role for role in NUMBER_ROLES if role in self.cells]
        return {role: tuple(map(number, self.cells[role])) for role in roles}

    @cached_property
    def timing(self) -> Timing:
        """The period column as read, every distinct cell once."""
        moments: list[Moment | None] = []
        unreadable: list[int] = []
        zoned: list[int] = []
        seen: dict[tuple[type, object], Moment | PeriodError] = {}
        for i, cell in enumerate(self.cells["period"]):
            moment = _moment(cell, seen)
            if isinstance(moment, PeriodError):
                (zoned if moment.timezone else unreadable).append(i)
            moments.append(None if isinstance(moment, PeriodError) else moment)
        return Timing(tuple(moments), tuple(unreadable), tuple(zoned))


def _moment(
    cell: object, seen: dict[tuple[type, object], Moment | PeriodError]
) -> Moment | PeriodError:
    """Read one period cell, remembering what was read before."""
    try:
        key = (type(cell), cell)
        if key not in seen:
            seen[key] = read_period(cell)
    except PeriodError as error:
        seen[key] = error
        return error
    except TypeError:  # an unhashable cell, such as a list, is no period
        return PeriodError()
    return seen[key]


def _plain(cell: object) -> str:
    """Write a key cell shortly: a date at midnight without its time."""
    return str(cell).removesuffix(" 00:00:00")


def read_columns(frame: object, names: Mapping[str, str], *, unit_of_measure: object) -> Columns:
    """Read a pandas, polars or pyarrow frame into columns by role.

    Parameters
    ----------
    frame : pandas.DataFrame, polars.DataFrame, pyarrow.Table or another frame narwhals knows
        The data, in any row order.
    names : mapping of str to str
        Role to column name.
    unit_of_measure : str
        A text, or the name of a column that plays no other role.

    Returns
    -------
    Columns
        What was found; columns that are missing are left out of ``cells``.

    Raises
    ------
    PanelError
        If ``frame`` is not an eager data frame, or two of its columns bear the same name.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["BE"], "kg": [1.0]})
    >>> read_columns(frame, {"unit": "who", "value": "kg"}, unit_of_measure="kg").row(0)
    'row 0 (BE)'
    """
    import narwhals as nw
    from narwhals.exceptions import DuplicateError
    from narwhals.typing import IntoDataFrame

    try:
        data = nw.from_native(cast(IntoDataFrame, frame), eager_only=True)
    except TypeError as error:
        raise PanelError(_not_a_frame(frame)) from error
    except DuplicateError as error:
        raise PanelError(_twice_named(frame)) from error
    available = tuple(data.columns)
    if len(set(available)) < len(available):
        raise PanelError(_twice_named(frame))
    roles = dict(names)
    if unit_of_measure in available and unit_of_measure not in roles.values():
        roles["unit_of_measure"] = str(unit_of_measure)
    found = {role: name for role, name in roles.items() if name in available}
    cells = {role: tuple(data[name].to_list()) for role, name in found.items()}
    return Columns(roles, cells, tuple(map(str, available)), len(data))


def _not_a_frame(frame: object) -> Problem:
    """Say that something else than a frame was given."""
    return Problem(
        f"a {type(frame).__name__} as data",
        "a pandas, polars or pyarrow data frame held in memory",
        "build a data frame (a lazy one: collect it first)",
    )


def _twice_named(frame: object) -> Problem:
    """Say which column names occur more than once."""
    names = list(map(str, getattr(frame, "columns", ())))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    return Problem(
        f"several columns named {quote(twice)}", "every column name once", "rename the columns"
    )
