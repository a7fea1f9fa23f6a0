"""Tables of a report as booktabs tabulars for a paper."""

from __future__ import annotations

import re

from shiftexp.report.flows import FlowView, flow_views
from shiftexp.report.left_out import left_out_sheet
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.report.references import references
from shiftexp.report.sheet import Sheet
from shiftexp.report.sheets import bounds_sheet, claims_sheet, so_what_sheet, summary_sheet
from shiftexp.report.wording import Badge
from shiftexp.table import escape_latex

_NEEDS = (
    "% Needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs,array,longtable}, one column on a "
    "page;\n% names in other alphabets need XeLaTeX or LuaLaTeX. The keys of \\cite stand in "
    "methods.bib.\n"
)
# Letters: what stands on one line where there is room, what parts two columns, what fits on a line
# of an A4 page in the size of the tables, and how much of it short texts may take.
_SHORT, _GAP, _LINE, _ROOM = 20, 1.5, 80, 56
_OPEN = (
    r"\begingroup\footnotesize\renewcommand{\arraystretch}{1.3}\setlength{\tabcolsep}{3pt}"
    r"\setlength{\LTcapwidth}{\linewidth}"
)
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
        Tables that need the packages booktabs, array and longtable; every ``\cite`` is a key of
        ``methods.bib``.
    """
    tables = [verdicts_latex(study_page)]
    for cell in study_page.cells:
        page = cell.primary
        tables += [claims_latex(page), so_what_latex(page), bounds_latex(page), flows_latex(page)]
        tables.append(left_out_latex(page))
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
    return _table(bounds_sheet(page), f"tab:bounds-{_label(page)}")


def left_out_latex(page: DesignPage) -> str:
    """Return what the fits of one design left out as a LaTeX table; nothing where nothing was.

    Parameters
    ----------
    page : DesignPage
        The design.
    """
    return _table(left_out_sheet(page), f"tab:left-out-{_label(page)}")


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
    """Return a table with caption and note, nothing without rows; badges stand without their shape.

    It runs on where a page ends, its head repeated: a float would be cut off there.
    """
    if not sheet:
        return ""
    columns = _columns(sheet)
    head = [r"\toprule", " & ".join(map(_cell, sheet.columns)) + r" \\", r"\midrule"]
    body = [" & ".join(map(_cell, row)) + r" \\" for row in sheet.rows]
    return "\n".join(
        [
            _OPEN,
            rf"\begin{{longtable}}{{{columns}}}",
            rf"\caption{{{_cell(sheet.caption)}}}\label{{{label}}}\\",
            *head,
            r"\endfirsthead",
            *head,
            r"\endhead",
            r"\bottomrule",
            r"\endlastfoot",
            *body,
            r"\end{longtable}",
            *([rf"\noindent {_cell(sheet.note)}\par"] if sheet.note else []),
            r"\endgroup",
            "",
        ]
    )


def _columns(sheet: Sheet) -> str:
    """Return columns that fill the line together, each as wide as what it holds asks for."""
    held = [[head, *cells] for head, *cells in zip(sheet.columns, *sheet.rows, strict=True)]
    wide = _widths([[_words(cell) for cell in column] for column in held])
    sides = (r"\raggedleft" if i in sheet.numeric else r"\raggedright" for i in range(len(wide)))
    widths = (rf"{width / sum(wide):.4f}\linewidth-2\tabcolsep" for width in wide)
    return "".join(
        rf">{{{side}\arraybackslash}}p{{\dimexpr {width}\relax}}"
        for side, width in zip(sides, widths, strict=True)
    )


def _widths(columns: list[list[str]]) -> list[float]:
    """Return how wide columns are, in letters: words whole, short texts too, the rest by length.

    A column narrower than its longest word would print it over the next one.
    """
    longest = [_GAP + max(map(len, column)) for column in columns]
    parted = [[word for cell in column for word in cell.split(" ")] for column in columns]
    words = [_GAP + max(map(len, column)) for column in parted]
    short = [max(word, min(text, _SHORT)) for word, text in zip(words, longest, strict=True)]
    least = short if sum(short) <= _ROOM else words
    further = [text - low for text, low in zip(longest, least, strict=True)]
    part = min(1.0, max(0.0, _LINE - sum(least)) / (sum(further) or 1.0))
    return [low + part * more for low, more in zip(least, further, strict=True)]


def _words(value: object) -> str:
    """Return a cell without its shape."""
    text = value.text if isinstance(value, Badge) else str(value)
    return text.translate(_SIGNS).strip()


def _cell(value: object) -> str:
    """Write a cell without shapes."""
    return escape_latex(_words(value)).replace("–", "--")
