"""The forest of pooled indicators draws every row of its table."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

import shiftexp as sx
from tests.pairs import fitted


def _pooled(*measured: str) -> sx.Pooled:
    """Return two results pooled, of one indicator, or of those named."""
    fits = {f"number {k}": fitted(-10.0, 20.0, rng=k) for k in (1, 2)}
    for key, name in zip(fits, measured, strict=False):
        indicator = replace(fits[key].indicator, name=name)
        fits[key] = replace(fits[key], indicator=indicator)
    return sx.pool(fits, detection=sx.Detection(drift=0.03))


def test_every_row_of_the_table_is_drawn_on_its_side() -> None:
    found = _pooled()
    data = sx.plot_data(found)
    axes = np.ravel(np.array(sx.plot(found), dtype=object))
    for panel, side in zip(axes, ("origin", "destination"), strict=True):
        drawn = np.concatenate(
            [line.get_xdata() for line in panel.lines if line.get_marker() != "None"]
        )
        assert sorted(drawn) == pytest.approx(sorted(data[data["side"] == side]["estimate"]))
        low, high = panel.get_xlim()
        assert low <= data[data["side"] == side]["conf_low"].min()
        assert high >= data[data["side"] == side]["conf_high"].max()
        assert panel.get_xlabel() == "% of the destination's level"


def test_segments_of_one_indicator_are_called_segments_and_indicators_are_called_so() -> None:
    segments, indicators = _pooled(), _pooled("finds", "plants")
    for found, right, wrong in (
        (segments, "segment", "indicator"),
        (indicators, "indicator", "segment"),
    ):
        axes = np.ravel(np.array(sx.plot(found), dtype=object))
        figure = axes[0].figure
        figure.draw_without_rendering()
        said = [text.get_text() for text in figure.findobj(Text)]
        assert f"one more {right}" in said
        assert f"one more {right} would show" in said
        assert any(f"between {right}s sd" in text for text in said)
        assert not any(wrong in text for text in (*said, found.summary()))


def test_one_axes_for_two_sides_is_refused() -> None:
    with pytest.raises(sx.DesignError, match="1 Axes for 2 panels"):
        sx.plot(_pooled(), ax=plt.figure().subplots())
