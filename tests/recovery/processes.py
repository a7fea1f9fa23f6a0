"""Error processes and marginals that the tables draw from, each with the covariance it has."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from shiftexp.kernels.cases import Floats

AUTOREGRESSIVE, LOCAL_LEVEL = "AR(1)", "local level"
SECOND_ORDER, WALK, SLOPE = "AR(2)", "random walk", "stochastic slope"
NORMAL, HEAVY, COUNTED = "normal", "t5", "negative binomial"
MARGINALS = (NORMAL, HEAVY, COUNTED)
AR2 = (0.5, 0.3)
SLOPE_SD = 0.1
COUNT_MEAN, COUNT_SIZE = 20.0, 5.0
_BURN_IN = 200


def draw(
    process: str, value: float, marginal: str, shape: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return series along the last axis.

    Parameters
    ----------
    process : str
        AR(1) with autocorrelation ``value``, unit noise on a random walk with variance ratio
        ``value``, AR(2), a random walk, or unit noise on a trend whose slope wanders.
    value : float
        The process's own number.
    marginal : str
        Normal, t5 innovations scaled to unit variance, or counts of mean 20 and size 5: a copula of
        a stationary process, the noise of the others.
    shape : tuple of two ints
        Series and periods.
    rng : numpy Generator
        Source of the draws.
    """
    if process in {AUTOREGRESSIVE, SECOND_ORDER}:
        series = _stationary(process, value, marginal, shape, rng)
        return _counts(special.ndtr(series)) if marginal == COUNTED else series
    noise = _noise(marginal, shape, rng)
    steps = _innovations(marginal, shape, rng)
    scale = marginal_sd(marginal)
    if process == WALK:
        return np.asarray(scale * np.cumsum(steps, axis=-1))
    if process == LOCAL_LEVEL:
        return np.asarray(noise + scale * np.sqrt(value) * np.cumsum(steps, axis=-1))
    return np.asarray(noise + scale * value * np.cumsum(np.cumsum(steps, axis=-1), axis=-1))


def covariance(process: str, value: float, size: int, marginal: str = NORMAL) -> Floats:
    """Return the covariance of :func:`draw`; of copula counts, to first order."""
    time = np.arange(1, size + 1)
    distance = np.abs(time[:, None] - time)
    walk = np.minimum(time[:, None], time).astype(float)
    if process == AUTOREGRESSIVE:
        found = np.where(distance == 0, 1.0, value ** distance.astype(float))
    elif process == SECOND_ORDER:
        found = _second_order(size)[distance]
    elif process == WALK:
        found = walk
    elif process == LOCAL_LEVEL:
        found = np.eye(size) + value * walk
    else:
        loading = np.tril(np.ones((size, size))) @ np.tril(np.ones((size, size)))
        found = np.eye(size) + value**2 * loading @ loading.T
    return np.asarray(found * marginal_sd(marginal) ** 2)


def marginal_sd(marginal: str) -> float:
    """Return the standard deviation of one period's noise."""
    return float(np.sqrt(COUNT_MEAN + COUNT_MEAN**2 / COUNT_SIZE)) if marginal == COUNTED else 1.0


def _second_order(size: int) -> Floats:
    """Return autocorrelations of the AR(2) by its recursion."""
    first, second = AR2
    found = [1.0, first / (1 - second)]
    while len(found) < size:
        found.append(first * found[-1] + second * found[-2])
    return np.array(found[:size])


def _stationary(
    process: str, value: float, marginal: str, shape: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return AR series of unit variance, started long before the first period."""
    first, second = (value, 0.0) if process == AUTOREGRESSIVE else AR2
    shocks = _innovations(marginal, (shape[0], shape[1] + _BURN_IN), rng)
    series = shocks.copy()
    for t in range(2, series.shape[1]):
        series[:, t] += first * series[:, t - 1] + second * series[:, t - 2]
    gain = (1 - second) / ((1 + second) * ((1 - second) ** 2 - first**2))
    return np.asarray(series[:, _BURN_IN:] / np.sqrt(gain))


def _innovations(marginal: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return independent innovations of unit variance."""
    if marginal == HEAVY:
        return np.asarray(rng.standard_t(5, shape) / np.sqrt(5 / 3))
    return rng.standard_normal(shape)


def _noise(marginal: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return independent noise of one period."""
    if marginal == COUNTED:
        return _counts(rng.random(shape))
    return _innovations(marginal, shape, rng)


def _counts(uniforms: Floats) -> Floats:
    """Return negative binomial counts at given probabilities, by a table of its distribution."""
    chance = COUNT_SIZE / (COUNT_SIZE + COUNT_MEAN)
    cumulative = stats.nbinom.cdf(np.arange(1000), COUNT_SIZE, chance)
    return np.searchsorted(cumulative, uniforms).astype(float)
