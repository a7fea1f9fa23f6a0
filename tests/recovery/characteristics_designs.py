"""What operating characteristics are asked of: truths, lengths, noise, and what the analyst has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shiftexp.plane import OFFSET_FULL_HIGH, sectors

LEVELS, DRIFTS = (100.0, 40.0), (1.0, 2.0)
DONOR_LEVEL, DONOR_DRIFT, DONORS = 60.0, 1.5, 5
A_YEAR, SMALL_A_YEAR = 2.0, 0.5  # the size of an effect, and m, for every year after the onset
FACTOR = 1.25
_NEAR = 1e-9


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What happened by the end of the window, in sizes of an effect.

    Attributes
    ----------
    flow, left, grown : float
        What moved, and own changes of origin and destination.
    detection : float
        What detection at the destination is multiplied by.
    ramp : bool
        Whether that comes evenly over the years after the onset.
    at_once : bool
        Whether changes of activity are there at the onset and do not grow.
    border : bool
        Whether it lies on a border of sectors or just beside one.
    """

    flow: float = 0.0
    left: float = 0.0
    grown: float = 0.0
    detection: float = 1.0
    ramp: bool = False
    at_once: bool = False
    border: bool = False

    @property
    def effects(self) -> tuple[float, float]:
        """Changes of origin and destination by the end."""
        return self.left - self.flow, self.grown + self.flow

    @property
    def sectors(self) -> frozenset[str]:
        """The sectors that hold the truth: two on a border."""
        small = SMALL_A_YEAR / A_YEAR
        return holding(self.effects, (small, small))


def holding(effects: tuple[float, float], smallest: tuple[float, float]) -> frozenset[str]:
    """Return the sectors that hold a pair of effects, borders included."""
    origin, destination = effects
    near = [(o, d) for o in (origin - _NEAR, origin + _NEAR) for d in (destination,)]
    return frozenset(s.name for s in sectors(*smallest) if any(s.contains(*p) for p in near))


def _offset(ratio: float) -> Truth:
    """Return a truth whose offset ratio is this; the growth of the destination is one effect."""
    flow = min(ratio, 1.0)
    return Truth(flow=flow, grown=1 - flow, left=flow - ratio, border=True)


STEP, RAMP = "detection x1.25", "ramp to x1.25"
CORE = {
    "null": Truth(),
    "shift": Truth(flow=1),
    "expansion": Truth(grown=1),
    "mixed": Truth(flow=1, grown=1),
    "partial": Truth(flow=1, left=-1.1),
    "common growth": Truth(left=1, grown=1),
    "diffusion": Truth(left=-1, grown=-1),
    "exit and own growth": Truth(left=-1, grown=1),
}
UNSEEN = {
    f"null, {STEP}": Truth(detection=FACTOR),
    f"shift, {STEP}": Truth(flow=1, detection=FACTOR),
    f"null, {RAMP}": Truth(detection=FACTOR, ramp=True),
    f"shift, {RAMP}": Truth(flow=1, detection=FACTOR, ramp=True),
}
BORDERS = {
    f"offset ratio {name}": _offset(ratio)
    for name, ratio in (
        ("0.2", 0.2),
        ("0.25", 0.25),
        ("0.3", 0.3),
        ("0.7", 0.7),
        ("0.75", 0.75),
        ("0.8", 0.8),
        ("1.33", OFFSET_FULL_HIGH),
    )
}
JUMPS = {
    "shift, at once": Truth(flow=1, at_once=True),
    "expansion, at once": Truth(grown=1, at_once=True),
}
TRUTHS = CORE | UNSEEN | BORDERS | JUMPS


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Standard deviations a year of own walk, common walk and noise; and how large effects are."""

    own: float
    common: float
    noise: float
    times: float = 1.0


ROWS = {
    "r1": Noise(own=1.5, common=1.5, noise=4),
    "r2": Noise(own=0.5, common=1.5, noise=4),
    "r3": Noise(own=0.3, common=0.3, noise=1),
    "r4": Noise(own=1, common=1, noise=2, times=3),
    "r5": Noise(own=2, common=2, noise=1),
}
WALKS = "r5"


@dataclass(frozen=True, kw_only=True)
class Length:
    """Years before and after the onset, and periods in a year."""

    before: int
    after: int
    seasons: int = 1

    @property
    def size(self) -> float:
        """Size of an effect by the end of the window."""
        return A_YEAR * self.after

    @property
    def smallest(self) -> float:
        """The smallest change that matters, m, at the end of the window."""
        return SMALL_A_YEAR * self.after


LENGTHS = {
    "15": Length(before=8, after=7),
    "20": Length(before=10, after=10),
    "40": Length(before=20, after=20),
    "120": Length(before=5, after=5, seasons=12),
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the analyst has: indicators that drift each by itself, donors.

    Attributes
    ----------
    indicators : int
        How many.
    drift : float
        Sd of the log change of each one's detection by the end; declared as it is.
    donors : int
        Clean places.
    """

    indicators: int = 1
    drift: float = 0.0
    donors: int = 0

    @property
    def pooled(self) -> float:
        """The drift of the mean of indicators whose drifts have nothing in common."""
        return self.drift / math.sqrt(self.indicators)


ONE, DONATED = "1 indicator", "5 donors"
HAD = {
    ONE: Evidence(),
    "1 indicator, drift .05": Evidence(drift=0.05),
    "1 indicator, drift .10": Evidence(drift=0.10),
    "3 indicators": Evidence(indicators=3),
    "3 indicators, drift .03": Evidence(indicators=3, drift=0.03),
    "3 indicators, drift .05": Evidence(indicators=3, drift=0.05),
    DONATED: Evidence(donors=DONORS),
}
