"""Hundreds of malformed CSV files: each is refused by name, or read row by row as it stands."""

from __future__ import annotations

import io
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.study import Source, read_panel
from tests import command
from tests.drawn import each_file
from tests.malformed import ONSET, Malformed, Row, clean_sheet, csv_files, moment, rows_of

SAMPLE, MANY, RUNS = 15, 400, 16
LEAST = 200  # files that differ, of those MANY
STUDY = """estimators = [{ name = "InterruptedTimeSeries", trend = false }]
[data]
file = "data.csv"
[[cell]]
name = "trade"
design = { origin = "O", destination = "D", onset = 2012 }
"""
COLUMNS = {"unit": "unit", "period": "period", "value": "value"}
PARTS = {"year": 12, "quarter": 3, "month": 1}  # months of a period


def each_csv(check: Callable[[Malformed], None], examples: int) -> int:
    """Draw files, check each, and return how many differ."""
    return each_file(csv_files(), check, examples, attrgetter("raw"))


def values_of(panel: sx.Panel) -> list[Row]:
    """Return the values of a panel as rows."""
    frame = panel.to_frame()[["unit", "period", "value"]]
    return sorted((u, moment(p), v) for u, p, v in frame.itertuples(index=False, name=None))


def same_rows(panel: sx.Panel, rows: list[Row]) -> bool:
    """Tell whether a panel holds every row of a file once and nothing else."""
    months = PARTS[panel.calendar.frequency]
    begun = [(u, (y, (m - 1) // months * months + 1), v) for u, (y, m), v in rows]
    return values_of(panel) == sorted(begun)


def checked(folder: Path) -> Callable[[Malformed], None]:
    """Return what ``check`` and ``init`` must do with a file."""
    path, study = folder / "data.csv", folder / "study.toml"
    clean = sorted(rows_of(clean_sheet().raw(), COLUMNS))

    def check(file: Malformed) -> None:
        path.write_bytes(file.raw)
        told = command.run("check", path, "--json")
        if not command.refused_by_name(told):
            columns = told.data["columns"]
            panel = read_panel(Source(file=path.name, **columns), folder)
            assert same_rows(panel, rows_of(file.raw, columns)), file
            assert told.data["units"] == list(panel.units)
        if file.harmless:
            assert told.code == command.DONE, told.said
            assert sorted(rows_of(file.raw, COLUMNS)) == clean
        words = ("--origin", "O", "--destination", "D", "--onset", ONSET, "--out", study, "--force")
        told = command.run("init", path, *words, "--json")
        if not command.refused_by_name(told):
            declared = sx.Study.from_toml(study)
            panel = declared.case(declared.spec.cells[0].name).whole
            assert same_rows(panel, rows_of(file.raw, told.data["columns"])), file

    return check


def read_in_python(file: Malformed) -> None:
    """Read a file with pandas as users do: what pandas reads is a panel of all rows, or refused."""
    try:
        frame = pd.read_csv(io.BytesIO(file.raw))
    except (ValueError, UnicodeError):  # pandas refuses by itself
        return
    try:
        panel = sx.Panel.from_frame(
            frame, unit="unit", period="period", value="value", unit_of_measure="units"
        )
    except sx.PanelError as error:
        assert all(p.given and p.needed and p.remedy for p in error.problems)  # noqa: PT017 - one of two right ends
        return
    assert len(panel) == len(frame)
    assert panel.values[~pd.isna(panel.values)].sum() == pytest.approx(frame["value"].sum())


def test_a_few_malformed_files(tmp_path: Path) -> None:
    each_csv(checked(tmp_path), SAMPLE)


@pytest.mark.slow
def test_malformed_files_on_the_command_line(tmp_path: Path) -> None:
    assert each_csv(checked(tmp_path), MANY) >= LEAST


@pytest.mark.slow
def test_malformed_files_in_python() -> None:
    assert each_csv(read_in_python, MANY) >= LEAST


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_run_gives_the_numbers_of_a_careful_reading(tmp_path: Path) -> None:
    path, study = tmp_path / "data.csv", tmp_path / "study.toml"
    study.write_text(STUDY)
    compared = []

    def estimates(content: bytes) -> str:
        path.write_bytes(content)
        told = command.run("run", study, "--out", tmp_path / "out", "--json")
        refused = command.refused_by_name(told)
        return "" if refused else (tmp_path / "out" / "estimates.csv").read_text()

    def check(file: Malformed) -> None:
        found = estimates(file.raw)
        if found:
            rows = (
                f"{unit},{year},{value!r}" for unit, (year, _), value in rows_of(file.raw, COLUMNS)
            )
            assert found == estimates("\n".join(["unit,period,value", *rows]).encode())
            compared.append(file)

    each_csv(check, RUNS)
    assert len(compared) >= RUNS // 4
