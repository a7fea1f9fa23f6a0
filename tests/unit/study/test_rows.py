"""Unit tests of reading rows: numbers as written, lines named, columns without a name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.study.rows import plain_number, read_rows


@pytest.mark.parametrize(
    ("cell", "number"),
    [("5", 5), (" -5.50 ", -5.5), ("+.5", 0.5), ("3.", 3), ("1e3", 1000), ("0e-999", 0), ("-0", 0)],
)
def test_a_number(cell: str, number: float) -> None:
    assert plain_number(cell) == number


@pytest.mark.parametrize(
    "cell", ["", "nan", "inf", "1_0", "1,5", "0x1", "1e", "e1", ".", "1 0", "\uff15", "٣", "1e-999"]
)
def test_what_is_no_number(cell: str) -> None:
    assert plain_number(cell) is None


def test_another_decimal_sign_is_taken_where_it_is_declared() -> None:
    cells = ["71,5", "-,5", "1e3", "71.5", "1.234,5"]
    assert [plain_number(cell, ",") for cell in cells] == [71.5, -0.5, 1000, None, None]


def written(folder: Path, text: str) -> Path:
    """Write a file and return its path."""
    (folder / "data.csv").write_bytes(text.encode())
    return folder / "data.csv"


def test_columns_without_a_name_are_called_by_their_place(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, ',a, ,b\n0,1,2,"3\n4"\n'))
    assert rows.columns == ("column 1", "a", "column 3", "b")
    assert rows.cells == [["0", "1", "2", "3\n4"]]


@pytest.mark.parametrize("head", ["a,a", "'=a,=a", ",column 1", "column 2,"])
def test_a_head_twice_is_refused_however_it_came_about(head: str, tmp_path: Path) -> None:
    with pytest.raises(sx.StudyError, match="several columns named"):
        read_rows(written(tmp_path, f"{head}\n1,2\n"))


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    with pytest.raises(sx.StudyError, match="1 row with more or fewer") as caught:
        read_rows(written(tmp_path, 'a,b\n\n1,"x\ny"\n2\n'))
    assert caught.value.rows == ("line 5: 1 cells",)
    assert caught.value.key == "data.file"


def test_a_note_on_several_lines_is_no_row(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, 'a,b\n1,"first, or\nsecond, or third"\n'))
    assert len(rows.cells) == 1
    with pytest.raises(sx.StudyError, match="row at line 2 has a cell that holds further rows"):
        read_rows(written(tmp_path, 'a,b\n1,"x\n2,y"\n'))


@pytest.mark.parametrize(("word", "sign"), [(";", ";"), ("tab", "\t"), ("|", "|")])
def test_another_separator_is_declared_and_never_guessed(
    word: str, sign: str, tmp_path: Path
) -> None:
    path = written(tmp_path, f'a{sign}b\n\n1,5{sign}"x{sign}\ny"\n2{sign}3\n')
    rows = read_rows(path, word)
    assert rows.cells == [["1,5", f"x{sign}\ny"], ["2", "3"]]
    assert rows.lines == [3, 5]
    with pytest.raises(sx.StudyError, match=r"one column, .*, set apart by") as caught:
        read_rows(path)
    assert f"say --separator '{word}'" in caught.value.problems[0].remedy
    with pytest.raises(sx.StudyError, match="set apart by commas") as caught:
        read_rows(written(tmp_path, "a,b\n1,2\n"), word)
    assert "say --separator ','" in caught.value.problems[0].remedy


def test_a_spreadsheet_guard_is_taken_out_again(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "'=a,b,c\n'=x,'t is,'-3\n"))
    assert rows.columns == ("=a", "b", "c")
    assert rows.cells == [["=x", "'t is", "'-3"]]


def test_the_limit_of_a_cell_is_that_of_the_reader(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    assert read_rows(written(tmp_path, f"a\n{'x' * limit}\n")).cells
    with pytest.raises(sx.StudyError, match=f"more than {limit:,} characters"):
        read_rows(written(tmp_path, f"a\n{'x' * (limit + 1)}\n"))
