"""Unit tests of the conformal wrapper: granular p, balanced windows, one side, onset ranges."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.effects import ShiftedLaw
from shiftexp.result import Model
from tests.panels import annual_series, long_frame, make_panel, pair_design, read

LEVEL = sx.InterruptedTimeSeries(trend=False)
DIRECTIONS = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 1.0), (-1.0, -0.75))


def fit(
    model: Model = LEVEL,
    *,
    points: int = 61,
    design: dict[str, Any] | None = None,
    **truth: Any,  # noqa: ANN401 - passed on as they are
) -> sx.Result:
    """Return the conformal fit of a simulated pair, errors independent over time."""
    panel, study = sx.simulate_pair(**({"sd": 1.0, "autocorrelation": 0.0} | truth))
    return sx.Conformal(model, points=points).fit(panel, replace(study, **(design or {})))


def test_wrapping_twice_is_a_type_error_that_says_so() -> None:
    once = sx.Conformal(LEVEL)
    with pytest.raises(TypeError, match="Conformal is not a Model") as caught:
        sx.Conformal(once)  # type: ignore[arg-type]  # an Estimator, not a Model: the point of the test
    assert "wrap an estimator such as InterruptedTimeSeries" in str(caught.value)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(TypeError, match="str is not a Model"):
        sx.Conformal("InterruptedTimeSeries")  # type: ignore[arg-type]  # a name is no model


@pytest.mark.parametrize("periods", [(12, 8), (9, 6), (10, 10)])
def test_p_values_are_multiples_of_one_over_the_periods(periods: tuple[int, int]) -> None:
    effects = fit(points=21, periods=periods, destination_effect=2.0).effects
    count = sum(periods)
    for at in (-3.0, 0.0, 2.0):
        p = effects.p_value(DIRECTIONS, np.full(len(DIRECTIONS), at)) * count
        assert np.allclose(p, np.round(p))
        assert np.all((p >= 1) & (p <= count))


def test_the_smallest_p_is_one_over_the_periods() -> None:
    result = fit(destination_effect=30.0)
    assert result["destination"].p_value == pytest.approx(1 / 20)
    assert result.inference == "conformal, moving block, signed sum"
    assert "20 periods: the smallest p that can come out is 0.05" in result.notes


def test_in_balanced_windows_it_is_twice_that() -> None:
    result = fit(destination_effect=30.0, periods=(10, 10))
    assert result["destination"].p_value == pytest.approx(2 / 20)
    assert result["destination"].conf_kind == "line"
    wider = fit(replace(LEVEL, level=0.8), destination_effect=3.0, periods=(10, 10))
    assert wider["destination"].conf_kind == "interval"


def test_a_step_in_balanced_windows_is_found() -> None:
    found = [
        fit(periods=(10, 10), destination_effect=3.0, rng=seed, design={"origin": None})
        for seed in range(10)
    ]
    assert max(result["destination"].p_value for result in found) == pytest.approx(0.1)


def test_the_null_is_what_the_p_is_about() -> None:
    effects = fit(destination_effect=5.0, origin_effect=-5.0).effects
    assert effects.p_value((0.0, 1.0), 0.0)[0] == pytest.approx(0.05)
    assert effects.p_value((0.0, 1.0), 5.0)[0] > 0.1
    assert effects.p_value((1.0, 1.0), 0.0)[0] > 0.1
    assert effects.p_value((-1.0, 0.0), 0.0)[0] == pytest.approx(0.05)


def test_p_values_grow_with_the_half_plane() -> None:
    effects = fit(destination_effect=3.0).effects
    at = np.linspace(-4, 8, 40)
    p = effects.p_value(np.tile((0.0, 1.0), (40, 1)), at)
    assert np.all(np.diff(p) >= 0)


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, 3.0])
def test_intervals_hold_truth_and_estimate(effect: float) -> None:
    for seed in range(5):
        row = fit(replace(LEVEL, level=0.9), destination_effect=effect, rng=seed)["destination"]
        assert row.conf_low <= row.estimate <= row.conf_high
        assert row.conf_high - row.conf_low < 8


@pytest.mark.parametrize("effect", [30.0, pytest.param(100.0, marks=pytest.mark.slow)])
def test_intervals_of_large_effects_hold_the_truth(effect: float) -> None:
    rows = [
        fit(
            replace(LEVEL, level=0.9), destination_effect=effect, rng=seed, design={"origin": None}
        )["destination"]
        for seed in range(20)
    ]
    assert sum(row.conf_low <= effect <= row.conf_high for row in rows) >= 16
    assert sum(row.conf_low <= effect for row in rows) >= 18
    assert max(row.conf_high - row.conf_low for row in rows) < 8


@pytest.mark.parametrize("points", [9, 31, 121])
def test_a_coarse_grid_only_widens_the_interval(points: int) -> None:
    one: dict[str, Any] = {"destination_effect": 10.0, "design": {"origin": None}}
    fine = fit(replace(LEVEL, level=0.9), points=401, **one)["destination"]
    coarse = fit(replace(LEVEL, level=0.9), points=points, **one)["destination"]
    assert coarse.conf_low <= fine.conf_low
    assert coarse.conf_high >= fine.conf_high
    assert coarse.conf_high - coarse.conf_low < fine.conf_high - fine.conf_low + 64 / points


def test_too_few_points_are_refused() -> None:
    with pytest.raises(sx.DesignError, match=r"points = 8.*at least 9"):
        sx.Conformal(LEVEL, points=8)
    with pytest.raises(sx.DesignError, match=r"points = '61'.*a whole number") as caught:
        sx.Conformal(LEVEL, points="61", rng=1.5)  # type: ignore[arg-type]  # wrong on purpose
    assert len(caught.value.problems) == 2
    with pytest.raises(TypeError, match="a class is not a Model"):
        sx.Conformal(sx.InterruptedTimeSeries)  # type: ignore[arg-type]  # a class, not a Model


def test_effects_on_a_log_scale_are_in_level_units() -> None:
    model = replace(LEVEL, scale="log", level=0.8)
    row = fit(model, destination_effect=40.0, base=(100.0, 40.0))["destination"]
    assert row.unit == "units per year"
    assert row.estimate == pytest.approx(40.0, rel=0.1)
    assert row.p_value == pytest.approx(1 / 20)
    origin = fit(model, destination_effect=4.0, rng=2)["origin"]
    assert origin.p_value > 0.05


def test_one_side_alone_is_silent_about_the_other() -> None:
    result = fit(destination_effect=10.0, design={"origin": None})
    assert result["destination"].p_value == pytest.approx(1 / 20)
    assert np.isnan(result.effects.mean[0])
    with pytest.raises(sx.EstimandNotIdentified):
        result["origin"]
    other = fit(origin_effect=-10.0, design={"destination": None})
    assert other["origin"].p_value == pytest.approx(1 / 20)


def test_one_side_alone_is_tested_as_in_the_pair() -> None:
    pair, alone = fit(destination_effect=1.0), fit(destination_effect=1.0, design={"origin": None})
    for at in (-1.0, 0.0, 1.0, 2.0):
        both = pair.effects.p_value((0.0, 1.0), at)
        assert alone.effects.p_value((0.0, 1.0), at) == pytest.approx(both)


@pytest.mark.slow
def test_a_range_of_onsets_leaves_the_candidates_before_the_last_out() -> None:
    truth: dict[str, Any] = {"destination_effect": 30.0, "points": 21}
    ranged = fit(design={"onset": (2012, 2014), "basis": "observed"}, **truth)
    single = fit(design={"onset": 2014, "exclude": (2012, 2013)}, **truth)
    assert isinstance(ranged.effects.law, ShiftedLaw)
    assert ranged.tidy().equals(single.tidy())
    for a in DIRECTIONS:
        assert ranged.effects.p_value(a)[0] == single.effects.p_value(a)[0]
    assert ranged.dropped[0].startswith("2012: among the candidate onsets")


def test_it_borrows_no_variance_from_what_it_wraps() -> None:
    result = fit(points=21, destination_effect=3.0)
    assert np.isnan(result["destination"].std_error)
    for name in ("cov", "draws"):
        with pytest.raises(sx.EstimandNotIdentified):
            getattr(result.effects, name)
    assert np.isnan(result.paths.conf_low).all()


def test_estimate_and_path_are_those_of_the_model() -> None:
    panel, design = sx.simulate_pair(destination_effect=3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sx.SmallSampleWarning)
        plain = LEVEL.fit(panel, design)
    wrapped = sx.Conformal(LEVEL, points=21).fit(panel, design)
    assert np.array_equal(wrapped.effects.mean, plain.effects.mean)
    assert np.array_equal(wrapped.paths.counterfactual, plain.paths.counterfactual)
    assert wrapped.name == f"{plain.name}, conformal"


@pytest.mark.parametrize("periods", [(9, 6), (12, 8), (25, 16), (80, 40), (130, 70)])
def test_persistence_is_warned_of_at_every_length(periods: tuple[int, int]) -> None:
    with pytest.warns(sx.SmallSampleWarning, match="true nulls .* measured at 15 to 120 periods"):
        result = fit(points=9, periods=periods, design={"origin": None})
    assert any("up to 27 % by .9" in note for note in result.notes)
    assert result.notes[0].startswith(f"{sum(periods)} periods: the smallest p that can come out")


def test_with_a_trend_it_says_that_power_is_what_is_missing() -> None:
    weak = "with a trend fitted the signed sum has little power"
    with pytest.warns(sx.SmallSampleWarning, match=weak):
        notes = fit(sx.InterruptedTimeSeries(), points=9).notes
    assert not any("true nulls" in note for note in notes)
    assert not any(weak in note for note in fit(points=9).notes)


def test_against_donors_a_common_step_is_no_effect() -> None:
    series = annual_series(2, effects=(0.0, 0.0), sd=1.0, rho=0.0)
    step = 30.0 * (np.arange(24) >= 14)
    panel = make_panel({unit: values + step for unit, values in series.items()})
    design = pair_design()
    own = sx.Conformal(LEVEL, points=21).fit(panel, design)
    against = sx.Conformal(sx.DifferenceInDifferences(), points=21).fit(panel, design)
    assert own["destination"].p_value == pytest.approx(1 / 24)
    assert against["destination"].p_value > 1 / 24


@pytest.mark.slow
def test_two_fits_are_one_and_the_repr_is_its_maker() -> None:
    wrapper = sx.Conformal(LEVEL, points=21)
    first = fit(points=21, destination_effect=3.0)
    again = fit(points=21, destination_effect=3.0)
    assert first.tidy().equals(again.tidy())
    names = {"Conformal": sx.Conformal, "InterruptedTimeSeries": sx.InterruptedTimeSeries}
    assert eval(first.estimator, names) == wrapper  # noqa: S307 - the claim under test


def test_the_model_refuses_for_the_wrapper() -> None:
    with pytest.raises(sx.DesignError, match="at least 6 before"):
        fit(points=9, periods=(4, 4))


def test_notes_are_its_own_and_not_those_of_the_law_it_replaces() -> None:
    panel, design = sx.simulate_pair(destination_effect=3.0)
    with pytest.warns(sx.SmallSampleWarning):
        plain, wrapped = (m.fit(panel, design) for m in (LEVEL, sx.Conformal(LEVEL, points=9)))
    law = [note for note in plain.notes if "of true nulls are rejected at nominal 5 %" in note]
    assert len(law) == 1
    assert not set(law) & set(wrapped.notes)
    assert len(wrapped.notes) == 2


def test_notes_about_the_values_are_kept_once() -> None:
    frame = long_frame(annual_series(), flags={("BE", "2005"): "approximate"}).assign(se=1.0)
    panel = read(frame, std_error="se")
    notes = sx.Conformal(LEVEL, points=9).fit(panel, pair_design()).notes
    assert notes.count("2005: BE is flagged approximate") == 1
    assert sum(note.startswith("sampling errors are carried along") for note in notes) == 1
