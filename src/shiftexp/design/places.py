"""Where the periods of a design lie on a panel's calendar, and which flags are safe by default."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shiftexp.design.declaration import Declaration, Period
from shiftexp.kernels.cases import Booleans, Integers
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


def rows(panel: Panel, units: Sequence[str]) -> Integers:
    """Return the positions of units on the panel, shape (n,): thousands of them in one pass."""
    known = {unit: row for row, unit in enumerate(panel.units)}
    return np.array([known[unit] for unit in units], dtype=np.int64)


def allowed(design: Declaration, flags: NDArray[np.str_]) -> Booleans:
    """Tell which quality flags, an array of any shape, the design allows."""
    return among(flags, design.quality or SAFE)


def among(flags: NDArray[np.str_], known: tuple[str, ...]) -> Booleans:
    """Tell which flags are among a few known ones; most are the first of them."""
    found = np.asarray(flags == known[0])
    if not found.all():
        found[~found] = np.isin(flags[~found], known)
    return found
