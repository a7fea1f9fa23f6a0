"""How much of a law of two effects lies in each sector of the plane, and which sectors are left.

Sectors are unions of convex pieces, pieces are conjunctions of half-planes a . Delta <= at. At a
given effect on the destination a piece leaves an interval of effects on the origin, whose normal
mass is exact; what is left is one smooth integral for each piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.tails import normal_cdf

_NODES, _LEAST_TAIL = 32, 1e-15
_LEAST_MASS = 1e-7  # of the law: components that hold less together are left out


@dataclass(frozen=True, eq=False)
class Piece:
    """A convex part of the plane: all pairs with a . Delta <= at.

    Attributes
    ----------
    a : array of shape (k, 2)
        Directions (origin, destination).
    at : array of shape (k,)
        Thresholds.
    """

    a: Floats
    at: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def destination(self) -> tuple[float, float]:
        """Lowest and highest effect on the destination that half-planes about it alone allow."""
        only = self.a[:, 0] == 0
        return self._ends(self.at[only], self.a[only, 1])

    def origin(self, destination: Floats) -> tuple[Floats, Floats]:
        """Return lowest and highest effects on the origin beside effects on the destination."""
        low, high = np.full(destination.shape, -np.inf), np.full(destination.shape, np.inf)
        for (a_o, a_d), at in zip(self.a, self.at, strict=True):
            if a_o > 0:
                high = np.minimum(high, (at - a_d * destination) / a_o)
            elif a_o < 0:
                low = np.maximum(low, (at - a_d * destination) / a_o)
        return low, high

    @staticmethod
    def _ends(at: Floats, a: Floats) -> tuple[float, float]:
        """Return the ends of an interval that conditions a x <= at leave."""
        low = max((t / k for t, k in zip(at, a, strict=True) if k < 0), default=-np.inf)
        high = min((t / k for t, k in zip(at, a, strict=True) if k > 0), default=np.inf)
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class SectorMasses:
    """Sectors of one case under a posterior and a prior.

    Attributes
    ----------
    posterior, prior : arrays of shape (s,)
        Masses of the sectors, each summing to one.
    """

    posterior: Floats
    prior: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def weight(self) -> Floats:
        """Posterior over prior mass, normalised: posterior odds of sectors as likely before."""
        ratio = self.posterior / self.prior
        return np.asarray(ratio / ratio.sum())


def sector_masses(
    weight: Floats, mean: Floats, cov: Floats, sectors: tuple[tuple[Piece, ...], ...]
) -> Floats:
    """Return the mass of a mixture of normal laws in every sector, shape (s,).

    Parameters
    ----------
    weight : array of shape (G,)
        Masses of the components; they sum to one.
    mean : array of shape (G, 2)
        Their centres.
    cov : array of shape (G, 2, 2)
        Their covariances.
    sectors : tuple of tuples of Piece
        The sectors; they cover the plane and do not overlap.

    Examples
    --------
    >>> grew = Piece(np.array([[0.0, -1.0]]), np.zeros(1))
    >>> fell = Piece(np.array([[0.0, 1.0]]), np.zeros(1))
    >>> sector_masses(
    ...     np.ones(1), np.array([[0.0, 1.96]]), np.eye(2)[None], ((grew,), (fell,))
    ... ).round(3)
    array([0.975, 0.025])
    """
    few = _heaviest(weight)
    part = weight[few], mean[few], cov[few]
    found = np.array([sum(_mass(*part, piece) for piece in sector) for sector in sectors])
    return np.asarray(found / found.sum())


def under_prior(
    weight: Floats, mean: Floats, cov: Floats, sd: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return a mixture that a flat prior left as one under independent normal effects around zero.

    Where the data say little a flat posterior lies far beyond what the prior holds possible; under
    the prior it is the prior.

    Parameters
    ----------
    weight, mean, cov
        As of :func:`sector_masses`.
    sd : array of shape (2,)
        Prior standard deviations of both effects.

    Examples
    --------
    >>> nothing = np.ones(1), np.zeros((1, 2)), 1e9 * np.eye(2)[None]
    >>> under_prior(*nothing, np.array([8.0, 8.0]))[2].round(3).tolist()
    [[[64.0, 0.0], [0.0, 64.0]]]
    """
    prior = np.diag(sd**2)
    together = np.linalg.inv(cov + prior)
    log = np.linalg.slogdet(together)[1] / 2 - np.einsum("gi,gij,gj->g", mean, together, mean) / 2
    raised = weight * np.exp(log - log.max())
    gain = prior @ together
    centre = np.einsum("gij,gj->gi", gain, mean)
    return raised / raised.sum(), centre, gain @ cov


def prior_masses(sd: Floats, sectors: tuple[tuple[Piece, ...], ...]) -> Floats:
    """Return the mass of sectors under independent normal effects around zero, shape (s,).

    Parameters
    ----------
    sd : array of shape (2,)
        Standard deviations of both effects.
    sectors : tuple of tuples of Piece
        The sectors.
    """
    return sector_masses(np.ones(1), np.zeros((1, 2)), np.diag(sd**2)[None], sectors)


def smallest_set(weight: Floats, level: float) -> Booleans:
    """Tell which sectors are in the smallest set that holds so much weight, shape (s,).

    Parameters
    ----------
    weight : array of shape (s,)
        Weights of the sectors, summing to one.
    level : float
        The least weight of the set, strictly between 0 and 1.

    Examples
    --------
    >>> smallest_set(np.array([0.02, 0.9, 0.08]), 0.95)
    array([False,  True,  True])
    """
    order = np.argsort(-weight, kind="stable")
    held = weight[order].cumsum()
    kept = np.zeros(len(weight), dtype=bool)
    kept[order[: int(np.searchsorted(held, level)) + 1]] = True
    return kept


def _heaviest(weight: Floats) -> Booleans:
    """Tell which components are not among the lightest that together hold next to nothing."""
    order = np.argsort(weight)
    light = np.zeros(len(weight), dtype=bool)
    light[order] = weight[order].cumsum() < _LEAST_MASS
    return ~light


@lru_cache(maxsize=1)
def _unit_nodes() -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre on the interval from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) / 2, weights / 2


def _mass(weight: Floats, mean: Floats, cov: Floats, piece: Piece) -> float:
    """Return the mass of a mixture in a piece: an integral over the destination's probability."""
    from scipy.special import ndtri

    nodes, shares = _unit_nodes()
    sd = np.sqrt(np.maximum(cov[:, 1, 1], np.finfo(float).tiny))
    ends = [normal_cdf((end - mean[:, 1]) / sd) for end in piece.destination]
    wide = ends[1] - ends[0]
    inside = np.clip(ends[0][:, None] + wide[:, None] * nodes, _LEAST_TAIL, 1 - _LEAST_TAIL)
    destination = mean[:, 1, None] + sd[:, None] * ndtri(inside)
    slope = cov[:, 0, 1] / sd**2
    rest = np.sqrt(np.maximum(cov[:, 0, 0] - slope * cov[:, 0, 1], np.finfo(float).tiny))
    centre = mean[:, 0, None] + slope[:, None] * (destination - mean[:, 1, None])
    below = [normal_cdf((end - centre) / rest[:, None]) for end in piece.origin(destination)]
    part = np.maximum(below[1] - below[0], 0.0) @ shares
    return float((weight * wide) @ part)
