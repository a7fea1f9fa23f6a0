"""Several indicators, or segments of one market, as one pair of effects with its spread."""

from __future__ import annotations

from shiftexp.pooling.pooled import Pooled
from shiftexp.pooling.pooling import pool

__all__ = ["Pooled", "pool"]
