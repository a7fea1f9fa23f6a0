"""Every check a panel must pass: pure functions that return the problems they find."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from shiftexp.errors import Problem, suggest
from shiftexp.panel.arrays import QUALITY, near_problems
from shiftexp.panel.calendar import Calendar
from shiftexp.panel.columns import NUMBER_ROLES, Columns, is_missing, quote
from shiftexp.panel.names import name_problems
from shiftexp.texts import name_problem

COUNTS = frozenset({"count", "counts", "n"})

_PERIODS = "years (2012), quarters ('2012Q3'), months ('2012-03') or dates"


def frame_problems(
    columns: Columns, unit_of_measure: object, *, near: Collection[str], allow_gaps: bool
) -> list[Problem]:
    """Check the columns of a frame, and return all problems at once.

    Parameters
    ----------
    columns : Columns
        The columns by role.
    unit_of_measure : object
        The unit of measurement as given; a text unless a column holds it.
    near : collection of str
        Units said to be near donors.
    allow_gaps : bool
        Whether a period that no unit has is accepted.

    Returns
    -------
    list of Problem
        Empty when the frame is a panel.

    Examples
    --------
    >>> from shiftexp.panel.columns import Columns
    >>> empty = Columns({"value": "kg"}, {"value": ()}, ("kg",), 0)
    >>> [p.given for p in frame_problems(empty, "kg", near=(), allow_gaps=False)]
    ['0 rows']
    """
    problems = [*missing_columns(columns), *shared_columns(columns), *empty_frame(columns)]
    problems += measure_problems(columns, unit_of_measure)
    if not columns.size:
        return problems
    for role in ("unit", "indicator"):
        problems += name_problems(columns, role)
    if "period" in columns.cells:
        problems += period_problems(columns)
        problems += duplicate_keys(columns)
        problems += [] if allow_gaps else gaps(columns)
    for role in NUMBER_ROLES:
        problems += number_problems(columns, role)
    problems += empty_units(columns)
    problems += count_problems(columns, unit_of_measure)
    problems += sign_problems(columns)
    problems += quality_problems(columns)
    return problems + near_problems(near, columns.cells.get("unit"))


def missing_columns(columns: Columns) -> list[Problem]:
    """Find columns that were named but do not exist."""
    return [
        Problem(
            f"{role}={name!r} names no column",
            "a column of the frame",
            suggest(str(name), columns.available) if columns.available else "add columns",
        )
        for role, name in columns.names.items()
        if role not in columns.cells
    ]


def shared_columns(columns: Columns) -> list[Problem]:
    """Find columns that were given more than one role."""
    roles: dict[str, list[str]] = {}
    for role, name in columns.names.items():
        roles.setdefault(name, []).append(role)
    return [
        Problem(
            f"column {name!r} given as {' and '.join(shared)}",
            "one column for each role",
            "name another column",
        )
        for name, shared in roles.items()
        if len(shared) > 1
    ]


def empty_frame(columns: Columns) -> list[Problem]:
    """Find a frame without rows."""
    if columns.size:
        return []
    return [Problem("0 rows", "at least one observed row", "check the filter that made the frame")]


def period_problems(columns: Columns) -> list[Problem]:
    """Find periods that cannot be read, carry a time zone, or mix frequencies."""
    timing, name = columns.timing, columns.names["period"]
    cells = columns.cells["period"]
    found = []
    if timing.unreadable:
        found.append(
            Problem(
                f"period {quote(cells[i] for i in timing.unreadable)} in column {name!r}",
                _PERIODS,
                "write the periods as one of these (a year as a whole number or text)",
                columns.rows(timing.unreadable),
            )
        )
    if timing.zoned:
        found.append(
            Problem(
                f"period {quote(str(cells[i]) for i in timing.zoned)} has a time zone",
                "dates without time zone, since a zone can move a day into another period",
                "convert to local time and drop the zone",
                columns.rows(timing.zoned),
            )
        )
    return [*found, *_frequency_problems(columns)]


def _frequency_problems(columns: Columns) -> list[Problem]:
    """Find mixed frequencies, and dates inside a month."""
    kinds, cells = columns.timing.kinds, columns.cells["period"]
    if len(kinds) > 1:
        said = " and ".join(
            f"{len(rows)} {kind or 'date'}s (such as {str(cells[rows[0]])!r})"
            for kind, rows in kinds.items()
        )
        return [
            Problem(
                f"mixed frequencies: {said}",
                "one frequency in a panel",
                "build one panel for each, or aggregate the shorter periods first",
                columns.rows(_fewest(kinds.values())),
            )
        ]
    if kinds and columns.timing.frequency is None:
        rows = next(iter(kinds.values()))
        return [
            Problem(
                f"dates {quote(str(cells[i]) for i in rows)} inside a month, or starts and ends",
                "the first day (or everywhere the last day) of each year, quarter or month",
                "aggregate the days, or write the periods as labels such as '2012-03'",
                columns.rows(rows),
            )
        ]
    return []


def _fewest(groups: Iterable[Sequence[int]]) -> Sequence[int]:
    """Return the smallest group of rows: the odd ones out."""
    return min(groups, key=len)


def duplicate_keys(columns: Columns) -> list[Problem]:
    """Find rows that share unit, period and indicator."""
    if "unit" not in columns.cells:
        return []
    first: dict[tuple[object, ...], list[int]] = {}
    keys = zip(
        map(repr, columns.indicator),
        map(repr, columns.cells["unit"]),
        columns.timing.ordinals,
        strict=True,
    )
    for i, key in enumerate(keys):
        if key[-1] is not None:
            first.setdefault(key, []).append(i)
    twice = [i for rows in first.values() if len(rows) > 1 for i in rows]
    if not twice:
        return []
    what = "unit, period and indicator" if "indicator" in columns.names else "unit and period"
    return [
        Problem(
            f"{len(twice)} rows share their {what} with another",
            "one row for each",
            "sum or choose among them, or name the indicator column that tells them apart",
            columns.rows(twice),
        )
    ]


def gaps(columns: Columns) -> list[Problem]:
    """Find periods inside the range that no unit has."""
    frequency = columns.timing.frequency
    if frequency is None:
        return []
    seen = {o for o in columns.timing.ordinals if o is not None}
    calendar = Calendar(frequency, min(seen), max(seen) - min(seen) + 1)
    absent = calendar.size - len(seen)
    if not absent:
        return []
    some = _first_absent(calendar, seen)
    return [
        Problem(
            f"{absent} of {calendar.size} {frequency}s between {calendar.label(calendar.first)!r} "
            f"and {calendar.label(calendar.last)!r} have no row for any unit: {some}",
            "at least one unit observed in every period",
            "check the filter and the labels; if nobody was observed then, say allow_gaps=True",
        )
    ]


def _first_absent(calendar: Calendar, seen: set[int]) -> str:
    """Quote the first absent periods without writing out a calendar of thousands."""
    absent: Iterator[int] = (o for o in range(calendar.first, calendar.last) if o not in seen)
    labels = [calendar.label(o) for o, _ in zip(absent, range(7), strict=False)]
    return quote(labels[:6]) + (", ..." if len(labels) > 6 else "")


def number_problems(columns: Columns, role: str) -> list[Problem]:
    """Find cells that are not finite numbers; only a standard error or exposure may be empty."""
    cells, name = columns.cells.get(role, ()), columns.names.get(role)
    empty = [i for i, c in enumerate(cells) if is_missing(c)] if role == "value" else []
    numbers = columns.numbers.get(role, ())
    other = [i for i, n in enumerate(numbers) if n is None and not is_missing(cells[i])]
    endless = [i for i, n in enumerate(numbers) if n is not None and not math.isfinite(n)]
    found = []
    if empty:
        found.append(
            Problem(
                f"{role} {quote(cells[i] for i in empty)} in column {name!r}",
                "a number, since an empty cell may mean zero or not observed",
                "leave the row out where nothing was observed, write 0 where nothing was found",
                columns.rows(empty),
            )
        )
    if other:
        found.append(
            Problem(
                f"{role} {quote(cells[i] for i in other)} in column {name!r} is not a number",
                "numbers",
                "mend the cells and convert the column to numbers",
                columns.rows(other),
            )
        )
    if endless:
        found.append(
            Problem(
                f"{role} {quote(cells[i] for i in endless)} in column {name!r} is not finite",
                "finite numbers",
                "mend the cells, or leave the rows out",
                columns.rows(endless),
            )
        )
    return found


def empty_units(columns: Columns) -> list[Problem]:
    """Find units without a single value."""
    values, units = columns.cells.get("value"), columns.cells.get("unit")
    if values is None or units is None:
        return []
    observed = {u for u, v in zip(map(repr, units), values, strict=True) if not is_missing(v)}
    bare = sorted(set(map(repr, units)) - observed)
    if not bare:
        return []
    rows = [i for i, u in enumerate(units) if repr(u) in set(bare)]
    return [
        Problem(
            f"unit {', '.join(bare)} has no value in any row",
            "at least one observed value for every unit",
            "leave the unit out",
            columns.rows(rows),
        )
    ]


def measures(columns: Columns, unit_of_measure: object) -> tuple[object, ...]:
    """Return the unit of measurement of each row, from its column or the one text."""
    return columns.cells.get("unit_of_measure", (unit_of_measure,) * columns.size)


def measure_problems(columns: Columns, unit_of_measure: object) -> list[Problem]:
    """Find a unit of measurement that is missing, or not one within an indicator."""
    given = measures(columns, unit_of_measure) or (unit_of_measure,)
    odd = [i for i, m in enumerate(given) if not isinstance(m, str) or not m.strip()]
    if odd:
        rows = columns.rows(odd) if "unit_of_measure" in columns.cells else ()
        return [
            Problem(
                f"unit_of_measure {quote(given[i] for i in odd)}",
                "a text such as 'kg' or 'count', or the name of a text column",
                "say in what the values are measured",
                rows,
            )
        ]
    measured = dict.fromkeys(map(str, given))
    unclear = [p for m in measured if (p := name_problem("unit_of_measure", m)) is not None]
    if unclear:
        return unclear
    by_indicator: dict[object, dict[object, list[int]]] = {}
    for i, (indicator, measure) in enumerate(zip(map(str, columns.indicator), given, strict=False)):
        by_indicator.setdefault(indicator, {}).setdefault(measure, []).append(i)
    return [
        Problem(
            f"mixed units of measurement in {name!r}: {quote(found)}",
            "one unit of measurement in an indicator",
            "convert the values, or make them separate indicators",
            columns.rows(_fewest(found.values())),
        )
        for name, found in by_indicator.items()
        if len(found) > 1
    ]


def count_problems(columns: Columns, unit_of_measure: object) -> list[Problem]:
    """Find counts below zero or with a fraction."""
    given = measures(columns, unit_of_measure)
    cells, numbers = columns.cells.get("value", ()), columns.numbers.get("value", ())
    counted = [(i, n) for i, n in enumerate(numbers) if n is not None and str(given[i]) in COUNTS]
    below = [i for i, n in counted if n < 0]
    parts = [i for i, n in counted if given[i] == "count" and math.isfinite(n) and n % 1]
    return [
        Problem(
            f"value {quote(cells[i] for i in rows)} {what}",
            "whole numbers from 0, since the unit of measurement is a count",
            "mend the values, or say another unit_of_measure",
            columns.rows(rows),
        )
        for rows, what in ((below, "is below zero"), (parts, "has a fraction"))
        if rows
    ]


def sign_problems(columns: Columns) -> list[Problem]:
    """Find standard errors below zero, and exposures not above it."""
    rules: tuple[tuple[str, Callable[[float], bool], str], ...] = (
        ("std_error", lambda x: x < 0, "0 or more"),
        ("exposure", lambda x: x <= 0, "more than 0"),
    )
    found = []
    for role, wrong, needed in rules:
        cells = columns.cells.get(role, ())
        numbers = columns.numbers.get(role, ())
        rows = [i for i, n in enumerate(numbers) if n is not None and wrong(n)]
        if rows:
            found.append(
                Problem(
                    f"{role} {quote(cells[i] for i in rows)} in column {columns.names[role]!r}",
                    needed,
                    "mend the cells, or leave them empty where it is not known",
                    columns.rows(rows),
                )
            )
    return found


def quality_problems(columns: Columns) -> list[Problem]:
    """Find quality flags that are not known."""
    cells = columns.cells.get("quality", ())
    rows = [i for i, c in enumerate(cells) if not isinstance(c, str) or c not in QUALITY]
    if not rows:
        return []
    return [
        Problem(
            f"quality {quote(cells[i] for i in rows)}",
            "one of " + ", ".join(map(repr, QUALITY)),
            "translate the flags to these; 'ok' where nothing is known against a value",
            columns.rows(rows),
        )
    ]
