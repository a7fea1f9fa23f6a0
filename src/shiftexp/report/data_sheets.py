"""Tables of what came in: values with their quality, caps, sources, provenance."""

from __future__ import annotations

import pandas as pd

from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import CellPage, DesignPage, StudyPage
from shiftexp.report.sheet import Sheet, phrased, sheet
from shiftexp.report.wording import NO_VALUE, plain
from shiftexp.table import format_number


def frame_sheet(frame: pd.DataFrame, caption: str, note: str = "", words: Words = ENGLISH) -> Sheet:
    """Return a data frame as a table, column names in words.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    caption : str
        What the table shows.
    note : str
        What a reader must know to read it.
    words : Words
        The words of its language.
    """
    numeric = [i for i, dtype in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(dtype)]
    names = [str(column) for column in frame.columns]
    rows = [
        [_cell(v, name, words) for name, v in zip(names, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    columns = [words.known("column", plain(name)) for name in names]
    wide = [i for i, c in enumerate(names) if c in {"title", "where", "note", "licence"}]
    return sheet(caption, columns, rows, numeric=numeric, wide=wide, note=note)


def data_sheet(page: DesignPage) -> Sheet:
    """Return the values seen, with quality flag and source."""
    words = page.words
    caption = words("data.caption", name=plain(page.name))
    return frame_sheet(page.data, caption, words("data.note"), words)


def conditional_sheet(page: DesignPage) -> Sheet:
    """Return for which caps a shift would be supported."""
    words = page.words
    caption = words("conditional.caption", name=plain(page.name))
    return frame_sheet(page.conditional, caption, words("conditional.note"), words)


def sources_sheet(cell: CellPage) -> Sheet:
    """Return the sources behind the values."""
    words = cell.words
    return frame_sheet(cell.sources, words("sources.caption", title=cell.title), words=words)


def provenance_sheet(study: StudyPage) -> Sheet:
    """Return versions, seed and input hashes, nested entries flattened."""
    return phrased("provenance", study.words, _flat(study.provenance), wide=(1,))


def _flat(values: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return nested entries as one list."""
    rows = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            rows += _flat(value, f"{name}: ")
        else:
            rows.append(
                (
                    name,
                    ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value),
                )
            )
    return rows


def _cell(value: object, column: str, words: Words) -> str:
    """Write a cell of a data frame; years and other whole numbers keep their digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return words.written(f"{value:,.0f}")
    if isinstance(value, int) or value is None:
        return NO_VALUE if value is None else str(value)
    if isinstance(value, float):
        return words.written(format_number(value))
    text = format_number(value)
    kind = {"quality": "flag", "shift": "status"}.get(column)
    return words.known(kind, text) if kind else text
