"""Weigh whether an activity moved or grew by itself, and say so when the data cannot tell.

A ``Panel`` seen through a ``Design`` is fitted by an estimator into a ``Result``; results are
weighed into a ``Verdict``.

Nouns        Panel, Dataset, Design, Effects, Result, Evidence, Bound, Detection, Verdict, Study,
             Scenario, EventStudy
Estimators   InterruptedTimeSeries, DifferenceInDifferences, WindowContrast
Wrappers     Conformal, Permutation, Placebo, BlockBootstrap, ConleyTaber, FermanPinto, EndOfSample
Closed forms displacement.wdd, .wdq, .tne, .rirr
Verbs        load_dataset, weigh, equivalence, adjust, combine, max_t, trend_sensitivity,
             pretest_power, power, calibrate, plot, plot_data, report, shift_share_bounds, fieller,
             simulate_pair
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiftexp.bounds import ShiftShareBounds, shift_share_bounds
from shiftexp.datasets import Dataset, load_dataset
from shiftexp.design import Design, Gate
from shiftexp.detection import Detection, TippingPoint
from shiftexp.effects import Effects
from shiftexp.errors import (
    ConvergenceWarning,
    DesignError,
    EstimandNotIdentified,
    PanelError,
    QualityWarning,
    ShiftexpError,
    SmallSampleWarning,
    StudyError,
)
from shiftexp.estimators import displacement
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.windows import WindowContrast
from shiftexp.evidence import Bound, CountedFall, Evidence, flow_from_visitors
from shiftexp.inference.bootstrap import BlockBootstrap
from shiftexp.inference.conformal import Conformal
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.inference.end_of_sample import EndOfSample, EndOfSampleTests
from shiftexp.inference.equivalence import Equivalence, equivalence
from shiftexp.inference.max_t import max_t
from shiftexp.inference.multiplicity import AdjustedPValues, CombinedPValue, adjust, combine
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo, PlaceboCheck
from shiftexp.panel import Panel
from shiftexp.plane import ConfidenceSet, Sector, compass, fieller, sectors
from shiftexp.plotting import plot, plot_data
from shiftexp.power import Calibration, Power, Rule, calibrate, power
from shiftexp.report import report
from shiftexp.result import Estimate, Estimator, Model, Result
from shiftexp.sensitivity import (
    EventStudy,
    PretestPower,
    TrendSensitivity,
    pretest_power,
    trend_sensitivity,
)
from shiftexp.simulate import Scenario, simulate_pair
from shiftexp.verdict import Claim, Verdict, weigh

if TYPE_CHECKING:
    from shiftexp.study import Study

    __version__: str

__all__ = [
    "AdjustedPValues",
    "BlockBootstrap",
    "Bound",
    "Calibration",
    "Claim",
    "CombinedPValue",
    "ConfidenceSet",
    "Conformal",
    "ConleyTaber",
    "ConvergenceWarning",
    "CountedFall",
    "Dataset",
    "Design",
    "DesignError",
    "Detection",
    "DifferenceInDifferences",
    "Effects",
    "EndOfSample",
    "EndOfSampleTests",
    "Equivalence",
    "EstimandNotIdentified",
    "Estimate",
    "Estimator",
    "EventStudy",
    "Evidence",
    "FermanPinto",
    "Gate",
    "InterruptedTimeSeries",
    "Model",
    "Panel",
    "PanelError",
    "Permutation",
    "Placebo",
    "PlaceboCheck",
    "Power",
    "PretestPower",
    "QualityWarning",
    "Result",
    "Rule",
    "Scenario",
    "Sector",
    "ShiftShareBounds",
    "ShiftexpError",
    "SmallSampleWarning",
    "Study",
    "StudyError",
    "TippingPoint",
    "TrendSensitivity",
    "Verdict",
    "WindowContrast",
    "adjust",
    "calibrate",
    "combine",
    "compass",
    "displacement",
    "equivalence",
    "fieller",
    "flow_from_visitors",
    "load_dataset",
    "max_t",
    "plot",
    "plot_data",
    "power",
    "pretest_power",
    "report",
    "sectors",
    "shift_share_bounds",
    "simulate_pair",
    "trend_sensitivity",
    "weigh",
]


def __getattr__(name: str) -> object:
    """Load at the first use what costs more than it is needed: studies, and the version."""
    if name == "Study":
        from shiftexp.study import Study

        return Study
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("shiftexp")
        except PackageNotFoundError:  # a source tree that was never installed
            return "0+unknown"
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
