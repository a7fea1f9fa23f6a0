"""Intervals, the offset-ratio set and the joint region of a pair, by inverting p-values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.crossing import TIE, last_rejected
from shiftexp.effects.laws import Law, questions
from shiftexp.kernels.cases import Booleans, Floats, Integers
from shiftexp.plane import NO_SET, ConfidenceSet
from shiftexp.scalars import error_rate

_STEPS = np.linspace(-6.0, 0.0, 13)
_STRIDES = 6.0 * 2.0 ** np.arange(1, 25)
_ROUNDS, _DEPTH = 12, 5  # of halvings: those of one round are asked at once
_PRECISION = 1e-9
_ANGLES, _CUT = 360, 10.0
_INSIDE = 16


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
    A grid of c from 6 of the law's own scales below the start, in half steps; directions in which
    it does not hold a c that is kept and one below it that is rejected are widened to twice as far,
    again and again: what is kept at 1e8 scales is called unbounded. Then the root between the two
    (Chandrupatla's method). Of a set in several pieces those that the grid meets are in the hull.
    No direction's limit depends on the others that are asked with it.
    """
    directions, centre = questions(a, start)
    known = law.lower_limits(directions, error)
    if known is not None:
        return known
    silent = np.isnan(law.limit_p(directions, centre, error))
    scale = np.where(silent, 0.0, np.maximum(law.spread(directions), np.finfo(float).tiny))
    ask = _Question(law, directions, np.where(silent, 0.0, centre), scale, error)
    steps = np.tile(_STEPS, (len(directions), 1))
    row = np.arange(len(steps))
    kept = ask.kept(steps, row)
    for stride in _STRIDES:
        short = np.flatnonzero(~silent & (kept[:, 0] | ~kept[:, -1]))
        if not short.size:
            break
        ends, further = steps[:, [0, -1]], kept[:, [0, -1]]  # who is done repeats its ends
        ends[short] = [-stride, stride]
        further[short] = ask.kept(ends[short], short)
        steps = np.column_stack([ends[:, 0], steps, ends[:, 1]])
        kept = np.column_stack([further[:, 0], kept, further[:, 1]])
    first = kept.argmax(axis=1)
    low = ask.border(steps[row, np.maximum(first - 1, 0)], steps[row, first])
    return np.where(silent, np.nan, np.where(kept[:, 0], -np.inf, low))


@dataclass(frozen=True, eq=False)
class _Question:
    """Which effects along directions the two-sided test keeps, seen from below.

    They are said in steps of ``scale`` from ``centre``, so that no unit of measurement matters.
    """

    law: Law
    directions: Floats
    centre: Floats
    scale: Floats
    error: float

    def kept(self, steps: Floats, rows: Integers) -> Booleans:
        """Tell for effects (m, g) of m directions whether they are kept: laws like batches."""
        every = np.repeat(rows, steps.shape[1])
        return np.asarray(self.excess(steps.ravel(), every) > 0).reshape(steps.shape)

    def excess(self, steps: Floats, rows: Integers) -> Floats:
        """Return p less the error for effects in some of the directions; a tie is a rejection."""
        at = self.centre[rows] + self.scale[rows] * steps
        gap = self.law.limit_p(self.directions[rows], at, self.error) - self.error
        return np.where(gap == 0, -TIE, gap)

    def border(self, rejected: Floats, kept: Floats) -> Floats:
        """Return the last rejected effect between one that is and one that is not."""
        found = last_rejected(self.excess, rejected, kept, np.arange(len(kept)), _PRECISION)
        return np.asarray(self.centre + self.scale * found)


def two_sided_p(law: Law, a: ArrayLike, error: float = 0.05) -> Floats:
    """Return the two-sided p of H0: a . Delta = 0, for directions a of shape (m, 2)."""
    directions, _ = questions(a, 0.0)
    p = law.limit_p(np.concatenate([directions, -directions]), 0.0, error)
    return np.asarray(np.minimum(p.reshape(2, -1).min(axis=0), 1.0))


def intervals(law: Law, a: ArrayLike, estimates: ArrayLike, level: float) -> list[ConfidenceSet]:
    """Return the two-sided equal-tailed intervals of a . Delta, for directions a of shape (m, 2).

    Parameters
    ----------
    law : Law
        The law of the pair.
    a : array of shape (m, 2)
        Directions: all are searched at once, none depends on the others.
    estimates : array of shape (m,)
        Where the search begins, in level units per year.
    level : float
        Confidence level.
    """
    directions, start = questions(a, estimates)
    both = np.concatenate([directions, -directions])
    limits = lower_limits(law, both, np.concatenate([start, -start]), error_rate(level))
    low, high = limits.reshape(2, -1) * [[1.0], [-1.0]]
    connected = _connected(law, directions, low, high, level)
    return [_interval(*ends) for ends in zip(low.tolist(), high.tolist(), connected, strict=True)]


def _interval(low: float, high: float, connected: np.bool_) -> ConfidenceSet:
    """Return the set between two ends."""
    if math.isnan(low):
        return NO_SET
    if math.isinf(low) and math.isinf(high):
        return ConfidenceSet("line", -math.inf, math.inf)
    return ConfidenceSet("interval" if connected else "hull", low, high)


def _connected(law: Law, a: Floats, low: Floats, high: Floats, level: float) -> Booleans:
    """Tell whether all values between the ends of hulls are kept; where an end is open, True."""
    whole = np.ones(len(a), dtype=bool)
    closed = np.flatnonzero(np.isfinite(high - low))
    if closed.size:
        at = np.linspace(low[closed], high[closed], _INSIDE + 2, axis=1)[:, 1:-1].ravel()
        every = np.repeat(a[closed], _INSIDE, axis=0)
        p = law.limit_p(
            np.concatenate([every, -every]), np.concatenate([at, -at]), error_rate(level)
        )
        kept = (p > error_rate(level)).reshape(2, closed.size, _INSIDE)
        whole[closed] = kept.all(axis=(0, 2))
    return whole


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
    last = inside[-1]
    outside = np.array([turned[-1] - math.pi, turned[(last + 1) % len(turned)]])
    low, high = _edges(law, level, turned[[0, last]], outside)
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
    One NaN corner where the law is silent. Where a side is unbounded the region is cut at ten of
    the law's own scales (of the estimate, if it has none).
    """
    error = error_rate(level) * law.strip_share
    axes = np.array([[1.0, 0.0], [0.0, 1.0]])
    length = _strip(law, axes, centre, error)
    if np.isnan(length).any():
        return np.full((1, 2), np.nan)
    own = law.spread(axes)
    cut = _CUT * np.where(own > 0, own, np.abs(centre))
    width = np.where(np.isfinite(length), length, cut[:, None])
    scale = np.maximum(width.sum(axis=1) / 2, np.finfo(float).tiny)
    slanted = np.array([[1 / scale[0], 1 / scale[1]], [1 / scale[0], -1 / scale[1]]])
    reach = np.vstack([width / scale[:, None], _strip(law, slanted, centre, error)])
    return np.asarray(_corners(np.where(np.isfinite(reach), reach, _CUT)) * scale + centre)


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


def _kept(law: Law, level: float, angles: Floats) -> Booleans:
    """Tell for angles phi whether O cos(phi) + D sin(phi) = 0 is kept; False for a silent law."""
    a = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    error = error_rate(level)
    return np.asarray(two_sided_p(law, a, error) > error)


def _edges(law: Law, level: float, inside: Floats, outside: Floats) -> list[float]:
    """Return the angles at which the set ends, each between one kept and one rejected.

    Halvings, several at a time: all middles that the next ones may need are asked at once.
    """
    row = np.arange(len(inside))
    for _ in range(_ROUNDS):
        kept_ends, rejected_ends, asked = inside[:, None], outside[:, None], []
        for _ in range(_DEPTH):
            middle = (kept_ends + rejected_ends) / 2
            asked.append(middle)
            kept_ends = _interleaved(middle, kept_ends)
            rejected_ends = _interleaved(rejected_ends, middle)
        middles = np.concatenate(asked, axis=1)
        kept = _kept(law, level, middles.ravel()).reshape(middles.shape)
        at = np.zeros(len(row), dtype=np.int64)
        for depth in range(_DEPTH):
            at = 2 * at + ~kept[row, 2**depth - 1 + at]
        inside, outside = kept_ends[row, at], rejected_ends[row, at]
    return [float(angle) for angle in inside]


def _interleaved(even: Floats, odd: Floats) -> Floats:
    """Return columns that alternate between two arrays."""
    return np.stack([even, odd], axis=2).reshape(len(even), -1)
