"""From results to a verdict: what the data exclude, what they support, and what would change it."""

from __future__ import annotations

from shiftexp.verdict.claims import Claim
from shiftexp.verdict.readings import Reading
from shiftexp.verdict.reasons import Reason
from shiftexp.verdict.remedies import Remedy, ValueOfInformation
from shiftexp.verdict.verdict import Verdict, weigh
from shiftexp.verdict.wording import LANGUAGES

__all__ = [
    "LANGUAGES",
    "Claim",
    "Reading",
    "Reason",
    "Remedy",
    "ValueOfInformation",
    "Verdict",
    "weigh",
]
