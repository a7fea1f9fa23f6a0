"""Unit tests of the sets of trend violations: matrices by hand, sets against linear programmes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import linprog

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.trend_sets import (
    bend_weights,
    first_differences,
    largest_bend,
    largest_step,
    relative_rows,
    relative_set,
    second_differences,
    smoothness_rows,
    smoothness_set,
    step_weights,
)

WEIGHTS = np.array([0.5, -0.25, 0.75])


def programme(rows: Floats, limit: float, beta: Floats, n_pre: int) -> tuple[float, float]:
    """Return the range of l'tau under A delta <= limit with the pre coefficients known."""
    fixed = [(value, value) for value in beta[:n_pre]]
    free = [(None, None)] * (len(beta) - n_pre)
    aim = np.concatenate([np.zeros(n_pre), WEIGHTS])
    ends = [
        linprog(sign * aim, rows, np.full(len(rows), limit), bounds=[*fixed, *free])
        for sign in (1, -1)
    ]
    if any(end.status for end in ends):
        return math.inf, -math.inf
    centre = float(WEIGHTS @ beta[n_pre:])
    low, high = (float(aim @ np.asarray(end.x)) for end in ends)
    return centre - high, centre - low


def test_steps_by_hand() -> None:
    steps = first_differences(2, 2)
    assert steps.tolist() == [[-1, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, -1, 1]]


def test_changes_of_slope_by_hand() -> None:
    bends = second_differences(2, 2)
    assert bends.tolist() == [[1, -2, 0, 0], [0, 1, 1, 0], [0, 0, -2, 1]]
    assert bends @ np.array([-2.0, -1.0, 1.0, 2.0]) == pytest.approx(0)


def test_smoothness_rows_are_the_definition() -> None:
    path = np.array([3.0, 1.0, 2.0])
    assert (smoothness_rows(2, 1) @ path).tolist() == [1, 3, -1, -3]


def test_relative_rows_are_the_definition() -> None:
    rng = np.random.default_rng(5)
    rows = relative_rows(3, 2, 1.3)
    inside = []
    for path in rng.normal(size=(400, 5)) * [3, 3, 3, 1, 1]:
        steps = np.diff(np.insert(path, 3, 0.0))
        inside.append(np.abs(steps[3:]).max() <= 1.3 * np.abs(steps[:3]).max())
        assert bool(((rows @ path) <= 0).all(axis=1).any()) is bool(inside[-1])
    assert 0.05 < np.mean(inside) < 0.98


def test_weights_of_steps_and_bends() -> None:
    path = np.array([2.0, -1.0, 4.0])
    whole = np.array([0.0, *path])
    assert step_weights(WEIGHTS) @ np.diff(whole) == pytest.approx(WEIGHTS @ path)
    slopes = np.diff(np.array([0.0, 0.0, *path]))
    assert bend_weights(WEIGHTS) @ np.diff(slopes) == pytest.approx(WEIGHTS @ path)


def test_largest_changes_before() -> None:
    beta = np.array([1.0, -2.0, 0.5, 9.0])
    assert largest_step(beta, 3) == 3.0
    assert largest_bend(beta, 3) == 5.5
    assert math.isnan(largest_bend(beta[2:], 1))


@pytest.mark.parametrize("mbar", [0.0, 0.7, 2.0])
def test_the_relative_set_solves_its_programmes(mbar: float) -> None:
    beta = np.array([0.4, -0.3, 0.1, 1.0, 2.0, 1.5])
    ends = np.array([programme(rows, 0.0, beta, 3) for rows in relative_rows(3, 3, mbar)])
    low, high = relative_set(beta, 3, WEIGHTS, np.array([mbar]))
    assert (low[0], high[0]) == pytest.approx((ends[:, 0].min(), ends[:, 1].max()))


def test_the_smoothness_set_solves_its_programme() -> None:
    beta = np.array([0.4, -0.3, 0.1, 1.0, 2.0, 1.5])
    low, high = smoothness_set(beta, 3, WEIGHTS, np.array([1.2]))
    assert (low[0], high[0]) == pytest.approx(programme(smoothness_rows(3, 3), 1.2, beta, 3))
