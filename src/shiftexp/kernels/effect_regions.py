"""Convex parts of the plane of two effects: their nearest points, and what a law puts in them.

A part is a point, a segment or a ray (`thin`), or has an inside and borders. The nearest point in
the metric of a covariance maximises a normal likelihood over the part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.sector_weights import Piece, sector_masses
from shiftexp.kernels.tails import normal_cdf

_QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])
_INSIDE = 1e-12


@dataclass(frozen=True, eq=False)
class Region:
    """A convex part of the plane, closed.

    Attributes
    ----------
    a : array of shape (m, 2)
        Directions of the half-planes a . Delta <= at whose intersection it is; none for thin parts.
    at : array of shape (m,)
        Their thresholds.
    start, along : array of shape (e, 2)
        Borders, or the thin part itself: start + t along, 0 <= t <= high.
    high : array of shape (e,)
        How far they go; infinity for rays, 0 for a point.
    """

    a: Floats
    at: Floats
    start: Floats
    along: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def dimension(self) -> int:
        """Number of effects that are free in it: 0, 1 or 2."""
        return 2 if len(self.a) else int(bool((self.high > 0).any()))

    @property
    def rest(self) -> tuple[Piece, ...]:
        """The rest of the plane: beyond the first half-plane; within it, beyond the second; ..."""
        found = []
        for k in range(len(self.a)):
            sign = np.where(np.arange(k + 1) == k, -1.0, 1.0)
            found.append(Piece(self.a[: k + 1] * sign[:, None], self.at[: k + 1] * sign))
        return tuple(found)


def point(at: tuple[float, float]) -> Region:
    """Return one pair of effects."""
    return _thin(np.array(at), np.array([1.0, 0.0]), 0.0)


def ray(along: tuple[float, float]) -> Region:
    """Return all positive multiples of a pair of effects."""
    return _thin(np.zeros(2), np.array(along), math.inf)


def cone(one: tuple[float, float], other: tuple[float, float]) -> Region:
    """Return everything between two rays that are less than half a turn apart."""
    along = np.array([one, other])
    a = along @ _QUARTER
    a *= -np.sign((a * along[::-1]).sum(axis=1))[:, None]
    return Region(a, np.zeros(2), np.zeros((2, 2)), along, np.full(2, np.inf))


def plane() -> Region:
    """Return all pairs of effects."""
    return Region(np.zeros((1, 2)), np.ones(1), np.zeros((1, 2)), np.eye(2)[:1], np.zeros(1))


def box(low: Floats, high: Floats) -> Region:
    """Return all pairs between two; a segment or a point where they agree.

    Parameters
    ----------
    low, high : array of shape (2,)
        Lowest and highest effects (origin, destination).
    """
    wide = high > low
    if not wide.all():
        along = np.where(wide, 1.0, 0.0) if wide.any() else np.eye(2)[0]
        return _thin(low, along, float((high - low).max()))
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    sides = np.roll(corners, -1, axis=0) - corners
    a = np.vstack([np.eye(2), -np.eye(2)])
    return Region(a, np.concatenate([high, -low]), corners, sides, np.ones(4))


def nearest(region: Region, to: Floats, metric: Floats) -> Floats:
    """Return the pair of a region nearest to other pairs, (x - to)' M (x - to), shape (..., 2).

    Parameters
    ----------
    region : Region
        The part of the plane.
    to : array of shape (..., 2)
        Pairs of effects.
    metric : array of shape (..., 2, 2)
        M, such as inverse covariances.

    Examples
    --------
    >>> nearest(ray((0.0, 1.0)), np.array([3.0, 4.0]), np.linalg.inv([[1.0, 0.5], [0.5, 1.0]]))
    array([0. , 2.5])
    """
    wide = metric[..., None, :, :]
    gap = to[..., None, :] - region.start
    pull = bilinear(wide, gap, region.along)
    t = np.clip(pull / bilinear(wide, region.along, region.along), 0.0, region.high)
    candidates = region.start + t[..., None] * region.along
    away = candidates - to[..., None, :]
    far = bilinear(wide, away, away)
    best = np.take_along_axis(candidates, far.argmin(axis=-1)[..., None, None], axis=-2)[..., 0, :]
    if region.dimension <= 1:
        return np.asarray(best)
    inside = np.asarray((to @ region.a.T <= region.at + _INSIDE).all(axis=-1))
    return np.where(inside[..., None], to, best)


def bilinear(metric: Floats, u: Floats, v: Floats) -> Floats:
    """Return u' M v for pairs and symmetric matrices, leading axes broadcast."""
    across = metric[..., 0, 1] * (u[..., 0] * v[..., 1] + u[..., 1] * v[..., 0])
    return np.asarray(
        metric[..., 0, 0] * u[..., 0] * v[..., 0]
        + across
        + metric[..., 1, 1] * u[..., 1] * v[..., 1]
    )


def log_content(region: Region, mean: Floats, cov: Floats) -> float:
    """Return the log of what a normal law puts in a region: its mass, or density where it is thin.

    Densities of a thin part are integrated along it, so that those of two laws can be compared.

    Parameters
    ----------
    region : Region
        The part of the plane.
    mean : array of shape (2,)
        Centre of the law.
    cov : array of shape (2, 2)
        Its covariance.

    Examples
    --------
    >>> quadrant = cone((1.0, 0.0), (0.0, 1.0))
    >>> round(float(np.exp(log_content(quadrant, np.zeros(2), np.eye(2)))), 6)
    0.25
    """
    if region.dimension > 1:
        parts = ((Piece(region.a, region.at),), region.rest)
        mass = sector_masses(np.ones(1), mean[None], cov[None], parts)
        return float(np.log(max(mass[0], np.finfo(float).tiny)))
    metric = np.asarray(np.linalg.inv(cov), dtype=float)
    start, along, high = region.start[0], region.along[0], region.high[0]
    size = along @ metric @ along
    t = (mean - start) @ metric @ along / size
    if region.dimension == 0:
        return _log_density(start - mean, metric)
    ends = normal_cdf(np.array([-t, high - t]) * math.sqrt(size))
    inside = max(float(ends[1] - ends[0]), np.finfo(float).tiny)
    top = _log_density(start + t * along - mean, metric)
    return float(top + math.log(2 * math.pi / size) / 2 + math.log(inside))


def _thin(start: Floats, along: Floats, high: float) -> Region:
    """Return a part without an inside."""
    return Region(np.zeros((0, 2)), np.zeros(0), start[None], along[None], np.array([high]))


def _log_density(gap: Floats, metric: Floats) -> float:
    """Return the log density of a normal law so far from its centre."""
    half = np.linalg.slogdet(metric)[1] - gap @ metric @ gap
    return float(half / 2 - math.log(2 * math.pi))
