"""The laws a pair of effects can have; each answers with the one-sided p of a . Delta <= at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.conformal import share_as_large
from shiftexp.kernels.tails import normal_nodes, t_cdf

_DRIFT_NODES = 201
_EDGE = 1e-9
_FEW_DIRECTIONS, _MOST_SORTED = 8, 32
_SIXTHS = (1 / 6, 5 / 6)


def questions(a: ArrayLike, at: ArrayLike) -> tuple[Floats, Floats]:
    """Return directions of shape (m, 2) and thresholds of shape (m,)."""
    directions = np.atleast_2d(np.asarray(a, dtype=float))
    return directions, np.broadcast_to(np.asarray(at, dtype=float), directions.shape[:1])


def along(a: Floats, vector: Floats) -> Floats:
    """Return a . vector, where a component that is not asked for may be missing."""
    total: Floats = np.where(a == 0, 0.0, a * np.where(a == 0, 0.0, vector)).sum(axis=-1)
    return total


class Law(Protocol):
    """What can be said of the pair of effects Delta = (origin, destination).

    ``tail`` is the part of a two-sided error that one side takes: 1/2 for directional laws, 1 for
    inverted two-sided tests. ``joint`` says that one test of the pair holds its level for all
    directions together. ``limit_p`` makes confidence limits: what lies below the estimate with a
    ``limit_p`` of at most the error is not in the two-sided set.
    """

    @property
    def joint(self) -> bool:
        """Whether the level holds for all directions together."""

    @property
    def tail(self) -> float:
        """Part of a two-sided error that one side takes."""

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at, for directions a of shape (m, 2)."""

    @property
    def strip_share(self) -> float:
        """Part of a joint error that each of the four strips of an octagon takes."""

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the two-sided p of a . Delta = at where that lies below the estimate."""

    def spread(self, a: ArrayLike) -> Floats:
        """Return a rough standard deviation of a . Delta: the scale on which limits are sought."""

    def affine(self, m: Floats, b: Floats) -> Law:
        """Return the law of m Delta + b, m of shape (2, 2), b of shape (2,)."""


class Directional:
    """What most laws share: an affine image changes the question, each tail has half the error."""

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def tail(self) -> float:
        """Each side takes half of a two-sided error."""
        return 0.5

    @property
    def joint(self) -> bool:
        """Each direction has its own error."""
        return False

    @property
    def strip_share(self: Law) -> float:
        """Four strips share a joint error (Bonferroni), unless the level is joint already."""
        return 1.0 if self.joint else 0.25

    def limit_p(self: Law, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the one-sided p as part of a two-sided error, whatever that error."""
        del error
        return np.asarray(self.p_value(a, at) / self.tail)

    def affine(self: Law, m: Floats, b: Floats) -> Law:
        """Return the law of m Delta + b."""
        return AffineLaw(self, np.asarray(m, dtype=float), np.asarray(b, dtype=float))


@dataclass(frozen=True, eq=False)
class AffineLaw(Directional):
    """The law of m Delta + b: the same question, asked of Delta.

    Attributes
    ----------
    law : Law
        The law of Delta.
    m : array of shape (2, 2)
        Linear part, without unit.
    b : array of shape (2,)
        Displacement, in level units per year; NaN on an absent side.
    """

    law: Law
    m: Floats
    b: Floats

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . (m Delta + b) <= at."""
        return self.law.p_value(*self._mapped(a, at))

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return what the law of Delta says of the same question."""
        return self.law.limit_p(*self._mapped(a, at), error)

    def spread(self, a: ArrayLike) -> Floats:
        """Return the scale of the same question, asked of Delta."""
        return self.law.spread(self._mapped(a, 0.0)[0])

    def _mapped(self, a: ArrayLike, at: ArrayLike) -> tuple[Floats, Floats]:
        """Return the question as one about Delta."""
        directions, thresholds = questions(a, at)
        return directions @ self.m, thresholds - along(directions, self.b)

    @property
    def strip_share(self) -> float:
        """As of the law that is mapped."""
        return self.law.strip_share

    @property
    def tail(self) -> float:
        """As of the law that is mapped."""
        return self.law.tail

    @property
    def joint(self) -> bool:
        """As of the law that is mapped."""
        return self.law.joint


@dataclass(frozen=True, eq=False)
class DriftedLaw(Directional):
    """The law of Delta plus an independent normal drift of detection on either side, integrated.

    Attributes
    ----------
    law : Law
        The law of Delta.
    sd : array of shape (2,)
        Standard deviation of the drift, in level units per year.
    """

    law: Law
    sd: Floats

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the p of H0: a . Delta <= at, averaged over the drift."""
        every, shifts = self._nodes(a, at)
        p = self.law.p_value(every, shifts.ravel()).reshape(shifts.shape)
        return np.asarray(p.mean(axis=0))

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the p that makes confidence limits, averaged over the drift."""
        every, shifts = self._nodes(a, at)
        p = self.law.limit_p(every, shifts.ravel(), error).reshape(shifts.shape)
        return np.asarray(p.mean(axis=0))

    def spread(self, a: ArrayLike) -> Floats:
        """Return the scale of the law and of its drift together."""
        directions, _ = questions(a, 0.0)
        return np.hypot(self.law.spread(directions), self._drift(directions))

    def _drift(self, directions: Floats) -> Floats:
        """Return the standard deviation of the drift along directions."""
        return np.sqrt(along(directions**2, self.sd**2))

    def _nodes(self, a: ArrayLike, at: ArrayLike) -> tuple[Floats, Floats]:
        """Return the question for every node of the drift: directions, thresholds (nodes, m)."""
        directions, thresholds = questions(a, at)
        shifts = thresholds + normal_nodes(_DRIFT_NODES)[:, None] * self._drift(directions)
        every = np.broadcast_to(directions, (len(shifts), *directions.shape)).reshape(-1, 2)
        return every, shifts

    @property
    def strip_share(self) -> float:
        """As of the law that drifts; once it drifts a level is joint no more."""
        return 0.25 if self.law.joint else self.law.strip_share

    @property
    def tail(self) -> float:
        """As of the law that drifts."""
        return self.law.tail


@dataclass(frozen=True, eq=False)
class StudentLaw(Directional):
    """A bivariate Student t (or normal) law.

    Attributes
    ----------
    mean : array of shape (2,)
        Centre, in level units per year; NaN on an absent side.
    cov : array of shape (2, 2)
        Covariance scale, in that unit squared.
    df : float
        Degrees of freedom; infinity is the normal law.
    """

    mean: Floats
    cov: Floats
    df: float = np.inf

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at."""
        directions, thresholds = questions(a, at)
        gap = thresholds - along(directions, self.mean)
        return np.asarray(t_cdf(self.df, gap / self.spread(directions)))

    def spread(self, a: ArrayLike) -> Floats:
        """Return the scale of the law along directions."""
        directions, _ = questions(a, 0.0)
        pairs = directions[:, :, None] * directions[:, None, :]
        variance = along(pairs.reshape(len(pairs), 4), self.cov.ravel())
        return np.sqrt(np.maximum(variance, np.finfo(float).tiny))


@dataclass(frozen=True, eq=False)
class DrawnLaw(Directional):
    """A law known by draws; the p is a tail share that is never zero.

    Attributes
    ----------
    draws : array of shape (n, 2)
        Draws of (origin, destination), in level units per year; NaN on an absent side.
    moments : bool, default True
        False when the law has no variance, as the exponential of a t variable has none.
    """

    draws: Floats
    moments: bool = True

    @property
    def cov(self) -> Floats | None:
        """Covariance of the draws, shape (2, 2); None where the law has none."""
        return np.asarray(np.cov(self.draws, rowvar=False)) if self.moments else None

    @cached_property
    def _sides(self) -> tuple[Floats, Floats, Booleans]:
        """The draws of either side, zero where it is missing, and which sides are missing."""
        absent = np.asarray(np.isnan(self.draws).any(axis=0))
        origin, destination = np.where(absent, 0.0, self.draws).T
        return np.ascontiguousarray(origin), np.ascontiguousarray(destination), absent

    @cached_property
    def _sorted(self) -> dict[tuple[float, float], Floats]:
        """Sorted draws along the last directions that were asked for many thresholds."""
        return {}

    def _along(self, a: tuple[float, float]) -> Floats:
        """Return the draws of a . Delta."""
        origin, destination, _ = self._sides
        return a[0] * origin + a[1] * destination

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at."""
        directions, thresholds = questions(a, at)
        few, which = np.unique(directions, axis=0, return_inverse=True)
        below = np.empty(len(directions))
        for k, direction in enumerate(map(tuple, few)):
            asked = which == k
            if len(few) > _FEW_DIRECTIONS:
                below[asked] = np.count_nonzero(self._along(direction) <= thresholds[asked].max())
                continue
            if direction not in self._sorted:
                if len(self._sorted) >= _MOST_SORTED:
                    self._sorted.clear()
                self._sorted[direction] = np.sort(self._along(direction))
            below[asked] = np.searchsorted(self._sorted[direction], thresholds[asked], side="right")
        absent = (self._sides[2] & (directions != 0)).any(axis=1)
        return np.where(absent, np.nan, (below + 1) / (len(self.draws) + 1))

    def spread(self, a: ArrayLike) -> Floats:
        """Return half the distance between the sixth parts of the draws in either tail."""
        directions, _ = questions(a, 0.0)
        tails = [np.quantile(self._along((o, d)), _SIXTHS) for o, d in directions]
        return np.diff(tails, axis=1)[:, 0] / 2


@dataclass(frozen=True, eq=False)
class InvertedLaw(Directional):
    """A test inverted on a grid of pairs: the p of a half-plane is the largest p in it.

    Attributes
    ----------
    points : array of shape (g, 2)
        Pairs tested, in level units per year; NaN on an absent side.
    p : array of shape (g,)
        The p of each pair, from one test of the pair.
    resolution : float
        Smallest p the test can give; what lies beyond the grid counts as no less.
    """

    points: Floats
    p: Floats
    resolution: float

    @property
    def tail(self) -> float:
        """The test is two-sided."""
        return 1.0

    @property
    def joint(self) -> bool:
        """One test of the pair answers all directions."""
        return True

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the largest p over the half-plane a . Delta <= at."""
        directions, thresholds = questions(a, at)
        p = np.broadcast_to(self.p[:, None], (len(self.p), len(directions)))
        return largest_in_half_plane(self.points, p, directions, thresholds, self.resolution)

    def spread(self, a: ArrayLike) -> Floats:
        """Return a part of the range that was tested."""
        return _part_of_grid(self.points, a)


@dataclass(frozen=True, eq=False)
class ShiftedLaw(Directional):
    """Signed sums of residuals under a grid of nulls: each direction has its own, sharper test.

    Attributes
    ----------
    points : array of shape (g, 2)
        Pairs tested, in level units per year; NaN on an absent side.
    sums : array of shape (g, 2, n)
        Post-onset sums of the residuals under n shifts in time, the observed one first.
    cells : array of shape (g, 2)
        Distance to the next pair tested, in level units per year: what lies between two pairs
        counts as the one with the larger p.
    slope : array of shape (2,)
        Level units per unit of the model's scale, near the estimate: turns a direction of level
        effects into one of residuals.
    resolution : float
        The p of a null far from the data; what lies beyond the grid counts as no less.
    """

    points: Floats
    sums: Floats
    cells: Floats
    slope: Floats
    resolution: float

    @property
    def tail(self) -> float:
        """The tests are two-sided."""
        return 1.0

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the largest p over the half-plane a . Delta <= at, tested in the direction a."""
        directions, thresholds = questions(a, at)
        few, which = np.unique(directions, axis=0, return_inverse=True)
        p = np.stack([self._tested(o, d) for o, d in few], axis=1)[:, which]
        reach = np.nan_to_num(self.cells) @ np.abs(directions).T
        nearest = np.nan_to_num(self.points) @ directions.T - reach
        return largest_in_half_plane(
            self.points, p, directions, thresholds, self.resolution, nearest
        )

    def spread(self, a: ArrayLike) -> Floats:
        """Return a part of the range that was tested."""
        return _part_of_grid(self.points, a)

    def _tested(self, origin: float, destination: float) -> Floats:
        """Return the p of every pair in one direction: the last ones are kept for the next ask."""
        asked = (origin, destination)
        if asked not in self._known:
            if len(self._known) >= _MOST_SORTED:
                self._known.clear()
            slope = [w * s if w else 0.0 for w, s in zip(asked, self.slope, strict=True)]
            sums = np.einsum("i,gin->gn", np.nan_to_num(slope), np.nan_to_num(self.sums))
            self._known[asked] = share_as_large(sums)
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[float, float], Floats]:
        """The p of every pair along the last directions that were asked for."""
        return {}


def _part_of_grid(points: Floats, a: ArrayLike) -> Floats:
    """Return an eighth of the range of pairs that were tested, along directions."""
    directions, _ = questions(a, 0.0)
    return np.asarray(np.ptp(np.nan_to_num(points) @ directions.T, axis=0) / 8)


def largest_in_half_plane(
    points: Floats,
    p: Floats,
    directions: Floats,
    thresholds: Floats,
    resolution: float,
    nearest: Floats | None = None,
) -> Floats:
    """Return the largest p (g, m) over points with a . point <= at, at least the resolution.

    ``nearest`` of shape (g, m) is the smallest a . x that a point stands for, itself by default.
    """
    value = np.nan_to_num(points) @ directions.T if nearest is None else nearest
    slack = _EDGE * (1 + np.abs(thresholds))
    inside = np.where(value <= thresholds + slack, p, resolution)
    absent = np.isnan(points).any(axis=0)
    asked = (absent & (directions != 0)).any(axis=1)
    return np.where(asked, np.nan, np.maximum(inside.max(axis=0), resolution))


@dataclass(frozen=True, eq=False)
class SilentLaw(Directional):
    """The law of a method that has no inference of its own: every p is NaN."""

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return NaN for every question."""
        directions, _ = questions(a, at)
        return np.full(len(directions), np.nan)

    def spread(self, a: ArrayLike) -> Floats:
        """Return NaN: nothing is known."""
        return self.p_value(a)
