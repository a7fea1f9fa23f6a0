"""What is drawn of sensitivity to trends is what plot_data says, and the breakdown is marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.sensitivity import EventCoefficients, TrendSensitivity, trend_sensitivity

STUDY = EventCoefficients(
    np.array([0.2, -0.1, 0.1, 1.5]), 0.01 * np.eye(4), n_pre=3, unit="kg per year"
)


@cache
def found() -> TrendSensitivity:
    """Return limits of both kinds, with M = 0 among them."""
    return trend_sensitivity(STUDY, smoothness=[0, 0.4, 0.8], relative=[1, 2])


def panels(drawn: Axes | np.ndarray) -> list[Axes]:
    """Return the axes of a figure."""
    return list(np.ravel(np.array(drawn, dtype=object)))


def bars(ax: Axes, label: str) -> np.ndarray:
    """Return limit, lower and upper end of the bars with a label."""
    (drawn,) = [c for c in ax.collections if str(c.get_label()).startswith(label)]
    assert isinstance(drawn, LineCollection)
    return np.array([[line[0][0], line[0][1], line[1][1]] for line in drawn.get_segments()])


def said(axes: Sequence[Axes]) -> str:
    """Return all words written inside or above the axes."""
    return " | ".join(text.get_text() for ax in axes for text in ax.texts)


@pytest.mark.slow
def test_bars_are_those_of_plot_data() -> None:
    axes, data = panels(sx.plot(found())), sx.plot_data(found())
    assert len(axes) == 2
    for ax, (_, rows) in zip(axes, data.groupby("kind", sort=False), strict=True):
        for label, ends in (("95 %", "conf"), ("effects possible", "plug")):
            expected = rows[["limit", f"{ends}_low", f"{ends}_high"]].to_numpy()
            assert bars(ax, label) == pytest.approx(expected)
    assert axes[0].get_ylabel() == "effect (kg per year)"
    assert "(kg per year)" in axes[0].get_xlabel()
    assert "(ratio)" in axes[1].get_xlabel()
    assert axes[0].get_ylim() == axes[1].get_ylim()


def test_the_breakdown_is_marked_and_written() -> None:
    axes, data = panels(sx.plot(found())), sx.plot_data(found())
    breaks = (found().breakdown_smoothness, found().breakdown_relative)
    assert data["breakdown"].unique() == pytest.approx(breaks)
    near = replace(found(), breakdown_smoothness=0.6)
    first = panels(sx.plot(near))[0]
    (mark,) = [line for line in first.lines if line.get_label() == "breakdown value"]
    assert np.asarray(mark.get_xdata()) == pytest.approx([0.6, 0.6])
    assert said([first]).count("= 0.6") == 2
    assert said(axes).count("the interval reaches 0") == 2


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "already at"), (math.inf, "at no limit looked at"), (9.0, "= 9 on (off the axis)")],
)
def test_a_breakdown_off_the_axis_is_told(value: float, words: str) -> None:
    first = panels(sx.plot(replace(found(), breakdown_smoothness=value)))[0]
    assert words in said([first])
    assert "breakdown value" not in first.get_legend_handles_labels()[1]


def test_a_single_possible_effect_is_a_point() -> None:
    first, second = panels(sx.plot(found()))
    (point,) = [line for line in first.lines if "single" in str(line.get_label())]
    assert np.asarray(point.get_xdata()).tolist() == [0.0]
    assert not [line for line in second.lines if len(np.asarray(line.get_xdata())) == 1]


def test_panels_of_other_sizes_say_so() -> None:
    wide = tuple(
        replace(row, conf_high=30 * row.conf_high) if row.kind != "smoothness" else row
        for row in found().rows
    )
    axes = panels(sx.plot(replace(found(), rows=wide)))
    figure = axes[0].figure
    assert isinstance(figure, Figure)
    assert "mind the two scales" in figure.get_suptitle()
    assert axes[1].get_ylabel() == "effect (kg per year)"


@pytest.mark.slow
def test_one_kind_and_axes_of_your_own() -> None:
    alone = trend_sensitivity(STUDY, smoothness=[0], relative=[])
    ax = Figure().subplots()
    assert sx.plot(alone, ax) is ax
    assert isinstance(sx.plot(alone), Axes)
    with pytest.raises(DesignError, match="1 Axes for 2 kinds"):
        sx.plot(found(), ax)
