"""One verb for every figure and one for its numbers, dispatched on what they are given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.comparison import Comparison
from shiftexp.description import Description, StructuralBreaks
from shiftexp.effects import Effects
from shiftexp.errors import DesignError, Problem
from shiftexp.flow import Flow
from shiftexp.plotting.compared import comparison_data, plot_comparison
from shiftexp.plotting.curves import curve_data, plot_curve
from shiftexp.plotting.descriptions import description_data, plot_description
from shiftexp.plotting.flows import flow_data, plot_flow
from shiftexp.plotting.matrix import matrix_data, plot_matrix
from shiftexp.plotting.plane import effects_data, plot_effects, plot_verdict, verdict_data
from shiftexp.plotting.power import calibration_data, plot_calibration, plot_power, power_data
from shiftexp.plotting.sector_weights import plot_sector_weights, sector_weights_data
from shiftexp.plotting.series import plot_series, series_data
from shiftexp.plotting.stochastic import plot_stochastic, stochastic_data
from shiftexp.plotting.trends import plot_trends, trends_data
from shiftexp.plotting.variances import plot_variances, variances_data
from shiftexp.plotting.vessels import plot_vessels, vessels_data
from shiftexp.power import Calibration, Power
from shiftexp.result import Result
from shiftexp.robustness import SpecificationCurve
from shiftexp.sector_weights import SectorWeights
from shiftexp.sensitivity import TrendSensitivity
from shiftexp.variable_flow import StochasticFlow
from shiftexp.verdict import Verdict
from shiftexp.vessel_history import VesselHistory, VesselVariances

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Plottable: TypeAlias = (
    Result
    | Effects
    | Comparison
    | Description
    | StructuralBreaks
    | Flow
    | StochasticFlow
    | VesselHistory
    | VesselVariances
    | Verdict
    | Power
    | Calibration
    | SectorWeights
    | SpecificationCurve
    | TrendSensitivity
    | Sequence[Verdict]
)
Draw: TypeAlias = Callable[..., "Axes | np.ndarray"]
Read: TypeAlias = Callable[..., pd.DataFrame]
_KINDS: dict[type, tuple[Draw, Read]] = {
    Result: (plot_series, series_data),
    Effects: (plot_effects, effects_data),
    Comparison: (plot_comparison, comparison_data),
    Description: (plot_description, description_data),
    StructuralBreaks: (plot_description, description_data),
    Flow: (plot_flow, flow_data),
    StochasticFlow: (plot_stochastic, stochastic_data),
    VesselHistory: (plot_vessels, vessels_data),
    VesselVariances: (plot_variances, variances_data),
    Verdict: (plot_verdict, verdict_data),
    Power: (plot_power, power_data),
    Calibration: (plot_calibration, calibration_data),
    SectorWeights: (plot_sector_weights, sector_weights_data),
    SpecificationCurve: (plot_curve, curve_data),
    TrendSensitivity: (plot_trends, trends_data),
}


def plot(x: Plottable, ax: Axes | None = None, **options: object) -> Axes | np.ndarray:
    """Draw a result, effects, a verdict or several, power, a description or limits on trends.

    Parameters
    ----------
    x : Result, Effects, Comparison, Description, StructuralBreaks, Flow, StochasticFlow, \
VesselHistory, VesselVariances, Verdict, Power, Calibration, SectorWeights, TrendSensitivity, \
SpecificationCurve, Verdicts
        A result is drawn as two series with their counterfactuals, effects and a verdict on the
        shift-expansion plane, a comparison as the regions of all its models on one, a description
        as series with their breaks, a flow as its limits by what is believed of own changes, one
        without a known push as its path and its share of the destination's innovations, two vessels
        over time or by the parts of their change, their variances before and after the data,
        several verdicts as a matrix of markets by sectors, power as a curve over the size of the
        effect, a calibration as a row for each scenario, sector weights as a bar for each sector,
        sensitivity to trends as an interval for each limit, a specification curve as all its
        estimates by size above their choices.
    ax : Axes, optional
        Where to draw; a new figure without it.
    **options
        For a result: ``side``. For effects: ``detection``, ``margin``, ``level``, ``names``. For a
        verdict or a comparison: ``level``. For a specification curve: ``estimand``. For a
        description: ``series``. For two vessels: ``kind``, "paths" or "parts".

    Returns
    -------
    Axes or array of Axes
        What was drawn on; an array when there are several.

    Raises
    ------
    TypeError
        When there is no drawing of such a thing, or it has no such option; the known ones are
        listed.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([16.0, 25.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([80.0, 80.0]), "plants per year"
    ... )
    >>> plot(effects).get_ylabel()
    'effect at the destination (plants per year)'
    """
    for kind, (draw, _) in _KINDS.items():
        if isinstance(x, kind):
            _check_options(f"plot({kind.__name__})", draw, options)
            return draw(x, ax, **options)
    verdicts = _verdicts(x, "plot")
    _check_options("plot(verdicts)", plot_matrix, options)
    return plot_matrix(verdicts, ax)


def plot_data(x: Plottable, **options: object) -> pd.DataFrame:
    """Return the numbers that `plot` draws, and no others.

    Parameters
    ----------
    x : Result, Effects, Comparison, Description, StructuralBreaks, Flow, StochasticFlow, \
VesselHistory, VesselVariances, Verdict, Power, Calibration, SectorWeights, TrendSensitivity, \
SpecificationCurve, Verdicts
        What would be drawn.
    **options
        As in `plot`.

    Returns
    -------
    DataFrame
        One row for each side and period; for each point of the plane, or each effect where there is
        none; for each sector, or verdict and sector; for each effect, scenario or limit; for each
        value of a standard deviation or a share.

    Raises
    ------
    TypeError
        When there is no drawing of such a thing, or it has no such option.
    DesignError
        When there is nothing to draw.
    """
    for kind, (_, read) in _KINDS.items():
        if isinstance(x, kind):
            _check_options(f"plot_data({kind.__name__})", read, options)
            return read(x, **options)
    verdicts = _verdicts(x, "plot_data")
    _check_options("plot_data(verdicts)", matrix_data, options)
    return matrix_data(verdicts)


def _check_options(call: str, function: Draw | Read, options: Mapping[str, object]) -> None:
    """Refuse options that a drawing does not have.

    Raises
    ------
    TypeError
        With the options it has.
    """
    parameters = inspect.signature(function).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    wrong = [name for name in options if name not in known]
    if wrong:
        named = ", ".join(map(repr, wrong))
        message = f"{call} has no option {named}; known are: {', '.join(known) or 'none'}"
        raise TypeError(message)


def _verdicts(x: object, verb: str) -> Sequence[Verdict]:
    """Return a sequence of verdicts, or refuse what cannot be drawn."""
    if isinstance(x, Mapping):
        raise DesignError(
            Problem(
                f"{verb}({type(x).__name__})", "a sequence of verdicts", "give list(x.values())"
            )
        )
    if isinstance(x, list | tuple) and all(isinstance(v, Verdict) for v in x):
        return x
    inside = ", ".join(sorted({type(v).__name__ for v in x})) if isinstance(x, list | tuple) else ""
    given = f"{type(x).__name__} of {inside}" if inside else type(x).__name__
    known = "a Result, Effects, a Comparison, a Description, StructuralBreaks, a Flow"
    more = "a StochasticFlow, a VesselHistory, VesselVariances, a Verdict, Power, a Calibration, "
    more += "SectorWeights, a TrendSensitivity, a SpecificationCurve"
    message = f"{verb}({given}): give {known}, {more}, or a list of verdicts"
    if isinstance(x, list | tuple) and x and all(isinstance(v, Result) for v in x):
        message = f"{verb}({given}): results of one question stand in one figure with "
        message += f"sx.{verb}(sx.compare(*results)); others are drawn one by one"
    raise TypeError(message)
