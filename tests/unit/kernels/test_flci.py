"""Unit tests of fixed-length intervals: quantiles, the lasso path, least squares, optimality."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flci import (
    folded_normal_quantile,
    lasso_path,
    nearest_smooth,
    smoothness_interval,
)
from shiftexp.kernels.trend_sets import second_differences, smoothness_rows

WEIGHTS = np.array([0.5, 0.5])


def study(seed: int = 3, size: int = 6) -> tuple[Floats, Floats]:
    """Return coefficients and a full covariance."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size))
    return rng.normal(size=size), root @ root.T / size + 0.2 * np.eye(size)


@pytest.mark.parametrize("bias", [0.0, 0.3, 2.0, 40.0])
def test_folded_quantiles(bias: float) -> None:
    found = folded_normal_quantile(np.array([bias]), 0.9)[0]
    assert found == pytest.approx(stats.foldnorm.ppf(0.9, bias), rel=1e-7)


def test_the_lasso_path_meets_its_conditions() -> None:
    linear, quadratic = study(4)
    for c in lasso_path(quadratic, linear):
        gradient = quadratic @ c + linear
        penalty = np.abs(gradient).max()
        active = np.abs(c) > 1e-10
        assert gradient[active] == pytest.approx(-penalty * np.sign(c[active]), abs=1e-9)
    assert quadratic @ lasso_path(quadratic, linear)[-1] == pytest.approx(-linear, abs=1e-9)


def test_without_bends_it_is_generalised_least_squares() -> None:
    beta, cov = study()
    n_pre = 4
    trend = np.array([-4.0, -3, -2, -1, 1, 2])
    design = np.zeros((6, 3))
    design[:, 0], design[4, 1], design[5, 2] = trend, 1.0, 1.0
    inverse = np.linalg.inv(cov)
    spread = np.linalg.inv(design.T @ inverse @ design)
    coefficients = spread @ design.T @ inverse @ beta
    found = smoothness_interval(beta, cov, n_pre, WEIGHTS, np.zeros(1), 0.95)
    aim = np.array([0.0, *WEIGHTS])
    assert found.centre[0] == pytest.approx(aim @ coefficients)
    assert found.half[0] == pytest.approx(stats.norm.ppf(0.975) * np.sqrt(aim @ spread @ aim))


def test_one_coefficient_before_by_hand() -> None:
    found = smoothness_interval(np.array([-1.0, 5.0]), np.eye(2), 1, np.ones(1), np.ones(1), 0.95)
    assert found.weights[0] == pytest.approx([1, 1])
    assert found.centre[0] == 4.0
    assert found.bias[0] == 1.0
    expected = np.sqrt(2) * stats.foldnorm.ppf(0.95, 1 / np.sqrt(2))
    assert found.half[0] == pytest.approx(expected)


@pytest.mark.parametrize("m", [0.05, 0.4, 3.0])
def test_no_neighbour_is_shorter(m: float) -> None:
    beta, cov = study(7)
    found = smoothness_interval(beta, cov, 4, WEIGHTS, np.array([m]), 0.95)
    bends = second_differences(4, 2)
    c = np.linalg.lstsq(bends.T, found.weights[0], rcond=None)[0]
    sizes = np.tile([0.003, 0.03, 0.3], 100)[:, None]
    moves = np.random.default_rng(2).normal(size=(300, 3)) * sizes
    others = np.tile(c, (300, 1))
    others[:, :3] += moves
    a = others @ bends
    sd = np.sqrt(np.einsum("bi,ij,bj->b", a, cov, a))
    half = folded_normal_quantile(m * np.abs(others).sum(axis=1) / sd, 0.95) * sd
    assert half.min() >= found.half[0] - 1e-9


def test_the_bias_is_the_worst_in_the_set() -> None:
    beta, cov = study(7)
    found = smoothness_interval(beta, cov, 4, WEIGHTS, np.array([0.4]), 0.95)
    rows = smoothness_rows(4, 2)
    worst = linprog(-found.weights[0], rows, np.full(len(rows), 0.4), bounds=(None, None))
    assert found.weights[0] @ worst.x == pytest.approx(found.bias[0])


def test_limits_are_solved_apart() -> None:
    beta, cov = study()
    many = smoothness_interval(beta, cov, 4, WEIGHTS, np.array([0.0, 0.5, 1.0]), 0.9)
    alone = smoothness_interval(beta, cov, 4, WEIGHTS, np.array([0.5]), 0.9)
    assert many.half[1] == pytest.approx(alone.half[0])
    assert (np.diff(many.half) > 0).all()


def test_the_nearest_smooth_coefficients_meet_the_conditions_of_their_programme() -> None:
    beta, cov = study(9)
    bends = second_differences(4, 2)[:3]
    limits = float(np.abs(bends @ beta).max()) * np.array([0.0, 0.3, 0.7, 1.0, 2.0])
    binding = []
    for limit, near in zip(limits, nearest_smooth(beta, cov, 4, limits), strict=True):
        bend = bends @ near
        pull = np.linalg.solve(cov, beta - near)
        price = np.linalg.lstsq(bends.T, pull, rcond=None)[0]
        assert bends.T @ price == pytest.approx(pull)  # nothing but the limits moves it
        assert np.abs(bend).max() <= limit + 1e-9
        at = np.abs(price) > 1e-9
        assert bend[at] == pytest.approx(limit * np.sign(price[at]))
        binding.append(int(at.sum()))
    assert binding[0] == 3
    assert 0 < binding[2] < 3
    assert binding[3:] == [0, 0]


def test_nothing_bends_with_one_coefficient_before() -> None:
    beta = np.array([-1.0, 5.0])
    assert nearest_smooth(beta, np.eye(2), 1, np.zeros(2)).tolist() == [[-1, 5], [-1, 5]]
