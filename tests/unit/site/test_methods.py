"""Unit tests of the pages of methods: every name once, every section, docstrings made ready."""

from __future__ import annotations

from pathlib import Path

import shiftexp
from tools.site.formulas import readied
from tools.site.methods import ABOUT, link_names, read_methods, read_reference

ROOT = Path(__file__).resolve().parents[3]
METHODS = (ROOT / "METHODS.md").read_text("utf-8")
API = (ROOT / "docs" / "api.md").read_text("utf-8")
PUBLIC = list(shiftexp.__all__)


def test_every_public_name_has_one_place() -> None:
    methods = read_methods(METHODS, PUBLIC)
    placed = [name for section in methods for name in section.names]
    rest = read_reference(API, PUBLIC, set(placed))
    assert sorted(placed + [name for section in rest for name in section.names]) == sorted(PUBLIC)


def test_what_is_said_of_sections_and_names_is_still_so() -> None:
    titles = {section.title for section in read_methods(METHODS, PUBLIC)}
    assert ABOUT.keys() <= titles
    assert {name for names in ABOUT.values() for name in names.split()} <= set(PUBLIC)


def test_a_name_in_a_heading_is_placed_and_its_page_says_both() -> None:
    (section,) = read_methods("# M\n\n## SyntheticDiD, new\n\n- a\n  b\n", PUBLIC)
    assert (section.names, section.slug) == (("SyntheticDiD",), "syntheticdid-new")
    page = section.page()
    assert "#shiftexp.SyntheticDiD" in page
    assert "::: shiftexp.estimators.synthetic_did.SyntheticDiD" in page
    assert page.endswith("- a\n    b\n")


def test_a_table_below_a_line_becomes_one() -> None:
    (section,) = read_methods("## S\n\nnumbers:\n| a | b |\n| --- | --- |\n| 1 | 2 |\n", [])
    assert section.body.startswith("numbers:\n\n| a |")


def test_names_in_the_first_column_become_links() -> None:
    text = "| `weigh(results)`, `verdict.predict(h)` | of `weigh` |"
    linked = "| [`weigh(results)`][shiftexp.weigh], `verdict.predict(h)` | of `weigh` |"
    assert link_names(text, PUBLIC) == linked


def test_formulas_are_drawn_and_roles_are_code() -> None:
    text = readied(
        "Of :math:`low < x`, see :func:`weigh`.\n\n.. math:: a = b \\qquad\n   c\n\nEnd."
    )
    assert "<mi>low</mi>" in text
    assert "see `weigh`." in text
    assert '<div class="formula"><math' in text
    assert "math::" not in text
    assert text.endswith("End.")
