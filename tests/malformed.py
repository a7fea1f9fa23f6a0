"""Malformed CSV files, drawn: a clean table, faults planted in it, and the way it is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

Draw: TypeAlias = st.DrawFn
Row: TypeAlias = tuple[str, tuple[int, int], float]  # unit, year and month, value

HEAD = ("unit", "period", "value", "note")
YEARS = range(2000, 2020)
ONSET = 2012


@dataclass
class Sheet:
    """A table on its way to a file."""

    head: list[str]
    rows: list[list[str]]
    separator: str = ","
    newline: str = "\n"
    quoting: bool = False
    encoding: str = "utf-8"
    before: str = ""
    after: str = "\n"
    faults: list[str] = field(default_factory=list)

    def raw(self) -> bytes:
        """Return the bytes of the file."""
        lines = [self._line(row) for row in (self.head, *self.rows)] if self.head else []
        text = self.before + self.newline.join(lines) + self.after
        return text.encode(self.encoding, "replace")

    def _line(self, cells: list[str]) -> str:
        """Return one line, its cells in quotation marks where all shall be."""
        if self.quoting:
            cells = ['"{}"'.format(cell.replace('"', '""')) for cell in cells]
        return self.separator.join(cells)


@dataclass(frozen=True)
class Malformed:
    """A file: its bytes, what was done to it, and whether nothing of that may matter."""

    raw: bytes
    faults: tuple[str, ...]
    harmless: bool


def clean_sheet() -> Sheet:
    """Return twenty years of two units, without a fault."""
    rows = [
        [unit, str(year), str(level + (year * 7) % 5 + rise * (year >= ONSET)), "seen"]
        for unit, level, rise in (("O", 50, 0), ("D", 80, 20))
        for year in YEARS
    ]
    return Sheet(list(HEAD), rows)


NUMBERS = (
    "", " ", "nan", "NaN", "NA", "inf", "-Infinity", "1e400", "-1e400", "1e300", "1e-400", "5e-320",
    "1_000", "1,5", "1.234,5", "1 000", "1\u00a0000", "1'000", "0x1F", "1e", "e5", ".", "-", "--1",
    "+-3", "5%", "€5", "(5)", "−5", "\uff15\uff15", "٣٤", "1/2", "½", "5*", "5 kg", "TRUE", "n/a",
    "..", "=1+1", "-3", "0", "-0", "007", "9007199254740993", "1e5", "2.50", ".5", "3.",
)  # fmt: skip
PERIODS = (
    "", "0", "03", "0000", "9999", "10000", "-2003", "2003.0", "2003,0", "2003-13", "2003-00",
    "2003-1", "2003-02-30", "2003-05-17", "2003-01-01", "2003-12-31", "01/01/2003", "1.1.2003",
    "Jan 2003", "2003Q1", "2003-Q3", "2003Q5", "Q1 2003", "2003H1", "2003W05", "2003/04", "37622",
    "2003-01-01T00:00:00Z", "2003-01-01 00:00:00+02:00", "2003-01-01T25:00", "today", "٢٠٠٣",
    "\uff12003", "2003 ", "1e3", "nan", "NaT",
)  # fmt: skip
NAMES = (
    "", " ", "O ", " D", "o", "Ö", "O\u0308", "O\u200b", "\u202eO", "O\u00a0", "O\x00", "O\x1b[31m",
    "O\ufeff", "\ufffd", "=O", "'O", "O" * 300, "<b>O</b>", "$O$", "\\input{O}", "nan", "0", "None",
    "O|D", "../O", "Total",
)  # fmt: skip
HEADS = (
    "",
    " ",
    "Value",
    "value ",
    "val",
    "unit",
    "period",
    "value",
    "\u202evalue",
    "a" * 300,
    "=v",
)
JUNK = (
    "O", "O,2003", "O,2003,5,note,9", ",,,", "Total,,999,", "# a comment", "unit,period,value,note",
    '"O,2003,5,note', 'O,2003,"5,note', 'O,2003,"5"5,note', '"O\nD",2003,5,note', "\x1a", "   ",
    "O\t2003\t5\tnote", "O,2003,7,twice",
)  # fmt: skip


def _cell(draw: Draw, sheet: Sheet, column: int, cells: tuple[str, ...]) -> None:
    """Put an odd cell into one row, or into every row of its year."""
    if not sheet.rows:
        return
    row = draw(st.sampled_from(sheet.rows))
    cell, everywhere = draw(st.sampled_from(cells)), draw(st.booleans())
    old = row[column] if column < len(row) else ""
    for each in sheet.rows if everywhere else [row]:
        if column < len(each) and each[column] == old:
            each[column] = cell


def _number(draw: Draw, sheet: Sheet) -> None:
    _cell(draw, sheet, 2, NUMBERS)


def _period(draw: Draw, sheet: Sheet) -> None:
    _cell(draw, sheet, 1, PERIODS)


def _name(draw: Draw, sheet: Sheet) -> None:
    _cell(draw, sheet, 0, NAMES)


def _any_text(draw: Draw, sheet: Sheet) -> None:
    column = draw(st.integers(0, 3))
    _cell(draw, sheet, column, (draw(st.text(max_size=8)),))


def _numeric(draw: Draw, sheet: Sheet) -> None:
    """Put what looks like a number, and may be one, into a cell."""
    _cell(draw, sheet, 2, (draw(st.text("0123456789_.,eE+-' ", min_size=1, max_size=6)),))


def _calendar(draw: Draw, sheet: Sheet) -> None:
    """Write the years of some units, or of all, in another way."""
    form = draw(st.sampled_from(("{}-01-01", "{}-12-31", "{}Q1", "{}-06", "{}-03-31", "01-01-{}")))
    units = draw(st.sampled_from((("O",), ("O", "D"))))
    for row in sheet.rows:
        if row[0] in units:
            row[1] = form.format(row[1])


def _head(draw: Draw, sheet: Sheet) -> None:
    place = draw(st.integers(0, len(sheet.head) - 1)) if sheet.head else None
    if place is not None:
        sheet.head[place] = draw(st.sampled_from(HEADS))


def _ragged(draw: Draw, sheet: Sheet) -> None:
    """Make rows shorter or longer: one, or all."""
    chosen = sheet.rows if draw(st.booleans()) else sheet.rows[3:4]
    change = draw(st.sampled_from(("short", "long", "empty")))
    for row in chosen:
        if change == "short":
            del row[-1:]
        else:
            row.append("9" if change == "long" else "")


def _junk(draw: Draw, sheet: Sheet) -> None:
    at = draw(st.integers(0, len(sheet.rows)))
    sheet.rows.insert(at, [draw(st.sampled_from(JUNK))])


def _quotes(draw: Draw, sheet: Sheet) -> None:
    """Put quotation marks where they open, close or part cells: one or two of them."""
    for _ in range(draw(st.integers(1, 2))):
        row = draw(st.sampled_from(sheet.rows or [[""]]))
        column = draw(st.integers(0, len(row) - 1)) if row else 0
        if row:
            row[column] = draw(st.sampled_from(('"{}', '{}"', '"{}"x', '"', '""{}'))).format(
                row[column]
            )


def _repeat(draw: Draw, sheet: Sheet) -> None:
    if sheet.rows:
        sheet.rows.append(list(draw(st.sampled_from(sheet.rows))))


def _drop(draw: Draw, sheet: Sheet) -> None:
    """Leave out rows, all of a year, or all rows."""
    what = draw(st.sampled_from(("some", "year", "all", "everything")))
    if what == "some":
        del sheet.rows[draw(st.integers(0, 20)) : draw(st.integers(20, 39))]
    elif what == "year":
        sheet.rows = [row for row in sheet.rows if row[1:2] != ["2005"]]
    else:
        sheet.rows = []
        sheet.head = sheet.head if what == "all" else []


def _long(draw: Draw, sheet: Sheet) -> None:
    """Make one cell, or the line of heads, very long."""
    size = draw(st.sampled_from((5_000, 140_000)))
    if draw(st.booleans()) and sheet.rows:
        row = draw(st.sampled_from(sheet.rows))
        row[draw(st.integers(0, len(row) - 1)) if row else 0 :] = ["9" * size]
    else:
        sheet.head += [f"c{i}" for i in range(size // 100)]


def _separator(draw: Draw, sheet: Sheet) -> None:
    sheet.separator = draw(st.sampled_from((";", "\t", "|", ":", " ", ", ")))


def _encoding(draw: Draw, sheet: Sheet) -> None:
    sheet.encoding = draw(st.sampled_from(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7")))
    for row in sheet.rows:
        row[-1:] = ["vu à Liège"]


def _raw_text(draw: Draw, sheet: Sheet) -> None:
    """Put text of any kind before or after the table."""
    text = draw(st.text(max_size=12))
    if draw(st.booleans()):
        sheet.before = text
    else:
        sheet.after = text


def _mark(_draw: Draw, sheet: Sheet) -> None:
    sheet.before = "\ufeff"


def _newline(draw: Draw, sheet: Sheet) -> None:
    sheet.newline = draw(st.sampled_from(("\r\n", "\r", "\n\n")))


def _shuffle(draw: Draw, sheet: Sheet) -> None:
    sheet.rows = draw(st.permutations(sheet.rows))


def _columns(draw: Draw, sheet: Sheet) -> None:
    """Change the order of columns."""
    order = draw(st.permutations(range(len(HEAD))))
    if all(len(row) == len(HEAD) for row in (sheet.head, *sheet.rows)):
        sheet.head = [sheet.head[i] for i in order]
        sheet.rows = [[row[i] for i in order] for row in sheet.rows]


def _quoted(_draw: Draw, sheet: Sheet) -> None:
    sheet.quoting = True


def _end(draw: Draw, sheet: Sheet) -> None:
    sheet.after = draw(st.sampled_from(("", "\n\n\n", "\r\n")))


def _blanks(_draw: Draw, sheet: Sheet) -> None:
    """Put blanks around numbers, which mean the same, with a sign or a point, too."""
    place = sheet.head.index("value") if "value" in sheet.head else None
    for row in sheet.rows:
        if place is not None and place < len(row):
            row[place] = f" +{row[place]}.0 " if row[place].isdigit() else row[place]


HARMLESS: dict[str, Callable[[Draw, Sheet], None]] = {
    "mark of byte order": _mark,
    "line ends": _newline,
    "order of rows": _shuffle,
    "order of columns": _columns,
    "all in quotation marks": _quoted,
    "end of file": _end,
    "blanks around numbers": _blanks,
}
FAULTS: dict[str, Callable[[Draw, Sheet], None]] = {
    "number": _number,
    "numeric text": _numeric,
    "period": _period,
    "name": _name,
    "any text": _any_text,
    "calendar": _calendar,
    "head": _head,
    "ragged": _ragged,
    "junk": _junk,
    "quotation marks": _quotes,
    "repeated row": _repeat,
    "dropped rows": _drop,
    "long": _long,
    "separator": _separator,
    "encoding": _encoding,
    "text around": _raw_text,
}


CELLS = ("number", "numeric text", "period", "name", "any text")  # each may be harmless, too


@st.composite
def csv_files(draw: Draw) -> Malformed:
    """Draw a file: with harmless changes only, with one odd cell, or with anything up to thrice."""
    known = draw(st.sampled_from((tuple(HARMLESS), CELLS, CELLS, (*FAULTS, *HARMLESS))))
    most = 1 if known == CELLS else 3
    names = draw(st.lists(st.sampled_from(known), min_size=1, max_size=most, unique=True))
    sheet = clean_sheet()
    for name in names:
        (FAULTS | HARMLESS)[name](draw, sheet)
    return Malformed(sheet.raw(), tuple(names), harmless=set(names) <= set(HARMLESS))


_STRICT = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
_LABEL = re.compile(r"([0-9]{4})(?:-?Q([1-4])|-([0-9]{2}))?(?:-[0-9]{2})?(?:[T ].*)?")


def moment(label: str) -> tuple[int, int]:
    """Return year and first month of a period as written.

    Parameters
    ----------
    label : str
        Such as 2003, 2003Q2, 2003-04 or a day.
    """
    found = _LABEL.fullmatch(label)
    assert found, label
    quarter, month = found[2], found[3]
    return int(found[1]), 3 * int(quarter) - 2 if quarter else int(month or 1)


def rows_of(raw: bytes, columns: Mapping[str, str]) -> list[Row]:
    """Read a file line by line, as a careful person would; every line with anything is a row.

    Parameters
    ----------
    raw : bytes
        A file that was accepted: what is no number here was coerced there.
    columns : mapping of str to str
        Column of unit, period and value.
    """
    lines = [line for line in re.split("\r\n|\r|\n", raw.decode("utf-8-sig")) if line]
    head, *rows = (next(csv.reader([line])) for line in lines)
    head = [name if name.strip() else f"column {i}" for i, name in enumerate(head, start=1)]
    places = [head.index(columns[part]) for part in ("unit", "period", "value")]
    found = []
    for row in rows:
        assert len(row) == len(head), row
        unit, period, value = (row[place] for place in places)
        assert _STRICT.fullmatch(value), value
        found.append((unit, moment(period), float(value)))
    return found
