"""Description: growth, breaks, shares and exact accounts of series; never evidence of a shift."""

from __future__ import annotations

from shiftexp.description.breaking import structural_breaks
from shiftexp.description.decompositions import (
    LogMeanDecomposition,
    ShiftShare,
    lmdi,
    shift_share,
)
from shiftexp.description.describing import describe
from shiftexp.description.description import Description, SeriesDescription
from shiftexp.description.pairs import PairDescription
from shiftexp.description.structural import BreakDate, BreakTest, Partition, StructuralBreaks

__all__ = [
    "BreakDate",
    "BreakTest",
    "Description",
    "LogMeanDecomposition",
    "PairDescription",
    "Partition",
    "SeriesDescription",
    "ShiftShare",
    "StructuralBreaks",
    "describe",
    "lmdi",
    "shift_share",
    "structural_breaks",
]
