"""The law of two series: the Bayes-AN posterior of every linear combination of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, questions
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.mixture import Mixture, MixtureDesign, posterior


@dataclass(frozen=True, eq=False)
class SeriesLaw(Directional):
    """The Bayes-AN posterior of every linear combination of two series, each treated as one series.

    Attributes
    ----------
    pair : array of shape (2, T)
        The two series, in level units per year; NaN on an absent side.
    both, origin, destination : MixtureDesign
        Regressions of a combination of both, of the origin alone, of the destination alone: they
        differ in the reporting breaks that they carry.
    functionals : tuple of three arrays
        The effect as weights of the coefficients of each.
    """

    pair: Floats
    both: MixtureDesign
    origin: MixtureDesign
    destination: MixtureDesign
    functionals: tuple[Floats, Floats, Floats]

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the posterior probability of a . Delta <= at."""
        directions, thresholds = questions(a, at)
        few, which = np.unique(directions, axis=0, return_inverse=True)
        answer = np.full(len(directions), np.nan)
        for asked, mixture in self._posteriors(few.tobytes()):
            position = np.full(len(few), -1)
            position[asked] = np.arange(len(asked))
            rows = np.flatnonzero(position[which] >= 0)
            answer[rows] = mixture.take(position[which][rows]).cdf(thresholds[rows])
        return answer

    def _posteriors(self, directions: bytes) -> list[tuple[Integers, Mixture]]:
        """Return the posteriors of distinct directions, by the regression that fits each kind.

        The last answer is kept: limits are searched for by asking the same directions again and
        again.
        """
        if self._last.get("directions") != directions:
            few = np.frombuffer(directions).reshape(-1, 2)
            self._last.update(directions=directions, found=self._find_posteriors(few))
        found: list[tuple[Integers, Mixture]] = self._last["found"]
        return found

    @cached_property
    def _last(self) -> dict[str, Any]:
        """The last directions asked for, and their posteriors."""
        return {}

    def _find_posteriors(self, few: Floats) -> list[tuple[Integers, Mixture]]:
        """Return positions among distinct directions with posteriors; absent sides have none."""
        zero = few == 0
        kinds = (~zero.any(axis=1), zero[:, 1] & ~zero[:, 0], zero[:, 0] & ~zero[:, 1])
        designs = (self.both, self.origin, self.destination)
        found = []
        for kind, design, functional in zip(kinds, designs, self.functionals, strict=True):
            asked = np.flatnonzero(kind)
            parts = few[asked][:, :, None] * np.where(zero[asked][:, :, None], 0.0, self.pair)
            series = parts.sum(axis=1)
            known = np.isfinite(series).all(axis=1)
            if known.any():
                found.append((asked[known], posterior(design, series[known], functional)))
        return found
