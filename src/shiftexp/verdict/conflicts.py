"""Where evidence from outside contradicts the series or itself, or says nothing of the flow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypeAlias

from shiftexp.bounds import ShiftShareBounds
from shiftexp.evidence import Bound, Evidence, lifts
from shiftexp.verdict.claims import bound_words

Kind: TypeAlias = Literal["series", "sources", "unit", "growth", "aside"]
Range: TypeAlias = tuple[str, float, float, str]  # quantity, low, high, unit


@dataclass(frozen=True)
class Conflict:
    """One thing that does not fit.

    Attributes
    ----------
    kind : {"series", "sources", "unit", "growth", "aside"}
        Evidence against the series, evidence against evidence, a unit of its own, a share of a
        growth that is not settled, or evidence that says nothing of the flow.
    sentence : str
        What it is.
    ranges : tuple of Range
        The two ranges that have nothing in common, where there are two.
    """

    kind: Kind
    sentence: str
    ranges: tuple[Range, ...] = ()


def conflicts(
    evidence: Sequence[Evidence], bounds: ShiftShareBounds | None, growth: str = ""
) -> tuple[Conflict, ...]:
    """Return what does not fit between evidence and series, and within the evidence.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was brought besides the series.
    bounds : ShiftShareBounds or None
        What the series allow.
    growth : str, default ""
        The status of the claim that the destination grew; "" without series.
    """
    brought = [e.bound for e in evidence if e.about == "shift" and e.bound is not None]
    found = [
        *(said for bound in brought for said in _with_series(bound, bounds)),
        *(said for bound in brought for said in _with_growth(bound, growth)),
        *(said for pair in combinations(brought, 2) for said in _with_each_other(*pair)),
        *(said for piece in evidence for said in _says_nothing(piece)),
    ]
    return tuple(dict.fromkeys(found))


def _with_series(bound: Bound, bounds: ShiftShareBounds | None) -> Iterator[Conflict]:
    """Yield where a bound and the limits of the series have nothing in common."""
    if bounds is None:
        return
    if bound.quantity == "flow" and bound.unit != bounds.unit:
        yield Conflict(
            "unit",
            f"the flow from outside is in {bound.unit!r}, the series in {bounds.unit!r}: the "
            "two cannot be set side by side",
        )
        return
    what, unit, times = ("flow", f" {bound.unit}", 1.0)
    low, high = bounds.flow_low, bounds.flow_high
    if bound.quantity == "shift_share":
        what, unit, times, low, high = ("share", " %", 100.0, bounds.low, bounds.high)
    ranges = (_range(bound), (bound.quantity, low, high, bound.unit))
    if bound.low > high:
        yield Conflict(
            "series",
            f"the {what} from outside is at least {times * bound.low:,.4g}{unit}, more than the "
            f"{times * high:,.4g} the series allow: one of them is wrong",
            ranges,
        )
    if bound.high < low:
        yield Conflict(
            "series",
            f"the {what} from outside is at most {times * bound.high:,.4g}{unit}, less than the "
            f"{times * low:,.4g} the series ask for: one of them is wrong",
            ranges,
        )


def _range(bound: Bound) -> Range:
    """Return what a bound limits, and where."""
    return (bound.quantity, bound.low, bound.high, bound.unit)


def narrowed(bounds: ShiftShareBounds, evidence: Sequence[Evidence]) -> ShiftShareBounds:
    """Return the limits of the series cut by those from outside; as they are where none is left.

    Parameters
    ----------
    bounds : ShiftShareBounds
        What the series allow.
    evidence : sequence of Evidence
        What was brought besides them.
    """
    brought = [e.bound for e in evidence if e.about == "shift" and e.bound is not None]
    shares = [b for b in brought if b.quantity == "shift_share"]
    flows = [b for b in brought if b.quantity == "flow" and b.unit == bounds.unit]
    low, high = _cut(bounds.low, bounds.high, shares)
    flow_low, flow_high = _cut(bounds.flow_low, bounds.flow_high, flows)
    return replace(bounds, low=low, high=high, flow_low=flow_low, flow_high=flow_high)


def _cut(low: float, high: float, brought: Sequence[Bound]) -> tuple[float, float]:
    """Return what a range and all bounds have in common; the range where that is nothing."""
    common = max([low, *(b.low for b in brought)]), min([high, *(b.high for b in brought)])
    return common if common[0] <= common[1] else (low, high)


def _with_growth(bound: Bound, growth: str) -> Iterator[Conflict]:
    """Yield that a share is one of a growth that the series contradict, or do not settle."""
    if bound.quantity != "shift_share" or not bound.low > 0 or growth in {"", "supported"}:
        return
    said = "the evidence from outside is a share of the destination's growth"
    if growth == "contradicted":
        yield Conflict("series", f"{said}, but the series say that it fell: one of them is wrong")
    else:
        yield Conflict("growth", f"{said}, and that it grew is not settled by the series")


def _with_each_other(one: Bound, other: Bound) -> Iterator[Conflict]:
    """Yield that two bounds on one quantity in one unit have nothing in common."""
    alike = (one.quantity, one.unit) == (other.quantity, other.unit)
    if alike and max(one.low, other.low) > min(one.high, other.high):
        yield Conflict(
            "sources",
            f"evidence from outside contradicts itself: {bound_words(one)}; {bound_words(other)}: "
            "at least one of them is wrong",
            (_range(one), _range(other)),
        )


def _says_nothing(piece: Evidence) -> Iterator[Conflict]:
    """Yield that a bound was brought about something else, or against a shift."""
    bound = piece.bound
    if bound is None:
        return
    if piece.about != "shift":
        yield Conflict(
            "aside",
            f"a Bound that was brought about {piece.about} is not used: limits on the flow are "
            "brought with about='shift'",
        )
    elif piece.direction == "against" and lifts(bound):
        yield Conflict(
            "aside",
            "a lower limit above zero was brought against a shift and supports none: write "
            "direction='for' where it is meant as one",
        )
    elif piece.direction == "against" and math.isfinite(bound.high):
        yield Conflict(
            "aside",
            f"evidence against a shift limits it and does not exclude it: {bound_words(bound)}",
        )
