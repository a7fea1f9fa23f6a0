"""Unit tests of interrupted time series: scales, trends, seasons, gaps, breaks, onset ranges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.effects import LogSeriesLaw
from shiftexp.errors import DesignError, SmallSampleWarning
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.kernels.mixture import mixture_design, posterior
from shiftexp.kernels.optimal_interval import intervals
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.series_design import evidence, series_design
from shiftexp.panel import Panel
from tests.panels import annual_series, make_panel, monthly_series, pair_design

SERIES = annual_series()
PANEL = make_panel(SERIES)
DESIGN = pair_design(donors=())
LEVEL = InterruptedTimeSeries(trend=False)
VARIANTS = [
    LEVEL,
    InterruptedTimeSeries(),
    InterruptedTimeSeries(scale="log", trend=False),
    InterruptedTimeSeries(scale="log"),
]


def with_gaps(*positions: int) -> Panel:
    """Return the panel with missing destination values."""
    gone = np.isin(np.arange(24), positions)
    return make_panel(SERIES | {"BE": np.where(gone, math.nan, SERIES["BE"])})


def step(size: int = 24, onset: int = 14) -> np.ndarray:
    """Return the onset's step."""
    return (np.arange(size) >= onset).astype(float)


def by_kernels(x: np.ndarray, series: np.ndarray, column: int) -> tuple[float, float, float, float]:
    """Return estimate, p and interval of one coefficient as the kernels give them."""
    design = series_design(x, np.arange(24.0), np.eye(x.shape[1])[column])
    table, found = null_table(design), evidence(design, series[None])
    p = effect_p(design, TableKey(), table, found, np.zeros(1))
    hull = intervals(design, TableKey(), table, found)
    mean = posterior(design.mixture, series[None], design.functional).mean
    return float(mean[0]), float(p[0]), float(hull.low[0]), float(hull.high[0])


def test_a_level_has_the_posterior_mean_and_the_inverted_test_of_the_step() -> None:
    result = LEVEL.fit(PANEL, DESIGN)
    x = np.column_stack([np.ones(24), step()])
    series = {"origin": SERIES["NL"], "destination": SERIES["BE"]}
    for estimand, values in (series | {"net": SERIES["NL"] + SERIES["BE"]}).items():
        estimate, p, low, high = by_kernels(x, values, 1)
        row = result[estimand]
        if estimand != "net":  # the sum of both means: the posterior of the sum has another
            assert row.estimate == pytest.approx(estimate)
        assert row.p_value == pytest.approx(p)
        assert (row.conf_low, row.conf_high) == pytest.approx((low, high), rel=1e-3)


def test_trend_estimate_is_the_mean_gap_over_the_post_periods() -> None:
    time = np.arange(24.0)
    x = np.column_stack([np.ones(24), time, step(), step() * (time - 18.5)])
    estimate, p, low, high = by_kernels(x, SERIES["BE"], 2)
    row = InterruptedTimeSeries().fit(PANEL, DESIGN)["destination"]
    assert (row.estimate, row.p_value) == pytest.approx((estimate, p))
    assert (row.conf_low, row.conf_high) == pytest.approx((low, high), rel=1e-3)


def test_stationary_errors_may_be_declared_and_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="errors declared stationary"):
        result = InterruptedTimeSeries(trend=False, errors="stationary").fit(PANEL, DESIGN)
    assert result.inference == "EMW-AR"
    with pytest.raises(DesignError, match="did you mean 'stationary'"):
        InterruptedTimeSeries(errors="stationry")  # type: ignore[arg-type]  # the refusal is tested


def test_a_trend_that_bends_by_itself_withholds_the_test() -> None:
    rng = np.random.default_rng(1)
    bent = 500 + np.cumsum(np.cumsum(rng.normal(size=(2, 24)), axis=1), axis=1)
    panel = make_panel(dict(zip(("NL", "BE"), bent, strict=True)))
    with pytest.warns(SmallSampleWarning, match="withheld"):
        result = InterruptedTimeSeries().fit(panel, DESIGN)
    assert result.inference.startswith("withheld")
    assert math.isnan(result["destination"].p_value)
    assert result["destination"].conf_kind == "none"
    assert math.isfinite(result["destination"].estimate)


def test_draws_are_those_of_the_posterior() -> None:
    result = LEVEL.fit(PANEL, DESIGN)
    assert result.effects.draws.shape == (10_000, 2)
    assert result.effects.draws.mean(axis=0) == pytest.approx(result.effects.mean, abs=0.2)


def test_effects_are_found_where_they_were_put() -> None:
    result = LEVEL.fit(PANEL, DESIGN)
    for side, truth in (("origin", -20), ("destination", 40), ("net", 20), ("offset_ratio", 0.5)):
        row = result[side]
        assert row.conf_low < truth < row.conf_high
    assert result["destination"].p_value < 0.001
    assert result["destination"].unit == "kg per year"


def test_a_trend_that_goes_on_is_no_effect() -> None:
    panel = make_panel(annual_series(effects=(0, 0), slope=3.0, seed=4))
    trend, level = InterruptedTimeSeries(), InterruptedTimeSeries(trend=False)
    row = trend.fit(panel, DESIGN)["destination"]
    assert row.conf_low < 0 < row.conf_high
    kept, lost = (m.solve(m.prepare(panel, DESIGN)).effect[0, 1] for m in (trend, level))
    assert abs(kept) < 10
    assert lost > 20


def test_log_effects_come_back_in_level_units() -> None:
    rng = np.random.default_rng(3)
    base = 100 * np.exp(0.02 * rng.normal(size=(2, 24)))
    values = base * np.exp(np.array([[-0.2], [0.5]]) * step())
    panel = make_panel(dict(zip(("NL", "BE"), values, strict=True)))
    result = InterruptedTimeSeries(scale="log", trend=False).fit(panel, DESIGN)
    truth = (values - base)[:, 14:].mean(axis=1)
    assert result.effects.mean == pytest.approx(truth, rel=0.1)
    for side, value in zip(("origin", "destination"), truth, strict=True):
        assert result[side].conf_low < value < result[side].conf_high
    assert isinstance(result.effects.law, LogSeriesLaw)
    assert math.isnan(result["destination"].std_error)


@pytest.mark.parametrize("sign", [-1, 1])
def test_log_draws_keep_the_correlation_of_the_errors(sign: int) -> None:
    rng = np.random.default_rng(4)
    shared, own = 0.1 * rng.normal(size=24), 0.02 * rng.normal(size=(2, 24))
    values = 100 * np.exp(np.stack([shared, sign * shared]) + own)
    panel = make_panel(dict(zip(("NL", "BE"), values, strict=True)))
    result = InterruptedTimeSeries(scale="log", trend=False).fit(panel, DESIGN)
    ranks = result.effects.draws.argsort(axis=0).argsort(axis=0)
    assert sign * np.asarray(np.corrcoef(ranks.T))[0, 1] > 0.6


def test_counts_with_zeros_have_their_own_scale() -> None:
    rng = np.random.default_rng(5)
    values = {"NL": rng.poisson(2.0, 24), "BE": rng.poisson(2.0 + 8 * step())}
    panel = make_panel({u: v.astype(float) for u, v in values.items()}, unit_of_measure="labs")
    result = InterruptedTimeSeries(scale="log_count", trend=False).fit(panel, DESIGN)
    assert result["destination"].conf_low > 0
    assert result["destination"].unit == "labs per year"


def test_zeros_on_a_log_scale_are_listed() -> None:
    series = SERIES | {"NL": SERIES["NL"] * (np.arange(24) != 3)}
    series["BE"] = np.where(np.arange(24) == 9, -1.5, SERIES["BE"])
    with pytest.raises(DesignError, match="2 values on scale 'log'") as caught:
        InterruptedTimeSeries(scale="log").fit(make_panel(series), DESIGN)
    assert caught.value.rows == ("NL, 2003: 0", "BE, 2009: -1.5")
    assert "log_count" in str(caught.value)


def test_amounts_on_a_count_scale_are_listed() -> None:
    with pytest.raises(DesignError, match="48 values on scale 'log_count'") as caught:
        InterruptedTimeSeries(scale="log_count").fit(PANEL, DESIGN)
    assert len(caught.value.rows) == 48


def test_zeros_outside_the_window_do_no_harm() -> None:
    series = SERIES | {"NL": SERIES["NL"] * (np.arange(24) != 3)}
    design = pair_design(donors=(), start=2004)
    assert InterruptedTimeSeries(scale="log").fit(make_panel(series), design).effects.mean[1] > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": 2009}, "5 usable periods before and 10 after"),
        ({"end": 2015}, "14 usable periods before and 2 after"),
        ({"start": 2009, "end": 2015}, "5 usable periods before and 2 after"),
    ],
)
def test_too_few_periods_are_refused(changes: dict[str, int], said: str) -> None:
    with pytest.raises(DesignError, match=said) as caught:
        LEVEL.fit(PANEL, pair_design(donors=(), **changes))
    assert "at least 6 before and 3 after" in str(caught.value)


def test_six_before_and_three_after_are_enough() -> None:
    result = LEVEL.fit(PANEL, pair_design(donors=(), start=2008, end=2016))
    assert result["destination"].conf_kind == "interval"


def test_terms_that_the_periods_cannot_carry_are_refused() -> None:
    flags = {("BE", str(2009 + k)): "break" for k in range(4)}
    design = pair_design(donors=(), start=2008, end=2016, breaks="dummy")
    with pytest.raises(DesignError, match="9 usable periods for 8 terms"):
        InterruptedTimeSeries().fit(make_panel(SERIES, flags=flags), design)


def test_seasons_are_no_errors() -> None:
    panel = make_panel(monthly_series(years=5, onset=36), per_year=12)
    design = pair_design(onset="2003-01", donors=())
    plain, seasonal = (
        InterruptedTimeSeries(trend=False, seasonal=s).fit(panel, design) for s in (False, True)
    )
    width = [r["destination"].conf_high - r["destination"].conf_low for r in (plain, seasonal)]
    assert width[1] < width[0]
    row = seasonal["destination"]
    assert row.conf_low < 12 * 9 < row.conf_high
    assert row.unit == "kg per year"
    assert seasonal.effects.mean == pytest.approx([12 * -6, 12 * 9], abs=12)


def test_rates_are_not_multiplied_by_the_periods_of_a_year() -> None:
    panel = make_panel(monthly_series(), per_year=12, additive=False, unit_of_measure="EUR per g")
    result = LEVEL.fit(panel, pair_design(onset="2005-01", donors=()))
    assert result["destination"].estimate == pytest.approx(9, abs=1)
    assert result["destination"].unit == "EUR per g"
    frame = result.tidy().set_index("estimand")
    assert frame["estimate"].isna()["net"]
    assert frame.loc["offset_ratio", "conf_kind"] == "none"


def test_missing_periods_are_left_out_and_named() -> None:
    result = LEVEL.fit(with_gaps(4, 17), DESIGN)
    assert result.dropped == ("2004: BE not observed", "2017: BE not observed")
    glance = result.glance()
    assert (glance["n_pre"][0], glance["n_post"][0]) == (13, 9)
    kept = np.delete(np.arange(24), [4, 17])
    x = np.column_stack([np.ones(22), step()[kept]])
    mix = posterior(
        mixture_design(x, kept.astype(float)), SERIES["NL"][None, kept], np.array([0.0, 1.0])
    )
    assert result["origin"].estimate == pytest.approx(mix.mean[0])


def test_missing_values_are_not_zeros() -> None:
    zeros = make_panel(SERIES | {"BE": np.where(np.arange(24) == 4, 0.0, SERIES["BE"])})
    with_zero, with_gap = (LEVEL.fit(p, DESIGN)["destination"] for p in (zeros, with_gaps(4)))
    assert abs(with_zero.estimate - with_gap.estimate) > 1


def test_a_break_that_is_stepped_over_moves_nothing() -> None:
    moved = SERIES | {"BE": SERIES["BE"] + 500 * (np.arange(24) >= 6)}
    flags = {("BE", "2006"): "break"}
    design = pair_design(donors=(), breaks="dummy")
    there, here = (LEVEL.fit(make_panel(s, flags=flags), design) for s in (moved, SERIES))
    for side in ("origin", "destination", "net"):
        assert there[side].estimate == pytest.approx(here[side].estimate, rel=1e-6)
        assert there[side].conf_low == pytest.approx(here[side].conf_low, rel=1e-5)


def test_a_break_of_one_side_does_not_cost_the_other_anything() -> None:
    panel = make_panel(SERIES, flags={("BE", "2006"): "break"})
    stepped = LEVEL.fit(panel, pair_design(donors=(), breaks="dummy"))
    plain = LEVEL.fit(PANEL, DESIGN)
    assert stepped["origin"].conf_low == pytest.approx(plain["origin"].conf_low, rel=1e-9)
    assert stepped["destination"].conf_low != pytest.approx(plain["destination"].conf_low, rel=1e-3)


@pytest.mark.parametrize("units", [("NL", "BE"), ("NL", "AT")], ids=["both sides", "one side"])
def test_two_breaks_in_one_year_are_one_step_where_they_coincide(units: tuple[str, str]) -> None:
    flags = {(unit, "2006"): "break" for unit in units}
    origin = ("NL", "AT") if "AT" in units else "NL"
    design = pair_design(origin=origin, donors=(), breaks="dummy")
    result = LEVEL.fit(make_panel(SERIES, flags=flags), design)
    assert result["destination"].conf_low < 40 < result["destination"].conf_high
    assert result["net"].conf_kind == "interval"


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5, math.nan])
def test_levels_outside_the_unit_interval_are_refused(level: float) -> None:
    with pytest.raises(DesignError, match="strictly between 0 and 1"):
        InterruptedTimeSeries(level=level)


def test_unknown_scales_are_suggested() -> None:
    wrong: dict[str, str] = {"scale": "logs"}
    with pytest.raises(DesignError, match="did you mean 'log'"):
        InterruptedTimeSeries(**wrong)  # type: ignore[arg-type]  # the wrong word is the test


def test_wider_levels_make_wider_intervals() -> None:
    rows = [
        InterruptedTimeSeries(trend=False, level=level).fit(PANEL, DESIGN)["net"]
        for level in (0.8, 0.95, 0.99)
    ]
    widths = [row.conf_high - row.conf_low for row in rows]
    assert widths == sorted(widths)
    assert len({row.estimate for row in rows}) == 1


@pytest.mark.parametrize("variant", VARIANTS, ids=repr)
def test_an_onset_range_leaves_the_candidates_before_the_last_out(
    variant: InterruptedTimeSeries,
) -> None:
    panel = make_panel(annual_series(effects=(-4, 5), seed=6))
    ranged = variant.fit(panel, pair_design(donors=(), onset=(2012, 2015)))
    without = pair_design(donors=(), onset=2015, exclude=(2012, 2013, 2014))
    plain = variant.fit(panel, without)
    assert ranged.tidy().equals(plain.tidy())
    frame, other = ranged.augment(), plain.augment()
    used = frame["role"] != "left out"
    assert frame[used].equals(other[used])
    assert set(frame.loc[~used, "period"]) == {"2012", "2013", "2014"}
    assert frame.loc[~used, "effect"].isna().all()


def test_an_onset_range_says_so() -> None:
    ranged = LEVEL.fit(PANEL, pair_design(donors=(), onset=(2012, 2014)))
    assert any("between 2012 and 2014" in text for text in ranged.assumptions)
    why = "among the candidate onsets, neither before nor after"
    assert ranged.dropped == (f"2012: {why}", f"2013: {why}")
    assert LEVEL.fit(PANEL, DESIGN).dropped == ()


@pytest.mark.parametrize("variant", VARIANTS, ids=repr)
@pytest.mark.parametrize("onset", [2014, (2012, 2015)], ids=["dated", "range"])
@pytest.mark.parametrize("gaps", [(), (4, 18)], ids=["complete", "gaps"])
def test_the_paths_average_to_the_estimate(
    variant: InterruptedTimeSeries, onset: int | tuple[int, int], gaps: tuple[int, ...]
) -> None:
    result = variant.fit(with_gaps(*gaps), pair_design(donors=(), onset=onset))
    frame = result.augment()
    gap = frame["observed"] - frame["counterfactual"]
    assert np.allclose(gap, frame["effect"], equal_nan=True)
    post = frame[frame["role"] == "post"]
    means = post.groupby("side")[["effect", "counterfactual", "observed"]].mean()
    for i, side in enumerate(("origin", "destination")):
        assert means.loc[side, "effect"] == pytest.approx(result[side].estimate)
        assert means.loc[side, "counterfactual"] == pytest.approx(result.effects.base[i])
        assert means.loc[side, "observed"] == pytest.approx(result.effects.observed[i])
    assert set(frame.loc[frame["observed"].isna(), "role"]) <= {"left out"}


def test_pointwise_intervals_hold_their_effects_after_the_onset() -> None:
    frame = LEVEL.fit(PANEL, DESIGN).augment()
    post = frame[frame["role"] == "post"]
    assert (post["conf_low"] < post["conf_high"]).all()
    assert frame.loc[frame["role"] == "pre", "conf_low"].isna().all()
    wide = InterruptedTimeSeries(trend=False, level=0.99).fit(PANEL, DESIGN).augment()
    assert (wide.loc[post.index, "conf_low"] < post["conf_low"]).all()


def test_one_sided_studies_answer_for_their_side() -> None:
    both, one = LEVEL.fit(PANEL, DESIGN), LEVEL.fit(PANEL, pair_design(origin=None, donors=()))
    assert one["destination"].estimate == pytest.approx(both["destination"].estimate)
    assert one["destination"].conf_low == pytest.approx(both["destination"].conf_low, rel=1e-9)
    frame = one.tidy().set_index("estimand")
    assert frame.loc[["origin", "net", "offset_ratio"], "estimate"].isna().all()
    assert set(one.augment()["side"]) == {"destination"}
    assert math.isnan(one.effects.base[0])


def test_several_units_on_a_side_are_their_sum() -> None:
    result = LEVEL.fit(PANEL, pair_design(origin=("NL", "AT"), donors=()))
    summed = make_panel({"NL": SERIES["NL"] + SERIES["AT"], "BE": SERIES["BE"]})
    assert result["origin"].estimate == pytest.approx(LEVEL.fit(summed, DESIGN)["origin"].estimate)
    assert set(result.augment()["unit"]) == {"NL + AT", "BE"}


def test_flagged_values_that_were_used_are_named() -> None:
    panel = make_panel(SERIES, flags={("BE", "2005"): "approximate"})
    assert "2005: BE is flagged approximate" in LEVEL.fit(panel, DESIGN).notes


def test_words_of_the_result_name_what_was_done() -> None:
    result = LEVEL.fit(with_gaps(4), DESIGN)
    said = result.summary()
    parts = [
        "Interrupted time series (level",
        "origin NL, destination BE",
        "EMW-LL",
        "Identifying assumptions",
        "2004: BE not observed",
        "data gate: pass",
    ]
    for part in parts:
        assert part in said
    with pytest.raises(KeyError, match="did you mean 'net'"):
        result["nett"]
