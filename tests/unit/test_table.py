"""Unit tests of tables: cells from data stay data in HTML, LaTeX, Markdown and spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shiftexp.errors import StudyError
from shiftexp.table import (
    Table,
    escape_html,
    escape_latex,
    format_number,
    spreadsheet_csv,
    spreadsheet_safe,
    write_atomically,
    write_or_refuse,
)

NASTY = "<script>alert(\"x\")</script> & 'co'"


@dataclass(frozen=True)
class One(Table):
    """A table of one text and one number."""

    text: str
    number: float = 1234.5678
    column: str = "text"

    def to_frame(self) -> pd.DataFrame:
        """Return the one row."""
        return pd.DataFrame({self.column: [self.text], "number": [self.number]})


def test_html_escapes_cells_and_headers() -> None:
    page = One(NASTY, column="<i>").to_html()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&quot;x&quot;" in page
    assert "&#x27;co&#x27;" in page
    assert '<th scope="col">&lt;i&gt;</th>' in page


def test_notebook_shows_the_same_html() -> None:
    table = One(NASTY)
    assert table._repr_html_() == table.to_html()


def test_latex_escapes_every_special_character() -> None:
    special = "\\ & % $ # _ { } ~ ^"
    expected = r"\textbackslash{} \& \% \$ \# \_ \{ \} \textasciitilde{} \textasciicircum{}"
    assert escape_latex(special) == expected
    assert expected in One(special).to_latex()


def test_latex_is_a_booktabs_table() -> None:
    lines = One("a").to_latex().splitlines()
    assert lines[0] == r"\begin{tabular}{lr}"
    assert lines[1:3] == [r"\toprule", r"text & number \\"]
    assert lines[3:5] == [r"\midrule", r"a & 1,235 \\"]
    assert lines[5:] == [r"\bottomrule", r"\end{tabular}"]


def test_latex_aligns_numbers_right_and_words_left() -> None:
    class Mixed(Table):
        def to_frame(self) -> pd.DataFrame:
            return pd.DataFrame({"a": ["x"], "b": [math.nan], "c": [2], "d": [True], "e": [1.5]})

    assert Mixed().to_latex().splitlines()[0] == r"\begin{tabular}{lrrlr}"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line_break_inside_a_cell_does_not_break_its_row(newline: str) -> None:
    table = One(newline.join(("2 problems:", "  1. no donors", "  2. one period")))
    said = "2 problems: 1. no donors; 2. one period"
    assert rf"{said} & 1,235 \\" in table.to_latex().splitlines()
    assert str(table).splitlines()[1:] == [f"{said}  1,235"]
    assert f"<td>{said}</td>" in table.to_html()


def test_markdown_keeps_a_cell_in_its_cell() -> None:
    lines = One("a|b\nc <b>").to_markdown().splitlines()
    assert len(lines) == 3
    assert lines[2] == r"| a\|b; c &lt;b&gt; | 1,235 |"


def test_markdown_keeps_apostrophes_and_quotes() -> None:
    line = One("the origin's fall, \"counted\" & <i>'seen'</i>").to_markdown().splitlines()[2]
    assert line == ("| the origin's fall, \"counted\" &amp; &lt;i&gt;'seen'&lt;/i&gt; | 1,235 |")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_neutralises_formulas(start: str, tmp_path: Path) -> None:
    path = One(f"{start}HYPERLINK(A1)").to_csv(tmp_path / "table.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        row = list(csv.reader(stream))[1]
    assert row[0] == f"'{start}HYPERLINK(A1)"


def test_csv_neutralises_column_names_and_leaves_numbers() -> None:
    frame = pd.DataFrame({"=A1": [-3.5], "safe": ["NL"]})
    header, row = csv.reader(io.StringIO(spreadsheet_csv(frame)))
    assert header == ["'=A1", "safe"]
    assert row == ["-3.5", "NL"]


def test_csv_has_full_precision(tmp_path: Path) -> None:
    number = 1 / 3
    path = One("a", number).to_csv(tmp_path / "table.csv")
    assert pd.read_csv(path)["number"][0] == number


@pytest.mark.parametrize("value", ["NL", "a=b", "", -3.5, 7, None, math.inf])
def test_harmless_values_pass_unchanged(value: object) -> None:
    assert spreadsheet_safe(value) is value


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(target, "half \ud800")
    assert target.read_text() == "old"
    assert write_atomically(target, "new é") == target
    assert target.read_bytes() == "new é".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    assert write_atomically(str(tmp_path / "x.bin"), b"\x00\xff").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.567, "1,235"),
        (0.012345, "0.01235"),
        (-0.5, "-0.5"),
        (2_000_000, "2,000,000"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (np.float64(3.14159), "3.142"),
        (True, "True"),
        ("NL", "NL"),
    ],
)
def test_numbers_are_written_with_four_digits(value: object, text: str) -> None:
    assert format_number(value) == text


def test_terminal_columns_are_aligned() -> None:
    header, row = str(One("a long text", 2.0)).splitlines()
    assert header.index("number") == row.index("2")


def test_escape_html_takes_any_object() -> None:
    assert escape_html(3) == "3"


@dataclass(frozen=True, repr=False)
class Told(Table):
    """A table with a summary."""

    text: str

    def to_frame(self) -> pd.DataFrame:
        """Return the one row."""
        return pd.DataFrame({"text": [self.text]})

    def summary(self) -> str:
        """Return two lines."""
        return f"{self.text}\nsecond"


def test_a_table_prints_in_one_line() -> None:
    assert repr(Told("first")) == "<Told: first>"
    assert Table.__repr__(One("a")) == "<One: table of 1>"


def test_a_table_that_cannot_be_written_says_so_by_name(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"(?s)file '.*nowhere/a\.csv'.*make the folder"):
        write_or_refuse(tmp_path / "nowhere" / "a.csv", "text")
