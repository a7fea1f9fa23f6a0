"""A fit of one event as the verdict reads it: the drift of detection integrated."""

from __future__ import annotations

from dataclasses import replace

from shiftexp.detection import Detection
from shiftexp.result import Result
from shiftexp.verdict.questions import drifted
from shiftexp.verdict.readings import told


def with_drift(result: Result, detection: Detection | None) -> Result:
    """Return a fit whose p-values and sets hold under a drift of detection.

    Parameters
    ----------
    result : Result
        The fit; its estimates stay what they are.
    detection : Detection or None
        What is declared about detection; None integrates the default drift.

    Notes
    -----
    When not to use it: before weighing, which integrates the drift itself.
    """
    drift = (detection or Detection()).over(result.indicators)
    return replace(result, effects=drifted(told(result, drift), drift))
