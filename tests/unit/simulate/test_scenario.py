"""Unit tests of scenarios: what is written down is in the data, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError

QUIET = (1e-9, 1e-9)


def one(scenario: sx.Scenario, seed: int = 1) -> np.ndarray:
    """Return one data set, shape (units, T)."""
    return np.asarray(scenario.draw(1, np.random.default_rng(seed))[0])


def test_without_errors_a_flow_moves_from_one_side_to_the_other() -> None:
    scenario = sx.Scenario(flow=10, destination_effect=5, slope=1, sd=QUIET, periods=(3, 2))
    origin, destination = one(scenario)
    assert origin == pytest.approx([100, 101, 102, 93, 94])
    assert destination == pytest.approx([40, 41, 42, 58, 59])
    assert scenario.truth == (-10, 15)


def test_effects_of_monthly_data_are_told_per_year() -> None:
    scenario = sx.Scenario(flow=2, per_year=12, periods=(24, 12), sd=QUIET)
    panel, design = scenario.study(one(scenario))
    assert scenario.truth == (-24, 24)
    assert design.onset == "2003-01"
    result = sx.InterruptedTimeSeries(trend=False, seasonal=False).fit(panel, design)
    assert result.effects.mean == pytest.approx([-24, 24])


@pytest.mark.parametrize(("per_year", "label"), [(1, "2004"), (4, "2001Q4"), (12, "2001-04")])
def test_labels_follow_the_calendar(per_year: int, label: str) -> None:
    scenario = sx.Scenario(per_year=per_year, periods=(3, 5))
    panel, _ = scenario.study(one(scenario))
    assert panel.calendar.labels[3] == label


@pytest.mark.parametrize("estimand", ["origin", "destination", "net"])
def test_an_estimand_gets_the_effect_asked_for(estimand: str) -> None:
    moved = sx.Scenario(flow=3, origin_effect=-1, per_year=4).with_effect(estimand, 20.0)
    origin, destination = moved.truth
    told = {"origin": origin, "destination": destination, "net": origin + destination}
    assert told[estimand] == pytest.approx(20)
    assert moved.flow == 3


def test_the_same_seed_gives_the_same_data_whatever_the_effect() -> None:
    plain, moved = one(sx.Scenario()), one(sx.Scenario(flow=7))
    step = np.arange(20) >= 12
    assert moved - plain == pytest.approx(np.stack([-7.0 * step, 7.0 * step]))


def test_detection_steps_or_ramps_at_the_destination_alone() -> None:
    step, ramp = (
        one(sx.Scenario(detection=1.5, detection_ramp=slow, sd=QUIET, periods=(2, 2)))
        for slow in (False, True)
    )
    assert step[0] == pytest.approx([100] * 4)
    assert step[1] == pytest.approx([40, 40, 60, 60])
    assert ramp[1] == pytest.approx([40, 40, 50, 60])


def test_counts_stay_counts_when_detection_changes() -> None:
    scenario = sx.Scenario(marginal="negative binomial", detection=1.25)
    values = scenario.draw(4000, np.random.default_rng(1))
    assert (values == np.round(values)).all()
    assert values[:, 1, 12:].mean() == pytest.approx(50, rel=0.02)
    assert values[:, 1, :12].mean() == pytest.approx(40, rel=0.02)


def test_a_missing_year_and_a_declared_break_reach_the_study() -> None:
    scenario = sx.Scenario(missing=(4,), break_at=6, break_size=30, sd=(1e-4, 1e-4))
    panel, design = scenario.study(one(scenario))
    assert np.flatnonzero(np.isnan(panel.series("D"))).tolist() == [4]
    assert panel.series("O")[[5, 6]] == pytest.approx([100, 130], abs=1e-3)
    assert design.breaks == ("2007:O:dummy",)
    result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    assert result.effects.mean == pytest.approx([0, 0], abs=1e-3)


def test_sampling_errors_are_added_and_told() -> None:
    scenario = sx.Scenario(sampling=3.0, sd=(1e-6, 1e-6))
    panel, _ = scenario.study(one(scenario))
    told = panel.std_error[0]
    assert told.max() / told.min() == pytest.approx(4, rel=0.35)
    drawn = scenario.draw(4000, np.random.default_rng(2)).std(axis=0)
    assert drawn == pytest.approx(told, rel=0.06)
    assert scenario.period_sd == pytest.approx((3, 3))


def test_a_common_factor_correlates_the_units() -> None:
    values = sx.Scenario(correlation=0.6, donors=2).draw(4000, np.random.default_rng(1))
    found = np.asarray(np.corrcoef(values[:, :, 3], rowvar=False))
    assert found[np.triu_indices(4, 1)] == pytest.approx(np.full(6, 0.6), abs=0.05)


def test_sides_keep_their_own_persistence_and_may_move_apart() -> None:
    scenario = sx.Scenario(periods=(300, 300), value=(0.1, 0.8), sd=(1, 1), correlation=-0.6)
    values = scenario.draw(40, np.random.default_rng(3))
    gaps = values - values.mean(axis=2, keepdims=True)
    lagged = (gaps[..., 1:] * gaps[..., :-1]).mean(axis=(0, 2)) / gaps.var(axis=(0, 2))
    assert lagged == pytest.approx((0.1, 0.8), abs=0.03)
    assert gaps.var(axis=(0, 2)) == pytest.approx((1, 1), rel=0.1)
    fresh = gaps[..., 1:] - np.array([[0.1], [0.8]]) * gaps[..., :-1]
    assert np.corrcoef(fresh[:, 0].ravel(), fresh[:, 1].ravel())[0, 1] == pytest.approx(
        -0.6, abs=0.03
    )


@pytest.mark.parametrize(("rho", "off"), [(0.0, 0.1), (0.4, 0.1), (0.8, 0.2)])
@pytest.mark.slow
def test_short_series_do_not_hide_spread_and_persistence(rho: float, off: float) -> None:
    truth = sx.Scenario(sd=(4, 4), value=(rho, rho))
    drawn = truth.draw(200, np.random.default_rng(5))
    found = [sx.Scenario.like(*truth.study(values)) for values in drawn]
    sd = np.array([s.sd for s in found]).ravel()
    value = np.array([s.value for s in found]).ravel()
    assert np.median(value) == pytest.approx(rho, abs=0.06)
    assert np.median(sd) == pytest.approx(4, rel=off)


@pytest.mark.slow
def test_a_scenario_like_a_study_has_its_levels_and_errors() -> None:
    truth = sx.Scenario(periods=(360, 240), base=(50, 90), sd=(2, 5), value=(0.2, 0.7), flow=4)
    found = sx.Scenario.like(*truth.study(one(truth)))
    assert found.truth == (0, 0)
    assert found.periods == truth.periods
    assert found.base == pytest.approx((50, 90), abs=2)
    assert found.sd == pytest.approx((2, 5), rel=0.2)
    assert found.value == pytest.approx((0.2, 0.7), abs=0.12)


def test_a_study_with_gaps_has_the_persistence_that_its_neighbours_show() -> None:
    """A biennial series of white noise shows none; without neighbours it is refused."""
    truth = sx.Scenario(periods=(60, 40), value=(0, 0))
    panel, design = truth.study(one(truth))
    years = range(2001, 2101)
    biennial = replace(design, exclude=tuple(years[1::2]))
    assert max(sx.Scenario.like(panel, biennial).value) < 0.6
    kept = {2001, 2006, 2013, 2025, 2037, 2050, 2063, 2069, 2080, 2081, 2093}
    scattered = replace(design, exclude=tuple(y for y in years if y not in kept))
    with pytest.raises(sx.DesignError, match="1 pairs of periods at the smallest distance"):
        sx.Scenario.like(panel, scattered)


def test_a_scenario_like_a_study_has_its_donors() -> None:
    truth = sx.Scenario(donors=4, correlation=-0.1)
    found = sx.Scenario.like(*truth.study(one(truth)))
    assert found.donors == 4
    assert found.correlation >= -0.95 / 5


def test_residuals_about_lines_do_not_see_a_trend() -> None:
    truth = sx.Scenario(periods=(60, 60), slope=2, sd=(3, 3), value=(0, 0))
    study = truth.study(one(truth))
    about_means, about_lines = (sx.Scenario.like(*study, trend=trend) for trend in (False, True))
    assert about_lines.sd == pytest.approx((3, 3), rel=0.2)
    assert min(about_means.sd) > 10


def test_a_study_of_one_side_lends_it_to_both() -> None:
    panel, design = sx.simulate_pair(rng=1)
    alone = sx.Design(origin=None, destination="D", onset=design.onset)
    found = sx.Scenario.like(panel, alone)
    assert found.base[0] == found.base[1]
    assert found.correlation == 0


def test_it_survives_its_own_repr() -> None:
    scenario = sx.Scenario(flow=2, missing=(1, 2), marginal="t5", process="AR(2)")
    assert eval(repr(scenario), {"Scenario": sx.Scenario}) == scenario  # noqa: S307 - our own repr
    assert hash(scenario) == hash(sx.Scenario(**vars(scenario)))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"process": "AR1"}, "did you mean 'AR(1)'"),
    ({"marginal": "poisson"}, "a known marginal"),
    ({"periods": (0, 3)}, "at least one on each side"),
    ({"per_year": 7}, "1, 4 or 12"),
    ({"sd": (1.0, 0.0)}, "positive numbers"),
    ({"value": (1.0, 0.2)}, "autocorrelations between -1 and 1"),
    ({"value": (-0.1, 0.2), "process": "local level"}, "numbers from 0 on"),
    ({"correlation": 1.0}, "below 1"),
    ({"donors": -1}, "0 or more"),
    ({"detection": 0.0}, "a positive ratio"),
    ({"sampling": -1.0}, "0 or more"),
    ({"missing": (20,)}, "positions from 0 to 19"),
    ({"break_at": 0}, "a position from 1 to 19"),
    ({"marginal": "lognormal", "process": "random walk"}, "a stationary process"),
    ({"marginal": "lognormal", "flow": 200.0}, "levels above zero"),
    ({"marginal": "negative binomial", "sampling": 1.0}, "counts without sampling errors"),
    ({"base": (100.0, float("nan"))}, "two finite numbers"),
    ({"sd": 4.0}, "two finite numbers"),
    ({"value": (0.4, 0.4, 0.4)}, "two finite numbers"),
    ({"flow": "3"}, "a finite number"),
    ({"donors": 2.5}, "a whole number"),
    ({"correlation": -0.8, "donors": 3}, "a number above -1/4 and below 1"),
]


@pytest.mark.parametrize(("settings", "words"), BAD, ids=lambda x: str(x)[:40])
def test_what_describes_no_study_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DesignError, match=words.replace("(", r"\(").replace(")", r"\)")):
        sx.Scenario(**settings)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(DesignError) as refusal:
        sx.Scenario(donors=-2, detection=-1.0, process="walk")  # type: ignore[arg-type]  # no process
    assert all(word in str(refusal.value) for word in ("donors", "detection", "process"))
    with pytest.raises(DesignError, match="origin, destination or net"):
        sx.Scenario().with_effect("both", 1.0)
