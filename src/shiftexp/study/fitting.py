"""A cell with its data, and what is fitted to it: pair, each side alone, two windows of counts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shiftexp.design import Design, Gate
from shiftexp.detection import Detection
from shiftexp.errors import ShiftexpError, SmallSampleWarning
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.windows import WindowContrast
from shiftexp.evidence import Evidence
from shiftexp.panel import Panel
from shiftexp.report.page import SideStudy
from shiftexp.result import Estimator, Result
from shiftexp.specification import one_vote
from shiftexp.study.known import WRAPPERS
from shiftexp.study.robustness import Declared
from shiftexp.study.spec import Cell
from shiftexp.wrappable import of_two_indicators

_SIDES: tuple[Literal["origin", "destination"], ...] = ("origin", "destination")
_VARIED = (1.0, 2.0, 4.0)
DEFAULT_ESTIMATORS: tuple[Estimator, ...] = (InterruptedTimeSeries(),)


@dataclass(frozen=True, eq=False)
class Case:
    """A cell with its data at hand.

    Attributes
    ----------
    cell : Cell
        What the file says.
    panel, whole : Panel
        Its series, and all those of a user's file.
    design : Design
        Its study.
    row : mapping
        The declared row behind it; empty without one.
    gate : Gate
        Answer of the data gate.
    estimators : tuple of Estimator
        Its specifications.
    detection : Detection
        What is declared about detection.
    margin : float
        Smallest effect of interest.
    evidence : tuple of Evidence
        Evidence written out, and counted.
    """

    cell: Cell
    panel: Panel
    whole: Panel
    design: Design
    row: Mapping[str, str]
    gate: Gate
    estimators: tuple[Estimator, ...]
    detection: Detection
    margin: float
    evidence: tuple[Evidence, ...]

    @property
    def declared(self) -> Declared:
        """What robustness needs."""
        return Declared(self.panel, self.design, self.estimators, self.detection, self.margin)

    @property
    def digest(self) -> str:
        """Hash of the values that its estimators see."""
        ratios = any(of_two_indicators(e) for e in self.estimators)
        return (self.whole if ratios else self.panel).digest()

    def seen(self, estimator: Estimator) -> Panel:
        """Return what an estimator sees: ratios compare two indicators of a user's file."""
        return self.whole if of_two_indicators(estimator) else self.panel


def fit_all(case: Case) -> tuple[tuple[Result, ...], tuple[tuple[str, str], ...]]:
    """Return the results of all specifications, and those that refused with their words.

    Parameters
    ----------
    case : Case
        The cell.
    """
    results, refusals = [], []
    for estimator in case.estimators:
        try:
            results.append(_quiet(estimator, case.seen(estimator), case.design))
        except ShiftexpError as error:
            refusals.append((repr(estimator), str(error)))
    kept, twice = one_vote(results)
    refusals += [(r.estimator, f"{why}: it has one vote, given to that") for r, why in twice]
    return kept, tuple(refusals)


def _quiet(estimator: Estimator, panel: Panel, design: Design) -> Result:
    """Fit without small-sample warnings: the result's notes hold them, and the page shows those."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        return estimator.fit(panel, design)


def study_sides(case: Case) -> tuple[SideStudy, ...]:
    """Return each side alone, by the first estimator that does not need the other or donors.

    Parameters
    ----------
    case : Case
        The cell.
    """
    studies = []
    for side, units in zip(_SIDES, case.design.sides, strict=True):
        if not units:
            continue
        alone = case.design.only(side)
        gate = str(alone.gate(case.panel))
        result, refusal = _first_fit(_own_past(case), case.panel, alone)
        studies.append(SideStudy(side, " + ".join(units), result, gate, refusal))
    return tuple(studies)


def _own_past(case: Case) -> tuple[Estimator, ...]:
    """Return estimators of one side alone: the study's own, then two windows."""
    wrappers = tuple(WRAPPERS.values())
    plain = (e.model if isinstance(e, wrappers) else e for e in case.estimators)
    series = tuple(e for e in plain if isinstance(e, InterruptedTimeSeries))
    counts = case.panel.indicators[0].unit_of_measure == "count"
    return (*(series or DEFAULT_ESTIMATORS)[:1], *((WindowContrast(),) if counts else ()))


def _first_fit(
    estimators: tuple[Estimator, ...], panel: Panel, design: Design
) -> tuple[Result | None, str]:
    """Return the first result that is to be had, or the words of the last refusal."""
    refusal = ""
    for estimator in estimators:
        try:
            return _quiet(estimator, panel, design), ""
        except ShiftexpError as error:
            refusal = str(error)
    return None, refusal


def contrasts_of(case: Case) -> tuple[tuple[Result, ...], str]:
    """Return two windows of counts: the overdispersion estimated, then stated and varied.

    Parameters
    ----------
    case : Case
        The cell.
    """
    if case.panel.indicators[0].unit_of_measure != "count":
        return (), ""
    results, refusal = [], ""
    for contrast in (WindowContrast(), *(WindowContrast(overdispersion=v) for v in _VARIED)):
        try:
            results.append(_quiet(contrast, case.panel, case.design))
        except ShiftexpError as error:
            refusal = str(error)
    return tuple(results), "" if results else refusal
