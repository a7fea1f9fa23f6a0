"""From contrast series to a result: the law of the pair, the paths, the way back to level units."""

from __future__ import annotations

import numpy as np

from shiftexp.design import Design
from shiftexp.effects import Effects, Law, SilentLaw
from shiftexp.estimators.cautions import (
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
from shiftexp.estimators.contrasts import (
    FAMILIES,
    Errors,
    SeriesSpec,
    SeriesStudy,
    donors_path,
    post_mean,
    series_study,
)
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.scale import from_scale, level_effect
from shiftexp.kernels.segments import solve_segments
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Paths, Result

_TESTED: dict[Errors, str] = {"any": "EMW-LL", "stationary": "EMW-AR"}
_NONE = "none (too few periods)"
_WITHHELD = "withheld (the trend bends by itself)"


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
    study = series_study(spec, panel, design)
    cases, annual, indicator = study.cases, study.annual, panel.indicators[0]
    bends = trend_bends(study.posterior, trend=spec.trend)
    path, fitted = _mean_paths(spec, study)
    effect = level_effect(cases.pair[0], fitted, spec.scale)
    observed = annual * post_mean(cases.pair, cases)[0]
    mean = annual * post_mean(effect[None], cases)[0]
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


def _inference(spec: SeriesSpec, study: SeriesStudy, *, bends: bool) -> str:
    """Name where p-values and intervals come from, or why there are none."""
    if study.posterior is None:
        return _NONE
    return _WITHHELD if bends else _TESTED[spec.errors]


def _law(spec: SeriesSpec, study: SeriesStudy) -> Law:
    """Return the law of the pair."""
    if study.posterior is None:
        return SilentLaw()
    return study.posterior.law(spec.scale, study.annual, FAMILIES[spec.errors], spec.rng)


def _mean_paths(spec: SeriesSpec, study: SeriesStudy) -> tuple[Floats, Floats]:
    """Return counterfactual (level units) and effect (model's scale), each of shape (2, T)."""
    taken = donors_path(spec, study.cases)[0]
    if spec.least_squares or study.posterior is None:
        paths, effects = solve_segments(
            study.z[None], study.cases, trend=spec.trend, seasonal=spec.seasonal
        )
        path, effect = paths[0], effects[0]
    else:
        path, effect = study.posterior.mean_paths()
    return from_scale(path + taken, spec.scale), effect


def _paths(
    spec: SeriesSpec, study: SeriesStudy, path: Floats, effect: Floats, design: Design
) -> Paths:
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


def _bands(spec: SeriesSpec, study: SeriesStudy) -> tuple[Floats, Floats]:
    """Return pointwise effect intervals in level units per period, NaN where there is none."""
    pair, used = study.cases.pair[0], study.cases.used[0]
    low, high = np.full(pair.shape, np.nan), np.full(pair.shape, np.nan)
    if study.posterior is not None:
        ends = study.posterior.pointwise(spec.level)
        low[:, used], high[:, used] = (level_effect(pair[:, used], e, spec.scale) for e in ends)
    return low, high
