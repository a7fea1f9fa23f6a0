"""Sensitivity: how far an assumption may fail before a finding does."""

from __future__ import annotations

from shiftexp.sensitivity.event_coefficients import EventCoefficients
from shiftexp.sensitivity.pretest import PretestPower, pretest_power
from shiftexp.sensitivity.trends import TrendSensitivity, trend_sensitivity

__all__ = [
    "EventCoefficients",
    "PretestPower",
    "TrendSensitivity",
    "pretest_power",
    "trend_sensitivity",
]
