"""AR(1) errors of one series around a regression: nearly unbiased, also in short series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock

MOST, LEAST = 0.95, 0.0
LEAST_DF = 3
_HALVINGS = 12
_DRAWS, _SEED = 2000, 20
_TINY = 1e-12


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
        Time stamps in periods, gaps kept.

    Notes
    -----
    The autocorrelation is the one under which the autocorrelation of the least-squares residuals
    has the observed value as its median (Andrews, 1993), between 0 and .95. Residuals of short
    series hide persistence, and that distribution knows by how much. The variance is the
    generalised residual sum of squares over its degrees of freedom: errors that persist vary more
    in the long run than within a window.
    """
    left, singular, _ = np.linalg.svd(x)
    terms = int((singular > singular.max() * _TINY).sum())
    basis, complement = left[:, :terms], left[:, terms:]
    rho = _median_unbiased(y - basis @ basis.T @ y, basis, time)
    rows = _innovation_rows(complement, _kernel(rho, rho, time))
    innovations, df = rows @ y, complement.shape[1]
    sd = float(np.sqrt((innovations**2).sum() / df))
    scaled = innovations / max(sd, np.finfo(float).tiny)
    return Autoregression(rho, sd, scaled, rows, df)


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


def _median_unbiased(residual: Floats, basis: Floats, time: Floats) -> float:
    """Return the autocorrelation whose median residual autocorrelation is the observed one."""
    neighbours = np.flatnonzero(np.diff(time) == 1)
    stamps = (time - time[0]).astype(int)
    shocks = np.random.default_rng(_SEED).standard_normal((stamps[-1] + 1, _DRAWS))

    def lagged(residuals: Floats) -> Floats:
        products = residuals[neighbours] * residuals[neighbours + 1]
        size = np.maximum((residuals**2).sum(axis=0), np.finfo(float).tiny)
        return np.asarray(products.sum(axis=0) / size)

    observed = float(lagged(residual))

    def too_high(rho: float) -> bool:
        errors = _first_order(rho, shocks)[stamps]
        return bool(np.median(lagged(errors - basis @ (basis.T @ errors))) > observed)

    low, high = LEAST, MOST
    if too_high(low):
        return low
    if not too_high(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if too_high(middle) else (middle, high)
    return (low + high) / 2


def _first_order(rho: float, shocks: Floats) -> Floats:
    """Return stationary AR(1) errors of unit variance along the first axis."""
    errors = np.sqrt(1 - rho**2) * shocks
    errors[0] = shocks[0]
    for t in range(1, len(errors)):
        errors[t] += rho * errors[t - 1]
    return np.asarray(errors)
