"""What a figure asks of a verdict: its name, its state, its sectors and what they rest on."""

from __future__ import annotations

from typing import Protocol

from shiftexp.design import Gate
from shiftexp.detection import Detection
from shiftexp.effects import Effects
from shiftexp.result import Result


class Weighed(Protocol):
    """Results weighed into a set of sectors; every Verdict is one."""

    @property
    def results(self) -> tuple[Result, ...]:
        """What was weighed, the primary result first."""

    @property
    def detection(self) -> Detection | None:
        """What is declared about detection."""

    @property
    def margin(self) -> float:
        """Smallest effect of interest, as a share of the counterfactual level."""

    @property
    def gate(self) -> Gate | None:
        """Whether the data carry model-based claims."""

    @property
    def name(self) -> str:
        """What the verdict is about."""

    @property
    def state(self) -> str:
        """One of "declared", "narrowed", "undecided", "gate failed"."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors that the data do not exclude."""

    @property
    def effects(self) -> Effects | None:
        """The effects of the primary result."""
