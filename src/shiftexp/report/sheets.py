"""The tables of the report: verdicts, claims, changes, limits, tipping points, estimates."""

from __future__ import annotations

import math
from collections.abc import Iterator

from shiftexp.bounds import ShiftShareBounds
from shiftexp.evidence import Evidence
from shiftexp.plane import DESTINATION, ORIGIN, ConfidenceSet
from shiftexp.report.changes import (
    SIDES,
    changes,
    counts_words,
    indicator_of,
    learnt_after,
    overdispersion,
)
from shiftexp.report.language import Words
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sentences import destination_grew
from shiftexp.report.sheet import Sheet, phrased
from shiftexp.report.so_what import so_what_words
from shiftexp.report.weighing import settling_words
from shiftexp.report.wording import (
    NO_VALUE,
    amount,
    capital,
    claim_badge,
    claim_words,
    drift_words,
    gate_words,
    general,
    most_words,
    percent,
    place,
    plain,
    probability,
    role_words,
    sectors_words,
    set_cell,
    side_place,
    state_badge,
    unit_words,
)
from shiftexp.verdict.sides import side_changes


def summary_sheet(study: StudyPage) -> Sheet:
    """Return one row for each cell: state, what grew, what can have moved, what to collect."""
    rows = [
        (
            cell.title,
            state_badge(cell.primary),
            grown_words(cell.primary),
            share_words(cell.primary),
            collect_words(cell.primary),
        )
        for cell in study.cells
    ]
    return phrased("summary", study.words, rows, wide=(2, 4))


def grown_words(page: DesignPage) -> str:
    """Say the observed means of both sides in a table, destination first."""
    found, words = sorted(changes(page), key=lambda change: change.side), page.words
    said = [
        words.headed(c.place, f"{amount(c.before, words)} → {amount(c.after, words)}")
        for c in found
        if not (math.isnan(c.before) or math.isnan(c.after))
    ]
    unit = found[0].unit if found else ""
    return f"{words.joined(said)} {unit}" if said else words("summary.too_short")


def collect_words(page: DesignPage) -> str:
    """Say what to collect first, in a table."""
    found = settling_words(page)
    if found != NO_VALUE:
        return found
    return page.words.told(next(iter(page.verdict.would_change), NO_VALUE))


def share_words(page: DesignPage) -> str:
    """Say in a table the most that can have moved."""
    refused, words = _no_share(page), page.words
    if refused:
        return words(f"share.{refused}")
    bounds, indicator = page.verdict.bounds, indicator_of(page)
    if bounds is not None:
        most = most_words(bounds.flow_high, bounds.unit, indicator, words)
        key = "share.unlimited" if bounds.high >= 1 else "share.of_it"
        key = key if destination_grew(page) else f"{key}_if"
        where, share = side_place(page, "destination"), percent(bounds.high, words)
        return words(key, share=share, most=most, destination=where)
    counted = [e.bound for e in page.verdict.evidence if _limits_flow(e) and e.bound]
    if counted:
        tightest = min(counted, key=lambda bound: bound.high)
        most = most_words(tightest.high, tightest.unit, None, words)
        return words("share.counted", most=most)
    if page.described_bounds:
        widest = max((b for _, b in page.described_bounds), key=lambda b: b.flow_high)
        most = most_words(widest.flow_high, widest.unit, indicator, words)
        return words("share.described", most=most)
    return words("share.unbounded")


def _limits_flow(evidence: Evidence) -> bool:
    """Tell whether evidence for a shift limits the flow from above."""
    bound = evidence.bound
    speaks = evidence.about == "shift" and evidence.direction == "for"
    return speaks and bound is not None and bound.quantity == "flow" and math.isfinite(bound.high)


def _no_share(page: DesignPage) -> str:
    """Say why there can be no share, as a key; "" where there can."""
    effects, indicator = page.verdict.effects, indicator_of(page)
    if indicator is not None and not indicator.additive:
        return "rates"
    if effects is not None and not effects.comparable:
        return "incomparable"
    if not (page.design.origin_units and page.design.destination_units):
        return "one_side"
    return ""


def claims_sheet(page: DesignPage) -> Sheet:
    """Return the ladder of claims in words."""
    words = page.words
    rows = [
        (
            words.claim(c.name),
            claim_badge(page, c.name, c.status),
            claim_words(page, c),
            probability(c.p_value, words),
            _level(c.level, words),
            words.told_parts(c.rests_on),
        )
        for c in page.verdict.claims
    ]
    unlike = [words.claim(told.claim) for told in side_changes(page.verdict) if told.differ]
    return phrased(
        "claims",
        words,
        rows,
        name=page.name,
        numeric=(3, 4),
        wide=(2, 5),
        also=words("claims.differ", claims=", ".join(unlike)) if unlike else "",
        drift=drift_words(page.verdict.drift, words),
    )


def so_what_sheet(page: DesignPage) -> Sheet:
    """Return what may and may not be concluded from each claim, and done."""
    rows = [
        (
            page.words.claim(c.name),
            claim_badge(page, c.name, c.status),
            so_what_words(page, c),
        )
        for c in page.verdict.claims
    ]
    return phrased("so_what_table", page.words, rows, name=page.name, wide=(2,))


def changes_sheet(page: DesignPage) -> Sheet:
    """Return how each side changed, each labelled with what it rests on."""
    found, words = sorted(changes(page), key=lambda change: change.side), page.words
    rows = [
        (
            f"{capital(c.place)}, {words.known('side', c.side)}",
            amount(c.before, words),
            amount(c.after, words),
            amount(c.own, words, signed=True),
            set_cell(c.answer, words),
            c.unit,
            f"{c.periods[0]} / {c.periods[1]}",
            c.rests_on,
        )
        for c in found
    ]
    levels = dict.fromkeys(general(100 * c.level, words) for c in found if c.level == c.level)
    one = words("changes.level", level=next(iter(levels))) if len(levels) == 1 else ""
    note = words("changes.primary") if page.verdict.readings else ""
    drift = max((c.drift for c in found), default=0.0)
    return phrased(
        "changes",
        words,
        rows,
        name=page.name,
        numeric=(1, 2, 3, 4),
        wide=(7,),
        also=note,
        interval=one or words("changes.interval"),
        drift=drift_words(drift, words),
    )


def windows_sheet(page: DesignPage) -> Sheet:
    """Return the comparison of two windows for every overdispersion tried."""
    rows, words = [], page.words
    for result in page.contrasts:
        for i, (side, direction) in enumerate((("origin", ORIGIN), ("destination", DESTINATION))):
            if not result.paths.names[i]:
                continue
            answer = result.effects.interval(direction, result.level)
            p = result.effects.two_sided_p(direction, result.level)
            rows.append(
                (
                    f"{capital(place(result.paths.names[i], words))}, {words.known('side', side)}",
                    overdispersion(result, words),
                    amount(float(result.effects.mean[i]), words, signed=True),
                    set_cell(answer, words),
                    probability(p, words),
                    unit_words(result.effects.unit, result.indicator, words),
                    counts_words(result, words),
                )
            )
    drift = words("drift.none")
    return phrased("windows", words, rows, name=page.name, numeric=(2, 3, 4), drift=drift)


def bounds_sheet(page: DesignPage) -> Sheet:
    """Return limits on shift share and flow with the assumptions behind them."""
    words, bounds = page.words, page.verdict.bounds
    rows = [] if bounds is None else _bounds_rows(page, words("bounds.pair"), bounds)
    for rests, described in page.described_bounds:
        rests_on = words("bounds.description", rests_on=words.told_parts(rests))
        rows += _bounds_rows(page, rests_on, described, drift=0.0)
    for evidence in page.verdict.evidence:
        if (bound := evidence.bound) is not None:
            said = words.english(
                f"{bound.because}{f' [{evidence.source}]' if evidence.source else ''}"
            )
            name = words.known("quantity", bound.quantity)
            ends = (amount(bound.low, words, to="down"), amount(bound.high, words, to="up"))
            unit = unit_words(bound.unit, None, words)
            key = "bounds.modelled" if bound.model else "bounds.outside"
            rows.append((words(key, quantity=name), *ends, unit, NO_VALUE, said))
    return phrased("bounds", words, rows, name=page.name, numeric=(1, 2), wide=(5,))


def _bounds_rows(
    page: DesignPage, rests_on: str, bounds: ShiftShareBounds, drift: float | None = None
) -> list[tuple[str, ...]]:
    """Return one row for the share and one for the flow; the drift is the verdict's by default."""
    words = page.words
    rejected = (words("bounds.rejected", text=words.told(text)) for text in bounds.rejected)
    because = f"{words.joined((*map(words.told, bounds.assumptions), *rejected))} [{rests_on}]"
    unit = unit_words(bounds.unit, indicator_of(page), words)
    low, high = percent(bounds.low, words, least=True), percent(bounds.high, words)
    flow = (
        amount(bounds.flow_low, words, to="down"),
        amount(bounds.flow_high, words, to="up"),
    )
    room = drift_words(page.verdict.drift if drift is None else drift, words)
    level = f"{words.percent(general(100 * bounds.level, words))}, {room}"
    share, of_growth = words("quantity.shift_share"), words("bounds.of_growth")
    return [
        (share, low, high, of_growth, level, because),
        (words("quantity.flow"), *flow, unit, level, because),
    ]


def tipping_sheet(page: DesignPage) -> Sheet:
    """Return the detection changes that would overturn what is said."""
    words = page.words
    described = [
        (f" [{words('bounds.description', rests_on=words.told_parts(rests_on))}]", p)
        for rests_on, p in page.described_tipping
    ]
    rows = []
    for rests_on, p in (*(("", p) for p in page.verdict.tipping), *described):
        where = "" if p.side == "ratio" else side_place(page, p.side)
        key = "tipping.ratio" if p.side == "ratio" else "tipping.side"
        tips = words("tipping.times", ratio=amount(p.value, words))
        rows.append(
            (
                f"{words.claim(words.told(p.statement))}{rests_on}",
                words(key, place=where),
                words("tipping.never") if math.isnan(p.value) else tips,
            )
        )
    return phrased("tipping", words, rows, name=page.name, numeric=(2,))


def designs_sheet(cell: CellPage) -> Sheet:
    """Return every design of a cell: role, gate, state, sectors left."""
    rows = [
        (
            plain(page.name),
            role_words(page.role, page.words),
            state_badge(page),
            sectors_words(page),
            share_words(page),
            _gate_cell(page),
        )
        for page in cell.pages
    ]
    return phrased("designs", cell.words, rows, wide=(5,), title=cell.title)


def estimates_sheet(page: DesignPage) -> Sheet:
    """Return every estimand of every specification."""
    rows, unlike, words = [], [], page.words
    for result in page.verdict.results:
        for row in result.tidy().to_dict("records"):
            answer = ConfidenceSet(row["conf_kind"], row["conf_low"], row["conf_high"])
            name = str(row["estimand"])
            unit = (
                words("estimates.ratio")
                if name == "offset_ratio"
                else unit_words(row["unit"], result.indicator, words)
            )
            rows.append(
                (
                    result.name,
                    words.known("estimand", name)
                    if name in words.names("estimand")
                    else plain(name),
                    amount(row["estimate"], words),
                    set_cell(answer, words),
                    probability(row["p_value"], words),
                    unit,
                    row["inference"],
                )
            )
            if _apart(answer, row["p_value"], 1 - result.level):
                unlike.append(f"{rows[-1][1]} ({result.name})")
    first = page.verdict.results[:1]
    level = words.percent(general(100 * first[0].level, words)) if first else ""
    failed = bool(first) and page.verdict.state == "gate failed"
    return phrased(
        "estimates",
        words,
        rows,
        name=page.name,
        numeric=(2, 3, 4),
        wide=(0, 6),
        before=words("estimates.failed") if failed else "",
        also=words("estimates.differ", rows=", ".join(unlike)) if unlike else "",
        level=level,
        drift=words("drift.none"),
    )


def _apart(answer: ConfidenceSet, p: float, alpha: float) -> bool:
    """Tell whether a set and the p of no effect beside it say different things of no effect."""
    if not answer.bounded or math.isnan(p):
        return False
    if p <= alpha:
        return answer.low < 0 < answer.high
    return not answer.low <= 0 <= answer.high


def _gate_cell(page: DesignPage) -> str:
    """Say the answer of the data gate."""
    words, gate = page.words, page.gate
    if gate.passed:
        learnt = "".join(_fewer_after(page))
        return f"✔ {words('gate.passed', before=gate.before, after=gate.after)}{learnt}"
    return f"✘ {words('gate.failed', why=gate_words(gate.reasons, gate.sides, words))}"


def _fewer_after(page: DesignPage) -> Iterator[str]:
    """Say of each side whose effect rests on fewer periods after the onset than the gate counts."""
    for result in page.verdict.results[:1]:
        for side, name in zip(SIDES, result.paths.names, strict=True):
            count, _ = learnt_after(result, side)
            if name and count < page.gate.after:
                place = side_place(page, side)
                yield page.words("learnt.gate", place=place, learnt=count)


def _level(level: float, words: Words) -> str:
    """Write the level a claim is held against."""
    return NO_VALUE if math.isnan(level) else general(level, words)
