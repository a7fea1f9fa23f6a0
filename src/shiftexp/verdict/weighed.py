"""What a verdict offers to those who explain it: the contract between the verdict and its words."""

from __future__ import annotations

from typing import Protocol

from shiftexp.bounds import ShiftShareBounds
from shiftexp.design import Gate
from shiftexp.detection import Detection, TippingPoint
from shiftexp.effects import Effects
from shiftexp.evidence import Evidence
from shiftexp.flow import Flow
from shiftexp.result import Result
from shiftexp.verdict.claims import Claim
from shiftexp.verdict.flows import FlowReading
from shiftexp.verdict.readings import Reading


class Weighed(Protocol):
    """What reasons, remedies and paragraphs read of a verdict."""

    @property
    def results(self) -> tuple[Result, ...]:
        """Specifications, the primary one first."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was brought besides the series."""

    @property
    def detection(self) -> Detection | None:
        """What is declared about detection."""

    @property
    def drift(self) -> float:
        """The drift of detection that is integrated."""

    def drift_of(self, result: Result) -> float:
        """Return the drift of what a result reads."""

    @property
    def specifications(self) -> tuple[Effects, ...]:
        """Pairs of all specifications, detection drift integrated."""

    @property
    def margin(self) -> float:
        """Smallest effect of interest, as a share of the counterfactual level."""

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The data gates that count."""

    @property
    def state(self) -> str:
        """Declared, narrowed, undecided or gate failed."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What each specification says of the sectors."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors not excluded."""

    @property
    def sector(self) -> str | None:
        """The sector that is declared."""

    @property
    def conflicting(self) -> bool:
        """Whether the specifications contradict each other."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The ladder."""

    @property
    def bounds(self) -> ShiftShareBounds | None:
        """Limits on flow and shift share."""

    @property
    def tipping(self) -> tuple[TippingPoint, ...]:
        """Detection changes that would overturn what is said."""

    @property
    def flows(self) -> tuple[Flow, ...]:
        """What models of the flow say."""

    @property
    def flow_reading(self) -> FlowReading:
        """What they say together."""
