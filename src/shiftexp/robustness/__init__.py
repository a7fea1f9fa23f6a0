"""Robustness: the whole specification curve, its permutation test, and negative controls."""

from __future__ import annotations

from shiftexp.robustness.controls import (
    NegativeControl,
    NegativeControls,
    control_of,
    negative_controls,
)
from shiftexp.robustness.curve import CurveRow, SpecificationCurve
from shiftexp.robustness.fitting import specification_curve
from shiftexp.robustness.specifications import Specifications
from shiftexp.robustness.testing import CurveTest, CurveTestResult

__all__ = [
    "CurveRow",
    "CurveTest",
    "CurveTestResult",
    "NegativeControl",
    "NegativeControls",
    "SpecificationCurve",
    "Specifications",
    "control_of",
    "negative_controls",
    "specification_curve",
]
