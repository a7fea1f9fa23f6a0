"""Unit tests of the power of a pre-test: one coefficient by hand, several by theory, words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from shiftexp.errors import DesignError
from shiftexp.sensitivity.event_coefficients import EventCoefficients
from shiftexp.sensitivity.pretest import pretest_power

ONE = EventCoefficients(np.array([0.5, 3.0]), np.array([[1.0, 0.6], [0.6, 2.0]]), 1, unit="kg")


def missed(slope: float) -> float:
    """Return how often one coefficient of unit variance passes."""
    return float(stats.norm.cdf(1.96 - slope) - stats.norm.cdf(-1.96 - slope))


def test_one_coefficient_by_hand() -> None:
    found = pretest_power(ONE, draws=200_000)
    half, most = found.rows
    assert half.slope == pytest.approx(1.96, abs=0.01)
    assert most.slope == pytest.approx(2.8016, abs=0.01)
    assert missed(most.slope) == pytest.approx(0.2, abs=0.004)
    assert half.bias == pytest.approx(half.slope)
    assert half.share == pytest.approx(half.bias_if_passed / 3)
    assert found.false_alarms == pytest.approx(0.05, abs=0.003)
    assert found.passed


def test_bias_given_a_pass_is_that_of_a_truncated_normal() -> None:
    row = pretest_power(ONE, draws=200_000).rows[1]
    # the trend is -slope before the onset, so the error that passes is positive on average
    error = stats.truncnorm.mean(-1.96 + row.slope, 1.96 + row.slope)
    assert row.bias_if_passed == pytest.approx(row.slope + 0.6 * error, abs=0.01)
    assert row.bias_if_passed > row.bias


def test_several_independent_coefficients() -> None:
    study = EventCoefficients(np.ones(5), np.eye(5), 3, np.array([0.5, 0.5]))
    row = pretest_power(study, power=[0.5], draws=200_000).rows[0]
    assert math.prod(missed(k * row.slope) for k in (1, 2, 3)) == pytest.approx(0.5, abs=0.005)
    assert row.bias == pytest.approx(1.5 * row.slope)
    assert row.bias_if_passed == pytest.approx(row.bias)


def test_units_and_seeds() -> None:
    large = EventCoefficients(10 * ONE.coef, 100 * ONE.cov, 1)
    small, big = pretest_power(ONE).rows[0], pretest_power(large).rows[0]
    assert big.slope == pytest.approx(10 * small.slope)
    assert big.share == pytest.approx(small.share)
    assert pretest_power(ONE, rng=np.random.default_rng(1)).rows[0] == small
    assert pretest_power(ONE, rng=2).rows[0] != small


def test_words_say_when_the_bias_exceeds_the_effect() -> None:
    weak = EventCoefficients(np.array([2.5, -1.0]), np.eye(2), 1, unit="kg")
    found = pretest_power(weak)
    assert found.rows[0].share > 1
    assert not found.passed
    assert "fails" in found.summary()
    assert found.summary().count(": larger than the effect (-1; share") == 2
    assert ": no larger than the effect (3; share" in pretest_power(ONE).summary()
    columns = ["power", "slope", "bias", "bias_if_passed", "share"]
    assert list(found.to_frame().columns) == columns


def test_a_bias_that_exceeds_the_effect_only_after_a_pass_is_larger() -> None:
    most = pretest_power(ONE, power=[0.8]).rows[0]
    between = (most.bias + most.bias_if_passed) / 2
    study = EventCoefficients(np.array([0.5, between]), ONE.cov, 1)
    assert most.bias < between < most.bias_if_passed
    assert ": larger than the effect" in pretest_power(study, power=[0.8]).summary()
    down = EventCoefficients(np.array([0.5, 3.0]), ONE.cov, 1, np.array([-1.0]))
    assert pretest_power(down, power=[0.8]).rows[0].share == pytest.approx(most.share)


def test_it_reads_well_in_every_form() -> None:
    found = pretest_power(ONE)
    head = "| power | slope | bias | bias_if_passed | share |"
    assert found.to_markdown().splitlines()[0] == head
    assert len(found.to_markdown().splitlines()) == 4
    assert r"bias\_if\_passed" in found.to_latex()
    assert found.to_latex().count(r"\\") == 3
    text = found.summary().splitlines()
    assert text[0].startswith("The pre-test (any |t| > 1.96 before the onset) passes")
    assert text[1].startswith("- found with 50 % power")
    assert "kg from one period to the next" in text[1]


def test_powers_that_the_test_has_without_a_trend_are_refused() -> None:
    with pytest.raises(DesignError, match=r"without any trend \(0.048"):
        pretest_power(ONE, power=[0.04, 0.5])


def test_no_effect_at_all() -> None:
    study = EventCoefficients(np.array([0.5, 0.0]), np.eye(2), 1)
    assert pretest_power(study).rows[0].share == math.inf


def test_settings_are_checked_all_at_once() -> None:
    with pytest.raises(DesignError) as refused:
        pretest_power(ONE, power=[0.5, 1.0], draws=10)
    assert len(refused.value.problems) == 2


def test_a_covariance_that_is_only_likely_is_said_to_be() -> None:
    likely = EventCoefficients(ONE.coef, ONE.cov, 1, df=8)
    assert "only its shape is likely" in pretest_power(likely).notes[-1]
    assert pretest_power(ONE).notes[-1].endswith("known")
