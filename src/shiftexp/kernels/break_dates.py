"""How many breaks a series has and where: Bai and Perron's partitions, with limits of the dates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.breaks import recursive_rows
from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.tails import normal_cdf

_TINY = 1e-24
# Liu, Wu and Zidek's penalty: c0 (log T)^(2 + delta0), with the constants of their paper.
_LWZ_C0, _LWZ_DELTA0 = 0.299, 0.1
_FAR = 1e6


@dataclass(frozen=True, eq=False)
class Partitions:
    """The best partitions of B series into 1, ..., M + 1 segments.

    Attributes
    ----------
    rss : array of shape (B, M + 1)
        Residual sums of squares with 0, ..., M breaks.
    bic, lwz : array of shape (B, M + 1)
        Information criteria: those of Schwarz and of Liu, Wu and Zidek.
    breaks : array of shape (B, M + 1, M)
        Positions of the first observation after each break; -1 where there is none.
    """

    rss: Floats
    bic: Floats
    lwz: Floats
    breaks: Integers

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def partitions(x: Floats, y: Floats, shortest: int, most: int) -> Partitions:
    """Return the partitions with the smallest residual sums of squares, by dynamic programming.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors; all coefficients change at a break.
    y : array of shape (B, T)
        The series.
    shortest : int
        Observations that a segment must have, more than k.
    most : int
        M, the largest number of breaks; M + 1 segments must fit.

    Notes
    -----
    BIC = T log(RSS/T) + T (1 + log 2 pi) + p log T with p = (k + 1)(m + 1): coefficients, dates and
    the variance. LWZ = log(RSS/(T - q)) + q .299 (log T)^2.1 / T with q = (m + 1) k + m.

    References
    ----------
    Bai, J., & Perron, P. (2003). Computation and analysis of multiple structural change models.
    Journal of Applied Econometrics, 18(1), 1-22. https://doi.org/10.1002/jae.659

    Liu, J., Wu, S., & Zidek, J. V. (1997). On segmented multivariate regression. Statistica Sinica,
    7(2), 497-525.
    """
    periods, terms = x.shape
    segment = _segments(x, y, shortest)
    reached = segment[:, 0]
    rss, before = [reached[:, periods]], []
    for _ in range(most):
        sums = reached[:, :, None] + segment
        before.append(sums.argmin(axis=1))
        reached = sums.min(axis=1)
        rss.append(reached[:, periods])
    table = np.stack(rss, axis=1)
    breaks = np.full((len(y), most + 1, most), -1)
    for count in range(1, most + 1):
        at = np.full(len(y), periods)
        for k in reversed(range(count)):
            at = before[k][np.arange(len(y)), at]
            breaks[:, count, k] = at
    bic, lwz = _criteria(table, periods, terms, (y**2).sum(axis=1))
    return Partitions(table, bic, lwz, breaks)


def _segments(x: Floats, y: Floats, shortest: int) -> Floats:
    """Return residual sums of squares of all segments [i, j), (B, T + 1, T + 1); else infinite."""
    periods, terms = x.shape
    found = np.full((len(y), periods + 1, periods + 1), np.inf)
    for start in range(periods - shortest + 1):
        residuals = y[:, start:] @ recursive_rows(x[start:]).T
        sums = (residuals**2).cumsum(axis=1)
        found[:, start, start + shortest :] = sums[:, shortest - terms - 1 :]
    return found


def _criteria(rss: Floats, periods: int, terms: int, size: Floats) -> tuple[Floats, Floats]:
    """Return BIC and LWZ by the number of breaks."""
    segments = np.arange(1, rss.shape[1] + 1)
    held = np.maximum(rss, _TINY * (size[:, None] + np.finfo(float).tiny))
    fit = periods * (np.log(held / periods) + 1 + math.log(2 * math.pi))
    bic = fit + math.log(periods) * (terms + 1) * segments
    spent = segments * (terms + 1) - 1
    penalty = _LWZ_C0 * math.log(periods) ** (2 + _LWZ_DELTA0) / periods
    return bic, np.log(held / (periods - spent)) + spent * penalty


def date_interval(jump: float, before: float, after: float, level: float) -> tuple[float, float]:
    """Return how many periods a break's date may lie before and after its estimate.

    Parameters
    ----------
    jump : float
        Jump of the regression at the break.
    before, after : float
        Long-run standard deviations of the errors on both sides; where one is 0 the date is sure.
    level : float
        Level of the interval.

    Notes
    -----
    The law of the date of a break that is small beside many periods (Bai, 1997). The regressors of
    a trend hardly move about the break, so that its jump there is what tells the date.

    References
    ----------
    Bai, J. (1997). Estimation of a change point in multiple regression models. Review of Economics
    and Statistics, 79(4), 551-563. https://doi.org/10.1162/003465397557132
    """
    if min(before, after) == 0:
        return 0.0, 0.0
    if jump == 0:
        return math.inf, math.inf
    from scipy.optimize import brentq

    phi, scale, tail = (after / before) ** 2, (jump / before) ** 2, (1 - level) / 2
    far, middle = _FAR * max(phi, 1.0), argmax_cdf(0.0, phi)
    low = brentq(lambda v: argmax_cdf(v, phi) - tail, -far, 0.0) if middle > tail else 0.0
    high = brentq(lambda v: argmax_cdf(v, phi) - 1 + tail, 0.0, far) if middle < 1 - tail else 0.0
    # an estimate that may be late by so much leaves room before it, and the other way round
    return float(high) / scale, -float(low) / scale


def argmax_cdf(v: float, phi: float) -> float:
    """Return the distribution function of where a two-sided Brownian motion with drift is largest.

    Its drift is -|v|/2; its variance by period is 1 before zero and ``phi`` after it (Bai, 1997,
    appendix B, with the same regressors on both sides).

    Examples
    --------
    >>> argmax_cdf(0.0, 1.0), round(argmax_cdf(11.03, 1.0), 3)
    (0.5, 0.975)
    """
    if v < 0:
        return _left_tail(-v, phi)
    # seen from its other end the motion has variances phi and 1: time runs 1/phi times as fast
    return 1 - _left_tail(v / phi, 1 / phi)


def _left_tail(v: float, phi: float) -> float:
    """Return the probability that the motion is largest more than v before zero."""
    from scipy.special import erfcx

    root = math.sqrt(v)
    b, c, d = 0.5 + 1 / phi, phi * (phi + 2) / (phi + 1), (phi + 2) ** 2 / (phi + 1)
    # Bai's exp(a v) Phi(-b sqrt(v)), where a = b^2 / 2 - 1/8: neither factor by itself stays finite
    far = math.exp(-v / 8) * float(erfcx(b * root / math.sqrt(2))) / 2
    first = math.sqrt(v / (2 * math.pi)) * math.exp(-v / 8)
    return -first - c * far + (d - 2 + v / 2) * float(normal_cdf(-root / 2))
