"""What the recovery study asks: truths, designs, beliefs, and settings fixed or drawn at random."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

# Settings are drawn with a seed of their own: another seed for the data leaves them as they are.
SETTINGS_SEED = 40127
GROUPS = 20
FIXED, DRAWN = "fixed", "drawn"
YEARS, SDS, LEVEL, SIZE, HIGHER = (0.75, 1.25), (0.25, 1.5), (25.0, 100.0), (0.5, 1.5), (1.5, 4.0)
LAG_ROOM = 2
LEVELS = (100.0, 40.0)
DRIFTS, DONOR_DRIFT, DONOR_LEVEL = (1.0, 2.0), 1.5, 60.0
MONTHS = 12

Push = Literal["step", "pulse", "two pulses", "equal steps", "unequal steps"]
Noise = Literal["normal", "poisson", "negative binomial", "lumps"]
Places = Literal["one pair", "near pairs", "near less far"]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What happened by the end of the window, in sizes of the flow.

    Attributes
    ----------
    code : str
        Its name in the scenarios of the project's study.
    flow, left, grown : float
        What arrived, and own changes of origin and destination.
    jumped : float
        What the destination jumped by at the onset, by itself and for good.
    detection : float
        What detection at the destination is multiplied by from the onset on.
    drifting : bool
        Whether the destination grows besides.
    """

    code: str
    flow: float = 0.0
    left: float = 0.0
    grown: float = 0.0
    jumped: float = 0.0
    detection: float = 1.0
    drifting: bool = True


FLOW, COINCIDENT, TWO_OWN = "flow", "flow and own growth", "own fall and own growth"
ALL_FLOW, NOTHING, OWN_GROWTH = "flow, no other growth", "nothing", "own growth"
MUCH_GROWTH, MUCH_COINCIDENT = "own growth x3", "flow and own growth x3"
JUMP, HIGH_JUMP = "own jump", "own jump x3"
FLOW_SEEN, SEEN = "flow, detection x1.25", "detection x1.25"
TRUTHS = {
    FLOW: Truth(code="A1", flow=1),
    ALL_FLOW: Truth(code="A1, share 1", flow=1, drifting=False),
    COINCIDENT: Truth(code="A4", flow=1, grown=1),
    FLOW_SEEN: Truth(code="A5", flow=1, detection=1.25),
    NOTHING: Truth(code="A1n"),
    SEEN: Truth(code="A5b", detection=1.25),
    OWN_GROWTH: Truth(code="E", grown=1),
    TWO_OWN: Truth(code="AX", left=-1, grown=1),
    MUCH_GROWTH: Truth(code="E, 3 times", grown=3),
    MUCH_COINCIDENT: Truth(code="A4, growth 3 times", flow=1, grown=3),
    JUMP: Truth(code="jump", jumped=1),
    HIGH_JUMP: Truth(code="jump, 3 times", jumped=3),
}
_ALONE = (MUCH_GROWTH, JUMP, HIGH_JUMP)
_SHARES = (FLOW, ALL_FLOW, NOTHING)
_THREE = (FLOW, COINCIDENT, TWO_OWN)
_TWO = (FLOW, TWO_OWN)


@dataclass(frozen=True, kw_only=True)
class Design:
    """How a flow was looked at, and what noise lay over it.

    Attributes
    ----------
    years : tuple of int
        Years before and after the declared onset.
    seasons : int
        Periods in a year.
    sds : tuple of float
        Standard deviations of own walk, common walk and noise, a year.
    size : float
        The flow by the end of the window, in units a year.
    lag : int
        Periods after which what leaves arrives; known to the analyst.
    push : Push
        When the push is on.
    donors : int
        Places without a flow.
    donor_changes : float
        Standard deviation of the donors' own changes, in sizes of the flow.
    wave : bool
        Whether donors and destination share an own change of the size of the flow.
    noise : Noise
        The law of the noise.
    unequal : float
        The destination's standard deviations over the origin's.
    late : int
        Years by which the true onset comes after the declared one; negative for before.
    places : Places
        What origin and destination are.
    beliefs : tuple of str
        What is believed of own changes, in words.
    truths : tuple of str
        What happened.
    """

    years: tuple[int, int] = (10, 10)
    seasons: int = 1
    sds: tuple[float, float, float] = (1.5, 1.5, 4.0)
    size: float = 20.0
    lag: int = 1
    push: Push = "step"
    donors: int = 0
    donor_changes: float = 0.0
    wave: bool = False
    noise: Noise = "normal"
    unequal: float = 1.0
    late: int = 0
    places: Places = "one pair"
    beliefs: tuple[str, ...] = ("s = 0", "s = 1")
    truths: tuple[str, ...] = _TWO

    @property
    def draws(self) -> int:
        """Data sets of a cell."""
        return 100 if self.seasons == MONTHS else 400


_CURVE = ("s = 0", "s = 0.25", "s = 0.5", "s = 1")
_HALF = ("s = 0", "s = 0.5", "s = 1")
UNSEEN_STEP = "s = 1, no detection step"
_PULSE = (*_HALF, UNSEEN_STEP)
_LIKE = ("s = 0", "like donors")
_ROW_3, _PRECISE_MONTHS = (0.3, 0.3, 1.0), (0.3, 0.3, 0.8)
_WALKS = {"3/0/1": (3.0, 0.0, 1.0), "2/2/1": (2.0, 2.0, 1.0)}
_TEN_YEARS = Design(years=(5, 5), seasons=MONTHS, size=10.0, lag=3)
QUIET_PULSE = "5 donors, own changes of 0, 3-year pulse"
ANNUAL, MONTHLY, PULSE, PRECISE = "annual", "monthly", "3-year pulse", "precise"
WALKING, WALKING_MONTHS = "annual, walks dominate", "monthly, walks dominate"
SECTIONS: dict[str, dict[str, Design]] = {
    "A lasting push": {
        ANNUAL: Design(beliefs=_CURVE, truths=tuple(TRUTHS)),
        "one donor (A3)": Design(donors=1, truths=_SHARES),
        "15 years (A6)": Design(years=(8, 7), size=14.0, beliefs=_HALF, truths=_THREE),
        "smooth drifts (A7)": Design(sds=(0.3, 0.3, 4.0), beliefs=_HALF, truths=_THREE),
        PRECISE: Design(
            sds=_ROW_3,
            beliefs=(*_CURVE, UNSEEN_STEP),
            truths=(*_THREE, OWN_GROWTH, *_ALONE, MUCH_COINCIDENT),
        ),
        MONTHLY: replace(_TEN_YEARS, beliefs=_CURVE, truths=tuple(TRUTHS)),
        "monthly, precise (M3)": replace(
            _TEN_YEARS, sds=_PRECISE_MONTHS, beliefs=_HALF, truths=_THREE
        ),
    },
    "Donors": {
        **{
            f"5 donors, own changes of {20 * tau:g}": Design(
                donors=5, donor_changes=tau, beliefs=_LIKE, truths=(*_THREE, *_ALONE)
            )
            for tau in (0.0, 0.5, 1.0)
        },
        QUIET_PULSE: Design(
            donors=5, push="pulse", beliefs=_LIKE, truths=(*_THREE, *_ALONE, MUCH_COINCIDENT)
        ),
        "5 donors share the destination's growth": Design(
            donors=5,
            donor_changes=0.25,
            wave=True,
            beliefs=(*_LIKE, "like donors, wave"),
            truths=(FLOW, NOTHING),
        ),
    },
    "Pushes that end, repeat or arrive late": {
        PULSE: Design(
            push="pulse",
            beliefs=_PULSE,
            truths=(*_SHARES, COINCIDENT, TWO_OWN, OWN_GROWTH, *_ALONE, MUCH_COINCIDENT),
        ),
        "monthly, 3-year pulse (M2)": replace(
            _TEN_YEARS, push="pulse", beliefs=_PULSE, truths=_THREE
        ),
        "two 3-year pulses": Design(
            years=(6, 14), push="two pulses", beliefs=_PULSE, truths=_THREE
        ),
        "two lasting pushes, equal": Design(
            years=(6, 14), push="equal steps", beliefs=_HALF, truths=_THREE
        ),
        "two lasting pushes, 1:3": Design(
            years=(6, 14), push="unequal steps", beliefs=_HALF, truths=_THREE
        ),
        "lag of 3 years": Design(lag=3, beliefs=_HALF, truths=_THREE),
    },
    "Walks that outweigh the noise": {
        **{f"{WALKING}, {name}": Design(sds=sds) for name, sds in _WALKS.items()},
        **{
            f"{WALKING_MONTHS}, {name}": replace(_TEN_YEARS, sds=sds)
            for name, sds in _WALKS.items()
        },
    },
    "Beyond the study": {
        "destination twice as variable": Design(unequal=2.0),
        "Poisson counts": Design(noise="poisson"),
        "negative binomial counts": Design(noise="negative binomial"),
        "lumpy weights": Design(noise="lumps"),
        **{
            f"true onset {abs(late)} {'years' if abs(late) > 1 else 'year'} "
            f"{'later' if late > 0 else 'earlier'}": Design(late=late)
            for late in (-2, -1, 1, 2)
        },
        "10 near pairs": Design(places="near pairs"),
        "10 near pairs less 10 far": Design(places="near less far"),
    },
}
DESIGNS = {name: design for part in SECTIONS.values() for name, design in part.items()}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The numbers of one group of data sets.

    Attributes
    ----------
    before, after : int
        Periods before the declared onset and from it on.
    lag : int
        Periods after which what leaves arrives.
    levels : tuple of float
        Levels at the start, in units a year.
    size : float
        The flow by the end, in units a year.
    sds : tuple of float
        Standard deviations of own walk, common walk and noise, a year.
    """

    before: int
    after: int
    lag: int
    levels: tuple[float, float]
    size: float
    sds: tuple[float, float, float]


def settings(name: str, half: str) -> list[Setting]:
    """Return the settings of a design's groups: all the same, or each drawn on its own."""
    design = DESIGNS[name]
    if half == FIXED:
        return [_fixed(design)] * GROUPS
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    rng = np.random.default_rng(np.random.SeedSequence(SETTINGS_SEED, spawn_key=(key,)))
    return [_drawn(design, rng) for _ in range(GROUPS)]


def _fixed(design: Design) -> Setting:
    """Return the setting of the project's study."""
    before, after = (years * design.seasons for years in design.years)
    return Setting(
        before=before,
        after=after,
        lag=design.lag,
        levels=LEVELS,
        size=design.size,
        sds=design.sds,
    )


def _drawn(design: Design, rng: np.random.Generator) -> Setting:
    """Return a setting drawn from the ranges that the page states."""
    whole = sum(design.years)
    years = round(whole * rng.uniform(*YEARS))
    before = round(years * design.years[0] / whole)
    room = min(design.lag, LAG_ROOM)
    destination = rng.uniform(*LEVEL)
    usual = _fixed(design)
    return Setting(
        before=before * design.seasons,
        after=(years - before) * design.seasons,
        lag=int(rng.integers(design.lag - room, design.lag + room + 1)),
        levels=(destination * rng.uniform(*HIGHER), destination),
        size=destination * usual.size / usual.levels[1] * rng.uniform(*SIZE),
        sds=(
            design.sds[0] * rng.uniform(*SDS),
            design.sds[1] * rng.uniform(*SDS),
            design.sds[2] * rng.uniform(*SDS),
        ),
    )
