"""What can be said where the data gate failed: limits and tipping points, labelled."""

from __future__ import annotations

from shiftexp.bounds import ShiftShareBounds, bounds_of_sides, shift_share_bounds
from shiftexp.detection import TippingPoint, explained_away
from shiftexp.effects import Effects
from shiftexp.errors import EstimandNotIdentified
from shiftexp.plane import DESTINATION, ORIGIN
from shiftexp.report.page import SideStudy
from shiftexp.result import Result


def described_bounds(
    sides: tuple[SideStudy, ...], contrasts: tuple[Result, ...]
) -> tuple[tuple[str, ShiftShareBounds], ...]:
    """Return limits on shift share and flow from two windows, and from each side alone.

    Parameters
    ----------
    sides : tuple of SideStudy
        Each side alone.
    contrasts : tuple of Result
        Two windows of counts, one result for each overdispersion tried.
    """
    windows = [_of_windows(result) for result in contrasts]
    found = (*windows, _of_sides(sides))
    return tuple(entry for entry in found if entry is not None)


def _of_sides(sides: tuple[SideStudy, ...]) -> tuple[str, ShiftShareBounds] | None:
    """Return limits from each side alone, None where the destination has none."""
    alone = {side.side: side.result for side in sides if side.result is not None}
    destination, origin = alone.get("destination"), alone.get("origin")
    if destination is None or not _comparable(destination.effects):
        return None
    changes = (
        None if origin is None else origin.effects.interval(ORIGIN),
        destination.effects.interval(DESTINATION),
    )
    rests_on = " and ".join(f"{side.unit} alone" for side in sides if side.result is not None)
    if changes[1].kind == "none":
        return None
    return rests_on, bounds_of_sides(*changes, unit=destination.effects.unit)


def described_tipping(sides: tuple[SideStudy, ...]) -> tuple[tuple[str, TippingPoint], ...]:
    """Return the detection change that would explain the whole change of each side alone."""
    return tuple(
        (f"{side.unit} alone", point)
        for side in sides
        if side.result is not None
        for point in explained_away(side.result.effects)
    )


def _of_windows(result: Result) -> tuple[str, ShiftShareBounds] | None:
    """Return limits from two windows of counts, None where the pair has none."""
    try:
        limits = shift_share_bounds(result.effects)
    except EstimandNotIdentified:
        return None
    return f"two windows of counts; {result.notes[0].partition('; ')[2]}", limits


def _comparable(effects: Effects) -> bool:
    """Tell whether levels of both sides could be compared and added."""
    return effects.additive and effects.comparable
