"""What each specification says of the nine sectors, by test or posterior, and what they share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.effects import Effects, SilentLaw, mixture_of
from shiftexp.flow import flow_in
from shiftexp.identification import JUMP
from shiftexp.kernels.sector_weights import smallest_set
from shiftexp.plane import NET, SECTOR_NAMES, sectors
from shiftexp.result import Result
from shiftexp.sector_weights import LEAST_MASS, is_strict, sector_weights
from shiftexp.verdict.questions import agreed, ask_at_once, deciding, sector_p

ALPHA = 0.05
NULL = "null"
# The margin of a verdict is a share of the level, whatever the noise: effects may lie beside it.
# There weights alone drop the truth, and call null what is hardly more than m.
NULL_MASS, HELD_MASS = 0.90, 0.99
How: TypeAlias = Literal["test", "posterior"]


@dataclass(frozen=True)
class Reading:
    """What one specification says of the nine sectors.

    Attributes
    ----------
    specification : str
        Its name.
    how : {"test", "posterior"}
        "test": ``values`` are p-values of half-plane tests, and a sector is excluded at .05.
        "posterior": they are weights, posterior over prior mass, and the sectors outside of the
        smallest set that holds a weight of .95 are excluded.
    values : mapping of str to float
        The p or the weight of every sector; NaN where nothing can exclude it.
    kept : tuple of str
        The sectors it does not exclude.
    masses : mapping of str to float
        Posterior masses; empty for a test.
    threshold : float
        The p at which a sector is excluded, or the weight at which the heaviest is declared.
    left : float
        The weight that the sectors kept by a posterior hold together; NaN for a test.
    by_mass : tuple of str
        Sectors that a posterior keeps for their mass, though their weight is too small.

    Examples
    --------
    >>> law = {"null": 0.01} | dict.fromkeys(SECTOR_NAMES[1:], 0.5)
    >>> Reading("a model", "test", law, SECTOR_NAMES[1:], {}, 0.05).excludes("null")
    True
    """

    specification: str
    how: How
    values: Mapping[str, float]
    kept: tuple[str, ...]
    masses: Mapping[str, float]
    threshold: float
    left: float = math.nan
    by_mass: tuple[str, ...] = ()

    @property
    def declares(self) -> str | None:
        """The sector that a posterior declares: heavy enough, and with half of its mass."""
        if self.how == "test":
            return None
        best = max(SECTOR_NAMES, key=self.values.__getitem__)
        mass = NULL_MASS if best == NULL else LEAST_MASS
        sure = self.values[best] >= self.threshold and self.masses[best] >= mass
        return best if sure else None

    def excludes(self, sector: str) -> bool:
        """Tell whether it excludes a sector."""
        return sector not in self.kept


def no_level(effects: Effects) -> bool:
    """Tell whether a counterfactual level is not positive: a share of it means nothing.

    Parameters
    ----------
    effects : Effects
        The pair.
    """
    return bool((effects.base <= 0).any())


def told(result: Result, drift: float) -> Effects:
    """Return the effects of a result; silent where nothing can be read off them.

    That is where a model of a flow does not fit their shape, or where a drift of detection is a
    share of a level that is not positive.

    Parameters
    ----------
    result : Result
        A specification.
    drift : float
        The drift of detection that is integrated.
    """
    flow = flow_in(result)
    jumps = flow is not None and JUMP in flow.flags
    if jumps or (result.effects.beyond(drift) > 0 and no_level(result.effects)):
        return replace(result.effects, law=SilentLaw())
    return result.effects


def read(result: Result, *, drift: float, margin: float) -> Reading:
    """Return what one result says of the sectors.

    Parameters
    ----------
    result : Result
        A specification.
    drift : float
        The drift of detection that is integrated.
    margin : float
        Smallest effect of interest, as a share of the counterfactual level of either side.
    """
    effects = told(result, drift)
    smallest = smallest_changes(effects, margin)
    if _has_masses(effects, smallest):
        return _by_posterior(result, smallest, drift)
    return _by_tests(result.name, effects.drifted(drift), smallest)


def smallest_p(result: Result) -> float:
    """Return the smallest p that the law of a result can give; 0 where it knows no such limit.

    A rank among five donors is never below 1/6: such a specification excludes nothing, whatever the
    data are.

    Parameters
    ----------
    result : Result
        A specification.
    """
    return float(getattr(result.effects.law, "resolution", 0.0))


def smallest_changes(effects: Effects, margin: float) -> tuple[float, float]:
    """Return m of either side: the margin times its counterfactual mean, 0 on an absent side.

    Parameters
    ----------
    effects : Effects
        The pair.
    margin : float
        The share.
    """
    origin, destination = (0.0 if math.isnan(b) else margin * abs(float(b)) for b in effects.base)
    return origin, destination


def left_by(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Return the sectors that fewer than four in five specifications exclude; it may be empty.

    Parameters
    ----------
    readings : sequence of Reading
        Those of all specifications.
    """
    return tuple(name for name in SECTOR_NAMES if not _mostly(r.excludes(name) for r in readings))


def declared_by(readings: Sequence[Reading]) -> str | None:
    """Return the sector that every kind of specification declares, each by its own rule.

    Tests declare the only sector that they leave; posteriors one that four in five of them declare.

    Parameters
    ----------
    readings : sequence of Reading
        Those of all specifications.
    """
    tests = [r for r in readings if r.how == "test"]
    posteriors = [r for r in readings if r.how == "posterior"]
    found: set[str | None] = set()
    if tests:
        left = left_by(tests)
        found.add(left[0] if len(left) == 1 else None)
    if posteriors:
        named = (n for n in SECTOR_NAMES if _mostly(r.declares == n for r in posteriors))
        found.add(next(named, None))
    return found.pop() if len(found) == 1 else None


def agreed_p(readings: Sequence[Reading]) -> dict[str, float]:
    """Return by sector the p that four in five tests reach; NaN where none of them can exclude.

    Parameters
    ----------
    readings : sequence of Reading
        Those of all specifications; posteriors have weights, no p.
    """
    tests = [r.values for r in readings if r.how == "test"]
    return {name: _agreed([values[name] for values in tests]) for name in SECTOR_NAMES}


def sectors_frame(readings: Sequence[Reading]) -> pd.DataFrame:
    """Return one row for each sector and specification.

    Parameters
    ----------
    readings : sequence of Reading
        Those of all specifications.
    """
    columns = [
        "sector",
        "specification",
        "how",
        "value",
        "mass",
        "threshold",
        "excluded",
        "declared",
    ]
    rows = [
        (
            name,
            r.specification,
            "p-value" if r.how == "test" else "weight",
            r.values[name],
            r.masses.get(name, math.nan),
            r.threshold,
            r.excludes(name),
            r.declares == name,
        )
        for name in SECTOR_NAMES
        for r in readings
    ]
    return pd.DataFrame(rows, columns=columns)


def _mostly(votes: Iterable[bool]) -> bool:
    """Tell whether four in five vote yes; nobody's vote is none."""
    counted = list(votes)
    return bool(counted) and sum(counted) > deciding(len(counted))


def _agreed(values: Sequence[float]) -> float:
    """Return the p that four in five reach, one that cannot answer excluding nothing."""
    if all(map(math.isnan, values)):
        return math.nan
    return agreed([1.0 if math.isnan(p) else p for p in values])


def _has_masses(effects: Effects, smallest: tuple[float, float]) -> bool:
    """Tell whether the law is a posterior of a pair that can be added."""
    return mixture_of(effects.law) is not None and effects.answers(NET) and min(smallest) > 0


def _by_posterior(result: Result, smallest: tuple[float, float], drift: float) -> Reading:
    """Read weights of sectors."""
    found = sector_weights(
        result.effects,
        smallest=smallest,
        drift=drift,
        strict=is_strict(result),
        indicators=result.indicators,
    )
    weights = dict(zip(SECTOR_NAMES, map(float, found.weight), strict=True))
    masses = dict(zip(SECTOR_NAMES, map(float, found.posterior), strict=True))
    heavy = zip(SECTOR_NAMES, smallest_set(found.posterior, HELD_MASS), strict=True)
    by_mass = tuple(name for name, held in heavy if held and name not in found.sectors)
    kept = tuple(name for name in SECTOR_NAMES if name in {*found.sectors, *by_mass})
    return Reading(
        result.name, "posterior", weights, kept, masses, found.threshold, found.level, by_mass
    )


def _by_tests(name: str, drifted: Effects, smallest: tuple[float, float]) -> Reading:
    """Read p-values of sectors."""
    every = sectors(*smallest)
    ask_at_once(drifted, ((h.a, h.at) for s in every for piece in s.pieces for h in piece))
    values = {s.name: sector_p(drifted, s) for s in every}
    kept = tuple(n for n in SECTOR_NAMES if not values[n] <= ALPHA)
    return Reading(name, "test", values, kept, {}, ALPHA)
