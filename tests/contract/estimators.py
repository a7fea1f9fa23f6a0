"""The one list of estimators that keep the contract; a new one is added here and nowhere else."""

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
    InterruptedTimeSeries(),
    InterruptedTimeSeries(scale="log", trend=False),
    InterruptedTimeSeries(scale="log"),
    InterruptedTimeSeries(scale="log_count", trend=False, seasonal=False, level=0.9),
    StructuralTimeSeries(draws=1000),
    StructuralTimeSeries(scale="log", trend="smooth", draws=1000),
    StructuralTimeSeries(trend="linear", donors="mean", draws=1000),
    DifferenceInDifferences(),
    DifferenceInDifferences(scale="log"),
    DifferenceInDifferences(growing=True),
    EventStudy(draws=1000),
    SyntheticControl(intercept=True),
    SyntheticControl(intercept=True, debias=False, augment=1.0),
    SyntheticControl(scale="log", intercept=True),
    SpilloverSyntheticControl(structure="shared"),
    SpilloverSyntheticControl(scale="log"),
    InclusiveSyntheticControl(),
    SyntheticDiD(placebos=20),
    SyntheticDiD(scale="log"),
    WeightedDisplacementDifference(),
    CountDiD(),
    CountDiD(family="negative_binomial", variance="counts", growing=True),
    WindowContrast(),
]
OTHERS: list[Estimator] = [
    CommunicatingVessels(draws=1000),
    CommunicatingVessels(push="pulse", until=2017, lags=(0,), own_changes="wave", draws=1000),
    CommunicatingVessels(detection_drift=0.10, detection_common=0.5, draws=1000),
]
WRAPPERS: list[Estimator] = [
    Conformal(InterruptedTimeSeries(trend=False), points=21),
    Permutation(InterruptedTimeSeries(trend=False)),
    Permutation(DifferenceInDifferences(), studentized=True),
    Placebo(InterruptedTimeSeries(trend=False)),
    BlockBootstrap(InterruptedTimeSeries(trend=False), draws=199),
    ConleyTaber(DifferenceInDifferences()),
    FermanPinto(DifferenceInDifferences()),
    DebiasedT(SyntheticControl(intercept=True, debias=False)),
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
