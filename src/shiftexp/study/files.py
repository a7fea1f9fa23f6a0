"""A user's CSV file as a panel: read as text, so that no code is taken for a number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from shiftexp.errors import PanelError, Problem, StudyError
from shiftexp.panel import Panel
from shiftexp.study.rows import plain_number, read_rows
from shiftexp.study.spec import Cell, Source, indicator_line

_IN_A_FILE = {
    "allow_gaps=True": "--allow-gaps (in a study file: allow_gaps = true under [data])",
}


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
    path = folder / source.file
    frame = read_table(path)
    for column in {source.value, source.std_error, source.exposure} & set(frame.columns):
        frame[column] = pd.Series([_number(cell) for cell in frame[column]], dtype=object)
    try:
        return _panel(frame, source)
    except PanelError as error:
        raise PanelError([_of_file(problem) for problem in error.problems]) from error


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


def _of_file(problem: Problem) -> Problem:
    """Return a problem of a panel with the words of files and commands for those of Python."""
    remedy = problem.remedy
    for python, file in _IN_A_FILE.items():
        remedy = remedy.replace(python, file)
    return replace(problem, remedy=remedy)


def read_table(path: Path) -> pd.DataFrame:
    """Return a CSV file as text.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    StudyError
        When the file is missing, empty, or no CSV.
    """
    rows = read_rows(path)
    return pd.DataFrame(rows.cells, columns=list(rows.columns), dtype=str)


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


def _number(cell: str) -> float | str:
    """Return a cell as a number, an empty one as NaN, and anything else as it is, to be refused."""
    if not cell.strip():
        return float("nan")
    number = plain_number(cell)
    return cell if number is None else number
