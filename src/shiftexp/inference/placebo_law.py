"""Laws of an estimate that is compared with effects where nothing happened, in levels or logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, along, distinct, questions
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.resampling import lengths, placebo_p


@dataclass(frozen=True, eq=False)
class PlaceboLaw(Directional):
    r"""Effects where nothing happened, as the distribution of an estimate about the truth.

    .. math:: p = \frac{1 + m s}{1 + m}, \quad
       s = \frac{1}{n} \#\{j : |a \cdot w_j| \ge a \cdot \hat\Delta - c\}

    is the p of :math:`a \cdot \Delta \le c` when the estimate lies beyond c, and 1 when it does
    not.

    Attributes
    ----------
    centre : array of shape (2,)
        The estimate as the placebos are estimated, in level units per year; NaN on an absent side.
    placebos : array of shape (n, 2)
        Effects w where nothing happened, in that unit.
    independent : int
        m, the placebos that do not share their data: J donors make J (J - 1) pairs, but the
        smallest p is 1 / (J + 1).
    moments : array of shape (n + 1, 2, 2), optional
        Mean products of the residuals before the onset, of the study first: when they are given,
        each placebo is taken in units of its own residuals.
    pairs : array of shape (k, 2), optional
        The placebos of directions that ask for both sides, where those of one side are no pairs.
    """

    centre: Floats
    placebos: Floats
    independent: int
    moments: Floats | None = None
    pairs: Floats | None = None

    @property
    def tail(self) -> float:
        """The tests are two-sided."""
        return 1.0

    @property
    def resolution(self) -> float:
        """Smallest p that can come out."""
        return 1 / (1 + self.independent)

    def spread(self, a: ArrayLike) -> Floats:
        """Return median sizes of the placebos along directions, as they are compared.

        A placebo without errors of its own counts as endlessly large where it is studentized: the
        median does not mind it.
        """
        directions, _ = questions(a, 0.0)
        found = np.empty(len(directions))
        for asked, sizes in self._sizes(directions):
            found[asked] = np.median(np.abs(sizes), axis=1)
        return found

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the p of H0: a . Delta <= at, from the two-sided test in the direction a."""
        directions, thresholds = questions(a, at)
        distance = along(directions, self.centre) - thresholds
        p = np.empty(len(directions))
        for asked, sizes in self._sizes(directions):
            p[asked] = ranked(distance[asked], sizes, self.independent)
        return p

    def _sizes(self, directions: Floats) -> Iterator[tuple[Booleans, Floats]]:
        """Yield which directions are asked, and how large their placebos are, shape (m, n)."""
        for asked, placebos in self.asked(directions):
            few = directions[asked]
            yield asked, along(few[:, None, :], placebos) * self.factors(few)

    def asked(self, directions: Floats) -> Iterator[tuple[Booleans, Floats]]:
        """Yield which directions are compared with which placebos."""
        both = np.asarray((directions != 0).all(axis=1))
        if self.pairs is None:
            yield np.ones_like(both), self.placebos
        else:
            yield ~both, self.placebos
            yield both, self.pairs

    def factors(self, directions: Floats) -> Floats:
        """Return what takes each placebo to the size of the study's residuals, (m, n) or (1, 1)."""
        if self.moments is None:
            return np.ones((1, 1))
        spread = lengths(directions, self.moments)
        return np.asarray(spread[:, :1] / spread[:, 1:])


@dataclass(frozen=True, eq=False)
class LogPlaceboLaw(Directional):
    r"""The same comparison in logs, asked of effects in level units per year.

    A placebo taken off the estimate in logs, or its mirror image, is a pair of true effects that
    the estimate might have come from. With :math:`\Delta_i(c) = observed_i - still_i e^{-c}`

    .. math:: s = \frac{1}{n} \#\{j : \min_\pm a \cdot \Delta(\hat c \pm w_j) \le at\}

    so that a rise by a factor and a fall by the same factor are equally far from nothing.

    Attributes
    ----------
    ranks : PlaceboLaw
        The comparison in logs.
    observed : array of shape (2,)
        Mean observed after the onset (of log counts, plus one half), in level units per year.
    still : array of shape (2,)
        What the counterfactual would be if the mean effect in logs were zero, in that unit.
    """

    ranks: PlaceboLaw
    observed: Floats
    still: Floats

    @property
    def tail(self) -> float:
        """The tests are two-sided."""
        return 1.0

    @property
    def resolution(self) -> float:
        """Smallest p that can come out."""
        return self.ranks.resolution

    def level(self, c: Floats) -> Floats:
        """Return level effects, per year, of mean effects c in logs, shape (..., 2)."""
        return np.asarray(self.observed - self.still * np.exp(-c))

    def in_logs(self, directions: Floats) -> Floats:
        """Return how directions of level effects point in logs, near the estimate."""
        slope = self.still * np.exp(-self.ranks.centre)
        return np.where(directions == 0, 0.0, directions * slope)

    def spread(self, a: ArrayLike) -> Floats:
        """Return median sizes of the placebos along directions, carried to level units."""
        directions, _ = questions(a, 0.0)
        return self.ranks.spread(self.in_logs(directions))

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the p of H0: a . Delta <= at, from the two-sided test in the direction a."""
        directions, thresholds = questions(a, at)
        distance = along(directions, self.level(self.ranks.centre)) - thresholds
        p = np.empty(len(directions))
        few, which = distinct(directions)
        for k, direction in enumerate(few):
            asked = which == k
            p[asked] = ranked(distance[asked], self._reach(direction)[None], self.ranks.independent)
        return p

    def _reach(self, direction: Floats) -> Floats:
        """Return how far each placebo, or its mirror image, lowers the level effect, shape (n,)."""
        row = direction[None]
        (placebos,) = (found for which, found in self.ranks.asked(row) if which.any())
        offsets = placebos * self.ranks.factors(self.in_logs(row)).T
        centre = self.ranks.centre
        ends = along(direction, self.level(np.stack([centre - offsets, centre + offsets])))
        lowered = along(direction, self.level(centre)) - ends.min(axis=0)
        return np.asarray(np.maximum(lowered, 0.0))


def ranked(distance: Floats, sizes: Floats, independent: int) -> Floats:
    """Return the p of a null by how far the estimate lies beyond it; 1 where it does not."""
    p = np.where(distance > 0, placebo_p(distance, sizes, independent), 1.0)
    return np.where(np.isnan(distance), np.nan, p)
