"""Unit tests of what a run leaves: files, tables, provenance, identical bytes, safe cells."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.report import three_sentences
from shiftexp.report.page import CellPage, StudyPage
from shiftexp.result import ESTIMANDS
from shiftexp.study import Cell, Study
from shiftexp.study.outputs import verdict_table, write_outputs
from shiftexp.table import one_line
from tests.conftest import leave_out_drawing
from tests.studies import CELL, REFUSING, STILL, small_study, write_values

CELLS = (
    "cannabis_production", "synthetic_production", "cocaine_wholesale", "cannabis_retail",
    "synthetic_retail", "cocaine_retail",
)  # fmt: skip
CONTROLS = ("heroin_control", "resin_control", "burglary_2018", "burglary_2012")
HASH = re.compile(r"[0-9a-f]{64}")


def run_small(folder: Path, name: str = "out") -> Path:
    """Run the small study in a folder and return where its files are."""
    small_study(folder, cells=STILL).run(folder / name)
    return folder / name


FILES = {
    "report.html",
    "report.tex",
    "methods.bib",
    "controls.csv",
    "matrix.csv",
    "verdicts.csv",
    "estimates.csv",
    "provenance.json",
    "figures",
}


@pytest.mark.slow
def test_all_files_are_written(tmp_path: Path) -> None:
    write_values(tmp_path)
    folder = run_small(tmp_path)
    assert {path.name for path in folder.iterdir()} == FILES
    drawn = [
        f"{name}.{kind}"
        for name in ("trade_plane", "trade_series", "verdicts")
        for kind in ("png", "svg")
    ]
    assert sorted(path.name for path in (folder / "figures").iterdir()) == drawn
    for path in folder.rglob("*.*"):
        assert path.stat().st_size > 100, path.name
    assert (folder / "report.html").stat().st_size > 10_000


@pytest.mark.slow
def test_writing_shows_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_values(tmp_path)
    page = small_study(tmp_path, cells=STILL).run()
    shown: list[tuple[object, int]] = []

    def bar(cells: Sequence[CellPage], **options: object) -> Iterator[CellPage]:
        for done, cell in enumerate(cells, start=1):
            yield cell
            shown.append((options["desc"], done))

    monkeypatch.setattr("tqdm.tqdm", bar)
    write_outputs(page, tmp_path / "out")
    assert shown == [("report", 1), ("figures", 1)]


@pytest.mark.usefixtures("undrawn")
def test_two_pages_of_the_bundled_study_are_run_and_written(tmp_path: Path) -> None:
    study = Study.demo()
    pages = ("synthetic_production", "cannabis_retail")
    cells = tuple(c for c in study.spec.cells if (c.page or c.name) in pages)
    page = replace(study, spec=replace(study.spec, cells=cells, pools=())).run(tmp_path)
    table = pd.read_csv(tmp_path / "verdicts.csv").set_index("design")
    assert list(table.index) == [design.name for cell in page.cells for design in cell.pages]
    assert sorted(table.index) == sorted(cell.name for cell in cells)
    assert [cell.name for cell in page.cells] == list(pages)
    assert set(table.loc[list(pages), "role"]) == {"primary"}
    assert set(table["shift"]) <= {"compatible", "not identified"}
    for cell in page.cells:
        grew, moved, collect = three_sentences(cell)
        assert "per year" in grew
        assert "nothing happened" in moved or "can have come from" in moved
        assert len(collect) > 20


def test_every_cell_has_its_figures(demo_folder: Path) -> None:
    asked = {"curve.csv", "timing.csv", "events.csv", "leakage.csv", "flows.csv"}
    further = {"description", "shares", "accounts", "rivals", "pools"}  # all vessels are flagged
    beside = {f"{name}.csv" for name in further}
    assert {path.name for path in demo_folder.iterdir()} == FILES | asked | beside
    figures = {path.stem for path in (demo_folder / "figures").iterdir()}
    fitted = {"cocaine_wholesale_plane", "cocaine_wholesale_curve"}
    dated = {f"{cell}_events" for cell in CELLS if cell != "synthetic_retail"}
    shown = {name.partition("_series")[0] for name in figures if "_series" in name}
    assert shown == set(CELLS)
    assert {name for name in figures if "_series" not in name} == fitted | dated | {"verdicts"}
    assert {
        "cannabis_production_series_origin",
        "cannabis_production_series_destination",
    } <= figures


def test_every_cell_and_control_has_its_row(demo_folder: Path) -> None:
    table = pd.read_csv(demo_folder / "verdicts.csv").set_index("design")
    assert len(table) == 36
    for cell in CELLS:
        assert table.loc[cell, "role"] == "primary"
        assert table.loc[cell, "cell"] == cell
    for control in CONTROLS:
        assert table.loc[control, "role"] == "negative_control"


def test_rows_say_what_the_verdicts_say(demo_page: StudyPage, demo_folder: Path) -> None:
    table = pd.read_csv(demo_folder / "verdicts.csv").set_index("design")
    for cell in demo_page.cells:
        for design in cell.pages:
            row = table.loc[design.name]
            assert row["state"] == design.verdict.state
            kept = "; ".join(design.verdict.sectors)
            assert row["sectors"] == kept or not design.gate.passed
            assert pd.isna(row["sectors"]) == (row["state"] == "gate failed")
            assert row["gate"] == str(design.gate)
            shift = next(c for c in design.verdict.claims if c.name == "shift")
            assert row["shift"] == shift.status
            bounds = design.verdict.bounds
            assert pd.isna(row["shift_share_high"]) == (bounds is None)
            if bounds is not None:
                assert row["shift_share_high"] == bounds.high


def test_a_failed_gate_needs_a_series_in_its_row(demo_folder: Path) -> None:
    table = pd.read_csv(demo_folder / "verdicts.csv")
    failed = table["state"] == "gate failed"
    assert table.loc[failed, "needed"].notna().all()
    assert table.loc[~failed, "needed"].isna().all()
    assert (table.loc[failed, "specifications"] == 0).all()
    assert (table.loc[failed, "net_expansion"] == "not identified").all()


def test_estimates_say_what_they_rest_on(demo_folder: Path) -> None:
    table = pd.read_csv(demo_folder / "estimates.csv")
    assert list(table.columns[:4]) == ["design", "rests_on", "estimator", "estimand"]
    answered = table[table["refused"].isna()]
    assert (answered.groupby(["design", "rests_on", "estimator"]).size() == 4).all()
    wholesale = table[table["design"] == "cocaine_wholesale"]
    assert set(wholesale["rests_on"]) == {"the pair"}
    assert len(wholesale) == 5 * 4
    failed = table[table["design"] == "cannabis_production"]
    assert "the pair" not in set(failed["rests_on"])
    assert "two windows of counts" in set(failed["rests_on"])


@pytest.mark.usefixtures("undrawn")
def test_every_refused_estimator_has_a_row_with_its_reason(tmp_path: Path) -> None:
    write_values(tmp_path)
    page = small_study(tmp_path, cells=STILL + REFUSING).run(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "estimates.csv", keep_default_na=False)
    refused = table[table["refused"] != ""]
    said = page.cells[0].primary.refusals
    assert list(refused["estimator"]) == [estimator for estimator, _ in said]
    assert list(refused["refused"]) == [one_line(reason) for _, reason in said]
    assert (refused[["estimate", "conf_low", "p_value"]] == "").all(axis=None)
    assert list(table.loc[table["refused"] == "", "estimand"]) == list(ESTIMANDS)


def test_provenance_has_hashes_versions_and_seed(demo_folder: Path) -> None:
    found = json.loads((demo_folder / "provenance.json").read_text())
    assert found["seed"] == 1
    assert found["versions"]["shiftexp"] == sx.__version__
    assert found["versions"]["numpy"] == version("numpy")
    assert found["python"].count(".") == 2
    assert HASH.fullmatch(found["study_sha256"])
    assert len(found["data_sha256"]) == 36
    assert all(HASH.fullmatch(digest) for digest in found["data_sha256"].values())


@pytest.mark.usefixtures("undrawn")
def test_two_runs_write_the_same_tables(tmp_path: Path) -> None:
    same_bytes(tmp_path, files=11)


@pytest.mark.slow
def test_two_runs_write_the_same_report_and_figures(tmp_path: Path) -> None:
    same_bytes(tmp_path, files=14)


def same_bytes(tmp_path: Path, files: int) -> None:
    """Assert that two runs leave the same files, byte by byte."""
    write_values(tmp_path)
    first, second = run_small(tmp_path, "first"), run_small(tmp_path, "second")
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert len(names) == files
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_run_can_be_written_over_an_older_one(tmp_path: Path) -> None:
    write_values(tmp_path)
    before = (run_small(tmp_path) / "provenance.json").read_text()
    write_values(tmp_path, rng=2)
    after = (run_small(tmp_path) / "provenance.json").read_text()
    old, new = json.loads(before), json.loads(after)
    assert old["study_sha256"] == new["study_sha256"]
    assert old["data_sha256"] != new["data_sha256"]


def test_another_study_has_another_hash(tmp_path: Path) -> None:
    write_values(tmp_path)
    one = small_study(tmp_path, cells=STILL).run().provenance
    two = small_study(tmp_path, cells=STILL + "margin = 0.2\n").run().provenance
    assert one["data_sha256"] == two["data_sha256"]
    assert one["study_sha256"] != two["study_sha256"]


@pytest.mark.parametrize("deeper", ["", "below", "below/further"])
def test_a_folder_that_cannot_be_written_to(deeper: str, tmp_path: Path) -> None:
    write_values(tmp_path)
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / deeper
    with pytest.raises(sx.StudyError, match="needed: a folder that can be written to") as caught:
        small_study(tmp_path).run(out)
    assert caught.value.key == "out"
    assert f"output folder {str(out)!r}" in str(caught.value)
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_cells_that_a_spreadsheet_would_run_are_neutralised(start: str, tmp_path: Path) -> None:
    path = write_values(tmp_path)
    path.write_text(path.read_text().replace("O,", f"{start}cmd(),"))
    cells = f"""
[[cell]]
name = "trade"
title = "{start}1+1"
design = {{ origin = "{start}cmd()", destination = "D", onset = 2013 }}
conclusion = "{start}SUM(A1:A9)"
detection = {{ drift = 0 }}
"""
    small_study(tmp_path, cells=cells).run(tmp_path / "out")
    for name in ("verdicts.csv", "estimates.csv"):
        with (tmp_path / "out" / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows[0]["design"] == "trade"
        for row in rows:
            for cell in row.values():
                assert not re.match(r"[=+\-@](?![\d.]|inf)", cell), cell
    with (tmp_path / "out" / "verdicts.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["concluded_earlier"] == f"'{start}SUM(A1:A9)"


@pytest.mark.parametrize("name", ["../../outside", "/outside", "a/b", "a b", "=1+1", ".", "a\\n"])
def test_names_of_cells_do_not_leave_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(sx.StudyError, match="letters, digits, _ and -") as caught:
        small_study(tmp_path, cells=CELL.replace("trade", name.replace("\n", "\\n")))
    assert caught.value.key == "cell[1].name"
    with pytest.raises(sx.StudyError, match="letters, digits, _ and -"):
        Cell(name="a", page=name, design="b")


def test_names_in_any_script_are_names() -> None:
    assert Cell(name="käse-2_Ω", design="b").name == "käse-2_Ω"


def test_nothing_is_written_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_values(tmp_path)
    monkeypatch.chdir(tmp_path)
    page = Study(small_study(tmp_path, cells=STILL).spec).run()
    assert [path.name for path in tmp_path.iterdir()] == ["values.csv"]
    assert len(verdict_table(page)) == 1


@pytest.mark.slow
def test_a_model_of_the_flow_leaves_its_table_its_figure_and_the_numbers_drawn(
    tmp_path: Path,
) -> None:
    write_values(tmp_path, origin_effect=-40.0)
    cell = f'{STILL}estimators = [{{ name = "CommunicatingVessels", draws = 1000 }}]\n'
    page = small_study(tmp_path, cells=cell).run(tmp_path / "out")
    (flow,) = page.cells[0].primary.verdict.flows
    folder = tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == FILES | {"flows.csv"}
    table = pd.read_csv(folder / "flows.csv")
    assert list(table["conf_high"]) == pytest.approx(list(flow.to_frame()["conf_high"]))
    assert set(table["maturity"]) == {"emerging"}
    drawn = pd.read_csv(folder / "figures" / "trade_flow.csv")
    assert list(drawn["flow_low"]) == pytest.approx(list(sx.plot_data(flow)["flow_low"]))
    assert {"trade_flow.png", "trade_flow.svg"} <= {p.name for p in (folder / "figures").iterdir()}
    assert "What a model of the flow says" in (folder / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_a_run_speaks_the_language_asked_for_and_its_tables_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_values(tmp_path)
    english = small_study(tmp_path, cells=STILL)
    page = english.run(tmp_path / "nl", language="nl")
    assert page.language == "nl"
    assert '<html lang="nl">' in (tmp_path / "nl" / "report.html").read_text("utf-8")
    assert "Oordelen over de hoofdopzetten" in (tmp_path / "nl" / "report.tex").read_text("utf-8")
    declared = replace(english, spec=replace(english.spec, language="fr"))
    assert declared.run().language == "fr"
    leave_out_drawing(monkeypatch)
    english.run(tmp_path / "en")
    for table in ("matrix.csv", "verdicts.csv", "estimates.csv"):
        same = [(tmp_path / folder / table).read_bytes() for folder in ("en", "nl")]
        assert same[0] == same[1], table


def test_an_unknown_language_is_refused_before_anything_runs(tmp_path: Path) -> None:
    write_values(tmp_path)
    with pytest.raises(DesignError, match=r"language = 'de'.*en, fr, nl"):
        small_study(tmp_path).run(tmp_path / "out", language="de")
    assert not (tmp_path / "out").exists()
