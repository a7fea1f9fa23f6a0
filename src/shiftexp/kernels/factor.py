"""One common factor of several series by maximum likelihood, batched; a pair may hold more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock

_LEAST_OWN = 0.01  # of a variance that the factor must leave: Heywood's cases end there
_STEPS = 100
_MOST = 0.98


@dataclass(frozen=True, eq=False)
class OneFactor:
    """Models of B correlation matrices of N series.

    Attributes
    ----------
    loadings : array of shape (B, N)
        Correlations with the factor; those of series beyond the first two add up to no less than
        zero.
    own : array of shape (B, N)
        Variances that the factor leaves.
    excess : array of shape (B,)
        Correlation of what it leaves of the first two series; 0 where none is allowed.
    """

    loadings: Floats
    own: Floats
    excess: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def covariance(self) -> Floats:
        """Covariances of what the factor leaves, shape (B, N, N)."""
        return _own_matrix(self.own, self.excess)


def one_factor(correlations: Floats, *, excess: bool) -> OneFactor:
    r"""Return the likeliest model of one factor.

    .. math:: R = \lambda \lambda' + \Psi, \qquad \Psi_{12} = r \sqrt{\Psi_{11} \Psi_{22}}

    Parameters
    ----------
    correlations : array of shape (B, N, N)
        Correlation matrices; N >= 3, with excess N >= 4.
    excess : bool
        Whether the first two series may hold more in common than the factor, r; Psi is diagonal
        otherwise.

    Notes
    -----
    EM (Rubin and Thayer, 1982) from the largest principal component, in 100 steps; what the factor
    leaves of a series is at least a hundredth of it.

    References
    ----------
    Rubin, D. B., & Thayer, D. T. (1982). EM algorithms for ML factor analysis. Psychometrika,
    47(1), 69-76. https://doi.org/10.1007/BF02293851
    """
    loadings = _start(correlations, excess=excess)
    own = np.maximum(1 - loadings**2, _LEAST_OWN)
    shared = np.zeros(len(own))
    for _ in range(_STEPS):
        weights = _weights(loadings, own, shared)
        moved = np.einsum("bij,bj->bi", correlations, weights)
        size = 1 - (weights * loadings).sum(axis=1) + (weights * moved).sum(axis=1)
        loadings = moved / size[:, None]
        own = np.maximum(1 - loadings * moved, _LEAST_OWN)
        if excess:
            left = correlations[:, 0, 1] - (loadings[:, 0] * moved[:, 1])
            shared = np.clip(left / np.sqrt(own[:, 0] * own[:, 1]), -_MOST, _MOST)
    turned = np.where(loadings[:, 2:].sum(axis=1) < 0, -1.0, 1.0)
    loadings = loadings * turned[:, None]
    return OneFactor(loadings, own, shared)


def _start(correlations: Floats, *, excess: bool) -> Floats:
    """Return loadings on the largest principal component, without the first pair's own excess."""
    held = correlations
    if excess:
        held = correlations.copy()
        # what both have in common with the others is all that a start may know of the pair
        others = correlations[:, :2, 2:]
        guess = (others[:, 0] * others[:, 1]).mean(axis=1)
        held[:, 0, 1] = held[:, 1, 0] = np.clip(guess, -1.0, 1.0)
    values, vectors = np.linalg.eigh(held)
    size = 0.9 * np.sqrt(np.maximum(values[:, -1:], 0.1))
    return np.asarray(np.clip(vectors[:, :, -1] * size, -0.95, 0.95))


def _own_matrix(own: Floats, shared: Floats) -> Floats:
    """Return the covariances of what the factor leaves."""
    matrix: Floats = own[:, :, None] * np.eye(own.shape[1])
    matrix[:, 0, 1] = matrix[:, 1, 0] = shared * np.sqrt(own[:, 0] * own[:, 1])
    return matrix


def _weights(loadings: Floats, own: Floats, shared: Floats) -> Floats:
    """Return weights of the series in the factor's mean, shape (B, N)."""
    solved = loadings / own
    root = np.sqrt(own[:, :2])
    pair = loadings[:, :2] / root
    rest = 1 - shared**2
    solved[:, 0] = (pair[:, 0] - shared * pair[:, 1]) / rest / root[:, 0]
    solved[:, 1] = (pair[:, 1] - shared * pair[:, 0]) / rest / root[:, 1]
    return np.asarray(solved / (1 + (loadings * solved).sum(axis=1))[:, None])


def factor_scores(changes: Floats, model: OneFactor) -> Floats:
    """Return the factor's mean in every period, shape (B, T).

    Parameters
    ----------
    changes : array of shape (B, N, T)
        Standardised changes.
    model : OneFactor
        Their model.
    """
    weights = _weights(model.loadings, model.own, model.excess)
    return np.asarray(np.einsum("bi,bit->bt", weights, changes))


def correlations_of(changes: Floats) -> Floats:
    """Return correlation matrices of series, shape (B, N, N)."""
    scaled = standardised(changes)
    return np.asarray(scaled @ scaled.swapaxes(1, 2) / changes.shape[2])


def standardised(changes: Floats) -> Floats:
    """Return series of mean 0 and variance 1."""
    centred = changes - changes.mean(axis=2, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=2, keepdims=True))
    return np.asarray(centred / np.maximum(spread, np.finfo(float).tiny))


def partial_correlation(changes: Floats) -> Floats:
    """Return correlations of the first two series given the others' main component, (B,).

    Parameters
    ----------
    changes : array of shape (B, N, T)
        Changes of N >= 3 series.
    """
    scaled = standardised(changes)
    others = scaled[:, 2:]
    axes = np.linalg.eigh(others @ others.swapaxes(1, 2))[1][:, :, -1]
    common = np.einsum("bj,bjt->bt", axes, others)
    common = common / np.sqrt((common**2).sum(axis=1, keepdims=True))
    told = np.einsum("bit,bt->bi", scaled[:, :2], common)
    left = scaled[:, :2] - told[:, :, None] * common[:, None]
    products = (left[:, 0] * left[:, 1]).sum(axis=1)
    return np.asarray(products / np.sqrt((left**2).sum(axis=2).prod(axis=1)))


def drawn_changes(
    model: OneFactor, slopes: Floats, periods: int, rng: np.random.Generator
) -> Floats:
    """Return changes of unit variance drawn from every model, one each, (B, N, T).

    Parameters
    ----------
    model : OneFactor
        The models.
    slopes : array of shape (1 + N,)
        Autocorrelations of the factor, and of what it leaves of every series.
    periods : int
        How long.
    rng : numpy Generator
        Source of the draws.
    """
    cases, series = model.own.shape
    shocks = rng.standard_normal((cases, periods, 1 + series))
    parts = np.empty_like(shocks)
    parts[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - slopes**2)
    for t in range(1, periods):
        parts[:, t] = slopes * parts[:, t - 1] + fresh * shocks[:, t]
    root = np.linalg.cholesky(model.covariance)
    own = parts[:, :, 1:] @ root.swapaxes(1, 2)
    return np.asarray((parts[:, :, :1] * model.loadings[:, None] + own).swapaxes(1, 2))


def repeated(model: OneFactor, times: int, excess: float | None = None) -> OneFactor:
    """Return every model so many times, with another excess where one is given."""
    loadings, own, shared = (
        np.repeat(each, times, axis=0) for each in (model.loadings, model.own, model.excess)
    )
    return OneFactor(loadings, own, shared if excess is None else np.full(len(own), excess))
