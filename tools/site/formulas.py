"""Formulas of docstrings as MathML, which browsers draw without a script, and roles as code."""

from __future__ import annotations

import re
from typing import Any

import griffe
from latex2mathml.converter import convert

_BLOCK = re.compile(r"^( *)\.\. math:: ([^\n]*(?:\n\1 {2,}\S[^\n]*)*)", re.MULTILINE)
_INLINE = re.compile(r":math:`([^`]+)`")
_WORD = re.compile(r"(?:<mi>[A-Za-z]</mi>){3,}")
_TAG = re.compile(r"<[^>]+>")
_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([^`]+)`")


class Formulas(griffe.Extension):
    """Readies every docstring for Markdown."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:  # noqa: ANN401 - not ours to type
        """Rewrite one docstring."""
        if obj.docstring:
            obj.docstring.value = readied(obj.docstring.value)


def readied(text: str) -> str:
    """Return a docstring with its formulas drawn and its roles as code."""
    text = _BLOCK.sub(lambda found: f"{found.group(1)}{_display(found.group(2))}\n", text)
    text = _INLINE.sub(lambda found: f"<span>{drawn(found.group(1))}</span>", text)
    return _ROLE.sub(r"`\1`", text)


def _display(formula: str) -> str:
    """Draw a formula that stands by itself."""
    return f'<div class="formula">{drawn(" ".join(formula.split()), "block")}</div>'


def drawn(formula: str, display: str = "inline") -> str:
    """Draw a formula; three letters and more in a row are a word, not a product."""
    drawn = convert(formula, display=display)
    return _WORD.sub(lambda found: f"<mi>{_TAG.sub('', found.group(0))}</mi>", drawn)
