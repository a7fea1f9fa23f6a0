"""EMW-LL: a nearly optimal test of one effect in a series with AR(1), local-level or other errors.

The statistic is a weighted likelihood ratio (Elliott, Mueller & Watson, 2015): alternatives with an
effect of unknown size against a least favourable mixture of nulls. It counts only where the
Bayes-AN posterior doubts the null too (the guard), so that it cannot reject what the data like.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.error_nodes import NOISE, Process
from shiftexp.kernels.series_design import Evidence, SeriesDesign, positions, posterior_cdf
from shiftexp.kernels.tails import quick_t_cdf

Sides: TypeAlias = Literal["two", "one"]
Family: TypeAlias = Literal["LL", "AR"]
REFERENCE_ERROR = 0.05
# The effect prior under the alternatives is normal with eight times the variance of the estimate.
_SPREAD = 9.0
# Weight on .8 closes part of the gap to the best attainable power there, above all with a trend.
_ALTERNATIVE_AR = {0.0: 1.0, 0.2: 1.0, 0.4: 1.0, 0.6: 1.0, 0.8: 2.0}
_ALTERNATIVE_LEVEL = (0.03, 0.1, 0.3, 1.0)
_LEVEL_MASS = 0.2
_NULL_AR = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
_NULL_NEAR_WALK = 0.95
_NULL_LEVEL = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_NULL_NEGATIVE = (-0.6, -0.3, -0.15)
# The sum of two sides with unequal autocorrelation is an AR(1) plus noise: it has nulls of its own.
_NULL_NOISY = ((0.8, 0.35), (0.8, 0.65), (0.9, 0.35), (0.9, 0.65))
# Error allowed, then the size limits under autoregressive and under local-level errors, and the
# guard; .014 is a strip of the octagon of a pair. Between the rows: straight lines in logarithms.
LIMITS = np.array(
    [
        [0.010, 0.0120, 0.020, 0.05],
        [0.014, 0.0165, 0.024, 0.08],
        [0.050, 0.0570, 0.085, 0.20],
        [0.100, 0.1100, 0.150, 0.30],
    ]
)
# A failed guard puts the statistic this far down; below it Bayes-AN orders what is left.
_FAILED = -1000.0


@dataclass(frozen=True)
class TableKey:
    """Which test a table is for.

    Attributes
    ----------
    family : {"LL", "AR"}
        Whether size is held under local-level errors too, or under AR errors alone.
    sides : {"two", "one"}
        Against any other effect, or a larger one.
    error : float
        The error at which the size limits hold; p-values of all sizes come from .05.
    """

    family: Family = "LL"
    sides: Sides = "two"
    error: float = REFERENCE_ERROR

    def __post_init__(self) -> None:
        """Round the error: 1 - .95 is not .05 to a computer, and would be another table."""
        object.__setattr__(self, "error", round(self.error, 12))


@dataclass(frozen=True, eq=False)
class NullTable:
    """The simulated part of a test for one design.

    Attributes
    ----------
    log_weight : array of shape (number of nulls,)
        Log weights of the least favourable mixture.
    knots : array of shape (K,)
        Statistics at which the p-values of the table's grid are reached, decreasing.
    p : array of shape (K,)
        That grid, increasing.
    """

    log_weight: Floats
    knots: Floats
    p: Floats

    def p_value(self, statistic: Floats) -> Floats:
        """Return the p of statistics of any shape; never below the table's resolution."""
        return np.asarray(np.exp(np.interp(-statistic, -self.knots, np.log(self.p))))

    def critical(self, error: float) -> float:
        """Return the statistic at which the test of this error rejects."""
        return float(np.interp(np.log(error), np.log(self.p), self.knots))


@lru_cache(maxsize=64)
def size_limits(error: float) -> tuple[float, float, float]:
    """Return the size limits under AR and local-level errors and the guard, for a two-sided error.

    Examples
    --------
    >>> [round(limit, 4) for limit in size_limits(0.05)]
    [0.057, 0.085, 0.2]
    """
    log = np.log(LIMITS)
    low, high = (-2, -1) if error > LIMITS[-1, 0] else (0, 1)
    if LIMITS[0, 0] <= error <= LIMITS[-1, 0]:
        found = [np.interp(np.log(error), log[:, 0], column) for column in log.T[1:]]
    else:  # beyond the rows the last two set the slope
        slope = (log[high] - log[low]) / (log[high, 0] - log[low, 0])
        found = list((log[low] + slope * (np.log(error) - log[low, 0]))[1:])
    ar, level, guard = np.minimum(np.exp(found), 0.999)
    return float(ar), float(level), float(guard)


def nulls(family: Family, *, shaped: bool) -> tuple[Process, ...]:
    """Return the error processes under which the size is held."""
    found = [Process(r) for r in _NULL_AR]
    if family == "LL":
        found += [Process(_NULL_NEAR_WALK), *(Process(1.0, ratio=q) for q in _NULL_LEVEL)]
        found += [Process(r, w) for r, w in _NULL_NOISY]
    found += [Process(r) for r in _NULL_NEGATIVE]
    return (*found, NOISE) if shaped else tuple(found)


def null_limits(family: Family, error: float, *, shaped: bool) -> Floats:
    """Return the size allowed under each null, for a two-sided error."""
    autoregressive, level, _ = size_limits(error)

    def limit(process: Process) -> float:
        if process.ratio is not None:
            return level
        if process == Process(_NULL_NEAR_WALK):
            return (autoregressive + level) / 2
        return (2 * autoregressive + level) / 3 if 0 < process.share < 1 else autoregressive

    return np.array([limit(process) for process in nulls(family, shaped=shaped)])


def alternatives(family: Family, *, shaped: bool) -> dict[Process, float]:
    """Return the error processes that the test has power against, with their weights."""
    mass = 1.0 if family == "AR" else 1 - _LEVEL_MASS
    total = sum(_ALTERNATIVE_AR.values())
    found = {Process(r): mass * weight / total for r, weight in _ALTERNATIVE_AR.items()}
    if shaped:
        independent = Process(0.0)
        found[independent] = found[NOISE] = found[independent] / 2
    if family == "LL":
        share = _LEVEL_MASS / len(_ALTERNATIVE_LEVEL)
        found |= {Process(1.0, ratio=q): share for q in _ALTERNATIVE_LEVEL}
    return found


@lru_cache(maxsize=8)
def null_positions(family: Family, *, shaped: bool) -> Integers:
    """Return where on the grid the nulls of a family stand."""
    return positions(nulls(family, shaped=shaped))


@lru_cache(maxsize=8)
def alternative_positions(family: Family, *, shaped: bool) -> tuple[Integers, Floats]:
    """Return where on the grid the alternatives of a family stand, and their weights."""
    weights = alternatives(family, shaped=shaped)
    return positions(tuple(weights)), np.array(list(weights.values()))


def null_densities(design: SeriesDesign, found: Evidence, at: Floats, k: Integers) -> Floats:
    """Return log densities of the data under processes k if the effect is ``at``, (B, len(k))."""
    distance = (found.tau[:, k] - at[:, None]) ** 2 / design.variance[k]
    power = (design.nodes.df + 1) / 2
    return np.asarray(design.density[k] - power * np.log(found.rss[:, k] + distance))


def alternative_density(
    design: SeriesDesign,
    found: Evidence,
    at: Floats,
    weighted: tuple[Integers, Floats],
    sides: Sides,
) -> Floats:
    """Return the log density of the data if the effect differs from ``at`` (B,), shape (B,).

    ``weighted`` are positions of error processes and their weights.

    One-sided alternatives are effects above ``at``: the density times twice the chance, given the
    data, of such an effect.
    """
    k, weight = weighted
    gap, variance, df = found.tau[:, k] - at[:, None], design.variance[k], design.nodes.df + 1
    total = found.rss[:, k] + gap**2 / (_SPREAD * variance)
    log_weight = np.log(weight) + design.density[k] - np.log(_SPREAD) / 2
    log_density = log_weight - df / 2 * np.log(total)
    top = log_density.max(axis=1, keepdims=True)
    density = np.exp(log_density - top)
    if sides == "one":
        shrunk = (_SPREAD - 1) / _SPREAD
        density = density * 2 * quick_t_cdf(df, gap * np.sqrt(shrunk * df / (variance * total)))
    return np.asarray(np.log(np.maximum(density.sum(axis=1), np.finfo(float).tiny)) + top[:, 0])


def guard(error: float, sides: Sides) -> float:
    """Return the largest Bayes-AN p at which a test of this error may reject."""
    return size_limits(error)[2] if sides == "two" else size_limits(2 * error)[2] / 2


def doubt(below: Floats, sides: Sides) -> Floats:
    """Return the Bayes-AN p from the posterior probability of an effect at most the null's."""
    return below if sides == "one" else np.asarray(2 * np.minimum(below, 1 - below))


def guarded(log_ratio: Floats, p: Floats, largest: float) -> Floats:
    """Return the statistic: the log likelihood ratio, far down where the guard fails."""
    return np.where(p <= largest, log_ratio, _FAILED * (1 + p))


def statistic(
    design: SeriesDesign, key: TableKey, table: NullTable, found: Evidence, at: Floats
) -> tuple[Floats, Floats]:
    """Return the guarded log likelihood ratio against an effect, and the posterior below it.

    Parameters
    ----------
    design : SeriesDesign
        The regression and the effect.
    key : TableKey
        The test.
    table : NullTable
        Its table.
    found : Evidence
        What B series say, or one series for all of ``at``.
    at : array of shape (B,)
        The effect under the null, in the unit of the series.

    Returns
    -------
    tuple of two arrays of shape (B,)
        The statistic, and the Bayes-AN probability of an effect at most ``at``.
    """
    against = null_densities(design, found, at, null_positions(key.family, shaped=design.shaped))
    mixed = against + table.log_weight
    top = mixed.max(axis=1)
    under_null = np.log(np.exp(mixed - top[:, None]).sum(axis=1)) + top
    weighted = alternative_positions(key.family, shaped=design.shaped)
    ratio = alternative_density(design, found, at, weighted, key.sides) - under_null
    below = posterior_cdf(design, found, at)
    p = doubt(below, key.sides)
    return guarded(ratio, p, guard(key.error, key.sides)), below


def effect_p(
    design: SeriesDesign, key: TableKey, table: NullTable, found: Evidence, at: Floats
) -> Floats:
    """Return the p of an effect equal to (two-sided) or at most (one-sided) ``at``, shape (B,)."""
    return table.p_value(statistic(design, key, table, found, at)[0])


def limit_p(
    design: SeriesDesign, key: TableKey, table: NullTable, found: Evidence, at: Floats
) -> Floats:
    """Return the two-sided p of effects below the posterior median, 1 above it, shape (B,).

    Lower confidence limits are where it crosses the error.
    """
    value, below = statistic(design, key, table, found, at)
    return np.where(below <= 0.5, table.p_value(value), 1.0)
