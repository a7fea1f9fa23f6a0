"""What estimators on contrast series share: a regression, a law, the way back to level units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Effects, Law, SilentLaw
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.estimators.cautions import (
    LEAST_AFTER,
    LEAST_BEFORE,
    below_zero,
    flagged_values,
    learnt_before_steps,
    not_used,
    of_the_test,
    onset_assumption,
    outside_itself,
    sampling_errors,
    small_sample,
    trend_bends,
    withheld,
)
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from shiftexp.kernels.cases import Cases, Fit, Floats
from shiftexp.kernels.optimal_test import Family
from shiftexp.kernels.scale import Scale, from_scale, level_effect, to_scale
from shiftexp.kernels.segments import reference_paths, solve_segments
from shiftexp.panel import Panel
from shiftexp.plane import check_level
from shiftexp.result import SIDES, Paths, Result, check_inputs

Errors: TypeAlias = Literal["any", "stationary"]
FAMILIES: dict[Errors, Family] = {"any": "LL", "stationary": "AR"}
_TESTED: dict[Errors, str] = {"any": "EMW-LL", "stationary": "EMW-AR"}
_NONE = "none (too few periods)"
_WITHHELD = "withheld (the trend bends by itself)"


@dataclass(frozen=True, kw_only=True)
class SeriesSpec:
    """What one estimator asks of the shared machinery.

    Attributes
    ----------
    estimator, title : str
        The estimator with its settings, and its name in words.
    scale : Scale
        Where the counterfactual is fitted.
    trend, seasonal : bool
        What the regression holds besides level, breaks and effect.
    against_donors : bool
        Whether the donors' period effects are taken off first.
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
    """

    estimator: str
    title: str
    scale: Scale
    trend: bool
    seasonal: bool
    against_donors: bool
    least_squares: bool
    level: float
    errors: Errors
    rng: int
    assumptions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Study:
    """One fit in the making: what the design sees, its one case, contrast series and error law."""

    window: Window
    cases: Cases
    z: Floats
    annual: float
    posterior: SeriesPosterior | None

    @property
    def counts(self) -> tuple[int, int]:
        """Periods before and after the onset."""
        return int(self.cases.learn.sum()), int(self.cases.post.sum())


def check_settings(scale: str, level: float, errors: str) -> None:
    """Refuse unknown scales and errors, and levels outside (0, 1).

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, or ``level`` is not strictly between 0 and 1.
    """
    check_level(level)
    problems = [
        Problem(f"{name} = {given!r}", f"known {name}", suggest(given, get_args(known)))
        for name, given, known in (("scale", scale, Scale), ("errors", errors, Errors))
        if given not in get_args(known)
    ]
    if problems:
        raise DesignError(problems)


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
    check_inputs(panel, design)
    window = design.window(panel)
    problems = [*_scale_problems(spec, window, design), *_donor_gaps(spec, window)]
    if problems:
        raise DesignError(problems)
    return design.cases(panel)


def solve_series(spec: SeriesSpec, cases: Cases) -> Fit:
    """Return least-squares counterfactuals and effects for a batch of cases.

    Parameters
    ----------
    spec : SeriesSpec
        The regression.
    cases : Cases
        The batch.
    """
    reference = _reference(spec, cases)
    z = to_scale(cases.pair, spec.scale)
    path, effect = solve_segments(z - reference, cases, trend=spec.trend, seasonal=spec.seasonal)
    return Fit(
        path=from_scale(path + reference, spec.scale),
        effect=_post_mean(level_effect(cases.pair, effect, spec.scale), cases),
        cov=np.full((len(cases), 2, 2), np.nan),
        df=np.full(len(cases), np.nan),
    )


def fit_series(spec: SeriesSpec, panel: Panel, design: Design) -> Result:
    """Return the result of one estimator on contrast series.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator.
    panel : Panel
        One indicator.
    design : Design
        The study.
    """
    study = _study(spec, panel, design)
    cases, annual, indicator = study.cases, study.annual, panel.indicators[0]
    bends = trend_bends(study.posterior, trend=spec.trend)
    path, fitted = _mean_paths(spec, study)
    effect = level_effect(cases.pair[0], fitted, spec.scale)
    observed = annual * _post_mean(cases.pair, cases)[0]
    mean = annual * _post_mean(effect[None], cases)[0]
    unit = (
        f"{indicator.unit_of_measure} per year" if indicator.additive else indicator.unit_of_measure
    )
    effects = Effects(
        law=SilentLaw() if bends else _law(spec, study),
        mean=mean,
        base=observed - mean,
        observed=observed,
        unit=unit,
        additive=indicator.additive,
        comparable=indicator.comparable,
    )
    paths = _paths(spec, study, path, effect, design)
    notes = (
        *small_sample(*study.counts, trend=spec.trend, posterior=study.posterior),
        *(of_the_test(study.posterior, design, spec.errors) if study.posterior else ()),
        *(withheld() if bends else ()),
        *outside_itself(effects, spec.level),
        *learnt_before_steps(study.window, cases.treated[0], design),
        *below_zero(paths, spec.scale),
        *flagged_values(study.window, donors=spec.against_donors),
        *sampling_errors(panel, design, study.posterior),
        *not_used(panel, design, sampling=study.posterior is None),
    )
    return Result(
        estimator=spec.estimator,
        name=spec.title,
        inference=_inference(spec, study, bends=bends),
        level=spec.level,
        effects=effects,
        paths=paths,
        design=design,
        gate=design.gate(panel),
        indicator=indicator,
        assumptions=(*spec.assumptions, *onset_assumption(design)),
        notes=notes,
        dropped=(*study.window.dropped, *(study.window.donor_gaps if spec.against_donors else ())),
    )


def _reference(spec: SeriesSpec, cases: Cases) -> Floats:
    """Return what is taken off both sides: the donors' period effects, or nothing."""
    if not spec.against_donors:
        return np.zeros((len(cases), 1, cases.y.shape[2]))
    used = np.where(cases.used[:, None, :], cases.y, np.nan)
    return reference_paths(to_scale(used, spec.scale), cases)


def _post_mean(values: Floats, cases: Cases) -> Floats:
    """Return means over the post periods, shape (C, 2)."""
    post = cases.post[:, None, :]
    total = np.where(post, values, 0.0).sum(axis=2)
    return np.asarray(total / post.sum(axis=2))


def _study(spec: SeriesSpec, panel: Panel, design: Design) -> _Study:
    """Return a fit in the making.

    Raises
    ------
    DesignError
        When an estimator without an estimate of its own has fewer than 6 periods before or 3
        after the onset.
    """
    cases = prepare_series(spec, panel, design)
    z = (to_scale(cases.pair, spec.scale) - _reference(spec, cases))[0]
    before, after = int(cases.learn.sum()), int(cases.post.sum())
    lawful = before >= LEAST_BEFORE and after >= LEAST_AFTER
    if not (lawful or spec.least_squares):
        raise DesignError(
            Problem(
                f"{before} usable periods before and {after} after the onset",
                f"at least {LEAST_BEFORE} before and {LEAST_AFTER} after",
                "widen the window, study each side alone, or compare two windows (WindowContrast)",
            )
        )
    return _Study(
        window=design.window(panel),
        cases=cases,
        z=z,
        annual=float(cases.seasons) if panel.indicators[0].additive else 1.0,
        posterior=series_posterior(
            z, cases, 0, trend=spec.trend, seasonal=spec.seasonal, scale=spec.scale
        )
        if lawful
        else None,
    )


def _inference(spec: SeriesSpec, study: _Study, *, bends: bool) -> str:
    """Name where p-values and intervals come from, or why there are none."""
    if study.posterior is None:
        return _NONE
    return _WITHHELD if bends else _TESTED[spec.errors]


def _law(spec: SeriesSpec, study: _Study) -> Law:
    """Return the law of the pair."""
    if study.posterior is None:
        return SilentLaw()
    return study.posterior.law(spec.scale, study.annual, FAMILIES[spec.errors], spec.rng)


def _mean_paths(spec: SeriesSpec, study: _Study) -> tuple[Floats, Floats]:
    """Return counterfactual (level units) and effect (model's scale), each of shape (2, T)."""
    reference = _reference(spec, study.cases)[0]
    if spec.least_squares or study.posterior is None:
        paths, effects = solve_segments(
            study.z[None], study.cases, trend=spec.trend, seasonal=spec.seasonal
        )
        path, effect = paths[0], effects[0]
    else:
        path, effect = study.posterior.mean_paths()
    return from_scale(path + reference, spec.scale), effect


def _paths(spec: SeriesSpec, study: _Study, path: Floats, effect: Floats, design: Design) -> Paths:
    """Return both sides over the window.

    Before the onset the counterfactual is the fitted path; from the onset on it is the observed
    value less the fitted effect, because the errors of a period would have been the same: so the
    gap is the effect.
    """
    cases, window = study.cases, study.window
    pair = cases.pair[0]
    origin, destination = (" + ".join(units) for units in design.sides)
    after = np.arange(pair.shape[1]) >= window.onsets[0]
    gap = np.where(cases.used[0], effect, np.nan)
    counterfactual = np.where(after, pair - gap, path)
    low, high = _bands(spec, study)
    return Paths(
        labels=window.calendar.labels,
        names=(origin, destination),
        observed=pair,
        counterfactual=counterfactual,
        effect=pair - counterfactual,
        conf_low=low,
        conf_high=high,
        pre=cases.learn[0],
        post=cases.post[0],
        breaks=tuple((SIDES[side], window.calendar.labels[at]) for side, at in window.breaks),
    )


def _bands(spec: SeriesSpec, study: _Study) -> tuple[Floats, Floats]:
    """Return pointwise effect intervals in level units per period, NaN where there is none."""
    pair, used = study.cases.pair[0], study.cases.used[0]
    low, high = np.full(pair.shape, np.nan), np.full(pair.shape, np.nan)
    if study.posterior is not None:
        ends = study.posterior.pointwise(spec.level)
        low[:, used], high[:, used] = (level_effect(pair[:, used], e, spec.scale) for e in ends)
    return low, high


def _scale_problems(spec: SeriesSpec, window: Window, design: Design) -> list[Problem]:
    """Return values that have no place on the scale; donors only where they are used."""
    scale = spec.scale
    if scale == "level":
        return []
    donors = np.where(window.joint, window.donors, np.nan)[
        : len(window.donors) * spec.against_donors
    ]
    names = (*(" + ".join(units) for units in design.sides), *window.donor_names)
    rows = np.vstack([np.where(window.joint, window.pair, np.nan), donors])
    if scale == "log":
        wrong, needed = rows <= 0, "positive values"
        remedy = (
            "use scale='log_count' for counts with zeros, scale='level', or leave the period out"
        )
    else:
        wrong, needed = (rows < 0) | (rows != np.round(rows)), "whole numbers from 0 on"
        remedy = "use scale='log' or scale='level' for amounts"
    wrong &= np.isfinite(rows)
    places = [
        f"{names[i]}, {window.calendar.labels[t]}: {rows[i, t]:g}" for i, t in np.argwhere(wrong)
    ]
    if not places:
        return []
    return [Problem(f"{len(places)} values on scale {scale!r}", needed, remedy, tuple(places))]


def _donor_gaps(spec: SeriesSpec, window: Window) -> list[Problem]:
    """Return used periods whose change from the first no chain of donors can tell."""
    if not spec.against_donors:
        return []
    seen = np.isfinite(window.donors) & window.joint
    reached = window.joint & (np.cumsum(window.joint) == 1)
    for _ in range(len(reached)):
        linked = seen[(seen & reached).any(axis=1)].any(axis=0)
        reached = reached | linked
    apart = window.joint & ~reached
    if not apart.any():
        return []
    labels = tuple(window.calendar.labels[t] for t in np.flatnonzero(apart))
    return [
        Problem(
            f"{len(labels)} periods that no donor, nor a chain of donors, connects to the first",
            "donors observed on both sides of every gap",
            "name donors that are observed then, or exclude the periods",
            labels,
        )
    ]
