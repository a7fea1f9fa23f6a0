"""Leakage: third countries as further destinations of what an event drove away."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import QualityWarning, ShiftexpError, SmallSampleWarning
from shiftexp.inference.max_t import max_t
from shiftexp.inference.multiplicity import adjust
from shiftexp.panel import Panel
from shiftexp.policy.drifts import with_drift
from shiftexp.result import Model, Result

_DESTINATION = "third"


@dataclass(frozen=True)
class Leak:
    """A third country as a further destination.

    Attributes
    ----------
    unit : str
        The country.
    effect, low, high : float
        Mean of observed minus counterfactual after the onset, and its set with the drift of
        detection integrated; NaN without a study.
    p_value : float
        Two-sided p of no effect, by the estimator, with that drift.
    p_holm : float
        The same for all named countries together.
    p_max_t : float
        Step-down max-T over them, blocks of periods shared, without the drift; to compare with.
    reason : str
        Why there is no study; "" where there is one.
    """

    unit: str
    effect: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    p_holm: float = math.nan
    p_max_t: float = math.nan
    reason: str = ""

    def received(self, alpha: float) -> bool:
        """Tell whether the country rose, errors over all named countries held at ``alpha``."""
        return self.effect > 0 and self.p_holm <= alpha


def leaks(
    model: Model,
    panel: Panel,
    design: Design,
    units: Sequence[str],
    *,
    detection: Detection | None,
    draws: int,
    rng: int,
) -> tuple[Leak, ...]:
    """Return every third country as a further destination of one event.

    Parameters
    ----------
    model : Model
        What gives the counterfactual of each.
    panel : Panel
        One indicator.
    design : Design
        The event's study; each country takes the place of the pair.
    units : sequence of str
        The countries.
    detection : Detection or None
        Whose drift is integrated; None for the default one.
    draws, rng : int
        Of the resampling behind max-T.
    """
    found: dict[str, Result] = {}
    reasons: dict[str, str] = {}
    for unit in units:
        alone = _alone(design, unit)
        try:
            gate = alone.gate(panel)
            if gate.passed:
                found[unit] = with_drift(_quiet(model, panel, alone), detection)
            else:
                reasons[unit] = f"data gate: {', '.join(gate.reasons)}"
        except ShiftexpError as error:
            reasons[unit] = error.problems[0].given
    joint = _max_t(model, panel, design, tuple(found), draws, rng)
    p = {unit: result["destination"].p_value for unit, result in found.items()}
    held = dict(zip(p, adjust(p).adjusted.tolist(), strict=True)) if p else {}
    return tuple(
        _leak(unit, found[unit], held[unit], joint.get(unit, math.nan))
        if unit in found
        else Leak(unit, reason=reasons[unit])
        for unit in units
    )


def _leak(unit: str, result: Result, held: float, joint: float) -> Leak:
    """Return what is said of one country."""
    row = result["destination"]
    return Leak(unit, row.estimate, row.conf_low, row.conf_high, row.p_value, held, joint)


def _alone(design: Design, unit: str) -> Design:
    """Return the study of one country: same onset and window, its own breaks as steps."""
    return replace(
        design,
        origin=None,
        destination=unit,
        donors=tuple(donor for donor in design.donors if donor != unit),
        breaks="dummy",
    )


def _quiet(model: Model, panel: Panel, design: Design) -> Result:
    """Fit without warnings: what they say is common to all rows of a table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        warnings.simplefilter("ignore", QualityWarning)
        return model.fit(panel, design)


def _max_t(
    model: Model, panel: Panel, design: Design, units: tuple[str, ...], draws: int, rng: int
) -> dict[str, float]:
    """Return max-T p-values by country; none where they share too few periods."""
    if not units:
        return {}
    donors = tuple(donor for donor in design.donors if donor not in units)
    study = replace(_alone(design, _DESTINATION), donors=donors)
    family = [_as_indicator(panel, unit, donors) for unit in units]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            warnings.simplefilter("ignore", QualityWarning)
            found = max_t(model, family, study, draws=draws, rng=rng)
    except ShiftexpError:
        return {}
    return dict(zip(units, found.adjusted.tolist(), strict=True))


def _as_indicator(panel: Panel, unit: str, donors: tuple[str, ...]) -> Panel:
    """Return a panel whose indicator bears the country's name: max-T is over indicators."""
    rows = [panel.position(unit), *(panel.position(donor) for donor in donors)]
    return replace(
        panel,
        indicators=(replace(panel.indicator, name=unit),),
        units=(_DESTINATION, *donors),
        near=panel.near & frozenset(donors),
        values=panel.values[:, rows],
        std_error=panel.std_error[:, rows],
        exposure=panel.exposure[:, rows],
        quality=panel.quality[:, rows],
    )
