"""One verb for every figure and one for its numbers, dispatched on what they are given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.comparison import Comparison
from shiftexp.description import Description, StructuralBreaks
from shiftexp.dynamics import (
    BreakOrder,
    Cointegration,
    CommonFactor,
    Granger,
    LeadLag,
    LocalProjections,
    PriceGap,
    SignRestricted,
    TransferFunction,
)
from shiftexp.effects import Effects
from shiftexp.errors import DesignError, Problem
from shiftexp.flow import Flow
from shiftexp.plotting.break_orders import break_order_data, plot_break_order
from shiftexp.plotting.compared import comparison_data, plot_comparison
from shiftexp.plotting.curves import curve_data, plot_curve
from shiftexp.plotting.descriptions import description_data, plot_description
from shiftexp.plotting.events import events_data, plot_events
from shiftexp.plotting.flows import flow_data, plot_flow
from shiftexp.plotting.integration import (
    cointegration_data,
    common_factor_data,
    plot_cointegration,
    plot_common_factor,
    plot_price_gap,
    price_gap_data,
)
from shiftexp.plotting.matrix import matrix_data, plot_matrix
from shiftexp.plotting.panels import Panels
from shiftexp.plotting.plane import effects_data, plot_effects, plot_verdict, verdict_data
from shiftexp.plotting.pooled import plot_pooled, pooled_data
from shiftexp.plotting.power import calibration_data, plot_calibration, plot_power, power_data
from shiftexp.plotting.rivals import plot_rivals, rivals_data
from shiftexp.plotting.sector_weights import plot_sector_weights, sector_weights_data
from shiftexp.plotting.series import plot_series, series_data
from shiftexp.plotting.stochastic import plot_stochastic, stochastic_data
from shiftexp.plotting.timing import (
    granger_data,
    lead_lag_data,
    plot_granger,
    plot_lead_lag,
    plot_projections,
    plot_sign_sets,
    plot_transfer,
    projections_data,
    sign_sets_data,
    transfer_data,
)
from shiftexp.plotting.trends import plot_trends, trends_data
from shiftexp.plotting.variances import plot_variances, variances_data
from shiftexp.plotting.vessels import plot_vessels, vessels_data
from shiftexp.policy import PolicyEvents
from shiftexp.pooling import Pooled
from shiftexp.power import Calibration, Power
from shiftexp.result import Result
from shiftexp.rivals import RivalModels
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
    | LeadLag
    | LocalProjections
    | SignRestricted
    | Granger
    | TransferFunction
    | BreakOrder
    | CommonFactor
    | Cointegration
    | PriceGap
    | Flow
    | StochasticFlow
    | VesselHistory
    | VesselVariances
    | Verdict
    | Pooled
    | Power
    | Calibration
    | RivalModels
    | SectorWeights
    | SpecificationCurve
    | TrendSensitivity
    | PolicyEvents
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
    LeadLag: (plot_lead_lag, lead_lag_data),
    LocalProjections: (plot_projections, projections_data),
    SignRestricted: (plot_sign_sets, sign_sets_data),
    Granger: (plot_granger, granger_data),
    TransferFunction: (plot_transfer, transfer_data),
    BreakOrder: (plot_break_order, break_order_data),
    CommonFactor: (plot_common_factor, common_factor_data),
    Cointegration: (plot_cointegration, cointegration_data),
    PriceGap: (plot_price_gap, price_gap_data),
    Flow: (plot_flow, flow_data),
    StochasticFlow: (plot_stochastic, stochastic_data),
    VesselHistory: (plot_vessels, vessels_data),
    VesselVariances: (plot_variances, variances_data),
    Verdict: (plot_verdict, verdict_data),
    Pooled: (plot_pooled, pooled_data),
    Power: (plot_power, power_data),
    Calibration: (plot_calibration, calibration_data),
    RivalModels: (plot_rivals, rivals_data),
    SectorWeights: (plot_sector_weights, sector_weights_data),
    SpecificationCurve: (plot_curve, curve_data),
    TrendSensitivity: (plot_trends, trends_data),
    PolicyEvents: (plot_events, events_data),
}


def plot(x: Plottable, ax: Axes | None = None, **options: object) -> Axes | Panels:
    """Draw whatever the library returns, in the figure that belongs to it.

    Parameters
    ----------
    x : Result, Effects, Verdict, sequence of Verdict, or what another function returned
        A result is drawn as two series with their counterfactuals, effects and a verdict on the
        shift-expansion plane, a comparison as the regions of all its models on one, several
        verdicts as a matrix of markets by sectors; what else there is says so in its own
        documentation. What has no figure is refused with a list of what has one.
    ax : Axes, optional
        Where to draw; a new figure without it.
    **options
        For a result: ``side``. For effects: ``detection``, ``margin``, ``level``, ``names``. For a
        verdict or a comparison: ``level``. For a specification curve: ``estimand``. For a
        description: ``series``. For two vessels: ``kind``, "paths" or "parts".

    Returns
    -------
    Axes or array of Axes
        What was drawn on; an array when there are several. Either has ``figure``, so that
        ``plot(x).figure.savefig("x.png")`` saves whatever was drawn.

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
    >>> drawn = plot(effects)
    >>> drawn.figure is not None
    True
    >>> drawn.get_ylabel()
    'effect at the destination (plants per year)'
    """
    for kind, (draw, _) in _KINDS.items():
        if isinstance(x, kind):
            _check_options(f"plot({kind.__name__})", draw, options)
            drawn = draw(x, ax, **options)
            return drawn.view(Panels) if isinstance(drawn, np.ndarray) else drawn
    verdicts = _verdicts(x, "plot")
    _check_options("plot(verdicts)", plot_matrix, options)
    return plot_matrix(verdicts, ax)


def plot_data(x: Plottable, **options: object) -> pd.DataFrame:
    """Return the numbers that `plot` draws, and no others.

    Parameters
    ----------
    x : as of `plot`
        What would be drawn.
    **options
        As in `plot`.

    Returns
    -------
    DataFrame
        One row for each side and period; for each point of the plane, or each effect where there is
        none; for each sector, verdict and sector, or hypothesis and criterion; for each effect,
        scenario or limit; for each value of a standard deviation or a share.

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
    known = ", ".join(kind.__name__ for kind in _KINDS)
    message = f"{verb}({given}): give one of {known}, or a list of verdicts"
    if isinstance(x, list | tuple) and x and all(isinstance(v, Result) for v in x):
        message = f"{verb}({given}): results of one question stand in one figure with "
        message += f"sx.{verb}(sx.compare(*results)); others are drawn one by one"
    raise TypeError(message)
