"""What nodes of standard deviations say of coefficients, and the posterior over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.tails import normal_cdf, t_quantile

FLAT = 1e-8  # prior precision of what has no prior, where the data are in units of their changes
_LEAST_TAIL, _BISECTIONS = 1e-9, 50


@dataclass(frozen=True, eq=False)
class NodeFit:
    """What every node says of the coefficients, for a batch of C cases.

    Attributes
    ----------
    log_prior : array of shape (C, G)
        Log prior mass of the nodes, up to a constant.
    evidence : array of shape (C, G)
        Log likelihood with nothing but the fixed terms, up to a constant of the data: prior and
        coefficients come on top.
    moments : array of shape (C, G, p + 1, p + 1)
        Cross products of the series and the p regressors, in this order, fixed terms taken out.
    """

    log_prior: Floats
    evidence: Floats
    moments: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def coefficients(self, precision: Floats) -> NodePosterior:
        """Return the posterior of the coefficients at every node.

        Parameters
        ----------
        precision : array of shape (p,)
            Prior precisions; :data:`FLAT` for none.
        """
        information = self.moments[..., 1:, 1:] + np.diag(precision)
        root = np.linalg.inv(np.linalg.cholesky(information))
        cov = np.swapaxes(root, -1, -2) @ root
        score = self.moments[..., 1:, 0]
        mean = np.einsum("cgij,cgj->cgi", cov, score)
        rest = self.moments[..., 0, 0] - (score * mean).sum(axis=-1)
        proper = precision > FLAT
        log_weight = (
            self.evidence
            + self.log_prior
            - rest / 2
            + np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
            + np.log(precision[proper]).sum() / 2
        )
        return NodePosterior(log_weight, mean, np.asarray(cov, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class NodePosterior:
    """Normal posteriors of p coefficients at every node, with the weights of the nodes.

    Attributes
    ----------
    log_weight : array of shape (C, G)
        Log posterior mass, up to a constant of the data.
    mean : array of shape (C, G, p)
        Means.
    cov : array of shape (C, G, p, p)
        Covariances.
    """

    log_weight: Floats
    mean: Floats
    cov: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def weight(self) -> Floats:
        """Posterior mass of the nodes, shape (C, G)."""
        raised = np.exp(self.log_weight - self.log_weight.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    @property
    def log_evidence(self) -> Floats:
        """Log of the mean likelihood over the prior, shape (C,), up to a constant of the data."""
        top = self.log_weight.max(axis=1)
        return np.asarray(top + np.log(np.exp(self.log_weight - top[:, None]).sum(axis=1)))

    def of(self, chosen: list[int]) -> NodePosterior:
        """Return the same posterior of these coefficients alone."""
        cov = self.cov[..., chosen, :][..., chosen]
        return NodePosterior(self.log_weight, self.mean[..., chosen], cov)

    def along(self, a: Floats) -> tuple[Floats, Floats]:
        """Return means and standard deviations of combinations a (p,) at every node, (C, G)."""
        return self.mean @ a, np.sqrt(np.einsum("i,cgij,j->cg", a, self.cov, a))

    def below(self, a: Floats, at: float) -> Floats:
        """Return the probability that a combination a (p,) is at most a value, shape (C,)."""
        mean, sd = self.along(a)
        return np.asarray((self.weight * normal_cdf((at - mean) / sd)).sum(axis=1))

    def moments(self, a: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of a combination a (p,), each of shape (C,)."""
        mean, sd = self.along(a)
        centre = (self.weight * mean).sum(axis=1)
        square = (self.weight * (sd**2 + (mean - centre[:, None]) ** 2)).sum(axis=1)
        return centre, np.sqrt(square)

    def quantile(self, a: Floats, probability: float) -> Floats:
        """Return the quantile of a combination a (p,) of the coefficients, shape (C,)."""
        mean, sd = self.along(a)
        weight, far = self.weight, -float(t_quantile(np.inf, _LEAST_TAIL))
        low, high = (mean - far * sd).min(axis=1), (mean + far * sd).max(axis=1)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            below = (weight * normal_cdf((middle[:, None] - mean) / sd)).sum(axis=1) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)

    def draws(self, count: int, rng: np.random.Generator) -> Floats:
        """Return draws of the coefficients, shape (C, count, p).

        Nodes are resampled systematically: as often as their mass says, to within one draw.
        """
        cases, _, p = self.mean.shape
        chosen = _systematic(self.weight, count, rng)
        root = np.linalg.cholesky(self.cov)
        row = np.arange(cases)[:, None]
        normal = rng.standard_normal((cases, count, p))
        return np.asarray(
            self.mean[row, chosen] + np.einsum("cnij,cnj->cni", root[row, chosen], normal)
        )


def joined(parts: tuple[NodePosterior, ...]) -> NodePosterior:
    """Return the nodes of several posteriors as one."""
    names = ("log_weight", "mean", "cov")
    return NodePosterior(*(np.concatenate([getattr(p, n) for p in parts], axis=1) for n in names))


def _systematic(weight: Floats, count: int, rng: np.random.Generator) -> Integers:
    """Return positions drawn with these weights (C, G), shape (C, count), in order."""
    at = (np.arange(count) + rng.random((len(weight), 1))) / count
    ends = weight.cumsum(axis=1)
    found = np.stack([np.searchsorted(e, a) for e, a in zip(ends, at, strict=True)])
    return np.asarray(np.minimum(found, weight.shape[1] - 1), dtype=np.int64)
