"""Closed forms on before/after counts: one engine for every variance, four measures on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shiftexp.kernels.ratio import FiellerSet, fieller_set

FloatArray = NDArray[np.float64]

_WDD_PARTS = np.array([[-1.0, 1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 1.0], [-1.0, 1.0, -1.0, 1.0]])
_AFTER_MINUS_BEFORE = np.array([-1.0, 1.0])


@dataclass(frozen=True, eq=False)
class CountEstimates:
    """Estimates from counts with their joint covariance.

    Attributes
    ----------
    value : array, shape (..., m)
        One estimate for each of m estimands.
    cov : array, shape (..., m, m)
        Their covariance, squared units of the estimates.
    """

    value: FloatArray
    cov: FloatArray

    @property
    def std_error(self) -> FloatArray:
        """Square roots of the variances, shape (..., m)."""
        return _root_of_diagonal(self.cov)


@dataclass(frozen=True, eq=False)
class QuotientEstimates:
    """The weighted displacement quotient with the two differences it divides.

    Attributes
    ----------
    success, buffer : array, shape (...)
        Changes of the treated and of the displacement area, as shares of the control count.
    cov : array, shape (..., 2, 2)
        Covariance of (buffer, success), in this order: numerator first.
    ratio, ratio_std_error : array, shape (...)
        buffer / success and its delta-method standard error; NaN where success is exactly 0.
    fieller : FiellerSet
        The confidence set of the ratio.
    """

    success: FloatArray
    buffer: FloatArray
    cov: FloatArray
    ratio: FloatArray
    ratio_std_error: FloatArray
    fieller: FiellerSet


def propagate(
    counts: ArrayLike, gradients: ArrayLike, *, phi: float = 1.0, alpha: float = 0.0
) -> FloatArray:
    """Carry the variance of independent counts through first derivatives.

    ``cov[a, b] = sum_j g[a, j] g[b, j] (phi y_j + alpha y_j^2)``: exact for linear contrasts,
    the delta method otherwise.

    Parameters
    ----------
    counts : array_like, shape (..., n)
        Counts y, each estimating its own mean.
    gradients : array_like, shape (..., m, n)
        Derivatives of m estimands with respect to the n counts.
    phi : float
        Overdispersion: variance over mean, 1 for Poisson.
    alpha : float
        Quadratic overdispersion (negative binomial 2), 0 for none.

    Returns
    -------
    array, shape (..., m, m)
        Covariance of the m estimands.

    Examples
    --------
    >>> float(propagate([50.0, 30.0], [[-1.0, 1.0]])[0, 0])
    80.0
    """
    y = np.asarray(counts, dtype=np.float64)
    g = np.asarray(gradients, dtype=np.float64)
    variance = phi * y + alpha * y * y
    return np.asarray((g * variance[..., None, :]) @ np.swapaxes(g, -1, -2), dtype=np.float64)


def linear_contrasts(
    counts: ArrayLike, coefficients: ArrayLike, *, phi: float = 1.0, alpha: float = 0.0
) -> CountEstimates:
    """Estimate m linear contrasts ``L = sum_j c_j y_j`` of counts with their covariance.

    Parameters
    ----------
    counts : array_like, shape (..., n)
        Counts y.
    coefficients : array_like, shape (..., m, n)
        Coefficients c of the m contrasts.
    phi, alpha : float
        Overdispersion, see :func:`propagate`.

    Returns
    -------
    CountEstimates
        Values (..., m) and covariance (..., m, m).
    """
    y = np.asarray(counts, dtype=np.float64)
    c = np.asarray(coefficients, dtype=np.float64)
    value = np.asarray((c @ y[..., None])[..., 0], dtype=np.float64)
    return CountEstimates(value, propagate(y, c, phi=phi, alpha=alpha))


def weighted_displacement(
    counts: ArrayLike,
    *,
    time_weights: ArrayLike = (1.0, 1.0),
    area_weights: ArrayLike = (1.0, 1.0, 1.0, 1.0),
    phi: float = 1.0,
    alpha: float = 0.0,
) -> CountEstimates:
    """Estimate the weighted displacement difference: its local part, displacement part and total.

    ``local = (T1 - T0) - (C1 - C0)``, ``displacement = (B1 - B0) - (Cb1 - Cb0)``, each count
    divided by (time weight x area weight).

    Parameters
    ----------
    counts : array_like, shape (..., 4, 2)
        Rows control, treated, displacement control, displacement; columns before, after.
    time_weights : array_like, shape (..., 2)
        Lengths of the two windows, any common unit.
    area_weights : array_like, shape (..., 4)
        Sizes of the four areas, any common unit.
    phi, alpha : float
        Overdispersion, see :func:`propagate`.

    Returns
    -------
    CountEstimates
        Values (..., 3) in the order local, displacement, total.
    """
    y = np.asarray(counts, dtype=np.float64)
    times = np.asarray(time_weights, dtype=np.float64)
    areas = np.asarray(area_weights, dtype=np.float64)
    per_cell = _AFTER_MINUS_BEFORE / (areas[..., :, None] * times[..., None, :])
    coefficients = _WDD_PARTS[:, :, None] * per_cell[..., None, :, :]
    flat = coefficients.reshape(*coefficients.shape[:-2], 8)
    return linear_contrasts(y.reshape(*y.shape[:-2], 8), flat, phi=phi, alpha=alpha)


def weighted_sum(value: ArrayLike, weights: ArrayLike, cov: ArrayLike) -> CountEstimates:
    """Add up k estimates with weights, ``sum_k w_k L_k`` with variance ``w' cov w``.

    Parameters
    ----------
    value : array_like, shape (..., k)
        The estimates.
    weights : array_like, shape (k,)
        Harm (or price, or importance) of one unit of each.
    cov : array_like, shape (..., k, k)
        Covariance of the estimates; diagonal when the outcomes are independent.

    Returns
    -------
    CountEstimates
        Value (..., 1) and covariance (..., 1, 1).
    """
    w = np.asarray(weights, dtype=np.float64)
    total = np.asarray(value, dtype=np.float64) @ w
    variance = (np.asarray(cov, dtype=np.float64) @ w) @ w
    return CountEstimates(
        np.asarray(total, dtype=np.float64)[..., None],
        np.asarray(variance, dtype=np.float64)[..., None, None],
    )


def total_net_effect(counts: ArrayLike, *, phi: float = 1.0, alpha: float = 0.0) -> CountEstimates:
    """Estimate the total net effect: counts prevented in the target, in the buffer and in both.

    ``target = T0 C1/C0 - T1``, ``buffer = B0 C1/C0 - B1``; positive is a reduction.

    Parameters
    ----------
    counts : array_like, shape (..., 3, 2)
        Rows control, treated, displacement; columns before, after; the control before is not 0.
    phi, alpha : float
        Overdispersion, see :func:`propagate`.

    Returns
    -------
    CountEstimates
        Values (..., 3) in the order target, buffer, total; delta-method covariance.
    """
    y = np.asarray(counts, dtype=np.float64)
    c0, c1 = y[..., 0, 0], y[..., 0, 1]
    growth = c1 / c0
    before, after = y[..., 1:, 0], y[..., 1:, 1]
    parts = before * growth[..., None] - after
    # columns follow the flattened counts: C0, C1, T0, T1, B0, B1
    gradients = np.zeros((*growth.shape, 3, 6))
    for row in (0, 1):
        gradients[..., row, 0] = -before[..., row] * growth / c0
        gradients[..., row, 1] = before[..., row] / c0
        gradients[..., row, 2 + 2 * row] = growth
        gradients[..., row, 3 + 2 * row] = -1.0
    gradients[..., 2, :] = gradients[..., 0, :] + gradients[..., 1, :]
    value = np.concatenate([parts, parts.sum(axis=-1, keepdims=True)], axis=-1)
    flat = y.reshape(*y.shape[:-2], 6)
    return CountEstimates(value, propagate(flat, gradients, phi=phi, alpha=alpha))


def displacement_quotient(
    counts: ArrayLike, *, critical: ArrayLike, phi: float = 1.0, alpha: float = 0.0
) -> QuotientEstimates:
    """Estimate the weighted displacement quotient ``WDQ = buffer / success``.

    ``success = T1/C1 - T0/C0``, ``buffer = B1/C1 - B0/C0``.

    Parameters
    ----------
    counts : array_like, shape (..., 3, 2)
        Rows control, treated, displacement; columns before, after; the controls are not 0.
    critical : array_like
        Two-sided critical value of the confidence set, e.g. 1.96.
    phi, alpha : float
        Overdispersion, see :func:`propagate`.

    Returns
    -------
    QuotientEstimates
        The two differences, their covariance, the ratio and its Fieller set.
    """
    y = np.asarray(counts, dtype=np.float64)
    share = y[..., 1:, :] / y[..., :1, :]
    change = share[..., 1] - share[..., 0]
    success, buffer = change[..., 0], change[..., 1]
    cov = _quotient_covariance(y, share, phi=phi, alpha=alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(success == 0.0, np.nan, buffer / success)
        spread = cov[..., 0, 0] - 2 * ratio * cov[..., 0, 1] + ratio**2 * cov[..., 1, 1]
        ratio_std_error = np.where(success == 0.0, np.nan, np.sqrt(spread) / np.abs(success))
    sets = fieller_set(
        buffer, success, cov[..., 0, 0], cov[..., 1, 1], cov[..., 0, 1], critical=critical
    )
    return QuotientEstimates(success, buffer, cov, ratio, ratio_std_error, sets)


def log_rate_ratio(counts: ArrayLike, *, phi: float = 1.0, alpha: float = 0.0) -> CountEstimates:
    """Estimate the log relative incidence rate ratio ``ln(T1/T0) - ln(C1/C0)``.

    Parameters
    ----------
    counts : array_like, shape (..., 2, 2)
        Rows control, treated; columns before, after; none is 0.
    phi, alpha : float
        Overdispersion, see :func:`propagate`.

    Returns
    -------
    CountEstimates
        Value (..., 1) on the log scale, variance ``phi (1/T0 + 1/T1 + 1/C0 + 1/C1)``.
    """
    y = np.asarray(counts, dtype=np.float64)
    flat = y.reshape(*y.shape[:-2], 4)
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    gradients = (signs / flat)[..., None, :]
    value = np.asarray(np.log(flat) @ signs, dtype=np.float64)
    return CountEstimates(value[..., None], propagate(flat, gradients, phi=phi, alpha=alpha))


def _quotient_covariance(
    y: FloatArray, share: FloatArray, *, phi: float, alpha: float
) -> FloatArray:
    """Return the covariance of (buffer, success), which share the control counts."""
    # columns follow the flattened counts: C0, C1, T0, T1, B0, B1
    gradients = np.zeros((*y.shape[:-2], 2, 6))
    signed = _AFTER_MINUS_BEFORE / y[..., 0, :]
    for row, area in ((0, 1), (1, 0)):  # buffer first: it is the numerator
        gradients[..., row, 0:2] = -share[..., area, :] * signed
        gradients[..., row, 2 + 2 * area : 4 + 2 * area] = signed
    return propagate(y.reshape(*y.shape[:-2], 6), gradients, phi=phi, alpha=alpha)


def _root_of_diagonal(cov: FloatArray) -> FloatArray:
    """Return standard errors from covariances, shape (..., m)."""
    return np.asarray(np.sqrt(np.diagonal(cov, axis1=-2, axis2=-1)), dtype=np.float64)
