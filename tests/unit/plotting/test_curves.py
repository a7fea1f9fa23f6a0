"""What is drawn of a specification curve is all of it, refusals and choices included."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.result import Estimate
from shiftexp.robustness import SpecificationCurve


@cache
def found() -> SpecificationCurve:
    """Return a curve with refusals: amounts are no counts."""
    panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    axes = sx.Specifications(
        estimators=(sx.InterruptedTimeSeries(trend=False), sx.CountDiD()), onsets=(0, 1)
    )
    return sx.specification_curve(panel, design, axes=axes)


def drawn(curve: SpecificationCurve, estimand: str = "net") -> tuple[Axes, Axes]:
    """Return the curve and its choices."""
    upper, lower = np.ravel(np.array(sx.plot(curve, estimand=estimand), dtype=object))
    return upper, lower


def texts(ax: Axes) -> str:
    """Return what stands above axes."""
    return " ".join(text.get_text() for text in ax.texts).replace("\n", " ")


def test_rows_are_all_specifications_by_estimate() -> None:
    data = sx.plot_data(found())
    assert len(data) == len(found().rows) == 6
    known = data["estimate"].dropna()
    assert known.is_monotonic_increasing
    assert (data["refused"] != "").tolist() == [False] * 4 + [True] * 2
    assert data["place"].tolist() == [1, 2, 3, 4, 5, 6]


def test_every_estimate_is_drawn_and_refusals_are_counted() -> None:
    upper, lower = drawn(found())
    dots = [line for line in upper.lines if str(line.get_label()).startswith("estimate")]
    assert sum(len(np.ravel(line.get_xdata())) for line in dots) == 4
    assert "6 specifications declared; 4 have an estimate, 2 refuse" in texts(upper)
    crosses = [line for line in lower.lines if line.get_marker() == "x"]
    assert {x for line in crosses for x in np.ravel(line.get_xdata())} == {5, 6}


def test_only_axes_that_vary_have_lines() -> None:
    _, lower = drawn(found())
    names = [label.get_text() for label in lower.get_yticklabels()]
    assert names == [
        "onset: as declared",
        "onset: +1",
        "donors: not used",
        "donors: as declared",
        "effort: not used",
        "effort: none",
        "model: interrupted time series without trend",
        "model: CountDiD",
        "scale: log",
        "scale: level",
        "scale: not used",
    ]


def test_the_legend_says_the_level_of_the_intervals() -> None:
    upper, _ = drawn(found())
    assert "95 % interval" in {str(c.get_label()) for c in upper.collections}
    panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    series = sx.InterruptedTimeSeries(trend=False, level=0.9)
    axes = sx.Specifications(estimators=(series, sx.InterruptedTimeSeries()), onsets=(0, 1))
    upper, lower = drawn(sx.specification_curve(panel, design, axes=axes))
    assert "90 or 95 % interval" in {str(c.get_label()) for c in upper.collections}
    names = [label.get_text() for label in lower.get_yticklabels()]
    assert "model: interrupted time series with trend" in names


def test_an_interval_that_runs_off_the_axis_is_said() -> None:
    rows = list(found().rows)
    wide = replace(rows[0], estimates=tuple(map(widened, rows[0].estimates)))
    upper, _ = drawn(replace(found(), rows=(wide, *rows[1:])))
    assert "1 interval runs off the axis" in texts(upper)
    low, high = upper.get_ylim()
    (bars,) = [c for c in upper.collections if isinstance(c, LineCollection)]
    ends = np.array([[line[0][1], line[1][1]] for line in bars.get_segments()])
    assert ends.min() >= low
    assert ends.max() <= high


def widened(estimate: Estimate) -> Estimate:
    """Return an estimate with an interval far wider than all others."""
    return replace(estimate, conf_low=-1e6, conf_high=1e6, conf_kind="interval")


def test_a_curve_without_any_estimate_is_drawn() -> None:
    rows = tuple(replace(row, estimates=(), refusal="too short") for row in found().rows)
    upper, _ = drawn(replace(found(), rows=rows))
    assert "0 have an estimate, 6 refuse" in texts(upper)
    assert isinstance(upper.figure, Figure)
    upper.figure.canvas.draw()
    assert upper.get_window_extent().height > 100


def test_axes_of_the_readers_own_and_unknown_estimands_are_refused() -> None:
    with pytest.raises(DesignError, match="a figure of its own"):
        sx.plot(found(), Figure().subplots())
    with pytest.raises(DesignError, match="estimand"):
        sx.plot(found(), estimand="shift")
    with pytest.raises(TypeError, match="no option 'level'"):
        sx.plot(found(), level=0.9)
