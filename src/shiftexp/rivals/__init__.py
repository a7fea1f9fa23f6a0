"""Rival hypotheses on one likelihood, and rival regressions of one outcome; evidence of nothing."""

from __future__ import annotations

from shiftexp.rivals.fitting import rival_models
from shiftexp.rivals.non_nested import NonNested, NonNestedTest, non_nested
from shiftexp.rivals.rival_models import RivalFit, RivalModels

__all__ = [
    "NonNested",
    "NonNestedTest",
    "RivalFit",
    "RivalModels",
    "non_nested",
    "rival_models",
]
