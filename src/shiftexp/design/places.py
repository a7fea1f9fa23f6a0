"""Where the periods of a design lie on a panel's calendar, and which flags are safe by default."""

from __future__ import annotations

from shiftexp.design.declaration import Declaration, Period
from shiftexp.panel import Panel

SAFE = ("ok", "approximate", "break")


def locate(panel: Panel, period: Period) -> int:
    """Return the position of a period on the panel's calendar; it may lie outside."""
    return panel.calendar.ordinal(period) - panel.calendar.first


def span(design: Declaration, panel: Panel) -> tuple[int, int]:
    """Return first and last position of the window, inside the panel."""
    start = 0 if design.start is None else max(0, locate(panel, design.start))
    last = panel.calendar.size - 1
    return start, last if design.end is None else min(last, locate(panel, design.end))
