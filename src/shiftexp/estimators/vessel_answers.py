"""From two vessels to limits on the flow: at most, at least by belief, and if nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shiftexp.conservation import Conservation
from shiftexp.estimators.cautions import LEAST_AFTER
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.flow import Flow, FlowLimits
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_flow import FEWEST_KEPT, FlowDraws, OwnChanges
from shiftexp.kernels.vessels import SURPLUS

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
_LEAST_SCALE, _MOST_SCALE, _HALVINGS = 1 / 32, 32.0, 7
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
    units, highest = study.scale * annual, asked.highest()
    scales = [times * asked.smallest for times in SCALES]
    stated = [asked.draws(OwnChanges.stated(s)) for s in scales]
    conserved = asked.draws(OwnChanges.stated(0.0))
    like = OwnChanges.like_donors(asked.smallest, wave=beliefs.wave)
    donors = asked.draws(like) if beliefs.like_donors else None
    return Flow(
        limits=FlowLimits((0.0, highest[0] * units), (0.0, highest[1]), (0.0, highest[2])),
        by_scale=tuple(
            (s * units, asked.limits(found, highest, units))
            for s, found in zip(scales, stated, strict=True)
        ),
        breakdown=asked.breakdown() * units,
        like_donors=None if donors is None else asked.limits(donors, highest, units),
        conserved=asked.number(conserved, conserved.flow, units),
        conserved_share=asked.number(conserved, conserved.total_share, 1.0),
        smallest=asked.smallest * units,
        donor_scale=float("nan") if donors is None else asked.donor_scale(donors) * units,
        unit=unit,
        level=beliefs.level,
        flags=asked.flags(donors),
        conservation=asked.conservation(units, unit),
        reversible=_goes_off(study),
        detection=beliefs.detection,
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

    def highest(self) -> tuple[float, float, float]:
        """Return upper limits of the flow, its share of excess and of all growth."""
        vessels = self.study.vessels
        most = max(0.0, float(vessels.upper(self.tail).min()))
        free = vessels.growth(self.beliefs.draws, self.random(0))
        shares = [
            float(free.quantile(share, 1 - self.tail)[0])
            for share in (free.excess_share, free.total_share)
        ]
        return most, shares[0], shares[1]

    def limits(
        self, found: FlowDraws, highest: tuple[float, float, float], unit: float
    ) -> FlowLimits:
        """Return lower limits of draws with the upper limits of signs alone."""
        values = (found.flow, found.excess_share, found.total_share)
        pairs = []
        for drawn, high, scale in zip(values, highest, (unit, 1.0, 1.0), strict=True):
            low = max(0.0, float(np.nan_to_num(found.quantile(drawn, self.tail)[0])))
            pairs.append((min(low, high) * scale, high * scale))
        return FlowLimits(*pairs)

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

    def breakdown(self) -> float:
        """Return the largest scale of own changes at which a flow is proved."""

        def proves(times: float) -> bool:
            found = self.draws(OwnChanges.stated(times * self.smallest))
            return bool(found.quantile(found.flow, self.tail)[0] > 0)

        return self.smallest * _last_true(proves, _LEAST_SCALE, _MOST_SCALE)

    def donor_scale(self, found: FlowDraws) -> float:
        """Return the posterior mean of the scale of own changes."""
        scales = OwnChanges.like_donors(self.smallest).scales
        shares = found.weight[0].reshape(-1, len(scales), self.beliefs.draws).sum(axis=(0, 2))
        return float(shares @ scales)

    def flags(self, donors: FlowDraws | None) -> tuple[str, ...]:
        """Return what is not identified, or contradicted by the data."""
        shapes = self.study.vessels.shapes
        doubts = {
            "onset-unknown": len({shape.start for shape in shapes}) > 1,
            "origin-grew": self.study.vessels.upper(_REJECTED)[0] < 0,
            "signs-rejected": donors is not None and donors.kept[0] < FEWEST_KEPT,
            "walks-dominate": self.study.walking,
            "unlike-variances": self.study.unlike,
            "scale": self.study.indicators > 1,
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


def _last_true(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return where something that holds up to a point ends, 0 or infinity beyond both ends."""
    if not holds(low):
        return 0.0
    if holds(high):
        return float("inf")
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
