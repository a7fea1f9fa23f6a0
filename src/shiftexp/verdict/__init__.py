"""From results to a verdict: what the data exclude, what they support, and what would change it."""

from __future__ import annotations

from shiftexp.verdict.claims import Claim
from shiftexp.verdict.readings import Reading
from shiftexp.verdict.reasons import Reason
from shiftexp.verdict.remedies import Remedy, ValueOfInformation
from shiftexp.verdict.update import Revision, Update
from shiftexp.verdict.verdict import Verdict
from shiftexp.verdict.weighing import weigh
from shiftexp.verdict.wording import LANGUAGES
from shiftexp.verdict.words import status_words

__all__ = [
    "LANGUAGES",
    "Claim",
    "Reading",
    "Reason",
    "Remedy",
    "Revision",
    "Update",
    "ValueOfInformation",
    "Verdict",
    "status_words",
    "weigh",
]
