"""The mean growth rate of one series: a log-linear trend with the library's default test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.description.observed import Observed, too_short
from shiftexp.kernels.optimal_interval import intervals
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey
from shiftexp.kernels.series_design import evidence, posterior_moments, series_design
from shiftexp.scalars import error_rate, plural

LEAST = 8
GROWTH_METHOD = "log-linear trend; interval by inversion of the EMW-LL test"


@dataclass(frozen=True)
class Growth:
    """Mean growth a year, in per cent.

    Attributes
    ----------
    percent, low, high : float
        The rate and its limits; NaN where there is none.
    missing : str
        Why there is none; "" where there is.
    """

    percent: float
    low: float
    high: float
    missing: str = ""


def mean_growth(series: Observed, level: float) -> Growth:
    """Return the mean growth rate of a series.

    Parameters
    ----------
    series : Observed
        The series.
    level : float
        Level of the limits.
    """
    if missing := _why_none(series):
        return Growth(np.nan, np.nan, np.nan, missing)
    x, seasons = series.regressors(trend=True)
    whole = x if seasons is None else np.hstack([x, seasons])
    slope = (np.arange(whole.shape[1]) == 1).astype(float)
    design = series_design(whole, series.time, slope)
    found = evidence(design, series.logged().values[series.seen][None])
    key = TableKey(error=error_rate(level))
    limits = intervals(design, key, null_table(design, key), found)
    mean, _ = posterior_moments(design, found)
    rates = 100 * np.expm1(np.array([mean[0], limits.low[0], limits.high[0]]))
    return Growth(*rates.tolist())


def _why_none(series: Observed) -> str:
    """Return why a series has no growth rate, "" where it has one."""
    if not series.positive:
        low = int((series.values[series.seen] <= 0).sum())
        return f"{plural(low, 'value')} not above zero: no growth rate"
    problems = too_short(series, LEAST, trend=True)
    return f"{problems[0].given}; needed: {problems[0].needed}: no growth rate" if problems else ""
