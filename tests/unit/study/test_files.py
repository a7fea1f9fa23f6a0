"""A user's CSV file as a panel: the series of a cell, wrong rows, what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import PanelError, StudyError
from shiftexp.study import Source, read_panel
from tests.studies import CELL, TOP, small_study, write_values

ALL_THREE = """
[[cell]]
name = "trade"
title = "The trade"
design = { origin = "O", destination = "D", onset = 2013 }
estimators = [
    { name = "InterruptedTimeSeries", trend = false },
    { name = "InterruptedTimeSeries", trend = false, scale = "log" },
    { name = "InterruptedTimeSeries", trend = false, inference = "Conformal" },
]
detection = { drift = 0 }
margin = 0.2
evidence = [{ about = "shift", bound = { low = 2, unit = "kg", because = "weighed" } }]
conclusion = "moved"

[[cell]]
name = "one_side"
page = "trade"
role = "one_unit"
design = { destination = "D", onset = 2013 }

[[cell]]
name = "later"
design = { origin = "O", destination = "D", onset = 2019 }
"""
RETAIL = """dataset = "benelux"
[[cell]]
name = "cannabis_retail"
design = "cannabis_retail"
falls = [{ place = "NL:terneuzen", quitting = %s, rerouting = %s, part = %s }]
"""


def test_a_file_of_a_european_spreadsheet_is_read_as_declared(tmp_path: Path) -> None:
    rows = [("A", 2001, 1.5), ("A", 2002, 1234.25), ("B", 2001, 2.0), ("B", 2002, -3.5)]
    plain = "".join(f"{unit},{year},{kg}\n" for unit, year, kg in rows)
    head = "unit,period,value\n"
    (tmp_path / "plain.csv").write_text(head + plain)
    (tmp_path / "other.csv").write_text((head + plain).replace(",", ";").replace(".", ","))
    declared = Source(file="other.csv", separator=";", decimal=",")
    read = read_panel(declared, tmp_path)
    assert read.digest() == read_panel(Source(file="plain.csv"), tmp_path).digest()


@pytest.mark.parametrize(
    ("cell", "decimal", "said"),
    [
        ('"71,5"', ".", "say --decimal ',' (in a study file: decimal ="),
        ("71.5", ",", "write 71,5, and no points for thousands"),
        ("n/x", ",", "digits, with ',' before decimals"),
        ("n/x", ".", "digits, with '.' before decimals"),
    ],
)
def test_a_cell_that_is_no_number_is_named_with_its_line(
    cell: str, decimal: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text(f"unit,period,value\n\nA,2001,1\nA,2002,{cell}\n")
    with pytest.raises(PanelError) as caught:
        read_panel(Source(file="data.csv", decimal=decimal), tmp_path)
    assert caught.value.rows == ("line 4 (A, 2002)",)
    assert said in caught.value.problems[0].remedy


@pytest.mark.parametrize("signs", [{"separator": "x"}, {"separator": ""}, {"decimal": ";"}])
def test_a_sign_that_no_file_is_read_with_is_refused(signs: dict[str, str]) -> None:
    with pytest.raises(StudyError) as caught:
        Source(file="data.csv", **signs)  # type: ignore[arg-type]  # two of its texts
    assert caught.value.key == f"data.{next(iter(signs))}"


def test_an_unknown_indicator_of_a_file(tmp_path: Path) -> None:
    write_values(tmp_path)
    with pytest.raises(sx.StudyError, match="indicator 'price'") as caught:
        small_study(tmp_path, cells=CELL + 'indicators = [{ indicator = "price" }]\n').run()
    assert caught.value.key == "cell.trade"


@pytest.mark.parametrize("cell", [CELL, CELL + 'indicators = [{ role = "primary" }]\n'])
def test_a_cell_that_names_none_of_several_indicators_gets_the_line_to_write(
    cell: str, tmp_path: Path
) -> None:
    path = write_values(tmp_path)
    frame = pd.read_csv(path)
    pd.concat([frame.assign(kind=kind) for kind in ("seizures", "arrests")]).to_csv(path)
    top = TOP + 'indicator = "kind"\n'
    with pytest.raises(sx.StudyError, match="data hold arrests, seizures") as caught:
        small_study(tmp_path, top, cell).run()
    assert caught.value.key == "cell.trade.indicators"
    (problem,) = caught.value.problems
    line = problem.remedy.removeprefix("write under its [[cell]] ")
    assert line == 'indicators = [{ indicator = "arrests" }]'
    assert small_study(tmp_path, top, f"{CELL}{line}\n").run().cells


def test_wrong_rows_of_a_file_are_named(tmp_path: Path) -> None:
    path = write_values(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, "D,2001,9", "O,2030,1"]))
    with pytest.raises(sx.StudyError) as caught:
        small_study(tmp_path).run()
    said = str(caught.value)
    assert caught.value.key == "data"
    assert "2 rows share their unit and period" in said
    assert "9 of 30 years between '2001' and '2030' have no row" in said
    assert caught.value.problems[0].rows == ("line 2 (D, 2001)", "line 42 (D, 2001)")


def test_a_text_among_the_numbers_of_a_file_is_the_one_named(tmp_path: Path) -> None:
    path = write_values(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:5], "D,2005,x", *lines[6:]]))
    with pytest.raises(sx.StudyError, match="value 'x' in column 'kg' is not a number") as caught:
        small_study(tmp_path).run()
    assert caught.value.problems[0].rows == ("line 6 (D, 2005)",)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"], ids=["none", "empty", "binary"])
def test_a_data_file_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "values.csv").write_bytes(content)
    with pytest.raises(sx.StudyError, match="a readable CSV file") as caught:
        small_study(tmp_path).run()
    assert caught.value.key == "data.file"
    assert "values.csv" in str(caught.value)


@pytest.mark.parametrize("codes", [("NA", "BE"), ("01", "02")])
def test_unit_codes_are_text(codes: tuple[str, str], tmp_path: Path) -> None:
    path = write_values(tmp_path)
    text, cells = path.read_text(), CELL
    for unit, code in zip(("O", "D"), codes, strict=True):
        text, cells = text.replace(f"{unit},", f"{code},"), cells.replace(f'"{unit}"', f'"{code}"')
    path.write_text(text)
    assert small_study(tmp_path, cells=cells).run().cells[0].primary.gate.passed
