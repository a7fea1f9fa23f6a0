"""From a fit of two vessels to their histories and spreads, in level units per year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.estimators.vessel_answers import Beliefs
from shiftexp.estimators.vessel_checks import names_of_places
from shiftexp.estimators.vessel_readings import Reading
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow
from shiftexp.kernels.sd_masses import SpreadOwner
from shiftexp.kernels.vessel_histories import (
    candidate_weights,
    conserved_history,
    free_history,
    unit_flow,
)
from shiftexp.panel import Calendar
from shiftexp.result import SIDES
from shiftexp.vessel_history import VesselHistory, VesselVariances


def history_of(
    study: VesselStudy, window: Window, design: Design, flow: Flow, beliefs: Beliefs, annual: float
) -> VesselHistory:
    """Return what both sides are made of over time.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    window : Window
        What the design sees.
    design : Design
        The study, which names the sides.
    flow : Flow
        What is said of the flow.
    beliefs : Beliefs
        What is asked of it.
    annual : float
        Periods in a year for amounts that add.
    """
    vessels, units = study.vessels, study.scale * annual
    part = slice(study.start, study.start + len(vessels.post))
    origin, destination = (" + ".join(names) for names in design.sides)
    candidates = window.onsets - study.start
    return VesselHistory(
        calendar=Calendar(
            window.calendar.frequency, window.calendar.first + study.start, len(vessels.post)
        ),
        names=(origin, destination),
        observed=window.pair[:, part] * annual,
        used=window.joint[part],
        free=free_history(vessels).times(units),
        conserved=conserved_history(vessels, study.detection_sds(beliefs.detection)).times(units),
        unit_flow=unit_flow(vessels),
        most=flow.limits.flow[1],
        onsets=(int(candidates[0]), int(candidates[-1])),
        lags=lag_weights(study),
        breaks=tuple((side, at - study.start) for side, at in window.breaks),
        unit=flow.unit,
        level=beliefs.level,
    )


def variances_of(
    study: VesselStudy, readings: tuple[Reading, ...], design: Design, annual: float, unit: str
) -> VesselVariances:
    """Return prior and posterior masses of the standard deviations.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    readings : tuple of Reading
        The indicators.
    design : Design
        The study, which names the places.
    annual : float
        Periods in a year for amounts that add.
    unit : str
        Unit of effects.
    """
    vessels, units = study.vessels, study.scale * annual
    weight = vessels.totals.weight[0].reshape(len(vessels.shapes), -1).sum(axis=0)
    names = names_of_places(design), [reading.name for reading in readings]
    spreads = {
        spread_name(found.owner, *names): replace(found, value=found.value * units)
        for found in vessels.engine.spreads(weight)
    }
    return VesselVariances(spreads, unit, readings[0].window.calendar.frequency)


def spread_name(owner: SpreadOwner, places: Sequence[str], indicators: Sequence[str]) -> str:
    """Say whose a standard deviation is.

    Parameters
    ----------
    owner : SpreadOwner
        Whose it is.
    places, indicators : sequence of str
        Their names.

    Examples
    --------
    >>> spread_name(SpreadOwner("own", (1,)), ["NL", "BE"], ["seizures"])
    'own walk, BE'
    """
    kind = "noise" if owner.kind == "noise" else f"{owner.kind} walk"
    where = [] if owner.indicator is None else [indicators[owner.indicator]]
    if owner.places:
        donors = owner.places[0] >= len(SIDES)
        where.append("donors" if donors else " and ".join(places[u] for u in owner.places))
    return ", ".join([kind, *where])


def lag_weights(study: VesselStudy) -> tuple[tuple[int, float], ...]:
    """Return the lags in periods with the parts that arrive after them, over all candidates."""
    lags: dict[int, float] = {}
    for shape, mass in zip(study.vessels.shapes, candidate_weights(study.vessels), strict=True):
        for lag in np.flatnonzero(shape.lags).tolist():
            lags[lag] = lags.get(lag, 0.0) + float(mass * shape.lags[lag])
    return tuple(lags.items())
