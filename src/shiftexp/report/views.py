"""Everything a format shows of a study, worked out once: sentences, tables, figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shiftexp.report import sheets, weighing
from shiftexp.report.agreement import agreement
from shiftexp.report.detection_slider import SliderView, slider_view
from shiftexp.report.figures import Figure, design_figures
from shiftexp.report.flows import FlowView, flow_views
from shiftexp.report.further_view import Section, further_sections
from shiftexp.report.page import CellPage, DesignPage
from shiftexp.report.questions import EventsView, TimingView, events_view, timing_view
from shiftexp.report.robustness import RobustnessView, robustness_view
from shiftexp.report.sentences import HEADINGS, three_sentences
from shiftexp.report.sheet import Sheet
from shiftexp.report.wording import Badge, listed, place, plain, role_words, span_words, state_badge

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
        What there is of changes, windows, claims, bounds, tipping points, caps, estimates.
    data : Sheet
        The values seen.
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
    data: Sheet
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
        sentences=tuple(zip(HEADINGS, three_sentences(cell), strict=True)),
        conclusion=cell.conclusion,
        agreement=agreement(cell),
        limits=cell.limits,
        primary=design_view(cell.primary, figures=figures),
        designs=sheets.designs_sheet(cell),
        others=tuple(design_view(page, figures=False, weighed=False) for page in cell.others),
        robustness=robustness_view(cell, figures=figures),
        events=events_view(cell.primary, figures=figures),
        sources=sheets.sources_sheet(cell),
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
    reasons = (weighing.reasons_sheet(page), weighing.sectors_sheet(page)) if weighed else ()
    tables = (
        sheets.changes_sheet(page),
        sheets.windows_sheet(page),
        sheets.claims_sheet(page),
        sheets.bounds_sheet(page),
        sheets.conditional_sheet(page),
        sheets.tipping_sheet(page),
        sheets.estimates_sheet(page),
    )
    alone = tuple(
        f"{place(side.unit)} alone ({side.side}): {side.refusal}"
        for side in page.sides
        if side.refusal
    )
    fitted = tuple(f"{estimator}: {reason}" for estimator, reason in page.refusals)
    windows = (f"two windows of counts: {page.contrast_refusal}",) if page.contrast_refusal else ()
    return DesignView(
        title=plain(page.name),
        role=role_words(page.role),
        declared=declared_words(page),
        because=page.design.because,
        badge=state_badge(page),
        tables=tuple(table for table in tables if table),
        data=sheets.data_sheet(page),
        figures=design_figures(page) if figures else (),
        flows=flow_views(page, figures=figures),
        refusals=(*fitted, *alone, *windows),
        cautions=page.verdict.cautions,
        would_change=page.verdict.would_change,
        spoken=weighing.spoken_paragraphs(page) if weighed else (),
        why=tuple(table for table in reasons if table),
        information=weighing.information_sheet(page) if weighed else None,
        timing=timing_view(page),
        further=further_sections(page),
        slider=slider_view(page) if figures and weighed else None,
    )


def declared_words(page: DesignPage) -> str:
    """Say the declaration of a design in one paragraph."""
    design = page.design
    sides = [
        f"{side} {place(' + '.join(units))}"
        for side, units in zip(("origin", "destination"), design.sides, strict=True)
        if units
    ]
    onset = span_words([str(period) for period in design.onset_range])
    basis = (
        "read off the series, so tested as a range" if design.basis == "observed" else "dated event"
    )
    said = [
        f"{'; '.join(sides)}; onset {onset} ({basis}{f': {design.event}' if design.event else ''})"
    ]
    if design.start is not None or design.end is not None:
        said.append(f"window {design.start or 'first period'} to {design.end or 'last period'}")
    if design.donors:
        said.append(f"donors {listed(design.donors)}")
    return f"Declared before the results: {'; '.join(said)}."


def asides(text: str) -> tuple[tuple[str, bool], ...]:
    """Split a sentence into its running text and what it rests on, which stands in square brackets.

    Examples
    --------
    >>> asides("It rose [9 years].")
    (('It rose ', False), ('9 years', True), ('.', False))
    """
    parts = [(part, i % 2 == 1) for i, part in enumerate(_ASIDE.split(text))]
    return tuple(part for part in parts if part[0])
