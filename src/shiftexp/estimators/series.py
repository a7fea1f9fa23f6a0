"""From contrast series to a result: the law of the pair, the paths, the way back to level units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shiftexp.design import Design
from shiftexp.effects import Law, SilentLaw
from shiftexp.estimators.assembling import Found, assemble
from shiftexp.estimators.cautions import (
    below_zero,
    flagged_values,
    learnt_before_steps,
    not_used,
    of_the_test,
    outside_itself,
    same_series,
    sampling_errors,
    small_sample,
    trend_bends,
    withheld,
)
from shiftexp.estimators.contrasts import (
    FAMILIES,
    Errors,
    SeriesSpec,
    SeriesStudy,
    donors_path,
    scaled_values,
)
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.scale import from_scale, level_effect
from shiftexp.panel import Panel
from shiftexp.result import Result, Weights

_TESTED: dict[Errors, str] = {"any": "EMW-LL", "stationary": "EMW-AR"}
_NONE = "none (too few periods)"
_ANCHORED = "none of its own (wrap it: Placebo, Permutation, DebiasedT)"
_WITHHELD = "withheld (the trend bends by itself)"


def fit_study(spec: SeriesSpec, study: SeriesStudy, panel: Panel, design: Design) -> Result:
    """Return the result of a fit in the making.

    Parameters
    ----------
    spec : SeriesSpec
        The estimator.
    study : SeriesStudy
        What it made of panel and design.
    panel : Panel
        One indicator.
    design : Design
        The study.
    """
    said, weights = _comparison(spec, study)
    bends = trend_bends(study.posterior, trend=spec.trend)
    counterfactual = _counterfactual(spec, study)
    low, high = _bands(spec, study)
    found = Found(
        law=SilentLaw() if bends else _law(spec, study),
        counterfactual=counterfactual,
        low=low,
        high=high,
        inference=_inference(spec, study, bends=bends),
        notes=(
            *said,
            *(
                ()
                if spec.anchored
                else small_sample(*study.counts, trend=spec.trend, posterior=study.posterior)
            ),
            *(of_the_test(study.posterior, design, spec.errors) if study.posterior else ()),
            *(withheld() if bends else ()),
        ),
        weights=weights,
    )
    result = assemble(
        found,
        panel,
        design,
        study.window,
        study.cases,
        estimator=spec.estimator,
        name=spec.title,
        level=spec.level,
        assumptions=spec.assumptions,
        donors=spec.donors,
    )
    notes = (
        *result.notes,
        *outside_itself(result.effects, spec.level),
        *learnt_before_steps(study.window, study.cases.treated[0], design),
        *below_zero(result.paths, spec.scale),
        *same_series(study.window, donors=spec.donors),
        *flagged_values(study.window, donors=spec.donors),
        *sampling_errors(panel, design, None if spec.regression else study.posterior),
        *not_used(
            panel,
            design,
            sampling=study.posterior is None or spec.regression is not None,
            exposure=not (spec.regression and spec.regression.exposed),
        ),
    )
    return replace(result, notes=notes)


def _comparison(spec: SeriesSpec, study: SeriesStudy) -> tuple[tuple[str, ...], Weights]:
    """Return what is to be said of the donors or the regression, and the donors' weights."""
    if spec.regression:
        return spec.regression.said(study.cases), Weights()
    if spec.controls is None:
        return (), Weights()
    return spec.controls.said(scaled_values(spec.scale, study.cases), study.cases, study.window)


def _inference(spec: SeriesSpec, study: SeriesStudy, *, bends: bool) -> str:
    """Name where p-values and intervals come from, or why there are none."""
    if study.posterior is None:
        return _ANCHORED if spec.anchored else _NONE
    return _WITHHELD if bends else _TESTED[spec.errors]


def _law(spec: SeriesSpec, study: SeriesStudy) -> Law:
    """Return the law of the pair."""
    if study.posterior is None:
        return SilentLaw()
    return study.posterior.law(spec.scale, study.annual, FAMILIES[spec.errors], spec.rng)


def _mean_paths(spec: SeriesSpec, study: SeriesStudy) -> tuple[Floats, Floats]:
    """Return counterfactual (level units) and effect (model's scale), each of shape (2, T)."""
    if spec.least_squares or study.posterior is None:
        return study.contrasts.path[0], study.contrasts.effect[0]
    path, effect = study.posterior.mean_paths()
    return from_scale(path + donors_path(spec, study.cases)[0], spec.scale), effect


def _counterfactual(spec: SeriesSpec, study: SeriesStudy) -> Floats:
    """Return what would have been on both sides, shape (2, T), in level units per period.

    Before the onset it is the fitted path; from the onset on it is the observed value less the
    fitted effect, because the errors of a period would have been the same: so the gap is the
    effect.
    """
    cases, pair = study.cases, study.cases.pair[0]
    path, fitted = _mean_paths(spec, study)
    effect = level_effect(pair, fitted, spec.scale)
    gap = np.where(cases.used[0], effect, np.nan)
    after = np.arange(pair.shape[1]) >= study.window.onsets[0]
    return np.where(after, pair - gap, path)


def _bands(spec: SeriesSpec, study: SeriesStudy) -> tuple[Floats, Floats]:
    """Return pointwise effect intervals in level units per period, NaN where there is none."""
    pair, used = study.cases.pair[0], study.cases.used[0]
    low, high = np.full(pair.shape, np.nan), np.full(pair.shape, np.nan)
    if study.posterior is not None and not spec.by_period:
        ends = study.posterior.pointwise(spec.level)
        low[:, used], high[:, used] = (level_effect(pair[:, used], e, spec.scale) for e in ends)
    return low, high
