"""Questions besides the effects on the page: dated events, timing and what is held in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from shiftexp.evidence import Evidence
from shiftexp.plane import ConfidenceSet, SetKind
from shiftexp.policy import PolicyEvents
from shiftexp.policy.policy_event import PolicyEvent
from shiftexp.report.changes import indicator_of
from shiftexp.report.figures import Figure, events_figure
from shiftexp.report.language import Words
from shiftexp.report.page import DesignPage, TimingAnswer
from shiftexp.report.sheet import Sheet, phrased, sheet
from shiftexp.report.wording import (
    NO_VALUE,
    amount,
    general,
    limits,
    place,
    probability,
    set_cell,
    unit_words,
)
from shiftexp.result import SIDES, Estimate
from shiftexp.scalars import error_rate

_GOOD_POWER = 0.8


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
    words = page.words
    answered = [_timing_row(a, a.evidence, words) for a in page.timing if a.evidence is not None]
    refused = [
        (words(f"question.{a.method}"), words.english(a.refusal))
        for a in page.timing
        if a.evidence is None
    ]
    return TimingView(
        sentence=_timing_sentence(page.timing, words),
        answers=phrased("timing", words, answered, name=page.name, numeric=(2, 3), wide=(4, 5)),
        refused=phrased("timing_refused", words, refused, name=page.name, wide=(0, 1)),
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
    words, name = page.words, page.name
    return EventsView(
        sentence=f"{words.told(found.sentence())}. {_standing(found, words)}",
        figure=events_figure(found, words) if figures and found.drawable else None,
        studied=_studied_sheet(found, page),
        without=_without_sheet(found, name, words),
        leakage=_leakage_sheet(found, page),
        notes=tuple(map(words.told, found.notes)),
    )


def _timing_sentence(answers: tuple[TimingAnswer, ...], words: Words) -> str:
    """Say how many questions were answered, and how many of those could have found much."""
    if not answers:
        return ""
    known = [a.evidence for a in answers if a.evidence is not None]
    powers = [e.power for e in known if e.power is not None]
    said = {
        "answered": len(known),
        "asked": words.plural(len(answers), "question"),
        "refused": len(answers) - len(known),
    }
    if not powers:
        return words("timing_said.no_power", **said)
    able = sum(power >= _GOOD_POWER for power in powers)
    return words(
        "timing_said.power",
        able=able or words("timing_said.none"),
        good=words.percent(f"{100 * _GOOD_POWER:.0f}"),
        most=words.percent(f"{100 * max(powers):.0f}"),
        **said,
    )


def _timing_row(answer: TimingAnswer, evidence: Evidence, words: Words) -> tuple[str, ...]:
    """Return one question with its answer."""
    p, power = (
        NO_VALUE if number is None else probability(number, words)
        for number in (evidence.p_value, evidence.power)
    )
    about = words.told(f"{evidence.direction} {evidence.about}")
    notes = words.joined(map(words.told, answer.notes)) or NO_VALUE
    question = words(f"question.{answer.method}")
    return question, about, p, power, words.joined(map(words.told, answer.said)), notes


def _standing(found: PolicyEvents, words: Words) -> str:
    """Say how many effects stand among all tests of the table."""
    if found.adjusted is None:
        return words("events_said.untested")
    alpha = error_rate(found.level)
    firm = int((found.adjusted.adjusted <= alpha).sum())
    return words(
        "events_said.standing",
        firm=firm or words("events_said.none"),
        tests=words.plural(len(found.adjusted.names), "test"),
        alpha=general(100 * alpha, words),
    )


def _studied_sheet(found: PolicyEvents, page: DesignPage) -> Sheet:
    """Return one row for each event with a study."""
    words = page.words
    rows = [
        (
            f"{row.dated.date}: {row.dated.name}",
            _onset_words(row, words),
            *(_side_words(found, row, side, words) for side in SIDES),
            _both_words(row, words),
            words.told(row.rose(error_rate(found.level))) or NO_VALUE,
        )
        for row in found.usable
    ]
    unit = unit_words(found.unit, indicator_of(page), words)
    return phrased("events", words, rows, name=page.name, unit=unit)


def _onset_words(row: PolicyEvent, words: Words) -> str:
    """Say from when on, on whose side, and with how many other events a study is mixed."""
    return words(
        "events_said.onset",
        onset=row.onset,
        side=words.told(row.direction),
        others=words.plural(len(row.together), "other"),
        inside=len(row.inside),
    )


def _side_words(found: PolicyEvents, row: PolicyEvent, side: str, words: Words) -> str:
    """Say the effect on one side, its p among all tests, and what would undo it."""
    name = row.names[SIDES.index(side)]
    estimate, where = row.estimate(side), place(name, words)
    if estimate is None:
        return words("events_said.unstudied", place=where) if name else NO_VALUE
    undone = row.undone_by(side)
    detection = (
        ""
        if math.isnan(undone)
        else words("events_said.undone", ratio=words.written(f"{undone:.3g}"))
    )
    return words(
        "events_said.side",
        place=where,
        estimate=_estimate_words(estimate, words),
        p=probability(found.adjusted_p(row, side), words),
        detection=detection,
    )


def _both_words(row: PolicyEvent, words: Words) -> str:
    """Say the total net effect and the sectors left, or why there is no study of both sides."""
    net = row.estimate("net")
    if net is None:
        return words("events_said.no_study", why=words.told(row.reason))
    total = words.known("total", row.total)
    sectors = words.told_sectors(row.sectors)
    left = words("events_said.left", total=total, sectors=sectors)
    return left if net.conf_kind == "none" else f"{_estimate_words(net, words)}; {left}"


def _estimate_words(estimate: Estimate, words: Words) -> str:
    """Say an estimate with its set and p."""
    kind = cast("SetKind", estimate.conf_kind)
    answer = set_cell(ConfidenceSet(kind, estimate.conf_low, estimate.conf_high), words)
    p = probability(estimate.p_value, words)
    return f"{amount(estimate.estimate, words, signed=True)} [{answer}], p {p}"


def _without_sheet(found: PolicyEvents, name: str, words: Words) -> Sheet:
    """Return the events without a study, and why."""
    rows = [
        (
            row.dated.name,
            row.dated.date or NO_VALUE,
            row.dated.country or NO_VALUE,
            words.told(row.reason),
        )
        for row in found.rows
        if not row.studied
    ]
    return phrased("events_without", words, rows, name=name, numeric=(1,), wide=(0, 3))


def _leakage_sheet(found: PolicyEvents, page: DesignPage) -> Sheet:
    """Return third countries as further destinations; events of one onset once."""
    words = page.words
    leaks = {
        (row.onset, row.names[0], leak.unit): leak for row in found.usable for leak in row.leakage
    }
    rows = [
        (
            f"{onset}, {place(pushed, words)}",
            place(unit, words),
            amount(leak.effect, words, signed=True),
            limits(leak.low, leak.high, words, signed=True),
            *(probability(p, words) for p in (leak.p_value, leak.p_holm)),
            leak.reason or NO_VALUE,
        )
        for (onset, pushed, unit), leak in leaks.items()
    ]
    return phrased(
        "leakage",
        words,
        rows,
        name=page.name,
        numeric=(2, 3, 4, 5),
        wide=(6,),
        unit=unit_words(found.unit, indicator_of(page), words),
    )
