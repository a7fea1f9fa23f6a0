"""Runs what a study declares of robustness: specification curve, its tests, negative controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import ShiftexpError
from shiftexp.panel import Indicator as Measure
from shiftexp.panel import Panel
from shiftexp.result import Estimator
from shiftexp.robustness import (
    CurveTestResult,
    NegativeControls,
    SpecificationCurve,
    negative_controls,
    specification_curve,
)
from shiftexp.study.spec import Curve, Indicator


@dataclass(frozen=True, eq=False)
class Declared:
    """What robustness needs of a cell.

    Attributes
    ----------
    panel, design : Panel and Design
        Its series and its study.
    estimators : tuple of Estimator
        Its specifications.
    detection : Detection
        What is declared about detection.
    margin : float
        Smallest effect of interest.
    """

    panel: Panel
    design: Design
    estimators: tuple[Estimator, ...]
    detection: Detection
    margin: float


def run_curve(
    curve: Curve, declared: Declared, series: Callable[[Indicator], Panel]
) -> tuple[SpecificationCurve, tuple[CurveTestResult, ...], tuple[str, ...]]:
    """Return a declared curve, its tests, and why tests could not be run.

    Parameters
    ----------
    curve : Curve
        What the file declares.
    declared : Declared
        The cell.
    series : callable
        Returns the panel of a further indicator.
    """
    panels = [declared.panel]
    for asked in curve.indicators:
        panels.append(_apart(series(asked), asked, panels))
    found = specification_curve(
        panels,
        declared.design,
        axes=curve.axes,
        detection=declared.detection,
        margin=declared.margin,
    )
    tests, refusals = [], []
    for test in curve.tests:
        try:
            tests.append(test.run(found))
        except ShiftexpError as error:
            refusals.append(f"test over {test.over}: {error}")
    return found, tuple(tests), tuple(refusals)


def of_the_study(curve: Curve, estimators: tuple[Estimator, ...]) -> Curve:
    """Return a curve over the study's own estimators, unless it names some or the study has none.

    Parameters
    ----------
    curve : Curve
        What the file declares.
    estimators : tuple of Estimator
        Those of the cell or the study; empty where neither declares any.
    """
    if curve.named or not estimators:
        return curve
    return replace(curve, axes=replace(curve.axes, estimators=estimators))


def run_controls(declared: Declared) -> NegativeControls:
    """Return negative controls of a cell; those that it cannot have stand there with the reason.

    Parameters
    ----------
    declared : Declared
        The cell.
    """
    return negative_controls(
        declared.panel,
        declared.design,
        declared.estimators,
        detection=declared.detection,
        margin=declared.margin,
    )


def _apart(panel: Panel, asked: Indicator, others: Sequence[Panel]) -> Panel:
    """Return a panel whose indicator has a name that no other panel's has."""
    measure = panel.indicator
    if all(measure.name != other.indicator.name for other in others):
        return panel
    words = (asked.market, asked.segment, asked.substance, asked.level, measure.name)
    named: Measure = replace(measure, name=" ".join(word for word in words if word))
    return replace(panel, indicators=(named,))
