"""From contrast series to the law of the pair: Bayes-AN on linear combinations, draws for logs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.effects import DrawnLaw, Law, SeriesLaw
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.mixture import (
    MixtureDesign,
    draw_coefficients,
    error_correlation,
    mean_coefficients,
    mixture_design,
    posterior,
)
from shiftexp.kernels.scale import Scale, level_effect
from shiftexp.kernels.segments import BOTH, DESTINATION_ONLY, ORIGIN_ONLY, Regressors, regressors

DRAWS = 10_000
_LEAST_DF = 3
_SIDES = ("origin", "destination")


@dataclass(frozen=True, eq=False)
class SeriesPosterior:
    """The posterior of one case: two contrast series under one candidate onset.

    Attributes
    ----------
    matrices : Regressors
        Regressors over the whole window.
    designs : tuple of MixtureDesign
        For the origin alone, the destination alone, and both.
    z : array of shape (2, n)
        Contrast series over the n used periods, on the model's scale; NaN on an absent side.
    y : array of shape (2, n)
        Observed values over the used periods, in level units per period.
    time, post : array of shape (n,)
        Time stamps, and which periods the effect is averaged over.
    """

    matrices: Regressors
    designs: tuple[MixtureDesign, MixtureDesign, MixtureDesign]
    z: Floats
    y: Floats
    time: Floats
    post: np.ndarray

    @property
    def sides(self) -> tuple[int, ...]:
        """The sides that are present."""
        return tuple(s for s in (ORIGIN_ONLY, DESTINATION_ONLY) if np.isfinite(self.z[s]).all())

    def effect_columns(self, kind: int) -> tuple[int, ...]:
        """Return the effect's columns among the active ones: the step, and the slope if any."""
        active = self.matrices.columns(kind)
        return tuple(i for i, k in enumerate(active) if k >= self.matrices.effect)

    def functional(self, kind: int, offset: float = 0.0) -> Floats:
        """Return the coefficients' weights in the effect, ``offset`` periods from the post mean."""
        weights = np.zeros(len(self.matrices.columns(kind)))
        step, *slope = self.effect_columns(kind)
        weights[step] = 1.0
        weights[slope] = offset
        return weights

    @property
    def persistence(self) -> float:
        """Largest posterior mass on persistent errors among the sides."""
        masses = [
            posterior(self.designs[s], self.z[s : s + 1], self.functional(s)).persistence[0]
            for s in self.sides
        ]
        return float(max(masses))

    def mean_paths(self) -> tuple[Floats, Floats]:
        """Return posterior means of counterfactual and effect over the window, both (2, T)."""
        path = np.full((2, self.matrices.x.shape[1]), np.nan)
        effect = path.copy()
        for side in self.sides:
            x, split = self.matrices.active(side), self.effect_columns(side)[0]
            beta = mean_coefficients(self.designs[side], self.z[side : side + 1])[0]
            path[side], effect[side] = x[:, :split] @ beta[:split], x[:, split:] @ beta[split:]
        return path, effect

    def pointwise(self, level: float) -> tuple[Floats, Floats]:
        """Return ends of the pointwise effect interval on the model's scale, both (2, n)."""
        low = np.full(self.z.shape, np.nan)
        high = low.copy()
        centre = self.time[self.post].mean()
        step = self.matrices.x[BOTH][:, self.matrices.effect]
        treated = np.flatnonzero(step[self.time.astype(int)])
        for side in self.sides:
            weights = np.array([self.functional(side, self.time[t] - centre) for t in treated])
            series = np.broadcast_to(self.z[side], (len(treated), self.z.shape[1]))
            mixture = posterior(self.designs[side], series, weights)
            low[side, treated] = mixture.quantile((1 - level) / 2)
            high[side, treated] = mixture.quantile((1 + level) / 2)
        return low, high

    def law(self, scale: Scale, annual: float, rng: np.random.Generator) -> Law:
        """Return the law of the pair in level units per year."""
        if scale == "level":
            origin, destination, both = self.designs
            kinds = (BOTH, ORIGIN_ONLY, DESTINATION_ONLY)
            functionals = tuple(self.functional(kind) for kind in kinds)
            first, second, third = functionals
            return SeriesLaw(
                self.z * annual, both, origin, destination, functionals=(first, second, third)
            )
        return DrawnLaw(self._draw(scale, rng) * annual, moments=False)

    def _draw(self, scale: Scale, rng: np.random.Generator) -> Floats:
        """Return draws of the pair in level units per period, shape (DRAWS, 2)."""
        correlation = 0.0
        if len(self.sides) == len(_SIDES):
            correlation = float(np.clip(error_correlation(self.designs[BOTH], self.z), -0.99, 0.99))
        width = max(d.df for d in self.designs) + len(self.effect_columns(BOTH))
        shared = rng.standard_normal((DRAWS, width))
        own = rng.standard_normal((DRAWS, width))
        normals = (shared, correlation * shared + np.sqrt(1 - correlation**2) * own)
        uniforms = rng.random((2, DRAWS))
        draws = np.full((DRAWS, 2), np.nan)
        offset = self.time[self.post] - self.time[self.post].mean()
        for side in self.sides:
            design, columns = self.designs[side], self.effect_columns(side)
            wide = normals[side][:, : len(columns) + design.df]
            coefficients = draw_coefficients(design, self.z[side], columns, wide, uniforms[side])
            powers = np.stack([np.ones_like(offset), offset])[: len(columns)]
            d = coefficients @ powers
            draws[:, side] = level_effect(self.y[side][self.post], d, scale).mean(axis=1)
        return draws


def series_posterior(
    z: Floats, cases: Cases, case: int, *, trend: bool, seasonal: bool
) -> SeriesPosterior:
    """Return the posterior of one case.

    Parameters
    ----------
    z : array of shape (2, T)
        Contrast series on the model's scale.
    cases : Cases
        The batch.
    case : int
        Position in the batch.
    trend, seasonal : bool
        What the regression holds.

    Raises
    ------
    DesignError
        When the used periods cannot tell the regressors apart, or leave no degrees of freedom.
    """
    matrices = regressors(cases, case, trend=trend, seasonal=seasonal)
    used = cases.used[case]
    x = [matrices.active(kind)[used] for kind in (ORIGIN_ONLY, DESTINATION_ONLY, BOTH)]
    _check_rank(x[BOTH])
    time = cases.time[used]
    return SeriesPosterior(
        matrices=matrices,
        designs=(
            mixture_design(x[ORIGIN_ONLY], time),
            mixture_design(x[DESTINATION_ONLY], time),
            mixture_design(x[BOTH], time),
        ),
        z=z[:, used],
        y=cases.pair[case][:, used],
        time=time,
        post=cases.post[case][used],
    )


def _check_rank(x: Floats) -> None:
    """Refuse a regression that its periods cannot carry."""
    periods, columns = x.shape
    if np.linalg.matrix_rank(x) < columns or periods - columns < _LEAST_DF:
        raise DesignError(
            Problem(
                f"{periods} usable periods for {columns} terms (level, trend, season, breaks, "
                "effect)",
                f"terms that the periods can tell apart, and {_LEAST_DF} periods more than terms",
                "drop the trend, treat fewer breaks, or widen the window",
            )
        )
