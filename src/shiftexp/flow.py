"""What a model of the flow says: at most, at least by belief in own changes, if nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.bounds import B1, B2
from shiftexp.conservation import Conservation
from shiftexp.identification import IdentificationNote, notes_of
from shiftexp.table import Table, format_number

SIGNS = f"{B1}; {B2}"
CONSERVED = "if nothing else changed at the onset"
OUTSIDE = "outside the limits of the signs: something else did change"
NO_FLOW = "no flow fits the signs of own changes"
BY_SIGNS, BY_DONORS = "signs only", "own changes like donors'"
_NAMES = {
    "flow": "flow",
    "excess": "share of destination growth beyond drift",
    "total": "share of all destination growth",
}


@dataclass(frozen=True)
class FlowLimits:
    """Limits on a flow, and on its shares of the destination's growth.

    Attributes
    ----------
    flow, excess, total : tuple of two float
        Lowest and highest: the flow in level units per year; its share, from 0 to 1, of growth
        beyond drift, and of all growth. Both are 0 where no flow fits the signs, and the highest
        is 1 where there may be a flow and the destination did not grow.
    """

    flow: tuple[float, float]
    excess: tuple[float, float]
    total: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Flow(Table):
    """What arrived at the destination by the end of the window, out of what left the origin.

    Attributes
    ----------
    limits : FlowLimits
        The headline: from nothing to the most that signs of own changes allow.
    by_scale : tuple of (float, FlowLimits)
        The same with lower limits, by the scale s of own changes that is believed in, in level
        units per year. They are 0 where that belief contradicts the data.
    breakdown : float
        The largest s at which the lower limit of the flow is above zero: 0 where there is none,
        infinity where it is above zero at any s looked at that the data do not contradict.
    like_donors : FlowLimits or None
        Limits where own changes are exchangeable with those of donors.
    conserved : tuple of float
        Estimate, lower and upper limit of the flow if nothing else changed at the onset. They lie
        outside ``limits`` where that is contradicted.
    conserved_share : tuple of float
        The same of its share of all growth.
    smallest : float
        The smallest change that matters, m, in level units per year.
    donor_scale : float
        Posterior mean of the scale of donors' own changes; NaN without donors.
    unit : str
        Unit of the flow.
    level : float
        Level of the limits.
    flags : tuple of str
        What is not identified, or contradicted, in words for machines: those of
        ``shiftexp.identification``.
    reversible : bool
        Whether the push went off again inside the window: then own changes, which stay, are told
        from the flow, which ends.
    detection : float
        Prior standard deviation of the step in log detection that is integrated.
    maturity : str
        How well the model is tried: "emerging", or "" for an established one.
    conservation : Conservation or None
        Whether what arrived is what left, and the power of that test.
    least_scale : float
        The smallest s with room for the surplus, or the deficit, that is proved: smaller ones
        contradict the data. 0 without either.
    most_proved : float
        The smaller of the lower limits of what left and of what arrived: whatever is believed of
        own changes, no more of a flow is proved.
    """

    limits: FlowLimits
    by_scale: tuple[tuple[float, FlowLimits], ...]
    breakdown: float
    like_donors: FlowLimits | None
    conserved: tuple[float, float, float]
    conserved_share: tuple[float, float, float]
    smallest: float
    donor_scale: float
    unit: str
    level: float
    flags: tuple[str, ...] = ()
    conservation: Conservation | None = None
    reversible: bool = False
    detection: float = 0.0
    maturity: str = ""
    least_scale: float = 0.0
    most_proved: float = math.inf

    def __post_init__(self) -> None:
        """Refuse limits that are no numbers, and flags that nobody knows."""
        if not np.isfinite(self.limits.flow).all():
            message = f"limits of a flow: {self.limits.flow!r}"
            raise ValueError(message)
        notes_of(self.flags)

    @property
    def most_of_growth(self) -> str:
        """The highest share of all destination growth in words, rounded up as upper limits are."""
        return f"{math.ceil(round(100 * self.limits.total[1], 6))} %"

    @property
    def possible(self) -> bool:
        """Whether any flow fits the signs of own changes."""
        return self.limits.flow[1] > 0

    @property
    def contradicted(self) -> bool:
        """Whether the flow with nothing else lies outside of what the signs leave room for."""
        return self.conserved[0] > self.limits.flow[1] or self.conserved[2] < 0

    @property
    def notes(self) -> tuple[IdentificationNote, ...]:
        """What the flags mean, what always holds first."""
        return notes_of(self.flags)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity and belief; a number only if nothing else changed."""
        rows = self._rows(BY_SIGNS, SIGNS, self.limits)
        if self.like_donors is not None:
            because = f"{SIGNS}; own changes of both are like those of donors"
            rows += self._rows(BY_DONORS, because, self.like_donors)
        for scale, limits in self.by_scale:
            because = f"{SIGNS}; own changes of scale {format_number(scale)} {self.unit}"
            rows += self._rows(
                f"own changes of {format_number(scale / self.smallest, 3)} m", because, limits
            )
        for quantity, found in (("flow", self.conserved), ("total", self.conserved_share)):
            unit = self.unit if quantity == "flow" else "share"
            rows.append((_NAMES[quantity], CONSERVED, *found, unit, self._conserved_because))
        columns = ["quantity", "belief", "estimate", "conf_low", "conf_high", "unit", "assumptions"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def _conserved_because(self) -> str:
        """What the only estimate assumes, and whether that is contradicted."""
        return f"{CONSERVED} ({OUTSIDE})" if self.contradicted else CONSERVED

    def curve(self) -> pd.DataFrame:
        """Return the lower limit of the flow by the scale of own changes that is believed in."""
        return pd.DataFrame(
            [(s, s / self.smallest, found.flow[0]) for s, found in self.by_scale],
            columns=["own_changes", "in_m", "flow_low"],
        )

    def _rows(
        self, belief: str, because: str, found: FlowLimits
    ) -> list[tuple[str, str, float, float, float, str, str]]:
        """Return the rows of one belief."""
        return [
            (
                _NAMES[name],
                belief,
                math.nan,
                *getattr(found, name),
                self.unit if name == "flow" else "share",
                because,
            )
            for name in _NAMES
        ]


def flow_in(result: object) -> Flow | None:
    """Return what a result says of the flow, None where its model has none.

    Parameters
    ----------
    result : object
        What an estimator returned.
    """
    found = getattr(result, "flow", None)
    return found if isinstance(found, Flow) else None
