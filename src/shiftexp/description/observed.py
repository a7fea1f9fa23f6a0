"""One series as it is described: its values, its periods, its seasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.errors import Problem
from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.panel import Calendar
from shiftexp.scalars import plural

Scale: TypeAlias = Literal["level", "log"]
SCALES: tuple[Scale, ...] = ("level", "log")
NOT_EVIDENCE = "a description of the series: no evidence that anything moved"


@dataclass(frozen=True, eq=False)
class Observed:
    """One series, missing values kept.

    Attributes
    ----------
    name : str
        What it is called.
    labels : tuple of str
        Names of the T periods.
    values : array of shape (T,)
        Values; NaN where nothing was observed.
    season : array of shape (T,)
        Place of every period within its year; zeros where periods have no seasons.
    per_year : int
        Periods in a year.
    first : int
        Number of the first period, as a calendar counts them.
    """

    name: str
    labels: tuple[str, ...]
    values: Floats
    season: Integers
    per_year: int
    first: int = 0

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @classmethod
    def of(cls, name: str, values: Floats, calendar: Calendar) -> Observed:
        """Return a series of values on a calendar."""
        return cls(
            name, calendar.labels, values, calendar.season, calendar.per_year, calendar.first
        )

    @property
    def seen(self) -> Booleans:
        """The periods with a value."""
        return np.isfinite(self.values)

    @property
    def count(self) -> int:
        """Number of values."""
        return int(self.seen.sum())

    @property
    def time(self) -> Floats:
        """Positions of the observed periods."""
        return np.flatnonzero(self.seen).astype(float)

    @property
    def years(self) -> Floats:
        """The periods in years, shape (T,)."""
        return (self.first + np.arange(len(self.values))) / self.per_year

    @property
    def positive(self) -> bool:
        """Whether all values are above zero."""
        return bool((self.values[self.seen] > 0).all())

    def logged(self) -> Observed:
        """Return the logarithms of a positive series."""
        return replace(self, values=np.log(self.values))

    def regressors(self, *, trend: bool) -> tuple[Floats, Floats | None]:
        """Return constant and trend in years from the middle, and the seasons, at observed periods.

        Parameters
        ----------
        trend : bool
            Whether there is a trend.
        """
        years = (self.time - self.time.mean()) / self.per_year
        constant = np.ones(self.count)
        x = np.column_stack([constant, years]) if trend else constant[:, None]
        season = self.season[self.seen]
        kinds = np.unique(season)
        if len(kinds) == 1:
            return x, None
        return x, (season[:, None] == kinds[1:]).astype(float)


def too_short(series: Observed, least: int, *, trend: bool) -> tuple[Problem, ...]:
    """Return the problem of a series with too few values, seasons counted, or one that is flat.

    Parameters
    ----------
    series : Observed
        The series.
    least : int
        Values needed beside those that the seasons cost.
    trend : bool
        Whether there is a trend.
    """
    found = []
    x, seasons = series.regressors(trend=trend) if series.count else (np.ones((0, 1)), None)
    needed = least + (0 if seasons is None else seasons.shape[1])
    if series.count < needed:
        given = f"{plural(series.count, 'value')} of {series.name!r}"
        found.append(Problem(given, f"at least {needed}", "give a longer series"))
    elif seasons is not None:
        both = np.hstack([x, seasons])
        if np.linalg.matrix_rank(both) < both.shape[1]:
            given = f"{series.name!r} is observed in too few years to tell its seasons"
            found.append(Problem(given, "two values of each season", "give a longer series"))
    seen = series.values[series.seen]
    if len(seen) and np.ptp(seen) == 0:
        given = f"{series.name!r} never changes"
        found.append(Problem(given, "a series that varies", "leave it out by name"))
    return tuple(found)
