"""The report as Markdown: the same sentences and the tables that carry them."""

from __future__ import annotations

from shiftexp.report.data_sheets import provenance_sheet
from shiftexp.report.flows import FlowView
from shiftexp.report.further_view import Section
from shiftexp.report.language import Words
from shiftexp.report.page import StudyPage
from shiftexp.report.pools_view import pools_section
from shiftexp.report.questions import EventsView, TimingView
from shiftexp.report.references import references
from shiftexp.report.robustness import RobustnessView
from shiftexp.report.sheet import Sheet
from shiftexp.report.sheets import summary_sheet
from shiftexp.report.views import CellView, cell_view
from shiftexp.report.weighing import matrix_sheet
from shiftexp.table import escape_markdown


def render_markdown(study_page: StudyPage) -> str:
    """Return a study as Markdown.

    Parameters
    ----------
    study_page : StudyPage
        What to show.

    Returns
    -------
    str
        The three sentences of every cell, what earlier work concluded, and the tables of changes,
        claims, limits, flows and of what was left out; figures, data and sources are left to the
        HTML page.
    """
    words = study_page.words
    lines = [f"# {_text(study_page.title)}", "", *_table(summary_sheet(study_page))]
    if stays := words("html.stays_english"):
        lines += [f"*{_text(stays)}*", ""]
    if len(study_page.cells) > 1:
        lines += _table(matrix_sheet(study_page))
    pools = pools_section(study_page)
    lines += [] if pools is None else _section(pools, "##")
    for position, cell in enumerate(study_page.cells, start=1):
        lines += _cell(cell_view(cell, position, figures=False), words)
    lines += [f"## {words('markdown.methods')}", ""]
    lines += [
        f"- {_text(words.headed(r.use_in(words), r.words))} <{r.address}>"
        for r in references(study_page)
    ]
    lines += ["", f"## {words('html.provenance')}", "", *_table(provenance_sheet(study_page))]
    return "\n".join(lines).rstrip() + "\n"


def _cell(view: CellView, words: Words) -> list[str]:
    """Return the lines of one cell."""
    lines = [f"## {_text(view.title)}", "", f"**{_text(view.badge)}**", ""]
    for number, (heading, text) in enumerate(view.sentences, start=1):
        lines += [f"{number}. **{heading}.** {_text(text)}"]
    lines += ["", f"### {words('html.read_out')}", ""]
    for _, language, text in view.primary.spoken:
        lines += [f"**{language}.** {_text(text)}", ""]
    lines += [f"### {words('html.earlier')}", ""]
    lines += [
        f"> {_text(view.conclusion or words('markdown.nothing_given'))}",
        "",
        _text(view.agreement),
        "",
    ]
    if view.limits:
        lines += [f"{words('html.carry')} {_text(view.limits)}", ""]
    for table in view.primary.short_tables:
        lines += _table(table)
    for flow in view.primary.flows:
        lines += _flow(flow, words)
    lines += _timing(view.primary.timing, words)
    lines += [line for section in view.primary.further for line in _section(section)]
    lines += _events(view.events, words)
    lines += _robustness(view.robustness, words)
    if len(view.designs.rows) > 1:
        lines += _table(view.designs)
    lines += _table(view.primary.left_out)
    lines += [
        f"### {words('html.mind')}",
        "",
        *(f"- {_text(t)}" for t in view.primary.cautions),
        "",
    ]
    return lines


def _flow(flow: FlowView, words: Words) -> list[str]:
    """Return the lines of one model of the flow."""
    badge = f"**{_text(flow.badge)}**: " if flow.badge else ""
    lines = [f"### {words('html.flow')}", "", f"{badge}{_text(flow.name)}", ""]
    lines += [_text(flow.so_what), "", *_table(flow.table), words("html.unidentified"), ""]
    return [*lines, *(f"- {_text(note)}" for note in flow.notes), ""]


def _timing(view: TimingView, words: Words) -> list[str]:
    """Return the lines of questions of timing."""
    if not view.sentence:
        return []
    return [
        f"### {words('html.timing')}",
        "",
        _text(view.sentence),
        "",
        *_table(view.answers),
        *_table(view.refused),
    ]


def _section(section: Section, level: str = "###") -> list[str]:
    """Return the lines of a section: its sentence, the tables that are shown, how to read it."""
    lines = [f"{level} {section.heading}", "", _text(section.sentence), ""]
    lines += [line for table in section.tables for line in _table(table)]
    return [*lines, *(f"- {_text(note)}" for note in section.notes), ""]


def _events(view: EventsView, words: Words) -> list[str]:
    """Return the lines of dated events."""
    if not view.sentence:
        return []
    lines = [f"### {words('html.events')}", "", _text(view.sentence), "", *_table(view.studied)]
    return [*lines, *_table(view.leakage), *_table(view.without)]


def _robustness(view: RobustnessView, words: Words) -> list[str]:
    """Return the lines of the specification curve and of negative controls."""
    lines: list[str] = []
    if view.curve:
        lines += [f"### {words('html.curve')}", ""]
        lines += [*(f"- {_text(said)}" for said in view.curve), ""]
        for table in (view.claims, view.tests, view.refused):
            lines += _table(table)
        lines += [f"- {_text(why)}" for why in view.untested]
    if view.quiet:
        lines += [
            f"### {words('markdown.quiet')}",
            "",
            _text(view.quiet),
            "",
            *_table(view.controls),
        ]
    return lines


def _table(table: Sheet) -> list[str]:
    """Return a table with its caption above and its note below."""
    if not table:
        return []
    note = [f"*{_text(table.note)}*", ""] if table.note else []
    return [f"**{_text(table.caption)}**", "", table.to_markdown(), "", *note]


def _text(value: object) -> str:
    """Keep text from data on its line and free of markup; a first sign makes no heading or list."""
    text = escape_markdown(value).replace("\\|", "|")
    return f"\\{text}" if text.startswith(("#", "-", "+")) else text
