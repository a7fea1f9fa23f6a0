"""From counterfactual paths and a law to a Result: what every estimator states in the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Effects, Law
from shiftexp.estimators.cautions import onset_assumption
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Estimator, Fitted, Paths, Result, Weights

UNCHANGED = "nothing else changed in either place at the onset, detection and recording included"
CLEAN = "the donors received none of the activity and lost none of it"


@dataclass(frozen=True, eq=False)
class Found:
    """What an estimator found, in level units per period.

    Attributes
    ----------
    law : Law
        The law of the pair, per year.
    counterfactual : array of shape (2, T)
        What would have been; NaN on an absent side.
    low, high : array of shape (2, T)
        Ends of the pointwise interval of the effect; NaN where there is none.
    inference : str
        Where the law comes from.
    notes : tuple of str
        What is said of this fit.
    weights : Weights
        Of donors and periods.
    """

    law: Law
    counterfactual: Floats
    low: Floats
    high: Floats
    inference: str
    notes: tuple[str, ...]
    weights: Weights = Weights()  # noqa: RUF009 - frozen and empty


def yearly(panel: Panel, cases: Cases) -> float:
    """Return the periods in a year for amounts that add, 1 for others."""
    return float(cases.seasons) if panel.indicators[0].additive else 1.0


def unit_of_effects(panel: Panel) -> str:
    """Return the unit of effects: amounts add up over a year, rates do not."""
    indicator = panel.indicators[0]
    return (
        f"{indicator.unit_of_measure} per year" if indicator.additive else indicator.unit_of_measure
    )


def mean_after(values: Floats, cases: Cases) -> Floats:
    """Return means over the post periods of one case, shape (2,), of values of shape (2, T)."""
    return np.asarray(values[:, cases.post[0]].mean(axis=1))


def assemble(
    found: Found,
    panel: Panel,
    design: Design,
    window: Window,
    cases: Cases,
    *,
    estimator: Estimator,
    name: str,
    level: float,
    assumptions: tuple[str, ...],
    donors: bool,
) -> Result:
    """Return the result of one estimator.

    Parameters
    ----------
    found : Found
        What it found.
    panel, design, window, cases : Panel, Design, Window, Cases
        What it was given, what the design sees, and that as one case.
    estimator : Estimator
        Who found it; its repr makes it again.
    name : str
        Its name in words.
    level : float
        Confidence level of the sets shown.
    assumptions : tuple of str
        What must be true.
    donors : bool
        Whether donors took part.
    """
    annual, indicator, pair = yearly(panel, cases), panel.indicators[0], cases.pair[0]
    effect = pair - found.counterfactual
    mean, observed = annual * mean_after(effect, cases), annual * mean_after(pair, cases)
    origin, destination = (" + ".join(units) for units in design.sides)
    return Result(
        estimator=repr(estimator),
        fitted=Fitted(estimator, panel),
        name=name,
        inference=found.inference,
        level=level,
        effects=Effects(
            law=found.law,
            mean=mean,
            base=observed - mean,
            observed=observed,
            unit=unit_of_effects(panel),
            additive=indicator.additive,
            comparable=indicator.comparable,
        ),
        paths=Paths(
            labels=window.calendar.labels,
            names=(origin, destination),
            observed=pair,
            counterfactual=found.counterfactual,
            effect=effect,
            conf_low=found.low,
            conf_high=found.high,
            pre=cases.learn[0],
            post=cases.post[0],
            breaks=tuple((SIDES[side], window.calendar.labels[at]) for side, at in window.breaks),
        ),
        design=design,
        gate=design.gate(panel),
        indicator=indicator,
        assumptions=(*assumptions, *onset_assumption(design)),
        notes=found.notes,
        dropped=(*window.dropped, *(window.donor_gaps if donors else ())),
        weights=found.weights,
    )
