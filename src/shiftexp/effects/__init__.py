"""The pair of effects and its laws: everything else is read off these two numbers."""

from __future__ import annotations

from shiftexp.effects.effects import DIRECTIONS, Effects
from shiftexp.effects.inverted_laws import InvertedLaw, ShiftedLaw
from shiftexp.effects.laws import (
    AffineLaw,
    DrawnLaw,
    DriftedLaw,
    Law,
    SilentLaw,
    StudentLaw,
)
from shiftexp.effects.log_law import LogSeriesLaw
from shiftexp.effects.mixture_law import MixtureLaw, mixture_of
from shiftexp.effects.series_law import SeriesLaw

__all__ = [
    "DIRECTIONS",
    "AffineLaw",
    "DrawnLaw",
    "DriftedLaw",
    "Effects",
    "InvertedLaw",
    "Law",
    "LogSeriesLaw",
    "MixtureLaw",
    "SeriesLaw",
    "ShiftedLaw",
    "SilentLaw",
    "StudentLaw",
    "mixture_of",
]
