"""The documents tell the truth: their code runs, their links lead somewhere, commands exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from tools.site.blocks import read_blocks, run_page

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = [page for page in PAGES if read_blocks(page.read_text("utf-8"))]
LINKED = sorted({*PAGES, *ROOT.glob("[A-Z]*.md"), *(ROOT / "changelog.d").glob("*.md")})
# These take seconds each.
LONG = {
    "docs/gallery.md",
    "docs/howto/dated-events.md",
    "docs/howto/specification-curve.md",
    "docs/tutorial.md",
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _slow_if_long(path: Path, name: str) -> ParameterSet:
    return pytest.param(path, marks=[pytest.mark.slow] if name in LONG else [])


@pytest.mark.parametrize("page", [_slow_if_long(page, _name(page)) for page in RUN], ids=_name)
def test_the_code_of_a_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    # The commands of the README have a test of their own, with the tests of the command line.
    run_page(page.read_text("utf-8"), _name(page), commands=page.parent != ROOT)


def test_a_page_that_shows_a_wrong_number_fails() -> None:
    with pytest.raises(doctest.DocTestFailure):
        run_page("```python\nx = 1\n```\n\n```python\n>>> x + 1\n3\n```\n", "planted.md")


def test_a_page_whose_code_breaks_fails() -> None:
    with pytest.raises(AssertionError, match="no"):
        run_page("text\n\n```python\nassert not 1, 'no'\n```\n", "planted.md")


@pytest.mark.parametrize("page", LINKED, ids=_name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / ".ci" / "run"], ids=_name)
def test_the_commands_a_page_names_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    offered = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE))
    assert named
    assert named <= offered


def test_ci_runs_what_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^make .+$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    assert [command for command in commands if command not in readme] == []


def test_everything_long_exists() -> None:
    assert {_name(page) for page in RUN} >= LONG
