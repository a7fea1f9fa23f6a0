"""Which column of a CSV file is what: by the name asked for, by usual names, by what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from shiftexp.errors import Problem, StudyError, suggest
from shiftexp.panel import QUALITY
from shiftexp.panel.calendar import PeriodError, read_period
from shiftexp.study.rows import plain_number
from shiftexp.study.spec import DECIMALS

NEEDED = ("unit", "period", "value")
PARTS = (*NEEDED, "indicator", "quality")
_USUAL = {
    "unit": "unit region area place country town city municipality district zone location state",
    "period": "period year quarter month date time",
    "value": "value values count counts number amount total n",
    "indicator": "indicator series offence crime measure variable",
    "quality": "quality flag",
}


@dataclass(frozen=True)
class Columns:
    """The columns of a file by their parts; optional ones are empty where there are none."""

    unit: str
    period: str
    value: str
    indicator: str = ""
    quality: str = ""


def find_columns(
    frame: pd.DataFrame, asked: Mapping[str, str], places: Sequence[str], decimal: str = "."
) -> Columns:
    """Return which column is what.

    Parameters
    ----------
    frame : DataFrame
        The file as text.
    asked : mapping of str to str
        Columns that were named, by part; empty where none was.
    places : sequence of str
        Units that the file must hold; where none is known, units are what is no number or period.
    decimal : {".", ","}
        What stands before decimals.

    Raises
    ------
    StudyError
        With every part for which no column, or more than one, can be it.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["A", "B"], "year": ["2001", "2001"], "kg": ["1", "2.5"]})
    >>> find_columns(table, {}, ("A", "B"))
    Columns(unit='place', period='year', value='kg', indicator='', quality='')
    """
    names = list(map(str, frame.columns))
    found = {part: column for part in PARTS if (column := asked.get(part, ""))}
    problems = [_absent(p, column, names) for p, column in found.items() if column not in names]
    for part in PARTS:
        if part in found:
            continue
        left = [name for name in names if name not in found.values()]
        fits = _candidates(frame, part, left, places, decimal)
        if len(fits) == 1:
            found[part] = fits[0]
        elif part in NEEDED or fits:
            signs = [] if part != "value" or fits else _with_another_sign(frame[left], decimal)
            problems += signs or [_unclear(part, fits, names)]
    if problems:
        raise StudyError(list(dict.fromkeys(problems)), key="data")
    return Columns(**found)


def told_columns(columns: Columns) -> str:
    """Return the line that says which column is what.

    Parameters
    ----------
    columns : Columns
        As found.

    Examples
    --------
    >>> told_columns(Columns("town", "year", "kg"))
    "columns: unit = 'town', period = 'year', value = 'kg'"
    """
    found = {part: column for part, column in vars(columns).items() if column}
    return f"columns: {', '.join(f'{part} = {column!r}' for part, column in found.items())}"


def _absent(part: str, given: str, names: list[str]) -> Problem:
    """Say that a column that was named is not in the file."""
    needed = f"a column of the file: {', '.join(names)}"
    return Problem(f"--{part} {given!r}", needed, suggest(given, names))


def _candidates(
    frame: pd.DataFrame, part: str, left: list[str], places: Sequence[str], decimal: str
) -> list[str]:
    """Return the columns that may be a part: with a usual name, else with what it must hold."""
    usual = _USUAL[part].split()
    named = [name for name in left if name.strip().lower() in usual]
    if part == "quality":
        return [name for name in named if set(frame[name]) <= {"", *QUALITY}]
    if named or part == "indicator":
        return named
    holds: dict[str, Callable[[pd.Series[str]], bool]] = {
        "unit": lambda column: (
            set(places) <= set(column) if places else _holds_names(column, decimal)
        ),
        "period": _holds_periods,
        "value": lambda column: _holds_numbers(column, decimal),
    }
    return [name for name in left if len(frame) and holds[part](frame[name])]


def _holds_names(column: pd.Series[str], decimal: str) -> bool:
    """Tell whether a column holds neither numbers nor periods."""
    return not (_holds_numbers(column, decimal) or _holds_periods(column))


def _holds_numbers(column: pd.Series[str], decimal: str) -> bool:
    """Tell whether a column holds numbers and nothing else, but for empty cells."""
    given = column[column.str.strip() != ""]
    return bool(len(given)) and all(plain_number(cell, decimal) is not None for cell in given)


def _holds_periods(column: pd.Series[str]) -> bool:
    """Tell whether every cell of a column can be read as a period."""
    try:
        for cell in column.unique():
            read_period(str(cell))
    except PeriodError:
        return False
    return True


def _with_another_sign(frame: pd.DataFrame, decimal: str) -> list[Problem]:
    """Say which columns would hold numbers if another decimal sign were declared."""
    return [
        Problem(
            f"column {name!r} holds numbers with {other!r} before decimals",
            f"numbers with {decimal!r} before decimals",
            f"say --decimal '{other}'",
        )
        for other in DECIMALS
        if other != decimal
        for name in frame
        if _holds_numbers(frame[name], other)
    ]


def _unclear(part: str, fits: list[str], names: list[str]) -> Problem:
    """Say that no column, or more than one, can be a part."""
    told = (
        f"columns {', '.join(fits)} may each be" if fits else f"no column of {', '.join(names)} is"
    )
    return Problem(f"{told} the {part}", f"one column for the {part}", f"say --{part} COLUMN")
