"""Months and quarters into years: complete years only, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shiftexp.errors import PanelError, Problem
from shiftexp.panel.arrays import ARRAYS, QUALITY, Arrays
from shiftexp.panel.calendar import Calendar

_MISSING_RANK = -1


@dataclass(frozen=True, eq=False)
class Years:
    """Yearly arrays, each of shape (I, U, Y), NaN or "" where a year is not complete.

    Parameters
    ----------
    values, std_error, exposure : ndarray of float
        The yearly numbers.
    quality : ndarray of str
        The worst flag within the year.
    """

    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    exposure: NDArray[np.float64]
    quality: NDArray[np.str_]


def year_positions(calendar: Calendar) -> tuple[int, NDArray[np.int64]]:
    """Return the first whole year in a calendar and the positions of its periods by year.

    Parameters
    ----------
    calendar : Calendar
        A calendar of quarters or months.

    Returns
    -------
    tuple of int and ndarray
        The year, and positions of shape (years, periods per year); no years when none is whole.

    Examples
    --------
    >>> year_positions(Calendar.between("quarter", "2011Q3", "2013Q1"))
    (2012, array([[2, 3, 4, 5]]))
    """
    skipped = -calendar.first % calendar.per_year
    whole = max(calendar.size - skipped, 0) // calendar.per_year
    positions = skipped + np.arange(whole * calendar.per_year, dtype=np.int64)
    first = (calendar.first + skipped) // calendar.per_year
    return first, positions.reshape(whole, calendar.per_year)


def add_up(parts: Years, additive: NDArray[np.bool_]) -> Years:
    """Reduce arrays of shape (I, U, Y, periods per year) to years.

    An additive indicator is summed, ``sum_t y_t``. Any other is averaged, ``sum_t w_t y_t`` with
    weights that sum to one: equal, or in proportion to the exposure where all of it is given, so
    that value times exposure is the same before and after. The standard error is
    ``sqrt(sum_t w_t^2 se_t^2)``, with ``w_t = 1`` for a sum: errors are taken as independent.

    Parameters
    ----------
    parts : Years
        The arrays with the periods of a year on a fourth axis.
    additive : ndarray of bool, shape (I,)
        Which indicators are summed.

    Returns
    -------
    Years
        The yearly arrays; missing where any period of the year is.

    Examples
    --------
    >>> y = np.array([[[[1.0, 2.0, 3.0, 4.0]]]])
    >>> none = np.full_like(y, np.nan)
    >>> ok = np.full(y.shape, "ok")
    >>> add_up(Years(y, none, none, ok), np.array([False])).values
    array([[[2.5]]])
    """
    exposure = parts.exposure.sum(axis=-1)
    equal = np.full_like(parts.exposure, 1 / parts.values.shape[-1])
    given = np.isfinite(exposure)[..., None]
    shares = np.divide(parts.exposure, exposure[..., None], out=equal, where=given)
    weights = np.where(additive[:, None, None, None], 1.0, shares)
    values = (weights * parts.values).sum(axis=-1)
    complete = np.isfinite(values)
    std_error = np.sqrt(((weights * parts.std_error) ** 2).sum(axis=-1))
    return Years(
        values,
        np.where(complete, std_error, np.nan),
        np.where(complete, exposure, np.nan),
        np.where(complete, _worst(parts.quality), ""),
    )


def _worst(quality: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return the worst flag along the last axis."""
    rank = np.full(quality.shape, _MISSING_RANK)
    for i, flag in enumerate(QUALITY):
        rank[quality == flag] = i
    worst: NDArray[np.str_] = np.array(QUALITY)[rank.max(axis=-1)]
    return worst


def yearly(
    arrays: Arrays, calendar: Calendar, additive: NDArray[np.bool_]
) -> tuple[Calendar, dict[str, NDArray[Any]]]:
    """Turn the arrays of a panel of quarters or months into years.

    Parameters
    ----------
    arrays : mapping of str to ndarray, shape (I, U, T)
        The values, std_error, exposure and quality.
    calendar : Calendar
        The T periods.
    additive : ndarray of bool, shape (I,)
        Which indicators are summed.

    Returns
    -------
    tuple of Calendar and dict of str to ndarray
        From the first to the last year that is complete for any unit.

    Raises
    ------
    PanelError
        If no unit has a complete year.

    Examples
    --------
    >>> from shiftexp.panel.arrays import empty_arrays
    >>> quarters = empty_arrays((1, 1, 4)) | {"values": np.array([[[1.0, 2.0, 3.0, 4.0]]])}
    >>> yearly(quarters, Calendar.between("quarter", "2012Q1", "2012Q4"), np.array([True]))[0]
    Calendar(frequency='year', first=2012, size=1)
    """
    first, positions = year_positions(calendar)
    years = add_up(Years(*(arrays[name][:, :, positions] for name in ARRAYS)), additive)
    complete = np.flatnonzero(np.isfinite(years.values).any(axis=(0, 1)))
    if not complete.size:
        raise PanelError(
            Problem(
                f"no unit has a complete year from {calendar.labels[0]} to {calendar.labels[-1]}",
                f"all {calendar.per_year} {calendar.frequency}s of a year observed in some unit",
                f"study the {calendar.frequency}s themselves",
            )
        )
    kept = slice(int(complete[0]), int(complete[-1]) + 1)
    whole = Calendar("year", first + kept.start, kept.stop - kept.start)
    return whole, {name: getattr(years, name)[:, :, kept] for name in ARRAYS}
