"""A table as text cells with a caption, so that every format of the report shows the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from shiftexp.report.language import Words
from shiftexp.report.wording import Badge, plain
from shiftexp.table import Table


@dataclass(frozen=True)
class Sheet(Table):
    """One table of the report.

    Attributes
    ----------
    caption : str
        What the table shows.
    columns : tuple of str
        Heads of the columns.
    rows : tuple of tuples
        Cells: text, or a badge; the first cell of a row is its head.
    numeric : frozenset of int
        Positions of columns that hold numbers.
    wide : frozenset of int
        Positions of columns that hold running text.
    note : str
        What a reader must know to read it.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Badge, ...], ...]
    numeric: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()
    note: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the cells as text."""
        rows = [[str(cell) for cell in row] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.columns))

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.rows)


def sheet(
    caption: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[str | Badge]],
    *,
    numeric: Iterable[int] = (),
    wide: Iterable[int] = (),
    note: str = "",
) -> Sheet:
    """Return a table from any iterables.

    Parameters
    ----------
    caption : str
        What the table shows.
    columns : iterable of str
        Heads of the columns.
    rows : iterable of iterables
        Cells.
    numeric, wide : iterable of int
        Positions of columns of numbers, and of running text.
    note : str
        What a reader must know to read it.
    """
    return Sheet(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        numeric=frozenset(numeric),
        wide=frozenset(wide),
        note=note,
    )


def phrased(
    section: str,
    words: Words,
    rows: Iterable[Iterable[str | Badge]],
    *,
    name: str = "",
    numeric: Iterable[int] = (),
    wide: Iterable[int] = (),
    before: str = "",
    also: str = "",
    **fields: object,
) -> Sheet:
    """Return a table whose caption, heads and note stand in a section of the phrases.

    Parameters
    ----------
    section : str
        The section: it has ``caption``, ``columns`` and ``note``.
    words : Words
        The words of a language.
    rows : iterable of iterables
        Cells.
    name : str
        What the table is about, as a name from the data.
    numeric, wide : iterable of int
        Positions of columns of numbers, and of running text.
    before, also : str
        What stands before and after the note.
    **fields : object
        What fills the blanks.
    """
    fields = {"name": plain(name), **fields}
    note = " ".join(filter(None, (before, words(f"{section}.note", **fields), also)))
    return sheet(
        words(f"{section}.caption", **fields),
        words.columns(f"{section}.columns", **fields),
        rows,
        numeric=numeric,
        wide=wide,
        note=note,
    )
