"""The report on a terminal: an overview of all cells, and one cell in full."""

from __future__ import annotations

import textwrap
from collections import Counter

from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sentences import three_sentences
from shiftexp.scalars import plural

_WIDTH = 100
_NO_ANSWER = "no answer"


def overview(page: StudyPage) -> str:
    """Return a line for each cell, who refused it, and a count of the designs that decide nothing.

    Parameters
    ----------
    page : StudyPage
        The run.
    """
    lines = [page.title, "=" * len(page.title), ""]
    for cell in page.cells:
        state = _state(cell.primary)
        lines.append(f"{cell.title:<28} {state:<12} gate {cell.primary.gate}")
        lines += _refused_lines(cell)
    designs = [design for cell in page.cells for design in cell.pages]
    counted = Counter(_state(design) for design in designs)
    failed, silent, none = (counted[s] for s in ("gate failed", "undecided", _NO_ANSWER))
    refused = f", refused by every estimator {none}" if none else ""
    lines += [
        "",
        (
            f"{plural(len(designs), 'declared design')}: data gate failed {failed}{refused}, all "
            f"nine sectors kept {silent}, at least one excluded "
            f"{len(designs) - failed - silent - none}."
        ),
        "A failed gate or an undecided cell does not mean that nothing happened.",
    ]
    return "\n".join(lines)


def _state(page: DesignPage) -> str:
    """Return the state of a design; one that passes the gate may still have no answer."""
    state = page.verdict.state
    return _NO_ANSWER if state == "gate failed" and page.gate.passed else state


def _refused_lines(cell: CellPage) -> list[str]:
    """Say how many estimators refused the primary design of a cell, and how many the others."""
    lines = []
    for where, pages in (("", (cell.primary,)), ("in other designs: ", cell.others)):
        refused = sum(len(page.refusals) for page in pages)
        asked = refused + sum(len(page.verdict.results) for page in pages)
        if refused:
            lines.append(f"    {where}{refused} of {plural(asked, 'estimator')} refused")
    return lines


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
