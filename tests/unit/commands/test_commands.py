"""Unit tests of check, report, power, calibrate and datasets, as a user and as a machine."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shiftexp.cli import main
from shiftexp.commands import COMMANDS
from tests.studies import CELL, STILL, TOP, write_values

ROOT = Path(__file__).resolve().parents[3]
FIRST_FRAME = "town,year,burglaries\n" + "".join(
    f"{town},{year},{level + 9 * (year > 2015) + year % 3}\n"
    for town, level in (("Here", 100), ("There", 40))
    for year in range(2004, 2022)
)


@pytest.fixture
def study(tmp_path: Path) -> str:
    """Return a small study file beside its data."""
    write_values(tmp_path)
    path = tmp_path / "study.toml"
    path.write_text(TOP + STILL)
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    """Return the one JSON document that a command prints."""
    assert main([*arguments, "--json"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    return found


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command prints for a reader."""
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_check_of_a_study(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "check", study).splitlines()
    assert lines == [
        f"{study}: A small study; nothing is wrong with it",
        "trade: data gate: pass; asks nothing beside its effects",
    ]
    (cell,) = told(capsys, "check", study)["cells"]
    gate = {"passed": True, "before": 12, "after": 8, "reasons": [], "remedy": ""}
    assert cell == {"name": "trade", "gate": gate, "asks": {}}


def test_check_says_which_cell_a_table_at_the_end_belongs_to(
    study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = (
        "[cell.curve]\ntests = [{ over = 'onsets' }]\n[cell.events]\ntable = [{ date = 2013 }]\n"
    )
    pool = "[[pool]]\nname = 'both'\ncells = ['trade', 'again']\n"
    Path(study).write_text(TOP + CELL + CELL.replace("trade", "again") + asked + pool)
    lines = said(capsys, "check", study).splitlines()
    assert lines[1:] == [
        "trade: data gate: pass; asks nothing beside its effects",
        "again: data gate: pass; asks: curve (test over onsets), events (2013)",
        "pool both: trade, again",
    ]
    found = told(capsys, "check", study)
    questions = {"curve": ["test over onsets"], "events": ["2013"]}
    assert [cell["asks"] for cell in found["cells"]] == [{}, questions]
    assert found["pools"] == [{"name": "both", "cells": ["trade", "again"]}]


def test_check_asks_about_a_unit_that_may_be_misspelt(
    study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = Path(study).with_name("values.csv")
    text = values.read_text().replace("\nD,", "\nArnhem,").replace("\nO,", "\nEde,")
    values.write_text(f"{text}Arnhern,2005,7\n")
    Path(study).write_text(TOP + STILL.replace('"O"', '"Ede"').replace('"D"', '"Arnhem"'))
    asked = (
        "unit 'Arnhern' has values in 1 of 20 periods and differs from 'Arnhem' by little: is it a "
        "misspelling?"
    )
    for file in (study, str(values)):
        assert f"look again: {asked}" in said(capsys, "check", file).splitlines()
        assert told(capsys, "check", file)["look_again"] == [asked]
    assert "nothing is wrong" not in said(capsys, "check", study)


@pytest.mark.slow
def test_check_of_the_bundled_study(capsys: pytest.CaptureFixture[str]) -> None:
    cells = told(capsys, "check", "demo")["cells"]
    assert len(cells) == 36
    assert sum(not cell["gate"]["passed"] for cell in cells) == 16
    asked = {cell["name"]: set(cell["asks"]) for cell in cells}
    assert [name for name in asked if "curve" in asked[name]] == ["cocaine_wholesale"]
    assert {"curve", "events", "timing"} <= asked["cocaine_wholesale"]


def test_check_says_all_that_is_wrong_with_a_study(
    study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    two = CELL.replace('"O"', '"OO"') + CELL.replace("trade", "late").replace("2013", "2050")
    Path(study).write_text(TOP + two)
    problems = told(capsys, "check", study, code=1)["error"]["problems"]
    assert [(p["file"], p["key"]) for p in problems] == [
        (study, "cell.trade"),
        (study, "cell.late"),
    ]
    assert "did you mean 'O'" in problems[0]["remedy"]
    Path(study).write_text(TOP.replace("seed", "sead") + CELL + "x = 1\n")
    problems = told(capsys, "check", study, code=1)["error"]["problems"]
    assert [(p["key"], p["given"]) for p in problems] == [
        ("cell[1].x", "key 'x'"),
        ("sead", "key 'sead'"),
    ]


def test_wrong_data_of_a_study_are_said_once_with_their_file(
    study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(study).write_text(TOP + CELL + CELL.replace("trade", "again"))
    values = Path(study).with_name("values.csv")
    values.write_text(values.read_text() + "D,2020,n/x\n")
    problems = told(capsys, "check", study, code=1)["error"]["problems"]
    assert {problem["key"] for problem in problems} == {"data"}
    assert all(problem["given"].startswith("values.csv: ") for problem in problems)
    assert len(problems) == 2
    values.unlink()
    (problem,) = told(capsys, "check", study, code=1)["error"]["problems"]
    assert problem["key"] == "data.file"


def test_check_of_data_for_machines(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(Path(study).with_name("values.csv"))
    columns = ["--unit", "country", "--period", "year", "--value", "kg"]
    pair = ["--origin", "O", "--destination", "D", "--onset", "2013"]
    found = told(capsys, "check", data, *columns, *pair)
    assert found["units"] == ["D", "O"]
    assert found["periods"] == ["2001", "2020"]
    assert found["gate"]["passed"] is True


def test_check_finds_columns_as_init_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(FIRST_FRAME)
    columns = {"unit": "town", "period": "year", "value": "burglaries"}
    assert told(capsys, "check", str(path))["columns"] == columns
    path.write_text(FIRST_FRAME.replace("town,year", "gemeente,jaar") + "There,2022,n/x\n")
    named = ["--value", "burglaries"]
    (problem,) = told(capsys, "check", str(path), *named, code=1)["error"]["problems"]
    assert "'n/x'" in problem["given"]


def test_a_period_that_nobody_has_can_be_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, study = tmp_path / "data.csv", tmp_path / "study.toml"
    lines = FIRST_FRAME.splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",2010," not in line))
    begin = ["init", str(path), "--origin", "Here", "--destination", "There", "--onset", "2016"]
    for arguments in (["check", str(path)], [*begin, "--out", str(study)]):
        (problem,) = told(capsys, *arguments, code=1)["error"]["problems"]
        assert "--allow-gaps (in a study file: allow_gaps = true" in problem["remedy"]
        assert "allow_gaps=True" not in problem["remedy"]
        assert main([*arguments, "--allow-gaps"]) == 0
        capsys.readouterr()
    assert "\nallow_gaps = true\n" in study.read_text("utf-8")
    assert main(["check", str(study)]) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_run_for_machines(study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "run", study, "--out", str(tmp_path / "out"))
    assert set(found) == {"title", "language", "cells", "verdicts", "out"}
    assert len(found["cells"][0]["sentences"]) == 3
    table = pd.read_csv(tmp_path / "out" / "verdicts.csv")
    assert [row["state"] for row in found["verdicts"]] == table["state"].tolist()


@pytest.mark.slow
def test_report_writes_what_is_asked_for_and_nothing_else(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "paper"
    arguments = ["report", study, "--format", "markdown", "latex", "--out", str(out)]
    files = told(capsys, *arguments)["files"]
    assert sorted(path.name for path in out.iterdir()) == ["report.md", "report.tex"]
    assert files == [str(out / "report.md"), str(out / "report.tex")]
    assert (out / "report.md").read_text("utf-8").startswith("# A small study")
    assert (out / "report.tex").read_text("utf-8").count(r"\begin{longtable}") == 4
    (problem,) = told(capsys, *arguments, code=1)["error"]["problems"]
    assert problem["remedy"] == "name another with --out, or say --force"
    (problem,) = told(capsys, *arguments[:-1], study, code=1)["error"]["problems"]
    assert problem["needed"] == "a folder that can be written to"


def test_power_of_a_study(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["power", study, "--effect", "0", "40", "--n", "50"]
    found = told(capsys, *arguments)
    assert found["cell"] == "trade"
    nothing, much = found["rows"]
    assert nothing["power"] < 0.3
    assert much["power"] > 0.9
    assert found["unit"] == "kg per year"
    assert said(capsys, *arguments).startswith("trade: InterruptedTimeSeries(trend=False, rng=7); ")


@pytest.mark.parametrize(
    ("more", "key", "words"),
    [
        (["--cell", "trad"], "cell", "did you mean 'trade'"),
        (["--estimator", "2"], "cell.trade.estimators", "known: 1 InterruptedTimeSeries"),
        (["--n", "0"], "", "data set"),
    ],
)
@pytest.mark.parametrize("command", ["power", "calibrate"])
def test_what_cannot_be_simulated_is_said(
    command: str,
    more: list[str],
    key: str,
    words: str,
    study: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (problem,) = told(capsys, command, study, *more, code=1)["error"]["problems"]
    assert (problem["file"], problem["key"]) == (study, key)
    assert words in problem["remedy"] + problem["given"] + problem["needed"]


def test_the_columns_of_power_are_explained(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(said(capsys, "power", study, "--n", "20", "--effect", "40").split())
    with pytest.raises(SystemExit):
        main(["power", "--help"])
    helped = " ".join(capsys.readouterr().out.split())
    for word in ("share", "power", "error", "silent", "type_s", "type_m"):
        assert f"{word}: " in told
        assert f"{word}: " in helped


def test_run_says_that_it_replaces_what_it_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert "replaces them without asking" in " ".join(capsys.readouterr().out.split())


def test_a_cell_that_cannot_be_simulated_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["power", "demo", "--cell", "cannabis_production"]
    (problem,) = told(capsys, *arguments, code=1)["error"]["problems"]
    assert problem["key"] == "cell.cannabis_production"


def test_calibrate_a_method(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = told(capsys, "calibrate", study, "--n", "60", "--effect", "40")["rows"]
    power = {(row["truth"], row["estimand"]): row["rejected"] for row in rows}
    assert power[0.0, "destination"] < 0.3
    assert power[40.0, "destination"] > 0.9
    assert len(rows) == 6


def test_calibrate_a_verdict(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["calibrate", study, "--of", "verdict", "--n", "4"]
    assert "trade: Rule(" in said(capsys, *arguments)


@pytest.mark.slow
def test_datasets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (known,) = told(capsys, "datasets")["datasets"]
    assert known["name"] == "benelux"
    assert len(known["designs"]) == 36
    assert "  cocaine_wholesale: NL -> BE" in said(capsys, "datasets", "benelux").splitlines()
    path = tmp_path / "benelux.csv"
    write = ["datasets", "benelux", "--out", str(path)]
    found = told(capsys, *write)
    assert len(pd.read_csv(path, dtype=str)) == found["values"]
    (problem,) = told(capsys, *write, code=1)["error"]["problems"]
    assert "exists" in problem["given"]
    (problem,) = told(capsys, "datasets", "benelus", code=1)["error"]["problems"]
    assert problem["remedy"] == "did you mean 'benelux'?"
    (problem,) = told(capsys, "datasets", "--out", str(path), code=1)["error"]["problems"]
    assert problem["remedy"] == "known: benelux"


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_the_five_commands_of_the_readme_lead_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(FIRST_FRAME)
    _, _, rest = (ROOT / "README.md").read_text("utf-8").partition("in five commands")
    block = re.search(r"```console\n(.*?)```", rest, re.DOTALL)
    assert block
    install, *lines = block.group(1).splitlines()
    assert install == "pip install ."
    assert len(lines) == 4
    assert [main(shlex.split(line)[1:]) for line in lines] == [0, 0, 0, 0]
    assert Path("results/report.html").is_file()
    assert "Measured by burglaries" in Path("paper/report.md").read_text("utf-8")


def test_every_command_is_on_its_page() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    named = set(re.findall(r"^\| `shiftexp ([a-z]+)", page, re.MULTILINE))
    assert named == {offer.__module__.rpartition(".")[2] for offer in COMMANDS}
