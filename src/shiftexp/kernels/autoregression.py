"""AR(1) errors of one series around a regression: nearly unbiased, also in short series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock

MOST, LEAST = 0.95, 0.0
LEAST_DF = LEAST_PAIRS = 3
_PRECISION, _TINY = 1e-3, 1e-12
_IMHOF = np.exp(np.linspace(-12.0, 12.0, 481))  # equal steps of log u: Imhof's integral is smooth


@dataclass(frozen=True, eq=False)
class Autoregression:
    """What one series says of its errors.

    Attributes
    ----------
    rho, sd : float
        Autocorrelation, and standard deviation of one period's errors in the long run.
    innovations : array of shape (T,)
        What is new in the residuals of every period, in units of ``sd``.
    rows : array of shape (T, T)
        The innovations are ``rows @ y / sd``.
    df : int
        m = T - k, degrees of freedom.
    """

    rho: float
    sd: float
    innovations: Floats
    rows: Floats
    df: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def autoregression(y: Floats, x: Floats, time: Floats) -> Autoregression:
    """Return autocorrelation and standard deviation of the errors of one series.

    Parameters
    ----------
    y : array of shape (T,)
        The series.
    x : array of shape (T, k)
        Regressors; columns that say nothing new are allowed, 3 periods more than terms needed.
    time : array of shape (T,)
        Time stamps in periods, gaps kept; at least 3 pairs of :func:`neighbours`.

    Notes
    -----
    The autocorrelation is the one under which the autocorrelation of the least-squares residuals
    has the observed value as its median (Andrews, 1993; the distribution by Imhof, 1961,
    https://doi.org/10.1093/biomet/48.3-4.419), between 0 and .95. It is taken at the smallest
    distance in time that occurs: of a biennial series two periods. Residuals of short series hide
    persistence, and that distribution knows by how much. The variance is the generalised residual
    sum of squares over its degrees of freedom: errors that persist vary more in the long run than
    within a window.
    """
    left, singular, _ = np.linalg.svd(x)
    terms = int((singular > singular.max() * _TINY).sum())
    complement = left[:, terms:]
    rho = _median_unbiased(y, complement, time)
    rows = _innovation_rows(complement, _kernel(rho, rho, time))
    innovations, df = rows @ y, complement.shape[1]
    sd = float(np.sqrt((innovations**2).sum() / df))
    scaled = innovations / max(sd, np.finfo(float).tiny)
    return Autoregression(rho, sd, scaled, rows, df)


def neighbours(time: Floats) -> Integers:
    """Return the positions of periods that the next one follows at the smallest distance.

    Examples
    --------
    >>> neighbours(np.array([0, 2, 4, 5, 7, 8]))
    array([2, 4])
    """
    gaps = np.diff(time)
    return np.flatnonzero(gaps == gaps.min())


def innovation_correlation(first: Autoregression, second: Autoregression, time: Floats) -> float:
    """Return the correlation of what is new in two series of the same periods.

    Parameters
    ----------
    first, second : Autoregression
        The two, each with its own autocorrelation.
    time : array of shape (T,)
        Time stamps in periods, gaps kept.
    """
    between = _kernel(first.rho, second.rho, time)
    expected = float(((first.rows @ between) * second.rows).sum())
    return float(first.innovations @ second.innovations / expected)


def common_correlation(first: float, second: float) -> float:
    """Return the correlation of two AR(1) in one period whose innovations are the same.

    Examples
    --------
    >>> round(common_correlation(0.0, 0.8), 3)
    0.6
    """
    return float(np.sqrt((1 - first**2) * (1 - second**2)) / (1 - first * second))


def _kernel(first: float, second: float, time: Floats) -> Floats:
    """Return covariances of two AR(1) of unit variance with the same innovations, (T, T)."""
    ahead = time[:, None] - time[None, :]
    powers = np.where(ahead >= 0, first ** np.maximum(ahead, 0), second ** np.maximum(-ahead, 0))
    return np.asarray(common_correlation(first, second) * powers)


def _innovation_rows(complement: Floats, kernel: Floats) -> Floats:
    """Return rows that take a series to the innovations of its generalised residuals."""
    inverse = np.linalg.solve(complement.T @ kernel @ complement, complement.T)
    # residuals are K N (N'KN)^-1 N'y, innovations L^-1 of them with K = L L'
    return np.asarray(np.linalg.cholesky(kernel).T @ complement @ inverse)


def _median_unbiased(y: Floats, complement: Floats, time: Floats) -> float:
    """Return the autocorrelation whose median residual autocorrelation is the observed one."""
    from scipy.optimize import brentq

    first, lag = neighbours(time), np.zeros((len(time), len(time)))
    lag[first, first + 1] = lag[first + 1, first] = 0.5
    products, residual = complement.T @ lag @ complement, complement.T @ y
    size = max(float(residual @ residual), np.finfo(float).tiny)
    above = products - np.eye(len(residual)) * (residual @ products @ residual) / size

    def excess(rho: float) -> float:
        """Return how much likelier than not residuals have more than the observed one."""
        root = np.linalg.cholesky(complement.T @ _kernel(rho, rho, time) @ complement)
        return _likelier_positive(np.linalg.eigvalsh(root.T @ above @ root))

    if excess(LEAST) >= 0:
        return LEAST
    if excess(MOST) <= 0:
        return MOST
    return float(brentq(excess, LEAST, MOST, xtol=_PRECISION))


def _likelier_positive(weights: Floats) -> float:
    """Return P(q > 0) - 1/2 up to a factor, q the weighted sum of chi-squares of 1 df (Imhof)."""
    at = weights[:, None] / np.abs(weights).max() * _IMHOF
    angle = np.arctan(at).sum(axis=0) / 2
    return float((np.sin(angle) * np.exp(-np.log1p(at**2).sum(axis=0) / 4)).sum())
