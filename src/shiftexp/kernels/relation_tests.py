"""Is there a long-run relation of two series, and of which sign: tests by bootstrap, batched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.noisy_walks import noisy_walk_draws
from shiftexp.kernels.reduced_rank import (
    ErrorCorrection,
    Terms,
    drawn_series,
    error_correction,
    recolour,
    reduced_rank,
    vector_model,
)
from shiftexp.kernels.resampling import upper_p

_LAW_DRAWS, _LAW_PERIODS, _LAW_SEED = 4000, 400, 19_910_601


@dataclass(frozen=True, eq=False)
class RelationTests:
    """What R pairs of series say of O + beta D, stationary or not.

    Attributes
    ----------
    lags : array of shape (R,)
        Lags of the levels.
    trace, largest : arrays of shape (R, 2)
        Johansen's statistics of no relation, and of at most one.
    p_trace, p_largest : arrays of shape (R, 2)
        Shares of series drawn under a vector autoregression of that rank that have larger ones.
    p_noisy : array of shape (R,)
        The same of the trace of no relation, under two walks with noise.
    beta : array of shape (R,)
        Coefficient of the destination beside 1 for the origin.
    adjustment : array of shape (R, 2)
        Parts of a deviation that each side takes back in a period.
    sign_ratio, p_sign : arrays of shape (R,)
        Likelihood ratio against relations of the other sign, those of one series alone among them,
        and its one-sided p.
    ratios : array of shape (R, B)
        Likelihood ratios of the true relation in series drawn with the relation found.
    """

    lags: Integers
    trace: Floats
    largest: Floats
    p_trace: Floats
    p_largest: Floats
    p_noisy: Floats
    beta: Floats
    adjustment: Floats
    sign_ratio: Floats
    p_sign: Floats
    ratios: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def p_none(self) -> Floats:
        """The larger p of no relation, of both kinds of series without one, shape (R,)."""
        return np.maximum(self.p_trace[:, 0], self.p_noisy)

    def claims(self, error: float) -> Booleans:
        """Return whether one relation of a known sign is found, shape (R,).

        Parameters
        ----------
        error : float
            Size of every test.
        """
        found = np.maximum(self.p_none, self.p_sign) <= error
        return np.asarray(found & (self.p_trace[:, 1] > error))


def likeliest_lags(y: Floats, most: int, terms: Terms, seasons: Floats | None = None) -> Integers:
    """Return the lags of the levels with the smallest corrected AIC, from 1 to ``most``, (R,).

    Parameters
    ----------
    y : array of shape (R, T, k)
        The series.
    most : int
        Largest number of lags.
    terms : {"constant", "drift", "trend"}
        What stands beside the series.
    seasons : array of shape (T, S), optional
        Centred columns of the seasons.

    References
    ----------
    Hurvich, C. M., & Tsai, C.-L. (1993). A corrected Akaike information criterion for vector
    autoregressive model selection. Journal of Time Series Analysis, 14(3), 271-279.
    https://doi.org/10.1111/j.1467-9892.1993.tb00144.x
    """
    series, criteria = y.shape[2], []
    for lags in range(1, most + 1):
        left_out = most - lags
        rows = None if seasons is None else seasons[left_out:]
        regression = error_correction(y[:, left_out:], lags, terms, rows)
        width = regression.s11.shape[1]
        every = np.broadcast_to(np.eye(width), (len(y), width, width))
        residuals = vector_model(regression, every).residuals
        products = residuals.swapaxes(1, 2) @ residuals / regression.count
        each = width + regression.short.shape[2]
        penalty = series * (regression.count + each) / (regression.count - each - series - 1)
        criteria.append(np.linalg.slogdet(products)[1] + penalty)
    return np.asarray(np.argmin(criteria, axis=0) + 1)


def relation_tests(
    y: Floats,
    lags: Integers,
    terms: Terms,
    draws: int,
    rng: np.random.Generator,
    seasons: Floats | None = None,
) -> RelationTests:
    """Return the tests of R pairs, each with series of its own drawn under the nulls.

    Parameters
    ----------
    y : array of shape (R, T, 2)
        Origin and destination.
    lags : array of shape (R,)
        Lags of the levels.
    terms : {"constant", "drift", "trend"}
        What stands beside the series.
    draws : int
        B, series drawn for each pair and null.
    rng : numpy Generator
        Source of the draws.
    seasons : array of shape (T, S), optional
        Centred columns of the seasons.

    References
    ----------
    Cavaliere, G., Rahbek, A., & Taylor, A. M. R. (2012). Bootstrap determination of the
    co-integration rank in vector autoregressive models. Econometrica, 80(4), 1721-1740.
    https://doi.org/10.3982/ECTA9099

    Cavaliere, G., Nielsen, H. B., & Rahbek, A. (2015). Bootstrap testing of hypotheses on
    co-integration relations in vector autoregressive models. Econometrica, 83(2), 813-831.
    https://doi.org/10.3982/ECTA11952
    """
    found: dict[str, Floats] = {}
    for lag in np.unique(lags):
        chosen = np.flatnonzero(lags == lag)
        part = _tests_at(y[chosen], int(lag), terms, draws, rng, seasons)
        for name, value in part.items():
            found.setdefault(name, np.empty((len(y), *value.shape[1:])))[chosen] = value
    return RelationTests(lags=lags, **found)


def _tests_at(
    y: Floats,
    lags: int,
    terms: Terms,
    draws: int,
    rng: np.random.Generator,
    seasons: Floats | None,
) -> dict[str, Floats]:
    """Return the tests of pairs that have the same lags."""
    regression = error_correction(y, lags, terms, seasons)
    found = reduced_rank(regression)
    pairs = len(y)
    p_trace, p_largest = np.empty((pairs, 2)), np.empty((pairs, 2))
    for rank in (0, 1):
        model = vector_model(regression, found.vectors[:, :, :rank])
        shocks = recolour(model.residuals, draws, rng)
        drawn = drawn_series(model, regression, y, shocks, seasons)
        again = error_correction(_flat(drawn), lags, terms, seasons)
        under = reduced_rank(again)
        traces, largest = (
            each[:, rank].reshape(pairs, draws) for each in (under.trace, under.largest)
        )
        p_trace[:, rank] = upper_p(found.trace[:, rank], traces)
        p_largest[:, rank] = upper_p(found.largest[:, rank], largest)
    true = np.repeat(found.vectors[:, :2, 0], draws, axis=0)
    ratios = ratio_of(again, true, under.values[:, 0]).reshape(pairs, draws)
    noisy = reduced_rank(
        error_correction(_flat(noisy_walk_draws(y, draws, rng, seasons)), lags, terms, seasons)
    )
    sign = np.min([ratio_of(regression, at, found.values[:, 0]) for at in np.eye(2)], axis=0)
    first = found.vectors[:, 0, 0]
    return {
        "trace": found.trace,
        "largest": found.largest,
        "p_trace": p_trace,
        "p_largest": p_largest,
        "p_noisy": upper_p(found.trace[:, 0], noisy.trace[:, 0].reshape(pairs, draws)),
        "beta": found.vectors[:, 1, 0] / first,
        "adjustment": -vector_model(regression, found.vectors[:, :, :1]).pull[:, :, 0],
        "sign_ratio": sign,
        "p_sign": upper_p(sign, ratios) / 2,
        "ratios": ratios,
    }


def ratio_of(regression: ErrorCorrection, weights: Floats, largest: Floats) -> Floats:
    """Return likelihood ratios of relations whose weights of the series are given.

    Parameters
    ----------
    regression : ErrorCorrection
        The regressions.
    weights : array of shape (2,) or (B, 2)
        Weights of origin and destination; constant and trend are left free.
    largest : array of shape (B,)
        Largest squared canonical correlations of any relation.
    """
    width = regression.s11.shape[1]
    held = np.zeros((*weights.shape[:-1], width, width - 1))
    held[..., :2, 0] = weights
    held[..., 2:, 1:] = np.eye(width - 2)
    value = reduced_rank(regression, held).values[:, 0]
    ratio = regression.count * (np.log1p(-value) - np.log1p(-largest))
    return np.asarray(np.maximum(ratio, 0.0))


def _flat(drawn: Floats) -> Floats:
    """Return drawn series in one row of cases."""
    return drawn.reshape(-1, *drawn.shape[2:])


@lru_cache(maxsize=8)
def asymptotic_law(series: int, terms: Terms) -> Floats:
    """Return draws of the trace of as many long walks, sorted and read-only.

    Parameters
    ----------
    series : int
        Walks: series less relations.
    terms : {"constant", "drift", "trend"}
        What stands beside them.
    """
    rng = np.random.default_rng(_LAW_SEED)
    walks = rng.standard_normal((_LAW_DRAWS, _LAW_PERIODS, series)).cumsum(axis=1)
    law = np.sort(reduced_rank(error_correction(walks, 1, terms)).trace[:, 0])
    law.setflags(write=False)
    return law


def asymptotic_p(trace: Floats, count: int, lags: int, terms: Terms) -> Floats:
    """Return p of no and of at most one relation by the corrected trace of Reinsel and Ahn, (2,).

    Parameters
    ----------
    trace : array of shape (2,)
        Trace statistics of one pair.
    count, lags : int
        Periods that take part, and lags of the levels.
    terms : {"constant", "drift", "trend"}
        What stands beside the series.

    References
    ----------
    Reinsel, G. C., & Ahn, S. K. (1992). Vector autoregressive models with unit roots and reduced
    rank structure. Journal of Time Series Analysis, 13(4), 353-375.
    https://doi.org/10.1111/j.1467-9892.1992.tb00111.x
    """
    corrected = trace * max(count - 2 * lags, 0) / count
    laws = (asymptotic_law(2, terms), asymptotic_law(1, terms))
    return upper_p(corrected, np.stack(laws))
