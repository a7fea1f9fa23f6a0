"""Notebooks as pages: words and code in order, checks folded, outputs shown."""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.site.notebooks import read_notebook


def test_a_page_holds_words_code_and_outputs_and_folds_what_only_asserts(tmp_path: Path) -> None:
    pixel = base64.b64encode(b"a picture").decode()
    check = new_code_cell("assert tonnes == 3", metadata={"tags": ["check"]})
    drawn = new_output("display_data", data={"image/png": pixel, "text/plain": "<Figure>"})
    book = new_notebook(
        cells=[new_markdown_cell("# Title"), new_code_cell("plot()", outputs=[drawn]), check]
    )
    path = tmp_path / "a_book.ipynb"
    nbformat.write(book, path)
    page = read_notebook(path)
    assert page.pictures == {"a_book-1.png": b"a picture"}
    shown, folded = page.text.split("<details")
    assert shown.index("# Title") < shown.index("plot()") < shown.index("](a_book-1.png)")
    assert "assert tonnes == 3" in folded
    assert folded.rstrip().endswith("</details>")
