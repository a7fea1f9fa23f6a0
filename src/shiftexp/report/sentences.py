"""Three sentences a cell, in this order: what grew, how much can have moved, what to collect."""

from __future__ import annotations

import math

from shiftexp.bounds import B1, B2, ShiftShareBounds
from shiftexp.evidence import Bound, lifting
from shiftexp.report.changes import Change, changes, indicator_of
from shiftexp.report.language import Words
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.wording import (
    amount,
    drift_words,
    gate_words,
    general,
    least_words,
    most_words,
    percent,
    plain,
    sentence,
    set_words,
    side_place,
    unit_words,
    with_side,
)
from shiftexp.verdict import Verdict


def headings(words: Words) -> tuple[str, str, str]:
    """Return what stands above the three sentences."""
    return words("heading.grew"), words("heading.moved"), words("heading.collect")


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
    found, words = sorted(changes(page), key=lambda change: change.side), page.words
    if not found:
        return words("grew.nothing", not_nothing=words("grew.not_nothing"))
    named = next((change.indicator for change in found if change.indicator), "")
    head = words("grew.measured", indicator=named) + " " if named else ""
    return head + " ".join(_change_words(change, words) for change in found)


def _change_words(change: Change, words: Words) -> str:
    """Say one change."""
    said = {"place": with_side(change.place, change.side, words), "unit": change.unit}
    early, late = change.periods
    before, after = amount(change.before, words), amount(change.after, words)
    if math.isnan(change.before):
        seen = words("grew.only_after", mean=after, period=late, **said)
    elif math.isnan(change.after):
        seen = words("grew.only_before", mean=before, period=early, **said)
    else:
        way = "rose" if change.after > change.before else "fell"
        key = way if change.after != change.before else "stayed"
        ends = {"before": before, "after": after, "early": early, "late": late}
        seen = words(f"grew.{key}", **ends, **said) + _own_words(change, words)
    return f"{sentence(seen)} [{change.rests_on}]"


def _own_words(change: Change, words: Words) -> str:
    """Say the own change against the counterfactual, and whether its direction is settled."""
    if change.basis == "seen" or math.isnan(change.own):
        return change.direction
    answer = set_words(change.answer, change.level, words)
    if change.answer.kind != "none":
        answer = f"{answer}, {drift_words(change.drift, words)}"
    elif change.basis == "pair":
        answer = words("set.silent")
    if change.basis == "pair" or change.answer.kind != "none":
        answer += "" if change.settled else words("grew.unsettled")
    return words(
        f"grew.{'more' if change.own >= 0 else 'less'}",
        amount=amount(abs(change.own), words),
        against=words("grew.level_before" if change.basis == "windows" else "grew.counterfactual"),
        answer=answer,
    )


def _how_much_moved(page: DesignPage) -> str:
    """Say what can at most have moved, and what would have to be true for more."""
    if page.verdict.state == "gate failed":
        return " ".join([*_failed_words(page), *_evidence_words(page)])
    bounds = page.verdict.bounds
    said = _no_share_words(page) if bounds is None else _bound_words(page, bounds)
    return " ".join([*said, *_shift_words(page), *_evidence_words(page), *_detection_words(page)])


def _places(page: DesignPage) -> dict[str, object]:
    """Return the names of both sides, as fields of a phrase."""
    return {side: side_place(page, side) for side in ("origin", "destination")}


def _failed_words(page: DesignPage) -> list[str]:
    """Say that nothing can be bounded, why, and what that does not mean."""
    words, design, places = page.words, page.design, _places(page)
    reasons = gate_words(page.gate.reasons, page.gate.sides, words)
    why = words("moved.gate", why=reasons) if page.gate.reasons else words("moved.no_model")
    if design.origin_units and design.destination_units:
        said = [words("moved.unclaimed", why=why, **places), words("moved.no_claim_both", **places)]
    else:
        place = places["destination" if design.destination_units else "origin"]
        said = [words("moved.unclaimed_side", why=why, place=place), words("moved.no_claim")]
    said = [*map(sentence, said), *_described_words(page)]
    indicator = indicator_of(page)
    if indicator is not None and not indicator.additive:
        said.append(words("moved.rates", unit=plain(indicator.unit_of_measure, words)))
    elif indicator is not None and not indicator.comparable:
        said.append(words("moved.rules", what=plain(indicator.name, words)))
    return said


def _described_words(page: DesignPage) -> list[str]:
    """Say the widest described limit on the flow, its assumptions, and what detection would do."""
    words, said = page.words, []
    if page.described_bounds:
        rests_on, widest = max(page.described_bounds, key=lambda entry: entry[1].flow_high)
        held = words.listed([_assumed(text, page) for text in widest.assumptions])
        most = most_words(widest.flow_high, widest.unit, indicator_of(page), words)
        told = sentence(words("moved.described", most=most, held=held))
        said.append(f"{told} [{words.told_parts(rests_on)}]")
    tips = [
        _tip(page, p.side, p.value) for _, p in page.described_tipping if not math.isnan(p.value)
    ]
    if tips:
        said.append(sentence(words("moved.explains", tips=words.listed(tips, "or"))))
    return said


def _tip(page: DesignPage, side: str, ratio: float) -> str:
    """Say how many times its level before detection would have to be on one side."""
    ratio_words = amount(ratio, page.words)
    return page.words("moved.tip", ratio=ratio_words, place=side_place(page, side))


def _no_share_words(page: DesignPage) -> list[str]:
    """Say why there is no share although the gate passed."""
    effects, words = page.verdict.effects, page.words
    indicator = indicator_of(page)
    if effects is not None and not effects.additive:
        return [words("moved.rates", unit=plain(effects.unit, words))]
    if effects is not None and not effects.comparable:
        named = None if indicator is None else plain(indicator.name, words)
        return [words("moved.rules", what=named or words("moved.these_values"))]
    if not (page.design.origin_units and page.design.destination_units):
        return [words("moved.one_side")]
    return [words("moved.no_law", not_nothing=words("grew.not_nothing"))]


def _bound_words(page: DesignPage, bounds: ShiftShareBounds) -> list[str]:
    """Say the limits on share and flow, the assumptions behind them, and what more would need."""
    words, places = page.words, _places(page)
    most = most_words(bounds.flow_high, bounds.unit, indicator_of(page), words)
    if bounds.high >= 1:
        none = words("moved.none") if bounds.low == 0 else percent(bounds.low, words, least=True)
        share = words("moved.any_share", least=none, **places)
    else:
        share = words("moved.most_share", share=percent(bounds.high, words), **places)
    several = len(page.verdict.results)
    first = words(
        "moved.bounded",
        share=share,
        most=words("moved.at_most", most=most) if math.isfinite(bounds.flow_high)
        else words("moved.unlimited"),
        level=general(100 * bounds.level, words),
        drift=drift_words(page.verdict.drift, words),
        agreed=words("moved.agreed", count=several) if several > 1 else "",
        held=words.listed([_assumed(text, page) for text in bounds.assumptions]),
        **places,
    )  # fmt: skip
    said = [sentence(first)]
    effects = page.verdict.effects
    if not destination_grew(page):
        fell = effects is not None and effects.mean[1] <= 0
        key = "moved.not_grown" if fell else "moved.if_grown"
        said.insert(0, sentence(words(key, **places)))
    if any(text.startswith(B1) for text in bounds.rejected):
        said.append(sentence(words("moved.b1_contradicted", **places)))
    more = "moved.more_if_both" if B1 in bounds.assumptions else "moved.more_if_one"
    return [*said, sentence(words(more, **places))]


def destination_grew(page: DesignPage) -> bool:
    """Tell whether the verdict supports that the destination grew: only then is there a growth."""
    held = {claim.name: claim.status for claim in page.verdict.claims}
    return held.get("destination grew") == "supported"


def _assumed(text: str, page: DesignPage) -> str:
    """Say an assumption with the names of the places."""
    keys = {B1: "moved.b1", B2: "moved.b2"}
    return page.words(keys[text], **_places(page)) if text in keys else page.words.told(text)


def _shift_words(page: DesignPage) -> list[str]:
    """Say whether a shift is supported or only compatible, and what that does not mean."""
    status = next((c.status for c in page.verdict.claims if c.name == "shift"), "not identified")
    words = page.words
    if not page.design.origin_units or not page.design.destination_units:
        return []
    if status == "supported":
        return [_supported_words(page)]
    undecided = f" {words('grew.not_nothing')}." if page.verdict.state == "undecided" else ""
    return [words("moved.unproved", **_places(page)) + undecided]


def _supported_words(page: DesignPage) -> str:
    """Say what supports that some of it moved, and what contradicts that."""
    words = page.words
    said = [_support(bound, words) for bound in lifting(page.verdict.evidence)]
    said += [
        sentence(words("moved.disputed", text=words.told(text))) for text in page.verdict.disputes
    ]
    return " ".join(dict.fromkeys(said))


def _support(bound: Bound, words: Words) -> str:
    """Say how much one bound supports to have moved, and what it rests on."""
    limits = words("moved.by_least", least=least_words(bound, words))
    if bound.model:
        return words("moved.by_model", limits=limits, model=words.told(bound.model))
    if bound.cases is not None:
        cases = words.plural(bound.cases, "counted case")
        return words("moved.by_cases", limits=limits, cases=cases)
    return words("moved.by_evidence", limits=limits)


def _evidence_words(page: DesignPage) -> list[str]:
    """Say the limits on the flow that come from outside the series."""
    said, words = [], page.words
    for evidence in page.verdict.evidence:
        bound = evidence.bound
        if bound is None or evidence.about != "shift":
            continue
        if evidence.direction == "against":
            said += _against_words(bound, evidence.source, words)
            continue
        if bound.quantity == "flow":
            finite = math.isfinite(bound.high)
            high = amount(bound.high, words, to="up") if finite else words("evidence.any_amount")
            unit = unit_words(bound.unit, None, words)
            ends = words(
                "evidence.flow", low=amount(bound.low, words, to="down"), high=high, unit=unit
            )
        else:
            low, high = percent(bound.low, words, least=True), percent(bound.high, words)
            ends = words("evidence.share", low=low, high=high)
        told = words("evidence.between", limits=ends)
        said.append(_outside_words(told, bound, evidence.source, words))
    if not page.conditional.empty:
        said.append(words("evidence.caps"))
    return said


def _against_words(bound: Bound, source: str, words: Words) -> list[str]:
    """Say the upper limit of evidence against a shift, where it rules something out."""
    if bound.quantity == "flow" and math.isfinite(bound.high):
        limit = most_words(bound.high, bound.unit, None, words)
    elif bound.quantity != "flow" and bound.high < 1:
        limit = words("so_what_table.least", share=percent(bound.high, words))
    else:
        return []
    return [_outside_words(words("evidence.most", limit=limit), bound, source, words)]


def _outside_words(told: str, bound: Bound, source: str, words: Words) -> str:
    """Say limits from outside the series or from a model of them, why, and where that stands."""
    # A reason is its writer's own text: what looks like one of ours in it is still not ours.
    key = "evidence.modelled" if bound.model else "evidence.outside"
    said = words(key, limits=told, because=words.english(bound.because))
    said = sentence(said)
    return f"{said} [{source}]" if source else said


def _detection_words(page: DesignPage) -> list[str]:
    """Say which change of detection alone would explain what was seen."""
    verdict: Verdict = page.verdict
    whole = [p for p in verdict.tipping if p.statement.startswith("any change at the")]
    tips = [_tip(page, p.side, p.value) for p in whole if not math.isnan(p.value)]
    if not tips:
        return []
    return [sentence(page.words("moved.explains_all", tips=page.words.listed(tips, "or")))]


def _what_to_collect(page: DesignPage) -> str:
    """Say the one series that is needed, then what else would change the verdict."""
    words, needed = page.words, page.needed
    said = [sentence(words("collect.first", needed=words.told_parts(needed)))] if needed else []
    gate = "data that pass the gate"
    others = [t for t in page.verdict.would_change if not (needed and t.startswith(gate))]
    if others:
        head = words("collect.besides" if needed else "collect.sharper")
        said.append(sentence(words.headed(head, words.joined(map(words.told, others)))))
    return " ".join(said) or words("collect.nothing")
