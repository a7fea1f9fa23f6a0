"""Random-effects pooling of pairs of effects whose errors may be correlated between indicators.

x_k = theta + u_k + e_k, u_k ~ N(0, tau^2 I), e ~ N(0, Sigma) jointly over indicators k, with theta
flat and tau averaged over nodes of its prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock

_NODES, _NEAREST, _FARTHEST = 160, 1e-4, 4.0
_SIDES = 2


@dataclass(frozen=True, eq=False)
class PooledNodes:
    """Posteriors of what indicators have in common, and of each of them, over nodes of tau.

    Attributes
    ----------
    tau : array of shape (G,)
        Standard deviation between indicators.
    prior : array of shape (G,)
        Its prior masses.
    weight : array of shape (C, G)
        Its posterior masses.
    mean : array of shape (C, G, 2)
        Centres of the pooled pair.
    cov : array of shape (C, G, 2, 2)
        Its covariances.
    own_mean : array of shape (C, G, K, 2)
        Centres of each indicator's own pair, drawn towards the others.
    own_cov : array of shape (C, G, K, 2, 2)
        Their covariances.
    share : array of shape (C, G, K, 2)
        Weights that the pooled pair gives to each indicator's own side; they sum to one over
        indicators.
    """

    tau: Floats
    prior: Floats
    weight: Floats
    mean: Floats
    cov: Floats
    own_mean: Floats
    own_cov: Floats
    share: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def pooled(x: Floats, cov: Floats, scale: float) -> PooledNodes:
    """Return the pooled pair and the pairs behind it.

    Parameters
    ----------
    x : array of shape (C, K, 2)
        Estimates of K indicators.
    cov : array of shape (C, 2 K, 2 K)
        Covariance of their errors, indicators running first: (k, side) at 2 k + side.
    scale : float
        Scale of the half-normal prior on tau, in the unit of x; 0 leaves no heterogeneity.
    """
    tau, prior = _tau_nodes(scale)
    cases, count, _ = x.shape
    flat = x.reshape(cases, -1)
    design = np.tile(np.eye(_SIDES), (count, 1))
    between = tau[:, None, None] ** 2 * np.eye(_SIDES * count)
    inverse = np.linalg.inv(cov[:, None] + between)
    information = design.T @ inverse @ design
    spread = np.linalg.inv(information)
    gain = spread @ design.T @ inverse
    mean = np.einsum("cgij,cj->cgi", gain, flat)
    rest = flat[:, None] - mean @ design.T
    scored = np.einsum("cgij,cgj->cgi", inverse, rest)
    log = (np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(information)[1]) / 2
    log = log - (rest * scored).sum(axis=2) / 2 + np.log(prior)
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    # u given theta, and what is not known of theta besides
    drawn = between @ inverse
    kept = design - drawn @ design
    own = mean @ design.T + np.einsum("gij,cgj->cgi", between, scored)
    own_cov = between - drawn @ between + kept @ spread @ np.swapaxes(kept, -1, -2)
    shape = (*weight.shape, count, _SIDES)
    blocks = own_cov.reshape(*weight.shape, count, _SIDES, count, _SIDES)
    sides = gain.reshape(*weight.shape, _SIDES, count, _SIDES)
    return PooledNodes(
        tau=tau,
        prior=prior,
        weight=weight / weight.sum(axis=1, keepdims=True),
        mean=mean,
        cov=np.asarray(spread, dtype=np.float64),
        own_mean=own.reshape(shape),
        own_cov=np.einsum("cgkikj->cgkij", blocks),
        share=np.einsum("cgiki->cgki", sides),
    )


def error_covariance(sds: Floats, within: float, between: Floats) -> Floats:
    """Return the covariance of errors of K pairs, shape (2 K, 2 K).

    Parameters
    ----------
    sds : array of shape (K, 2)
        Standard errors.
    within : float
        Correlation of the errors of both sides.
    between : array of shape (K, K)
        Correlation of the errors of a side between indicators; ones on the diagonal.
    """
    sides = np.array([[1.0, within], [within, 1.0]])
    flat = sds.ravel()
    return np.asarray(np.kron(between, sides) * np.outer(flat, flat))


def _tau_nodes(scale: float) -> tuple[Floats, Floats]:
    """Return nodes of tau, 0 among them, and their half-normal prior masses by trapezoids."""
    if scale == 0:
        return np.zeros(1), np.ones(1)
    # log-spaced: errors may be thousands of times smaller than the prior's scale
    tau = scale * np.append(0.0, np.geomspace(_NEAREST, _FARTHEST, _NODES))
    gap = np.diff(tau)
    width = (np.append(gap, 0.0) + np.append(0.0, gap)) / 2
    mass = width * np.exp(-((tau / scale) ** 2) / 2)
    return tau, mass / mass.sum()
