"""Bad files made by hand: each with the command that meets it and what its refusal must say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.malformed import clean_sheet
from tests.studies import CELL, TOP

BY_SEMICOLONS = ("set apart by semicolons", "say --separator ';'", "--decimal ','")
BY_TABS = ("set apart by tabs", "apart by commas", "--separator 'tab'")
GOOD = clean_sheet().raw().decode()
LONG = 10_000_000  # characters of a cell


class Bad(NamedTuple):
    """A file: its content, and what the refusal says."""

    content: str | bytes
    said: tuple[str, ...]


def row(new: str, old: str = "O,2003,51,seen") -> str:
    """Return the good file with one row written in another way."""
    assert old in GOOD
    return GOOD.replace(old, new)


def value(cell: str) -> str:
    """Return the good file with one value written in another way."""
    return row(f"O,2003,{cell},seen")


def period(label: str) -> str:
    """Return the good file with one period written in another way."""
    return row(f"O,{label},51,seen")


TABLES: Mapping[str, Bad] = {
    "empty": Bad("", ("it is empty", "write a line of heads")),
    "blank lines alone": Bad("\n\n\n", ("it is empty",)),
    "heads alone": Bad("unit,period,value,note\n", ("0 rows",)),
    "no heads": Bad(GOOD.partition("\n")[2], ("may each be the unit", "say --unit")),
    "UTF-16": Bad(GOOD.encode("utf-16"), ("line 1 is not UTF-8", "save it as CSV UTF-8")),
    "Latin-1": Bad(value("5").replace("seen", "né").encode("cp1252"), ("line 2 is not UTF-8",)),
    "an archive": Bad(b"PK\x03\x04" + bytes(range(40)), ("U+0003", "an archive is no CSV")),
    "a page of the web": Bad("<html>404</html>", ("no column of <html>404</html>",)),
    "NUL in a cell": Bad(row("O\x00,2003,51,seen"), ("line 5 holds U+0000",)),
    "NUL after a number": Bad(value("51\x00"), ("line 5 holds U+0000",)),
    "colours of a terminal": Bad(row("O\x1b[31m,2003,51,seen"), ("line 5 holds U+001B",)),
    "turned text": Bad(row("\u202eO,2003,51,seen"), ("U+202E (RIGHT-TO-LEFT OVERRIDE)",)),
    "a mark without width": Bad(row("O\u200b,2003,51,seen"), ("U+200B (ZERO WIDTH SPACE)",)),
    "wrongly decoded": Bad(row("O\ufffd,2003,51,seen"), ("U+FFFD (REPLACEMENT CHARACTER)",)),
    "semicolons": Bad(
        GOOD.replace(",", ";"), ("set apart by semicolons", "say --separator ';'", "--decimal ','")
    ),
    "tabs": Bad(
        GOOD.replace(",", "\t"), ("set apart by tabs", "apart by commas", "--separator 'tab'")
    ),
    "vertical bars": Bad(GOOD.replace(",", "|"), ("set apart by vertical bars",)),
    "a title above": Bad("Seizures,,,\n" + GOOD, ("Seizures", "say --period COLUMN")),
    "a comment above": Bad("# made in 2020\n" + GOOD, ("line 2: 4 cells", "1 cell")),
    "a head twice": Bad(GOOD.replace("note", "value"), ("several columns named 'value'",)),
    "a misspelt head": Bad(GOOD.replace("unit", "unti"), ("columns unti, note may each be",)),
    "a short row": Bad(row("O,2003,51"), ("line 5: 3 cells", "4 cells in every row")),
    "a long row": Bad(row("O,2003,51,seen,twice"), ("line 5: 5 cells",)),
    "a decimal comma": Bad(value("1,5"), ("line 5: 5 cells", "write numbers with a point")),
    "a total below": Bad(GOOD + "Total,,999,\n", ("period '' in column 'period'", "Total")),
    "empty rows below": Bad(GOOD + ",,,\n", ("unit '' in column 'unit'",)),
    "an open quotation mark": Bad(value('"51'), ("line 5 opens a quotation mark",)),
    "text after a quotation mark": Bad(value('"5"1'), ("row at line 5 is no CSV",)),
    "rows inside a cell": Bad(
        row('O,2003,51,"seen').replace("O,2005,50,seen", 'O,2005,50,seen"'),
        ("row at line 5 has a cell that holds further rows", "close the quotation mark"),
    ),
    "an empty value": Bad(value(""), ("value nan in column 'value'", "line 5 (O, 2003)")),
    "not a number": Bad(value("nan"), ("value 'nan' in column 'value' is not a number",)),
    "an infinite number": Bad(value("inf"), ("value 'inf'", "line 5 (O, 2003)")),
    "too large a number": Bad(value("1e400"), ("value inf in column 'value' is not finite",)),
    "a number near the end": Bad(value("1e300"), ("values up to 1e+300", "at most 1e+100")),
    "a number that vanishes": Bad(value("1e-400"), ("value '1e-400'", "is not a number")),
    "underscores": Bad(value("1_000"), ("value '1_000'", "line 5 (O, 2003)")),
    "a comma for thousands": Bad(value('"1,000"'), ("value '1,000'", "is not a number")),
    "a decimal comma in marks": Bad(value('"1,5"'), ("decimal commas", "say --decimal ','")),
    "decimal commas": Bad(
        "town,year,kg\n" + "".join(f'A,{year},"7,5"\n' for year in range(2001, 2011)),
        ("column 'kg' holds numbers with ',' before decimals", "say --decimal ','"),
    ),
    "points for thousands": Bad(value("1.000.000"), ("value '1.000.000'",)),
    "a blank for thousands": Bad(value("1 000"), ("value '1 000'",)),
    "a sign of money": Bad(value("€5"), ("value '€5'",)),
    "a share in percent": Bad(value("5%"), ("value '5%'",)),
    "a wide minus": Bad(value("−5"), ("value '−5'",)),
    "wide digits": Bad(value("\uff15\uff15"), ("value '\uff15\uff15'",)),
    "Arabic digits": Bad(value("٣٤"), ("value '٣٤'",)),
    "a hexadecimal number": Bad(value("0x10"), ("value '0x10'",)),
    "a formula for a number": Bad(value("=1+1"), ("value '=1+1'",)),
    "a date by day": Bad(period("01/02/2003"), ("period '01/02/2003'", "years (2012)")),
    "a day that is none": Bad(period("2003-02-30"), ("period '2003-02-30'",)),
    "a month that is none": Bad(period("2003-13"), ("period '2003-13'",)),
    "a quarter that is none": Bad(period("2003Q5"), ("period '2003Q5'",)),
    "a year of two digits": Bad(period("03"), ("period '03'",)),
    "a year with a point": Bad(period("2003.0"), ("period '2003.0'", "a year as a whole number")),
    "a day as a spreadsheet counts": Bad(period("37622"), ("period '37622'",)),
    "a time zone": Bad(period("2003-01-01T00:00:00Z"), ("has a time zone", "drop the zone")),
    "two calendars": Bad(period("2003Q1"), ("mixed frequencies", "'2003Q1'")),
    "a day inside a month": Bad(
        "unit,period,value\nO,2003-05-17,1\nO,2003-06-17,2\n", ("inside a month", "'2003-05-17'")
    ),
    "a period nobody has": Bad(
        row("O,2002,52,seen").replace("O,2002,52,seen\n", "", 1).replace("D,2003,81,seen\n", ""),
        ("1 of 20 years", "'2003'"),
    ),
    "a year far away": Bad(period("9999"), ("have no row for any unit", "'9999'")),
    "a row twice": Bad(GOOD + "O,2003,51,seen\n", ("2 rows share their unit and period",)),
    "a unit with a blank": Bad(row("O ,2003,51,seen"), ("unit 'O ' has blanks around it",)),
    "a unit in small letters": Bad(row("o,2003,51,seen"), ("differ only in capitals",)),
    "a unit without a name": Bad(row(",2003,51,seen"), ("unit '' in column 'unit'",)),
    "a cell of 10 MB": Bad(row("O" * LONG + ",2003,51,seen"), ("line 5 has a cell of more than",)),
    "a number of 10 MB": Bad(value("9" * LONG), ("line 5 has a cell of more than",)),
    "a note of 10 MB": Bad(row("O,2003,51," + "x" * LONG), ("is a quotation mark not closed?",)),
    "a name of 300 letters": Bad(
        row("O" * 300 + ",2003,51,seen"), ("300 characters", "at most 200")
    ),
    "50,000 columns": Bad(
        ",".join(f"c{i}" for i in range(50_000)) + "\n", ("50,000 columns", "write the table long")
    ),
}
DESIGN = 'design = { origin = "O", destination = "D", onset = 2013 }'
STUDIES: Mapping[str, Bad] = {
    "empty": Bad("", ("an empty study file", "write at least one [[cell]]")),
    "comments alone": Bad("# nothing\n", ("an empty study file",)),
    "not TOML": Bad("title: A study\n", ("unreadable TOML", "line 1")),
    "cut": Bad((TOP + CELL)[:-20], ("unreadable TOML",)),
    "an open text": Bad('title = "A\n' + CELL, ("unreadable TOML", "line 1")),
    "a key twice": Bad("seed = 1\n" + TOP + CELL, ("unreadable TOML", "line 3")),
    "not UTF-8": Bad(b'title = "\xff"\n', ("can't decode byte 0xff",)),
    "nested too deeply": Bad("x = " + "[" * 50_000, ("unreadable TOML",)),
    "a number of 5,000 digits": Bad(f"seed = {'9' * 5000}\n" + CELL, ("unreadable TOML",)),
    "a number beyond 64 bits": Bad(f"seed = {2**64}\n" + CELL, ("seed: a whole number beyond 64",)),
    "a date that is none": Bad("x = 2013-02-30\n" + CELL, ("unreadable TOML",)),
    "no cell": Bad(TOP, ("at least one [[cell]]",)),
    "no data": Bad(CELL, ("dataset = a bundled one, or [data] with a file",)),
    "an unknown dataset": Bad('dataset = "benelus"\n' + CELL, ("did you mean 'benelux'?",)),
    "a wrong key": Bad(
        TOP + CELL + "margine = 0.2\n", ("cell[1].margine", "did you mean 'margin'?")
    ),
    "a wrong type": Bad(TOP + CELL + 'margin = "x"\n', ("cell[1].margin: 'x'", "a number")),
    "true for a number": Bad(TOP + CELL + "margin = true\n", ("cell[1].margin: True",)),
    "a margin below zero": Bad(TOP + CELL + "margin = -0.1\n", ("cell[1].margin: -0.1",)),
    "a margin without end": Bad(TOP + CELL + "margin = inf\n", ("cell[1].margin: inf",)),
    "a margin that is no number": Bad(TOP + CELL + "margin = nan\n", ("cell[1].margin: nan",)),
    "a text with a turned direction": Bad(
        TOP.replace("small", r"\u202esmall") + CELL, ("title: ", "U+202E")
    ),
    "colours of a terminal": Bad(TOP.replace("small", r"\u001b[31m") + CELL, ("title: ", "U+001B")),
    "a text of 10 MB": Bad(
        TOP.replace("A small study", "x" * LONG) + CELL, ("a text of 10,000,000 characters",)
    ),
    "a name that leaves the folder": Bad(
        TOP + CELL.replace('"trade"', '"../../x"'), ("cell[1].name: '../../x'", "letters, digits")
    ),
    "a name from the root": Bad(TOP + CELL.replace('"trade"', '"/etc/x"'), ("cell[1].name",)),
    "a name on a drive": Bad(TOP + CELL.replace('"trade"', r'"C:\\x"'), ("cell[1].name",)),
    "a name with NUL": Bad(
        TOP + CELL.replace('"trade"', r'"a\u0000b"'), ("cell[1].name", "U+0000")
    ),
    "a very long name": Bad(
        TOP + CELL.replace('"trade"', f'"{"x" * 150}"'), ("cell[1].name", "at most 100 of them")
    ),
    "names that differ in capitals": Bad(
        TOP + CELL + CELL.replace("trade", "Trade"), ("differ in capitals alone", "rename one")
    ),
    "a name twice": Bad(TOP + CELL + CELL, ("cell: 'trade'", "names used once")),
    "a page that is not there": Bad(TOP + CELL + 'page = "x"\n', ("cell.trade.page: 'x'",)),
    "an onset that is none": Bad(TOP + CELL.replace("2013", '"later"'), ("onset = 'later'",)),
    "an onset beyond the data": Bad(TOP + CELL.replace("2013", "2090"), ("onset 2090 outside",)),
    "a TOML date as onset": Bad(
        TOP + CELL.replace("2013", "2013-01-01"), ("cell[1].design.onset",)
    ),
    "an unknown unit": Bad(TOP + CELL.replace('"O"', '"Q"'), ("origin 'Q'", "known are: D, O")),
    "an unknown estimator": Bad(
        TOP.replace("InterruptedTimeSeries", "Interrupted") + CELL,
        ("did you mean 'InterruptedTime",),
    ),
    "a table for a choice of a curve": Bad(
        TOP + CELL + "[cell.curve]\nscales = [1]\nonsets = [{ a = 1 }]\n", ("cell[1].curve.scales",)
    ),
    "a table for an onset of a curve": Bad(
        TOP + CELL + "[cell.curve]\nonsets = [{ a = 1 }]\n", ("onsets hold {'a': 1}",)
    ),
    "an event in the year 0": Bad(
        TOP + CELL + 'events = { table = [{ date = "0000" }] }\n', ("date '0000'", "write '2012'")
    ),
    "a file that is not there": Bad(
        TOP.replace("values", "none") + CELL, ("none.csv", "check the path")
    ),
    "a file with NUL": Bad(TOP.replace("values", r"a\u0000b") + CELL, ("data.file: ", "U+0000")),
    "a folder as file": Bad(TOP.replace("values.csv", ".") + CELL, ("check the path",)),
    "a column that is not there": Bad(
        TOP.replace('"kg"', '"kgs"', 1) + CELL, ("did you mean 'kg'",)
    ),
    "a cycle of pages": Bad(
        TOP + CELL + 'page = "other"\n' + CELL.replace("trade", "other") + 'page = "trade"\n',
        ("cell.trade.page: 'other'", "shown on a page of its own"),
    ),
    "a pool of one that is no cell": Bad(
        TOP + CELL + '[[pool]]\nname = "both"\ncells = ["nope"]\n',
        ("pool[1].cells", "'nope' is no cell of the study; known are: trade"),
    ),
    "a pool of itself": Bad(
        TOP + CELL + '[[pool]]\nname = "both"\ncells = ["both", "trade"]\n', ("pool.both.cells",)
    ),
}
