"""From contrast series to the law of the pair: the EMW-LL test, with Bayes-AN for estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from shiftexp.effects import Law, LogSeriesLaw, SeriesLaw
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Booleans, Cases, Floats
from shiftexp.kernels.mixture import (
    Mixture,
    draw_coefficients,
    error_correlation,
    mean_coefficients,
    posterior,
)
from shiftexp.kernels.noise_shapes import nearest_blend, noise_shapes
from shiftexp.kernels.optimal_store import design_bounds
from shiftexp.kernels.optimal_test import Family
from shiftexp.kernels.power_bounds import PowerBounds
from shiftexp.kernels.scale import Scale, level_effect
from shiftexp.kernels.segments import BOTH, DESTINATION_ONLY, ORIGIN_ONLY, Regressors, regressors
from shiftexp.kernels.series_design import SeriesDesign, evidence, series_design
from shiftexp.kernels.stochastic_slope import slope_evidence
from shiftexp.scalars import refuse

DRAWS = 10_000
_ERROR = 0.05
_LEAST_DF = 3
_ROUNDING = 1e-11
_SIDES = ("origin", "destination")
_SUM = np.ones((1, 2))


@dataclass(frozen=True, eq=False)
class SeriesPosterior:
    """The posterior of one case: two contrast series under one candidate onset.

    Attributes
    ----------
    matrices : Regressors
        Regressors over the whole window.
    designs : tuple of SeriesDesign
        For the origin alone, the destination alone, and the sum of both; each asks for the mean
        effect.
    blends : tuple of SeriesDesign
        For combinations of both, by the destination's share of their known sampling noise: one
        where there is none.
    noise : array of shape (2,)
        Mean sampling variances of both series, on the model's scale.
    z : array of shape (2, n)
        Contrast series over the n used periods, on the model's scale; NaN on an absent side.
    y : array of shape (2, n)
        Observed values over the used periods, in level units per period.
    time, post : array of shape (n,)
        Time stamps, and which periods the effect is averaged over.
    """

    matrices: Regressors
    designs: tuple[SeriesDesign, SeriesDesign, SeriesDesign]
    blends: tuple[SeriesDesign, ...]
    noise: Floats
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
        return _effect_columns(self.matrices, kind)

    def functional(self, kind: int, offset: float = 0.0) -> Floats:
        """Return the coefficients' weights in the effect, ``offset`` periods from the post mean."""
        return _functional(self.matrices, kind, offset)

    @property
    def persistence(self) -> float:
        """Largest posterior mass on persistent errors among the sides."""
        return float(max(self._mean_effect(side).persistence[0] for side in self.sides))

    def _mean_effect(self, side: int) -> Mixture:
        """Return the posterior of one side's mean effect on the model's scale."""
        design = self.designs[side]
        return posterior(design.mixture, self.z[side : side + 1], design.functional)

    @property
    def bend(self) -> float:
        """Largest log Bayes factor, among the sides, of a trend that bends by itself."""
        found = []
        for side in self.sides:
            design, y = self.designs[side], self.z[side : side + 1]
            found.append(slope_evidence(design, self.time, y, evidence(design, y))[0])
        return float(max(found))

    @property
    def power(self) -> PowerBounds:
        """What power this design can have, for the first side that is present."""
        return design_bounds(self.designs[self.sides[0]])

    def spread_ratios(self) -> Floats:
        """Return the residual spread after the onset over that before it, shape (2,)."""
        ratios = np.full(2, np.nan)
        for side in self.sides:
            x = self.matrices.active(side)[self.time.astype(int)]
            y = self.z[side]
            residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
            terms = x.shape[1] / 2
            before, after = (
                np.sqrt((residual[part] ** 2).sum() / max(part.sum() - terms, 1.0))
                for part in (~self.post, self.post)
            )
            ratios[side] = after / max(before, np.finfo(float).tiny)
        return ratios

    def two_sided_p(self, family: Family) -> Floats:
        """Return two-sided p-values of no effect on either side, on the model's scale."""
        law = self._series_law(1.0, family)
        sides = np.eye(2)
        return np.minimum(law.limit_p(sides, 0.0, _ERROR), law.limit_p(-sides, 0.0, _ERROR))

    def mean_paths(self) -> tuple[Floats, Floats]:
        """Return posterior means of counterfactual and effect over the window, both (2, T)."""
        path = np.full((2, self.matrices.x.shape[1]), np.nan)
        effect = path.copy()
        for side in self.sides:
            x, split = self.matrices.active(side), self.effect_columns(side)[0]
            beta = mean_coefficients(self.designs[side].mixture, self.z[side : side + 1])[0]
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
            mixture = posterior(self.designs[side].mixture, series, weights)
            low[side, treated], high[side, treated] = mixture.interval(level)
        return low, high

    def law(self, scale: Scale, annual: float, family: Family, seed: int) -> Law:
        """Return the law of the pair in level units per year.

        Parameters
        ----------
        scale : Scale
            The model's scale.
        annual : float
            Periods in a year for amounts that add, 1 for others.
        family : {"LL", "AR"}
            The errors under which the test holds its size.
        seed : int
            Seed of the Bayes-AN draws.
        """
        draws = partial(self.draws, scale, annual, seed)
        law = self._series_law(annual if scale == "level" else 1.0, family, draws)
        if scale == "level":
            return law
        mixtures = [self._mean_effect(s) if s in self.sides else None for s in range(2)]
        centre = np.array([m.mean[0] if m else np.nan for m in mixtures])
        spread = np.array([m.std[0] if m else np.nan for m in mixtures])
        correlation = np.array([[1.0, self._correlation], [self._correlation, 1.0]])
        return LogSeriesLaw(
            law=law,
            centre=centre,
            log_cov=correlation * np.outer(spread, spread),
            observed=self.y[:, self.post] * annual,
            tilt=self._tilt(),
            scale=scale,
            unit=annual,
        )

    def _series_law(
        self, unit: float, family: Family, sample: Callable[[], Floats] | None = None
    ) -> SeriesLaw:
        """Return the law of the mean effects on the model's scale, in another unit."""
        origin, destination, _ = self.designs
        return SeriesLaw(
            pair=self.z * unit,
            both=self.blends,
            origin=origin,
            destination=destination,
            noise=self.noise,
            family=family,
            sample=sample,
        )

    def design_of(self, a: Floats) -> SeriesDesign:
        """Return the regression of the series a . z: directions differ in breaks and noise."""
        if not a[1]:
            return self.designs[ORIGIN_ONLY]
        if not a[0]:
            return self.designs[DESTINATION_ONLY]
        return self.blends[int(nearest_blend(a[None, :], self.noise, len(self.blends))[0])]

    @property
    def _correlation(self) -> float:
        """Correlation of the errors of both sides; 0 where there is one."""
        if len(self.sides) < len(_SIDES):
            return 0.0
        return float(np.clip(error_correlation(self.designs[BOTH].mixture, self.z), -0.99, 0.99))

    def _tilt(self) -> Floats:
        """Return what the change of slope adds to each post period's effect, shape (2, n_post)."""
        offset = self.time[self.post] - self.time[self.post].mean()
        tilt = np.zeros((2, len(offset)))
        for side in self.sides:
            _, *slope = self.effect_columns(side)
            beta = mean_coefficients(self.designs[side].mixture, self.z[side : side + 1])[0]
            tilt[side] = beta[slope].sum() * offset
        return tilt

    def draws(self, scale: Scale, annual: float, seed: int) -> Floats:
        """Return Bayes-AN draws of the pair in level units per year, shape (DRAWS, 2)."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
        width = max(d.nodes.df for d in self.designs) + len(self.effect_columns(BOTH))
        shared = rng.standard_normal((DRAWS, width))
        own = rng.standard_normal((DRAWS, width))
        r = self._correlation
        normals = (shared, r * shared + np.sqrt(1 - r**2) * own)
        uniforms = rng.random((2, DRAWS))
        draws = np.full((DRAWS, 2), np.nan)
        offset = self.time[self.post] - self.time[self.post].mean()
        for side in self.sides:
            design, columns = self.designs[side].mixture, self.effect_columns(side)
            wide = normals[side][:, : len(columns) + design.df]
            coefficients = draw_coefficients(design, self.z[side], columns, wide, uniforms[side])
            powers = np.stack([np.ones_like(offset), offset])[: len(columns)]
            d = coefficients @ powers
            draws[:, side] = level_effect(self.y[side][self.post], d, scale).mean(axis=1) * annual
        return draws


def series_posterior(
    z: Floats,
    cases: Cases,
    case: int,
    *,
    trend: bool,
    seasonal: bool,
    growing: bool | None = None,
    noise: Floats | None = None,
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
    trend, seasonal, growing : bool
        What the regression holds.
    noise : array of shape (2, T), optional
        Known sampling variances of the contrast series; NaN where they are not known.

    Raises
    ------
    DesignError
        When the used periods cannot tell the regressors apart, or leave no degrees of freedom.
    DesignError
        When the regressors describe a series without error.
    """
    matrices = regressors(cases, case, trend=trend, seasonal=seasonal, growing=growing)
    used = cases.used[case]
    _check_rank(matrices.active(BOTH)[used])
    _check_errors(z[:, used], matrices, used)
    time = cases.time[used]
    known = np.full(z.shape, np.nan) if noise is None else noise
    shapes = noise_shapes(known[:, used])

    def design(kind: int, shape: Floats | None) -> SeriesDesign:
        x, functional = matrices.active(kind)[used], _functional(matrices, kind)
        return series_design(x, time, functional, shape)

    blends = tuple(design(BOTH, shape) for shape in shapes.blends)
    return SeriesPosterior(
        matrices=matrices,
        designs=(
            design(ORIGIN_ONLY, shapes.origin),
            design(DESTINATION_ONLY, shapes.destination),
            blends[int(nearest_blend(_SUM, shapes.size, len(blends))[0])],
        ),
        blends=blends,
        noise=shapes.size,
        z=z[:, used],
        y=cases.pair[case][:, used],
        time=time,
        post=cases.post[case][used],
    )


def _effect_columns(matrices: Regressors, kind: int) -> tuple[int, ...]:
    """Return the effect's columns among the active ones: the step, and the slope if any."""
    return tuple(i for i, k in enumerate(matrices.columns(kind)) if k >= matrices.effect)


def _functional(matrices: Regressors, kind: int, offset: float = 0.0) -> Floats:
    """Return the coefficients' weights in the effect, ``offset`` periods from the post mean."""
    weights = np.zeros(len(matrices.columns(kind)))
    step, *slope = _effect_columns(matrices, kind)
    weights[step] = 1.0
    weights[slope] = offset
    return weights


def _check_errors(z: Floats, matrices: Regressors, used: Booleans) -> None:
    """Refuse series that their regressors describe without error: nothing measures their effect."""
    refuse(
        *(
            Problem(
                f"the {_SIDES[side]}'s series, which level, trend, season and effect describe "
                "without error",
                "a series with errors of its own",
                "check whether its values were filled in, or computed from another series",
            )
            for side in (ORIGIN_ONLY, DESTINATION_ONLY)
            if np.isfinite(z[side]).all() and _is_exact(z[side], matrices.active(side)[used])
        )
    )


def _is_exact(y: Floats, x: Floats) -> bool:
    """Tell whether regressors leave of a series no more than rounding."""
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return bool(np.abs(left).max() <= _ROUNDING * np.abs(y).max())


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
