"""Data as the library sees them: a validated, immutable panel on one calendar."""

from __future__ import annotations

from shiftexp.panel.arrays import QUALITY
from shiftexp.panel.calendar import Calendar, Frequency
from shiftexp.panel.excerpt import Excerpt
from shiftexp.panel.indicator import Indicator
from shiftexp.panel.panel import Panel
from shiftexp.panel.rarity import look_again
from shiftexp.panel.runs import runs, told_runs

__all__ = [
    "QUALITY",
    "Calendar",
    "Excerpt",
    "Frequency",
    "Indicator",
    "Panel",
    "look_again",
    "runs",
    "told_runs",
]
