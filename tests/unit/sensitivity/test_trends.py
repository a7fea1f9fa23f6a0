"""Unit tests of sensitivity to parallel trends: reading fits, rows, breakdown values, refusals."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.errors import DesignError, SmallSampleWarning
from shiftexp.kernels.arp import relative_interval
from shiftexp.kernels.flci import smoothness_interval
from shiftexp.sensitivity.event_study import EventStudy, autoregression
from shiftexp.sensitivity.trends import SMOOTHNESS, TrendSensitivity, breakdown, trend_sensitivity

COEF = np.array([0.3, -0.2, 0.1, 2.0, 2.5])
COV = 0.04 * (np.eye(5) + 1)


def study(factor: float = 1.0) -> EventStudy:
    """Return three coefficients before and two after."""
    return EventStudy(factor * COEF, factor**2 * COV, 3, np.array([0.5, 0.5]), "kg")


@pytest.fixture(scope="module")
def found() -> TrendSensitivity:
    """Return the sensitivity of the study."""
    return trend_sensitivity(study(), smoothness=[0, 0.2], relative=[1])


@pytest.fixture(scope="module")
def result() -> sx.Result:
    """Return a fit of both sides."""
    panel, design = sx.simulate_pair(destination_effect=30, rng=2)
    return sx.InterruptedTimeSeries(trend=False).fit(panel, design)


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


def test_default_limits_are_shares_of_the_largest_bend() -> None:
    rows = trend_sensitivity(study(), relative=[]).rows
    assert [row.limit for row in rows] == pytest.approx([0, 0.2, 0.4, 0.8])


def test_one_coefficient_before_is_said_to_be_few() -> None:
    one = EventStudy(np.array([0.5, 3.0]), np.eye(2), 1)
    found = trend_sensitivity(one, relative=[1])
    assert math.isnan(found.worst_bend)
    assert found.rows[3].limit == 0.5
    assert any("only 1 coefficient before" in note for note in found.notes)


def test_an_event_study_is_checked_all_at_once() -> None:
    with pytest.raises(DesignError) as shapes:
        EventStudy(COEF, np.eye(4), 3, np.ones(3))
    assert len(shapes.value.problems) == 2
    with pytest.raises(DesignError, match="at least one before"):
        EventStudy(COEF, COV, 5)
    with pytest.raises(DesignError, match="missing values"):
        EventStudy(np.full(5, np.nan), COV, 3)
    with pytest.raises(DesignError) as numbers:
        EventStudy(COEF, -COV, 3, np.zeros(2))
    assert len(numbers.value.problems) == 2


def test_the_first_post_period_is_the_default() -> None:
    default = EventStudy(COEF, COV, 3)
    assert default.weights.tolist() == [1, 0]
    assert default.estimate == 2.0
    assert default.std_error == pytest.approx(math.sqrt(0.08))


def test_limits_and_inputs_are_checked(result: sx.Result) -> None:
    with pytest.raises(DesignError) as limits:
        trend_sensitivity(study(), smoothness=[-1], relative=[math.nan])
    assert len(limits.value.problems) == 2
    with pytest.raises(DesignError, match="no limits"):
        trend_sensitivity(study(), smoothness=[], relative=[])
    with pytest.raises(DesignError, match="level"):
        trend_sensitivity(study(), level=1.0)
    with pytest.raises(TypeError, match="neither a Result nor an EventStudy"):
        trend_sensitivity(3)  # type: ignore[arg-type] # the refusal is what is tested
    with pytest.raises(DesignError, match="side"):
        trend_sensitivity(result, side="destinaton")


def test_a_fit_by_hand(result: sx.Result) -> None:
    read = EventStudy.from_result(result, "origin")
    gap = (result.paths.observed - result.paths.counterfactual)[0]
    assert (read.n_pre, read.n_post) == (11, 8)
    assert read.coef == pytest.approx(np.delete(gap, 11) - gap[11])
    assert read.weights == pytest.approx(np.full(8, 1 / 8))
    rho, sd = autoregression(gap[:12])
    # Var(u_t - u_0) = 2 sd^2 (1 - rho^|t|); Cov of neighbours on either side of the reference
    assert read.cov[11, 11] == pytest.approx(2 * sd**2 * (1 - rho))
    assert read.cov[10, 11] == pytest.approx(sd**2 * (rho**2 - 2 * rho + 1))
    assert read.unit.endswith("per period")


def test_a_short_fit_is_warned_about(result: sx.Result) -> None:
    with pytest.warns(SmallSampleWarning, match="12 pre periods"):
        EventStudy.from_result(result)


def test_a_gap_or_too_few_periods_are_refused(result: sx.Result) -> None:
    paths = result.paths
    broken = paths.observed.copy()
    broken[1, 5] = np.nan
    for change, words in (
        ({"observed": broken}, "a gap in the path"),
        ({"observed": paths.counterfactual}, "all equal"),
        ({"pre": paths.pre & (np.arange(20) > 8)}, "3 pre periods"),
        ({"post": paths.post & False}, "0 post periods"),
        ({"names": ("O", "")}, "without destination"),
    ):
        other = dataclasses.replace(result, paths=dataclasses.replace(paths, **change))
        with pytest.raises(DesignError, match=words):
            EventStudy.from_result(other)


def test_autoregression_corrects_its_bias() -> None:
    rng = np.random.default_rng(4)
    n, rho = 30, 0.5
    root = np.linalg.cholesky(rho ** np.abs(np.subtract.outer(np.arange(n), np.arange(n))))
    draws = np.array([autoregression(2 * root @ rng.normal(size=n)) for _ in range(1500)])
    assert draws[:, 0].mean() == pytest.approx(0.5, abs=0.03)
    assert np.sqrt((draws[:, 1] ** 2).mean()) == pytest.approx(2.0, abs=0.1)
