"""From a fit of two vessels to their histories and spreads, in level units per year."""

from __future__ import annotations

from shiftexp.design import Design, Window
from shiftexp.estimators.vessel_answers import Beliefs
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow
from shiftexp.kernels.vessel_histories import (
    SdMasses,
    candidate_weights,
    conserved_history,
    free_history,
    sd_masses,
    unit_flow,
)
from shiftexp.panel import Calendar
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


def variances_of(study: VesselStudy, window: Window, annual: float, unit: str) -> VesselVariances:
    """Return prior and posterior masses of the standard deviations.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    window : Window
        What the design sees.
    annual : float
        Periods in a year for amounts that add.
    unit : str
        Unit of effects.
    """
    units = study.scale * annual
    found = {
        name: SdMasses(masses.value * units, masses.prior, masses.posterior)
        for name, masses in sd_masses(study.vessels, study.nodes).items()
    }
    return VesselVariances(**found, unit=unit, period=window.calendar.frequency)


def lag_weights(study: VesselStudy) -> tuple[tuple[int, float], ...]:
    """Return the lags in periods with their posterior masses, over all onsets."""
    lags: dict[int, float] = {}
    for shape, mass in zip(study.vessels.shapes, candidate_weights(study.vessels), strict=True):
        lag = len(shape.lags) - 1
        lags[lag] = lags.get(lag, 0.0) + float(mass)
    return tuple(lags.items())
