"""One common factor of several series by maximum likelihood, batched; one pair may hold more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock

_LEAST_OWN = 0.01  # of a variance that the factor must leave: Heywood's cases end there
_STEPS = 300
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
    log_likelihood : array of shape (B,)
        Of T = 1 period, without constants.
    """

    loadings: Floats
    own: Floats
    excess: Floats
    log_likelihood: Floats

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
    EM (Rubin and Thayer, 1982) from the largest principal component, in 300 steps; what the factor
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
    return OneFactor(loadings, own, shared, _likelihood(correlations, loadings, own, shared))


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
    return np.clip(vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.1)) * 0.9, -0.95, 0.95)


def _own_matrix(own: Floats, shared: Floats) -> Floats:
    """Return the covariances of what the factor leaves."""
    matrix = np.einsum("bi,ij->bij", own, np.eye(own.shape[1]))
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


def _likelihood(correlations: Floats, loadings: Floats, own: Floats, shared: Floats) -> Floats:
    """Return log likelihoods of one period."""
    model = loadings[:, :, None] * loadings[:, None] + _own_matrix(own, shared)
    trace = np.einsum("bii->b", np.linalg.solve(model, correlations))
    return np.asarray(-(np.linalg.slogdet(model)[1] + trace) / 2)


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


def signed_root(changes: Floats) -> Floats:
    """Return the signed root of the likelihood ratio of an excess of the first two series, (B,).

    Parameters
    ----------
    changes : array of shape (B, N, T)
        Changes of N >= 4 series.
    """
    correlations = correlations_of(changes)
    free, held = (one_factor(correlations, excess=e) for e in (True, False))
    ratio = 2 * changes.shape[2] * (free.log_likelihood - held.log_likelihood)
    return np.asarray(np.sign(free.excess) * np.sqrt(np.maximum(ratio, 0.0)))


def correlations_of(changes: Floats) -> Floats:
    """Return correlation matrices of series, shape (B, N, N)."""
    scaled = standardised(changes)
    return np.asarray(scaled @ scaled.swapaxes(1, 2) / changes.shape[2])


def standardised(changes: Floats) -> Floats:
    """Return series of mean 0 and variance 1."""
    centred = changes - changes.mean(axis=2, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=2, keepdims=True))
    return np.asarray(centred / np.maximum(spread, np.finfo(float).tiny))


def partial_correlations(changes: Floats) -> Floats:
    """Return correlations of every pair given the others' first principal component, (N, N).

    Parameters
    ----------
    changes : array of shape (N, T)
        Changes of N >= 4 series.
    """
    scaled = standardised(changes[None])[0]
    count = len(scaled)
    found = np.eye(count)
    for i in range(count):
        for j in range(i):
            others = np.delete(scaled, [i, j], axis=0)
            common = np.linalg.svd(others, full_matrices=False)[2][0]
            left = scaled[[i, j]] - np.outer(scaled[[i, j]] @ common, common)
            found[i, j] = found[j, i] = np.corrcoef(left)[0, 1]
    return found


def drawn_changes(
    model: OneFactor, slopes: Floats, draws: int, periods: int, rng: np.random.Generator
) -> Floats:
    """Return standardised changes drawn from one model, with autocorrelation, (draws, N, T).

    Parameters
    ----------
    model : OneFactor
        One model, B = 1.
    slopes : array of shape (1 + N,)
        Autocorrelations of the factor, and of what it leaves of every series.
    draws, periods : int
        How many, and how long.
    rng : numpy Generator
        Source of the draws.
    """
    root = np.zeros((1 + model.own.shape[1],) * 2)
    root[0, 0] = 1.0
    root[1:, 1:] = np.linalg.cholesky(model.covariance[0])
    shocks = rng.standard_normal((draws, periods, len(root)))
    parts = np.empty_like(shocks)
    parts[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - slopes**2)
    for t in range(1, periods):
        parts[:, t] = slopes * parts[:, t - 1] + fresh * shocks[:, t]
    mixed = np.hstack([model.loadings[0][:, None], root[1:, 1:]])
    return np.asarray((parts @ mixed.T).swapaxes(1, 2))
