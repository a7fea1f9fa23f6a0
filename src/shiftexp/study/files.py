"""A user's CSV file as a panel: read as text, so that no code is taken for a number."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from shiftexp.errors import PanelError, Problem, StudyError
from shiftexp.panel import Panel
from shiftexp.study.rows import DECLARE_COMMA, plain_number, read_rows
from shiftexp.study.spec import Cell, Source, indicator_line

_IN_A_FILE = {
    "allow_gaps=True": "--allow-gaps (in a study file: allow_gaps = true under [data])",
}
_ROW = re.compile(r"^row ([0-9]+)")
_COMMA = re.compile(r"'[+-]?[0-9]*,[0-9]+'")
_POINT = re.compile(r"'[+-]?[0-9]*\.[0-9]+'")


def read_panel(source: Source, folder: Path) -> Panel:
    """Return the panel of a user's file.

    Parameters
    ----------
    source : Source
        The file and its columns.
    folder : Path
        Where a relative path starts.

    Raises
    ------
    StudyError
        When the file is missing, empty, or no CSV.
    PanelError
        When its rows are no panel.
    """
    frame, lines = read_table(folder / source.file, source.separator)
    for column in {source.value, source.std_error, source.exposure} & set(frame.columns):
        frame[column] = pd.Series(
            [_number(cell, source.decimal) for cell in frame[column]], dtype=object
        )
    try:
        return _panel(frame, source)
    except PanelError as error:
        raise PanelError([_of_file(p, lines, source.decimal) for p in error.problems]) from error


def _panel(frame: pd.DataFrame, source: Source) -> Panel:
    """Return the panel of a table."""
    return Panel.from_frame(
        frame,
        unit=source.unit,
        period=source.period,
        value=source.value,
        indicator=source.indicator or None,
        quality=source.quality or None,
        std_error=source.std_error or None,
        exposure=source.exposure or None,
        unit_of_measure=source.unit_of_measure,
        additive=source.additive,
        comparable=source.comparable,
        allow_gaps=source.allow_gaps,
        source=Path(source.file).name,
    )


def _of_file(problem: Problem, lines: list[int], decimal: str) -> Problem:
    """Return a problem of a panel with the lines and the words of files for those of Python."""
    rows = tuple(_ROW.sub(lambda row: f"line {lines[int(row[1])]}", r) for r in problem.rows)
    remedy = problem.remedy
    if problem.given.endswith("is not a number"):
        remedy = _write_numbers(problem.given, decimal)
    for python, file in _IN_A_FILE.items():
        remedy = remedy.replace(python, file)
    return replace(problem, remedy=remedy, rows=rows)


def _write_numbers(given: str, decimal: str) -> str:
    """Say how numbers are written, or how the decimal sign they have is declared: never guessed."""
    if decimal == "." and _COMMA.search(given):
        return f"for decimal commas, as in 71,5, say {DECLARE_COMMA}; no commas for thousands"
    if decimal == "," and _POINT.search(given):
        return "decimals are declared to follow a comma: write 71,5, and no points for thousands"
    return f"mend the cells: digits, with {decimal!r} before decimals"


def read_table(path: Path, separator: str = ",") -> tuple[pd.DataFrame, list[int]]:
    """Return a CSV file as text, and the line at which each of its rows begins.

    Parameters
    ----------
    path : Path
        The file.
    separator : {",", ";", "tab", "|"}
        What sets cells apart.

    Raises
    ------
    StudyError
        When the file is missing, empty, or no CSV.
    """
    rows = read_rows(path, separator)
    return pd.DataFrame(rows.cells, columns=list(rows.columns), dtype=str), rows.lines


def series_of(whole: Panel, cell: Cell) -> Panel:
    """Return the series of a user's file that a cell is about.

    Parameters
    ----------
    whole : Panel
        All of the file.
    cell : Cell
        The cell.

    Raises
    ------
    StudyError
        When the file has several, and the cell names none.
    PanelError
        When the file has none of that name.
    """
    names = [known.name for known in whole.indicators]
    asked = cell.indicators[0].indicator if cell.indicators else ""
    if not asked and len(names) > 1:
        problem = Problem(
            f"cell {cell.name!r}: no indicator named, and the data hold {', '.join(names)}",
            "one indicator",
            f"write under its [[cell]] {indicator_line(names[0])}",
        )
        raise StudyError(problem, key=f"cell.{cell.name}.indicators")
    return whole[asked] if asked else whole


def _number(cell: str, decimal: str) -> float | str:
    """Return a cell as a number, an empty one as NaN, and anything else as it is, to be refused."""
    if not cell.strip():
        return float("nan")
    number = plain_number(cell, decimal)
    return cell if number is None else number
