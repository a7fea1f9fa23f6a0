"""What is drawn of power and calibration is what plot_data says, and silence is drawn too."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import shiftexp as sx

LEVEL = sx.InterruptedTimeSeries(trend=False)


@cache
def curve(sd: float = 4.0) -> sx.Power:
    """Return a power curve of the origin."""
    scenario = sx.Scenario(destination_effect=15, sd=(sd, 4))
    return sx.power(LEVEL, scenario, estimand="origin", n=40)


@cache
def rates() -> sx.Calibration:
    """Return a calibration with a size, a power and a scenario that is refused."""
    scenarios = [sx.Scenario(), sx.Scenario(flow=9), sx.Scenario(periods=(4, 3))]
    return sx.calibrate(LEVEL, scenarios, n=30, estimands=["origin"])


@cache
def verdicts() -> sx.Calibration:
    """Return a calibration of the whole verdict."""
    rule = sx.Rule((LEVEL,), sx.Detection(drift=0.0))
    return sx.calibrate(rule, [sx.Scenario(flow=20, sd=(1, 1)), sx.Scenario(detection=1.5)], n=6)


def one(drawn: Axes | np.ndarray) -> Axes:
    """Return the only axes of a figure."""
    assert isinstance(drawn, Axes)
    return drawn


def labels(ax: Axes) -> list[str]:
    """Return the labels of marks that a legend explains."""
    return ax.get_legend_handles_labels()[1]


def test_the_curve_is_that_of_plot_data() -> None:
    ax, data = one(sx.plot(curve())), sx.plot_data(curve())
    (line,) = [drawn for drawn in ax.lines if str(drawn.get_label()).startswith("power (")]
    assert np.asarray(line.get_xdata()) == pytest.approx(data["effect"].abs().to_numpy())
    assert np.asarray(line.get_ydata()) == pytest.approx(data["power"].to_numpy())
    assert data["low"].min() >= 0
    assert data["high"].max() <= 1
    assert "units of the series per year" in ax.get_xlabel()


def test_the_smallest_effect_is_marked_and_written() -> None:
    ax = one(sx.plot(curve()))
    (mark,) = [d for d in ax.lines if "smallest effect" in str(d.get_label())]
    assert np.asarray(mark.get_xdata()) == pytest.approx([curve().mde] * 2)
    assert any("% of the level before" in text.get_text() for text in ax.texts)


def test_without_a_smallest_effect_nothing_is_marked() -> None:
    ax = one(sx.plot(curve(200.0)))
    assert not [label for label in labels(ax) if "smallest effect" in label]


def test_rates_are_drawn_with_their_silence() -> None:
    ax, data = one(sx.plot(rates())), sx.plot_data(rates())
    points = {str(line.get_label()): line for line in ax.lines}
    size = points["size: no effect rejected where there is none"]
    expected = data[data["measure"] == "size"]["rejected"].to_numpy()
    assert np.asarray(size.get_xdata()) == pytest.approx(expected)
    silent = points["silent or refused"]
    assert np.asarray(silent.get_xdata()) == pytest.approx(data["silent"].to_numpy())
    assert [text.get_text() for text in ax.get_yticklabels()][1] == "flow=9: origin"


def test_the_parts_of_a_verdict_add_up_to_all_data_sets() -> None:
    ax, data = one(sx.plot(verdicts())), sx.plot_data(verdicts())
    parts = ["declared_rightly", "several", "undecided", "lost", "declared_wrongly"]
    assert data[parts].sum(axis=1).to_numpy() == pytest.approx(np.ones(2))
    bars = [bar.get_width() for bar in ax.patches if isinstance(bar, Rectangle)]
    drawn = np.array(bars).reshape(len(parts), len(data))
    assert np.allclose(drawn.T, data[parts].to_numpy())
    assert "all nine left: silence" in labels(ax)


def test_axes_passed_are_drawn_on_and_returned() -> None:
    for thing in (curve(), rates(), verdicts()):
        ax = Figure().subplots()
        assert sx.plot(thing, ax) is ax
