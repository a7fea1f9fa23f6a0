"""Laws that invert a two-sided test over a grid of pairs: the p of a half-plane is its largest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, distinct, questions
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.conformal import EDGE, share_as_large

_MOST_KEPT = 32


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
        few, which = distinct(directions)
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
            if len(self._known) >= _MOST_KEPT:
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
    slack = EDGE * np.maximum(np.abs(value).max(axis=0), np.abs(thresholds))
    inside = np.where(value <= thresholds + slack, p, resolution)
    absent = np.isnan(points).any(axis=0)
    asked = (absent & (directions != 0)).any(axis=1)
    return np.where(asked, np.nan, np.maximum(inside.max(axis=0), resolution))
