"""Questions besides the effects on the page: dated events, timing and what is held in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from shiftexp.evidence import Evidence
from shiftexp.plane import ConfidenceSet, SetKind
from shiftexp.policy import PolicyEvents
from shiftexp.policy.policy_event import PolicyEvent
from shiftexp.report.figures import Figure, events_figure
from shiftexp.report.page import DesignPage, TimingAnswer
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import NO_VALUE, amount, place, plain, probability, set_cell
from shiftexp.result import SIDES, Estimate
from shiftexp.scalars import error_rate, plural

TIMING_HEADING = "Who moved first, and what is held in common"
EVENTS_HEADING = "What changed at dated events"
_GOOD_POWER = 0.8
_QUESTIONS = {
    "lead_lag": "cross-correlation: is what is new at the origin followed by the opposite?",
    "granger": "Granger causality: does the destination move against the origin's past?",
    "local_projections": "local projections: does the destination move against origin shocks?",
    "transfer_function": "transfer function: does a lasting loss at the origin arrive in the end?",
    "sign_restricted": "sign restrictions: which responses fit the signs of a shift?",
    "break_order": "order of breaks: does the destination's come after the origin's?",
    "cointegration": "cointegration: is there a long-run relation, and of which sign?",
    "common_factor": "common factor: does the pair share more than it shares with the donors?",
    "price_gap": "price gap: does the gap between both prices close?",
}


@dataclass(frozen=True, eq=False)
class TimingView:
    """Questions of timing, ready to be shown.

    Attributes
    ----------
    sentence : str
        How many were answered, and how much they could have found; "" where none was asked.
    answers, refused : Sheet
        Questions with their answers, and those that were refused, in their own words.
    """

    sentence: str
    answers: Sheet
    refused: Sheet


@dataclass(frozen=True, eq=False)
class EventsView:
    """Dated events, ready to be shown.

    Attributes
    ----------
    sentence : str
        How many have a study, and how many effects stand among all tests; "" where none was asked.
    figure : Figure or None
        The effects one below the other.
    studied, without, leakage : Sheet
        Events with a study, those without and why, and third countries.
    notes : tuple of str
        How dates became onsets, and what such a table can say.
    """

    sentence: str
    figure: Figure | None
    studied: Sheet
    without: Sheet
    leakage: Sheet
    notes: tuple[str, ...]


def timing_view(page: DesignPage) -> TimingView:
    """Return questions of timing ready to be shown.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    answered = [_timing_row(a, a.evidence) for a in page.timing if a.evidence is not None]
    refused = [(_QUESTIONS[a.method], a.refusal) for a in page.timing if a.evidence is None]
    columns = ("Question", "Speaks to", "p", "Power", "In its own words", "Keep in mind")
    note = (
        "Evidence, never a bound: a small p lifts no shift to supported, and a large one is no "
        "evidence against it. Power is that at this length; the words say for which alternative."
    )
    caption = f"Timing, and what is held in common: {plain(page.name)}"
    without = f"Questions of timing that were refused: {plain(page.name)}"
    return TimingView(
        sentence=_timing_sentence(page.timing),
        answers=sheet(caption, columns, answered, numeric=(2, 3), wide=(4, 5), note=note),
        refused=sheet(without, ("Question", "Why not"), refused, wide=(0, 1)),
    )


def events_view(page: DesignPage, *, figures: bool) -> EventsView:
    """Return dated events ready to be shown.

    Parameters
    ----------
    page : DesignPage
        The design.
    figures : bool
        Whether to draw.
    """
    found = page.events
    if found is None:
        empty = sheet("", (), ())
        return EventsView("", None, empty, empty, empty, ())
    return EventsView(
        sentence=f"{found.sentence()}. {_standing(found)}",
        figure=events_figure(found) if figures and found.drawable else None,
        studied=_studied_sheet(found, page.name),
        without=_without_sheet(found, page.name),
        leakage=_leakage_sheet(found, page.name),
        notes=found.notes,
    )


def _timing_sentence(answers: tuple[TimingAnswer, ...]) -> str:
    """Say how many questions were answered, and how many of those could have found much."""
    if not answers:
        return ""
    known = [a.evidence for a in answers if a.evidence is not None]
    powers = [e.power for e in known if e.power is not None]
    able = sum(power >= _GOOD_POWER for power in powers)
    counted = f"{len(known)} of {plural(len(answers), 'question')} answered, "
    refused = f"{len(answers) - len(known)} refused"
    if not powers:
        return f"{counted}{refused}."
    most = f"{able or 'none'} of them with a power of at least {_GOOD_POWER:.0%} (the largest is "
    return f"{counted}{most}{max(powers):.0%}); {refused}."


def _timing_row(answer: TimingAnswer, evidence: Evidence) -> tuple[str, ...]:
    """Return one question with its answer."""
    p, power = (
        NO_VALUE if number is None else probability(number)
        for number in (evidence.p_value, evidence.power)
    )
    about = f"{evidence.direction} {evidence.about}"
    notes = "; ".join(answer.notes) or NO_VALUE
    return _QUESTIONS[answer.method], about, p, power, "; ".join(answer.said), notes


def _standing(found: PolicyEvents) -> str:
    """Say how many effects stand among all tests of the table."""
    if found.adjusted is None:
        return "No effect could be tested."
    alpha = error_rate(found.level)
    tests = plural(len(found.adjusted.names), "test")
    firm = int((found.adjusted.adjusted <= alpha).sum())
    return (
        f"{firm or 'None'} of {tests} finds an effect at {100 * alpha:g} % once all are counted "
        "(Holm); what is not found is not shown to be absent."
    )


def _studied_sheet(found: PolicyEvents, name: str) -> Sheet:
    """Return one row for each event with a study."""
    rows = [
        (
            f"{row.dated.date}: {row.dated.name}",
            _onset_words(row),
            *(_side_words(found, row, side) for side in SIDES),
            _both_words(row),
            row.rose(error_rate(found.level)) or NO_VALUE,
        )
        for row in found.usable
    ]
    columns = ("Event", "Onset", "Origin", "Destination", "Both together", "Third countries")
    note = (
        f"Effects in {plain(found.unit)}, with sets in brackets. A shock on the destination's side "
        "is studied in reverse. Events of one onset share one study. Third countries that rise are "
        "a pattern, not a flow; not shown is not absent."
    )
    caption = f"Dated events with a study: {plain(name)}"
    return sheet(caption, columns, rows, note=note)


def _onset_words(row: PolicyEvent) -> str:
    """Say from when on, on whose side, and with how many other events a study is mixed."""
    others = f"{plural(len(row.together), 'other')} at this onset, {len(row.inside)} in the window"
    return f"{row.onset}, {row.direction}; {others}"


def _side_words(found: PolicyEvents, row: PolicyEvent, side: str) -> str:
    """Say the effect on one side, its p among all tests, and what would undo it."""
    name = row.names[SIDES.index(side)]
    estimate = row.estimate(side)
    if estimate is None:
        return f"{place(name)}: not studied" if name else NO_VALUE
    undone = row.undone_by(side)
    detection = "" if math.isnan(undone) else f"; detection × {undone:.3g} alone would make it"
    held = probability(found.adjusted_p(row, side))
    return f"{place(name)}: {_estimate_words(estimate)}; {held} among all tests{detection}"


def _both_words(row: PolicyEvent) -> str:
    """Say the total net effect and the sectors left, or why there is no study of both sides."""
    net = row.estimate("net")
    if net is None:
        return f"no: {row.reason}"
    if net.conf_kind == "none":
        return f"{row.total}; sectors left: {row.sectors}"
    return f"{_estimate_words(net)}; {row.total}; sectors left: {row.sectors}"


def _estimate_words(estimate: Estimate) -> str:
    """Say an estimate with its set and p."""
    kind = cast("SetKind", estimate.conf_kind)
    limits = set_cell(ConfidenceSet(kind, estimate.conf_low, estimate.conf_high))
    return f"{amount(estimate.estimate, signed=True)} [{limits}], p {probability(estimate.p_value)}"


def _without_sheet(found: PolicyEvents, name: str) -> Sheet:
    """Return the events without a study, and why."""
    rows = [
        (row.dated.name, row.dated.date or NO_VALUE, row.dated.country or NO_VALUE, row.reason)
        for row in found.rows
        if not row.studied
    ]
    caption = f"Dated events without a study: {plain(name)}"
    columns = ("Event", "Date", "Country", "Why not")
    return sheet(caption, columns, rows, numeric=(1,), wide=(0, 3))


def _leakage_sheet(found: PolicyEvents, name: str) -> Sheet:
    """Return third countries as further destinations; events of one onset once."""
    leaks = {
        (row.onset, row.names[0], leak.unit): leak for row in found.usable for leak in row.leakage
    }
    rows = [
        (
            f"{onset}, {place(pushed)}",
            place(unit),
            amount(leak.effect, signed=True),
            f"{amount(leak.low, signed=True)} to {amount(leak.high, signed=True)}",
            *(probability(p) for p in (leak.p_value, leak.p_holm, leak.p_max_t)),
            leak.reason or NO_VALUE,
        )
        for (onset, pushed, unit), leak in leaks.items()
    ]
    columns = (
        "Onset, away from",
        "Third country",
        "Change",
        "Set",
        "p",
        "p Holm",
        "p max-T",
        "Why not",
    )
    note = (
        f"In {plain(found.unit)}. Holm over the named countries decides; max-T stands beside it "
        "and rejects too often where errors persist."
    )
    caption = f"Third countries as further destinations: {plain(name)}"
    return sheet(caption, columns, rows, numeric=(2, 3, 4, 5, 6), wide=(7,), note=note)
