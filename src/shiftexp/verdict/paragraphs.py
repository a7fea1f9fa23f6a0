"""One paragraph of plain sentences on a verdict, to be read out without a statistician."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from shiftexp.bounds import B1, ShiftShareBounds
from shiftexp.design.gate import LEAST_AFTER, LEAST_BEFORE
from shiftexp.evidence import Bound, lifting
from shiftexp.plane import SECTOR_NAMES, ConfidenceSet
from shiftexp.result import SIDES
from shiftexp.verdict.conflicts import Range, conflicts, narrowed
from shiftexp.verdict.remedies import Remedy, ValueOfInformation
from shiftexp.verdict.sides import Way, side_changes
from shiftexp.verdict.weighed import Weighed
from shiftexp.verdict.wording import Phrases, phrases

_MOST_NAMED = 4
_SHOWN = ("destination grew", "origin fell", "net expansion", "not mainly shift")


def paragraph(verdict: Weighed, information: ValueOfInformation, language: str) -> str:
    """Return a verdict as one paragraph of plain sentences.

    Parameters
    ----------
    verdict : Verdict
        What is told.
    information : ValueOfInformation
        What missing evidence would do to it.
    language : {"en", "nl", "fr"}
        English, Dutch or French.

    Raises
    ------
    DesignError
        When the language is another.
    """
    words = phrases(language)
    sentences = [
        *_changes(verdict, words),
        *_pattern(verdict, words),
        *_together(verdict, words),
        *_moved(verdict, words),
        *_detection(verdict, words),
        words.say("networks", "always"),
        *_needed(information, words),
    ]
    return " ".join(sentences)


def _statuses(verdict: Weighed) -> Mapping[str, str]:
    """Return the status of every claim by name."""
    return {claim.name: claim.status for claim in verdict.claims}


def _changes(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield how each side changed, the destination first."""
    for told in side_changes(verdict):
        primary = verdict.results[0]
        unit = words.unit(primary.effects.unit, primary.indicator.name, of=told.estimate)
        kind = "drift" if told.drift else "still"
        right = words.say("range", f"{kind}_{round(100 * told.level)}")
        said = {"place": words.place(told.side, told.name), "unit": unit, "right": right}
        yield change_words(words, told.way, told.estimate, told.answer, said)
        if told.differ:
            yield words.say("change", "differ")


def change_words(
    words: Phrases, way: Way, estimate: float, answer: ConfidenceSet, said: dict[str, str]
) -> str:
    """Return how one side changed; a fall is told by how much, without a sign.

    Parameters
    ----------
    words : Phrases
        The language.
    way : {"grew", "fell", "open"}
        What is settled.
    estimate : float
        The change, in level units per year.
    answer : ConfidenceSet
        Its interval.
    said : dict
        The place and the unit in words, and how sure the range is.
    """
    if not (answer.bounded and math.isfinite(estimate)):
        return words.say("change", f"{way}_somehow", **said)
    low, high = answer.low, answer.high
    if way == "fell":
        estimate, low, high = -estimate, -high, -low
    if way != "open" and low < 0:
        return words.say("change", f"{way}_somehow", **said)
    ends = {"low": words.number(low, "down"), "high": words.number(high, "up")}
    return words.say("change", way, estimate=words.number(estimate), **ends, **said)


def _pattern(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield which patterns are left, or why nothing can be said; one place alone has none."""
    if verdict.state == "gate failed":
        yield _no_pattern(verdict, words)
    elif all(verdict.results[0].paths.names):
        yield _patterns_left(verdict, words)


def _patterns_left(verdict: Weighed, words: Phrases) -> str:
    """Say which patterns are left."""
    if verdict.conflicting:
        return words.say("pattern", "conflicting")
    left = verdict.sectors
    if verdict.sector is not None:
        others = tuple(name for name in left if name != verdict.sector)
        key = "declared_beside" if others else "declared"
        beside = words.listed(others) if others else ""
        return words.say("pattern", key, sector=words.listed([verdict.sector]), others=beside)
    excluded = tuple(name for name in SECTOR_NAMES if name not in left)
    if not excluded:
        return words.say("pattern", "undecided")
    if len(left) <= _MOST_NAMED:
        key = "narrowed_one" if len(left) == 1 else "narrowed_to"
        return words.say("pattern", key, left=words.listed(left))
    return words.say("pattern", "narrowed_from", excluded=words.listed(excluded))


def _no_pattern(verdict: Weighed, words: Phrases) -> str:
    """Say why no conclusion is drawn."""
    failed = next((gate for gate in verdict.gates if not gate.passed), None)
    if failed is None:
        nothing = not (verdict.results or verdict.gates)
        return words.say("pattern", "no_figures" if nothing else "no_method")
    if failed.before >= LEAST_BEFORE and failed.after >= LEAST_AFTER:
        return words.say("pattern", "not_alike")
    key = "too_short" if failed.sides > 1 else "too_short_alone"
    return words.say(
        "pattern",
        key,
        before=words.counted(failed.before, "period"),
        after=str(failed.after),
        least_before=str(LEAST_BEFORE),
        least_after=str(LEAST_AFTER),
    )


def _together(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield what holds of both places together."""
    status = _statuses(verdict)
    net = {"supported": "grew", "contradicted": "shrank"}.get(status.get("net expansion", ""))
    if net:
        yield words.say("together", net)
    if status.get("not mainly shift") == "supported":
        yield words.say("together", "not_mainly")


def _moved(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield how much can have moved, and what supports that anything did."""
    if _alone(verdict):
        yield words.say("moved", "one_side")
        return
    if verdict.readings:
        yield _most(verdict.bounds, verdict, words)
    lifted = lifting(verdict.evidence)
    growth = _statuses(verdict).get("destination grew", "")
    found = conflicts(verdict.evidence, verdict.bounds, growth)
    disputed = any(said.ranges for said in found)
    if lifted:
        yield from _supported(lifted, words, read_out=not disputed)
    elif not disputed:
        yield from _outside_most(verdict, words)
    for kind in ("series", "sources", "unit"):
        alike = [said for said in found if said.kind == kind]
        if alike:
            yield words.say("moved", kind)
            yield from (_ranges(said.ranges, words) for said in alike if said.ranges)
    if verdict.readings and not lifted:
        yield words.say("moved", "compatible")


def _alone(verdict: Weighed) -> bool:
    """Tell whether one place alone was studied."""
    if verdict.results:
        return not all(verdict.results[0].paths.names)
    return any(gate.sides == 1 for gate in verdict.gates)


def _ranges(ranges: Sequence[Range], words: Phrases) -> str:
    """Name two ranges that have nothing in common."""
    return words.say(
        "moved",
        "ranges",
        **dict(zip(("one", "other"), (_range(r, words) for r in ranges), strict=True)),
    )


def _range(limits: Range, words: Phrases) -> str:
    """Say one range."""
    quantity, low, high, unit = limits
    if quantity == "shift_share":
        ends = {"low": words.percent(low, least=True), "high": words.percent(high)}
        return words.say("moved", "range_share", **ends)
    least, of_least = words.limit(low, "down", unit)
    if math.isinf(high):
        return words.say("moved", "range_least", low=least, unit=of_least)
    most, of_most = words.limit(high, "up", unit)
    return words.say("moved", "range_flow", low=least, high=most, unit=of_most)


def _supported(lifted: Sequence[Bound], words: Phrases, *, read_out: bool) -> Iterator[str]:
    """Yield what supports a shift: of each quantity and unit the highest lower limit.

    Limits that are contradicted are not read out as a finding.
    """
    best: dict[tuple[str, str], Bound] = {}
    for bound in lifted:
        known = best.setdefault((bound.quantity, bound.unit), bound)
        best[bound.quantity, bound.unit] = max(known, bound, key=lambda b: b.low)
    for key, of_model in (("supported", False), ("modelled", True)):
        alike = [bound for bound in best.values() if bool(bound.model) == of_model]
        if alike:
            yield words.say("moved", key)
            yield from (_outside(bound, words) for bound in alike if read_out)


def _outside_most(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield the tightest upper limit on the flow from outside, in each unit."""
    brought = [e.bound for e in verdict.evidence if e.about == "shift" and e.bound is not None]
    limits = [b for b in brought if b.quantity == "flow" and math.isfinite(b.high)]
    for unit in dict.fromkeys(bound.unit for bound in limits):
        high = min(bound.high for bound in limits if bound.unit == unit)
        most, of_most = words.limit(high, "up", unit)
        yield words.say("moved", "outside_most", high=most, unit=of_most)


def _most(bounds: ShiftShareBounds | None, verdict: Weighed, words: Phrases) -> str:
    """Say how much can at most have moved."""
    if bounds is None or not math.isfinite(bounds.flow_high):
        return words.say("moved", "no_limit")
    if bounds.flow_high <= 0:
        return words.say("moved", "nothing")
    own, bounds = bounds, narrowed(bounds, verdict.evidence)
    key = "most"
    if (own.high, own.flow_high) != (bounds.high, bounds.flow_high):
        key = "together_if_both" if B1 in bounds.assumptions else "together_if_one"
    elif bounds.high >= 1:
        key = "all_if_both" if B1 in bounds.assumptions else "all_if_one"
        # "All of the growth" is said of a growth that is shown, not of one that may be none.
        grew = _statuses(verdict).get("destination grew") == "supported"
        key = key if grew else f"maybe_{key}"
    place = words.place("destination", verdict.results[0].paths.names[1])
    name = verdict.results[0].indicator.name
    flow, unit = words.limit(bounds.flow_high, "up", bounds.unit, name)
    share = words.percent(bounds.high)
    return words.say("moved", key, flow=flow, unit=unit, share=share, place=place)


def _outside(bound: Bound, words: Phrases) -> str:
    """Say the limits that come from outside the series."""
    if bound.quantity == "shift_share":
        low, high = words.percent(bound.low, least=True), words.percent(bound.high)
        return words.say("moved", "outside_share", low=low, high=high)
    low, of_low = words.limit(bound.low, "down", bound.unit)
    if math.isinf(bound.high):
        return words.say("moved", "outside_least", low=low, unit=of_low)
    high, unit = words.limit(bound.high, "up", bound.unit)
    return words.say("moved", "outside_between", low=low, high=high, unit=unit)


def _detection(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield which change of detection would undo what was seen, and what was allowed for."""
    if not verdict.readings:
        return
    yield from _tipping(verdict, words)
    if verdict.drift:
        yield words.say("detection", "drift", percent=words.number(100 * verdict.drift))
    else:
        yield words.say("detection", "none")


def _tipping(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield the change of detection at which the first settled claim falls.

    Where none is settled, what would explain the whole change at the destination is told.
    """
    names = dict(zip(SIDES, verdict.results[0].paths.names, strict=True))
    settled = [c.held[0] for c in verdict.claims if c.name in _SHOWN and c.held[1]]
    finite = [point for point in verdict.tipping if math.isfinite(point.value) and point.value > 0]
    own = [point for point in finite if point.statement in settled]
    if own:
        point = min(own, key=lambda p: abs(math.log(p.value)))
        claim = words.say("claims", point.statement)
        place = words.place(point.side, names[point.side])
        said = {"place": place, "ratio": words.number(point.value)}
        yield words.say("detection", "claim", claim=claim, **said)
    for point in () if settled else finite:
        if point.statement == "any change at the destination":
            place = words.place(point.side, names[point.side])
            yield words.say("detection", "tips", place=place, ratio=words.number(point.value))


def _needed(information: ValueOfInformation, words: Phrases) -> Iterator[str]:
    """Yield all that the data gate lacks, or the one kind of data that would move most, if any."""
    best = information.best
    if best is None:
        return
    lacking = [remedy for remedy in information.remedies if remedy.for_gate]
    told = dict.fromkeys(_remedy(remedy, words) for remedy in lacking or (best,))
    key = "first" if best.for_gate else "settle" if best.settles else "most"
    yield words.say("needed", key, remedy=words.table["writing"]["and"].join(told))


def _remedy(remedy: Remedy, words: Phrases) -> str:
    """Say what to collect."""
    number = "" if math.isnan(remedy.factor) else words.number(remedy.factor)
    return words.say("remedy", remedy.kind, number=number)
