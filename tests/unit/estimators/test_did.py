"""Unit tests of difference-in-differences: two-way dummies, donors with gaps, short windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.formula.api as smf

from shiftexp.errors import DesignError, EstimandNotIdentified, SmallSampleWarning
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.scale import Scale
from tests.panels import DONORS, annual_series, long_frame, make_panel, monthly_series, pair_design

SERIES = annual_series()
PANEL = make_panel(SERIES)
DESIGN = pair_design()
DID = DifferenceInDifferences()
SCALES: list[Scale] = ["level", "log"]


def two_way(series: dict[str, Floats], unit: str, *, log: bool = False) -> float:
    """Return the coefficient of treatment in a regression on unit and period dummies."""
    frame = long_frame({name: series[name] for name in (unit, *DONORS)})
    frame["treated"] = ((frame["country"] == unit) & (frame["period"] >= "2014")).astype(float)
    frame["y"] = np.log(frame["amount"]) if log else frame["amount"]
    fit = smf.ols("y ~ treated + C(country) + C(period)", frame).fit()
    return float(fit.params["treated"])


@pytest.mark.parametrize(("side", "unit"), [("origin", "NL"), ("destination", "BE")])
def test_level_estimate_is_the_two_way_coefficient(side: str, unit: str) -> None:
    found = DID.fit(PANEL, DESIGN)[side].estimate
    assert found == pytest.approx(two_way(SERIES, unit), abs=1e-8)


@pytest.mark.parametrize(("side", "unit"), [("origin", "NL"), ("destination", "BE")])
def test_level_estimate_with_a_missing_focal_period_is_the_two_way_coefficient(
    side: str, unit: str
) -> None:
    gone = np.isin(np.arange(24), [3, 19])
    series = SERIES | {u: np.where(gone, math.nan, SERIES[u]) for u in ("NL", "BE")}
    found = DID.fit(make_panel(series), DESIGN)[side].estimate
    assert found == pytest.approx(two_way(series, unit), abs=1e-8)


def test_log_estimate_is_the_two_way_coefficient_in_level_units() -> None:
    found = DifferenceInDifferences(scale="log").fit(PANEL, DESIGN)
    for side, unit in (("origin", "NL"), ("destination", "BE")):
        d = two_way(SERIES, unit, log=True)
        expected = (SERIES[unit][14:] * (1 - math.exp(-d))).mean()
        assert found[side].estimate == pytest.approx(expected, abs=1e-8)


def test_level_estimate_is_the_difference_of_four_means() -> None:
    donors = np.mean([SERIES[u] for u in DONORS], axis=0)
    contrast = SERIES["BE"] - donors
    expected = contrast[14:].mean() - contrast[:14].mean()
    assert DID.fit(PANEL, DESIGN)["destination"].estimate == pytest.approx(expected)


def test_a_common_shock_is_no_effect() -> None:
    shock = np.where(np.arange(24) >= 14, 300.0, 0.0)
    moved = {unit: values + shock for unit, values in SERIES.items()}
    before, after = (DID.fit(make_panel(s), DESIGN) for s in (SERIES, moved))
    assert after.effects.mean == pytest.approx(before.effects.mean, abs=1e-9)
    own = InterruptedTimeSeries(trend=False).fit(make_panel(moved), DESIGN)
    assert own.effects.mean[1] > before.effects.mean[1] + 250


def test_a_donor_that_enters_late_moves_no_level() -> None:
    late = np.where(np.arange(24) < 12, math.nan, SERIES["PT"] + 1000)
    near = np.where(np.arange(24) < 12, math.nan, SERIES["PT"])
    high, low = (DID.fit(make_panel(SERIES | {"PT": v}), DESIGN) for v in (late, near))
    assert high.effects.mean == pytest.approx(low.effects.mean, abs=1e-8)


def test_effects_are_found_where_they_were_put() -> None:
    result = DID.fit(PANEL, DESIGN)
    for side, truth in (("origin", -20), ("destination", 40), ("net", 20), ("offset_ratio", 0.5)):
        assert result[side].conf_low < truth < result[side].conf_high
    assert result.effects.mean == pytest.approx([-20, 40], abs=5)


def test_without_donors_the_doubling_is_explained() -> None:
    with pytest.raises(DesignError) as caught:
        DID.fit(PANEL, pair_design(donors=()))
    said = str(caught.value)
    for part in ("'BE' could only be compared with 'NL'", "A_D - X_O + 2F", "counted twice",
                 "InterruptedTimeSeries"):  # fmt: skip
        assert part in said
    with pytest.raises(DesignError, match="counted twice"):
        DID.prepare(PANEL, pair_design(donors=()))


def test_origin_as_control_counts_a_flow_twice() -> None:
    flow = 15.0
    moved = annual_series(effects=(-flow, flow), sd=0.01)
    contrast = moved["BE"] - moved["NL"]
    assert contrast[14:].mean() - contrast[:14].mean() == pytest.approx(2 * flow, abs=0.1)
    assert DID.fit(make_panel(moved), DESIGN).effects.mean == pytest.approx([-flow, flow], abs=0.1)


def test_zeros_on_a_log_scale_are_listed_donors_too() -> None:
    zero = np.arange(24) == 3
    series = SERIES | {u: np.where(zero, 0.0, SERIES[u]) for u in ("NL", "FI")}
    with pytest.raises(DesignError, match="2 values on scale 'log'") as caught:
        DifferenceInDifferences(scale="log").fit(make_panel(series), DESIGN)
    assert caught.value.rows == ("NL, 2003: 0", "FI, 2003: 0")


@pytest.mark.parametrize("changes", [{"start": 2009}, {"end": 2015}])
def test_short_windows_have_estimates_without_inference(changes: dict[str, int]) -> None:
    with pytest.warns(SmallSampleWarning, match="an estimate without inference"):
        result = DID.fit(PANEL, pair_design(**changes))
    frame = result.tidy().set_index("estimand")
    assert np.isfinite(frame["estimate"]).all()
    silent = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
    assert frame[silent].isna().all(axis=None)
    assert set(frame["conf_kind"]) == {"none"}
    assert result.inference.startswith("none")
    with pytest.raises(EstimandNotIdentified, match="cov of a SilentLaw"):
        _ = result.effects.cov


def test_two_periods_are_enough_for_an_estimate() -> None:
    with pytest.warns(SmallSampleWarning):
        result = DID.fit(PANEL, pair_design(start=2013, end=2014))
    d = {u: SERIES[u][14] - SERIES[u][13] for u in SERIES}
    expected = d["BE"] - np.mean([d[u] for u in DONORS])
    assert result["destination"].estimate == pytest.approx(expected)


def test_months_are_summed_to_years() -> None:
    panel = make_panel(monthly_series(), per_year=12)
    result = DID.fit(panel, pair_design(onset="2005-01"))
    assert result.effects.mean == pytest.approx([-72, 108], abs=12)
    assert result.effects.observed == pytest.approx(
        [12 * monthly_series()[u][60:].mean() for u in ("NL", "BE")]
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("onset", [2014, (2012, 2015)], ids=["dated", "range"])
def test_the_paths_average_to_the_estimate(scale: Scale, onset: int | tuple[int, int]) -> None:
    result = DifferenceInDifferences(scale=scale).fit(PANEL, pair_design(onset=onset))
    frame = result.augment()
    gap = frame["observed"] - frame["counterfactual"]
    assert np.allclose(gap, frame["effect"], equal_nan=True)
    left_out = frame["role"] == "left out"
    assert (gap.isna() == left_out).all()
    assert left_out.sum() == (0 if onset == 2014 else 6)
    means = frame[frame["role"] == "post"].groupby("side")["effect"].mean()
    for side in ("origin", "destination"):
        assert means[side] == pytest.approx(result[side].estimate)


@pytest.mark.parametrize("scale", SCALES)
def test_an_onset_range_leaves_the_candidates_before_the_last_out(scale: Scale) -> None:
    panel = make_panel(annual_series(effects=(-5, 6), seed=3))
    ranged = DifferenceInDifferences(scale=scale).fit(panel, pair_design(onset=(2012, 2015)))
    without = pair_design(onset=2015, exclude=(2012, 2013, 2014))
    single = DifferenceInDifferences(scale=scale).fit(panel, without)
    assert ranged.tidy().equals(single.tidy())
    for a in ((1, 0), (0, 1), (1, 1), (-1, -0.25)):
        assert ranged.effects.p_value(a)[0] == single.effects.p_value(a)[0]
    assert [text[:4] for text in ranged.dropped] == ["2012", "2013", "2014"]


def test_a_batch_of_placebos_can_be_solved_at_once() -> None:
    fit = DID.solve(DESIGN.placebos(PANEL))
    assert fit.effect.shape == (30, 2)
    assert np.abs(fit.effect).max() < 15
    assert np.isnan(fit.cov).all()


def test_solve_agrees_with_fit() -> None:
    fit = DID.solve(DID.prepare(PANEL, DESIGN))
    result = DID.fit(PANEL, DESIGN)
    assert fit.effect[0] == pytest.approx(result.effects.mean)
    before = result.paths.counterfactual[:, :14]
    assert fit.path[0, :, :14] == pytest.approx(before)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_levels_outside_the_unit_interval_are_refused(level: float) -> None:
    with pytest.raises(DesignError, match=f"level = {level!r}"):
        DifferenceInDifferences(level=level)


def test_notes_of_one_sided_studies() -> None:
    one = DID.fit(PANEL, pair_design(origin=None))
    assert one["destination"].estimate == pytest.approx(
        DID.fit(PANEL, DESIGN)["destination"].estimate
    )
    assert one.tidy().set_index("estimand")["estimate"].isna()["net"]
    assert one.glance()["n_donors"][0] == 6


def test_periods_in_which_no_donor_is_observed_are_named() -> None:
    gone = np.arange(24) == 5
    series = {u: np.where(gone, math.nan, v) if u in DONORS else v for u, v in SERIES.items()}
    with pytest.raises(DesignError, match="2005"):
        DID.fit(make_panel(series), DESIGN)


def moved(unit: str, *years: int, by: float = 500.0) -> dict[str, Floats]:
    """Return the series with the values of one unit moved in some years."""
    there = np.isin(2000 + np.arange(24), years)
    return SERIES | {unit: SERIES[unit] + by * there}


UNUSED = {
    "excluded": ({}, {"exclude": (2005, 2019)}, (2005, 2019)),
    "candidate": ({}, {"onset": (2012, 2015)}, (2012, 2013, 2014)),
    "not joint": ({("NL", "2007"): "suspect"}, {"quality": ("ok",)}, (2007,)),
    "outside the window": ({}, {"start": 2003, "end": 2021}, (2001, 2023)),
    "beyond a split": ({("NL", "2004"): "break"}, {"breaks": "split"}, (2001, 2003)),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("flags", "design", "years"), UNUSED.values(), ids=UNUSED)
def test_donors_speak_only_in_used_periods(
    flags: dict[tuple[str, str], str],
    design: dict[str, Any],
    years: tuple[int, ...],
    scale: Scale,
) -> None:
    model, study = DifferenceInDifferences(scale=scale), pair_design(**design)
    plain, other = (
        model.fit(make_panel(series, flags=flags), study)
        for series in (SERIES, moved("FI", *years))
    )
    assert other.effects.mean == pytest.approx(plain.effects.mean, abs=1e-9)
    assert other.tidy().equals(plain.tidy())
    used = model.fit(make_panel(moved("FI", 2018), flags=flags), study)
    assert abs(used.effects.mean - plain.effects.mean).min() > 1


@pytest.mark.parametrize(("flags", "design", "years"), UNUSED.values(), ids=UNUSED)
def test_donors_may_be_zero_on_a_log_scale_where_they_are_not_used(
    flags: dict[tuple[str, str], str], design: dict[str, Any], years: tuple[int, ...]
) -> None:
    zero = SERIES | {"FI": np.where(np.isin(2000 + np.arange(24), years), 0.0, SERIES["FI"])}
    model, study = DifferenceInDifferences(scale="log"), pair_design(**design)
    found, plain = (model.fit(make_panel(s, flags=flags), study) for s in (zero, SERIES))
    assert found.tidy().equals(plain.tidy())


def test_what_donors_lack_in_used_periods_is_named() -> None:
    gone = np.isin(np.arange(24), [3, 12])
    series = SERIES | {"FI": np.where(gone, math.nan, SERIES["FI"])}
    flags = {("AT", "2006"): "suspect", ("AT", "2012"): "suspect"}
    panel = make_panel(series, flags=flags)
    design = pair_design(quality=("ok",), exclude=(2012,))
    with_donors = ("2006: donor AT flagged suspect", "2003: donor FI not observed")
    excluded = ("2012: excluded by the design",)
    assert DID.fit(panel, design).dropped == (*excluded, *with_donors)
    assert InterruptedTimeSeries(trend=False).fit(panel, design).dropped == excluded


def test_a_donor_seen_only_where_it_is_not_used_moves_nothing() -> None:
    only = np.where(np.arange(24) == 5, 900.0, math.nan)
    design = pair_design(exclude=(2005,))
    found = DID.fit(make_panel(SERIES | {"FI": only}), design)
    fewer = pair_design(exclude=(2005,), donors=tuple(d for d in DONORS if d != "FI"))
    assert found.effects.mean == pytest.approx(DID.fit(PANEL, fewer).effects.mean, abs=1e-9)


def apart(*bridges: str) -> dict[str, Floats]:
    """Return three donors that end in 2013 and three that start in 2014, but for bridges."""
    early, late = np.arange(24) < 14, np.arange(24) >= 14
    seen = {d: early if i < 3 else late for i, d in enumerate(DONORS)}
    return SERIES | {
        d: SERIES[d] if d in bridges else np.where(seen[d], SERIES[d], math.nan) for d in DONORS
    }


def test_donors_that_no_chain_connects_are_refused_naming_the_periods() -> None:
    with pytest.raises(DesignError, match="10 periods that no donor, nor a chain") as caught:
        DID.fit(make_panel(apart()), DESIGN)
    assert caught.value.rows == tuple(str(year) for year in range(2014, 2024))
    assert "exclude the periods" in str(caught.value)


def test_one_donor_on_both_sides_of_the_gap_connects_them() -> None:
    found = DID.fit(make_panel(apart(DONORS[0])), DESIGN)
    gap = SERIES[DONORS[0]][14:].mean() - SERIES[DONORS[0]][:14].mean()
    own = SERIES["BE"][14:].mean() - SERIES["BE"][:14].mean()
    assert abs(found["destination"].estimate - (own - gap)) < 5
    assert len(found.dropped) == 2 * 10 + 3 * 14


def test_a_chain_of_donors_connects_what_no_single_donor_does() -> None:
    years = np.arange(24)
    seen = {"AT": years < 9, "CZ": (years > 7) & (years < 18), "DK": years > 16}
    series = {u: v for u, v in SERIES.items() if u not in DONORS}
    series |= {d: np.where(there, SERIES[d], math.nan) for d, there in seen.items()}
    chain = ("AT", "CZ", "DK")
    assert np.isfinite(DID.fit(make_panel(series), pair_design(donors=chain)).effects.mean).all()
    broken = series | {"CZ": np.where(years == 8, math.nan, series["CZ"])}
    with pytest.raises(DesignError, match="no donor, nor a chain") as caught:
        DID.fit(make_panel(broken), pair_design(donors=chain))
    assert caught.value.rows == tuple(str(year) for year in range(2009, 2024))
