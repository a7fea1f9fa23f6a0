"""From a panel to contrast series: each side less the donors' period effects, or as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design, Window, study_cases
from shiftexp.errors import DesignError, Problem
from shiftexp.estimators.assembling import yearly
from shiftexp.estimators.cautions import LEAST_AFTER, LEAST_BEFORE
from shiftexp.estimators.controls import Controls, need_donors
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from shiftexp.estimators.scales import scale_problems
from shiftexp.kernels.cases import Cases, Fit, Floats
from shiftexp.kernels.optimal_test import Family
from shiftexp.kernels.scale import Scale, from_scale, level_effect, scaled_variance, to_scale
from shiftexp.kernels.segments import solve_segments
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Estimator, check_inputs
from shiftexp.scalars import no_level, no_seed, not_among, not_flag, refuse

Errors: TypeAlias = Literal["any", "stationary"]
FAMILIES: dict[Errors, Family] = {"any": "LL", "stationary": "AR"}


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Contrast series of a batch of cases, with what least squares or a regression say of them.

    Attributes
    ----------
    z : array of shape (C, 2, T)
        Contrast series on the model's scale.
    path : array of shape (C, 2, T)
        Fitted counterfactuals in level units per period.
    effect : array of shape (C, 2, T)
        Effects on the model's scale, zero before the onset.
    noise : array of shape (C, 2, T), optional
        Sampling variances that a regression knows of; those of the panel otherwise.
    beside : array of shape (C, 2, T), optional
        What else was estimated from the series: the law holds whatever its coefficient.
    """

    z: Floats
    path: Floats
    effect: Floats
    noise: Floats | None = None
    beside: Floats | None = None


class Regression(Protocol):
    """What makes contrast series by itself, instead of taking a path off values on a scale."""

    @property
    def donors(self) -> bool:
        """Whether the design's donors take part."""

    @property
    def exposed(self) -> bool:
        """Whether exposures take part."""

    def contrasts(self, cases: Cases) -> Contrasts:
        """Return the contrast series."""

    def said(self, cases: Cases) -> tuple[str, ...]:
        """Return notes on the fit.

        Raises
        ------
        DesignError
            When there is none.
        """


@dataclass(frozen=True, kw_only=True)
class SeriesSpec:
    """What one estimator asks of the shared machinery.

    Attributes
    ----------
    estimator, title : Estimator, str
        The estimator with its settings, and its name in words.
    scale : Scale
        Where the counterfactual is fitted.
    trend, seasonal : bool
        What the regression holds besides level, breaks and effect.
    growing : bool or None
        Whether the effect may grow along a line; None where there is a trend.
    controls : Controls or None
        What is taken off first; None compares each side with its own past.
    least_squares : bool
        Whether the estimate is the least-squares one; the posterior mean otherwise.
    level : float
        Confidence level of what is shown.
    errors : Errors
        Under which errors the test holds its size.
    rng : int
        Seed of the Bayes-AN draws.
    assumptions : tuple of str
        What must be true.
    exposed : tuple of (str, float)
        Donors that the event may have reached, with how much of an effect they receive.
    regression : Regression or None
        What makes the contrast series by itself.
    """

    estimator: Estimator
    title: str
    scale: Scale
    trend: bool
    seasonal: bool
    growing: bool | None
    controls: Controls | None
    least_squares: bool
    level: float
    errors: Errors
    rng: int
    assumptions: tuple[str, ...]
    exposed: tuple[tuple[str, float], ...] = ()
    regression: Regression | None = None

    @property
    def donors(self) -> bool:
        """Whether the design's donors take part."""
        return self.controls is not None or bool(self.regression and self.regression.donors)

    @property
    def anchored(self) -> bool:
        """Whether the donors' path is the counterfactual as it is: then there is no law."""
        return self.controls is not None and self.controls.anchored

    @property
    def by_period(self) -> bool:
        """Whether every period has an effect of its own; in logs all have the same."""
        return self.controls is not None and self.controls.by_period and self.scale == "level"


@dataclass(frozen=True, eq=False)
class SeriesStudy:
    """One fit in the making: what the design sees, its one case, contrast series and error law.

    Attributes
    ----------
    window : Window
        What the design sees.
    cases : Cases
        The study as one case.
    contrasts : Contrasts
        Its contrast series.
    annual : float
        Periods in a year for amounts that add, 1 for others.
    posterior : SeriesPosterior or None
        The error law; None where there are too few periods for one.
    noise : array of shape (2, T)
        Known sampling variances of the contrast series; NaN where there are none.
    """

    window: Window
    cases: Cases
    contrasts: Contrasts
    annual: float
    noise: Floats
    posterior: SeriesPosterior | None

    @property
    def z(self) -> Floats:
        """Contrast series on the model's scale, shape (2, T)."""
        return np.asarray(self.contrasts.z[0])

    @property
    def counts(self) -> tuple[int, int]:
        """Periods before and after the onset."""
        return int(self.cases.learn.sum()), int(self.cases.post.sum())


def check_settings(
    scale: object, level: object, errors: object, rng: object, *others: Problem, **flags: bool
) -> None:
    """Refuse settings that are none, all at once and with the estimator's own problems.

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, ``level`` is not strictly between 0 and 1, ``rng``
        is no seed, a switch is neither true nor false, or there are ``others``.
    """
    words = not_among(scale=(scale, get_args(Scale)), errors=(errors, get_args(Errors)))
    refuse(*others, *words, *no_level(level), *no_seed(rng), *not_flag(**flags))


def prepare_series(spec: SeriesSpec, panel: Panel, design: Design) -> Cases:
    """Return the study's cases after checking that the values fit the scale.

    Raises
    ------
    DesignError
        When the design does not fit the panel.
    DesignError
        When values are not positive on a log scale, or not counts on a log-count scale; all are
        listed.
    """
    return _read(spec, panel, design)[1]


def _read(spec: SeriesSpec, panel: Panel, design: Design) -> tuple[Window, Cases]:
    """Return window and cases, exposed donors marked."""
    window, cases = read_study(spec.scale, spec.controls, panel, design)
    exposed = cases.exposed.copy()
    for name, size in spec.exposed:
        exposed[:, len(SIDES) + design.donors.index(name)] = size
    return window, replace(cases, exposed=exposed)


def read_study(
    scale: Scale, controls: Controls | None, panel: Panel, design: Design
) -> tuple[Window, Cases]:
    """Return window and cases after checking that values fit the scale, and donors the method.

    Parameters
    ----------
    scale : Scale
        Where the counterfactual is fitted.
    controls : Controls or None
        What both sides are compared with; None for their own past.
    panel : Panel
        One indicator.
    design : Design
        The study.

    Raises
    ------
    DesignError
        As in :func:`prepare_series`.
    """
    check_inputs(panel, design)
    if controls is not None:
        need_donors(design)
    window = design.window(panel)
    served = controls.problems(window) if controls else []
    refuse(*scale_problems(scale, window, design, donors=controls is not None), *served)
    return window, study_cases(window)


def solve_series(spec: SeriesSpec, cases: Cases) -> Fit:
    """Return least-squares counterfactuals and effects for a batch of cases.

    Parameters
    ----------
    spec : SeriesSpec
        The regression.
    cases : Cases
        The batch.
    """
    found = contrasts(spec, cases)
    effect = post_mean(level_effect(cases.pair, found.effect, spec.scale), cases)
    if spec.regression:  # of counts: where none is left, the ratio has gone to zero, all is lost
        gone = ~(cases.post[:, None] & (cases.pair > 0)).any(axis=2)
        effect = np.where(gone, -post_mean(found.path, cases), effect)
    return Fit(
        path=found.path,
        effect=effect,
        cov=np.full((len(cases), 2, 2), np.nan),
        df=np.full(len(cases), np.nan),
    )


def contrasts(spec: SeriesSpec, cases: Cases) -> Contrasts:
    """Return the contrast series of a batch of cases.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator.
    cases : Cases
        The batch.
    """
    if spec.regression:
        return spec.regression.contrasts(cases)
    taken = donors_path(spec, cases)
    z = to_scale(cases.pair, spec.scale) - taken
    path, effect = segments(spec, z, cases)
    return Contrasts(z, from_scale(path + taken, spec.scale), effect)


def series_study(spec: SeriesSpec, panel: Panel, design: Design) -> SeriesStudy:
    """Return a fit in the making.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator.
    panel : Panel
        One indicator.
    design : Design
        The study.

    Raises
    ------
    DesignError
        When an estimator without an estimate of its own has fewer than 6 periods before or 3
        after the onset.
    """
    return study_of(spec, *_read(spec, panel, design), panel)


def study_of(spec: SeriesSpec, window: Window, cases: Cases, panel: Panel) -> SeriesStudy:
    """Return a fit in the making of a study that is prepared.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator.
    window, cases : Window and Cases
        What the design sees, and that as one case.
    panel : Panel
        What it was read from.

    Raises
    ------
    DesignError
        As in :func:`series_study`.
    """
    found = contrasts(spec, cases)
    noise = contrast_sampling(spec, cases) if found.noise is None else found.noise
    before, after = int(cases.learn.sum()), int(cases.post.sum())
    lawful = before >= LEAST_BEFORE and after >= LEAST_AFTER and not spec.anchored
    if not (lawful or spec.least_squares):
        raise DesignError(
            Problem(
                f"{before} usable periods before and {after} after the onset",
                f"at least {LEAST_BEFORE} before and {LEAST_AFTER} after",
                "widen the window, study each side alone, or compare two windows (WindowContrast)",
            )
        )
    return SeriesStudy(
        window=window,
        cases=cases,
        contrasts=found,
        annual=yearly(panel, cases),
        noise=noise[0],
        posterior=series_posterior(
            found.z[0],
            cases if found.beside is None else cases.with_terms(found.beside),
            0,
            trend=spec.trend,
            seasonal=spec.seasonal,
            growing=spec.growing,
            noise=noise[0],
        )
        if lawful
        else None,
    )


def donors_path(spec: SeriesSpec, cases: Cases) -> Floats:
    """Return what is taken off both sides on the model's scale: the donors' path, or nothing."""
    if spec.controls is None:
        return np.zeros((len(cases), 1, cases.y.shape[2]))
    return spec.controls.paths(scaled_values(spec.scale, cases), cases)


def contrast_sampling(spec: SeriesSpec, cases: Cases) -> Floats:
    """Return known sampling variances of the contrast series, shape (C, 2, T).

    Those of donors come in by the squares of their weights; where they are not given they count as
    none.
    """
    used = cases.used[:, None, :]
    variance = scaled_variance(cases.sampling, np.where(used, cases.y, np.nan), spec.scale)
    own = scaled_variance(cases.pair_sampling, np.where(used, cases.pair, np.nan), spec.scale)
    if spec.controls is None or not np.isfinite(own).any():
        return own
    weights = spec.controls.weights(scaled_values(spec.scale, cases), cases)
    return np.asarray(own + weights**2 @ np.nan_to_num(variance))


def scaled_values(scale: Scale, cases: Cases) -> Floats:
    """Return the values of all units on the model's scale, NaN outside the used periods."""
    return to_scale(np.where(cases.used[:, None, :], cases.y, np.nan), scale)


def segments(spec: SeriesSpec, z: Floats, cases: Cases) -> tuple[Floats, Floats]:
    """Return counterfactuals and effect paths of contrast series, each of shape (C, 2, T)."""
    if spec.anchored:
        if not spec.by_period:
            z = np.broadcast_to(post_mean(z, cases)[:, :, None], z.shape)
        return np.zeros_like(z), np.where(cases.treated[:, None, :], z, 0.0)
    path, effect = solve_segments(
        z, cases, trend=spec.trend, seasonal=spec.seasonal, growing=spec.growing
    )
    return path, np.where(cases.treated[:, None, :], z - path, 0.0) if spec.by_period else effect


def post_mean(values: Floats, cases: Cases) -> Floats:
    """Return means over the post periods, shape (C, 2)."""
    post = cases.post[:, None, :]
    return np.asarray(np.where(post, values, 0.0).sum(axis=2) / post.sum(axis=2))
