"""What a model of the flow says: at most, at least by belief in own changes, if nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.bounds import B1, B2
from shiftexp.conservation import Conservation
from shiftexp.detection import DEFAULT_DRIFT
from shiftexp.errors import EstimandNotIdentified, Problem
from shiftexp.evidence import Bound, Evidence
from shiftexp.identification import IdentificationNote, notes_of
from shiftexp.table import Table, format_number

SIGNS = f"{B1}; {B2}"
CONSERVED = "if nothing else changed at the onset"
OUTSIDE = "outside the limits of the signs: something else did change"
NO_FLOW = "no flow fits the signs of own changes"
BY_SIGNS, BY_DONORS = "signs only", "own changes like donors'"
LEAST_LEVEL = 0.95
_BY_WINDOW = "by the end of the window"
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


@dataclass(frozen=True)
class Lack:
    """One thing that keeps a model of the flow from giving a lower limit that can be brought.

    Attributes
    ----------
    text : str
        What is lacking.
    remedy : str
        What would change it; empty where nothing that could be collected would.
    """

    text: str
    remedy: str = ""


@dataclass(frozen=True, eq=False, repr=False)
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

    @property
    def least(self) -> float:
        """The lower limit where own changes are like those of donors, 0 without any."""
        return 0.0 if self.like_donors is None else self.like_donors.flow[0]

    def rests_on(self, argued: Evidence | None = None) -> str:
        """Say why lasting own changes are no rival to the flow.

        Parameters
        ----------
        argued : Evidence, optional
            Against own changes: the argument that nothing else changed at the onset.
        """
        if self.reversible:
            return "a push that went off again, which own changes that stay do not"
        source = argued.source if argued else ""
        return (
            f"the argument that nothing else changed at the onset [{source}]: were it wrong, own "
            "changes of both sides would look the same"
        )

    def lacks(
        self, *, drift: float = DEFAULT_DRIFT, argued: Evidence | None = None
    ) -> tuple[Lack, ...]:
        """Return what keeps the model from giving a lower limit; nothing where it gives one.

        Parameters
        ----------
        drift : float, default 0.10
            The drift of detection that it is to allow for.
        argued : Evidence, optional
            Against own changes: the argument that nothing else changed at the onset.
        """
        return tuple(self._lacks(drift, argued))

    def bound(self, *, drift: float = DEFAULT_DRIFT, argued: Evidence | None = None) -> Bound:
        """Return the limits of the flow as a Bound, to be brought as evidence for a shift.

        low <= F <= high, by the end of the window: the lower limit where own changes are like those
        of donors, the upper one of signs alone.

        Parameters
        ----------
        drift : float, default 0.10
            The drift of detection that the verdict integrates.
        argued : Evidence, optional
            Against own changes, with its source: that nothing else changed at the onset. A push
            that went off again inside the window needs none.

        Returns
        -------
        Bound
            Its reason names the model, and what it assumes.

        Raises
        ------
        EstimandNotIdentified
            When there are no donors (four or more), or the lower limit is zero.
        EstimandNotIdentified
            When the push never goes off again, and nothing was argued.
        EstimandNotIdentified
            When the model allows a smaller step of detection than ``drift``, its limits are below
            95 %, or a flag is a reason for doubt.

        Notes
        -----
        ``weigh`` never does this by itself: whoever calls a shift supported by a model says so, and
        the claim is as good as the argument. An own fall of the origin with own growth of the
        destination, both lasting, look like a flow (METHODS.md, *communicating_vessels*).

        Examples
        --------
        >>> import shiftexp as sx
        >>> panel, design = sx.simulate_pair(rng=1)
        >>> result = sx.CommunicatingVessels(draws=1000).fit(panel, design)
        >>> result.flow.bound()
        Traceback (most recent call last):
        shiftexp.errors.EstimandNotIdentified: 2 problems...
        """
        needed = "a lower limit that does not hang on a belief"
        problems = [
            Problem(lack.text, needed, lack.remedy or "nothing that could be collected mends it")
            for lack in self.lacks(drift=drift, argued=argued)
        ]
        if problems:
            raise EstimandNotIdentified(problems)
        return Bound(
            "flow",
            low=self.least,
            high=max(self.limits.flow[1], self.least),
            unit=f"{self.unit} {_BY_WINDOW}",
            because=f"{100 * self.level:g} % limits, {SIGNS}; rests on {self.rests_on(argued)}",
            assumed=(
                "own changes of both places are like those of the donors",
                f"detection changed by no more than a step of sd {self.detection:g}",
            ),
            model=f"an {self.maturity} method" if self.maturity else "of an established method",
        )

    def _lacks(self, drift: float, argued: Evidence | None) -> Iterator[Lack]:
        """Yield what keeps the model from giving a lower limit."""
        if self.like_donors is None:
            yield Lack(
                "no donors are asked how large own changes are",
                "four donors or more: their own changes tell how large those of the pair may be",
            )
        elif not self.least > 0:
            yield Lack(f'the lower limit is zero (row "{BY_DONORS}")')
        if not (self.reversible or _argues(argued)):
            yield Lack(
                "the push never goes off again, and nobody argued from outside that nothing else "
                "changed at the onset",
                "a push that goes off again, or an argument with its source that nothing else "
                "changed at the onset (evidence against own changes)",
            )
        if self.detection < drift:
            yield Lack(
                f"the model allows a detection step of {self.detection:g}, the verdict a drift of "
                f"{drift:g}",
                f"a model of the flow that allows a detection step of {drift:g}",
            )
        if self.level < LEAST_LEVEL:
            yield Lack(f"its limits are at {100 * self.level:g} %, not {100 * LEAST_LEVEL:g} %")
        for note in self.notes:
            if note.bars_shift:
                yield Lack(note.sentence)

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


def _argues(argued: Evidence | None) -> bool:
    """Tell whether evidence argues that nothing else changed."""
    if not isinstance(argued, Evidence):
        return False
    return argued.about == "own changes" and argued.direction == "against"


def flow_in(result: object) -> Flow | None:
    """Return what a result says of the flow, None where its model has none.

    Parameters
    ----------
    result : object
        What an estimator returned.
    """
    found = getattr(result, "flow", None)
    return found if isinstance(found, Flow) else None
