"""The same figure always gives the same bytes, and several on one page do not clash."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib import image
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


@cache
def _text(growth: float = 40.0) -> str:
    return svg_text(_drawn(growth))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the two files of a figure."""
    return save_figure(_drawn(), tmp_path_factory.mktemp("saved") / "a.b")


def test_two_saves_give_the_same_bytes(saved: tuple[Path, Path], tmp_path: Path) -> None:
    second = save_figure(_drawn(), tmp_path / "second")
    assert [path.name for path in saved] == ["a.b.svg", "a.b.png"]
    assert [p.read_bytes() for p in saved] == [p.read_bytes() for p in second]
    assert sorted(p.name for p in saved[0].parent.iterdir()) == ["a.b.png", "a.b.svg"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["second.png", "second.svg"]


def test_no_date_is_written(saved: tuple[Path, Path]) -> None:
    assert b"dc:date" not in saved[0].read_bytes()


@pytest.mark.slow
def test_inline_svg_has_no_prolog_and_says_what_it_shows() -> None:
    text = _text()
    assert text.startswith('<svg role="img" aria-label="Effects on the shift-expansion plane"')
    assert text.endswith("</svg>")
    assert svg_text(_drawn()) == text


@pytest.mark.slow
def test_ids_on_one_page_do_not_clash_and_every_reference_holds() -> None:
    texts = [_text(), _text(60.0)]
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in texts]
    assert ids[0]
    assert not ids[0] & ids[1]
    for text, known in zip(texts, ids, strict=True):
        asked = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text))
        assert asked
        assert {one or other for one, other in asked} <= known


def test_a_figure_keeps_its_canvas_its_resolution_and_its_layout(tmp_path: Path) -> None:
    figure = Figure(dpi=123, layout="constrained")
    before = figure.canvas, figure.get_layout_engine()
    save_figure(figure.subplots(), tmp_path / "own")
    assert (figure.canvas, figure.get_layout_engine()) == before
    assert figure.dpi == 123


def test_no_label_runs_off_either_file(tmp_path: Path) -> None:
    """Letters of a PNG are wider than those of an SVG, so that the layout of one cuts the other."""
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    figure.subplots().set_yticks([0.5], ["day reopened as take-away; borders\u2026 " * 2])
    _, png = save_figure(figure.axes, tmp_path / "long")
    drawn = image.imread(png)[:, :, :3]
    assert (drawn < 0.5).any()
    for edge in (drawn[:, :3], drawn[:, -3:], drawn[:3], drawn[-3:]):
        assert (edge == 1).all()


def test_axes_of_two_figures_are_refused() -> None:
    with pytest.raises(DesignError, match="axes on 2 figures"):
        svg_text([Figure().subplots(), Figure().subplots()])
