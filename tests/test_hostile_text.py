"""Hostile text in every field of a study stays text: on pages, in LaTeX, tables and folders."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

import shiftexp as sx
from shiftexp.study import Source, Study, read_panel
from shiftexp.table import escape_latex, plain_of_spreadsheet, spreadsheet_safe
from tests import command

FORMULA = "=cmd|'/C calc'!A0"
MARKUP = "\"'><img src=x onerror=alert(1)></script><script>alert(2)</script>"
TEX = "\\input{x}$\\frac{1$&%#^~"
LINKS = "[c](javascript:x)![i](//e.vil/i.png)*b*`c`|"
HOSTILE = f"{FORMULA}{MARKUP}{TEX}{LINKS};=1+1"
PLACES = tuple(f"{HOSTILE}{i}" for i in range(3))  # origin, destination, a donor
PLAIN = {HOSTILE: "plain", **{place: f"plain{i}" for i, place in enumerate(PLACES)}}
FILE = f'{FORMULA}"><img src=x onerror=alert(1)>;=1+1.csv'.replace("/", "")


def table(text: str, places: tuple[str, ...], file: str) -> dict[str, Any]:
    """Return a study in which a text stands in every field that takes any."""
    estimator = {"name": "InterruptedTimeSeries", "trend": False}
    design = {"origin": places[0], "destination": places[1], "onset": 2013}
    bound = {"low": 1, "high": 9, "unit": text, "because": text}
    evidence = {"about": "shift", "source": text, "bound": bound}
    event = {"date": "2013-05", "event": text, "country": places[0], "kind": "policy"}
    declared = {"estimators": [estimator], "title": text, "conclusion": text, "describe": True}
    cell = declared | {
        "name": "trade",
        "design": design | {"donors": [places[2]], "because": text, "event": text},
        "detection": {"drift": 0.05, "because": text},
        "evidence": [evidence],
        "timing": ["lead_lag"],
        "events": {"draws": 99, "table": [event]},
    }
    later = declared | {"name": "later", "design": design | {"onset": 2014}}
    data = {"file": file, "unit": "unit", "value": text, "unit_of_measure": text, "additive": True}
    pool = {"name": "both", "title": text, "cells": ["trade", "later"]}
    return {"title": text, "data": data, "cell": [cell, later], "pool": [pool]}


@dataclass(frozen=True)
class Ran:
    """A run: where its study lies, what it wrote, and what was printed."""

    folder: Path
    out: Path
    said: str

    def text(self, name: str) -> str:
        """Return one of the files that were written."""
        return (self.out / name).read_text(encoding="utf-8")


def run(folder: Path, *, hostile: bool) -> Ran:
    """Run the study, hostile or its harmless twin, on the same numbers."""
    folder.mkdir()
    text, places = (
        (HOSTILE, PLACES) if hostile else (PLAIN[HOSTILE], tuple(PLAIN[p] for p in PLACES))
    )
    file = FILE if hostile else "plain.csv"
    panel, _ = sx.simulate_pair(destination_effect=40.0, sd=1.0, donors=1, rng=1)
    frame = panel.to_frame()[["unit", "period", "value"]]
    frame["unit"] = frame["unit"].map(dict(zip(("O", "D", "C1"), places, strict=True)))
    frame.rename(columns={"value": text}).to_csv(folder / file, index=False)
    (folder / "study.toml").write_text(tomli_w.dumps(table(text, places, file)), encoding="utf-8")
    out = folder / "out"
    told = command.run("run", folder / "study.toml", "--out", out, "--cell", "trade")
    assert told.code == command.DONE, told.said
    formats = ("html", "markdown", "latex")
    again = command.run("report", folder / "study.toml", "--format", *formats, "--out", out / "all")
    assert again.code == command.DONE, again.said
    return Ran(folder, out, told.said + again.said)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the run of the hostile study."""
    return run(tmp_path_factory.mktemp("hostile") / "study", hostile=True)


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the run of its harmless twin."""
    return run(tmp_path_factory.mktemp("plain") / "study", hostile=False)


class Outline(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))

    @property
    def kinds(self) -> set[tuple[str, str]]:
        """Every pair of element and attribute."""
        return {(tag, name) for tag, attributes in self.elements for name in ("", *attributes)}

    def count(self, tag: str) -> int:
        """Return how many elements of a kind there are."""
        return sum(kind == tag for kind, _ in self.elements)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.html", "all/report.html"])
def test_no_element_or_attribute_is_injected(ran: Ran, twin: Ran, name: str) -> None:
    page, plain = Outline(ran.text(name)), Outline(twin.text(name))
    assert page.kinds == plain.kinds
    for tag in ("script", "img", "a", "table", "td", "h2"):
        assert page.count(tag) == plain.count(tag), tag
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("href") or "").strip().lower().startswith(("javascript", "data"))
    assert "&lt;img src=x onerror=alert(1)&gt;" in ran.text(name)


@pytest.mark.slow
def test_figures_hold_no_element_of_others(ran: Ran, twin: Ran) -> None:
    drawn = sorted(path.name for path in (ran.out / "figures").glob("*.svg"))
    assert drawn == sorted(path.name for path in (twin.out / "figures").glob("*.svg"))
    assert drawn
    for name in drawn:
        page, plain = (Outline(r.text(f"figures/{name}")) for r in (ran, twin))
        assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}


@pytest.mark.slow
def test_no_link_image_or_element_is_injected_into_markdown(ran: Ran, twin: Ran) -> None:
    text, plain = ran.text("all/report.md"), twin.text("all/report.md")
    links = re.compile(r"(?<!\\)\]\(")
    assert len(links.findall(text)) == len(links.findall(plain))
    assert "<img" not in text
    assert "<script" not in text
    assert text.count("\n") == plain.count("\n")
    cells = re.compile(r"(?<!\\)\|")
    for line, other in zip(text.splitlines(), plain.splitlines(), strict=True):
        if other.startswith("|"):
            assert len(cells.findall(line)) == len(cells.findall(other)), line


@pytest.mark.slow
def test_no_command_is_injected_into_latex(ran: Ran, twin: Ran) -> None:
    text, plain = ran.text("all/report.tex"), twin.text("all/report.tex")
    commands = re.compile(r"\\(?:[A-Za-z]+|.)")
    escapes = {r"\textbackslash", r"\textasciitilde", r"\textasciicircum"}
    escapes |= {rf"\{sign}" for sign in "&%$#_{}"}
    assert set(commands.findall(text)) <= set(commands.findall(plain)) | escapes
    assert r"\textbackslash{}input\{x\}" in text
    bare = re.compile(r"(?<!\\)[$#%^~]")
    assert len(bare.findall(text)) == len(bare.findall(plain))
    for row in text.splitlines():
        assert not row.startswith(("[", "*")), row
    assert balanced(text)


def balanced(text: str) -> bool:
    """Tell whether every brace that is not escaped has its other."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


NUMBER = re.compile(r"[+-](inf|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)")
TERMS = re.compile(r"-\d[\w .,%:-]*")  # such as "-3 to 5": no call, no address of a program


def runs(cell: str) -> bool:
    """Tell whether a spreadsheet could run a cell."""
    text = cell.lstrip(' "')
    return text.startswith(("=", "+", "-", "@", "\t", "\r")) and not (
        NUMBER.fullmatch(text) or TERMS.fullmatch(text)
    )


def cells_of(text: str) -> Iterator[str]:
    """Yield every cell as spreadsheets see it that set columns apart by any of three signs."""
    for sign in (",", ";", "\t"):
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            yield from line


@pytest.mark.slow
def test_no_cell_of_a_table_is_run(ran: Ran, twin: Ran) -> None:
    names = sorted(path.relative_to(ran.out).as_posix() for path in ran.out.rglob("*.csv"))
    assert names == sorted(p.relative_to(twin.out).as_posix() for p in twin.out.rglob("*.csv"))
    assert {"verdicts.csv", "estimates.csv", "events.csv", "pools.csv"} <= set(names)
    for name in names:
        assert [cell for cell in cells_of(ran.text(name)) if runs(cell)] == [], name
    assert any(runs(cell) for cell in cells_of(f'"{HOSTILE}"\n'))


@pytest.mark.slow
def test_numbers_of_tables_stay_as_they_are(ran: Ran, twin: Ran) -> None:
    hostile, plain = (
        list(csv.DictReader(io.StringIO(r.text("estimates.csv")))) for r in (ran, twin)
    )
    for row, other in zip(hostile, plain, strict=True):
        for column in ("estimate", "conf_low", "conf_high", "p_value"):
            assert row[column] == other[column]
    assert any(row["conf_low"].startswith("-") for row in hostile)


@pytest.mark.slow
def test_nothing_is_written_outside_the_folder(ran: Ran) -> None:
    beside = {path.name for path in ran.folder.iterdir()}
    assert beside == {"study.toml", FILE, "out"}
    for path in ran.out.rglob("*"):
        assert re.fullmatch(r"[\w-]+(\.[a-z]+)?", path.name), path


@pytest.mark.slow
def test_a_terminal_gets_no_command(ran: Ran) -> None:
    assert FORMULA in ran.said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ran.said)


@pytest.mark.slow
def test_the_study_comes_back_as_it_was(ran: Ran) -> None:
    study = Study.from_toml(ran.folder / "study.toml")
    assert Study.from_text(study.to_toml(), study.folder) == study
    assert tomllib.loads(study.to_toml())["title"] == HOSTILE


def test_a_panel_with_hostile_names_comes_back_as_it_was(tmp_path: Path) -> None:
    panel, _ = sx.simulate_pair(rng=1)
    frame = panel.to_frame()[["unit", "period", "value"]]
    frame["value"] -= frame["value"].mean()
    frame["unit"] = frame["unit"].map({"O": HOSTILE, "D": "'=d"})
    given_panel = sx.Panel.from_frame(
        frame, unit="unit", period="period", value="value", unit_of_measure="units"
    )
    path = given_panel.to_csv(tmp_path / "panel.csv")
    back = read_panel(Source(file=path.name), tmp_path)
    assert back.units == given_panel.units
    assert back.digest() == given_panel.digest()
    assert (back.values < 0).any()
    assert not any(runs(cell) for cell in cells_of(path.read_text()))


@settings(derandomize=True, database=None)
@given(st.text("='\"+-@;\t\r\n,|!()ab 19.e\uff1d\uff0b", max_size=12))
def test_every_text_is_inert_and_comes_back(text: str) -> None:
    safe = spreadsheet_safe(text)
    assert isinstance(safe, str)
    assert plain_of_spreadsheet(safe) == text
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([safe])
    assert not any(runs(cell) for cell in next(csv.reader([written.getvalue()], delimiter=",")))


@settings(derandomize=True, database=None)
@given(st.text("\\{}[]*$%&#_^~\n\r ab", max_size=12))
def test_every_text_is_inert_in_latex(text: str) -> None:
    escaped = escape_latex(text)
    assert balanced(escaped.replace(r"\\", ""))
    assert "\n" not in escaped
    known = r"\\(textbackslash\{\}|textasciitilde\{\}|textasciicircum\{\}|[&%$#_{}])|\{[\[\]*]\}"
    assert not re.search(r"[\\{}\[\]*$%&#_^~]", re.sub(known, "", escaped))


@pytest.mark.parametrize(
    "name", ["../x", "/x", "C:\\x", "a\\b", "..", ".", "a.b", "", " ", "a\x00"]
)
def test_a_cell_in_python_cannot_leave_the_folder(name: str) -> None:
    design = sx.Design(origin="O", destination="D", onset=2013)
    with pytest.raises(sx.StudyError, match="letters, digits, _ and -"):
        sx.study.spec.Cell(name=name, design=design)


@pytest.mark.parametrize("command_of", ["run", "report"])
@pytest.mark.parametrize("out", ["a\x00b", "x" * 300])
def test_a_folder_that_cannot_be_is_refused(command_of: str, out: str, tmp_path: Path) -> None:
    from tests.studies import CELL, TOP, write_values

    write_values(tmp_path)
    (tmp_path / "study.toml").write_text(TOP + CELL)
    told = command.run(command_of, tmp_path / "study.toml", "--out", tmp_path / out, "--json")
    assert command.refused_by_name(told)
    assert told.problems[0]["key"] == "out"
