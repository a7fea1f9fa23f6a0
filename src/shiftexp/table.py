"""One mixin for every table: write ``to_frame`` once, read text, HTML, Markdown or LaTeX."""

from __future__ import annotations

import csv
import html
import math
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from shiftexp.errors import Problem, StudyError

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",  # after a row or an item a bracket would be an option of theirs
    "]": "{]}",
    "*": "{*}",  # likewise a star
    "\u202f": r"\,",  # between thousands; pdfLaTeX knows neither it nor the three signs below
    "\u2212": r"\textminus{}",
    "\u221e": r"$\infty$",
    "\u2192": r"$\to$",
}
# Where a spreadsheet may see a formula: at the start of a cell, and after what ends a cell where
# columns are set apart by it, blanks and quotation marks left aside. A number with its sign is no
# formula, nor is prose that begins with one, such as "-3 to 5"; wide signs count as signs.
_SIGN = "'*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z"
_PROSE = r"[+-][0-9][\w .,%:–−-]*+(?=[;\t\r\n]|\Z)"
_BREAKS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
# What makes links, images, code, emphasis and cells; an interval in brackets and an underscore
# inside a word are none of these.
_MARKS = re.compile(r"\](?=[(\[:])|[`*|]|~(?=~)|(?<![^\W_])_|_(?![^\W_])")
_STARTS = re.compile(
    rf'^(?=\'*[\t\r\n])|^[ "]*+(?={_SIGN})(?!{_NUMBER})|[;\t\r\n][ "]*+(?={_SIGN})(?!{_PROSE})'
)
_GUARDED = re.compile(  # what is never guarded keeps its apostrophe: '-3 is somebody else's text
    rf"(^)'(?='*[\t\r\n])|(^[ \"]*+)'(?={_SIGN})(?!{_NUMBER})"
    rf"|([;\t\r\n][ \"]*+)'(?={_SIGN})(?!{_PROSE})"
)


def escape_html(text: object) -> str:
    """Make text from data harmless inside HTML.

    Examples
    --------
    >>> escape_html("<b>BE</b>")
    '&lt;b&gt;BE&lt;/b&gt;'
    """
    return html.escape(str(text), quote=True)


def escape_latex(text: object) -> str:
    r"""Make text from data harmless inside LaTeX.

    Examples
    --------
    >>> escape_latex("50 % of A_D")
    '50 \\% of A\\_D'
    """
    # An empty line would end the argument of a caption.
    words = _BREAKS.sub(" ", str(text))
    return "".join(_LATEX.get(character, character) for character in words)


def escape_markdown(text: object) -> str:
    r"""Keep text from data inside its cell of a Markdown table, and what it is: text.

    Examples
    --------
    >>> escape_markdown("a|b ![x](http://x.org) _so_ a_b")
    'a\\|b ![x\\](http://x.org) \\_so\\_ a_b'
    """
    harmless = html.escape(_BREAKS.sub(" ", str(text)), quote=False)
    # As an entity a backslash takes nothing after it along, not even one of ours.
    return _MARKS.sub(r"\\\g<0>", harmless.replace("\\", "&#92;"))


def quantity_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Return a table of quantities: name, estimate, its limits, and a p, NaN where there is none.

    Parameters
    ----------
    rows : sequence of tuple
        Five values a row.
    """
    columns = ["quantity", "estimate", "conf_low", "conf_high", "p_value"]
    return pd.DataFrame(rows, columns=columns)


def one_line(text: str) -> str:
    r"""Return text without its line breaks, so that it stays in one row of a table.

    Examples
    --------
    >>> one_line("2 problems:\n  1. no donors\n  2. one period")
    '2 problems: 1. no donors; 2. one period'
    """
    lines = (line.strip() for line in text.splitlines())
    return "; ".join(filter(None, lines)).replace(":; ", ": ")


def spreadsheet_safe(value: object) -> object:
    """Neutralise a text cell that a spreadsheet would run as a formula; numbers pass unchanged.

    An apostrophe goes in front of what starts a formula: at the start of the cell, and after a
    semicolon, a tab or a line break, which end a cell where a spreadsheet sets columns apart by
    them. ``plain_of_spreadsheet`` takes it out again. A text that is a number stays one.

    Examples
    --------
    >>> spreadsheet_safe("=SUM(A1)"), spreadsheet_safe("-3.5"), spreadsheet_safe(-3.5)
    ("'=SUM(A1)", '-3.5', -3.5)
    >>> spreadsheet_safe("from -3 to 5; -2 at most"), spreadsheet_safe("a;=A1")
    ('from -3 to 5; -2 at most', "a;'=A1")
    """
    return _STARTS.sub(r"\g<0>'", value) if isinstance(value, str) else value


def plain_of_spreadsheet(text: str) -> str:
    """Take out what ``spreadsheet_safe`` put in.

    Examples
    --------
    >>> (
    ...     plain_of_spreadsheet("'=SUM(A1)"),
    ...     plain_of_spreadsheet("'t is"),
    ...     plain_of_spreadsheet("'-3"),
    ... )
    ('=SUM(A1)', "'t is", "'-3")
    """
    return _GUARDED.sub(r"\1\2\3", text)


def format_number(value: object, digits: int = 4) -> str:
    """Write a number with its significant digits, a missing one as an en dash, text as it is.

    Examples
    --------
    >>> format_number(1234.567), format_number(0.012345), format_number(float("nan"))
    ('1,235', '0.01235', '–')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, int) or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


class Table(ABC):
    """Display for anything that can write itself as a data frame."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame; every other form is read off it."""

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        """Return header and body as formatted text."""
        frame = self.to_frame()
        rows = frame.itertuples(index=False, name=None)
        body = [[one_line(format_number(v)) for v in row] for row in rows]
        return [one_line(str(c)) for c in frame.columns], body

    def to_markdown(self) -> str:
        """Return a pipe table, cells escaped."""
        header, body = self._cells()
        lines = [header, ["---"] * len(header), *body]
        return "\n".join("| " + " | ".join(map(escape_markdown, line)) + " |" for line in lines)

    def to_latex(self) -> str:
        """Return a booktabs tabular, cells escaped, numbers on the right."""
        header, body = self._cells()
        lines = [" & ".join(map(escape_latex, line)) + r" \\" for line in (header, *body)]
        columns = "".join("r" if _holds_numbers(c) else "l" for _, c in self.to_frame().items())
        top = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", lines[0], r"\midrule"]
        return "\n".join((*top, *lines[1:], r"\bottomrule", r"\end{tabular}"))

    def to_html(self) -> str:
        """Return an HTML table, cells escaped."""
        header, body = self._cells()
        head = "".join(f'<th scope="col">{escape_html(h)}</th>' for h in header)
        rows = ("".join(f"<td>{escape_html(c)}</td>" for c in line) for line in body)
        lines = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"

    def to_csv(self, path: str | Path) -> Path:
        """Write the table for a spreadsheet, full precision, text cells neutralised.

        Parameters
        ----------
        path : str or Path
            The file to write; it is replaced in one step or not at all.

        Raises
        ------
        StudyError
            When it cannot be written.
        """
        return write_or_refuse(path, spreadsheet_csv(self.to_frame()))

    def __repr__(self) -> str:
        """Say in one line what it is; dataclasses keep this where they are declared repr=False."""
        summary = getattr(self, "summary", None)
        said = summary() if callable(summary) else f"table of {len(self.to_frame())}"
        return f"<{type(self).__name__}: {said.strip().splitlines()[0]}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return self.to_html()

    def __str__(self) -> str:
        """Show the table on a terminal."""
        header, body = self._cells()
        widths = [max(map(len, column)) for column in zip(header, *body, strict=True)]
        lines = (
            "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip()
            for line in (header, *body)
        )
        return "\n".join(lines)


def _holds_numbers(column: pd.Series) -> bool:
    """Tell whether a column holds numbers; true and false are words."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def spreadsheet_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV text with every text cell and column name neutralised."""
    safe = frame.map(spreadsheet_safe).rename(columns=spreadsheet_safe)
    return str(safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC))


def write_atomically(path: str | Path, content: str | bytes, *, durable: bool = False) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : str or Path
        The file to write.
    content : str or bytes
        What it shall hold; text is written as UTF-8.
    durable : bool, default False
        Whether to wait until the disk has it, so that it outlives a loss of power too.
    """
    target = Path(path)
    partial = target.with_name(f".{target.name}.partial")
    with partial.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    partial.replace(target)
    if durable and os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return target


def write_or_refuse(path: str | Path, content: str | bytes) -> Path:
    """Write a file in one step, or say by name why it cannot be written.

    Parameters
    ----------
    path : str or Path
        The file to write.
    content : str or bytes
        What it shall hold.

    Raises
    ------
    StudyError
        When the folder does not exist or cannot be written to.
    """
    try:
        return write_atomically(path, content)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        problem = Problem(
            f"file {str(path)!r}: {getattr(error, 'strerror', '') or error}",
            "a folder that exists and can be written to",
            "make the folder, or choose another one",
        )
        raise StudyError(problem) from error
