"""One paragraph of plain sentences on a verdict, to be read out without a statistician."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from shiftexp.bounds import B1, ShiftShareBounds
from shiftexp.design.gate import LEAST_AFTER, LEAST_BEFORE
from shiftexp.evidence import Bound, lifting
from shiftexp.plane import DESTINATION, ORIGIN, SECTOR_NAMES, ConfidenceSet
from shiftexp.verdict.questions import drifted
from shiftexp.verdict.remedies import ValueOfInformation
from shiftexp.verdict.weighed import Weighed
from shiftexp.verdict.wording import Phrases, phrases

_LEVEL = 0.90  # its two ends are the one-sided 5 % tests of the claims
_MOST_NAMED = 4
_UP = {"supported": "grew", "contradicted": "fell"}
_DOWN = {"supported": "fell", "contradicted": "grew"}
_SIDES = {
    "destination": (1, DESTINATION, "destination grew", _UP),
    "origin": (0, ORIGIN, "origin fell", _DOWN),
}


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
        _pattern(verdict, words),
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
    if not verdict.readings:
        return
    primary, status = verdict.results[0], _statuses(verdict)
    effects = drifted(primary.effects, verdict.drift_of(primary))
    for side, (index, direction, claim, ways) in _SIDES.items():
        name = primary.paths.names[index]
        if name:
            way = ways.get(status[claim], "open")
            answer = effects.interval(direction, _LEVEL)
            yield change_words(
                words,
                way,
                float(effects.mean[index]),
                answer,
                {
                    "place": words.place(side, name),
                    "unit": words.unit(effects.unit, primary.indicator.name),
                },
            )


def change_words(
    words: Phrases, way: str, estimate: float, answer: ConfidenceSet, said: dict[str, str]
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
        The place and the unit in words.
    """
    if not (answer.bounded and math.isfinite(estimate)):
        return words.say("change", f"{way}_somehow", **said)
    numbers = (estimate, answer.low, answer.high)
    if way == "fell":
        numbers = (-estimate, -answer.high, -answer.low)
    told = dict(zip(("estimate", "low", "high"), map(words.number, numbers), strict=True))
    return words.say("change", way, **said, **told)


def _pattern(verdict: Weighed, words: Phrases) -> str:
    """Say which patterns are left, or why nothing can be said of them."""
    if verdict.state == "gate failed":
        return _no_pattern(verdict, words)
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
        return words.say("pattern", "narrowed_to", left=words.listed(left))
    return words.say("pattern", "narrowed_from", excluded=words.listed(excluded))


def _no_pattern(verdict: Weighed, words: Phrases) -> str:
    """Say why no conclusion is drawn."""
    failed = next((gate for gate in verdict.gates if not gate.passed), None)
    if failed is None:
        nothing = not (verdict.results or verdict.gates)
        return words.say("pattern", "no_figures" if nothing else "no_method")
    if failed.before >= LEAST_BEFORE and failed.after >= LEAST_AFTER:
        return words.say("pattern", "not_alike")
    counts = {
        "before": failed.before,
        "after": failed.after,
        "least_before": LEAST_BEFORE,
        "least_after": LEAST_AFTER,
    }
    return words.say("pattern", "too_short", **{name: str(n) for name, n in counts.items()})


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
    if verdict.results and not all(verdict.results[0].paths.names):
        yield words.say("moved", "one_side")
        return
    if verdict.readings:
        yield _most(verdict.bounds, verdict, words)
    brought = [e.bound for e in verdict.evidence if (e.about, e.direction) == ("shift", "for")]
    bounds = [bound for bound in brought if bound is not None]
    lifted = lifting(verdict.evidence)
    if lifted:
        best = max(lifted, key=lambda bound: bound.low)
        yield words.say("moved", "modelled" if best.model else "supported")
        yield _outside(best, words)
        return
    limits = [b for b in bounds if b.quantity == "flow" and math.isfinite(b.high)]
    if limits:
        tightest = min(limits, key=lambda bound: bound.high)
        said = {"high": words.number(tightest.high), "unit": words.unit(tightest.unit)}
        yield words.say("moved", "outside_most", **said)
    if verdict.readings:
        yield words.say("moved", "compatible")


def _most(bounds: ShiftShareBounds | None, verdict: Weighed, words: Phrases) -> str:
    """Say how much can at most have moved."""
    if bounds is None or not math.isfinite(bounds.flow_high):
        return words.say("moved", "no_limit")
    if bounds.flow_high <= 0:
        return words.say("moved", "nothing")
    key = "most"
    if bounds.high >= 1:
        key = "all_if_both" if B1 in bounds.assumptions else "all_if_one"
    unit = words.unit(bounds.unit, verdict.results[0].indicator.name)
    flow, share = words.number(bounds.flow_high), words.percent(bounds.high)
    return words.say("moved", key, flow=flow, unit=unit, share=share)


def _outside(bound: Bound, words: Phrases) -> str:
    """Say the limits that come from outside the series."""
    if bound.quantity == "shift_share":
        low, high = words.percent(bound.low, least=True), words.percent(bound.high)
        return words.say("moved", "outside_share", low=low, high=high)
    low, unit = words.number(bound.low), words.unit(bound.unit)
    if math.isinf(bound.high):
        return words.say("moved", "outside_least", low=low, unit=unit)
    high = words.number(bound.high)
    return words.say("moved", "outside_between", low=low, high=high, unit=unit)


def _detection(verdict: Weighed, words: Phrases) -> Iterator[str]:
    """Yield which change of detection would undo what was seen, and what was allowed for."""
    if not verdict.readings:
        return
    names = dict(zip(("origin", "destination"), verdict.results[0].paths.names, strict=True))
    settled = _settled(_statuses(verdict))
    for point in verdict.tipping:
        whole = point.statement.startswith("any change at the")
        if whole and point.side in settled and math.isfinite(point.value):
            place = words.place(point.side, names[point.side])
            yield words.say("detection", "tips", place=place, ratio=words.number(point.value))
    if verdict.drift:
        yield words.say("detection", "drift", percent=words.number(100 * verdict.drift))
    else:
        yield words.say("detection", "none")


def _settled(status: Mapping[str, str]) -> tuple[str, ...]:
    """Return the sides whose direction is settled; the destination where neither is."""
    found = tuple(side for side, (_, _, claim, ways) in _SIDES.items() if status[claim] in ways)
    return found or ("destination",)


def _needed(information: ValueOfInformation, words: Phrases) -> Iterator[str]:
    """Yield the one kind of data that would move the verdict most, if any would."""
    best = information.best
    if best is None:
        return
    number = "" if math.isnan(best.factor) else words.number(best.factor)
    remedy = words.say("remedy", best.kind, number=number)
    key = "first" if best.for_gate else "settle" if best.settles else "most"
    yield words.say("needed", key, remedy=remedy)
