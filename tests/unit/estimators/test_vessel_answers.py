"""What limits of the flow may not say: nothing is proved that the data contradict."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.flow import CONSERVED, OUTSIDE, Flow, FlowLimits
from shiftexp.kernels.cases import Floats
from tests.panels import make_panel

T, ONSET, FIRST = 20, 10, 2000
DESIGN = sx.Design(origin="O", destination="D", onset=FIRST + ONSET)
DONORS = tuple(f"Z{k}" for k in range(5))
STEP = sx.CommunicatingVessels(lags=(0,), draws=1000)
PULSE = sx.CommunicatingVessels(push="pulse", until=2012, lags=(0,), draws=1000)
RAMP = np.maximum(np.arange(T) - ONSET + 1, 0) / (T - ONSET)
pytestmark = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def series(
    seed: int = 1,
    *,
    fall: float = 0.0,
    growth: float = 0.0,
    jump: float = 0.0,
    walk: float = 0.5,
    noise: float = 2.0,
) -> dict[str, Floats]:
    """Return a pair whose origin falls, and whose destination grows or jumps, and quiet donors."""
    rng, time = np.random.default_rng(seed), np.arange(T)
    seen = walk * rng.standard_normal((7, T)).cumsum(axis=1) + noise * rng.standard_normal((7, T))
    found = {
        "O": 100 + time - fall * RAMP + seen[0],
        "D": 40 + 2 * time + growth * RAMP + jump * (time >= ONSET) + seen[1],
    }
    return found | {u: 70 + time + seen[2 + k] for k, u in enumerate(DONORS)}


def fit(
    values: dict[str, Floats],
    model: sx.CommunicatingVessels = STEP,
    design: sx.Design = DESIGN,
) -> VesselsResult:
    """Return a fit to these values."""
    return model.fit(make_panel(values), design)


def flow_of(values: dict[str, Floats], model: sx.CommunicatingVessels = STEP) -> Flow:
    """Return what it says of the flow."""
    return fit(values, model).flow


def shift_of(result: sx.Result) -> str:
    """Return how well a shift is supported."""
    return next(c.status for c in sx.weigh(result).claims if c.name == "shift")


def lows(flow: Flow) -> list[float]:
    """Return all lower limits at stated scales: of the flow and of both shares."""
    return [low for _, found in flow.by_scale for low, _ in (found.flow, found.excess, found.total)]


@pytest.mark.parametrize("seed", range(8))
def test_a_jump_of_the_destination_alone_is_no_shift_under_a_pulse_beside_donors(seed: int) -> None:
    values = series(seed, jump=60.0, walk=1.5, noise=4.0)
    result = PULSE.fit(make_panel(values), replace(DESIGN, donors=DONORS))
    assert result.flow.like_donors is not None
    assert result.flow.like_donors.flow[0] == 0.0
    assert "limits-contradict" in result.flow.flags
    assert shift_of(result) == "compatible"


@pytest.mark.parametrize("growth", [60.0, 200.0])
def test_growth_of_the_destination_alone_proves_no_flow(growth: float) -> None:
    for seed in range(4):
        flow = flow_of(series(seed, growth=growth))
        assert not any(lows(flow))
        assert flow.breakdown == 0.0
        assert flow.least_scale == pytest.approx(
            flow.conservation.low / 1.959964 if flow.conservation else math.nan
        )


def test_own_changes_that_the_data_contradict_are_a_doubt_that_bars_a_shift() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="own changes are larger than was believed"):
        flow = STEP.fit(make_panel(series(growth=200.0)), DESIGN).flow
    (note,) = (n for n in flow.notes if n.flag == "limits-contradict")
    assert note.bars_shift
    assert "limits-contradict" not in flow_of(series(fall=20.0, growth=20.0)).flags


def test_a_fall_of_the_origin_alone_proves_no_flow() -> None:
    for seed in range(4):
        flow = flow_of(series(seed, fall=60.0))
        assert not any(lows(flow))
        assert flow.breakdown == 0.0
        assert flow.least_scale > flow.smallest


def test_no_more_is_proved_than_left_and_than_arrived() -> None:
    flow = flow_of(series(fall=40.0, growth=60.0, walk=0.1, noise=0.5))
    proved = [found.flow[0] for _, found in flow.by_scale if found.flow[0] > 0]
    assert proved
    assert max(proved) <= flow.most_proved < 40
    for _, found in flow.by_scale:
        for low, high in (found.flow, found.excess, found.total):
            assert 0 <= low <= high


def test_only_scales_with_room_for_the_surplus_count_and_smaller_ones_do_not_hide_them() -> None:
    flow = flow_of(series(fall=40.0, growth=60.0, walk=0.1, noise=0.5))
    curve = flow.curve()
    refuted = curve["own_changes"] < flow.least_scale
    assert refuted.any()
    assert not curve.loc[refuted, "flow_low"].any()
    assert (curve.loc[~refuted, "flow_low"] > 0).any()
    assert flow.breakdown >= curve.loc[curve["flow_low"] > 0, "own_changes"].max()


def test_scales_below_the_surplus_are_said_to_be_refuted() -> None:
    result = fit(series(fall=40.0, growth=60.0, walk=0.1, noise=0.5))
    (said,) = (note for note in result.notes if note.startswith("a flow is proved only"))
    assert re.search(r"; those below \d\S* kg per year are refuted by the data$", said)
    balanced = fit(series(fall=40.0, growth=40.0, walk=0.1, noise=0.5))
    (plain,) = (note for note in balanced.notes if note.startswith("a flow is proved only"))
    assert plain.endswith("not a finding")


def test_a_destination_that_shrank_leaves_no_flow_and_every_text_says_so() -> None:
    with pytest.warns(sx.SmallSampleWarning, match="the destination has shrunk against its drift"):
        result = STEP.fit(make_panel(series(fall=20.0, growth=-40.0)), DESIGN)
    flow = result.flow
    assert "destination-shrank" in flow.flags
    assert flow.limits == FlowLimits((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    assert not any(lows(flow))
    assert any(note.startswith("flow: no flow fits the signs") for note in result.notes)
    assert not any("100 %" in note for note in result.notes)
    assert "no flow fits the signs" in sx.weigh(result).summary()
    assert "destination-shrank" not in flow_of(series(fall=20.0, growth=20.0)).flags


def test_the_estimate_without_own_changes_says_where_it_is_contradicted() -> None:
    frame = flow_of(series(growth=200.0)).to_frame()
    said = frame.loc[frame["belief"] == CONSERVED, "assumptions"]
    assert [OUTSIDE in text for text in said] == [True, True]


def test_the_share_of_growth_is_no_larger_than_what_arrived() -> None:
    flow = flow_of(series(fall=60.0, growth=10.0))
    assert flow.limits.total[1] < 0.7  # of 10 beside a drift of 20, where 60 left
    assert flow.limits.excess[1] == 1.0


def test_counterfactuals_below_zero_are_not_told_to_compare_logs() -> None:
    values = series()
    values["D"] = np.maximum(60 - 6.0 * np.arange(T), 1.0) + values["D"] % 1
    (said,) = (n for n in fit(values).notes if "falls below zero" in n)
    assert "log" not in said


@pytest.mark.slow
def test_a_date_read_off_the_series_is_not_called_known_from_outside() -> None:
    known = fit(series(fall=20.0, growth=20.0))
    assert "the push (step) is known from outside the series" in known.assumptions
    read_off = replace(DESIGN, onset=(2009, 2011), basis="observed")
    seen = fit(series(fall=20.0, growth=20.0), design=read_off)
    assert not any("known from outside" in text for text in seen.assumptions)
    assert any("read off the series: limits are too narrow" in text for text in seen.assumptions)


def test_the_margin_does_not_decide_whether_a_flow_is_proved() -> None:
    panel = make_panel(series(fall=30.0, growth=30.0, noise=1.0))
    usual, large = (replace(STEP, margin=m).fit(panel, DESIGN).flow for m in (0.1, 10.0))
    assert usual.breakdown > 0
    assert large.breakdown == pytest.approx(usual.breakdown, rel=0.1)


def test_an_estimate_above_the_upper_limit_is_said_to_lie_outside() -> None:
    flow = STEP.fit(make_panel(series(growth=120.0)), DESIGN).flow
    assert flow.conserved[0] > flow.limits.flow[1]
    assert flow.contradicted
    assert flow.to_frame().assumptions.iloc[-2] == f"{CONSERVED} ({OUTSIDE})"
