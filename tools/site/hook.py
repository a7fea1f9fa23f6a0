"""What mkdocs does with our pages: generates some, runs the code of others, mends links."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import shiftexp
from tools.site.blocks import read_blocks, show
from tools.site.links import HOUSE, relink
from tools.site.methods import Section, link_names, read_methods, read_reference
from tools.site.notebooks import read_notebook

ROOT = Path(__file__).resolve().parents[2]
_DECISIONS = ROOT / "docs" / "decisions"
PUBLIC = list(shiftexp.__all__)
_METHODS_INDEX = """# Methods

One page for each method: what its docstring says, and below it the formulas as implemented, the
numbers that were measured, and how it fails. Notation and the default test come first, because
every other page leans on them.

"""


def _methods() -> list[Section]:
    """Return the pages of methods."""
    return read_methods((ROOT / "METHODS.md").read_text("utf-8"), PUBLIC)


def _reference() -> list[Section]:
    """Return the pages of the names that no method's page holds."""
    placed = {name for section in _methods() for name in section.names}
    return read_reference((ROOT / "docs" / "api.md").read_text("utf-8"), PUBLIC, placed)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the parts of the navigation that are generated."""
    os.environ.setdefault("MPLBACKEND", "agg")
    books = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    decisions = [f"decisions/{path.name}" for path in sorted(_DECISIONS.glob("*.md"))]
    filled: dict[str, list[Any]] = {
        "Methods": ["methods/index.md", *_entries("methods", _methods())],
        "Reference": ["api.md", *_entries("reference", _reference())],
        "Notebooks": [f"notebooks/{stem}.md" for stem in books],
        "The house": ["house/architecture.md", "house/changelog.md", {"Decisions": decisions}],
    }
    for entry in config.nav or []:
        for title in filled.keys() & entry.keys():
            entry[title] = filled[title]
    return config


def _entries(folder: str, sections: list[Section]) -> list[dict[str, str]]:
    """Return the entries of the navigation for generated pages."""
    return [{section.title: f"{folder}/{section.slug}.md"} for section in sections]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are generated."""

    def add(uri: str, content: str | bytes) -> None:
        """Add one file to the site."""
        files.append(File.generated(config, uri, content=content))

    index = "".join(f"- [{s.title}](#{s.slug})\n" for s in _methods()).replace("(#", "(METHODS.md#")
    add("methods/index.md", relink(_METHODS_INDEX + index, "METHODS.md", "methods/index.md"))
    for folder, sections in (("methods", _methods()), ("reference", _reference())):
        for section in sections:
            uri = f"{folder}/{section.slug}.md"
            add(uri, relink(section.page(), "METHODS.md", uri))
    for source, uri in HOUSE.items():
        add(uri, relink((ROOT / source).read_text("utf-8"), source, uri))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        book, uri = read_notebook(path), f"notebooks/{path.stem}.md"
        add(uri, relink(book.text, f"notebooks/{path.name}", uri))
        for name, picture in book.pictures.items():
            add(f"notebooks/{name}", picture)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run the code of a page that somebody wrote, and mend its links."""
    uri = page.file.src_uri
    if page.file.generated_by:
        return markdown
    if uri == "api.md":
        markdown = link_names(markdown, PUBLIC)
    if read_blocks(markdown):
        shown = show(markdown, uri)
        markdown = shown.text
        for name, picture in shown.pictures.items():
            where = (Path(uri).parent / name).as_posix()
            files.append(File.generated(config, where, content=picture))
    return relink(markdown, f"docs/{uri}", uri)
