"""Intervals, the offset-ratio set and the joint region of a pair, by inverting p-values."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Law, questions
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.plane import NO_SET, ConfidenceSet

_DOUBLINGS = 40
_FIRST_STRIDE = 1e-3
_BISECTIONS = 60
_PRECISION = 1e-10
_ANGLES = 360
_FARTHER = (1.25, 1.5, 2.0, 3.0, 4.0)


def lower_limits(law: Law, a: ArrayLike, start: ArrayLike, error: float) -> Floats:
    """Return for each direction the largest c below which a . Delta = c is rejected throughout.

    Parameters
    ----------
    law : Law
        The law of the pair.
    a : array of shape (m, 2)
        Directions.
    start : array of shape (m,)
        Where the search begins, such as the estimates, in level units per year.
    error : float
        Error of the two-sided set.

    Returns
    -------
    array of shape (m,)
        The limits; -infinity where no c is rejected, NaN where the law is silent.

    Notes
    -----
    A set in several pieces is returned as its hull: the search goes on beyond the first rejection.
    """
    directions, centre = questions(a, start)
    silent = np.isnan(law.limit_p(directions, centre, error))
    safe = np.where(silent, 0.0, centre)

    def rejected(at: Floats) -> Booleans:
        return np.asarray(law.limit_p(directions, at, error) <= error)

    low = _reach(safe, -1.0, lambda at: silent | rejected(at))
    high = _reach(safe, 1.0, lambda at: silent | ~rejected(at))
    island = _farther_kept(safe, low, lambda at: silent | rejected(at))
    apart = np.isfinite(island)
    if apart.any():
        high = np.where(apart, island, high)
        low = np.where(apart, _reach(high, -1.0, lambda at: ~apart | rejected(at)), low)
    unbounded = ~(silent | rejected(low))
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = rejected(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
        if (high - low <= _PRECISION * np.maximum(np.abs(low), np.abs(high))).all():
            break
    return np.where(silent, np.nan, np.where(unbounded, -np.inf, low))


def _reach(start: Floats, sign: float, arrived: Callable[[Floats], Booleans]) -> Floats:
    """Step away from a start in doubling strides until all entries have arrived or are far off."""
    at, stride = start.copy(), np.maximum(np.abs(start), 1.0) * _FIRST_STRIDE
    for _ in range(_DOUBLINGS):
        done = arrived(at)
        if done.all():
            break
        at = np.where(done, at, at + sign * stride)
        stride = stride * 2
    return at


def _farther_kept(start: Floats, low: Floats, rejected: Callable[[Floats], Booleans]) -> Floats:
    """Return the farthest point kept beyond the first rejection; NaN where there is none."""
    found = np.full(len(low), np.nan)
    for factor in _FARTHER:
        at = start + factor * (low - start)
        found = np.where(rejected(at), found, at)
    return found


def two_sided_p(law: Law, a: ArrayLike, error: float = 0.05) -> Floats:
    """Return the two-sided p of H0: a . Delta = 0, for directions a of shape (m, 2)."""
    directions, _ = questions(a, 0.0)
    sides = (law.limit_p(directions, 0.0, error), law.limit_p(-directions, 0.0, error))
    return np.asarray(np.minimum(np.minimum(*sides), 1.0))


def interval(law: Law, a: tuple[float, float], estimate: float, level: float) -> ConfidenceSet:
    """Return the two-sided equal-tailed interval of a . Delta."""
    both = np.array([a, (-a[0], -a[1])])
    low, high = lower_limits(law, both, np.array([estimate, -estimate]), _error(level))
    if math.isnan(low):
        return NO_SET
    if math.isinf(low) and math.isinf(high):
        return ConfidenceSet("line", -math.inf, math.inf)
    return ConfidenceSet("interval", float(low), float(-high))


def offset_ratio_set(law: Law, estimate: float, level: float) -> ConfidenceSet:
    """Return all r for which O + r D = 0 is not rejected: Fieller's set for any law.

    Parameters
    ----------
    law : Law
        The law of the pair.
    estimate : float
        The ratio of the estimates, kept in the search however narrow the set is; NaN when there is
        none.
    level : float
        Confidence level.

    Notes
    -----
    r = tan(angle) turns the line of ratios into a half circle of directions. The set is an arc of
    it: an interval, or through the pole the complement of one; a set in several pieces is returned
    as its hull.
    """
    grid = (np.arange(_ANGLES) + 0.5) * math.pi / _ANGLES - math.pi / 2
    angles = np.sort(np.append(grid, math.atan(0.0 if math.isnan(estimate) else estimate)))
    kept = _kept(law, level, angles)
    if not kept.any():
        return NO_SET
    if kept.all():
        return ConfidenceSet("line", -math.inf, math.inf)
    first = _after_longest_gap(kept)
    turned = np.concatenate([angles[first:], angles[:first] + math.pi])
    inside = np.flatnonzero(np.roll(kept, -first))
    low = _edge(law, level, turned[0], turned[-1] - math.pi)
    high = _edge(law, level, turned[inside[-1]], turned[(inside[-1] + 1) % len(turned)])
    through_pole = math.floor(low / math.pi + 0.5) != math.floor(high / math.pi + 0.5)
    if through_pole:
        return ConfidenceSet("complement", math.tan(high), math.tan(low))
    return ConfidenceSet("interval", math.tan(low), math.tan(high))


def _after_longest_gap(kept: Booleans) -> int:
    """Return the position of the first kept angle after the longest run of rejected ones."""
    starts = np.flatnonzero(kept & ~np.roll(kept, 1))
    ends = np.flatnonzero(kept & ~np.roll(kept, -1))
    before = np.array([max(e - len(kept) if e >= s else e for e in ends) for s in starts])
    return int(starts[np.argmax(starts - before)])


def octagon(law: Law, centre: Floats, level: float) -> Floats:
    """Return the corners of a joint region of the pair, shape (k, 2), counter-clockwise.

    Parameters
    ----------
    law : Law
        The law of the pair.
    centre : array of shape (2,)
        The estimates, in level units per year.
    level : float
        Joint confidence level; the four strips (origin, destination, sum, difference, each side
        scaled by the length of its own interval) share the error equally, unless the law's level is
        joint already.

    Notes
    -----
    One NaN corner where the law is silent; where a strip is unbounded the region is cut at 10
    interval lengths.
    """
    error = _error(level) * law.strip_share
    axes = np.array([[1.0, 0.0], [0.0, 1.0]])
    length = _strip(law, axes, centre, error)
    if np.isnan(length).any():
        return np.full((1, 2), np.nan)
    width = np.where(np.isfinite(length), length, 10 * np.maximum(np.abs(centre), 1.0))
    scale = np.maximum(width.sum(axis=1) / 2, np.finfo(float).tiny)
    slanted = np.array([[1 / scale[0], 1 / scale[1]], [1 / scale[0], -1 / scale[1]]])
    reach = np.vstack([width / scale[:, None], _strip(law, slanted, centre, error)])
    return np.asarray(_corners(np.where(np.isfinite(reach), reach, 10.0)) * scale + centre)


def _strip(law: Law, a: Floats, centre: Floats, error: float) -> Floats:
    """Return how far each direction reaches below and above the centre, shape (m, 2)."""
    value = a @ centre
    below = value - lower_limits(law, a, value, error)
    above = -value - lower_limits(law, -a, -value, error)
    return np.stack([below, above], axis=1)


def _corners(reach: Floats) -> Floats:
    """Return the corners of the intersection of four strips in scaled units."""
    normals = np.array(
        [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]], float
    )
    limit = np.array(
        [
            reach[0, 1],
            reach[2, 1],
            reach[1, 1],
            reach[3, 0],
            reach[0, 0],
            reach[2, 0],
            reach[1, 0],
            reach[3, 1],
        ]
    )
    first, second = np.triu_indices(8, k=1)
    pairs = np.stack([normals[first], normals[second]], axis=1)
    regular = np.abs(np.linalg.det(pairs)) > 1e-9
    ends = np.stack([limit[first], limit[second]], axis=1)[regular]
    points = np.linalg.solve(pairs[regular], ends[:, :, None])[:, :, 0]
    inside = (points @ normals.T <= limit + 1e-9 * (1 + np.abs(limit))).all(axis=1)
    kept = np.unique(np.round(points[inside], 12), axis=0)
    middle = kept.mean(axis=0)
    return kept[np.argsort(np.arctan2(kept[:, 1] - middle[1], kept[:, 0] - middle[0]))]


def _error(level: float) -> float:
    """Return 1 - level without the rounding that would part 0.1 from a p-value of 2 in 20."""
    return round(1 - level, 12)


def _kept(law: Law, level: float, angles: Floats) -> Booleans:
    """Tell for angles phi whether O cos(phi) + D sin(phi) = 0 is kept; False for a silent law."""
    a = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    error = _error(level)
    return np.asarray(two_sided_p(law, a, error) > error)


def _edge(law: Law, level: float, inside: float, outside: float) -> float:
    """Return the angle at which the set ends, between one kept and one rejected."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        keep = bool(_kept(law, level, np.array([middle]))[0])
        inside, outside = (middle, outside) if keep else (inside, middle)
    return inside
