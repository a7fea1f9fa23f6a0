"""The notebooks are one story, their outputs are stored, and a fresh run prints the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.notebooks import alike, differences, printed

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS_PER_CELL = 600
MOST_BYTES = 1_500_000
LAST_HEADING = "What was learnt, and what remains open"
OWN_HEADING = "With your own data"
OWN_FILE = "own_data.csv"
# A reader's machine is not ours: nothing that is stored may name a place on it.
A_PLACE = re.compile(r"(?:/(?:tmp|home|work|root|usr|var|opt|Users)/|[A-Z]:\\|ipykernel_)")
ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+|\bdoi \S+|`[^`]*`")
DECIMAL = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\w.,])\d*\.\d+(?![\w.])")


def _stem(path: Path) -> str:
    return path.stem


@pytest.fixture(params=BOOKS, ids=_stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Return the path of each notebook in turn."""
    given = request.param
    assert isinstance(given, Path)
    return given


def _read(path: Path) -> Any:  # noqa: ANN401 - untyped there
    return nbformat.read(path, as_version=4)


def _code(book: Any) -> list[Any]:  # noqa: ANN401 - untyped there
    return [cell for cell in book.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert [path.stem[:2] for path in BOOKS] == [f"{k + 1:02}" for k in range(len(BOOKS))]
    assert (FOLDER / OWN_FILE).exists()


def test_a_notebook_is_valid_and_light(path: Path) -> None:
    nbformat.validate(_read(path))
    assert path.stat().st_size <= MOST_BYTES
    assert json.loads(path.read_text("utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


def test_every_cell_was_run_in_order_without_errors_or_warnings(path: Path) -> None:
    code = _code(_read(path))
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    assert [cell.id for cell in code if "execution" in cell.metadata] == []


def test_no_path_of_a_machine_is_stored(path: Path) -> None:
    told = [
        line for cell in _code(_read(path)) for line in (*printed(cell), *cell.source.splitlines())
    ]
    assert [line for line in told if A_PLACE.search(line)] == []


def test_a_notebook_asserts_what_it_says(path: Path) -> None:
    checks = [c for c in _code(_read(path)) if "check" in c.metadata.get("tags", [])]
    assert checks
    assert all(re.search(r"^\s*assert ", cell.source, re.MULTILINE) for cell in checks)
    assert [cell.id for cell in checks if cell.outputs] == []


def test_a_notebook_says_where_in_the_story_it_stands(path: Path) -> None:
    at, last = BOOKS.index(path), len(BOOKS) - 1
    cells = _read(path).cells
    opening, ending = cells[0].source, cells[-1].source
    assert opening.startswith("# ")
    assert f"**Notebook {at + 1} of {len(BOOKS)}.**" in opening
    assert "you will be able to" in opening
    assert at == 0 or f"Before: [{BOOKS[at - 1].stem[:2]}, " in opening
    assert at == 0 or f"({BOOKS[at - 1].name})" in opening
    assert at == last or f"({BOOKS[at + 1].name})" in opening
    assert LAST_HEADING in ending
    assert "\nOpen" in ending
    assert f"({BOOKS[(at + 1) % len(BOOKS)].name})" in ending


def test_a_notebook_takes_its_step_with_data_of_the_readers_own(path: Path) -> None:
    cells = _read(path).cells
    heading = [k for k, cell in enumerate(cells) if f"{OWN_HEADING}\n" in cell.source]
    assert len(heading) == 1
    assert OWN_FILE in "".join(cell.source for cell in cells[heading[0] :])


def test_sections_are_numbered_one_by_one(path: Path) -> None:
    words = "\n".join(c.source for c in _read(path).cells if c.cell_type == "markdown")
    found = [int(number) for number in re.findall(r"^## (\d+)\. ", words, re.MULTILINE)]
    assert found == list(range(1, len(found) + 1))
    assert found


def test_the_links_of_a_notebook_lead_somewhere(path: Path) -> None:
    words = "\n".join(c.source for c in _read(path).cells if c.cell_type == "markdown")
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)[^)]*\)", words)
    assert [target for target in targets if not (FOLDER / target).exists()] == []


def test_numbers_in_the_text_are_printed_or_asserted(path: Path) -> None:
    cells = _read(path).cells
    code = _code(_read(path))
    known = "\n".join(line for cell in code for line in (*printed(cell), cell.source))
    said = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    numbers = {text.lstrip("0") for text in DECIMAL.findall(ADDRESS.sub(" ", said))}
    there = {text.lstrip("0") for text in DECIMAL.findall(known)}
    assert sorted(numbers - there) == []


@pytest.mark.slow
def test_a_fresh_run_prints_what_is_stored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbclient

    # The kernel is another process: it has to read this very source, and draw into the notebook.
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    stored, fresh = _read(path), _read(path)
    for cell in _code(fresh):
        cell.outputs, cell.execution_count = [], None
    place = {"metadata": {"path": str(FOLDER)}}
    nbclient.NotebookClient(
        fresh, timeout=SECONDS_PER_CELL, kernel_name="python3", resources=place
    ).execute()
    found = differences(path.name, stored, fresh)
    assert not found, "run the notebook again and read what moved:\n" + "\n".join(found)


def _book(*outputs: Any) -> Any:  # noqa: ANN401 - untyped there
    """Return a notebook of one cell that printed this."""
    cell = new_code_cell("x", outputs=list(outputs), execution_count=1)
    cell.id = "the-cell"
    return new_notebook(cells=[cell])


def _stream(text: str) -> Any:  # noqa: ANN401 - untyped there
    return new_output("stream", name="stdout", text=text)


def _table(*rows: str) -> Any:  # noqa: ANN401 - untyped there
    body = "".join(f"<tr><th>row</th><td>{row}</td></tr>" for row in rows)
    html = f"<div><style scoped>\n.x {{ a: 1 }}\n</style><table>{body}</table></div>"
    return new_output("display_data", data={"text/html": html, "text/plain": "not compared"})


def test_a_planted_difference_is_found_and_named() -> None:
    for before, now in (
        (_stream("the state\nundecided\n"), _stream("the state\ndeclared\n")),
        (_stream("p =\n0.21\n"), _stream("p =\n0.23\n")),
        (_table("1.0", "9 sectors"), _table("1.0", "8 sectors")),
        (_stream("one\n"), _stream("one\ntwo\n")),
    ):
        (found,) = differences("a.ipynb", _book(before), _book(now))
        assert found.startswith("a.ipynb, cell 0 (the-cell), line 2:")
        assert printed(_book(now).cells[0])[1] in found


def test_a_figure_that_is_gone_is_a_difference_and_one_drawn_anew_is_none() -> None:
    first, second = (
        new_output("display_data", data={"image/png": data, "text/plain": "<Figure>"})
        for data in ("AAAA", "BBBB")
    )
    assert differences("a.ipynb", _book(first), _book(second)) == []
    assert len(differences("a.ipynb", _book(first), _book())) == 1


def test_streams_in_pieces_say_the_same_as_one() -> None:
    whole, pieces = _book(_stream("a\nb\n")), _book(_stream("a\n"), _stream("b\n"))
    assert differences("a.ipynb", whole, pieces) == []


def test_styles_are_no_text() -> None:
    assert printed(_book(_table("1.0")).cells[0]) == ["row | 1.0"]


@pytest.mark.parametrize(
    ("stored", "fresh", "same"),
    [
        ("-518.4 t", "-518.5 t", True),
        ("-518.4 t", "-518.6 t", False),
        ("7,608 kg", "7,609 kg", True),
        ("7,608 kg", "7,618 kg", False),
        ("1.282e+04", "1.283e+04", True),
        ("1.282e+04", "1.292e+04", False),
        ("9 sectors", "8 sectors", False),
        ("-0.0", "0.0", True),
        ("p = 0.05 in BE", "p = 0.05 in NL", False),
        ("0.2", "0.20", True),
        ("0.222700", "0.222702", True),
        ("7.399371", "7.401371", False),
    ],
)
def test_numbers_agree_to_the_last_digit_that_is_printed(
    stored: str,
    fresh: str,
    same: bool,  # noqa: FBT001 - a case of a table
) -> None:
    assert alike(stored, fresh) == same
