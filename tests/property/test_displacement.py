"""Laws that the displacement measures keep for all counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shiftexp.estimators import displacement as dp
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.count_regression import count_regression

Pair = tuple[int, int]

counts = st.integers(min_value=1, max_value=5000)
pairs = st.tuples(counts, counts)
factors = st.integers(min_value=2, max_value=50)


@given(pairs, pairs, pairs, pairs)
def test_total_is_local_plus_displacement(c: Pair, t: Pair, cb: Pair, b: Pair) -> None:
    found = dp.wdd(c, t, cb, b)
    parts = found["local"], found["displacement"]
    assert found["total"].estimate == sum(part.estimate for part in parts)
    variance = sum(part.std_error**2 for part in parts)
    assert found["total"].std_error ** 2 == pytest.approx(variance, rel=1e-12)


@given(pairs, pairs)
def test_swapping_treated_and_control_turns_the_sign(c: Pair, t: Pair) -> None:
    here, there = dp.wdd(c, t)["total"], dp.wdd(t, c)["total"]
    assert here.estimate == -there.estimate
    assert here.std_error == pytest.approx(there.std_error, rel=1e-12)
    ratio, inverse = dp.rirr(c, t)["rirr"], dp.rirr(t, c)["rirr"]
    assert ratio.estimate * inverse.estimate == pytest.approx(1.0, rel=1e-12)


def table(c: Pair, t: Pair) -> tuple[Floats, Floats]:
    """Return counts of two rows before and after, and rows with the step of the second."""
    step = np.array([[0.0, 0.0], [0.0, 1.0]])
    rows = np.eye(2)[:, None, :].repeat(2, axis=1)
    return np.array([[c, t]], dtype=float), np.concatenate([rows, step[:, :, None]], axis=2)[None]


@pytest.mark.slow
@given(pairs, pairs)
def test_a_regression_of_four_counts_is_the_closed_form(c: Pair, t: Pair) -> None:
    y, x = table(c, t)
    fit = count_regression(y, x, np.zeros(y.shape), np.zeros(1), absorb=True)
    closed = dp.rirr(c, t)["log_rirr"]
    assert fit.coefficients[0, 2] == pytest.approx(closed.estimate, abs=1e-9)
    assert fit.inverse[0, 2, 2] == pytest.approx(closed.std_error**2, rel=1e-8)


@given(pairs, pairs)
def test_swapping_before_and_after_turns_the_sign(c: Pair, t: Pair) -> None:
    there, back = dp.wdd(c, t)["total"], dp.wdd(c[::-1], t[::-1])["total"]
    assert there.estimate == -back.estimate


@given(pairs, pairs, factors)
def test_counts_in_windows_k_times_as_long_are_the_same_rates(c: Pair, t: Pair, k: int) -> None:
    one = dp.wdd(c, t)["total"]
    longer = dp.wdd((k * c[0], k * c[1]), (k * t[0], k * t[1]), time_weights=(k, k))["total"]
    assert longer.estimate == pytest.approx(one.estimate, abs=1e-8)
    assert longer.std_error == pytest.approx(one.std_error / k**0.5, rel=1e-9)


@given(pairs, pairs, pairs, factors)
def test_a_larger_control_area_leaves_net_effect_and_quotient(
    c: Pair, t: Pair, b: Pair, k: int
) -> None:
    larger = (k * c[0], k * c[1])
    net, same_net = dp.tne(c, t, b)["total"], dp.tne(larger, t, b)["total"]
    assert same_net.estimate == pytest.approx(net.estimate, rel=1e-9, abs=1e-6)
    assert same_net.std_error <= net.std_error * (1 + 1e-12)
    success, shrunk = dp.wdq(c, t, b)["success"], dp.wdq(larger, t, b)["success"]
    assert shrunk.estimate == pytest.approx(success.estimate / k, rel=1e-9, abs=1e-12)


@given(pairs, pairs, pairs)
def test_the_quotient_lies_in_its_own_set(c: Pair, t: Pair, b: Pair) -> None:
    row = dp.wdq(c, t, b)["wdq"]
    assume(not math.isnan(row.estimate))
    slack = 1e-9 * (1 + abs(row.estimate))
    if row.conf_kind == "interval":
        assert row.conf_low - slack <= row.estimate <= row.conf_high + slack
    if row.conf_kind == "complement":
        assert row.estimate <= row.conf_low + slack or row.estimate >= row.conf_high - slack


few_events = st.integers(min_value=1, max_value=400)  # large counts make large tables


@settings(deadline=None, max_examples=30)
@given(few_events, few_events)
def test_e_test_does_not_care_which_comes_first(first: int, second: int) -> None:
    there = dp.e_test(first, second)["rate_difference"].p_value
    back = dp.e_test(second, first)["rate_difference"].p_value
    assert 0 <= there <= 1
    assert there == pytest.approx(back, rel=1e-9, abs=1e-300)
