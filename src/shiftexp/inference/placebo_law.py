"""The law of an estimate that is compared with effects where nothing happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, along, questions
from shiftexp.kernels.cases import Floats
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
    """

    centre: Floats
    placebos: Floats
    independent: int
    moments: Floats | None = None

    @property
    def tail(self) -> float:
        """The tests are two-sided."""
        return 1.0

    @property
    def resolution(self) -> float:
        """Smallest p that can come out."""
        return 1 / (1 + self.independent)

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the p of H0: a . Delta <= at, from the two-sided test in the direction a."""
        directions, thresholds = questions(a, at)
        distance = along(directions, self.centre) - thresholds
        sizes = along(directions[:, None, :], self.placebos)
        if self.moments is not None:
            spread = lengths(directions, self.moments)
            sizes = sizes * spread[:, :1] / spread[:, 1:]
        p = np.where(distance > 0, placebo_p(distance, sizes, self.independent), 1.0)
        return np.where(np.isnan(distance), np.nan, p)
