"""Three sentences a cell, in this order: what grew, how much can have moved, what to collect."""

from __future__ import annotations

import math

from shiftexp.bounds import B1, B2, ShiftShareBounds
from shiftexp.evidence import Bound, lifting
from shiftexp.report.changes import Change, changes, indicator_of
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.wording import (
    NO_DRIFT,
    amount,
    drift_words,
    gate_words,
    listed,
    percent,
    plain,
    sentence,
    set_words,
    side_place,
    unit_words,
    with_side,
)
from shiftexp.scalars import plural
from shiftexp.verdict import Verdict

HEADINGS = (
    "What grew, and by how much",
    "How much of it can have come from the other side",
    "What to collect to know",
)
NOT_NOTHING = "This does not mean that nothing happened"


def three_sentences(page: CellPage) -> tuple[str, str, str]:
    """Return what a reader must know of a cell, computed from its primary design.

    Parameters
    ----------
    page : CellPage
        The cell.

    Returns
    -------
    tuple of three str
        What grew and by how much per year; what share of it can at most have come from the other
        side, in units too, and what would have to be true for more; what to collect to know.
    """
    return _what_grew(page.primary), _how_much_moved(page.primary), _what_to_collect(page.primary)


def _what_grew(page: DesignPage) -> str:
    """Say observed means and own change of each side, destination first, and what they rest on."""
    found = sorted(changes(page), key=lambda change: change.side)
    if not found:
        return (
            "No series is long enough on either side to say what grew, not even as a mean before "
            f"and after. {NOT_NOTHING}: it means that these data do not show it."
        )
    named = next((change.indicator for change in found if change.indicator), "")
    head = f"Measured by {named}. " if named else ""
    return head + " ".join(_change_words(change) for change in found)


def _change_words(change: Change) -> str:
    """Say one change."""
    where = with_side(change.place, change.side)
    if math.isnan(change.before) or math.isnan(change.after):
        known, when = (
            (change.after, "after") if math.isnan(change.before) else (change.before, "before")
        )
        period = change.periods[0 if when == "before" else 1]
        seen = (
            f"{where}: {amount(known)} {change.unit} (mean of {period}), with no value "
            f"{'after' if when == 'before' else 'before'} the onset"
        )
        return f"{sentence(seen)} [{change.rests_on}]"
    verb = _verb(change.before, change.after)
    seen = (
        f"{where} {verb} from {amount(change.before)} to {amount(change.after)} {change.unit} "
        f"(observed means of {change.periods[0]} and {change.periods[1]})"
    )
    return f"{sentence(seen + _own_words(change))} [{change.rests_on}]"


def _verb(before: float, after: float) -> str:
    """Say the direction of the observed means."""
    return "rose" if after > before else "fell" if after < before else "stayed"


def _own_words(change: Change) -> str:
    """Say the own change against the counterfactual, and whether its direction is settled."""
    if change.basis == "seen" or math.isnan(change.own):
        return ""
    against = "its level before" if change.basis == "windows" else "its own counterfactual"
    more = "more" if change.own >= 0 else "less"
    answer = set_words(change.answer, change.level)
    if change.answer.kind != "none":
        answer = f"{answer}, {NO_DRIFT}"
        answer += "" if change.grew is not None else "; the direction is not settled"
    return f", which is {amount(abs(change.own))} {more} than {against} ({answer})"


def _how_much_moved(page: DesignPage) -> str:
    """Say what can at most have moved, and what would have to be true for more."""
    if page.verdict.state == "gate failed":
        return " ".join([*_failed_words(page), *_evidence_words(page)])
    bounds = page.verdict.bounds
    said = _no_share_words(page) if bounds is None else _bound_words(page, bounds)
    return " ".join([*said, *_shift_words(page), *_evidence_words(page), *_detection_words(page)])


def _failed_words(page: DesignPage) -> list[str]:
    """Say that nothing can be bounded, why, and what that does not mean."""
    origin, destination = side_place(page, "origin"), side_place(page, "destination")
    why = (
        f"the data gate failed: {gate_words(page.gate.reasons, page.gate.sides)}"
        if page.gate.reasons
        else "no model could be fitted to them"
    )
    both = bool(page.design.origin_units and page.design.destination_units)
    involvement = f"nor that {origin} had no part in it" if both else ""
    if both:
        unclaimed = (
            f"How much of what changed in {destination} came from {origin} cannot be claimed from "
            f"these series ({why})"
        )
    else:
        unclaimed = (
            f"Whether {destination if page.design.destination_units else origin} changed beyond "
            f"what was to be expected cannot be claimed from its series ({why}); the other side "
            "was not studied, so no share can be given either"
        )
    said = [
        sentence(unclaimed),
        sentence(
            f"{NOT_NOTHING}{', ' + involvement if involvement else ''}: no claim is made either way"
        ),
    ]
    said += _described_words(page)
    indicator = indicator_of(page)
    if indicator is not None and not indicator.additive:
        said.append(_rates_words(plain(indicator.unit_of_measure)))
    elif indicator is not None and not indicator.comparable:
        said.append(_rules_words(plain(indicator.name)))
    return said


def _described_words(page: DesignPage) -> list[str]:
    """Say the widest described limit on the flow, its assumptions, and what detection would do."""
    origin, destination = side_place(page, "origin"), side_place(page, "destination")
    said = []
    if page.described_bounds:
        rests_on, widest = max(page.described_bounds, key=lambda entry: entry[1].flow_high)
        unit = unit_words(widest.unit, indicator_of(page))
        held = listed([_assumed(text, origin, destination) for text in widest.assumptions])
        said_most = (
            f"as a description only, at most {amount(widest.flow_high)} {unit} can have moved if "
            f"{held}"
        )
        said.append(f"{sentence(said_most)} [{rests_on}]")
    tips = [
        f"{amount(p.value)} times its level before in {side_place(page, p.side)}"
        for _, p in page.described_tipping
        if not math.isnan(p.value)
    ]
    if tips:
        said.append(
            sentence(
                f"detection after the onset at {listed(tips, 'or')} would alone explain the "
                "estimated change there"
            )
        )
    return said


def _no_share_words(page: DesignPage) -> list[str]:
    """Say why there is no share although the gate passed."""
    effects = page.verdict.effects
    indicator = indicator_of(page)
    if effects is not None and not effects.additive:
        return [_rates_words(plain(effects.unit))]
    if effects is not None and not effects.comparable:
        return [_rules_words("these values" if indicator is None else plain(indicator.name))]
    if not (page.design.origin_units and page.design.destination_units):
        return [
            (
                "Only one side is studied here, so no share of its change can be given to another "
                "place: the other side would have to be observed as well."
            )
        ]
    return [
        f"How much of it moved cannot be bounded: these results carry no joint law. {NOT_NOTHING}."
    ]


def _rules_words(what: str) -> str:
    """Say that levels counted under different rules are no shares of each other."""
    return (
        f"The two sides count {what} under different rules, so their levels cannot be compared: no "
        "share of the growth can be given, only the direction of each side's own change."
    )


def _rates_words(unit: str) -> str:
    """Say that rates are no sums."""
    return (
        f"These are rates ({unit}), not amounts: they do not add up over places, so there is no "
        "share of the growth that came from the other side, only the direction and size of each "
        "side's own change."
    )


def _bound_words(page: DesignPage, bounds: ShiftShareBounds) -> list[str]:
    """Say the limits on share and flow, the assumptions behind them, and what more would need."""
    origin, destination = side_place(page, "origin"), side_place(page, "destination")
    unit = unit_words(bounds.unit, indicator_of(page))
    level = f"{100 * bounds.level:g} % confidence, {drift_words(page.verdict.drift)}"
    finite = math.isfinite(bounds.flow_high)
    most = (
        f"at most {amount(bounds.flow_high)} {unit}" if finite else "without upper limit in amount"
    )
    if bounds.high >= 1:
        least = "none" if bounds.low == 0 else percent(bounds.low, least=True)
        share = f"anything from {least} to all of the growth in {destination}"
    else:
        share = f"at most {percent(bounds.high)} of the growth in {destination}"
    first = f"{share}, {most}, can have come from {origin} ({level})"
    held = listed([_assumed(text, origin, destination) for text in bounds.assumptions])
    said = [sentence(f"{first}, if {held}")]
    effects = page.verdict.effects
    if effects is not None and effects.mean[1] <= 0:
        said.insert(
            0,
            sentence(
                f"by its estimate {destination} did not grow against its counterfactual; what "
                "follows holds for the growth that the interval leaves open"
            ),
        )
    if any(text.startswith(B1) for text in bounds.rejected):
        said.append(
            sentence(
                f"{origin} grew significantly, so the assumption that it would not have grown by "
                "itself (B1) is contradicted and was not used"
            )
        )
    return [*said, _more_words(bounds, origin, destination)]


def _assumed(text: str, origin: str, destination: str) -> str:
    """Say an assumption with the names of the places."""
    named = {
        B1: f"{origin} would not have grown by itself (B1)",
        B2: f"{destination} would not have shrunk by itself (B2)",
    }
    return named.get(text, text)


def _more_words(bounds: ShiftShareBounds, origin: str, destination: str) -> str:
    """Say what would have to be true for more to have moved."""
    ways = [f"more than the growth of {destination} only if {destination} was shrinking by itself"]
    if B1 in bounds.assumptions:
        ways.insert(0, f"more than the fall of {origin} only if {origin} was growing by itself")
    return sentence(", ".join(ways))


def _shift_words(page: DesignPage) -> list[str]:
    """Say whether a shift is supported or only compatible, and what that does not mean."""
    status = next((c.status for c in page.verdict.claims if c.name == "shift"), "not identified")
    origin = side_place(page, "origin")
    if not page.design.origin_units or not page.design.destination_units:
        return []
    if status == "supported":
        return [_supported_words(page)]
    undecided = f" {NOT_NOTHING}." if page.verdict.state == "undecided" else ""
    return [
        (
            f"The series alone do not prove that any of it moved, nor that {origin} had no part in "
            f"it.{undecided}"
        )
    ]


def _supported_words(page: DesignPage) -> str:
    """Say what supports that some of it moved, and what contradicts that."""
    said = [*map(_support, lifting(page.verdict.evidence))]
    said += [sentence(f"but this is contradicted: {text}") for text in page.verdict.disputes]
    return " ".join(dict.fromkeys(said))


def _support(bound: Bound) -> str:
    """Say what one bound that supports a shift rests on."""
    if bound.model:
        return (
            "That some of it moved is supported by the lower limit of a model of the flow "
            f"({bound.model}), which was brought as evidence and is as good as what it assumes."
        )
    if bound.cases is not None:
        return f"That some of it moved is supported by {plural(bound.cases, 'counted case')}."
    return "That some of it moved is supported by evidence from outside the series."


def _evidence_words(page: DesignPage) -> list[str]:
    """Say the limits on the flow that come from outside the series."""
    said = []
    for evidence in page.verdict.evidence:
        bound = evidence.bound
        if bound is None or evidence.about != "shift":
            continue
        if evidence.direction == "against":
            said += _against_words(bound, evidence.source)
            continue
        if bound.quantity == "flow":
            high = amount(bound.high) if math.isfinite(bound.high) else "any amount"
            limits = f"between {amount(bound.low)} and {high} {plain(bound.unit)}"
        else:
            limits = (
                f"between {percent(bound.low, least=True)} and {percent(bound.high)} of the growth"
            )
        said.append(_outside_words(f"what moved is {limits}", bound, evidence.source))
    if not page.conditional.empty:
        said.append(
            "In general it lies between (1 − q − r) V and V, where V is the counted fall in "
            "customers, q the share of them that stopped and r the share that went elsewhere in "
            "the origin; the table below says for which q + r, and for which part of the customers "
            "from the destination, a shift would be supported."
        )
    return said


def _against_words(bound: Bound, source: str) -> list[str]:
    """Say the upper limit of evidence against a shift, where it rules something out."""
    if bound.quantity == "flow" and math.isfinite(bound.high):
        limit = f"{amount(bound.high)} {plain(bound.unit)}"
    elif bound.quantity != "flow" and bound.high < 1:
        limit = f"{percent(bound.high)} of the growth"
    else:
        return []
    return [_outside_words(f"at most {limit} can have moved", bound, source)]


def _outside_words(limits: str, bound: Bound, source: str) -> str:
    """Say limits from outside the series, why, and where that stands."""
    words = sentence(f"from outside the series, {limits}: {bound.because}")
    return f"{words} [{source}]" if source else words


def _detection_words(page: DesignPage) -> list[str]:
    """Say which change of detection alone would explain what was seen."""
    verdict: Verdict = page.verdict
    whole = [p for p in verdict.tipping if p.statement.startswith("any change at the")]
    said = [
        f"{amount(p.value)} times its level before in {side_place(page, p.side)}"
        for p in whole
        if not math.isnan(p.value)
    ]
    if not said:
        return []
    return [
        sentence(
            f"detection after the onset at {listed(said, 'or')} would alone explain the whole "
            "change there"
        )
    ]


def _what_to_collect(page: DesignPage) -> str:
    """Say the one series that is needed, then what else would change the verdict."""
    said = [sentence(f"needed first: {page.needed}")] if page.needed else []
    gate = "data that pass the gate"
    others = [t for t in page.verdict.would_change if not (page.needed and t.startswith(gate))]
    if others:
        head = "besides that" if page.needed else "the verdict would become sharper with"
        said.append(sentence(f"{head}: {'; '.join(others)}"))
    return (
        " ".join(said)
        or "Nothing further was named: more years of the same series, counted the same way."
    )
