"""Where an event was: on a side of the pair, in a third country, in common, or nowhere known."""

from __future__ import annotations

from collections.abc import Sequence

from shiftexp.design import Design
from shiftexp.errors import Problem, suggest
from shiftexp.policy.dating import Dated
from shiftexp.policy.policy_event import Direction
from shiftexp.scalars import refuse

COMMON = ("all", "EU", "Europe", "world", "XX")  # XX: no country, as in ISO 3166


def places(units: Sequence[str]) -> set[str]:
    """Return units and the wholes that parts among them belong to."""
    return {*units, *(unit.partition(":")[0] for unit in units)}


def direction_of(event: Dated, design: Design) -> Direction:
    """Return on which side an event was; one in a third country is on neither."""
    if event.country in places(design.destination_units):
        return "destination side"
    if not event.country or event.country in places(design.origin_units):
        return "origin side"
    return "common"


def is_elsewhere(event: Dated, design: Design) -> bool:
    """Tell whether an event was in a country outside the pair alone."""
    pair = places([unit for side in design.sides for unit in side])
    return event.country not in {"", *COMMON, *pair}


def unplaced(dated: Sequence[Dated], units: Sequence[str]) -> dict[str, str]:
    """Return why events in a country that the data do not have cannot be placed, by country.

    Parameters
    ----------
    dated : sequence of Dated
        A user's events.
    units : sequence of str
        Places of the data.

    Raises
    ------
    DesignError
        When none of the events is in a place of the data, or in common.
    """
    known = {*places(units), *COMMON}
    wrong = {e.country: e for e in dated if e.country and e.country not in known}
    if all(event.country in wrong for event in dated):
        needed = f"a unit of the panel, or one of {', '.join(COMMON)} for a shock common to both"
        refuse(
            *(
                Problem(f"country {country!r} of {event.name!r}", needed, suggest(country, known))
                for country, event in wrong.items()
            )
        )
    return {
        country: f"country {country!r} is no unit of the panel: {suggest(country, known)}"
        for country in wrong
    }
