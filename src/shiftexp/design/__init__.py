"""The study, declared before its results: who, from when on, against whom, with which values."""

from __future__ import annotations

from shiftexp.design.casing import study_cases
from shiftexp.design.design import Design
from shiftexp.design.gate import Gate
from shiftexp.design.reading import Window
from shiftexp.design.words import Break

__all__ = ["Break", "Design", "Gate", "Window", "study_cases"]
