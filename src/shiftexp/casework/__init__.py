"""Evidence that is not a series: case files and interviews, experts, signs of prices and purity."""

from __future__ import annotations

from shiftexp.casework.case_files import case_files
from shiftexp.casework.elicited import Elicited, ElicitedWithin, elicited
from shiftexp.casework.prices import PriceSigns, price_signs
from shiftexp.casework.sources import CombinedSources, combine_sources

__all__ = [
    "CombinedSources",
    "Elicited",
    "ElicitedWithin",
    "PriceSigns",
    "case_files",
    "combine_sources",
    "elicited",
    "price_signs",
]
