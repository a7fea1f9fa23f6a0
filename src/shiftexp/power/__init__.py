"""Power and calibration: what an estimator, or the whole verdict, says where the truth is known."""

from __future__ import annotations

from shiftexp.power.asking import Rule
from shiftexp.power.calibration import Calibration, calibrate
from shiftexp.power.curve import Power
from shiftexp.power.power import power

__all__ = ["Calibration", "Power", "Rule", "calibrate", "power"]
