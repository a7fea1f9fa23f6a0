"""Engines other tools use, batched over series: rows for the tables, never part of the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.ols import least_squares

Tail: TypeAlias = Literal["normal", "t"]
RHO = np.round(np.arange(-0.5, 0.991, 0.03), 2)


@dataclass(frozen=True, eq=False)
class Tested:
    """One coefficient of each of B regressions.

    Attributes
    ----------
    estimate, std_error, p_value : array of shape (B,)
        The coefficient, the standard error the engine prints, and its two-sided p of zero.
    """

    estimate: Floats
    std_error: Floats
    p_value: Floats


def ols_t(y: Floats, x: Floats, column: int) -> Tested:
    """Return the classical t test, which takes errors for independent.

    Parameters
    ----------
    y : array of shape (B, T)
        Series.
    x : array of shape (T, k)
        Regressors, the constant included.
    column : int
        The column that is tested.
    """
    fit = least_squares(x, y)
    return _tested(fit.coef[:, column], fit.std_error[:, column], "t", fit.df)


def automatic_lags(periods: int) -> int:
    """Return the lags Newey and West's rule of thumb takes: floor(4 (T / 100)^(2/9))."""
    return int(4 * (periods / 100) ** (2 / 9))


def newey_west_t(
    y: Floats,
    x: Floats,
    column: int,
    *,
    lags: int | None = None,
    tail: Tail = "normal",
    adjusted: bool = False,
) -> Tested:
    """Return the test with Bartlett-weighted autocovariances, as statsmodels prints it.

    Parameters
    ----------
    y, x, column
        As in :func:`ols_t`.
    lags : int, optional
        Autocovariances used; the rule of thumb by default.
    tail : {"normal", "t"}, default "normal"
        What the ratio is referred to; t has T - k degrees of freedom.
    adjusted : bool, default False
        Whether the variance is multiplied by T / (T - k).
    """
    most = automatic_lags(len(x)) if lags is None else lags
    fit = least_squares(x, y)
    row = (np.linalg.inv(x.T @ x) @ x.T)[column]
    # The tested coefficient is row @ y, so its variance needs one autocovariance sequence only.
    scores = row * fit.residual
    variance = (scores**2).sum(axis=1)
    for lag in range(1, most + 1):
        pairs = (scores[:, lag:] * scores[:, :-lag]).sum(axis=1)
        variance = variance + 2 * (1 - lag / (most + 1)) * pairs
    factor = len(x) / fit.df if adjusted else 1.0
    return _tested(fit.coef[:, column], np.sqrt(factor * variance), tail, fit.df)


def reml_ar1_t(y: Floats, x: Floats, column: int, *, rho: Floats = RHO) -> Tested:
    """Return the GLS t test at the autocorrelation that maximises the restricted likelihood.

    Parameters
    ----------
    y, x, column
        As in :func:`ols_t`.
    rho : array
        The grid of autocorrelations.
    """
    found = [_gls(y, x, column, ar1_correlation(r, len(x))) for r in rho]
    best = np.argmax([restricted for *_, restricted in found], axis=0)
    series = np.arange(len(y))
    estimate = np.array([e for e, _, _ in found])[best, series]
    std_error = np.array([s for _, s, _ in found])[best, series]
    return _tested(estimate, std_error, "t", x.shape[0] - x.shape[1])


def gls_t(y: Floats, x: Floats, column: int, correlation: Floats) -> Tested:
    """Return the infeasible GLS t test that knows the correlation: the scale of power.

    Parameters
    ----------
    y, x, column
        As in :func:`ols_t`.
    correlation : array of shape (T, T)
        The true correlation, or a covariance up to a factor.
    """
    estimate, std_error, _ = _gls(y, x, column, correlation)
    return _tested(estimate, std_error, "t", x.shape[0] - x.shape[1])


def clustered_by_unit_t(pair: Floats, post: Booleans, *, tail: Tail = "t") -> Tested:
    """Return a two-way fixed-effects DiD of two units with errors clustered by unit.

    With two units and period effects the scores of either cluster sum to zero, so the standard
    error is zero but for rounding and the p about 2e-16 (t with one degree of freedom) or 0
    (normal). It is printed nevertheless, and here computed as printed; statsmodels prints NaN
    where its rounding makes the variance negative.

    Parameters
    ----------
    pair : array of shape (B, 2, T)
        Control and treated unit.
    post : array of shape (T,)
        Periods after the onset.
    tail : {"t", "normal"}, default "t"
        t with one degree of freedom (pyfixest), or normal (statsmodels).
    """
    periods = pair.shape[2]
    x = two_way_regressors(post)
    fit = least_squares(x, pair.reshape(len(pair), 2 * periods))
    row = (np.linalg.inv(x.T @ x) @ x.T)[-1]
    scores = (row * fit.residual).reshape(len(pair), 2, periods).sum(axis=2)
    count, columns = x.shape
    small_sample = 2.0 * (count - 1) / (count - columns)
    std_error = np.sqrt(small_sample * (scores**2).sum(axis=1))
    return _tested(fit.coef[:, -1], std_error, tail, 1)


def two_way_regressors(post: Booleans) -> Floats:
    """Return constant, unit, periods but the first, and treated x post: shape (2 T, T + 2)."""
    periods = len(post)
    unit = np.repeat([0.0, 1.0], periods)
    dummies = np.tile(np.eye(periods), (2, 1))[:, 1:]
    return np.column_stack([np.ones(2 * periods), unit, dummies, unit * np.tile(post, 2)])


def ar1_correlation(rho: float, periods: int) -> Floats:
    """Return the correlation of a stationary AR(1)."""
    distance = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    return np.where(distance == 0, 1.0, float(rho) ** distance)


def _gls(y: Floats, x: Floats, column: int, correlation: Floats) -> tuple[Floats, Floats, Floats]:
    """Return estimates, standard errors and restricted log likelihoods at one correlation."""
    root = np.linalg.cholesky(correlation)
    white_x, white_y = np.linalg.solve(root, x), np.linalg.solve(root, y.T).T
    fit = least_squares(white_x, white_y)
    _, information = np.linalg.slogdet(white_x.T @ white_x)
    spread = 2 * np.log(np.diag(root)).sum()
    restricted = -0.5 * (spread + information + fit.df * np.log(fit.variance))
    return fit.coef[:, column], fit.std_error[:, column], restricted


def _tested(estimate: Floats, std_error: Floats, tail: Tail, df: int) -> Tested:
    """Return the two-sided p of zero; an error of exactly zero has p 0, as printed."""
    with np.errstate(divide="ignore"):
        ratio = -np.abs(estimate / std_error)
    p = 2 * (special.ndtr(ratio) if tail == "normal" else special.stdtr(df, ratio))
    return Tested(estimate, std_error, np.asarray(p))
