"""The panels of a figure: made when none are given, refused when the number is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.plotting.panels import panels


def two() -> list[Axes]:
    """Return two new Axes."""
    return list(Figure().subplots(1, 2))


def test_new_axes_are_made_only_when_none_are_given() -> None:
    own = two()
    assert panels(None, ("a", "b"), lambda: own) == own
    given = two()
    assert panels(given, ("a", "b"), lambda: own) == given


def test_the_number_given_and_what_is_needed_are_named() -> None:
    with pytest.raises(DesignError, match=r"2 Axes for 3 panels(.|\n)*a, b, c"):
        panels(two(), ("a", "b", "c"), two)


@pytest.mark.slow
def test_several_axes_know_their_figure(tmp_path: Path) -> None:
    panel, design = sx.simulate_pair(rng=1)
    drawn = sx.plot(sx.describe(panel, design, simulations=99))
    assert isinstance(drawn, np.ndarray)
    drawn.figure.savefig(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 0
    assert drawn.figure is drawn.flat[-1].figure
