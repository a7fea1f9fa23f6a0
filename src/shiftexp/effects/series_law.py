"""The law of two series: the EMW-LL test of every linear combination of them, each one series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import Directional, distinct, questions
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.noise_shapes import nearest_blend
from shiftexp.kernels.optimal_store import OCTAGON, null_table
from shiftexp.kernels.optimal_test import REFERENCE_ERROR, Family, TableKey, effect_p, limit_p
from shiftexp.kernels.series_design import (
    Evidence,
    SeriesDesign,
    evidence,
    posterior_cdf,
    posterior_moments,
)

Asked: TypeAlias = Callable[[SeriesDesign, Evidence, Floats], Floats]


@dataclass(frozen=True, eq=False)
class SeriesLaw(Directional):
    """The nearly optimal test of every linear combination of two series, each treated as one.

    Attributes
    ----------
    pair : array of shape (2, T)
        The two series, in level units per year; NaN on an absent side.
    both : tuple of SeriesDesign
        Regressions of combinations of both: one, or several by the destination's share of their
        known sampling noise (:func:`~shiftexp.kernels.noise_shapes.nearest_blend`).
    origin, destination : SeriesDesign
        Regressions of either side alone: they differ in the reporting breaks that they carry.
    noise : array of shape (2,)
        Mean sampling variances of both series; only their ratio counts, and only for several
        regressions of both.
    family : {"LL", "AR"}, default "LL"
        The errors under which the test holds its size: local levels too, or AR errors alone.
    sample : callable, optional
        Makes Bayes-AN draws of the pair when they are asked for.
    """

    pair: Floats
    both: tuple[SeriesDesign, ...]
    origin: SeriesDesign
    destination: SeriesDesign
    noise: Floats
    family: Family = "LL"
    sample: Callable[[], Floats] | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave at home what was last asked for: between processes it outweighs all the rest."""
        return {name: value for name, value in vars(self).items() if name != "_last"}

    @cached_property
    def draws(self) -> Floats | None:
        """Bayes-AN draws of the pair, shape (n, 2), in level units per year."""
        return self.sample() if self.sample else None

    @property
    def strip_share(self) -> float:
        """Four strips at .014 make a joint region of 95 %: measured, less wide than Bonferroni."""
        return OCTAGON.error / REFERENCE_ERROR

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at."""
        key = TableKey(family=self.family, sides="one")
        return self._ask(
            lambda design, found, t: effect_p(design, key, null_table(design, key), found, t), a, at
        )

    def limit_p(self, a: ArrayLike, at: ArrayLike, error: float) -> Floats:
        """Return the two-sided p of a . Delta = at below the posterior median, 1 above it."""
        key = TableKey(family=self.family, error=error)
        return self._ask(
            lambda design, found, t: limit_p(design, key, null_table(design, key), found, t), a, at
        )

    def below(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the Bayes-AN probability of a . Delta <= at: what the guard goes by."""
        return self._ask(posterior_cdf, a, at)

    def spread(self, a: ArrayLike) -> Floats:
        """Return Bayes-AN standard deviations."""
        return self._ask(lambda design, found, _: posterior_moments(design, found)[1], a, 0.0)

    def _ask(self, question: Asked, a: ArrayLike, at: ArrayLike) -> Floats:
        """Answer for every direction with the regression of its kind; NaN for absent sides."""
        directions, thresholds = questions(a, at)
        few, which = distinct(directions)
        answer = np.full(len(directions), np.nan)
        for asked, design, found in self._evidence(few.tobytes()):
            position = np.full(len(few), -1)
            position[asked] = np.arange(len(asked))
            rows = np.flatnonzero(position[which] >= 0)
            if rows.size:
                # One series is said once for all of its thresholds, which broadcast against it.
                said = found if len(asked) == 1 else found.take(position[which][rows])
                answer[rows] = question(design, said, thresholds[rows])
        return answer

    def _evidence(self, directions: bytes) -> list[tuple[Integers, SeriesDesign, Evidence]]:
        """Return what distinct directions say, by the regression that fits each kind.

        The last answer is kept: limits are searched for by asking the same directions again and
        again.
        """
        found: list[tuple[Integers, SeriesDesign, Evidence]]
        kept, found = self._last.get("evidence", (b"", []))
        if kept != directions:
            few = np.frombuffer(directions).reshape(-1, 2)
            found = self._find_evidence(few)
            self._last["evidence"] = directions, found  # one step: threads may share a law
        return found

    @cached_property
    def _last(self) -> dict[str, Any]:
        """The last directions asked for, and what they say."""
        return {}

    def _find_evidence(self, few: Floats) -> list[tuple[Integers, SeriesDesign, Evidence]]:
        """Return positions among distinct directions with evidence; absent sides have none."""
        zero = few == 0
        combined = ~zero.any(axis=1)
        kind = np.full(len(few), -1)
        kind[combined] = nearest_blend(few[combined], self.noise, len(self.both))
        kind[zero[:, 1] & ~zero[:, 0]] = len(self.both)
        kind[zero[:, 0] & ~zero[:, 1]] = len(self.both) + 1
        found = []
        for k, design in enumerate((*self.both, self.origin, self.destination)):
            asked = np.flatnonzero(kind == k)
            parts = few[asked][:, :, None] * np.where(zero[asked][:, :, None], 0.0, self.pair)
            series = parts.sum(axis=1)
            known = np.isfinite(series).all(axis=1)
            if known.any():
                found.append((asked[known], design, evidence(design, series[known])))
        return found
