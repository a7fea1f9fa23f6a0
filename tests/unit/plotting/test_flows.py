"""Drawings of a flow: limits, breakdown, what donors say, and the numbers behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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


@pytest.mark.parametrize("breakdown", [0.0, float("inf")])
def test_without_a_breakdown_there_is_no_mark(breakdown: float) -> None:
    bare = replace(FLOW, breakdown=breakdown, like_donors=None)
    assert set(flow_data(bare)["layer"]) == {"limits"}
    assert sx.plot(bare) is not None


def test_a_list_of_results_is_told_how_to_compare() -> None:
    panel, design = sx.simulate_pair(rng=1)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    with pytest.raises(TypeError, match=r"sx.plot\(sx.compare\(\*results\)\)"):
        sx.plot([result, result])  # type: ignore[list-item]  # the point of the test
