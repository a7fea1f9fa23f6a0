"""Timing and integration: who moved first, what is held in common; evidence, never effects."""

from __future__ import annotations

from shiftexp.dynamics.break_order import BreakOrder, break_order
from shiftexp.dynamics.cointegration import cointegration
from shiftexp.dynamics.common_factor import CommonFactor, common_factor
from shiftexp.dynamics.relation import Cointegration

__all__ = [
    "BreakOrder",
    "Cointegration",
    "CommonFactor",
    "break_order",
    "cointegration",
    "common_factor",
]
