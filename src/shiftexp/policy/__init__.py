"""Dated policies, enforcement and shocks: each a study of its own, and who else received it."""

from __future__ import annotations

from shiftexp.policy.dating import read_events
from shiftexp.policy.events import LEAST_DRAWS, events
from shiftexp.policy.leakage import Leak
from shiftexp.policy.policy_event import PolicyEvent
from shiftexp.policy.policy_events import PolicyEvents

__all__ = ["LEAST_DRAWS", "Leak", "PolicyEvent", "PolicyEvents", "events", "read_events"]
