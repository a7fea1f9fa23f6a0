"""Series drawn from error processes and marginals, each with the covariance it has."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.tails import normal_cdf

Process: TypeAlias = Literal["AR(1)", "AR(2)", "local level", "random walk", "stochastic slope"]
Marginal: TypeAlias = Literal["normal", "t5", "negative binomial", "lognormal"]
AUTOREGRESSIVE, LOCAL_LEVEL = "AR(1)", "local level"
SECOND_ORDER, WALK, SLOPE = "AR(2)", "random walk", "stochastic slope"
NORMAL, HEAVY, COUNTED, LUMPY = "normal", "t5", "negative binomial", "lognormal"
AR2 = (0.5, 0.3)
COUNT_MEAN, COUNT_SIZE = 20.0, 5.0
LUMPY_SIGMA = 1.5
_BURN_IN = 200


def draw(
    process: str, value: float, marginal: str, shape: tuple[int, ...], rng: np.random.Generator
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
    shape : tuple of int
        Shape of the answer; the last axis is time.
    rng : numpy Generator
        Source of the draws.
    """
    sources = _sources(process, marginal, shape, rng)
    series = _filtered(process, value, marginal, sources)
    return _counts(normal_cdf(series)) if _is_copula(process, marginal) else series


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


def autoregressive_errors(
    shape: tuple[int, ...], autocorrelation: float, rng: np.random.Generator
) -> Floats:
    """Return stationary normal AR(1) errors of unit variance along the last axis.

    Parameters
    ----------
    shape : tuple of int
        Shape of the answer; the last axis is time.
    autocorrelation : float
        Correlation of neighbours in time, between -1 and 1.
    rng : numpy Generator
        Source of the draws.

    Examples
    --------
    >>> autoregressive_errors((2, 5), 0.5, np.random.default_rng(1)).shape
    (2, 5)
    """
    return _first_order(autocorrelation, rng.standard_normal(shape))


def _is_copula(process: str, marginal: str) -> bool:
    """Tell whether counts are drawn from the scores of a stationary process."""
    return marginal == COUNTED and process in {AUTOREGRESSIVE, SECOND_ORDER}


def _starts_long_before(process: str, marginal: str) -> bool:
    """Tell whether a process has no exact start: it began long before, to be stationary."""
    return process == SECOND_ORDER or (process == AUTOREGRESSIVE and marginal == HEAVY)


def _sources(
    process: str, marginal: str, shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[Floats, ...]:
    """Return what a process is made of: innovations alone, or one period's noise and the steps."""
    if process in {AUTOREGRESSIVE, SECOND_ORDER}:
        before = _BURN_IN if _starts_long_before(process, marginal) else 0
        return (_innovations(marginal, (*shape[:-1], shape[-1] + before), rng),)
    return _noise(marginal, shape, rng), _innovations(marginal, shape, rng)


def _filtered(process: str, value: float, marginal: str, sources: tuple[Floats, ...]) -> Floats:
    """Return the series that a process makes of its sources."""
    if process in {AUTOREGRESSIVE, SECOND_ORDER}:
        return _autoregressed(process, value, marginal, sources[0])
    noise, steps = sources
    scale, walk = marginal_sd(marginal), np.cumsum(steps, axis=-1)
    if process == WALK:
        return np.asarray(scale * walk)
    if process == LOCAL_LEVEL:
        return np.asarray(noise + scale * np.sqrt(value) * walk)
    return np.asarray(noise + scale * value * np.cumsum(walk, axis=-1))


def _autoregressed(process: str, value: float, marginal: str, shocks: Floats) -> Floats:
    """Return AR series of unit variance."""
    if not _starts_long_before(process, marginal):
        return _first_order(value, shocks)
    first, second = (value, 0.0) if process == AUTOREGRESSIVE else AR2
    series = shocks.copy()
    for t in range(2, series.shape[-1]):
        series[..., t] += first * series[..., t - 1] + second * series[..., t - 2]
    gain = (1 - second) / ((1 + second) * ((1 - second) ** 2 - first**2))
    return np.asarray(series[..., _BURN_IN:] / np.sqrt(gain))


def _first_order(autocorrelation: float, shocks: Floats) -> Floats:
    """Return a stationary AR(1) of unit variance; the first shock is its start."""
    errors = np.empty(shocks.shape)
    errors[..., 0] = shocks[..., 0]
    fresh = np.sqrt(1 - autocorrelation**2)
    for t in range(1, shocks.shape[-1]):
        errors[..., t] = autocorrelation * errors[..., t - 1] + fresh * shocks[..., t]
    return errors


def _innovations(marginal: str, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return independent innovations of unit variance."""
    if marginal == HEAVY:
        return np.asarray(rng.standard_t(5, shape) / np.sqrt(5 / 3))
    return rng.standard_normal(shape)


def _noise(marginal: str, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return independent noise of one period."""
    if marginal == COUNTED:
        return _counts(rng.random(shape))
    return _innovations(marginal, shape, rng)


def _counts(uniforms: Floats) -> Floats:
    """Return negative binomial counts at given probabilities, by a table of its distribution."""
    from scipy import stats

    chance = COUNT_SIZE / (COUNT_SIZE + COUNT_MEAN)
    cumulative = stats.nbinom.cdf(np.arange(1000), COUNT_SIZE, chance)
    return np.searchsorted(cumulative, uniforms).astype(float)


def standard_errors(
    process: str,
    value: Floats,
    marginal: str,
    shape: tuple[int, int, int],
    rng: np.random.Generator,
    correlation: float = 0.0,
) -> Floats:
    """Return errors of several units, shape (count, units, T), with unit noise or unit variance.

    Parameters
    ----------
    process : str
        The error process.
    value : array of shape (units,)
        Its number for every unit.
    marginal : str
        Of the innovations; counts and amounts have normal errors beneath them.
    shape : tuple of three ints
        Data sets, units, periods.
    rng : numpy Generator
        Source of the draws.
    correlation : float, default 0
        Between what is new in any two units, above -1 / (units - 1); every unit keeps its own
        number.
    """
    count, units, size = shape
    beneath = marginal if marginal == HEAVY else NORMAL
    apart = [_sources(process, beneath, (count, size), rng) for _ in range(units)]
    # one stack for each source: shape (count, units, T)
    sources = [np.stack(each, axis=1) for each in zip(*apart, strict=True)]
    if correlation:
        own_start = process == AUTOREGRESSIVE and not _starts_long_before(process, beneath)
        sources = [_mixed(each, correlation, value if own_start else None) for each in sources]
    each = [
        _filtered(process, float(value[i]), beneath, tuple(s[:, i] for s in sources))
        for i in range(units)
    ]
    return np.stack(each, axis=1)


def _mixed(source: Floats, correlation: float, starts: Floats | None) -> Floats:
    """Return a source of several units, shape (count, units, T), correlated between them.

    ``starts`` are the autocorrelations of AR(1) whose first period is their start: units that
    persist differently are correlated less in one period than in what is new.
    """
    units = source.shape[1]
    between = np.full((units, units), correlation)
    np.fill_diagonal(between, 1.0)
    mixed = np.einsum("ij,bjt->bit", _root(between), source)
    if starts is not None:
        products = np.sqrt(np.outer(1 - starts**2, 1 - starts**2))
        first = between * products / (1 - np.outer(starts, starts))
        mixed[:, :, 0] = source[:, :, 0] @ _root(first)
    return np.asarray(mixed)


def _root(covariances: Floats) -> Floats:
    """Return the symmetric square root: it treats all units alike."""
    values, vectors = np.linalg.eigh(covariances)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)


def draw_values(level: Floats, sd: Floats, errors: Floats, marginal: str) -> Floats:
    """Return observed values around levels, shape (count, units, T).

    Parameters
    ----------
    level : array of shape (units, T)
        Expected values.
    sd : array of shape (units,)
        Standard deviations of normal and t errors.
    errors : array of shape (count, units, T)
        Standardised errors; for counts and amounts the normal scores of a copula.
    marginal : str
        Counts are negative binomial of size 5, amounts lognormal with sigma 1.5.
    """
    if marginal == COUNTED:
        from scipy import stats

        chance = COUNT_SIZE / (COUNT_SIZE + level)
        return np.asarray(stats.nbinom.ppf(normal_cdf(errors), COUNT_SIZE, chance), dtype=float)
    if marginal == LUMPY:
        return np.asarray(level * np.exp(LUMPY_SIGMA * errors - LUMPY_SIGMA**2 / 2))
    return np.asarray(level + sd[:, None] * errors)
