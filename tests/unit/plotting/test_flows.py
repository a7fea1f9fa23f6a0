"""Drawings of a flow: limits, breakdown, what donors say, and the numbers behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

import shiftexp as sx
from shiftexp.flow import Flow, FlowLimits
from shiftexp.plotting.flows import flow_data, plot_flow

LIMITS = FlowLimits((0.0, 40.0), (0.0, 1.0), (0.0, 0.8))
FLOW = Flow(
    limits=LIMITS,
    by_scale=tuple(
        (s, replace(LIMITS, flow=(low, 40.0))) for s, low in ((2.0, 20.0), (8.0, 5.0), (16.0, 0.0))
    ),
    breakdown=10.0,
    like_donors=replace(LIMITS, flow=(12.0, 40.0)),
    conserved=(30.0, 25.0, 35.0),
    conserved_share=(0.6, 0.5, 0.7),
    smallest=4.0,
    donor_scale=5.0,
    unit="kg per year",
    level=0.95,
)


def test_the_numbers_drawn_are_the_limits_and_the_marks() -> None:
    data = flow_data(FLOW).set_index("layer")
    limits = data.loc["limits"]
    assert list(limits["own_changes"]) == [0.0, 2.0, 8.0, 16.0]
    assert list(limits["flow_low"]) == [25.0, 20.0, 5.0, 0.0]
    assert set(limits["flow_high"]) == {40.0}
    assert data.loc["breakdown", "own_changes"] == 10.0
    assert tuple(data.loc["like donors"]) == (5.0, 12.0, 40.0)
    assert sx.plot_data(FLOW).equals(flow_data(FLOW))


def test_the_lower_line_reaches_zero_at_the_breakdown() -> None:
    ax = plot_flow(FLOW)
    lines = {str(line.get_label()): np.asarray(line.get_xydata()) for line in ax.lines}
    low = lines["at least, by that belief"]
    assert [10.0, 0.0] in low.tolist()
    assert lines["own changes like those of donors"].tolist() == [[5.0, 12.0], [5.0, 40.0]]
    assert "kg per year" in ax.get_ylabel()


def test_a_lower_limit_of_nothing_is_not_cut_in_half_by_the_axis() -> None:
    ax = plot_flow(replace(FLOW, least_scale=20.0))
    low = next(line for line in ax.lines if line.get_label() == "at least, by that belief")
    assert not low.get_clip_on()
    assert low.get_zorder() > max(spine.get_zorder() for spine in ax.spines.values())


@pytest.mark.parametrize("breakdown", [0.0, float("inf")])
def test_without_a_breakdown_there_is_no_mark(breakdown: float) -> None:
    bare = replace(FLOW, breakdown=breakdown, like_donors=None)
    assert set(flow_data(bare)["layer"]) == {"limits"}
    assert sx.plot(bare) is not None


def test_scales_that_the_data_refute_are_shaded_and_prove_nothing() -> None:
    flow = replace(FLOW, least_scale=6.0)
    data = flow_data(flow).set_index("layer")
    assert tuple(data.loc["refuted"]) == (6.0, 0.0, 40.0)
    assert tuple(data.loc["limits"].iloc[0]) == (0.0, 0.0, 40.0)
    ax = plot_flow(flow)
    low = next(line for line in ax.lines if line.get_label() == "at least, by that belief")
    assert [6.0, 0.0] in np.asarray(low.get_xydata()).tolist()
    assert "own changes so small contradict the data" in ax.get_legend_handles_labels()[1]


def test_no_more_is_drawn_as_proved_than_of_either_side() -> None:
    assert flow_data(replace(FLOW, most_proved=15.0))["flow_low"].iloc[0] == 15.0
    outside = replace(FLOW, conserved=(60.0, 50.0, 70.0))
    assert flow_data(outside)["flow_low"].iloc[0] == 0.0


def test_where_no_flow_fits_the_axis_is_as_high_as_what_matters() -> None:
    none = replace(LIMITS, flow=(0.0, 0.0), total=(0.0, 0.0))
    flow = replace(FLOW, limits=none, by_scale=((2.0, none),), like_donors=None, breakdown=0.0)
    ax = plot_flow(flow)
    assert ax.get_ylim()[1] == pytest.approx(1.12 * FLOW.smallest)
    said = " ".join(text.get_text() for text in ax.figure.findobj(Text))
    assert "no flow fits the signs of own changes" in said
    assert "at most 0 %" not in said


def test_the_share_in_the_drawing_is_rounded_up_as_in_the_notes() -> None:
    ax = plot_flow(replace(FLOW, limits=replace(LIMITS, total=(0.0, 0.661))))
    said = " ".join(text.get_text() for text in ax.figure.findobj(Text))
    assert "at most 67 % of the destination's growth" in said


def test_a_list_of_results_is_told_how_to_compare() -> None:
    panel, design = sx.simulate_pair(rng=1)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    with pytest.raises(TypeError, match=r"sx.plot\(sx.compare\(\*results\)\)"):
        sx.plot([result, result])  # type: ignore[list-item]  # the point of the test
