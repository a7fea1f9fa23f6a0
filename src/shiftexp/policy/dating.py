"""When an event counts from: its date as written, and the first period that is wholly after it."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.panel import Calendar
from shiftexp.panel.calendar import PER_YEAR, PeriodError, read_period
from shiftexp.scalars import refuse

_COLUMNS = ("date", "date_start", "date_end", "precision", "event", "country", "kind")
_UNUSED = ("market", "segment", "expected_origin_effect", "source_id", "quality")  # of a dataset's
KINDS = ("policy", "enforcement", "shock", "measurement")
_DAYS_TO_MIDDLE = {"year": (6, 0), "quarter": (1, 15), "month": (0, 15)}  # months, days


@dataclass(frozen=True)
class Dated:
    """One event as a table holds it.

    Attributes
    ----------
    name : str
        What happened.
    country : str
        Where; "" counts as the origin.
    kind : str
        policy, enforcement, shock or measurement; "" where it is not said.
    date : str
        The date as written; "" where it is not known.
    first, last : datetime.date or None
        The event began between these two days.
    """

    name: str
    country: str
    kind: str
    date: str
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class Onset:
    """From when on an event is studied.

    Attributes
    ----------
    period : str
        First period taken as after the event.
    partly : tuple of str
        Periods that lie partly before and partly after it: they are left out.
    """

    period: str
    partly: tuple[str, ...] = ()


def onset_of(first: dt.date, last: dt.date, calendar: Calendar) -> Onset:
    """Return from when on an event that began between two days is studied.

    The period that holds it, where it surely began in the first half of that period; otherwise the
    next one, and the periods in which it may have begun are left out.

    Parameters
    ----------
    first, last : datetime.date
        The days.
    calendar : Calendar
        Its frequency says how long a period is.

    Examples
    --------
    >>> years = Calendar("year", 2000, 1)
    >>> onset_of(dt.date(2012, 5, 1), dt.date(2012, 5, 1), years)
    Onset(period='2012', partly=())
    >>> onset_of(dt.date(2014, 10, 1), dt.date(2014, 10, 1), years)
    Onset(period='2015', partly=('2014',))
    """
    opening, closing = calendar.ordinal(first), calendar.ordinal(last)
    if opening == closing and last < _middle(calendar, opening):
        return Onset(calendar.label(opening))
    partly = tuple(map(calendar.label, range(opening, closing + 1)))
    return Onset(calendar.label(closing + 1), partly)


def _middle(calendar: Calendar, ordinal: int) -> dt.date:
    """Return the first day of the second half of a period."""
    year, season = divmod(ordinal, calendar.per_year)
    months, days = _DAYS_TO_MIDDLE[calendar.frequency]
    month = season * 12 // PER_YEAR[calendar.frequency] + 1 + months
    return dt.date(year, month, 1 + days)


def read_events(table: object) -> tuple[Dated, ...]:
    """Return the events of a table, of a mapping of name to date, or of dates alone.

    Parameters
    ----------
    table : DataFrame, mapping or iterable
        Columns ``date``, or ``date_start`` with ``date_end`` and ``precision``; and ``event``,
        ``country``, ``kind`` where there are any.

    Raises
    ------
    DesignError
        When there is no event, no column of dates, an unknown column or kind, an end before its
        start, or dates cannot be read; all are listed.
    """
    rows = [{name: _whole(cell) for name, cell in row.items()} for row in _rows(table)]
    problems, found = [], []
    for number, row in enumerate(rows, start=1):
        problems += _kind_problems(row, number)
        try:
            problems += _order_problems(row, number)
            found.append(_read(row))
        except PeriodError:
            given = f"date {row.get('date', row.get('date_start', ''))!r}"
            remedy = "write '2012', '2012-05' or '2012-05-01'"
            problems.append(Problem(given, "a year, a month or a day", remedy))
    if not rows:
        problems.append(Problem("no events", "at least one", "write table=['2012-05-01']"))
    if problems:
        raise DesignError(problems)
    return tuple(found)


def _rows(table: object) -> list[dict[str, object]]:
    """Return one mapping for each event.

    Raises
    ------
    DesignError
        When there is no column of dates, or a column is unknown.
    TypeError
        When it is no table of events.
    """
    if isinstance(table, pd.DataFrame):
        refuse(*_column_problems([str(column) for column in table.columns]))
        return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    if isinstance(table, Mapping):
        return [{"event": name, "date": date} for name, date in table.items()]
    if isinstance(table, Iterable) and not isinstance(table, str):
        return [{"date": date} for date in table]
    message = f"a table of events is a DataFrame, a mapping or dates; given {type(table).__name__}"
    raise TypeError(message)


def _column_problems(columns: list[str]) -> list[Problem]:
    """Return what is wrong with the names of columns."""
    needed = f"one of {', '.join(_COLUMNS)}"
    problems = [
        Problem(f"column {column!r}", needed, suggest(column, _COLUMNS))
        for column in columns
        if column not in (*_COLUMNS, *_UNUSED)
    ]
    if not {"date", "date_start"} & set(columns):
        given = f"columns {', '.join(columns)}"
        problems.append(Problem(given, "a column date, or date_start", "name it so"))
    return problems


def _whole(cell: object) -> object:
    """Return a year that a blank in its column turned into a float as the year it is."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _kind_problems(row: Mapping[str, object], number: int) -> list[Problem]:
    """Return the problem of a kind that is none: misspelt, a measurement would be a policy."""
    kind = _text(row.get("kind"))
    if not kind or kind in KINDS:
        return []
    given = f"kind {kind!r} in row {number}"
    return [Problem(given, f"one of {', '.join(KINDS)}, or none", suggest(kind, KINDS))]


def _order_problems(row: Mapping[str, object], number: int) -> list[Problem]:
    """Return the problem of an event that ends before it starts."""
    start, end = row.get("date_start"), row.get("date_end")
    if "date" in row or not _text(start) or not _text(end):
        return []
    if _span(end)[1] >= _span(start)[0]:
        return []
    given = f"date_end {_text(end)!r} before date_start {_text(start)!r} in row {number}"
    rows = tuple(filter(None, [_text(row.get("event"))]))
    return [Problem(given, "an end that is not before its start", "mend the dates", rows)]


def _read(row: Mapping[str, object]) -> Dated:
    """Return one event."""
    written = _text(row.get("date", row.get("date_start")))
    first, last = _days(row)
    return Dated(
        name=_text(row.get("event")) or written,
        country=_text(row.get("country")),
        kind=_text(row.get("kind")),
        date=written,
        first=first,
        last=last,
    )


def _text(value: object) -> str:
    """Return a cell as text, "" where it is empty."""
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 - a NaN
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return str(value.date())
    return str(value)


def _days(row: Mapping[str, object]) -> tuple[dt.date | None, dt.date | None]:
    """Return the days between which an event began; None where nobody knows.

    An action with a duration began on its first day, unless it is given in whole years: then it
    began some time in the first of them.
    """
    given = row.get("date", row.get("date_start"))
    if not _text(given):
        return None, None
    first, last = _span(given)
    end = row.get("date_end") if "date" not in row else None
    if end is None or not _text(end):
        return first, last
    closing = _span(end)[1]
    if row.get("precision") != "window":
        return first, closing
    whole = (first.month, first.day) == (1, 1) and (closing.month, closing.day) == (12, 31)
    return first, dt.date(first.year, 12, 31) if whole else last


def _span(value: object) -> tuple[dt.date, dt.date]:
    """Return first and last day of a period as written; a day is both."""
    moment = read_period(value)
    if moment.year < dt.MINYEAR:  # labels know a year 0, days do not
        raise PeriodError
    first = dt.date(moment.year, moment.month, moment.day)
    if moment.frequency is None:
        return first, first
    month = moment.month - 1 + 12 // PER_YEAR[moment.frequency]
    return first, dt.date(moment.year, month, monthrange(moment.year, month)[1])
