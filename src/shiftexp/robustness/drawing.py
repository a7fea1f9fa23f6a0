"""Series drawn like those of a study, all its indicators together, and without effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design, Window
from shiftexp.kernels.autoregression import Autoregression, autoregression
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import standard_errors
from shiftexp.kernels.segments import regressors
from shiftexp.panel import Panel
from shiftexp.robustness.posing import hand_out
from shiftexp.robustness.together import Errors, joint_errors
from shiftexp.simulate import Scenario

_ROOM = 1.0  # logarithms are drawn around a level of at least this, for a scenario needs one
_PAIR = ("O", "D")


@dataclass(frozen=True, eq=False)
class _Null:
    """One indicator of a study as it would be without effect; series (units, n) where observed."""

    panel: Panel
    design: Design
    window: Window
    series: Floats
    logged: bool
    room: float
    scenario: Scenario
    errors: Errors

    @property
    def present(self) -> list[int]:
        """The sides that the study has."""
        return _present(self.design)


def draw_alike(
    studies: Sequence[tuple[Panel, Design]], count: int, rng: np.random.Generator, *, trend: bool
) -> list[Floats]:
    """Return values for all units of each panel, (count, U, T) each, drawn where the study looks.

    Parameters
    ----------
    studies : sequence of Panel and Design
        The indicators, each with a design that sees all that is asked of it.
    count : int
        Data sets.
    rng : numpy Generator
        Source of the draws.
    trend : bool
        Whether errors are about straight lines rather than about means; as in ``Scenario.like``.

    Raises
    ------
    DesignError
        When an indicator has too few periods to tell its errors from its regression, or two have
        too few in common to tell how they go together.
    """
    nulls = [_null(panel, design, trend=trend) for panel, design in studies]
    told = [null.errors for null in nulls]
    errors = joint_errors(told, count, rng) if len(told) > 1 else [_alone(nulls[0], count, rng)]
    return [_handed_out(null, drawn) for null, drawn in zip(nulls, errors, strict=True)]


def _present(design: Design) -> list[int]:
    """Return the sides that a design has."""
    return [side for side in (0, 1) if design.sides[side]]


def _null(panel: Panel, design: Design, *, trend: bool) -> _Null:
    """Return one indicator with what its regression says of its errors."""
    window, present = design.window(panel), _present(design)
    series = np.vstack([window.pair[present], window.donors])[:, window.joint]
    logged = bool((series[np.isfinite(series)] > 0).all())
    values = np.log(series) if logged else series
    room = max(0.0, _ROOM - float(np.nanmin(values))) if logged else 0.0
    study = _study_like(window, values + room, present)
    scenario = Scenario.like(*study, trend=trend)
    value = np.array([*scenario.value, *[scenario.value[1]] * scenario.donors])
    errors = Errors(
        name=panel.indicator.name,
        per_year=panel.calendar.per_year,
        periods=window.calendar.first + np.flatnonzero(window.joint),
        units=(*_PAIR, *window.donor_names),
        value=value,
        within=scenario.correlation,
        sides=_fitted(*study, present, trend=trend),
    )
    return _Null(panel, design, window, series, logged, room, scenario, errors)


def _fitted(
    panel: Panel, design: Design, present: list[int], *, trend: bool
) -> dict[int, Autoregression]:
    """Return the errors of each side about the regression that ``Scenario.like`` reads them off."""
    cases = design.cases(panel)
    used = cases.learn[0] | cases.post[0]
    design_rows = regressors(cases, 0, trend=trend, seasonal=True)
    return {
        side: autoregression(
            cases.pair[0, side, used], design_rows.active(side)[used], cases.time[used]
        )
        for side in present
    }


def _alone(null: _Null, count: int, rng: np.random.Generator) -> Floats:
    """Return the errors of the only indicator."""
    scenario, value = null.scenario, null.errors.value
    shape = (count, len(value), sum(scenario.periods))
    return standard_errors(
        scenario.process, value, scenario.marginal, shape, rng, scenario.correlation
    )


def _handed_out(null: _Null, errors: Floats) -> Floats:
    """Return values of all units of a panel around its levels, shape (count, U, T)."""
    drawn = _around_levels(null, errors)
    if (null.series[np.isfinite(null.series)] >= 0).all():
        drawn = np.maximum(drawn, 0.0)
    panel, window = null.panel, null.window
    if panel.indicator.unit_of_measure == "count":
        drawn = np.rint(drawn)
    values = np.repeat(panel.values, len(errors), axis=0)
    at = window.calendar.first - panel.calendar.first + np.flatnonzero(window.joint)
    sides = [null.design.sides[side] for side in null.present]
    for row, units in enumerate([*sides, *((unit,) for unit in window.donor_names)]):
        hand_out(values, panel, units, at, drawn[:, row])
    return values


def _around_levels(null: _Null, errors: Floats) -> Floats:
    """Return series like origin, destination and donors, shape (count, units, n).

    Errors are proportional to the level of each donor, as the destination's are to its own.
    """
    scenario, present = null.scenario, null.present
    base, sd = (
        np.array([*pair, *[pair[1]] * scenario.donors])[:, None]
        for pair in (scenario.base, scenario.sd)
    )
    drawn = base + sd * errors - null.room
    values = np.log(null.series) if null.logged else null.series
    levels = np.nanmean(values[len(present) :], axis=1)[:, None]
    destination = scenario.base[1] - null.room
    others = drawn[:, 2:]
    if null.logged:
        donors = others - destination + levels
    else:
        donors = others * (levels / destination if destination else 1.0)
    both = np.concatenate([drawn[:, present], donors], axis=1)
    return np.exp(both) if null.logged else both


def _study_like(window: Window, values: Floats, present: list[int]) -> tuple[Panel, Design]:
    """Return origin, destination and donors, summed and on the scale of the draws, as a study."""
    names = [_PAIR[s] for s in present]
    donors = [f"C{j}" for j in range(1, len(values) - len(present) + 1)]
    labels = np.array(window.calendar.labels)
    frame = pd.DataFrame(
        {
            "unit": np.repeat([*names, *donors], values.shape[1]),
            "period": np.tile(labels[window.joint], len(values)),
            "value": values.ravel(),
        }
    )
    panel = Panel.from_frame(
        frame[frame["value"].notna()],
        unit="unit",
        period="period",
        value="value",
        unit_of_measure="units",
        allow_gaps=True,
    )
    breaks = tuple(f"{labels[at]}:{_PAIR[side]}:dummy" for side, at in window.breaks)
    design = Design(
        origin="O" if 0 in present else None,
        destination="D" if 1 in present else None,
        onset=str(labels[window.onsets[-1]]),
        donors=tuple(donors),
        breaks=breaks or "refuse",
    )
    return panel, design
