"""Outliers by one fixed rule: far from a robust line, measured by a robust spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock

CUTOFF = 3.5
_NORMAL = 1.4826  # the standard deviation of a normal over its median absolute deviation
_SMALL, _TERMS = 5.0, 2  # a line bends towards few values, which makes what is left too small
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Outliers:
    """Values far from the line of their own series.

    Attributes
    ----------
    low, high : array of shape (B, n)
        Fences: the line less and plus the cutoff times the spread.
    found : array of shape (B, n)
        Values beyond a fence.
    """

    low: Floats
    high: Floats
    found: Booleans

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def outliers(values: Floats, time: Floats) -> Outliers:
    """Return the values that lie more than 3.5 robust standard deviations off a Theil-Sen line.

    Parameters
    ----------
    values : array of shape (B, n)
        Series without gaps, n at least 3.
    time : array of shape (n,)
        Their time stamps.

    Notes
    -----
    The spread is 1.4826 (1 + 5 / (n - 2)) times the median absolute residual, enlarged as Rousseeuw
    & Leroy (1987) do for few values; the cutoff is that of Iglewicz & Hoaglin (1993). A series more
    than half of whose values lie on the line has no spread to measure by, and no outlier.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of
    the American Statistical Association, 63, 1379-1389.
    https://doi.org/10.1080/01621459.1968.10480934 Rousseeuw, P. J. & Leroy, A. M. (1987). Robust
    regression and outlier detection. Wiley. https://doi.org/10.1002/0471725382

    Examples
    --------
    >>> found = outliers(np.array([[1.0, 2.1, 2.9, 4.0, 25.0, 6.1]]), np.arange(6.0))
    >>> found.found[0].tolist()
    [False, False, False, False, True, False]
    """
    first, second = np.triu_indices(len(time), 1)
    rises = (values[:, second] - values[:, first]) / (time[second] - time[first])
    sloped = np.median(rises, axis=1)[:, None] * time
    line = sloped + np.median(values - sloped, axis=1)[:, None]
    off = np.abs(values - line)
    small = 1 + _SMALL / (len(time) - _TERMS)
    spread = _NORMAL * small * np.median(off, axis=1)[:, None]
    still = spread <= _ROUNDING * np.abs(values).max(axis=1)[:, None]
    room = np.where(still, np.inf, CUTOFF * spread)
    return Outliers(line - room, line + room, off > room)
