"""Timing and integration: who moved first, what is held in common; evidence, never effects."""

from __future__ import annotations

from shiftexp.dynamics.granger import Granger, GrangerTest, granger
from shiftexp.dynamics.lead_lag import LeadLag, lead_lag
from shiftexp.dynamics.local_projections import local_projections
from shiftexp.dynamics.responses import LocalProjections
from shiftexp.dynamics.sign_restricted import SignRestricted, sign_restricted
from shiftexp.dynamics.transfer_function import TransferFunction, transfer_function

__all__ = [
    "Granger",
    "GrangerTest",
    "LeadLag",
    "LocalProjections",
    "SignRestricted",
    "TransferFunction",
    "granger",
    "lead_lag",
    "local_projections",
    "sign_restricted",
    "transfer_function",
]
