"""Unit tests of sensitivity to parallel trends: rows, breakdown values, words, refusals."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.arp import relative_interval
from shiftexp.kernels.flci import smoothness_interval
from shiftexp.sensitivity.event_coefficients import EventCoefficients
from shiftexp.sensitivity.trends import SMOOTHNESS, TrendSensitivity, breakdown, trend_sensitivity

COEF = np.array([0.3, -0.2, 0.1, 2.0, 2.5])
COV = 0.04 * (np.eye(5) + 1)


def study(factor: float = 1.0) -> EventCoefficients:
    """Return three coefficients before and two after."""
    return EventCoefficients(factor * COEF, factor**2 * COV, 3, np.array([0.5, 0.5]), "kg")


@pytest.fixture(scope="module")
def found() -> TrendSensitivity:
    """Return the sensitivity of the study."""
    return trend_sensitivity(study(), smoothness=[0, 0.2], relative=[1])


def test_rows_are_those_of_the_kernels(found: TrendSensitivity) -> None:
    weights = np.array([0.5, 0.5])
    smooth = smoothness_interval(COEF, COV, 3, weights, np.array([0.2]), 0.95)
    low, high = relative_interval(COEF, COV, 3, weights, np.ones(1), 0.95)
    assert [row.kind for row in found.rows].count(SMOOTHNESS) == 2
    assert found.rows[1].conf_low == pytest.approx(float(smooth.centre[0] - smooth.half[0]))
    assert (found.rows[2].conf_low, found.rows[2].conf_high) == (float(low[0]), float(high[0]))
    # the largest step before is .5; it enters the mean of two periods 1 + 1/2 times
    assert (found.rows[2].plug_low, found.rows[2].plug_high) == pytest.approx((1.5, 3.0))
    assert list(found.to_frame().columns)[:2] == ["kind", "limit"]


def test_intervals_hold_zero_from_the_breakdown_on(found: TrendSensitivity) -> None:
    m, mbar = found.breakdown_smoothness, found.breakdown_relative
    again = trend_sensitivity(
        study(), smoothness=[0.99 * m, 1.01 * m], relative=[0.99 * mbar, 1.01 * mbar]
    )
    assert [row.conf_low <= 0 for row in again.rows] == [False, True, False, True]


def test_breakdown_knows_units_and_signs(found: TrendSensitivity) -> None:
    down = trend_sensitivity(study(-10.0), smoothness=[0], relative=[])
    assert down.breakdown_smoothness == pytest.approx(10 * found.breakdown_smoothness, rel=2e-3)
    assert down.breakdown_relative == pytest.approx(found.breakdown_relative, rel=2e-3)


def test_breakdown_at_the_ends() -> None:
    assert breakdown(lambda m: (-m - 1, m + 1), 1.0) == 0.0
    assert breakdown(lambda m: (m * 0 + 1, m + 2), 1.0) == math.inf
    assert breakdown(lambda m: (0.37 - m, m + 1), 0.0) == pytest.approx(0.37, rel=1e-3)


def test_the_summary_says_what_breaks(found: TrendSensitivity) -> None:
    text = found.summary()
    assert "Effect under parallel trends: 2.25 kg" in text
    assert "largest change seen before is 0.8" in text
    none = dataclasses.replace(found, breakdown_smoothness=0.0, breakdown_relative=0.0)
    assert "already leaves no effect" in none.summary()
    assert "even parallel trends" in none.summary()
    never = dataclasses.replace(
        found, breakdown_smoothness=math.inf, breakdown_relative=math.inf, worst_bend=math.nan
    )
    assert never.summary().count("looked at") == 2


def test_default_limits_are_shares_of_the_breakdown_value(found: TrendSensitivity) -> None:
    rows = trend_sensitivity(study(), relative=[]).rows
    expected = found.breakdown_smoothness * np.array([0, 0.5, 1, 1.5])
    assert [row.limit for row in rows] == pytest.approx(expected)


def test_default_limits_without_a_breakdown_match_the_sampling_error() -> None:
    lost = EventCoefficients(COEF, 100 * COV, 3, np.array([0.5, 0.5]))
    found = trend_sensitivity(lost, relative=[])
    first, _, whole, _ = found.rows
    assert found.breakdown_smoothness == 0
    assert whole.plug_high - whole.plug_low == pytest.approx(first.conf_high - first.conf_low)
    shares = [row.limit / whole.limit for row in found.rows]
    assert shares == pytest.approx([0, 0.5, 1, 1.5])


def test_without_bends_the_set_is_one_effect_in_the_middle_of_the_interval() -> None:
    row = trend_sensitivity(study(), smoothness=[0], relative=[]).rows[0]
    assert row.plug_low == row.plug_high == pytest.approx((row.conf_low + row.conf_high) / 2)


@pytest.mark.slow
def test_degrees_of_freedom_lengthen_intervals_as_t_quantiles_do(found: TrendSensitivity) -> None:
    few = dataclasses.replace(study(), df=4)
    row = trend_sensitivity(few, smoothness=[0], relative=[]).rows[0]
    length = found.rows[0].conf_high - found.rows[0].conf_low
    assert (row.conf_high - row.conf_low) / length == pytest.approx(2.776445 / 1.959964)
    assert any("up to its scale" in note for note in trend_sensitivity(few).notes)


def test_one_coefficient_before_is_said_to_be_few() -> None:
    one = EventCoefficients(np.array([0.5, 3.0]), np.eye(2), 1)
    found = trend_sensitivity(one, relative=[1])
    assert math.isnan(found.worst_bend)
    assert found.rows[2].limit == found.breakdown_smoothness > 0
    assert any("only 1 coefficient before" in note for note in found.notes)


def test_an_event_study_is_checked_all_at_once() -> None:
    with pytest.raises(DesignError) as shapes:
        EventCoefficients(COEF, np.eye(4), 3, np.ones(3))
    assert len(shapes.value.problems) == 2
    with pytest.raises(DesignError, match="at least one before"):
        EventCoefficients(COEF, COV, 5)
    with pytest.raises(DesignError, match="missing values"):
        EventCoefficients(np.full(5, np.nan), COV, 3)
    with pytest.raises(DesignError) as numbers:
        EventCoefficients(COEF, -COV, 3, np.zeros(2))
    assert len(numbers.value.problems) == 2
    with pytest.raises(DesignError, match="df = 0"):
        EventCoefficients(COEF, COV, 3, df=0)


def test_the_first_post_period_is_the_default() -> None:
    default = EventCoefficients(COEF, COV, 3)
    assert default.weights.tolist() == [1, 0]
    assert default.estimate == 2.0
    assert default.std_error == pytest.approx(math.sqrt(0.08))


def test_limits_and_inputs_are_checked() -> None:
    with pytest.raises(DesignError) as limits:
        trend_sensitivity(study(), smoothness=[-1], relative=[math.nan])
    assert len(limits.value.problems) == 2
    with pytest.raises(DesignError, match="no limits"):
        trend_sensitivity(study(), smoothness=[], relative=[])
    with pytest.raises(DesignError, match="level"):
        trend_sensitivity(study(), level=1.0)
    with pytest.raises(TypeError, match="int is no EventCoefficients"):
        trend_sensitivity(3)  # type: ignore[arg-type]  # the refusal is what is tested
    result = sx.InterruptedTimeSeries(trend=False).fit(*sx.simulate_pair(rng=2))
    with pytest.raises(
        TypeError, match=r"Result is no EventCoefficients; build one with .*from_model"
    ):
        trend_sensitivity(result)  # type: ignore[arg-type]  # the refusal is what is tested
