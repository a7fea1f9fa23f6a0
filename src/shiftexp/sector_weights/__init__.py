"""What a posterior says of the nine sectors: masses, weights, the set that is left."""

from __future__ import annotations

from shiftexp.sector_weights.declaring import (
    DECLARE,
    DECLARE_STRICTLY,
    LEVEL,
    MANY_PERIODS,
    SHIFT,
    Bars,
    bars,
    is_strict,
)
from shiftexp.sector_weights.weighing import (
    LEAST_MASS,
    PRIOR_SCALE,
    PRIOR_TIMES,
    SectorWeights,
    pieces,
    sector_weights,
)

__all__ = [
    "DECLARE",
    "DECLARE_STRICTLY",
    "LEAST_MASS",
    "LEVEL",
    "MANY_PERIODS",
    "PRIOR_SCALE",
    "PRIOR_TIMES",
    "SHIFT",
    "Bars",
    "SectorWeights",
    "bars",
    "is_strict",
    "pieces",
    "sector_weights",
]
