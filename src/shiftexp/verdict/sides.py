"""How each side changed by what was weighed: the one estimate and interval that words tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from shiftexp.effects import Effects
from shiftexp.plane import DESTINATION, NO_SET, ORIGIN, ConfidenceSet
from shiftexp.verdict.readings import ALPHA
from shiftexp.verdict.weighed import Weighed

Way: TypeAlias = Literal["grew", "fell", "open"]
_UP: dict[str, Way] = {"supported": "grew", "contradicted": "fell"}
_DOWN: dict[str, Way] = {"supported": "fell", "contradicted": "grew"}
_SIDES = {
    "destination": (1, DESTINATION, "destination grew", _UP),
    "origin": (0, ORIGIN, "origin fell", _DOWN),
}


def level_of(effects: Effects) -> float:
    """Return the level of the interval whose ends are the one-sided 5 % tests of the claims.

    90 % where an interval has half of its error on either side, 95 % where a two-sided test has all
    of it on the side on which it rejects.
    """
    return 1 - ALPHA / effects.law.tail


@dataclass(frozen=True)
class SideChange:
    """The change of one side, detection drift integrated.

    Attributes
    ----------
    side, name, claim : str
        Origin or destination, its units, and the claim about it.
    way : {"grew", "fell", "open"}
        What four in five specifications settle.
    estimate : float
        The change by the primary specification, in level units per year.
    answer : ConfidenceSet
        Its interval. Where specifications differ, the range of all if nothing is settled, and none
        where something is: the amount is not.
    level : float
        Level of the interval.
    drift : float
        The drift of detection that is integrated.
    differ : bool
        Whether the primary specification and four in five do not say the same of the direction.
    """

    side: str
    name: str
    claim: str
    way: Way
    estimate: float
    answer: ConfidenceSet
    level: float
    drift: float
    differ: bool


def side_changes(verdict: Weighed) -> tuple[SideChange, ...]:
    """Return how each side that was studied changed, the destination first.

    Parameters
    ----------
    verdict : Verdict
        What is told; one without model-based claims has no changes to tell.
    """
    if not verdict.readings:
        return ()
    primary, status = verdict.results[0], {claim.name: claim.status for claim in verdict.claims}
    first = verdict.specifications[0]
    asked = [a for i, a, _, _ in _SIDES.values() if primary.paths.names[i]]
    level = level_of(first)
    first.intervals(asked, level)  # both in one search, and kept
    found = []
    for side, (index, direction, claim, ways) in _SIDES.items():
        if not primary.paths.names[index]:
            continue
        way = ways.get(status[claim], "open")
        answer, differ = _told(verdict.specifications, direction, way)
        found.append(
            SideChange(
                side=side,
                name=primary.paths.names[index],
                claim=claim,
                way=way,
                estimate=first.estimate(direction),
                answer=answer,
                level=level,
                drift=verdict.drift_of(primary),
                differ=differ,
            )
        )
    return tuple(found)


def _told(
    pairs: Sequence[Effects], direction: tuple[float, float], way: Way
) -> tuple[ConfidenceSet, bool]:
    """Return the interval to tell, and whether the specifications differ.

    That of the primary specification, which was chosen before the results, unless it says something
    else of the direction than what is settled. Then nothing tells the amount of what is settled;
    what is not settled is told by the range of all.
    """
    first = pairs[0].interval(direction, level_of(pairs[0]))
    if not first.bounded or _agrees(first, way):
        return first, False
    answers = [pair.interval(direction, level_of(pair)) for pair in pairs]
    if way != "open" or len(pairs) == 1 or not all(answer.bounded for answer in answers):
        return NO_SET, len(pairs) > 1
    ends = min(x.low for x in answers), max(x.high for x in answers)
    return ConfidenceSet("interval", *ends), True


def _agrees(answer: ConfidenceSet, way: Way) -> bool:
    """Tell whether an interval says of the direction what is settled of it."""
    if way == "open":
        return answer.low <= 0 <= answer.high
    return answer.low >= 0 if way == "grew" else answer.high <= 0
