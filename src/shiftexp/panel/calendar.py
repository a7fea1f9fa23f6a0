"""One regular calendar of years, quarters or months, and the reading of period labels."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shiftexp.errors import PanelError, Problem

Frequency: TypeAlias = Literal["year", "quarter", "month"]
Ints: TypeAlias = NDArray[np.int64]

PER_YEAR: dict[Frequency, int] = {"year": 1, "quarter": 4, "month": 12}
EXAMPLES: dict[Frequency, str] = {"year": "2012", "quarter": "'2012Q3'", "month": "'2012-03'"}

_YEAR = re.compile(r"\d{4}", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?", re.ASCII)
_PANDAS_FREQUENCY: dict[str, Frequency] = {"Y-DEC": "year", "Q-DEC": "quarter", "M": "month"}


class PeriodError(ValueError):
    """A value that is not a period; ``timezone`` says whether a time zone is the reason."""

    def __init__(self, *, timezone: bool = False) -> None:
        """Keep the reason."""
        self.timezone = timezone
        super().__init__("a time zone" if timezone else "not a period")


@dataclass(frozen=True)
class Moment:
    """A period as it was written: a label of known frequency, or a day inside some period.

    Parameters
    ----------
    frequency : "year", "quarter", "month" or None
        The frequency of the label; None for a date, which fits any calendar.
    year, month, day : int
        The first day of the period, or the date.
    """

    frequency: Frequency | None
    year: int
    month: int = 1
    day: int = 1

    def ordinal(self, frequency: Frequency) -> int:
        """Return the number of the period of that frequency that holds the moment."""
        n = PER_YEAR[frequency]
        return self.year * n + (self.month - 1) * n // 12


def read_period(value: object) -> Moment:
    """Read one period as a year, a quarter, a month or a date.

    Parameters
    ----------
    value : int, str, date, datetime, numpy.datetime64, pandas.Period or pandas.Timestamp
        ``2012``, ``"2012"``, ``"2012Q3"``, ``"2012-03"`` or a day such as ``"2012-03-01"``.

    Returns
    -------
    Moment
        The period with its frequency; a day has none of its own.

    Raises
    ------
    PeriodError
        If the value is none of these, or carries a time zone.

    Examples
    --------
    >>> read_period("2012Q3")
    Moment(frequency='quarter', year=2012, month=7, day=1)
    """
    if isinstance(value, bool | np.bool_) or value is pd.NaT:
        raise PeriodError
    if isinstance(value, int | np.integer):
        return _read_text(str(int(value)))
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, pd.Period):
        return _read_pandas(value)
    if isinstance(value, np.datetime64):
        return read_period(pd.Timestamp(value))
    if isinstance(value, dt.datetime):
        return _read_datetime(value)
    if isinstance(value, dt.date):
        return Moment(None, value.year, value.month, value.day)
    raise PeriodError


def _read_text(text: str) -> Moment:
    """Read a label or an ISO date."""
    if _YEAR.fullmatch(text):
        return Moment("year", int(text))
    if match := _QUARTER.fullmatch(text):
        return Moment("quarter", int(match[1]), 3 * int(match[2]) - 2)
    if match := _MONTH.fullmatch(text):
        return Moment("month", int(match[1]), int(match[2]))
    if not _DAY.fullmatch(text):
        raise PeriodError
    try:
        return _read_datetime(dt.datetime.fromisoformat(text))
    except PeriodError:
        raise
    except ValueError as error:
        raise PeriodError from error


def _read_datetime(moment: dt.datetime) -> Moment:
    """Read a date with a time; a time zone is refused: it can move a day."""
    if moment.tzinfo is not None:
        raise PeriodError(timezone=True)
    return Moment(None, moment.year, moment.month, moment.day)


def _read_pandas(period: pd.Period) -> Moment:
    """Read a pandas period of calendar years, quarters, months or days."""
    if period.freqstr == "D":
        return Moment(None, period.year, period.month, period.day)
    frequency = _PANDAS_FREQUENCY.get(period.freqstr)
    if frequency is None:
        raise PeriodError
    start = period.start_time
    return Moment(frequency, start.year, start.month)


def frequency_of_dates(days: set[Moment]) -> Frequency | None:
    """Infer the frequency of dates that all stand at the start, or all at the end, of a period.

    Parameters
    ----------
    days : set of Moment
        The distinct dates of a panel.

    Returns
    -------
    "year", "quarter", "month" or None
        The longest period whose first (or last) days these are; None if there is none.

    Examples
    --------
    >>> frequency_of_dates({Moment(None, 2012, 1, 1), Moment(None, 2012, 4, 1)})
    'quarter'
    """
    if all(d.day == 1 for d in days):
        starts = {d.month for d in days}
    elif all(d.day == monthrange(d.year, d.month)[1] for d in days):
        starts = {d.month % 12 + 1 for d in days}
    else:
        return None
    if starts <= {1}:
        return "year"
    return "quarter" if starts <= {1, 4, 7, 10} else "month"


@dataclass(frozen=True)
class Calendar:
    """A run of consecutive years, quarters or months.

    Parameters
    ----------
    frequency : {"year", "quarter", "month"}
        The length of one period.
    first : int
        The number of the first period: the year; ``4 * year + quarter - 1``;
        ``12 * year + month - 1``.
    size : int
        How many periods there are, at least one.

    Raises
    ------
    PanelError
        If the frequency is unknown, or the size is below one.

    Examples
    --------
    >>> quarters = Calendar.between("quarter", "2012Q3", "2013Q1")
    >>> quarters.labels
    ('2012Q3', '2012Q4', '2013Q1')
    >>> quarters.index("2012Q4")
    1
    """

    frequency: Frequency
    first: int
    size: int

    def __post_init__(self) -> None:
        """Refuse an unknown frequency and an empty run."""
        problems = []
        if self.frequency not in PER_YEAR:
            known = ", ".join(map(repr, get_args(Frequency)))
            problems.append(
                Problem(f"frequency {self.frequency!r}", f"one of {known}", "name one of these")
            )
        if self.size < 1:
            problems.append(
                Problem(f"a calendar of {self.size} periods", "at least one", "widen the window")
            )
        if problems:
            raise PanelError(problems)

    @classmethod
    def between(cls, frequency: Frequency, first: object, last: object) -> Calendar:
        """Return the calendar from one period to another, both included.

        Parameters
        ----------
        frequency : {"year", "quarter", "month"}
            The length of one period.
        first, last : period
            Anything :meth:`ordinal` reads.

        Returns
        -------
        Calendar
            The run of periods.

        Raises
        ------
        PanelError
            If a period cannot be read, or the last comes before the first.

        Examples
        --------
        >>> Calendar.between("year", 2002, 2023).size
        22
        """
        start = cls(frequency, 0, 1).ordinal(first)
        return cls(frequency, start, cls(frequency, 0, 1).ordinal(last) - start + 1)

    @property
    def per_year(self) -> int:
        """How many periods make a year: 1, 4 or 12."""
        return PER_YEAR[self.frequency]

    @property
    def last(self) -> int:
        """The number of the last period."""
        return self.first + self.size - 1

    @cached_property
    def ordinals(self) -> Ints:
        """The numbers of all periods, shape (size,)."""
        ordinals = np.arange(self.first, self.first + self.size, dtype=np.int64)
        ordinals.setflags(write=False)
        return ordinals

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The names of all periods: "2012", "2012Q3" or "2012-03"."""
        return tuple(map(self.label, range(self.first, self.first + self.size)))

    @property
    def season(self) -> Ints:
        """The place of every period within its year, counted from 0, shape (size,)."""
        return self.ordinals % self.per_year

    @property
    def years(self) -> Ints:
        """The year of every period, shape (size,)."""
        return self.ordinals // self.per_year

    def label(self, ordinal: int) -> str:
        """Return the name of the period with that number.

        Examples
        --------
        >>> Calendar("month", 24144, 3).label(24146)
        '2012-03'
        """
        year, season = divmod(int(ordinal), self.per_year)
        if self.frequency == "year":
            return f"{year:04d}"
        return (
            f"{year:04d}Q{season + 1}"
            if self.frequency == "quarter"
            else f"{year:04d}-{season + 1:02d}"
        )

    def ordinal(self, period: object) -> int:
        """Return the number of a period, inside the calendar or not.

        Parameters
        ----------
        period : int, str, date, datetime, pandas.Period or pandas.Timestamp
            A label of the calendar's own frequency, or a date, which stands for the period that
            holds it.

        Returns
        -------
        int
            The number of the period.

        Raises
        ------
        PanelError
            If it cannot be read, has a time zone, or is a label of another frequency.

        Examples
        --------
        >>> Calendar("month", 24144, 3).ordinal("2012-03")
        24146
        """
        try:
            moment = read_period(period)
        except PeriodError as error:
            raise PanelError(self._unreadable(period, str(error))) from error
        if moment.frequency not in (None, self.frequency):
            raise PanelError(self._unreadable(period, f"a {moment.frequency}"))
        return moment.ordinal(self.frequency)

    def _unreadable(self, period: object, reason: str) -> Problem:
        """Say why a period does not fit this calendar."""
        return Problem(
            f"period {period!r} on a calendar of {self.frequency}s ({reason})",
            f"a {self.frequency} such as {EXAMPLES[self.frequency]}, or a date without time zone",
            f"write it as a {self.frequency}",
        )

    def index(self, period: object) -> int:
        """Return the position of a period in the calendar.

        Parameters
        ----------
        period : int, str, date, datetime, pandas.Period or pandas.Timestamp
            Anything :meth:`ordinal` reads.

        Returns
        -------
        int
            The position, counted from 0.

        Raises
        ------
        KeyError
            If the period lies outside the calendar.
        PanelError
            If the period cannot be read.

        Examples
        --------
        >>> Calendar("year", 2002, 22).index(2012)
        10
        """
        position = self.ordinal(period) - self.first
        if not 0 <= position < self.size:
            label, last = self.label(position + self.first), self.label(self.last)
            message = f"{label!r} is outside {self.label(self.first)!r} to {last!r}"
            raise KeyError(message)
        return position
