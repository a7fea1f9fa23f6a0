"""Figures of timing: the numbers behind them and the marks on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import shiftexp as sx
from tests.unit.dynamics.test_timing import study, walks


def _labels(axes: object) -> set[str]:
    """Return the labels of all marks."""
    every = np.ravel(np.array(axes, dtype=object))
    return {str(label) for ax in every for label in ax.get_legend_handles_labels()[1]}


def test_leads_are_drawn_with_limits_and_the_tested_ones_apart() -> None:
    found = sx.lead_lag(*study(walks(60, 1.0)), draws=99)
    pd.testing.assert_frame_equal(sx.plot_data(found), found.to_frame())
    ax = sx.plot(found)
    assert isinstance(ax, Axes)
    assert {"tested", "not tested", "usual band"} <= _labels(ax)
    tested = next(line for line in ax.lines if line.get_label() == "tested")
    np.testing.assert_allclose(np.asarray(tested.get_ydata()), [found.statistic])


def test_projections_have_a_panel_of_ratios_only_where_these_have_a_meaning() -> None:
    levels = sx.local_projections(*study(walks(60, 1.0)), draws=99)
    assert len(np.ravel(np.array(sx.plot(levels), dtype=object))) == 2
    logs = sx.local_projections(*study(walks(60, 1.0)), scale="log", draws=99)
    axes = np.ravel(np.array(sx.plot(logs), dtype=object))
    assert len(axes) == 1
    line = next(line for line in axes[0].lines if str(line.get_label()).startswith("BE"))
    np.testing.assert_allclose(np.asarray(line.get_ydata()), sx.plot_data(logs)["destination"])


def test_ratios_without_an_interval_are_named_and_not_drawn() -> None:
    found = sx.local_projections(*study(walks(40)), draws=99)
    data = sx.plot_data(found)
    kept = data[data["offset_kind"] == "interval"]
    assert 0 < len(kept) < len(data)
    ratios = np.ravel(np.array(sx.plot(found), dtype=object))[1]
    points = next(line for line in ratios.lines if line.get_label() == "offset ratio")
    assert len(np.asarray(points.get_xdata())) == len(kept)
    assert any("no interval after" in text.get_text() for text in ratios.texts)


def test_sets_have_a_panel_for_each_shock_and_no_line_within() -> None:
    found = sx.sign_restricted(*study(walks(60)), draws=500)
    axes = np.ravel(np.array(sx.plot(found), dtype=object))
    assert [ax.get_title(loc="left") for ax in axes] == ["shift", "common"]
    assert _labels(axes) == {"NL: the set", "BE: the set"}
    data = sx.plot_data(found)
    assert (data["low"] <= data["high"]).all()


def test_as_many_axes_as_panels_are_asked_for() -> None:
    found = sx.sign_restricted(*study(walks(60)), draws=500)
    with pytest.raises(sx.DesignError, match="1 Axes for 2 panels"):
        sx.plot(found, ax=sx.plot(sx.lead_lag(*study(walks(60)), draws=99)))  # type: ignore[arg-type]  # the point


def test_leads_are_marked_at_whole_periods() -> None:
    panel = np.ravel(np.array(sx.plot(sx.lead_lag(*study(walks(20)), draws=99)), dtype=object))[0]
    ticks = np.asarray(panel.get_xticks())
    np.testing.assert_array_equal(ticks, np.round(ticks))


def test_causes_have_their_responses_and_where_chance_puts_them() -> None:
    found = sx.granger(*study(walks(60, 1.0)), draws=99)
    axes = np.ravel(np.array(sx.plot(found), dtype=object))
    data = sx.plot_data(found)
    for ax, row in zip(axes, data.to_dict("records"), strict=True):
        point = next(x for x in ax.lines if str(x.get_label()).startswith("response of"))
        np.testing.assert_allclose(np.asarray(point.get_xdata()), [row["response"]])
        assert row["without_low"] < 0 < row["without_high"]
    assert found.forward.response < found.forward.without_low
    assert "(logs)" in axes[0].get_xlabel()


def test_a_lasting_change_arrives_after_the_lag_and_nears_the_gain() -> None:
    found = sx.transfer_function(*study(walks(60, 1.0)), lag=2, draws=99)
    data = sx.plot_data(found)
    path = data[data["layer"] == "arrived"]["estimate"].to_numpy()
    gain, delta = found.gain.estimate, found.delta.estimate
    np.testing.assert_allclose(path[:4], [0, 0, gain * (1 - delta), gain * (1 - delta**2)])
    end = data[data["layer"] == "gain"].iloc[0]
    assert (end["low"], end["estimate"], end["high"]) == (found.gain.low, gain, found.gain.high)
    assert "all that leaves NL arrives" in _labels(sx.plot(found))


def test_an_elasticity_has_no_line_of_all_that_left() -> None:
    found = sx.transfer_function(*study(walks(60, 1.0)), scale="log", draws=99)
    ax = sx.plot(found)
    assert isinstance(ax, Axes)
    assert not any("all that leaves" in label for label in _labels(ax))
    assert ax.get_ylabel() == "change at BE (logs)"
