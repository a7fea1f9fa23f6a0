"""Bad files made by hand, met by the command line: a named refusal, fast, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shiftexp.study import Source, read_panel
from tests import command
from tests.bad_files import GOOD, STUDIES, TABLES, Bad, period, row, value
from tests.studies import CELL, TOP, write_values

LEAST = 40  # files made by hand
PATIENCE = 5.0  # seconds of work for a refusal, also of ten megabytes
SHORT = 20_000  # characters that a refusal may have


def content(file: Bad) -> bytes:
    """Return what a file holds."""
    return file.content if isinstance(file.content, bytes) else file.content.encode()


def refused(path: Path, file: Bad) -> None:
    """Check that a file is refused in both forms, quickly, and with the words it must have."""
    path.write_bytes(content(file))
    begun = time.process_time()
    told = command.run("check", path)
    assert time.process_time() - begun < PATIENCE
    assert told.code == command.WRONG_INPUT, told.said[:SHORT]
    assert len(told.err) < SHORT
    for words in (*file.said, "needed: ", "to do: "):
        assert words in told.err, told.err
    assert command.refused_by_name(command.run("check", path, "--json"))


def test_there_are_enough_files() -> None:
    assert len(TABLES) >= LEAST
    assert len(STUDIES) >= LEAST


def test_the_good_files_are_taken(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(GOOD)
    assert command.run("check", tmp_path / "data.csv").code == command.DONE
    write_values(tmp_path)
    (tmp_path / "study.toml").write_text(TOP + CELL)
    assert command.run("check", tmp_path / "study.toml").code == command.DONE


@pytest.mark.parametrize("file", TABLES.values(), ids=TABLES)
def test_a_bad_table(file: Bad, tmp_path: Path) -> None:
    refused(tmp_path / "data.csv", file)


@pytest.mark.parametrize("file", STUDIES.values(), ids=STUDIES)
def test_a_bad_study(file: Bad, tmp_path: Path) -> None:
    write_values(tmp_path)
    refused(tmp_path / "study.toml", file)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("\n", "\n\n"),
        GOOD.rstrip("\n"),
        GOOD.replace("O,", '"O",'),
        value(" +51.0 "),
        value("5.1e1"),
        row("O,2003,51,"),
        row('O,2003,51,"a note; with, commas\nand ""marks"" on two lines"'),
        "".join([GOOD.splitlines(keepends=True)[0], *sorted(GOOD.splitlines(keepends=True)[1:])]),
        "\n".join(f"{line}," for line in GOOD.splitlines()),
    ],
)
def test_what_does_not_matter_gives_the_same_panel(text: str, tmp_path: Path) -> None:
    panels = []
    for name, content_of in (("good.csv", GOOD), ("other.csv", text)):
        (tmp_path / name).write_bytes(content_of.encode())
        panels.append(read_panel(Source(file=name), tmp_path))
    assert panels[0].digest() == panels[1].digest()


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("std_error", "std_error '1_0' in column 'se'"),
        ("exposure", "exposure '1_0' in column 'se'"),
    ],
)
def test_further_numbers_are_read_as_strictly(column: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("unit,period,value,se\nO,2003,51,1_0\n")
    with pytest.raises(ValueError, match=said):
        read_panel(Source(file="data.csv", **{column: "se"}), tmp_path)  # type: ignore[arg-type]  # one of its texts


def fresh(*words: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shiftexp", *words],
        capture_output=True,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NUL in a cell", "rows inside a cell", "a note of 10 MB"])
def test_a_bad_table_in_a_process_of_its_own(name: str, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content(TABLES[name]))
    ended = fresh("check", str(path))
    assert ended.returncode == command.WRONG_INPUT
    assert ended.stdout == b""
    assert b"Traceback" not in ended.stderr
    for words in TABLES[name].said:
        assert words.encode() in ended.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="elsewhere a name of a file is a text")
def test_what_a_terminal_cannot_write_is_spelled_out(tmp_path: Path) -> None:
    ended = fresh("check", os.fsencode(tmp_path) + b"/\xff.csv")
    assert ended.returncode == command.WRONG_INPUT
    assert b"Traceback" not in ended.stderr
    path = tmp_path / "data.csv"
    path.write_text(period("zwölf"), encoding="utf-8")
    ended = fresh("check", str(path), PYTHONIOENCODING="ascii")
    assert ended.returncode == command.WRONG_INPUT
    assert b"period 'zw\\xf6lf'" in ended.stderr
