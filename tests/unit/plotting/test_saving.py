"""The same figure always gives the same bytes, and several on one page do not clash."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shiftexp.effects import Effects, StudentLaw
from shiftexp.errors import DesignError
from shiftexp.plotting import plot, save_figure, svg_text


def _drawn(growth: float = 40.0) -> Axes:
    law = StudentLaw(np.array([-20.0, growth]), np.diag([16.0, 25.0]))
    base = np.array([100.0, 40.0])
    ax = plot(Effects(law, law.mean, base, base + law.mean, "kg per year"))
    assert isinstance(ax, Axes)
    return ax


def test_two_saves_give_the_same_bytes(tmp_path: Path) -> None:
    first = save_figure(_drawn(), tmp_path / "a.b")
    second = save_figure(_drawn(), tmp_path / "second")
    assert [path.name for path in first] == ["a.b.svg", "a.b.png"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "a.b.png",
        "a.b.svg",
        "second.png",
        "second.svg",
    ]


def test_no_date_is_written(tmp_path: Path) -> None:
    svg, _ = save_figure(_drawn(), tmp_path / "a")
    assert b"dc:date" not in svg.read_bytes()


def test_inline_svg_has_no_prolog_and_says_what_it_shows() -> None:
    text = svg_text(_drawn())
    assert text.startswith('<svg role="img" aria-label="Effects on the shift-expansion plane"')
    assert text.endswith("</svg>")
    assert svg_text(_drawn()) == text


def test_ids_on_one_page_do_not_clash_and_every_reference_holds() -> None:
    texts = [svg_text(_drawn(40)), svg_text(_drawn(60))]
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in texts]
    assert ids[0]
    assert not ids[0] & ids[1]
    for text, known in zip(texts, ids, strict=True):
        asked = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text))
        assert asked
        assert {one or other for one, other in asked} <= known


def test_axes_of_two_figures_are_refused() -> None:
    with pytest.raises(DesignError, match="axes on 2 figures"):
        svg_text([Figure().subplots(), Figure().subplots()])
