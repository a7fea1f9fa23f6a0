"""Everything a format shows of a study, worked out once: sentences, tables, figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shiftexp.report import data_sheets, sheets, weighing
from shiftexp.report.agreement import agreement
from shiftexp.report.detection_slider import SliderView, slider_view
from shiftexp.report.figures import Figure, design_figures
from shiftexp.report.flows import FlowView, flow_views
from shiftexp.report.further_view import Section, further_sections
from shiftexp.report.left_out import left_out_sheet
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.questions import EventsView, TimingView, events_view, timing_view
from shiftexp.report.robustness import RobustnessView, robustness_view
from shiftexp.report.sentences import headings, three_sentences
from shiftexp.report.sheet import Sheet
from shiftexp.report.wording import Badge, place, plain, role_words, span_words, state_badge

_ASIDE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, eq=False)
class DesignView:
    """One design, ready to be shown; a table without rows is left out by every format.

    Attributes
    ----------
    title, role, declared, because : str
        Its name, role, declaration in words, and why it was declared so.
    badge : Badge
        Its state.
    tables : tuple of Sheet
        What there is of changes, windows, claims, bounds, caps, tipping points, estimates.
    short_tables : tuple of Sheet
        Those of them that a shorter text has too: all but tipping points and estimates.
    data : Sheet
        The values seen.
    left_out : Sheet
        What of them the fits left out.
    figures : tuple of Figure
        Drawings; only the primary design has them.
    flows : tuple of FlowView
        What models of the flow say.
    refusals : tuple of str
        Estimators that refused, and why.
    cautions, would_change : tuple of str
        What to keep in mind, and what would change it.
    spoken : tuple of (code, language, text)
        The verdict as a paragraph to be read out.
    why : tuple of Sheet
        Reasons, and what each specification says of each sector.
    information : Sheet or None
        What each kind of missing evidence would do.
    timing : TimingView
        Questions of timing and integration.
    further : tuple of Section
        A description, rival hypotheses, sector weights of posteriors.
    slider : SliderView or None
        What a change of detection would do; only in a format that is drawn.
    """

    title: str
    role: str
    declared: str
    because: str
    badge: Badge
    tables: tuple[Sheet, ...]
    short_tables: tuple[Sheet, ...]
    data: Sheet
    left_out: Sheet
    figures: tuple[Figure, ...]
    flows: tuple[FlowView, ...]
    refusals: tuple[str, ...]
    cautions: tuple[str, ...]
    would_change: tuple[str, ...]
    spoken: tuple[tuple[str, str, str], ...]
    why: tuple[Sheet, ...]
    information: Sheet | None
    timing: TimingView
    further: tuple[Section, ...]
    slider: SliderView | None


@dataclass(frozen=True, eq=False)
class CellView:
    """One cell, ready to be shown.

    Attributes
    ----------
    anchor, title : str
        Its place on the page and its heading.
    badge : Badge
        State of the primary design.
    sentences : tuple of (heading, text)
        The three sentences.
    english : tuple of str
        What in them stays English on a page of another language: reasons of their writers.
    conclusion, agreement, limits : str
        What earlier work concluded, how the series compare, what the data can carry.
    primary : DesignView
        The design that bears the cell's name.
    designs : Sheet
        All designs at a glance.
    others : tuple of DesignView
        The other designs.
    robustness : RobustnessView
        The specification curve, where one is declared, and negative controls.
    events : EventsView
        Dated events, where the study asks for them.
    sources : Sheet
        Sources of the values.
    """

    anchor: str
    title: str
    badge: Badge
    sentences: tuple[tuple[str, str], ...]
    english: tuple[str, ...]
    conclusion: str
    agreement: str
    limits: str
    primary: DesignView
    designs: Sheet
    others: tuple[DesignView, ...]
    robustness: RobustnessView
    events: EventsView
    sources: Sheet


def cell_view(cell: CellPage, position: int, *, figures: bool) -> CellView:
    """Return a cell ready to be shown.

    Parameters
    ----------
    cell : CellPage
        The cell.
    position : int
        Its place in the report, for the anchor.
    figures : bool
        Whether to draw.
    """
    return CellView(
        anchor=f"cell-{position}",
        title=cell.title,
        badge=state_badge(cell.primary),
        sentences=tuple(zip(headings(cell.words), three_sentences(cell), strict=True)),
        english=_reasons(cell.primary),
        conclusion=cell.conclusion,
        agreement=agreement(cell),
        limits=cell.limits,
        primary=design_view(cell.primary, figures=figures),
        designs=sheets.designs_sheet(cell),
        others=tuple(design_view(page, figures=False, weighed=False) for page in cell.others),
        robustness=robustness_view(cell, figures=figures),
        events=events_view(cell.primary, figures=figures),
        sources=data_sheets.sources_sheet(cell),
    )


def design_view(page: DesignPage, *, figures: bool, weighed: bool = True) -> DesignView:
    """Return a design ready to be shown.

    Parameters
    ----------
    page : DesignPage
        The design.
    figures : bool
        Whether to draw.
    weighed : bool, default True
        Whether to show how its verdict was weighed, and to tell it in a paragraph.
    """
    words = page.words
    reasons = (weighing.reasons_sheet(page), weighing.sectors_sheet(page)) if weighed else ()
    short = (
        sheets.changes_sheet(page),
        sheets.windows_sheet(page),
        sheets.claims_sheet(page),
        *(() if page.role == weighing.CONTROL else (sheets.so_what_sheet(page),)),
        sheets.bounds_sheet(page),
        data_sheets.conditional_sheet(page),
    )
    tables = (*short, sheets.tipping_sheet(page), sheets.estimates_sheet(page))
    alone = tuple(
        words(
            "declared.alone",
            place=place(side.unit, words),
            side=words.known("side", side.side),
            why=side.refusal,
        )
        for side in page.sides
        if side.refusal
    )
    fitted = tuple(words.english(f"{name}: {reason}") for name, reason in page.refusals)
    refused = page.contrast_refusal
    windows = (words("declared.windows", why=refused),) if refused else ()
    return DesignView(
        title=plain(page.name),
        role=role_words(page.role, words),
        declared=declared_words(page),
        because=page.design.because,
        badge=state_badge(page),
        tables=tuple(table for table in tables if table),
        short_tables=tuple(table for table in short if table),
        data=data_sheets.data_sheet(page),
        left_out=left_out_sheet(page),
        figures=design_figures(page) if figures else (),
        flows=flow_views(page, figures=figures),
        refusals=(*fitted, *alone, *windows),
        cautions=tuple(map(words.told, page.verdict.cautions)),
        would_change=tuple(map(words.told, page.verdict.would_change)),
        spoken=weighing.spoken_paragraphs(page) if weighed else (),
        why=tuple(table for table in reasons if table),
        information=weighing.information_sheet(page) if weighed else None,
        timing=timing_view(page),
        further=further_sections(page),
        slider=slider_view(page) if figures and weighed else None,
    )


def declared_words(page: DesignPage) -> str:
    """Say the declaration of a design in one paragraph."""
    design, words = page.design, page.words
    sides = [
        words(
            "declared.side",
            side=words.known("side", side),
            place=place(" + ".join(units), words),
        )
        for side, units in zip(("origin", "destination"), design.sides, strict=True)
        if units
    ]
    basis = words("declared.observed" if design.basis == "observed" else "declared.event")
    if design.event:
        basis = words("declared.named_event", basis=basis, event=design.event)
    onset = span_words([str(period) for period in design.onset_range], words)
    said = [words("declared.onset", sides=words.joined(sides), onset=onset, basis=basis)]
    if design.start is not None or design.end is not None:
        start = design.start or words("declared.first")
        said.append(words("declared.window", start=start, end=design.end or words("declared.last")))
    if design.donors:
        said.append(words("declared.donors", donors=words.listed(design.donors)))
    return words("declared.whole", said=words.joined(said))


def _reasons(page: DesignPage) -> tuple[str, ...]:
    """Return the reasons of evidence, which stay in the words of their writers."""
    if page.language == "en":
        return ()
    bounds = (piece.bound for piece in page.verdict.evidence)
    return tuple(dict.fromkeys(bound.because for bound in bounds if bound and bound.because))


def asides(text: str, english: Sequence[str] = ()) -> tuple[tuple[str, bool, bool], ...]:
    """Split a sentence into its running text, what it rests on, and what in it is English.

    Parameters
    ----------
    text : str
        The sentence; what it rests on stands in square brackets.
    english : sequence of str
        Texts inside it that are English where the sentence is not.

    Returns
    -------
    tuple of (part, aside, english)
        Every part, whether it stood in brackets, and whether it is one of the English texts.

    Examples
    --------
    >>> asides("It rose [9 years].")
    (('It rose ', False, False), ('9 years', True, False), ('.', False, False))
    >>> asides("Het steeg: counted.", ["counted"])
    (('Het steeg: ', False, False), ('counted', False, True), ('.', False, False))
    """
    known = "|".join(re.escape(part) for part in sorted(english, key=len, reverse=True))
    whole = re.split(f"({known})", text) if known else [text]
    parts: list[tuple[str, bool, bool]] = []
    for i, piece in enumerate(whole):
        if i % 2:
            parts.append((piece, False, True))
        else:
            parts += [(p, j % 2 == 1, False) for j, p in enumerate(_ASIDE.split(piece))]
    return tuple(part for part in parts if part[0])
