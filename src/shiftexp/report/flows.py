"""What models of the flow say in a report: maturity, one sentence, figure, table, notes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shiftexp.flow import OUTSIDE, SIGNS, Flow, flow_in
from shiftexp.identification import IdentificationNote
from shiftexp.report.changes import indicator_of
from shiftexp.report.figures import Figure, flow_figure
from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, sheet
from shiftexp.report.wording import (
    NO_VALUE,
    Badge,
    amount,
    capital,
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
            badge=maturity_badge(flow.maturity) if flow.maturity else None,
            so_what=so_what(page, flow),
            figure=flow_figure(flow) if figures else None,
            table=flow_sheet(page, flow),
            notes=tuple(_note_words(note) for note in flow.notes),
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
    origin, destination = side_place(page, "origin"), side_place(page, "destination")
    unit = unit_words(flow.unit, indicator_of(page))
    high, share = flow.limits.flow[1], flow.limits.total[1]
    if not flow.possible:
        return sentence(f"by this model nothing can have come from {origin} to {destination}")
    part = "all" if share >= 1 else percent(share)
    most = (
        f"at most {amount(high)} {unit}, {part} of the growth in {destination}, can have come from "
        f"{origin} by the end of the window"
    )
    return sentence(f"{most}; {_proved_words(page, flow, unit)}")


def _proved_words(page: DesignPage, flow: Flow, unit: str) -> str:
    """Say what would prove that something came."""
    like = flow.like_donors
    if page.verdict.flow_reading.provable and like is not None and like.flow[0] > 0:
        return (
            f"at least {amount(like.flow[0])} did, if own changes of both places at the onset were "
            "like those of the donors"
        )
    if flow.breakdown == 0:
        return "that any did is not proved, however small own changes of both are believed to be"
    if math.isinf(flow.breakdown):
        return (
            "that some did holds at every scale of own changes that was looked at, but that scale "
            "is believed, not found"
        )
    room = ""
    if flow.least_scale > 0:
        room = f" and of a larger one than {amount(flow.least_scale)}, which the data ask for"
    return (
        "that any did follows only from the belief that own changes of both at the onset were of a "
        f"smaller scale than {amount(flow.breakdown)} {unit}{room}"
    )


def flow_sheet(page: DesignPage, flow: Flow) -> Sheet:
    """Return limits on the flow and its shares by belief, the most that signs allow first.

    Parameters
    ----------
    page : DesignPage
        The design it was found under.
    flow : Flow
        What the model says.
    """
    unit = unit_words(flow.unit, indicator_of(page))
    frame = flow.to_frame()
    quantities = list(dict.fromkeys(frame["quantity"]))
    cells: dict[str, dict[str, str]] = {}
    for row in frame.to_dict("records"):
        cells.setdefault(row["belief"], {})[row["quantity"]] = _range_words(
            row["estimate"], row["conf_low"], row["conf_high"], share=row["unit"] == "share"
        )
    rows = [
        (belief, *(found.get(quantity, NO_VALUE) for quantity in quantities))
        for belief, found in cells.items()
    ]
    shares = [capital(quantity.replace("destination ", "")) for quantity in quantities[1:]]
    columns = ("Own changes at the onset", f"Flow, {unit}", *shares)
    note = (
        f"Limits at {100 * flow.level:g} %, by the end of the window; shares are of the "
        "destination's growth. Own changes at the onset are those that a place would have made "
        "then without any flow. All rows but the last assume: "
        f"{SIGNS}. m, the smallest change that matters, is {amount(flow.smallest)} {unit}. A lower "
        "limit is a statement about own changes; there is an estimate only if nothing else changed."
    )
    if flow.contradicted:
        note += f" That estimate lies {OUTSIDE}."
    caption = f"How much can have flowed: {plain(page.name)}"
    return sheet(caption, columns, rows, numeric=(1, 2, 3), wide=(0,), note=note)


def _range_words(estimate: float, low: float, high: float, *, share: bool) -> str:
    """Write both limits, and the estimate before them where there is one; shares in percent."""
    ends = (
        f"{percent(low, least=True)} to {percent(high)}"
        if share
        else f"{amount(low)} to {amount(high)}"
    )
    if math.isnan(estimate):
        return ends
    return f"{f'{100 * estimate:.0f} %' if share else amount(estimate)} ({ends})"


def _note_words(note: IdentificationNote) -> str:
    """Say a note with its number, or that it is a doubt, and its flag."""
    head = f"note {note.number}" if note.severity == "always" else "doubt"
    return f"{sentence(note.sentence)} [{head}, {note.flag}]"
