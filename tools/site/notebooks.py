"""Notebooks as pages: their words, their code, and the outputs that are stored in them."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from tools.site.formulas import drawn

_FORMULA = re.compile(r"\$([^$\n]+)\$")


@dataclass
class Pages:
    """One notebook as Markdown, and the pictures it shows by name."""

    text: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)


def read_notebook(path: Path) -> Pages:
    """Turn a notebook into a page; nothing is run."""
    pages = Pages()
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            code = f"```python\n{cell.source}\n```\n\n"
            pages.text += _folded(code) if "check" in cell.metadata.get("tags", []) else code
            for output in cell.outputs:
                pages.text += _shown(output, pages.pictures, path.stem) + "\n\n"
        else:
            pages.text += _FORMULA.sub(lambda found: drawn(found.group(1)), cell.source) + "\n\n"
    return pages


def _folded(code: str) -> str:
    """Fold a cell that only asserts what the text says: there for who asks, and out of the way."""
    return (
        '<details markdown="1">\n<summary>What the text says, asserted</summary>\n\n'
        f"{code}</details>\n\n"
    )


def _shown(output: Any, pictures: dict[str, bytes], stem: str) -> str:  # noqa: ANN401 - untyped there
    """Write one output as Markdown: a picture, a table, or text."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "image/png" in data:
        name = f"{stem}-{len(pictures) + 1}.png"
        pictures[name] = base64.b64decode(data["image/png"])
        return f"![What the code above draws]({name})"
    if "text/html" in data:
        return f'<div class="printed">\n{data["text/html"]}\n</div>'
    return f'```text title="It prints"\n{data["text/plain"].rstrip()}\n```'
