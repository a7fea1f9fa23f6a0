"""The E-test of two Poisson means: a score statistic referred to its own estimated distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]

# 10 standard deviations and 40 counts each way: what is left out is below 1e-20
_DEVIATIONS = 10.0
_MARGIN = 40.0
# equal statistics reached by different sums of floats are still equal
_TIE = 1e-9


@dataclass(frozen=True)
class PoissonComparison:
    """Two Poisson rates compared.

    Attributes
    ----------
    difference : float
        First rate minus second rate, events per unit of exposure.
    std_error : float
        Its standard error under equal rates.
    statistic : float
        difference / std_error.
    p_value : float
        Two-sided p-value of equal rates.
    """

    difference: float
    std_error: float
    statistic: float
    p_value: float


def poisson_e_test(
    first: float, second: float, *, exposure: tuple[float, float] = (1.0, 1.0)
) -> PoissonComparison:
    """Compare two Poisson counts, ``H0: E[first]/exposure[0] = E[second]/exposure[1]``.

    Parameters
    ----------
    first, second : float
        Counts, not both 0.
    exposure : tuple of float
        Exposures (time, area, population), positive.

    Returns
    -------
    PoissonComparison
        Rate difference, its null standard error, statistic and p-value.

    Examples
    --------
    >>> round(poisson_e_test(10, 5).p_value, 7)
    0.2061644
    """
    n1, n2 = exposure
    pooled = (first + second) / (n1 + n2)
    difference = first / n1 - second / n2
    std_error = float(np.sqrt(pooled * (1 / n1 + 1 / n2)))
    observed = abs(difference) / std_error
    x1, p1 = _support(n1 * pooled)
    x2, p2 = _support(n2 * pooled)
    # one row of the table at a time, so that large counts need little memory
    tail = sum(
        chance * p2[_statistic(count, x2, n1, n2) >= observed * (1 - _TIE)].sum()
        for count, chance in zip(x1.tolist(), p1.tolist(), strict=True)
    )
    p_value = min(float(tail), 1.0)
    return PoissonComparison(difference, std_error, difference / std_error, p_value)


def _support(mean: float) -> tuple[FloatArray, FloatArray]:
    """Return the counts a Poisson variable can practically take, with their chances."""
    reach = _DEVIATIONS * np.sqrt(mean) + _MARGIN
    counts = np.arange(max(0.0, np.floor(mean - reach)), np.ceil(mean + reach) + 1)
    log_chance = special.xlogy(counts, mean) - mean - special.gammaln(counts + 1)
    return counts, np.exp(log_chance)


def _statistic(first: float, second: FloatArray, n1: float, n2: float) -> FloatArray:
    """Return the absolute score statistic of one count against many; 0 where both are 0."""
    pooled = (first + second) / (n1 + n2)
    spread = np.sqrt(pooled * (1 / n1 + 1 / n2))
    gap = np.abs(first / n1 - second / n2)
    return np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
