"""Tables of a report as booktabs tabulars for a paper."""

from __future__ import annotations

import re

from shiftexp.report.flows import FlowView, flow_views
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.references import references
from shiftexp.report.sheet import Sheet
from shiftexp.report.sheets import bounds_sheet, claims_sheet, so_what_sheet, summary_sheet
from shiftexp.report.wording import Badge
from shiftexp.table import escape_latex

_NEEDS = "% Needs \\usepackage{booktabs,array}; the keys of \\cite stand in methods.bib.\n"
# Letters: what stands on one line, how much of what is longer adds to the width, and up to where;
# what parts two columns.
_SHORT, _OF_THE_REST, _LONG, _GAP = 18, 0.15, 60, 2
_TYPESET = {
    "−": r"\textminus{}",
    "–": "--",
    "∞": r"$\infty$",
    "\u00a0": "~",
    "\u202f": r"\,",
}
_SIGNS = str.maketrans(dict.fromkeys("●◐○⊘✔✘≈✖△", ""))


def render_latex(study_page: StudyPage) -> str:
    r"""Return the tables of a study, and what it takes from whom, to be put into a paper.

    Parameters
    ----------
    study_page : StudyPage
        The report.

    Returns
    -------
    str
        Tables that need the packages booktabs and array; every ``\cite`` is a key of
        ``methods.bib``.
    """
    tables = [verdicts_latex(study_page)]
    for cell in study_page.cells:
        page = cell.primary
        tables += [claims_latex(page), so_what_latex(page), bounds_latex(page), flows_latex(page)]
    english = _cell(study_page.words("html.stays_english"))
    announced = [rf"\par\footnotesize {english}\par\normalsize", ""] if english else []
    return "\n".join([_NEEDS, *filter(None, tables), methods_latex(study_page), *announced])


def methods_latex(study_page: StudyPage) -> str:
    """Return the methods used, each with the publication behind it.

    Parameters
    ----------
    study_page : StudyPage
        The report.
    """
    words = study_page.words
    items = [rf"\item {_cell(r.use_in(words))} \cite{{{r.key}}}" for r in references(study_page)]
    head = rf"\paragraph{{{_cell(words('markdown.methods'))}}}"
    return "\n".join([head, r"\begin{itemize}", *items, r"\end{itemize}", ""])


def verdicts_latex(study_page: StudyPage) -> str:
    """Return the verdicts of all cells as a LaTeX table.

    Parameters
    ----------
    study_page : StudyPage
        The report.
    """
    return _table(summary_sheet(study_page), "tab:verdicts")


def claims_latex(page: DesignPage) -> str:
    """Return the claims of one design as a LaTeX table.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    return _table(claims_sheet(page), f"tab:claims-{_label(page)}")


def so_what_latex(page: DesignPage) -> str:
    """Return what may and may not be concluded from each claim as a LaTeX table.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    return _table(so_what_sheet(page), f"tab:so-what-{_label(page)}")


def bounds_latex(page: DesignPage) -> str:
    """Return limits on what can have moved as a LaTeX table; nothing where there are none.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    found = bounds_sheet(page)
    return _table(found, f"tab:bounds-{_label(page)}") if found else ""


def flows_latex(page: DesignPage, figure: str = "") -> str:
    """Return what models of the flow say of one design: maturity, sentence, table, notes.

    Parameters
    ----------
    page : DesignPage
        The design.
    figure : str, default ""
        Path of the drawing of the first of them, without suffix; none is shown without it.
    """
    label = f"flow-{_label(page)}"
    parts = []
    for number, view in enumerate(flow_views(page, figures=False), start=1):
        drawn = figure if number == 1 else ""
        own = label if number == 1 else f"{label}-{number}"
        parts.append(_flow(view, own, drawn))
    return "\n".join(parts)


def _label(page: DesignPage) -> str:
    """Return the name of a design as the end of a label, where LaTeX takes few signs."""
    return re.sub(r"[^\w-]|_", "-", page.name)


def _flow(view: FlowView, label: str, figure: str) -> str:
    """Return one model of the flow."""
    badge = f" ({_cell(view.badge)})" if view.badge else ""
    drawn = [
        r"\begin{figure}",
        rf"\includegraphics[width=\linewidth]{{{figure}}}",
        rf"\caption{{{_cell(view.table.caption)}}}",
        rf"\label{{fig:{label}}}",
        r"\end{figure}",
    ]
    return "\n".join(
        [
            rf"\paragraph{{{_cell(view.name)}{badge}}} {_cell(view.so_what)}",
            *(drawn if figure else []),
            _table(view.table, f"tab:{label}"),
            r"\begin{itemize}",
            *(rf"\item {_cell(note)}" for note in view.notes),
            r"\end{itemize}",
            "",
        ]
    )


def _table(sheet: Sheet, label: str) -> str:
    """Return a float with caption, tabular and note; badges stand without their shape."""
    columns = _columns(sheet)
    head = " & ".join(map(_cell, sheet.columns))
    body = [" & ".join(map(_cell, row)) + r" \\" for row in sheet.rows]
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_cell(sheet.caption)}}}",
            rf"\label{{{label}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            rf"{head} \\",
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            *([rf"\par\smallskip\footnotesize {_cell(sheet.note)}"] if sheet.note else []),
            r"\end{table}",
            "",
        ]
    )


def _columns(sheet: Sheet) -> str:
    """Return columns that fill the line together, each as wide as what it holds asks for."""
    held = [[head, *cells] for head, *cells in zip(sheet.columns, *sheet.rows, strict=True)]
    asked = [_asked([_words(cell) for cell in column]) for column in held]
    sides = (r"\raggedleft" if i in sheet.numeric else r"\raggedright" for i in range(len(asked)))
    widths = (rf"{width / sum(asked):.3f}\linewidth-2\tabcolsep" for width in asked)
    return "".join(
        rf">{{{side}\arraybackslash}}p{{\dimexpr {width}\relax}}"
        for side, width in zip(sides, widths, strict=True)
    )


def _asked(cells: list[str]) -> float:
    """Return how wide a column asks to be, in letters: short texts on one line, words whole."""
    longest = max(map(len, cells))
    word = max(len(word) for cell in cells for word in (*cell.split(), ""))
    return _GAP + max(word, min(longest, _SHORT + max(0, longest - _SHORT) * _OF_THE_REST, _LONG))


def _words(value: object) -> str:
    """Return a cell without its shape."""
    text = value.text if isinstance(value, Badge) else str(value)
    return text.translate(_SIGNS).strip()


def _cell(value: object) -> str:
    """Write a cell without shapes, with a minus sign and spaces that LaTeX knows."""
    return "".join(_TYPESET.get(sign, sign) for sign in escape_latex(_words(value)))
