"""Timing and integration: who moved first, what is held in common; evidence, never effects."""

from __future__ import annotations

from shiftexp.dynamics.break_order import BreakOrder, SideBreak, break_order
from shiftexp.dynamics.cointegration import cointegration
from shiftexp.dynamics.common_factor import CommonFactor, common_factor
from shiftexp.dynamics.granger import Granger, GrangerTest, granger
from shiftexp.dynamics.lead_lag import LeadLag, lead_lag
from shiftexp.dynamics.local_projections import local_projections
from shiftexp.dynamics.price_gap import PriceGap, price_gap
from shiftexp.dynamics.relation import Cointegration, RankTest
from shiftexp.dynamics.responses import LocalProjections
from shiftexp.dynamics.sign_restricted import SignRestricted, sign_restricted
from shiftexp.dynamics.transfer_function import TransferFunction, transfer_function

__all__ = [
    "BreakOrder",
    "Cointegration",
    "CommonFactor",
    "Granger",
    "GrangerTest",
    "LeadLag",
    "LocalProjections",
    "PriceGap",
    "RankTest",
    "SideBreak",
    "SignRestricted",
    "TransferFunction",
    "break_order",
    "cointegration",
    "common_factor",
    "granger",
    "lead_lag",
    "local_projections",
    "price_gap",
    "sign_restricted",
    "transfer_function",
]
