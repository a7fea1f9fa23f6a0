"""Unit tests of the structural model: what it is blind to, what it learns, what it refuses."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import Trend
from shiftexp.kernels.structural_series import Seasonal
from tests.panels import annual_series, long_frame, make_panel, monthly_series, pair_design, read

MODEL = sx.StructuralTimeSeries(draws=1000)
DESIGN = pair_design(onset=2014)
SERIES = annual_series(3)


def fit(
    series: dict[str, Floats], model: sx.StructuralTimeSeries = MODEL, design: sx.Design = DESIGN
) -> sx.Result:
    """Return a fit whose warnings are not looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(make_panel(series), design)


def estimates(result: sx.Result) -> Floats:
    """Return the estimates of the pair."""
    return np.array([result["origin"].estimate, result["destination"].estimate])


def shifted(series: dict[str, Floats], unit: str, by: ArrayLike) -> dict[str, Floats]:
    """Return the series with something added to one of them."""
    return series | {unit: series[unit] + np.asarray(by)}


def test_a_level_of_either_side_plays_no_part() -> None:
    assert estimates(fit(shifted(SERIES, "BE", 500.0))) == pytest.approx(estimates(fit(SERIES)))


@pytest.mark.parametrize("trend", ["smooth", "linear"])
def test_a_straight_trend_plays_no_part_where_there_is_a_slope(trend: Trend) -> None:
    model = replace(MODEL, trend=trend)
    line = 7.0 * np.arange(len(SERIES["BE"]))
    moved = estimates(fit(shifted(SERIES, "BE", line), model))
    assert moved == pytest.approx(estimates(fit(SERIES, model)), abs=1e-6)


def test_an_effect_moves_its_own_side_alone_and_in_full() -> None:
    effect = 30.0 * (np.arange(len(SERIES["BE"])) >= 14)
    before, after = fit(SERIES), fit(shifted(SERIES, "BE", effect))
    assert estimates(after) - estimates(before) == pytest.approx([0, 30])
    ends = [[r["destination"].conf_low, r["destination"].conf_high] for r in (before, after)]
    assert np.subtract(ends[1], ends[0]) == pytest.approx(30)


def test_what_is_left_out_plays_no_part_and_is_bridged() -> None:
    design = replace(DESIGN, exclude=(2005, 2006))
    wild = SERIES["BE"].copy()
    wild[[5, 6]] = [1e4, -1e4]
    one, other = fit(SERIES, design=design), fit(SERIES | {"BE": wild}, design=design)
    assert estimates(one) == pytest.approx(estimates(other))
    path = one.augment().query("side == 'destination'").set_index("period")["counterfactual"]
    assert path[["2005", "2006"]].isna().all()
    assert path.drop(["2005", "2006"]).notna().all()


def test_a_reporting_step_before_the_onset_plays_no_part() -> None:
    design = replace(DESIGN, breaks=("2007:BE:dummy",))
    step = 100.0 * (np.arange(len(SERIES["BE"])) >= 7)
    one, other = fit(SERIES, design=design), fit(shifted(SERIES, "BE", step), design=design)
    assert estimates(one) == pytest.approx(estimates(other))
    assert estimates(one) != pytest.approx(estimates(fit(SERIES)))


def monthly(model: sx.StructuralTimeSeries, pattern: float) -> Floats:
    """Return estimates from monthly data with a season of the given height."""
    series = monthly_series(5)
    wave = pattern * np.cos(np.arange(len(series["BE"])) * np.pi / 6)
    frame = long_frame(shifted(series, "BE", wave), per_year=12)
    design = pair_design(onset="2004-01")
    return estimates(model.fit(read(frame), design))


@pytest.mark.parametrize("seasonal", ["fixed", pytest.param("stochastic", marks=pytest.mark.slow)])
def test_a_season_plays_no_part(seasonal: Seasonal) -> None:
    model = replace(MODEL, seasonal=seasonal)
    assert monthly(model, 40.0) == pytest.approx(monthly(model, 0.0), abs=1e-6)


def test_one_side_alone_leaves_the_other_half_empty() -> None:
    alone = fit(SERIES, design=replace(DESIGN, origin=None))
    frame = alone.tidy().set_index("estimand")
    assert frame.loc[["origin", "net"], "estimate"].isna().all()
    assert alone["destination"].conf_low < alone["destination"].estimate
    assert not any("correlation between" in note for note in alone.notes)


def against_donors(model: sx.StructuralTimeSeries) -> sx.Result:
    """Return a study whose destination follows one of four donors that wander together."""
    rng = np.random.default_rng(8)
    wave = 20 * rng.normal(size=24).cumsum()
    donors = {u: 200 + wave + 20 * rng.normal(size=24).cumsum() for u in ("AT", "CZ", "DK", "FI")}
    sides = {
        "NL": 100 + 5 * rng.normal(size=24),
        "BE": 50 + donors["CZ"] + 2 * rng.normal(size=24),
    }
    return fit(sides | donors, model, replace(DESIGN, donors=("AT", "CZ", "DK", "FI")))


def test_donors_are_regressors_when_asked_for() -> None:
    alone, each = against_donors(MODEL), against_donors(replace(MODEL, donors="each"))
    weights = each.weights.to_frame().query("side == 'destination'").set_index("name")["weight"]
    assert weights["CZ"] == pytest.approx(1, abs=0.2)
    assert weights.drop("CZ").abs().max() < 0.2
    widths = [r["destination"].conf_high - r["destination"].conf_low for r in (alone, each)]
    assert widths[1] < 0.3 * widths[0]
    mean = against_donors(replace(MODEL, donors="mean"))
    assert mean["destination"].conf_high - mean["destination"].conf_low < widths[0]


def test_donors_are_left_alone_when_not_asked_for() -> None:
    design = replace(DESIGN, donors=("AT",))
    assert estimates(fit(SERIES, design=design)) == pytest.approx(estimates(fit(SERIES)), rel=1e-12)


def test_the_path_ahead_has_bands_and_the_past_has_none() -> None:
    frame = fit(SERIES).augment()
    after = frame[frame["role"] == "post"]
    assert (after["conf_low"] < after["effect"]).all()
    assert (after["effect"] < after["conf_high"]).all()
    assert frame.loc[frame["role"] == "pre", "conf_low"].isna().all()
    there = after[after["side"] == "destination"]
    width = (there["conf_high"] - there["conf_low"]).to_numpy()
    assert width[-1] > width[0]  # a level that wanders is known less and less


def test_known_sampling_errors_take_part() -> None:
    frame = long_frame(SERIES)
    frame["error"] = np.where(frame["period"].isin(["2012", "2013"]), 60.0, 1.0)
    told = MODEL.fit(read(frame, std_error="error"), DESIGN)
    assert estimates(told) != pytest.approx(estimates(fit(SERIES)), rel=1e-3)
    assert not any("sampling errors of the values are carried" in note for note in told.notes)


def test_short_series_show_what_the_prior_does_and_long_ones_do_not() -> None:
    assert sum("twice it" in note for note in fit(SERIES).notes) == 2
    rng = np.random.default_rng(1)
    many = {unit: 100 + rng.normal(size=60) for unit in ("NL", "BE")}
    design = pair_design(onset=2040, donors=())
    assert not any("twice it" in note for note in fit(many, design=design).notes)


def test_a_level_that_does_nearly_all_the_moving_is_warned_of() -> None:
    rng = np.random.default_rng(4)
    walks = {unit: 100 + rng.normal(size=24).cumsum() for unit in ("NL", "BE")}
    with pytest.warns(sx.SmallSampleWarning, match="the level itself does most of the moving"):
        MODEL.fit(make_panel(walks), replace(DESIGN, donors=()))


def test_what_cannot_be_fitted_is_refused_by_name() -> None:
    late = replace(DESIGN, breaks=("2016:BE:dummy",))
    with pytest.raises(sx.DesignError, match="1 reporting breaks after the onset"):
        fit(SERIES, design=late)
    with pytest.raises(sx.DesignError, match="4 periods before the onset"):
        fit(SERIES, design=pair_design(onset=2004))
    still = SERIES | {"BE": np.where(np.arange(24) < 14, 50.0, 60.0)}
    with pytest.raises(sx.DesignError, match="destination: no change"):
        fit(still)
    with pytest.raises(sx.DesignError, match="in a study without any"):
        fit(SERIES, replace(MODEL, donors="mean"), replace(DESIGN, donors=()))
    gap = SERIES | {"AT": np.where(np.arange(24) == 3, np.nan, SERIES["AT"])}
    with pytest.raises(sx.DesignError, match="1 donor with missing periods"):
        fit(gap, replace(MODEL, donors="each"), replace(DESIGN, donors=("AT", "CZ")))
    with pytest.raises(sx.DesignError, match="8 periods before the onset for 6 terms"):
        fit(SERIES, replace(MODEL, donors="each"), pair_design(onset=2008))


@pytest.mark.slow
def test_periods_held_out_before_the_onset_are_bridged_for_wrappers() -> None:
    panel = make_panel(SERIES)
    cases = MODEL.prepare(panel, DESIGN)
    learn = cases.learn.copy()
    learn[0, 5:8] = False
    held = replace(cases, learn=learn)
    path = MODEL.solve(held).path[0]
    assert np.isfinite(path[:, 5:8]).all()
    wild = held.y.copy()
    wild[0, :2, 5:8] = 1e4
    assert MODEL.solve(replace(held, y=wild)).path[0, :, 5:8] == pytest.approx(path[:, 5:8])
    steps = sx.EndOfSample(MODEL).fit(panel, pair_design(onset=2021))
    assert steps["destination"].p_value > 0.1


def test_a_straight_line_is_refused_and_not_taken_for_certainty() -> None:
    line = shifted(SERIES, "NL", 5 + 0.1 * np.arange(24) - SERIES["NL"])
    with pytest.raises(sx.DesignError, match="origin: no change that a straight trend"):
        fit(line)


def test_periods_left_out_after_the_onset_have_no_path() -> None:
    frame = fit(SERIES, replace(MODEL, donors="each"), pair_design(donors=("AT",), exclude=(2016,)))
    year = frame.augment().query("period == '2016'")
    assert year[["counterfactual", "effect", "conf_low"]].isna().all(axis=None)


def test_a_season_is_no_sign_of_a_level_that_wanders() -> None:
    rng = np.random.default_rng(6)
    wave = 30 * np.sin(np.arange(96) * np.pi / 6)
    noise = {unit: 100 + wave + 3 * rng.normal(size=96) for unit in ("NL", "BE")}
    panel = read(long_frame(noise, per_year=12))
    notes = MODEL.fit(panel, pair_design(onset="2006-01", donors=())).notes
    assert not any("most of the moving" in note for note in notes)


def test_partly_given_sampling_errors_are_said_to_count_as_none() -> None:
    frame = long_frame(SERIES).assign(error=2.0)
    frame.loc[(frame["country"] == "NL") & (frame["period"] == "2003"), "error"] = np.nan
    notes = MODEL.fit(read(frame, std_error="error"), DESIGN).notes
    assert any(n.startswith("origin: sampling errors are not given for every") for n in notes)
    assert "destination: known sampling errors are part of the noise" in notes


def test_a_placebo_that_cannot_be_fitted_is_refused_by_name() -> None:
    short = pair_design(onset=2012, start=2000)
    model = sx.Placebo(replace(MODEL, trend="linear", donors="each"), over="onsets")
    with pytest.raises(sx.DesignError, match="periods before the onset for 6 terms"):
        model.fit(make_panel(SERIES), short)


def test_residuals_one_step_ahead_are_not_resampled() -> None:
    with pytest.raises(sx.DesignError, match="its law is a simulation already"):
        sx.BlockBootstrap(MODEL)


def test_settings_that_are_none_are_refused_together() -> None:
    with pytest.raises(sx.DesignError) as caught:
        sx.StructuralTimeSeries(trend="flat", seasonal=True, donors="all", prior=-1, draws=10)  # type: ignore[arg-type]  # the point of the test
    for given in (
        "trend = 'flat'",
        "seasonal = True",
        "donors = 'all'",
        "prior = -1",
        "draws = 10",
    ):
        assert given in str(caught.value)
