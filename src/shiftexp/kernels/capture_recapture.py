"""Closed forms for the size of a population of which a part was found, some of it repeatedly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.tails import t_quantile


@dataclass(frozen=True, eq=False)
class PopulationSize:
    """Estimated sizes of populations.

    Attributes
    ----------
    found : array of shape (...)
        Distinct persons or sites found, n.
    size : array of shape (...)
        Estimated number of all of them, N.
    se : array of shape (...)
        Its standard error.
    """

    found: Floats
    size: Floats
    se: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class Limits:
    """Estimates with the limits of their intervals.

    Attributes
    ----------
    value : array of shape (...)
        The estimates.
    low, high : array of shape (...)
        Ends of their intervals.
    """

    value: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def lincoln_petersen(first: ArrayLike, second: ArrayLike, both: ArrayLike) -> PopulationSize:
    """Return N = n1 n2 / m with variance n1 n2 (n1 - m)(n2 - m) / m^3.

    Parameters
    ----------
    first, second : array_like of shape (...)
        Numbers on each of two lists, n1 and n2.
    both : array_like of shape (...)
        Numbers on both, m > 0.

    Examples
    --------
    >>> float(lincoln_petersen(50, 40, 10).size)
    200.0
    """
    n1, n2, m = _floats(first, second, both)
    variance = n1 * n2 * (n1 - m) * (n2 - m) / m**3
    return PopulationSize(n1 + n2 - m, n1 * n2 / m, np.sqrt(variance))


def chapman(first: ArrayLike, second: ArrayLike, both: ArrayLike) -> PopulationSize:
    """Return N = (n1+1)(n2+1)/(m+1) - 1 with (n1+1)(n2+1)(n1-m)(n2-m) / [(m+1)^2 (m+2)].

    Parameters
    ----------
    first, second, both : array_like of shape (...)
        Numbers on each of two lists and on both.

    Examples
    --------
    >>> round(float(chapman(50, 40, 10).size), 2)
    189.09
    """
    n1, n2, m = _floats(first, second, both)
    product = (n1 + 1) * (n2 + 1)
    variance = product * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return PopulationSize(n1 + n2 - m, product / (m + 1) - 1, np.sqrt(variance))


def chao(once: ArrayLike, twice: ArrayLike, found: ArrayLike) -> PopulationSize:
    """Return N = n + f1^2 / (2 f2) with variance f2 [(f1/f2)^4 / 4 + (f1/f2)^3 + (f1/f2)^2 / 2].

    Parameters
    ----------
    once, twice : array_like of shape (...)
        Numbers found exactly once and twice, f1 and f2 > 0.
    found : array_like of shape (...)
        Distinct numbers found, n.

    Examples
    --------
    >>> float(chao(20, 10, 40).size)
    60.0
    """
    f1, f2, n = _floats(once, twice, found)
    r = f1 / f2
    return PopulationSize(n, n + f1 * r / 2, np.sqrt(f2 * (r**4 / 4 + r**3 + r**2 / 2)))


def chao_bias_corrected(once: ArrayLike, twice: ArrayLike, found: ArrayLike) -> PopulationSize:
    """Return N = n + f1 (f1 - 1) / (2 (f2 + 1)), which needs nobody found exactly twice.

    Parameters
    ----------
    once, twice, found : array_like of shape (...)
        Numbers found exactly once, exactly twice, and at all.

    Examples
    --------
    >>> float(chao_bias_corrected(20, 9, 40).size)
    59.0
    """
    f1, f2, n = _floats(once, twice, found)
    missed = f1 * (f1 - 1) / (2 * (f2 + 1))
    variance = (
        missed
        + f1 * (2 * f1 - 1) ** 2 / (4 * (f2 + 1) ** 2)
        + f1**2 * f2 * (f1 - 1) ** 2 / (4 * (f2 + 1) ** 4)
    )
    return PopulationSize(n, n + missed, np.sqrt(variance))


def zelterman(once: ArrayLike, twice: ArrayLike, found: ArrayLike) -> PopulationSize:
    """Return N = n / (1 - exp(-l)) with l = 2 f2 / f1, and the variance of Boehning (2008).

    Parameters
    ----------
    once, twice, found : array_like of shape (...)
        Numbers found exactly once, exactly twice, both above zero, and at all.

    Examples
    --------
    >>> round(float(zelterman(20, 10, 40).size), 2)
    63.28
    """
    f1, f2, n = _floats(once, twice, found)
    rate = 2 * f2 / f1
    seen = -np.expm1(-rate)
    spread = n * np.exp(-rate) / seen**2
    variance = spread * (1 + spread * rate**2 * (1 / f1 + 1 / f2))
    return PopulationSize(n, n / seen, np.sqrt(variance))


def log_normal_limits(found: PopulationSize, level: float) -> Limits:
    """Return limits of N by a log-normal law of N - n, which keep above what was found.

    Parameters
    ----------
    found : PopulationSize
        The estimates; N above n.
    level : float
        Two-sided confidence level.

    Examples
    --------
    >>> limits = log_normal_limits(chao(20, 10, 40), 0.95)
    >>> float(limits.low.round(1)), float(limits.high.round(1))
    (46.8, 98.5)
    """
    missed = found.size - found.found
    z = t_quantile(np.inf, (1 + level) / 2)
    times = np.exp(z * np.sqrt(np.log1p((found.se / missed) ** 2)))
    return Limits(found.size, found.found + missed / times, found.found + missed * times)


def ratio_limits(before: Limits, after: Limits) -> Limits:
    """Return the ratio of two independent positive estimates, its limits by recovered variances.

    In logs the distances of each estimate to its own limits are added as squares (Zou & Donner
    2008), so that skewness is kept.

    Parameters
    ----------
    before, after : Limits
        What is divided by, and what is divided.

    Examples
    --------
    >>> one = Limits(np.array(1.0), np.array(0.8), np.array(1.25))
    >>> found = ratio_limits(one, one)
    >>> float(found.value), float((found.low * found.high).round(12))
    (1.0, 1.0)
    """
    down = np.hypot(np.log(after.value / after.low), np.log(before.high / before.value))
    up = np.hypot(np.log(after.high / after.value), np.log(before.value / before.low))
    ratio = after.value / before.value
    return Limits(ratio, ratio * np.exp(-down), ratio * np.exp(up))


def _floats(*values: ArrayLike) -> tuple[Floats, ...]:
    """Return numbers as arrays of floats."""
    return tuple(np.asarray(value, dtype=float) for value in values)
