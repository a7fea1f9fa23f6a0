"""The one list of estimators that keep the contract; a new one is added here and nowhere else.

The rule: every class keeps every promise in the fast tests, by its lightest variant.
What only varies the settings of a class already there goes into `VARIANTS`: `make slow` checks it.
"""

from __future__ import annotations

from shiftexp.estimators.counts import CountDiD
from shiftexp.estimators.did import DifferenceInDifferences, EventStudy
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.spillover import InclusiveSyntheticControl, SpilloverSyntheticControl
from shiftexp.estimators.structural import StructuralTimeSeries
from shiftexp.estimators.synthetic import SyntheticControl
from shiftexp.estimators.synthetic_did import SyntheticDiD
from shiftexp.estimators.vessels import CommunicatingVessels
from shiftexp.estimators.weighted_displacement import WeightedDisplacementDifference
from shiftexp.estimators.windows import WindowContrast
from shiftexp.inference.bootstrap import BlockBootstrap
from shiftexp.inference.conformal import Conformal
from shiftexp.inference.debiased_t import DebiasedT
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo
from shiftexp.result import Estimator, Model

MODELS: list[Model] = [
    InterruptedTimeSeries(trend=False),
    StructuralTimeSeries(draws=1000),
    DifferenceInDifferences(),
    EventStudy(draws=1000),
    SyntheticControl(intercept=True),
    SpilloverSyntheticControl(structure="shared"),
    InclusiveSyntheticControl(),
    SyntheticDiD(placebos=20),
    WeightedDisplacementDifference(),
    CountDiD(),
    WindowContrast(),
]
OTHERS: list[Estimator] = [
    CommunicatingVessels(push="pulse", until=2017, lags=(0,), own_changes="wave", draws=1000),
]
WRAPPERS: list[Estimator] = [
    Conformal(InterruptedTimeSeries(trend=False), points=21),
    Permutation(InterruptedTimeSeries(trend=False)),
    Placebo(InterruptedTimeSeries(trend=False)),
    BlockBootstrap(InterruptedTimeSeries(trend=False), draws=199),
    ConleyTaber(DifferenceInDifferences()),
    FermanPinto(DifferenceInDifferences()),
    DebiasedT(SyntheticControl(intercept=True, debias=False)),
]
MODEL_VARIANTS: list[Model] = [
    SyntheticControl(intercept=True, debias=False, augment=1.0),
    InterruptedTimeSeries(scale="log_count", trend=False, seasonal=False, level=0.9),
    InterruptedTimeSeries(),
    InterruptedTimeSeries(scale="log", trend=False),
    InterruptedTimeSeries(scale="log"),
    StructuralTimeSeries(scale="log", trend="smooth", draws=1000),
    StructuralTimeSeries(trend="linear", donors="mean", draws=1000),
    DifferenceInDifferences(scale="log"),
    DifferenceInDifferences(growing=True),
    SyntheticControl(scale="log", intercept=True),
    SpilloverSyntheticControl(scale="log"),
    SyntheticDiD(scale="log"),
    CountDiD(family="negative_binomial", variance="counts", growing=True),
]
VARIANTS: list[Estimator] = [
    *MODEL_VARIANTS,
    CommunicatingVessels(draws=1000),
    CommunicatingVessels(detection_drift=0.10, detection_common=0.5, draws=1000),
    Permutation(DifferenceInDifferences(), studentized=True),
    DebiasedT(DifferenceInDifferences(scale="log"), blocks=2),
]
COUNTS = (
    "log_count",
    "WindowContrast",
    "WeightedDisplacement",
    "CountDiD",
)  # models of counts, which have no other unit
RATIOS = ("scale='log", "CountDiD")  # an effect is a factor in them
WITHOUT_STEPS = ("SyntheticControl", "SyntheticDiD", "EventStudy", "DebiasedT")  # refuse them
