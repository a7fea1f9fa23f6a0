"""From results to a verdict: what the data exclude, what they support, and what would change it."""

from __future__ import annotations

from shiftexp.verdict.claims import Claim
from shiftexp.verdict.update import Revision, Update
from shiftexp.verdict.verdict import Verdict, weigh

__all__ = ["Claim", "Revision", "Update", "Verdict", "weigh"]
