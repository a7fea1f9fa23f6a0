"""The report on a terminal: an overview of all cells, and one cell in full."""

from __future__ import annotations

import textwrap

from shiftexp.report.page import CellPage, StudyPage
from shiftexp.report.sentences import three_sentences

_WIDTH = 100


def overview(page: StudyPage) -> str:
    """Return one line for each cell, and a count of the designs that decide nothing.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    lines = [page.title, "=" * len(page.title), ""]
    for cell in page.cells:
        verdict = cell.primary.verdict
        lines.append(
            f"{cell.title:<28} {verdict.state:<12} gate {cell.primary.gate}{_refused(cell)}"
        )
    designs = [design for cell in page.cells for design in cell.pages]
    failed = sum(d.verdict.state == "gate failed" for d in designs)
    silent = sum(d.verdict.state == "undecided" for d in designs)
    lines += [
        "",
        (
            f"{len(designs)} declared designs: {failed} fail the data gate, {silent} keep all nine "
            f"sectors, {len(designs) - failed - silent} exclude at least one."
        ),
        "A failed gate or an undecided cell does not mean that nothing happened.",
    ]
    return "\n".join(lines)


def _refused(cell: CellPage) -> str:
    """Say how many estimators refused the primary design, and where their reasons stand."""
    refused, answered = len(cell.primary.refusals), len(cell.primary.verdict.results)
    if not refused:
        return ""
    return f"; {refused} of {refused + answered} estimators refused: reasons in the report"


def cell_text(cell: CellPage) -> str:
    """Return one cell in full: three sentences, what was concluded before, and the verdict.

    Parameters
    ----------
    cell : CellPage
        The cell.
    """
    sentences = [
        textwrap.fill(f"{i}. {text}", _WIDTH, subsequent_indent="   ")
        for i, text in enumerate(three_sentences(cell), start=1)
    ]
    concluded = f"Earlier work concluded: {cell.conclusion}." if cell.conclusion else ""
    return "\n".join(
        [cell.title.upper(), *sentences, concluded, "", cell.primary.verdict.summary()]
    )
