"""One dated event: the study of both sides, or of each alone, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.detection import explained_away
from shiftexp.plane import SECTOR_NAMES
from shiftexp.policy.dating import Dated
from shiftexp.policy.leakage import Leak
from shiftexp.result import SIDES, Estimate, Result
from shiftexp.verdict import Verdict

Direction: TypeAlias = Literal["origin side", "destination side", "common"]


@dataclass(frozen=True, eq=False)
class PolicyEvent:
    """One event, studied or not.

    Attributes
    ----------
    dated : Dated
        The event as written.
    direction : str
        Where the shock was: on the destination side the study runs in reverse; "common" is
        neither side alone.
    names : tuple of two str
        Origin and destination of its study, after reversal.
    onset : str
        First period taken as after it; "" where there is none.
    partly : tuple of str
        Periods left out because they lie partly before it.
    verdict : Verdict or None
        What the study of both sides says; None where the data do not carry it.
    primary : Result or None
        The first specification of that study, its law with the drift of detection integrated as in
        the verdict.
    alone : tuple of (side, Result)
        Where they do not, the sides that they carry alone, with the same drift integrated.
    leakage : tuple of Leak
        Third countries as further destinations.
    reason : str
        Why there is no study of both sides; "" where there is one.
    refused : tuple of str
        Estimators that refused beside others that fit, with the reason.
    together : tuple of str
        Other events that share the onset: their effects cannot be told apart.
    inside : tuple of str
        Other events with an onset inside the window.
    """

    dated: Dated
    direction: Direction
    names: tuple[str, str]
    onset: str = ""
    partly: tuple[str, ...] = ()
    verdict: Verdict | None = None
    primary: Result | None = None
    alone: tuple[tuple[str, Result], ...] = ()
    leakage: tuple[Leak, ...] = ()
    reason: str = ""
    refused: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def studied(self) -> str:
        """What is studied: "both sides", "destination alone", "each side alone", or ""."""
        if self.verdict is not None:
            return "both sides"
        if len(self.alone) == len(SIDES):
            return "each side alone"
        return f"{self.alone[0][0]} alone" if self.alone else ""

    def result(self, side: str) -> Result | None:
        """Return the result that answers for a side, or for "net" and "offset_ratio"."""
        if self.verdict is not None:
            return self.primary
        return dict(self.alone).get(side)

    def estimate(self, estimand: str) -> Estimate | None:
        """Return one estimand; None where there is no study of it."""
        result = self.result(estimand)
        return None if result is None else result.estimate(estimand)

    @property
    def labels(self) -> tuple[str, ...]:
        """The periods of its window; none without a study."""
        found = [result.paths.labels for side in SIDES if (result := self.result(side))]
        return tuple(dict.fromkeys(label for labels in found for label in labels))

    def test(self, side: str) -> str:
        """Return the name of the test of one side: place, what is compared; "" without one.

        Events that compare the same periods of the same place share one test, whatever their dates.
        """
        result = self.result(side)
        if result is None:
            return ""
        name = result.paths.names[SIDES.index(side)]
        labels = np.array(result.paths.labels)
        after, before = labels[result.paths.post][0], labels[result.paths.pre][-1]
        alone = "" if self.verdict is not None else " alone"
        return f"{name}{alone}, from {after} on against the time to {before}"

    def tests(self) -> dict[str, float]:
        """Return the two-sided p of either side by the name of the test."""
        return {
            self.test(side): found.p_value
            for side, name in zip(SIDES, self.names, strict=True)
            if name and (found := self.estimate(side)) is not None
        }

    def undone_by(self, side: str) -> float:
        """Return the detection after over before that alone would make the whole effect."""
        result = self.result(side)
        points = explained_away(result.effects) if result is not None else ()
        return next((point.value for point in points if point.side == side), math.nan)

    @property
    def total(self) -> str:
        """The sign of the total net effect of both sides, as far as its set says it."""
        net = self.estimate("net")
        if net is None:
            return ""
        if net.conf_kind not in {"interval", "hull"}:
            return "not identified"
        return "rose" if net.conf_low > 0 else "fell" if net.conf_high < 0 else "sign not known"

    @property
    def sectors(self) -> str:
        """The sectors left by the study of both sides."""
        if self.verdict is None:
            return ""
        left = self.verdict.sectors
        return "all" if len(left) == len(SECTOR_NAMES) else " or ".join(left)

    def rose(self, alpha: float) -> str:
        """Name the third countries that rose, or say how many were looked at."""
        known = [leak for leak in self.leakage if not leak.reason]
        names = ", ".join(leak.unit for leak in known if leak.received(alpha))
        return names or (f"not shown in any of {len(known)}" if known else "")
