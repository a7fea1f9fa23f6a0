"""What a study file may name: estimators, wrappers around them, questions of timing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, get_args

from shiftexp.dynamics import (
    Granger,
    LeadLag,
    LocalProjections,
    SignRestricted,
    TransferFunction,
    granger,
    lead_lag,
    local_projections,
    sign_restricted,
    transfer_function,
)
from shiftexp.dynamics.break_order import BreakOrder, break_order
from shiftexp.dynamics.cointegration import cointegration
from shiftexp.dynamics.common_factor import CommonFactor, common_factor
from shiftexp.dynamics.price_gap import PriceGap, price_gap
from shiftexp.dynamics.relation import Cointegration
from shiftexp.estimators.counts import CountDiD
from shiftexp.estimators.did import DifferenceInDifferences, EventStudy
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.ratio_of_ratios import RatioOfRatios
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
from shiftexp.inference.end_of_sample import EndOfSample
from shiftexp.inference.permutation import Permutation
from shiftexp.inference.placebo import Placebo

TimingFinding: TypeAlias = (
    LeadLag
    | Granger
    | LocalProjections
    | TransferFunction
    | SignRestricted
    | BreakOrder
    | Cointegration
    | CommonFactor
    | PriceGap
)
Wrapper: TypeAlias = (
    Conformal
    | Permutation
    | Placebo
    | BlockBootstrap
    | ConleyTaber
    | FermanPinto
    | EndOfSample
    | DebiasedT
)

ESTIMATORS = {
    kind.__name__: kind
    for kind in (
        InterruptedTimeSeries,
        StructuralTimeSeries,
        DifferenceInDifferences,
        EventStudy,
        SyntheticControl,
        SpilloverSyntheticControl,
        InclusiveSyntheticControl,
        SyntheticDiD,
        WeightedDisplacementDifference,
        CountDiD,
        RatioOfRatios,
        WindowContrast,
        CommunicatingVessels,
    )
}
WRAPPERS: dict[str, type[Wrapper]] = {kind.__name__: kind for kind in get_args(Wrapper)}
TIMING: dict[str, Callable[..., TimingFinding]] = {
    ask.__name__: ask
    for ask in (
        lead_lag,
        granger,
        local_projections,
        transfer_function,
        sign_restricted,
        break_order,
        cointegration,
        common_factor,
        price_gap,
    )
}
