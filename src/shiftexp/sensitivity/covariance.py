"""The covariance of an event study that one short series can vouch for: likely, and cautious."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.trend_sets import bend_weights, second_differences

_AUTOCORRELATIONS = np.arange(20) / 20
_RATIOS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_HALF = np.log(2.0)
_STRAIGHT = 1e-8


@dataclass(frozen=True, eq=False)
class LikelyCovariance:
    """The covariance of coefficients that asks the most among those that residuals make likely.

    Attributes
    ----------
    cov : array of shape (P + n, P + n)
        Of the coefficients relative to the reference period.
    df : int
        Degrees of freedom of its scale.
    process : str
        The errors behind it, in words.
    straightened : bool
        Whether the path is what a line fitted before the onset leaves; then the error of that line
        is in ``cov``.
    """

    cov: Floats
    df: int
    process: str
    straightened: bool

    def __post_init__(self) -> None:
        """Make the array read-only."""
        lock(self)


def processes(length: int) -> dict[str, Floats]:
    """Return error covariances over neighbouring periods, up to scale, by their names.

    Parameters
    ----------
    length : int
        Number of periods.

    Notes
    -----
    AR(1) with autocorrelation 0 to .95; a random walk plus noise with innovations of .003 to 3
    times the variance of the noise; a random walk. The start of a walk is arbitrary: coefficients
    are differences.
    """
    place = np.arange(length)
    away = np.abs(np.subtract.outer(place, place))
    walk = 1.0 + np.minimum.outer(place, place)
    return {
        **{f"AR(1) with autocorrelation {r:g}": r**away for r in _AUTOCORRELATIONS},
        **{
            f"noise plus a random walk of variance ratio {q:g}": np.eye(length) + q * walk
            for q in _RATIOS
        },
        "a random walk": walk,
    }


def likely_covariance(
    path: Floats, pre: Booleans, weights: Floats, regressors: Floats
) -> LikelyCovariance:
    r"""Return the covariance, among likely ones, under which a straight line is extrapolated worst.

    .. math:: \sigma^2(R) = \frac{u'(N'RN)^{-1}u}{m}, \qquad u = N'y_{pre}, \qquad
       \log L(R) = -\tfrac{1}{2} \log \det N'RN - \tfrac{m}{2} \log \sigma^2(R)

    N is a basis of the complement of the regressors. Likely is a process at least half as likely as
    the likeliest. Given the process the scale has exactly m degrees of freedom.

    Parameters
    ----------
    path : array of shape (T,)
        Observed minus counterfactual from the first period before the onset to the last after it;
        neighbours are one period apart.
    pre : array of shape (T,)
        Periods that the counterfactual learned from; the last is the reference period.
    weights : array of shape (n,)
        The estimand as weights of the periods after the reference period.
    regressors : array of shape (T, k)
        What is taken for no error: a constant, the time, seasons.

    Notes
    -----
    Where the path is itself what a fitted line leaves, the error of that line is added, along a
    line, as much as makes the variance of the estimand right: intervals that extrapolate a line do
    not feel it, others do.
    """
    columns, m = regressors[pre], int(pre.sum()) - regressors.shape[1]
    basis = np.linalg.qr(columns, mode="complete")[0][:, columns.shape[1] :]
    u, subtract = basis.T @ path[pre], subtraction(len(path), int(np.flatnonzero(pre)[-1]))
    named = processes(len(path))
    likelihoods, covs = [], []
    for shape in named.values():
        within = np.linalg.cholesky(basis.T @ shape[np.ix_(pre, pre)] @ basis)
        variance = float(np.square(np.linalg.solve(within, u)).sum()) / m
        likelihoods.append(-np.log(np.diag(within)).sum() - m / 2 * np.log(variance))
        covs.append(variance * shape)
    n_pre = len(path) - 1 - len(weights)
    errors = [line_variance(subtract @ cov @ subtract.T, n_pre, weights) for cov in covs]
    likely = np.array(likelihoods) >= max(likelihoods) - _HALF
    worst = int(np.argmax(np.where(likely, errors, -np.inf)))
    cov = subtract @ covs[worst] @ subtract.T
    straightened = _fitted_line(path[pre], columns)
    if straightened:
        cov = cov + _of_the_line(covs[worst], pre, columns, weights)
    return LikelyCovariance(cov, m, list(named)[worst], straightened)


def subtraction(length: int, reference: int) -> Floats:
    """Return the matrix that takes the reference period off all others, shape (T - 1, T)."""
    rows = np.delete(np.eye(length), reference, axis=0)
    rows[:, reference] = -1.0
    return rows


def line_variance(cov: Floats, n_pre: int, weights: Floats) -> float:
    """Return the variance of l'beta less its best straight-line prediction from before.

    Examples
    --------
    >>> round(line_variance(np.eye(2), 1, np.ones(1)), 3)
    2.0
    """
    bends = second_differences(n_pre, len(weights))
    free, base = bends[: n_pre - 1], bends[n_pre - 1 :].T @ bend_weights(weights)
    across = free @ cov @ base
    explained = across @ np.linalg.solve(free @ cov @ free.T, across)
    return float(base @ cov @ base - explained)


def _fitted_line(before: Floats, columns: Floats) -> bool:
    """Tell whether values are what a least-squares line leaves: they have no slope at all."""
    slope = np.linalg.pinv(columns)[1]
    size = float(np.linalg.norm(slope) * np.linalg.norm(before))
    return abs(float(slope @ before)) <= _STRAIGHT * size


def _of_the_line(cov: Floats, pre: Booleans, columns: Floats, weights: Floats) -> Floats:
    """Return what the error of a line fitted before the onset adds, along that line."""
    reference = len(cov) - 1 - len(weights)
    time = np.delete(np.arange(len(cov)) - reference, reference).astype(float)
    far = float(weights @ time[reference:])
    plain = weights @ subtraction(len(cov), reference)[reference:]
    whole = plain.copy()
    whole[pre] -= far * np.linalg.pinv(columns)[1]
    added = max(float(whole @ cov @ whole - plain @ cov @ plain), 0.0)
    return np.asarray(added / far**2 * np.outer(time, time))
