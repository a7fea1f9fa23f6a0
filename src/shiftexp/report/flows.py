"""What models of the flow say in a report: maturity, one sentence, figure, table, notes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shiftexp.flow import OUTSIDE, SIGNS, Flow, flow_in
from shiftexp.identification import IdentificationNote
from shiftexp.report.changes import indicator_of
from shiftexp.report.figures import Figure, flow_figure
from shiftexp.report.language import Words
from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import (
    NO_VALUE,
    Badge,
    amount,
    capital,
    general,
    limits,
    maturity_badge,
    percent,
    plain,
    sentence,
    side_place,
    unit_words,
)


@dataclass(frozen=True, eq=False)
class FlowView:
    """What one model of the flow says, ready to be shown.

    Attributes
    ----------
    name : str
        The model.
    badge : Badge or None
        How well it is tried; None for an established one.
    so_what : str
        What it means, in one sentence.
    figure : Figure or None
        Limits by the own changes believed in, if it is to be drawn.
    table : Sheet
        Limits by belief, the most that signs allow first.
    notes : tuple of str
        What is not identified, or doubtful.
    """

    name: str
    badge: Badge | None
    so_what: str
    figure: Figure | None
    table: Sheet
    notes: tuple[str, ...]


def flow_views(page: DesignPage, *, figures: bool) -> tuple[FlowView, ...]:
    """Return what models of the flow say under a design; nothing where the gate failed.

    Parameters
    ----------
    page : DesignPage
        The design.
    figures : bool
        Whether to draw.
    """
    if not page.verdict.flows:
        return ()
    found = [(result.name, flow_in(result)) for result in page.verdict.results]
    return tuple(
        FlowView(
            name=name,
            badge=maturity_badge(flow.maturity, page.words) if flow.maturity else None,
            so_what=so_what(page, flow),
            figure=flow_figure(flow, page.words) if figures else None,
            table=flow_sheet(page, flow),
            notes=tuple(_note_words(note, page.words) for note in flow.notes),
        )
        for name, flow in found
        if flow is not None
    )


def so_what(page: DesignPage, flow: Flow) -> str:
    """Say in one sentence what a flow comes to: the most, and what proves that there was any.

    Parameters
    ----------
    page : DesignPage
        The design it was found under.
    flow : Flow
        What the model says.
    """
    words = page.words
    places = {side: side_place(page, side) for side in ("origin", "destination")}
    unit = unit_words(flow.unit, indicator_of(page), words)
    high, share = flow.limits.flow[1], flow.limits.total[1]
    if not flow.possible:
        return sentence(words("flow.impossible", **places))
    part = words("flow.all") if share >= 1 else percent(share, words)
    most = words("flow.most", most=f"{amount(high, words, to='up')} {unit}", part=part, **places)
    return sentence(f"{most}; {_proved_words(page, flow, unit)}")


def _proved_words(page: DesignPage, flow: Flow, unit: str) -> str:
    """Say what would prove that something came."""
    like, words = flow.like_donors, page.words
    if page.verdict.flow_reading.provable and like is not None and like.flow[0] > 0:
        return words("flow.proved", least=f"{amount(like.flow[0], words, to='down')} {unit}")
    if flow.breakdown == 0:
        return words("flow.unproved")
    if math.isinf(flow.breakdown):
        return words("flow.always")
    room = ""
    if flow.least_scale > 0:
        room = words("flow.asked_for", scale=amount(flow.least_scale, words, to="up"))
    return words("flow.believed", scale=f"{amount(flow.breakdown, words, to='down')} {unit}") + room


def flow_sheet(page: DesignPage, flow: Flow) -> Sheet:
    """Return limits on the flow and its shares by belief, the most that signs allow first.

    Parameters
    ----------
    page : DesignPage
        The design it was found under.
    flow : Flow
        What the model says.
    """
    words = page.words
    unit = unit_words(flow.unit, indicator_of(page), words)
    frame = flow.to_frame()
    quantities = list(dict.fromkeys(frame["quantity"]))
    cells: dict[str, dict[str, str]] = {}
    for row in frame.to_dict("records"):
        ends = (row["estimate"], row["conf_low"], row["conf_high"])
        said = _range_words(*ends, words, share=row["unit"] == "share")
        cells.setdefault(row["belief"], {})[row["quantity"]] = said
    rows = [
        (words.told(belief), *(found.get(quantity, NO_VALUE) for quantity in quantities))
        for belief, found in cells.items()
    ]
    shares = [capital(words.known("flow_column", quantity)) for quantity in quantities[1:]]
    columns = (*words.columns("flow.columns", unit=unit), *shares)
    smallest = f"{amount(flow.smallest, words)} {unit}"
    level = general(100 * flow.level, words)
    signs = words.told_parts(SIGNS)
    note = words("flow.note", level=level, signs=signs, smallest=smallest)
    if flow.contradicted:
        note = f"{note} {words('flow.contradicted', where=words.told(OUTSIDE))}"
    caption = words("flow.caption", name=plain(page.name))
    return sheet(caption, columns, rows, numeric=(1, 2, 3), wide=(0,), note=note)


def _range_words(estimate: float, low: float, high: float, words: Words, *, share: bool) -> str:
    """Write both limits, and the estimate before them where there is one; shares in percent."""
    ends = (
        words("writing.ends", low=percent(low, words, least=True), high=percent(high, words))
        if share
        else limits(low, high, words)
    )
    if math.isnan(estimate):
        return ends
    likely = words.percent(f"{100 * estimate:.0f}") if share else amount(estimate, words)
    return f"{likely} ({ends})"


def _note_words(note: IdentificationNote, words: Words) -> str:
    """Say a note with its number, or that it is a doubt, and its flag."""
    always = note.severity == "always"
    head = words("flow.numbered", number=note.number) if always else words("flow.doubt")
    return f"{sentence(words.told(note.sentence))} [{head}, {note.flag}]"
