"""Rows laid out as arrays, and arrays laid out over wider axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shiftexp.errors import Problem
from shiftexp.panel.arrays import Arrays, empty_arrays
from shiftexp.panel.calendar import Calendar, Frequency
from shiftexp.panel.columns import Columns, quote

_ROLE_OF = {"values": "value", "std_error": "std_error", "exposure": "exposure"}


@dataclass(frozen=True, eq=False)
class Layout:
    """Names along the axes of a panel, in alphabetical order, and its arrays.

    Parameters
    ----------
    indicators, units : tuple of str
        The names along the first two axes.
    calendar : Calendar
        The third axis.
    arrays : dict of str to ndarray, shape (I, U, T)
        The values, std_error, exposure and quality.
    """

    indicators: tuple[str, ...]
    units: tuple[str, ...]
    calendar: Calendar
    arrays: dict[str, NDArray[Any]]


def lay_out(columns: Columns) -> Layout:
    """Lay rows that passed every check out as arrays.

    Parameters
    ----------
    columns : Columns
        The columns by role; ``frame_problems`` found nothing in them.

    Returns
    -------
    Layout
        The same whatever the order of the rows.

    Examples
    --------
    >>> names = {"unit": "who", "period": "year", "value": "kg"}
    >>> cells = {"unit": ("NL", "BE"), "period": (2013, 2012), "value": (4.0, 3.0)}
    >>> lay_out(Columns(names, cells, (), 2)).arrays["values"]
    array([[[ 3., nan],
            [nan,  4.]]])
    """
    timing = columns.timing
    ordinals = np.array(timing.ordinals, dtype=np.int64)
    first = int(ordinals.min())
    calendar = Calendar(timing.frequency or "year", first, int(ordinals.max()) - first + 1)
    indicators, row = _axis(columns.indicator)
    units, column = _axis(columns.cells["unit"])
    where = (row, column, ordinals - first)
    arrays = empty_arrays((len(indicators), len(units), calendar.size))
    for name, role in _ROLE_OF.items():
        if role in columns.numbers:
            arrays[name][where] = np.array(columns.numbers[role], dtype=np.float64)
    arrays["quality"][where] = np.array(columns.cells.get("quality", "ok"), dtype=np.str_)
    return Layout(indicators, units, calendar, arrays)


def _axis(cells: tuple[object, ...]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the distinct names in alphabetical order, and the place of each row among them."""
    names = tuple(sorted(set(map(str, cells))))
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[str(cell)] for cell in cells], dtype=np.int64)


def spread(
    arrays: Arrays, axes: tuple[tuple[str, ...], Calendar], wider: tuple[tuple[str, ...], Calendar]
) -> dict[str, NDArray[Any]]:
    """Lay arrays out over more units and periods, missing where they have none.

    Parameters
    ----------
    arrays : mapping of str to ndarray, shape (I, U, T)
        The arrays of a panel.
    axes, wider : tuple of (tuple of str, Calendar)
        Its units and periods, and those wanted, which contain them.

    Returns
    -------
    dict of str to ndarray
        The arrays over the wider axes.

    Examples
    --------
    >>> one, two = Calendar("year", 2012, 1), Calendar("year", 2011, 2)
    >>> arrays = empty_arrays((1, 1, 1)) | {"values": np.array([[[3.0]]])}
    >>> spread(arrays, (("BE",), one), (("BE", "NL"), two))["values"]
    array([[[nan,  3.],
            [nan, nan]]])
    """
    (units, calendar), (all_units, whole) = axes, wider
    wide = empty_arrays((arrays["values"].shape[0], len(all_units), whole.size))
    rows = [all_units.index(unit) for unit in units]
    start = calendar.first - whole.first
    for name, array in arrays.items():
        wide[name][:, rows, start : start + calendar.size] = array
    return wide


def stack_problems(indicators: Sequence[str], frequencies: Sequence[Frequency]) -> list[Problem]:
    """Find what keeps panels from being joined.

    Parameters
    ----------
    indicators : sequence of str
        The indicators of all panels.
    frequencies : sequence of Frequency
        The frequency of each panel.

    Returns
    -------
    list of Problem
        Empty when they can be joined.

    Examples
    --------
    >>> [p.given for p in stack_problems(["kg", "kg"], ["year", "month"])]
    ["indicator 'kg' in more than one panel", "mixed frequencies: 'year', 'month'"]
    """
    if not frequencies:
        return [Problem("no panel", "at least one", "name the panels to join")]
    problems = []
    twice = [name for name in indicators if indicators.count(name) > 1]
    if twice:
        given = f"indicator {quote(twice)} in more than one panel"
        problems.append(Problem(given, "every indicator once", "pick from one panel, or rename it"))
    if len(set(frequencies)) > 1:
        given = f"mixed frequencies: {quote(frequencies)}"
        problems.append(Problem(given, "one frequency", "aggregate('year') the shorter ones first"))
    return problems
