"""A figure is drawn once for a page and for files, and is the same as one drawn anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import shiftexp as sx
from shiftexp.plotting import drawing_once, drawn, plot, save_figure, svg_text, unshown
from shiftexp.verdict import Verdict
from tests.pairs import STILL


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    """Return a verdict that can be drawn."""
    panel, design = sx.simulate_pair(rng=1)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    return sx.weigh(result, detection=STILL, name="made up")


@pytest.mark.slow
def test_one_thing_is_drawn_once_as_long_as_the_context_lasts(verdict: Verdict) -> None:
    with drawing_once():
        first = drawn(verdict)
        assert drawn(verdict) is first
        assert drawn(verdict.results[0]) is not first
        assert drawn([verdict]) is drawn((verdict,))
        assert drawn(verdict.results[0], side="origin") is not drawn(verdict.results[0])
    assert drawn(verdict) is not drawn(verdict)


@pytest.mark.slow
def test_page_and_files_are_those_of_figures_drawn_anew(verdict: Verdict, tmp_path: Path) -> None:
    with unshown(), drawing_once():
        assert drawn(verdict).text() == svg_text(plot(verdict))
        once = drawn(verdict).save(tmp_path / "once")
    anew = save_figure(plot(verdict), tmp_path / "anew")
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in anew]
