"""From two vessels to limits on the flow: at most, at least by belief, and if nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shiftexp.conservation import Conservation
from shiftexp.estimators.cautions import LEAST_AFTER
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow, FlowLimits
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_flow import FEWEST_KEPT, FlowDraws, OwnChanges
from shiftexp.kernels.vessel_room import SURPLUS, FlowRoom, ShareRoom, flow_room, share_room
from shiftexp.scalars import error_rate

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
_POWERS, _HALVINGS = 5, 4  # s* is looked for from 1/32 to 32 times m
_BEYOND_LEAST = (1.0, 2.0, 4.0)
_REJECTED = 0.05


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
    units, scales = study.scale * annual, asked.scales()
    stated = [asked.draws(OwnChanges.stated(s)) for s in scales]
    conserved = asked.draws(OwnChanges.stated(0.0))
    like = OwnChanges.like_donors(asked.smallest, wave=beliefs.wave)
    donors = asked.draws(like) if beliefs.like_donors else None
    return Flow(
        limits=asked.with_highest((0.0, 0.0, 0.0), units),
        by_scale=tuple(
            (s * units, asked.limits(found, s, units))
            for s, found in zip(scales, stated, strict=True)
        ),
        breakdown=asked.breakdown() * units,
        like_donors=None if donors is None else asked.limits(donors, asked.believed(donors), units),
        conserved=asked.number(conserved, conserved.flow, units),
        conserved_share=asked.number(conserved, conserved.total_share, 1.0),
        smallest=asked.smallest * units,
        donor_scale=float("nan") if donors is None else asked.donor_scale(donors) * units,
        unit=unit,
        level=beliefs.level,
        flags=asked.flags(donors, stated),
        conservation=asked.conservation(units, unit),
        reversible=_goes_off(study),
        detection=beliefs.detection,
        least_scale=float(asked.room.least_scale[0]) * units,
        most_proved=float(asked.room.lowest[0]) * units,
    )


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

    @cached_property
    def room(self) -> FlowRoom:
        """What the effects of both sides leave room for."""
        vessels = self.study.vessels
        onsets = max(len(shape.onsets) for shape in vessels.shapes)
        return flow_room(vessels.totals, self.error, onsets)

    @property
    def error(self) -> float:
        """Error rate of limits."""
        return error_rate(self.beliefs.level)

    @cached_property
    def shares(self) -> ShareRoom:
        """What is left for the shares of growth."""
        detection = self.study.detection_sds(self.beliefs.detection)
        free = self.study.vessels.growth(detection, self.beliefs.draws, self.random(0))
        return share_room(free, self.room, self.error)

    def with_highest(self, low: tuple[float, float, float], unit: float) -> FlowLimits:
        """Return lower limits of flow and shares with the upper ones, the flow in a unit."""
        excess, total = (float(ends[1, 0]) for ends in (self.shares.excess, self.shares.total))
        highest = float(self.room.highest[0])
        return FlowLimits((low[0] * unit, highest * unit), (low[1], excess), (low[2], total))

    def low(self, found: FlowDraws) -> Floats:
        """Return the lower limit of the flow by draws alone, shape (1,)."""
        return found.quantile(found.flow, self.tail)

    def limits(self, found: FlowDraws, scale: float, unit: float) -> FlowLimits:
        """Return lower limits of draws at a scale of own changes, with the upper ones of signs."""
        flow = self.room.proved(self.low(found), scale)
        excess, total = self.shares.proved(found, flow, self.error)
        return self.with_highest((float(flow[0]), float(excess[0]), float(total[0])), unit)

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

    def scales(self) -> list[float]:
        """Return the scales that are told: multiples of m, and beyond what the data refute."""
        least, usual = float(self.room.least_scale[0]), [t * self.smallest for t in SCALES]
        return usual + ([t * least for t in _BEYOND_LEAST] if 2 * least > usual[-1] else [])

    def breakdown(self) -> float:
        """Return the largest scale of own changes at which a flow is proved."""

        def proves(times: float) -> bool:
            scale = times * self.smallest
            if not self.room.may_prove(scale)[0]:
                return False
            found = self.draws(OwnChanges.stated(scale))
            return bool(self.room.proved(self.low(found), scale)[0] > 0)

        # where m is large beside what is proved at most, so are the usual scales
        proved = float(self.room.lowest[0]) / self.smallest
        below = min(0, math.floor(math.log2(proved))) if proved > 0 else 0
        return self.smallest * _last_true(
            proves, [2.0**k for k in range(below - _POWERS, _POWERS + 1)]
        )

    def believed(self, donors: FlowDraws) -> float:
        """Return the largest scale that a belief in donors' own changes leaves room for.

        A change that donors share with the destination may be of any size.
        """
        return math.inf if self.beliefs.wave else self.donor_scale(donors)

    def donor_scale(self, found: FlowDraws) -> float:
        """Return the posterior mean of the scale of own changes."""
        scales = OwnChanges.like_donors(self.smallest).scales
        shares = found.weight[0].reshape(-1, len(scales), self.beliefs.draws).sum(axis=(0, 2))
        return float(shares @ scales)

    def flags(self, donors: FlowDraws | None, stated: Sequence[FlowDraws]) -> tuple[str, ...]:
        """Return what is not identified, or contradicted by the data."""
        shapes = self.study.vessels.shapes
        rejected = self.study.vessels.upper(_REJECTED) < 0
        doubts = {
            "onset-unknown": len({shape.start for shape in shapes}) > 1,
            "origin-grew": rejected[0],
            "destination-shrank": rejected[1],
            "limits-contradict": self._contradicted(donors, stated),
            "signs-rejected": donors is not None and donors.kept[0] < FEWEST_KEPT,
            "walks-dominate": self.study.walking,
            "unlike-variances": self.study.unlike,
            "spread-changed": self.study.spread_changed,
            "scale": self.study.indicators > 1,
            "few-donors": self.beliefs.few_donors,
        }
        found = [flag for flag, holds in doubts.items() if holds]
        return ("own-changes", "constant-flow", "detection", "surplus", *found)

    def _contradicted(self, donors: FlowDraws | None, stated: Sequence[FlowDraws]) -> bool:
        """Tell whether data contradict own changes like donors', or some stated scale without."""
        if donors is None:
            return any(self.room.contradicted(self.low(found))[0] for found in stated)
        refuted = self.believed(donors) < self.room.least_scale[0]
        return bool(refuted or self.room.contradicted(self.low(donors))[0])


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
