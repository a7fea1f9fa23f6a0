"""Unit tests of the command line: exit codes, what is printed, where, and the help texts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from shiftexp.cli import main
from shiftexp.study import Study
from tests.studies import CELL, REFUSING, STILL, TOP, small_study, write_values

SOURCE = Path(__file__).resolve().parents[2] / "src"
COMMANDS = ("demo", "init", "check", "run", "report", "power", "calibrate", "datasets")
COLUMNS = ["--unit", "country", "--period", "year", "--value", "kg"]


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    """Return a small study file beside its data."""
    write_values(tmp_path)
    path = tmp_path / "study.toml"
    path.write_text(TOP + STILL)
    return path


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str], kind: str) -> str:
    """Return what is said on stderr by a run that ends with 1."""
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(f"shiftexp: {kind}: ")
    assert "Traceback" not in captured.err
    return captured.err


def test_check_of_good_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_values(tmp_path)
    assert main(["check", str(path), *COLUMNS, "--unit-of-measure", "kg"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert lines[0] == f"{path}: Panel(kg [kg]; 2 units, 20 years 2001 to 2020; 40 of 40 values)"
    assert lines[1] == "columns: unit = 'country', period = 'year', value = 'kg'"
    assert lines[2:] == ["units: D, O", "periods: 2001 to 2020"]


@pytest.mark.parametrize(
    ("onset", "said"),
    [("2013", "data gate: pass"), ("2007", "data gate: fail: 6 joint periods before")],
)
def test_check_of_a_design(
    onset: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_values(tmp_path)
    pair = ["--origin", "O", "--destination", "D", "--onset", onset]
    assert main(["check", str(path), *COLUMNS, *pair]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_check_lists_everything_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("unit,period,value\nBE,2012,1\nBE,2012,2\nNL,2013,n/x\n")
    said = refused(capsys, ["check", str(path)], "PanelError")
    assert "2 problems" in said
    assert "2 rows share their unit and period" in said
    assert "'n/x'" in said
    assert "line 4 (NL, 2013)" in said


def test_check_names_a_missing_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_values(tmp_path)
    said = refused(capsys, ["check", str(path), "--unit", "countri", *COLUMNS[2:]], "StudyError")
    assert "did you mean 'country'" in said


def test_check_of_a_unit_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_values(tmp_path)
    pair = ["--origin", "OO", "--destination", "D", "--onset", "2013"]
    said = refused(capsys, ["check", str(path), *COLUMNS, *pair], "DesignError")
    assert "origin 'OO'" in said
    assert "did you mean 'O'" in said


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_check_of_no_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, ["check", str(tmp_path / name)], "StudyError")
    assert "a readable CSV file" in said


@pytest.mark.usefixtures("undrawn")
def test_run_writes_and_prints(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = study_file.parent / "out"
    assert main(["run", str(study_file), "--out", str(out), "--cell", "trade"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("A small study\n=============\n")
    assert "1 declared design: data gate failed 0" in printed
    assert "TRADE" in printed
    assert "Claims (those that ask least first):" in printed
    assert printed.rstrip().endswith(f"report: {out / 'report.html'}")
    assert (out / "report.html").is_file()


@pytest.mark.usefixtures("undrawn")
def test_run_prints_no_cell_unless_asked(
    study_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(study_file), "--out", str(study_file.parent / "out")]) == 0
    assert "Claims (those that ask least first):" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_run_counts_the_estimators_that_refused_and_says_where_they_say_why(
    study_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = study_file.parent / "out"
    assert main(["run", str(study_file), "--out", str(out)]) == 0
    assert "refused" not in capsys.readouterr().out
    back = STILL.replace("trade", "back") + 'page = "trade"\n' + REFUSING
    study_file.write_text(TOP + STILL + REFUSING + back)
    assert main(["run", str(study_file), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    cell = next(i for i, line in enumerate(lines) if line.startswith("Trade"))
    assert lines[cell + 1] == "    2 of 3 estimators refused"
    assert lines[cell + 2] == "    in other designs: 2 of 3 estimators refused"
    where = f"column 'refused' of {out / 'estimates.csv'}, and in the report"
    assert f"why estimators refused: {where}" in lines


@pytest.mark.usefixtures("undrawn")
def test_run_of_an_unknown_cell(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", str(study_file), "--out", str(study_file.parent / "o"), "--cell", "trad"]
    said = refused(capsys, arguments, "StudyError")
    assert "--cell 'trad'" in said
    assert "did you mean 'trade'" in said


def test_run_of_a_wrong_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "study.toml"
    path.write_text(TOP.replace("seed", "sead") + CELL + "x = 1\n")
    said = refused(capsys, ["run", str(path)], "StudyError")
    assert "sead: key 'sead'" in said
    assert "cell[1].x: key 'x'" in said


def test_run_of_no_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, ["run", str(tmp_path / "no.toml")], "StudyError")
    assert "no.toml" in said


def test_run_into_a_place_that_is_a_file(
    study_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(study_file), "--out", str(study_file / "below")]
    said = refused(capsys, arguments, "StudyError")
    assert "needed: a folder that can be written to" in said


@pytest.mark.usefixtures("undrawn")
def test_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_values(tmp_path)
    monkeypatch.setattr(Study, "demo", lambda: small_study(tmp_path, cells=STILL))
    assert main(["demo", "--out", str(tmp_path / "demo"), "--cell", "trade"]) == 0
    assert f"report: {tmp_path / 'demo' / 'report.html'}" in capsys.readouterr().out
    assert (tmp_path / "demo" / "verdicts.csv").is_file()
    said = refused(capsys, ["demo", "--out", str(tmp_path / "demo")], "StudyError")
    assert "--cell 'cocaine_wholesale'" in said


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_verdict_is_printed_as_a_paragraph_when_asked_for(
    study_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(study_file), "--out", str(tmp_path / "out"), "--cell", "trade"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "to be read out: --language en | nl | fr" in printed
    assert printed.splitlines()[-1] == f"report: {tmp_path / 'out' / 'report.html'}"
    assert main([*arguments, "--language", "nl"]) == 0
    assert "dezelfde mensen en netwerken" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_the_bundled_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "36 declared designs: data gate failed 16" in printed
    assert "COCAINE WHOLESALE" in printed
    assert (tmp_path / "report.html").stat().st_size > 100_000
    assert (tmp_path / "figures" / "cocaine_wholesale_plane.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required"),
        (["rum"], "invalid choice: 'rum'"),
        (["run"], "study.toml"),
        (["check"], "data.csv"),
        (["demo", "--outt"], "unrecognized arguments: --outt"),
        (["power", "study.toml", "--effect", "much"], "invalid float value: 'much'"),
        (["report", "study.toml", "--format", "pdf"], "invalid choice: 'pdf'"),
        (["--completion", "fish"], "invalid choice: 'fish'"),
    ],
)
def test_a_wrong_command_line_ends_with_two(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ("Did it move, or did it grow?", "shiftexp init data.csv", "--completion", *COMMANDS)),
        (["init"], ("data.csv", "--origin UNIT", "--force", "--schema", "--no-additive")),
        (["report"], ("--format", "latex", "--out DIR", "booktabs")),
        (["power"], ("--effect E", "--estimand", "--store DIR", "would matter")),
        (["calibrate"], ("--of {method,verdict}", "--n N")),
        (["datasets"], ("benelux", "--out FILE")),
        (["demo"], ("--out DIR", "results/demo", "--cell NAME", "cocaine_wholesale")),
        (["run"], ("study.toml", "--out DIR", "--cell NAME")),
        (
            ["check"],
            ("data.csv", "--unit COLUMN", "--unit-of-measure TEXT", "--onset NAME", "data gate"),
        ),
    ],
)
def test_help(
    command: list[str], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for word in (*words, "exit codes: 0 done; 1"):
        assert word in said
    if command:
        assert f"\n  shiftexp {command[0]}" in said.partition("example:")[2]
        assert "--json" in said


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_commands_options_and_files(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--completion", shell])
    assert caught.value.code == 0
    script = capsys.readouterr().out
    for word in (*COMMANDS, "--onset", "--force", "--store"):
        assert word in script
    assert ("_shtab_compgen_files" if shell == "bash" else ":_files") in script


def test_completion_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert "pip install 'shiftexp[cli]'" in refused(capsys, ["--completion", "bash"], "StudyError")


@pytest.mark.parametrize(
    ("column", "code"), [("country", 0), pytest.param("no-such-column", 1, marks=pytest.mark.slow)]
)
def test_the_module_is_the_command(column: str, code: int, tmp_path: Path) -> None:
    arguments = ["check", str(write_values(tmp_path)), "--unit", column, *COLUMNS[2:]]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    answer = subprocess.run(
        [sys.executable, "-m", "shiftexp", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code
    assert ("units: D, O" in answer.stdout) == (code == 0)
    assert answer.stderr.startswith("shiftexp: StudyError: ") == (code == 1)


def test_one_of_several_indicators_is_picked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_values(tmp_path)
    one = pd.read_csv(path)
    both = pd.concat([one.assign(what="arrests"), one.assign(what="seizures")])
    both.to_csv(path, index=False)
    pair = ["--origin", "O", "--destination", "D", "--onset", "2013", "--indicator", "what"]
    said = refused(capsys, ["check", str(path), *COLUMNS, *pair], "DesignError")
    assert "add --pick arrests" in said
    assert main(["check", str(path), *COLUMNS, *pair, "--pick", "seizures"]) == 0
    assert "data gate" in capsys.readouterr().out
