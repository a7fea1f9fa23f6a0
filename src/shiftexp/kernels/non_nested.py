"""Tests between two regressions of one outcome, neither containing the other, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock

_LAG_SCALE, _LAG_POWER = 4.0, 2 / 9  # Newey and West's rule, 4 (n / 100)^(2/9)
_TINY = np.finfo(float).tiny


@dataclass(frozen=True, eq=False)
class Rivals:
    """Two regressions prepared: the first is the null, the second its rival.

    Attributes
    ----------
    first, second : array of shape (n, k)
        Orthonormal bases of their regressors.
    both : array of shape (n, r)
        One of all regressors together.
    """

    first: Floats
    second: Floats
    both: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def exchanged(self) -> Rivals:
        """The same with the second as the null."""
        return Rivals(self.second, self.first, self.both)

    @property
    def left(self) -> int:
        """Degrees of freedom of the J test, n - k - 1."""
        n, k = self.first.shape
        return int(n - k - 1)

    @property
    def added(self) -> tuple[int, int]:
        """Degrees of freedom of the encompassing F."""
        n, r = self.both.shape
        return r - self.first.shape[1], n - r


def prepare(first: Floats, second: Floats) -> Rivals:
    """Return two regressions prepared.

    Parameters
    ----------
    first, second : array of shape (n, k)
        Regressors, the constant among them, each of full column rank.
    """
    return Rivals(_basis(first), _basis(second), _basis(np.column_stack([first, second])))


def j_test(rivals: Rivals, y: Floats) -> tuple[Floats, Floats]:
    """Return coefficient and t of the rival's fitted values beside the null's regressors, (B,).

    Parameters
    ----------
    rivals : Rivals
        The regressions.
    y : array of shape (B, n)
        Outcomes.
    """
    own = _residual(rivals.first, y)
    added = _residual(rivals.first, _fitted(rivals.second, y))
    size = np.maximum((added**2).sum(axis=1), _TINY)
    slope = (added * own).sum(axis=1) / size
    left = np.maximum((own**2).sum(axis=1) - slope**2 * size, _TINY)
    return slope, slope / np.sqrt(left / rivals.left / size)


def cox_test(rivals: Rivals, y: Floats) -> Floats:
    """Return Cox's z of the null against its rival, shape (B,); y as in :func:`j_test`."""
    n = y.shape[1]
    variance = (_residual(rivals.first, y) ** 2).sum(axis=1) / n
    other = (_residual(rivals.second, y) ** 2).sum(axis=1) / n
    missed = _residual(rivals.second, _fitted(rivals.first, y))
    expected = variance + (missed**2).sum(axis=1) / n
    beyond = (_residual(rivals.first, missed) ** 2).sum(axis=1)
    spread = np.sqrt(np.maximum(variance * beyond, _TINY)) / expected
    return np.asarray(n / 2 * np.log(other / expected) / spread)


def encompassing_test(rivals: Rivals, y: Floats) -> Floats:
    """Return the F of what the rival's regressors add, shape (B,); y as in :func:`j_test`."""
    more, left = rivals.added
    own = (_residual(rivals.first, y) ** 2).sum(axis=1)
    whole = np.maximum((_residual(rivals.both, y) ** 2).sum(axis=1), _TINY)
    return np.asarray((own - whole) / more / (whole / left))


def likelihood_gaps(rivals: Rivals, y: Floats) -> Floats:
    """Return log densities under the first less those under the second, shape (B, n)."""
    return np.asarray(_densities(rivals.first, y) - _densities(rivals.second, y))


def between(rivals: Rivals, y: Floats) -> Floats:
    """Return the mean between both fitted ones that both regressions miss by as much, shape (n,).

    Parameters
    ----------
    rivals : Rivals
        The regressions.
    y : array of shape (n,)
        The outcome.
    """
    first, second = _fitted(rivals.first, y), _fitted(rivals.second, y)
    apart = [_residual(rivals.first, second), _residual(rivals.second, first)]
    missed = np.linalg.norm(apart, axis=1)
    weight = missed[0] / max(float(missed.sum()), _TINY)
    return np.asarray(weight * first + (1 - weight) * second)


def vuong(gaps: Floats) -> Floats:
    """Return sum / (sqrt(n) omega) of log density gaps, omega robust to serial correlation.

    Parameters
    ----------
    gaps : array of shape (B, n)
        Log densities under the first less those under the second.
    """
    n = gaps.shape[1]
    mean = gaps.mean(axis=1)
    around = gaps - mean[:, None]
    variance = (around**2).mean(axis=1)
    lags = lag_length(n)
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        variance = variance + 2 * weight * (around[:, lag:] * around[:, :-lag]).sum(axis=1) / n
    return np.asarray(np.sqrt(n) * mean / np.sqrt(np.maximum(variance, _TINY)))


def lag_length(n: int) -> int:
    """Return the number of autocovariances that omega holds."""
    return int(_LAG_SCALE * (n / 100) ** _LAG_POWER)


def redrawn(fitted: Floats, innovations: Floats, rho: float, index: Integers) -> Floats:
    """Return outcomes (B, n) of a fitted regression with AR(1) errors from drawn innovations.

    Parameters
    ----------
    fitted : array of shape (n,)
        Fitted values.
    innovations : array of shape (m,)
        What is drawn from.
    rho : float
        Autocorrelation of the errors.
    index : array of shape (B, n + burn)
        Positions of the draws; the first ``burn`` only start the errors.
    """
    from scipy.signal import lfilter

    errors = lfilter([1.0], [1.0, -rho], innovations[index], axis=1)
    return np.asarray(fitted + errors[:, -len(fitted) :])


def _densities(basis: Floats, y: Floats) -> Floats:
    """Return log densities of every outcome at the maximum of the likelihood, (B, n)."""
    squares = _residual(basis, y) ** 2
    variance = squares.mean(axis=1, keepdims=True)
    return np.asarray(-(np.log(2 * np.pi * variance) + squares / variance) / 2)


def _basis(x: Floats) -> Floats:
    """Return an orthonormal basis of the columns, those that say nothing new left out."""
    u, s, _ = np.linalg.svd(x / np.linalg.norm(x, axis=0), full_matrices=False)
    return np.asarray(u[:, s > s[0] * max(x.shape) * np.finfo(float).eps])


def _fitted(basis: Floats, y: Floats) -> Floats:
    """Return fitted values, (B, n)."""
    return np.asarray(y @ basis @ basis.T)


def _residual(basis: Floats, y: Floats) -> Floats:
    """Return residuals, (B, n)."""
    return np.asarray(y - _fitted(basis, y))
