"""A sweep: many pairs, indicators and specifications on all cores or a cluster, kept as it goes."""

from __future__ import annotations

from shiftexp.sweep.running import sweep
from shiftexp.sweep.swept import Sweep

__all__ = ["Sweep", "sweep"]
