"""Unit tests of the event study: effects by period, intervals, the band, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from tests.panels import make_panel
from tests.unit.estimators.test_synthetic import DESIGN, DONORS, series


def path(result: sx.Result, side: str = "destination") -> pd.DataFrame:
    """Return one side by period."""
    frame = result.augment()
    return frame[frame["side"] == side].reset_index(drop=True)


def flat(effect: float = 30.0) -> sx.Result:
    """Return the event study of level series whose donors move in parallel."""
    rng = np.random.default_rng(3)
    common = rng.normal(size=18).cumsum()
    units = {u: 50 + common + rng.normal(size=18) for u in (*DONORS, "O", "X")}
    units["X"] = units["X"] + effect * (np.arange(18) >= 10)
    return sx.EventStudy(draws=2000).fit(make_panel(units), DESIGN)


def test_periods_have_effects_of_their_own_whose_mean_is_tested() -> None:
    result = flat()
    frame = path(result)
    after = frame[frame["role"] == "post"]
    assert after["effect"].nunique() == 8
    assert after["effect"].mean() == pytest.approx(result["destination"].estimate, abs=2)
    assert result["destination"].conf_low < 30 < result["destination"].conf_high
    assert (after["effect"] - 30).abs().max() < 6


def test_a_period_before_the_onset_is_judged_by_the_others_before_it() -> None:
    frame = path(flat())
    before = frame[frame["role"] == "pre"]
    inside = (before["conf_low"] < 0) & (before["conf_high"] > 0)
    assert inside.mean() >= 0.8
    assert before["joint_low"].isna().all()


def test_the_band_is_wider_than_the_intervals_and_both_hold_the_effect() -> None:
    after = path(flat())[lambda f: f["role"] == "post"]
    assert (after["joint_low"] < after["conf_low"]).all()
    assert (after["joint_high"] > after["conf_high"]).all()
    assert ((after["joint_low"] < 30) & (after["joint_high"] > 30)).all()


def test_intervals_widen_with_the_distance_from_the_onset_where_errors_wander() -> None:
    rng = np.random.default_rng(4)
    units = {u: 50 + rng.normal(size=18).cumsum() for u in (*DONORS, "O", "X")}
    after = path(sx.EventStudy(draws=1000).fit(make_panel(units), DESIGN))[10:]
    width = after["conf_high"] - after["conf_low"]
    assert width.iloc[-1] > 1.3 * width.iloc[0]


def test_on_a_log_scale_effects_are_carried_to_level_units() -> None:
    level, log = (
        sx.EventStudy(scale=scale, draws=1000).fit(make_panel(series()), DESIGN)
        for scale in ("level", "log")
    )
    assert log["destination"].estimate == pytest.approx(level["destination"].estimate, rel=0.3)
    frame = path(log)
    gap = frame["observed"] - frame["counterfactual"]
    assert gap.to_numpy() == pytest.approx(frame["effect"].to_numpy())
    assert (frame["conf_low"] < frame["effect"]).all()


def test_other_results_have_no_band() -> None:
    result = sx.DifferenceInDifferences().fit(make_panel(series()), DESIGN)
    assert "joint_low" not in result.augment()


def test_the_law_is_that_of_an_effect_that_may_grow() -> None:
    panel = make_panel(series())
    growing = sx.DifferenceInDifferences(growing=True).fit(panel, DESIGN)
    events = sx.EventStudy(draws=1000).fit(panel, DESIGN)
    assert events["destination"].p_value == growing["destination"].p_value
    assert events["destination"].estimate == growing["destination"].estimate


def test_one_side_alone_is_the_same_side() -> None:
    panel = make_panel(series())
    pair, alone = (
        path(sx.EventStudy(draws=1000).fit(panel, design))
        for design in (DESIGN, replace(DESIGN, origin=None))
    )
    columns = ["effect", "conf_low", "joint_high"]
    assert alone[columns].to_numpy() == pytest.approx(pair[columns].to_numpy(), nan_ok=True)


def test_few_periods_and_no_donors_are_refused() -> None:
    panel = make_panel(series())
    with pytest.raises(DesignError, match="5 usable periods before"):
        sx.EventStudy().fit(panel, replace(DESIGN, start=2005))
    with pytest.raises(DesignError, match="no donors"):
        sx.EventStudy().fit(panel, replace(DESIGN, donors=()))
    with pytest.raises(DesignError, match="draws = 10"):
        sx.EventStudy(draws=10)
