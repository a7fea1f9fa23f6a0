"""A CSV file as rows of text: every row whole, every cell as written, or a named refusal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shiftexp.errors import Problem, StudyError
from shiftexp.scalars import plural
from shiftexp.study.spec import DECIMALS, SEPARATORS
from shiftexp.table import plain_of_spreadsheet
from shiftexp.texts import hidden_character, name_problem

KEY = "data.file"
DECLARE_COMMA = "--decimal ',' (in a study file: decimal = \",\" under [data])"
_READABLE = "a readable CSV file"
_MOST_COLUMNS = 1000
_CALLED = {",": "commas", ";": "semicolons", "tab": "tabs", "|": "vertical bars"}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SOMETHING = re.compile(r"[^eE]*[1-9]")  # a digit above zero before the exponent
_LONG_CELLS = "field larger"
_OPEN = "unexpected end"


@dataclass(frozen=True)
class Rows:
    """The rows of a file.

    Attributes
    ----------
    columns : tuple of str
        Heads of the columns; those without a name are called by their place.
    cells : list of list of str
        One list for each row, as long as ``columns``.
    lines : list of int
        The line of the file at which each row begins, counted from 1.
    """

    columns: tuple[str, ...]
    cells: list[list[str]]
    lines: list[int]


def plain_number(cell: str, decimal: str = ".") -> float | None:
    """Return the number in a cell, None where there is none: no 1_000, no other sign, no words.

    Parameters
    ----------
    cell : str
        A cell as written; blanks around the number do not count.
    decimal : {".", ","}
        What stands before decimals.

    Examples
    --------
    >>> plain_number(" 2.5e3 "), plain_number("1_000"), plain_number("1,5"), plain_number("1e-999")
    (2500.0, None, None, None)
    >>> plain_number("1,5", ","), plain_number("1.5", ",")
    (1.5, None)
    """
    text = cell.strip()
    if decimal != ".":
        text = text.translate({ord(decimal): ".", ord("."): decimal})
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    vanished = number == 0 and _SOMETHING.match(text)
    return None if vanished else number


def read_rows(path: Path, separator: str = ",") -> Rows:
    """Return the rows of a CSV file: UTF-8, one line of heads.

    Parameters
    ----------
    path : Path
        The file; blank lines do not count.
    separator : {",", ";", "tab", "|"}
        What sets cells apart.

    Raises
    ------
    StudyError
        When it cannot be read, holds what nobody sees, or its rows are not all of one length.
    """
    text = _text(path)
    sign = SEPARATORS[separator]
    numbered = _numbered(path, text, sign)
    _, written = next(numbered, (0, []))
    names = map(plain_of_spreadsheet, written)
    head = [name if name.strip() else f"column {i}" for i, name in enumerate(names, start=1)]
    _refuse(path, _head_problems(head, separator))
    rows, lines, faults = [], [], []
    quoted, guarded = '"' in text, "'" in text  # most files are neither, and read quickly
    for line, row in numbered:
        if len(row) != len(head):
            faults.append(f"line {line}: {len(row)} cells")
        elif quoted and _swallowed(row, sign):
            _refuse(path, [_swallowing(line)])
        lines.append(line)
        rows.append([plain_of_spreadsheet(cell) for cell in row] if guarded else row)
    if faults:
        _refuse(path, [_ragged(len(head), faults, separator)])
    return Rows(tuple(head), rows, lines)


def _text(path: Path) -> str:
    """Return the text of a file; a mark of byte order at its start does not count."""
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # a path that no file can have is a ValueError
        raise _unreadable(
            path, getattr(error, "strerror", None) or str(error), "check the path"
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"line {line} is not UTF-8 ({error.reason})"
        raise _unreadable(path, said, "check its encoding: save it as CSV UTF-8") from error
    if not text.strip():
        raise _unreadable(path, "it is empty", "write a line of heads and a row for each value")
    if hidden := hidden_character(text):
        line = text.count("\n", 0, hidden[0]) + 1
        said = f"line {line} holds {hidden[1]}"
        raise _unreadable(path, said, "take it out; a spreadsheet or an archive is no CSV")
    return text


def _unreadable(path: Path, said: str, remedy: str) -> StudyError:
    """Return the refusal of a file."""
    return StudyError(Problem(f"file {str(path)!r}: {said}", _READABLE, remedy), key=KEY)


def _refuse(path: Path, problems: list[Problem]) -> None:
    """Refuse a file with what is wrong in it."""
    if problems:
        named = [
            Problem(f"file {str(path)!r}: {p.given}", p.needed, p.remedy, p.rows) for p in problems
        ]
        raise StudyError(named, key=KEY)


def _numbered(path: Path, text: str, sign: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not blank, with the line it begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(path, *_of_csv(str(error), line)) from error


def _of_csv(said: str, line: int) -> tuple[str, str]:
    """Return what is wrong in a line and what to do, from the words of the reader."""
    if said.startswith(_LONG_CELLS):
        most = f"{csv.field_size_limit():,}"
        return (
            f"the row at line {line} has a cell of more than {most} characters",
            "shorten it; or is a quotation mark not closed?",
        )
    if said.startswith(_OPEN):
        return f"line {line} opens a quotation mark that nothing closes", "close it"
    return f"the row at line {line} is no CSV: {said}", "write a quotation mark in a cell twice"


def _head_problems(head: list[str], separator: str) -> list[Problem]:
    """Find what keeps the first line from being the heads of columns."""
    for word, sign in SEPARATORS.items():
        if len(head) == 1 and sign in head[0]:
            given = f"one column, {head[0]!r}, set apart by {_CALLED[word]}"
            needed = f"columns set apart by {_CALLED[separator]}"
            return [Problem(given, needed, _declare_separator(word))]
    if len(head) > _MOST_COLUMNS:
        remedy = "write the table long: one row for each unit and period"
        return [Problem(f"{len(head):,} columns", f"at most {_MOST_COLUMNS:,}", remedy)]
    twice = [name for name in dict.fromkeys(head) if head.count(name) > 1]
    problems = [p for name in head if (p := name_problem("column", name)) is not None]
    if twice:
        given = f"several columns named {', '.join(map(repr, twice))}"
        problems.append(Problem(given, "every column name once", "rename the columns"))
    return problems


def _declare_separator(word: str) -> str:
    """Say how a separator is declared; semicolons mostly go with a decimal comma."""
    remedy = f"say --separator '{word}' (in a study file: separator = \"{word}\" under [data])"
    return f"{remedy}; for numbers such as 71,5 also {DECLARE_COMMA}" if word == ";" else remedy


def _ragged(size: int, faults: list[str], separator: str) -> Problem:
    """Say which rows are shorter or longer than the line of heads."""
    given = (
        f"{plural(len(faults), 'row')} with more or fewer cells than the {plural(size, 'column')}"
    )
    remedy = f"put cells that hold one of the {_CALLED[separator]} in quotation marks"
    if separator == ",":
        remedy += "; write numbers with a point, 71.5, or save the file with semicolons and declare"
        remedy += " both: --separator ';' --decimal ','"
    return Problem(given, f"{size} cells in every row", remedy, tuple(faults))


def _swallowed(row: list[str], sign: str) -> bool:
    """Tell whether a cell of several lines holds a whole row: as many cells, one of them a number.

    A quotation mark that is not closed takes all rows up to the next one into one cell.
    """
    for cell in row:
        for line in cell.splitlines()[1:]:
            inner = line.split(sign)
            if len(inner) == len(row) and any(
                plain_number(c, decimal) is not None for c in inner for decimal in DECIMALS
            ):
                return True
    return False


def _swallowing(line: int) -> Problem:
    """Say that a cell holds rows."""
    return Problem(
        f"the row at line {line} has a cell that holds further rows",
        "one row for each unit and period",
        "close the quotation mark; or put a text that holds a table elsewhere",
    )
