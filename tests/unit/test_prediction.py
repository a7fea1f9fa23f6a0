"""Intervals for coming periods."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.prediction import predict
from shiftexp.result import Estimator
from tests.panels import annual_series, make_panel, pair_design

PANEL = make_panel(annual_series())


def test_it_says_both_sides_and_all_periods() -> None:
    found = predict(sx.InterruptedTimeSeries(trend=False).fit(PANEL, pair_design()), 2)
    frame = found.to_frame()
    assert frame[["unit", "period"]].to_numpy().tolist() == [
        ["NL", "2024"], ["NL", "2025"], ["BE", "2024"], ["BE", "2025"],
    ]  # fmt: skip
    assert (frame["low"] < frame["expected"]).all()
    assert (frame["expected"] < frame["high"]).all()
    assert "NL, 2024" in found.summary()


def test_the_effect_goes_on_as_fitted() -> None:
    result = sx.InterruptedTimeSeries(trend=False).fit(PANEL, pair_design())
    expected = predict(result).expected[:, 0]
    after = result.paths.observed[:, result.paths.post].mean(axis=1)
    before = result.paths.observed[:, result.paths.pre].mean(axis=1)
    assert (np.abs(expected - after) < np.abs(expected - before)).all()


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (sx.InterruptedTimeSeries(scale="log"), "its trend and its change at the onset, log"),
        (sx.InterruptedTimeSeries(trend=False), "its levels before and after, level"),
        (sx.StructuralTimeSeries(), "its levels before and after, level"),
        (sx.Placebo(sx.InterruptedTimeSeries(trend=False)), "its levels before and after"),
        (sx.DifferenceInDifferences(scale="log"), "its trend and its change at the onset, log"),
    ],
    ids=repr,
)
def test_it_goes_by_the_shape_and_scale_of_the_estimator(estimator: Estimator, said: str) -> None:
    found = predict(estimator.fit(PANEL, pair_design()))
    assert said in found.rests_on
    assert np.isfinite(found.low).all()
    assert "log" not in said or (found.low > 0).all()


def test_one_side_is_judged_alone_and_so_narrower() -> None:
    model = sx.InterruptedTimeSeries(trend=False)
    both = predict(model.fit(PANEL, pair_design()))
    alone = predict(model.fit(PANEL, pair_design().only("destination")))
    assert np.isnan(alone.low[0]).all()
    assert alone.to_frame()["unit"].tolist() == ["BE"]
    assert alone.high[1, 0] - alone.low[1, 0] < both.high[1, 0] - both.low[1, 0]


def test_a_missing_value_is_not_outside() -> None:
    found = predict(sx.InterruptedTimeSeries(trend=False).fit(PANEL, pair_design()))
    held = found.holds(np.array([[np.nan], [1e9]]))
    assert held.tolist() == [[True], [False]]


def test_seasons_go_on() -> None:
    rng = np.random.default_rng(1)
    season = np.tile([0.0, 30.0, 0.0, -30.0], 10)
    series = {u: 100 + season + rng.standard_normal(40) for u in ("NL", "BE")}
    panel = make_panel(series, per_year=4)
    design = sx.Design(origin="NL", destination="BE", onset="2006Q1")
    expected = predict(sx.InterruptedTimeSeries(trend=False).fit(panel, design), 4).expected[1]
    assert np.allclose(expected - expected.mean(), [0, 30, 0, -30], atol=3)


def test_settings_that_are_none_are_refused() -> None:
    result = sx.InterruptedTimeSeries(trend=False).fit(PANEL, pair_design())
    with pytest.raises(DesignError, match="periods = 0"):
        predict(result, 0)
    with pytest.raises(DesignError, match="level = 95"):
        predict(result, level=95)


def test_no_further_ahead_than_the_past_reaches_back() -> None:
    result = sx.InterruptedTimeSeries(trend=False).fit(PANEL, pair_design())
    with pytest.raises(DesignError, match=r"periods = 100.*observed before the onset"):
        predict(result, 100)
    assert "measured to 3 periods ahead" in predict(result, 4).rests_on
    assert "measured" not in predict(result, 3).rests_on
