"""Displacement measures of criminology in closed form, from counts before and after."""

from __future__ import annotations

from shiftexp.estimators.displacement.counted import CountEffects, CountEstimate
from shiftexp.estimators.displacement.differences import tne, wdd, wdd_harm
from shiftexp.estimators.displacement.rates import e_test, rirr, wdq

__all__ = [
    "CountEffects",
    "CountEstimate",
    "e_test",
    "rirr",
    "tne",
    "wdd",
    "wdd_harm",
    "wdq",
]
