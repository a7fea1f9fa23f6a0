"""From two vessels to limits on the flow: at most, at least by belief, and if nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.conservation import Conservation
from shiftexp.estimators.cautions import LEAST_AFTER
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow, FlowLimits
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.vessel_flow import FEWEST_KEPT, FlowDraws, OwnChanges, share_of_growth
from shiftexp.kernels.vessels import SURPLUS
from shiftexp.scalars import error_rate

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
_TRIED, _HALVINGS = tuple(2.0**k for k in range(-5, 6)), 4
_REJECTED = 0.05
# From this ratio on, the sides' changes are called unlike, and so in the flag's sentence.
UNLIKE = 2.0


@dataclass(frozen=True)
class Beliefs:
    """What is asked of the flow.

    Attributes
    ----------
    margin : float
        The smallest change that matters, as a share of the destination's level.
    detection : float
        Prior standard deviation of a step in log detection.
    like_donors, wave : bool
        Whether own changes are like those of donors, and may be shared with them.
    few_donors : bool
        Whether there are donors, and too few of them to tell the scale of own changes.
    draws, rng : int
        Draws, and their seed.
    level : float
        Level of the limits.
    """

    margin: float
    detection: float
    like_donors: bool
    wave: bool
    few_donors: bool
    draws: int
    rng: int
    level: float


def flow_of(study: VesselStudy, beliefs: Beliefs, annual: float, unit: str) -> Flow:
    """Return what the model says of the flow, in level units per year.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    beliefs : Beliefs
        What is asked.
    annual : float
        Periods in a year for amounts that add.
    unit : str
        Unit of the flow.
    """
    asked = _Asked(study, beliefs)
    units, room = study.scale * annual, asked.room()
    scales = [times * asked.smallest for times in SCALES]
    stated = [asked.draws(OwnChanges.stated(s)) for s in scales]
    conserved = asked.draws(OwnChanges.stated(0.0))
    like = OwnChanges.like_donors(asked.smallest, wave=beliefs.wave)
    donors = asked.draws(like) if beliefs.like_donors else None
    donor_scale = float("nan") if donors is None else asked.donor_scale(donors)
    # a change that donors share with the destination may be of any size
    like_scale = np.inf if beliefs.wave else donor_scale
    return Flow(
        limits=room.limits((0.0, 0.0, 0.0), units),
        by_scale=tuple(
            (s * units, asked.limits(found, room, s, units))
            for s, found in zip(scales, stated, strict=True)
        ),
        breakdown=asked.breakdown(room) * units,
        like_donors=None if donors is None else asked.limits(donors, room, like_scale, units),
        conserved=asked.number(conserved, conserved.flow, units),
        conserved_share=asked.number(conserved, conserved.total_share, 1.0),
        smallest=asked.smallest * units,
        donor_scale=donor_scale * units,
        unit=unit,
        level=beliefs.level,
        flags=asked.flags(
            donors,
            contradicted=any(asked.low(found) > room.highest[0] for found in stated)
            if donors is None
            else asked.low(donors) > room.highest[0] or like_scale < room.least_scale,
        ),
        conservation=asked.conservation(units, unit),
        reversible=_goes_off(study),
        detection=beliefs.detection,
        least_scale=room.least_scale * units,
        most_proved=room.lowest[0] * units,
    )


_Three = tuple[float, float, float]


@dataclass(frozen=True)
class _Room:
    """What the effects of both sides leave room for, whatever is believed of own changes.

    Attributes
    ----------
    lowest : tuple of float
        The most that can be proved of the flow, its share of excess and of all growth.
    highest : tuple of float
        Upper limits of the same, by the signs of own changes.
    least_scale : float
        The smallest scale of own changes that the surplus does not contradict.
    """

    lowest: _Three
    highest: _Three
    least_scale: float

    def may_prove(self, scale: float) -> bool:
        """Tell whether a flow may be proved at a scale: both moved, and it is not refuted."""
        return self.lowest[0] > 0 and scale >= self.least_scale

    def limits(self, low: _Three, unit: float) -> FlowLimits:
        """Return lower limits of flow and shares with the upper ones, the flow in a unit."""
        flow, excess, total = zip(low, self.highest, strict=True)
        return FlowLimits((flow[0] * unit, flow[1] * unit), excess, total)


@dataclass(frozen=True, eq=False)
class _Asked:
    """One study with one set of beliefs; every question has the same random numbers."""

    study: VesselStudy
    beliefs: Beliefs

    @property
    def smallest(self) -> float:
        """The smallest change that matters, in units of the series."""
        return float(self.beliefs.margin * abs(self.study.level[1]) / self.study.scale)

    @property
    def tail(self) -> float:
        """Mass beyond either limit."""
        return (1 - self.beliefs.level) / 2

    def random(self, key: int) -> np.random.Generator:
        """Return a stream of its own."""
        return np.random.default_rng(np.random.SeedSequence(self.beliefs.rng, spawn_key=(key,)))

    def draws(self, own: OwnChanges) -> FlowDraws:
        """Return draws under a belief in own changes."""
        detection = self.study.detection_sds(self.beliefs.detection)
        return self.study.vessels.draws(own, detection, self.beliefs.draws, self.random(1))

    def room(self) -> _Room:
        """Return what the effects of both sides leave room for.

        A flow leaves and arrives, so no more of it is proved than of either: without this, growth
        of the destination alone that is larger than believed would be read as a flow.
        """
        vessels, error = self.study.vessels, error_rate(self.beliefs.level)
        most = max(0.0, float(vessels.upper(self.tail).min()))
        least = max(0.0, float(vessels.lower(error).min()))
        free = vessels.growth(self.beliefs.draws, self.random(0))
        arrived = free.flow + free.own[..., 1]
        total = free.total_share, share_of_growth(arrived, arrived + free.drift)

        def ends(p: float) -> tuple[float, float]:
            parts = [float(free.quantile(v, p)[0]) for v in (free.excess_share, *total)]
            return parts[0], min(parts[1:])

        highest = (most, *(ends(1 - self.tail) if most > 0 else (0.0, 0.0)))
        return _Room((least, *ends(error)), highest, self.least_scale())

    def least_scale(self) -> float:
        """Return the smallest scale of own changes with room for the surplus or deficit.

        Own changes of opposite signs differ by the surplus: the destination grew by itself by as
        much at least, or in a deficit the origin fell. Of a half-normal only the error rate lies
        beyond this many scales; of changes at several onsets, each may be as large.
        """
        vessels = self.study.vessels
        ends = [float(vessels.totals.quantile(SURPLUS, p)[0]) for p in (self.tail, 1 - self.tail)]
        several = max(len(shape.onsets) for shape in vessels.shapes)
        beyond = max(ends[0], -ends[1], 0.0)
        return float(beyond / several / t_quantile(np.inf, 1 - self.tail))

    def low(self, found: FlowDraws) -> float:
        """Return the lower limit of the flow by draws alone."""
        return float(np.nan_to_num(found.quantile(found.flow, self.tail)[0]))

    def limits(self, found: FlowDraws, room: _Room, scale: float, unit: float) -> FlowLimits:
        """Return lower limits of draws at a scale of own changes, with the upper ones of signs."""
        if not self.proves(self.low(found), room, scale):
            return room.limits((0.0, 0.0, 0.0), unit)
        flow, excess, total = (
            min(float(found.quantile(drawn, self.tail)[0]), *ends)
            for drawn, *ends in zip(
                (found.flow, found.excess_share, found.total_share),
                room.lowest,
                room.highest,
                strict=True,
            )
        )
        return room.limits((flow, excess, total), unit)

    @staticmethod
    def proves(low: float, room: _Room, scale: float) -> bool:
        """Tell whether a lower limit at a scale of own changes proves a flow.

        Above the upper limit the belief contradicts the data, and below the least scale the
        surplus does: neither proves anything.
        """
        return 0 < low <= room.highest[0] and room.may_prove(scale)

    def number(self, found: FlowDraws, values: Floats, unit: float) -> tuple[float, float, float]:
        """Return the median of draws with both limits."""
        ends = [found.quantile(values, p)[0] * unit for p in (0.5, self.tail, 1 - self.tail)]
        return float(ends[0]), float(ends[1]), float(ends[2])

    def conservation(self, units: float, unit: str) -> Conservation:
        """Return the surplus of what arrived over what left, and its test."""
        totals = self.study.vessels.totals
        mean, sd = (float(found[0]) for found in totals.moments(SURPLUS))
        ends = [float(totals.quantile(SURPLUS, p)[0]) for p in (self.tail, 1 - self.tail)]
        below = float(totals.below(SURPLUS, 0.0)[0])
        return Conservation(
            estimate=mean * units,
            low=ends[0] * units,
            high=ends[1] * units,
            p_value=2 * min(below, 1 - below),
            sd=sd * units,
            smallest=self.smallest * units,
            unit=unit,
            level=self.beliefs.level,
        )

    def breakdown(self, room: _Room) -> float:
        """Return the largest scale of own changes at which a flow is proved."""

        def proves(times: float) -> bool:
            scale = times * self.smallest
            if not room.may_prove(scale):
                return False
            return self.proves(self.low(self.draws(OwnChanges.stated(scale))), room, scale)

        return self.smallest * _last_true(proves, _TRIED)

    def donor_scale(self, found: FlowDraws) -> float:
        """Return the posterior mean of the scale of own changes."""
        scales = OwnChanges.like_donors(self.smallest).scales
        shares = found.weight[0].reshape(-1, len(scales), self.beliefs.draws).sum(axis=(0, 2))
        return float(shares @ scales)

    def flags(self, donors: FlowDraws | None, *, contradicted: bool) -> tuple[str, ...]:
        """Return what is not identified, or contradicted by the data."""
        shapes, changes = self.study.vessels.shapes, self.study.changes
        rejected = self.study.vessels.upper(_REJECTED) < 0
        doubts = {
            "onset-unknown": len({int(shape.onsets[0]) for shape in shapes}) > 1,
            "origin-grew": rejected[0],
            "destination-shrank": rejected[1],
            "limits-contradict": contradicted,
            "signs-rejected": donors is not None and donors.kept[0] < FEWEST_KEPT,
            "walks-dominate": self.study.walking,
            "unlike-variances": changes.max() > UNLIKE * changes.min(),
            "few-donors": self.beliefs.few_donors,
        }
        found = [flag for flag, holds in doubts.items() if holds]
        return ("own-changes", "constant-flow", "detection", "surplus", *found)


def _goes_off(study: VesselStudy) -> bool:
    """Tell whether for any candidate enough periods are left in which nothing arrives any more."""
    ends = (
        np.flatnonzero(shape.push)[-1] + np.flatnonzero(shape.lags)[-1]
        for shape in study.vessels.shapes
    )
    last = np.flatnonzero(study.vessels.post)[-1]
    return bool(last - max(ends) >= LEAST_AFTER)


def _last_true(holds: Callable[[float], bool], tried: Sequence[float]) -> float:
    """Return where something ends that holds at some of rising numbers, 0 or infinity beyond them.

    It need not hold at the smaller ones: own changes that are too small contradict the data.
    """
    last = next((k for k in reversed(range(len(tried))) if holds(tried[k])), None)
    if last is None:
        return 0.0
    if last == len(tried) - 1:
        return math.inf
    low, high = tried[last], tried[last + 1]
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
