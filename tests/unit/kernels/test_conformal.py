"""Unit tests of the moving-block kernel: sums under cyclic shifts, the share as large."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.conformal import share_as_large, shifted_sums

RESIDUALS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
POST = np.array([False, False, False, True, True])


def test_sums_by_hand() -> None:
    assert shifted_sums(RESIDUALS, POST).tolist() == [24.0, 17.0, 3.0, 6.0, 12.0]


def test_the_first_sum_is_the_observed_one() -> None:
    residuals = np.random.default_rng(1).standard_normal((3, 2, 9))
    post = np.arange(9) >= 6
    sums = shifted_sums(residuals, post)
    assert sums.shape == (3, 2, 9)
    assert np.allclose(sums[..., 0], residuals[..., post].sum(axis=-1))


def test_every_shift_is_a_rolled_window() -> None:
    residuals = np.random.default_rng(2).standard_normal(11)
    post = np.array([0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1], dtype=bool)
    rolled = [residuals[np.roll(post, k)].sum() for k in range(11)]
    assert np.allclose(shifted_sums(residuals, post), rolled)


def test_share_by_hand() -> None:
    assert share_as_large(np.array([3.0, -4.0, 2.0, -3.0, 0.0])) == pytest.approx(3 / 5)
    assert share_as_large(np.array([5.0, -4.0, 2.0, -3.0, 0.0])) == pytest.approx(1 / 5)
    assert share_as_large(np.zeros(4)) == 1.0


def test_signs_of_the_statistic_count_but_not_its_direction() -> None:
    sums = np.array([[2.0, 1.0, -3.0], [-2.0, -1.0, 3.0]])
    assert share_as_large(sums).tolist() == [2 / 3, 2 / 3]


def test_rounding_breaks_no_tie() -> None:
    assert share_as_large(np.array([0.3, 0.1 + 0.2, -(0.1 + 0.2)])) == 1.0
    assert share_as_large(np.array([0.1 + 0.2, 0.3, -0.3])) == 1.0


def test_a_level_fitted_on_all_makes_half_shifts_tie_in_balanced_windows() -> None:
    values = np.random.default_rng(3).standard_normal(10)
    post = np.arange(10) >= 5
    values = values + 9 * post
    sums = shifted_sums(values - values.mean(), post)
    assert sums[5] == pytest.approx(-sums[0])
    assert share_as_large(sums) == pytest.approx(2 / 10)
