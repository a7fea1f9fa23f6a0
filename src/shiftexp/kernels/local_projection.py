"""Local projections of two series on one shock, with their joint covariance, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vector_autoregression import fit_var, lagged


@dataclass(frozen=True, eq=False)
class Projections:
    """Responses of two series to a shock, by horizon.

    Attributes
    ----------
    response : array of shape (B, 2, H + 1)
        Responses to a shock of one.
    cov : array of shape (B, H + 1, 2, 2)
        Joint covariance of both responses at a horizon.
    df : array of shape (H + 1,)
        Residual degrees of freedom.
    """

    response: Floats
    cov: Floats
    df: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def std_error(self) -> Floats:
        """Standard errors, shape (B, 2, H + 1)."""
        variance = np.diagonal(self.cov, axis1=2, axis2=3).swapaxes(1, 2)
        return np.asarray(np.sqrt(np.maximum(variance, np.finfo(float).tiny)))


def own_innovations(y: Floats, order: int, fixed: Floats) -> Floats:
    """Return residuals of an autoregression of every series, (B, T), the first ``order`` missing.

    Parameters
    ----------
    y : array of shape (B, T)
        The series.
    order : int
        Order of the autoregression.
    fixed : array of shape (T, m)
        Fixed terms.
    """
    found = np.full(y.shape, np.nan)
    found[:, order:] = fit_var(y[:, None], order, fixed).residual[:, 0]
    return found


def project(
    y: Floats,
    shock: Floats,
    horizon: int,
    fixed: Floats,
    controls: int,
    given: Floats | None = None,
) -> Projections:
    r"""Return local projections of cumulated changes on a shock.

    .. math:: y_{i,t+h} - y_{i,t-1} = b_{i,h} s_t + \gamma_{i,h}' w_t + e_{i,t,h}

    with w fixed terms, past values of both series and what else is given; Newey-West covariance
    with lag h of both b at a horizon jointly, times n / (n - k).

    Parameters
    ----------
    y : array of shape (B, 2, T)
        The series.
    shock : array of shape (B, T)
        The shock s, NaN at the start where it is not known.
    horizon : int
        Largest h.
    fixed : array of shape (T, m)
        Fixed terms.
    controls : int
        Number of past values of either series among the regressors, at least 1.
    given : array of shape (B, g, T), optional
        More regressors of the shock's own period.

    References
    ----------
    Jorda, O. (2005). Estimation and inference of impulse responses by local projections. American
    Economic Review, 95, 161-182. https://doi.org/10.1257/0002828053828518

    Montiel Olea, J. L., & Plagborg-Moller, M. (2021). Local projection inference is simpler and
    more robust than you think. Econometrica, 89, 1789-1823. https://doi.org/10.3982/ECTA18756
    """
    periods = y.shape[-1]
    first = max(controls, int(np.isnan(shock[0]).sum()))
    known = _regressors(y, fixed, controls, given, first)
    response = np.empty((len(y), 2, horizon + 1))
    cov = np.empty((len(y), horizon + 1, 2, 2))
    df = np.empty(horizon + 1)
    for h in range(horizon + 1):
        n = periods - first - h
        moved = y[:, :, first + h :] - y[:, :, first - 1 : periods - 1 - h]
        both = np.concatenate([shock[:, None, first : periods - h], moved], axis=1)
        plain = _without(both, known[:, :n])
        x = plain[:, 0]
        size = (x**2).sum(axis=-1)
        response[:, :, h] = np.einsum("bt,bit->bi", x, plain[:, 1:]) / size[:, None]
        scores = (plain[:, 1:] - response[:, :, h, None] * x[:, None]) * x[:, None]
        df[h] = n - known.shape[2] - 1
        cov[:, h] = newey_west(scores, h) / size[:, None, None] ** 2 * (n / df[h])
    return Projections(response, cov, df)


def _regressors(
    y: Floats, fixed: Floats, controls: int, given: Floats | None, first: int
) -> Floats:
    """Return fixed terms, past values and what else is given, shape (B, T - first, q)."""
    terms = np.broadcast_to(fixed[first:], (len(y), *fixed[first:].shape))
    known = [terms, lagged(y, controls)[:, first - controls :]]
    if given is not None:
        known.append(given[:, :, first:].swapaxes(1, 2))
    return np.concatenate(known, axis=2)


def newey_west(scores: Floats, lag: int) -> Floats:
    """Return the sum of autocovariances with Bartlett weights, shape (B, k, k).

    Parameters
    ----------
    scores : array of shape (B, k, n)
        Products of regressor and residual.
    lag : int
        Last autocovariance with a weight.

    Examples
    --------
    >>> float(newey_west(np.array([[[1.0, -1.0, 1.0]]]), 1)[0, 0, 0])
    1.0
    """
    total = scores @ scores.swapaxes(1, 2)
    for distance in range(1, min(lag, scores.shape[-1] - 1) + 1):
        cross = scores[..., distance:] @ scores[..., :-distance].swapaxes(1, 2)
        total = total + (1 - distance / (lag + 1)) * (cross + cross.swapaxes(1, 2))
    return np.asarray(total)


def _without(y: Floats, x: Floats) -> Floats:
    """Return series (B, k, n) less their projections on regressors (B, n, q)."""
    turned = x.swapaxes(1, 2)
    coef = (y @ x) @ np.linalg.inv(turned @ x)
    return np.asarray(y - coef @ turned)
