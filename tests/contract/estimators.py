"""The one list of models that keep the contract; a new estimator is added here and nowhere else."""

from __future__ import annotations

from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.result import Model

MODELS: list[Model] = [
    InterruptedTimeSeries(trend=False),
    InterruptedTimeSeries(),
    InterruptedTimeSeries(scale="log", trend=False),
    InterruptedTimeSeries(scale="log"),
    InterruptedTimeSeries(scale="log_count", trend=False, seasonal=False, level=0.9),
    DifferenceInDifferences(),
    DifferenceInDifferences(scale="log"),
]
