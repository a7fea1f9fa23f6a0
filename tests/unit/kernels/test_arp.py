"""Unit tests of the hybrid test: vertices against programmes, truncation, a case by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog

from shiftexp.kernels.arp import (
    least_favourable,
    relative_interval,
    relative_test,
    truncated_tail,
    truncation,
    vertices,
)
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.trend_sets import relative_rows

WEIGHTS = np.array([0.5, -0.2, 0.7])


def study(size: int = 5) -> tuple[Floats, Floats]:
    """Return coefficients and a full covariance."""
    rng = np.random.default_rng(8)
    root = rng.normal(size=(size, size))
    return rng.normal(size=size), root @ root.T / size + 0.2 * np.eye(size)


@pytest.mark.parametrize("theta", [-2.0, 0.3, 4.0])
def test_vertices_solve_the_programme(theta: float) -> None:
    beta, cov = study()
    rng = np.random.default_rng(1)
    basis = np.linalg.svd(WEIGHTS[None])[2][1:]
    for rows in relative_rows(2, 3, 0.8):
        directions, pull = vertices(rows, cov, 2, WEIGHTS)
        y = beta + rng.normal(size=5)
        sd = np.sqrt(np.diag(rows @ cov @ rows.T))
        effect = theta * WEIGHTS / (WEIGHTS @ WEIGHTS)
        left = np.column_stack([-sd, -(rows[:, 2:] @ basis.T)])
        right = -(rows @ y - rows[:, 2:] @ effect)
        solved = linprog([1, 0, 0], left, right, bounds=(None, None))
        assert (directions @ y - theta * pull).max() == pytest.approx(solved.fun)


def test_truncation_is_where_the_largest_stays_the_largest() -> None:
    moments = np.array([[2.0, 1.0, 0.5, 1.8]])
    slope = np.array([[1.0, 0.5, -1.0, 1.2]])
    low, high = truncation(moments, np.array([2.0]), slope)
    for end, inside in ((low[0], 1e-6), (high[0], -1e-6)):
        for shift, stays in ((inside, True), (-inside, False)):
            moved = moments + slope * (end + shift - 2.0)
            assert bool(np.argmax(moved) == 0) is stays


def test_truncated_tails() -> None:
    z, low, high = np.array([0.5, 1.0, 2.0]), np.array([-1.0, -np.inf, 2.0]), np.array([1, 3, 2.0])
    cdf = stats.norm.cdf
    expected = [(cdf(1) - cdf(0.5)) / (cdf(1) - cdf(-1)), (cdf(3) - cdf(1)) / cdf(3), 0.0]
    assert truncated_tail(z, low, high) == pytest.approx(expected)


def test_the_least_favourable_value_of_two_opposite_moments() -> None:
    directions = np.array([[[1.0], [-1.0]]])
    assert least_favourable(directions, np.eye(1), 0.05)[0] == pytest.approx(1.96, abs=0.03)


def test_first_stages_of_mirrored_polyhedra_are_the_same() -> None:
    beta, cov = study()
    rows = relative_rows(2, 3, 0.8)
    directions = np.array([vertices(each, cov, 2, WEIGHTS)[0] for each in rows])
    critical = relative_test(beta, cov, 2, WEIGHTS, 0.8, 0.95).critical
    assert critical == pytest.approx(least_favourable(directions, cov, 0.005))


def test_without_violations_it_is_the_t_interval() -> None:
    cov = np.array([[1.0, 0.3], [0.3, 4.0]])
    low, high = relative_interval(np.array([0.4, 5.0]), cov, 1, np.ones(1), np.zeros(1), 0.95)
    # kappa at the first stage and the rest at the second add up to two-sided normal 5 %
    assert (low[0], high[0]) == pytest.approx((5 - 3.92, 5 + 3.92), abs=0.02)


def test_intervals_widen_with_the_limit_and_are_the_same_again() -> None:
    beta, cov = study()
    mbar = np.array([0.0, 0.5, 1.0, 2.0])
    low, high = relative_interval(beta, cov, 2, WEIGHTS, mbar, 0.95)
    assert (np.diff(low) < 0).all()
    assert (np.diff(high) > 0).all()
    assert relative_interval(beta, cov, 2, WEIGHTS, mbar[2:3], 0.95)[0][0] == low[2]


def test_it_turns_with_sign_and_unit() -> None:
    beta, cov = study()
    low, high = relative_interval(beta, cov, 2, WEIGHTS, np.ones(1), 0.95)
    down = relative_interval(-3 * beta, 9 * cov, 2, WEIGHTS, np.ones(1), 0.95)
    assert (down[0][0], down[1][0]) == pytest.approx((-3 * high[0], -3 * low[0]), rel=1e-5)


def test_the_estimate_is_always_accepted_and_far_values_never() -> None:
    beta, cov = study()
    test = relative_test(beta, cov, 2, WEIGHTS, 1.0, 0.95)
    theta = test.estimate + test.reach * np.array([[-1.01, 0.0, 1.01]])
    assert test.accepts(theta).tolist() == [[False, True, False]]


def test_the_plain_conditional_test() -> None:
    test = relative_test(np.array([0.4, 5.0]), np.eye(2), 1, np.ones(1), 0.0, 0.95, hybrid=False)
    assert np.isinf(test.critical).all()
    assert test.accepts(np.array([3.03, 3.05, 6.95, 6.97])).tolist() == [False, True, True, False]
