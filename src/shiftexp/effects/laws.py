"""The laws a pair of effects can have; each answers with the one-sided p of a . Delta <= at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.tails import normal_nodes, t_cdf, t_quantile

_DRIFT_NODES = 201
_MOST_SORTED = 32
_SIXTHS = (1 / 6, 5 / 6)
_ROUNDING = 1e-9  # of a count


def questions(a: ArrayLike, at: ArrayLike) -> tuple[Floats, Floats]:
    """Return directions of shape (m, 2) and thresholds of shape (m,)."""
    directions = np.atleast_2d(np.asarray(a, dtype=float))
    return directions, np.broadcast_to(np.asarray(at, dtype=float), directions.shape[:1])


def distinct(directions: Floats) -> tuple[Floats, Integers]:
    """Return distinct directions, shape (k, 2), and the position of each given one, shape (m,)."""
    if (directions == directions[:1]).all():  # an integral asks one direction at every node
        return directions[:1], np.zeros(len(directions), dtype=np.intp)
    pairs = np.ascontiguousarray(directions).view(np.complex128).ravel()
    few, which = np.unique(
        pairs, return_inverse=True
    )  # of numbers: of rows it takes ten times as long
    return few.view(float).reshape(-1, 2), which


def along(a: Floats, vector: Floats) -> Floats:
    """Return a . vector, where a component that is not asked for may be missing."""
    parts = (a[..., k] * np.where(a[..., k] == 0, 0.0, vector[..., k]) for k in range(a.shape[-1]))
    return np.asarray(sum(parts))


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

    def lower_limits(self, a: ArrayLike, error: float) -> Floats | None:
        """Return lower limits of two-sided sets in closed form, shape (m,); None without one."""

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

    def lower_limits(self, a: ArrayLike, error: float) -> Floats | None:
        """Return nothing: limits are searched for."""
        del a, error
        return None

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

    def lower_limits(self, a: ArrayLike, error: float) -> Floats | None:
        """Return the limits of Delta, displaced, where the law of Delta has a closed form."""
        directions, _ = questions(a, 0.0)
        known = self.law.lower_limits(directions @ self.m, error)
        return None if known is None else known + along(directions, self.b)

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

    def lower_limits(self, a: ArrayLike, error: float) -> Floats:
        """Return the t quantiles."""
        directions, _ = questions(a, 0.0)
        quantile = float(t_quantile(self.df, error * self.tail))
        return along(directions, self.mean) + quantile * self.spread(directions)

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
    def resolution(self) -> float:
        """Smallest one-sided p that can come out."""
        return 1 / (len(self.draws) + 1)

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
        if not directions.size:
            return np.empty(0)
        few, which = distinct(directions)
        in_turn = np.argsort(which, kind="stable")
        of_each = np.split(in_turn, np.cumsum(np.bincount(which))[:-1])
        below = np.empty(len(directions))
        for direction, rows in zip(map(tuple, few), of_each, strict=True):
            below[rows] = self._count(direction, thresholds[rows], keep=len(few) <= _MOST_SORTED)
        absent = (self._sides[2] & (directions != 0)).any(axis=1)
        return np.where(absent, np.nan, (below + 1) / (len(self.draws) + 1))

    def lower_limits(self, a: ArrayLike, error: float) -> Floats:
        """Return the draw up to which every value is rejected; a tie is a rejection."""
        directions, _ = questions(a, 0.0)
        rejected = math.floor(error * self.tail * (len(self.draws) + 1) + _ROUNDING) - 1
        if rejected < 0:
            low = np.full(len(directions), -np.inf)
        else:
            drawn = np.stack([self._along((o, d)) for o, d in directions])
            low = np.partition(drawn, rejected, axis=1)[:, rejected]
        absent = (self._sides[2] & (directions != 0)).any(axis=1)
        return np.where(absent, np.nan, low)

    def _count(self, direction: tuple[float, float], thresholds: Floats, *, keep: bool) -> Integers:
        """Count draws at or below thresholds; a sort pays for many of them, or for the next ask."""
        if len(thresholds) == 1 and not keep:
            return np.array([np.count_nonzero(self._along(direction) <= thresholds[0])])
        found = self._sorted.get(direction)
        if found is None:
            found = np.sort(self._along(direction))
            if keep:
                if len(self._sorted) >= _MOST_SORTED:
                    self._sorted.clear()
                self._sorted[direction] = found
        return np.searchsorted(found, thresholds, side="right")

    def spread(self, a: ArrayLike) -> Floats:
        """Return half the distance between the sixth parts of the draws in either tail."""
        directions, _ = questions(a, 0.0)
        tails = [np.quantile(self._along((o, d)), _SIXTHS) for o, d in directions]
        return np.diff(tails, axis=1)[:, 0] / 2


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
