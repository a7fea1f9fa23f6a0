"""Unit tests of the moving-block kernel: sums under cyclic shifts, the share as large."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.conformal import (
    gaps,
    no_effect_p,
    null_axis,
    share_as_large,
    shifted_sums,
)

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


def test_nulls_stand_about_the_estimate_reach_far_and_hold_zero() -> None:
    z = np.array([[0.0, 2.0, 0.0, 2.0, 11.0, 9.0], [1.0, -1.0, 1.0, -1.0, 4.0, 4.0]])
    post = np.arange(6) >= 4
    axes = null_axis(z, post, np.array([9.0, 4.0]), 9)
    reach = 8.0 * np.sqrt(1 / 4 + 1 / 2)
    assert axes.shape == (2, 9 + 17)
    assert (np.diff(axes) >= 0).all()
    for axis, centre in zip(axes, (9.0, 4.0), strict=True):
        assert np.isclose(axis, centre).any()
        assert (axis == 0).any()
        assert axis[[0, -1]] == pytest.approx(
            [centre - reach - max(reach, 1.25 * centre), centre + reach + max(reach, 1.25 * centre)]
        )


def test_a_gap_is_the_distance_to_the_farther_neighbour() -> None:
    assert gaps(np.array([[0.0, 1.0, 4.0, 6.0]])).tolist() == [[1.0, 3.0, 3.0, 2.0]]
    assert gaps(np.array([5.0])).tolist() == [0.0]


def test_no_effect_by_hand() -> None:
    """With sums 3, -1, 2 less d times 2, -1, -1 the observed one is the largest but for d in .5, 4.

    |3 - 2 d| exceeds |d - 1| and |2 + d| for d < 1/3 and d > 5: there p = 1/3.
    """
    sums = np.array([[[3.0, -1.0, 2.0], [3.0, -1.0, 2.0]]])
    steps = np.array([[2.0, -1.0, -1.0], [2.0, -1.0, -1.0]])
    axis = np.array([-3.0, -2.0, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0])
    axes = np.stack([axis, axis])[None]
    found = {
        d: share_as_large(sums[0, 0] - d * steps[0]).item() for d in (-3.0, -0.5, 0.0, 1.0, 2.0)
    }
    assert found == {-3.0: 1 / 3, -0.5: 1 / 3, 0.0: 1 / 3, 1.0: 2 / 3, 2.0: 1.0}
    # Below zero, or next to what lies there, are the nulls up to 1, whose p is 2/3 at most.
    assert no_effect_p(sums, steps, axes, np.array([1.0, 0.0])) == pytest.approx(2 / 3)
    assert no_effect_p(sums, steps, axes, np.array([0.0, -2.0])) == pytest.approx(2 / 3)


def test_no_effect_of_both_looks_at_every_pair_of_nulls() -> None:
    rng = np.random.default_rng(4)
    post = np.arange(12) >= 7
    z = rng.standard_normal((9, 2, 12)) + 0.8 * post
    sums = shifted_sums(z - z.mean(axis=-1, keepdims=True), post)
    steps = np.broadcast_to(shifted_sums(post - post.mean(), post), (2, 12))
    axes = null_axis(z, post, z[..., post].mean(axis=-1) - z[..., ~post].mean(axis=-1), 9)
    a = np.array([1.0, 0.5])
    for b, found in enumerate(no_effect_p(sums, steps, axes, a)):
        first, second = (sums[b, i] - axes[b, i][:, None] * steps[i] for i in (0, 1))
        p = share_as_large(a[0] * first[:, None] + a[1] * second[None])
        value = a[0] * axes[b, 0][:, None] + a[1] * axes[b, 1][None]
        reach = a[0] * gaps(axes[b, 0])[:, None] + a[1] * gaps(axes[b, 1])[None]
        halves = [p[side * value - reach <= 0].max() for side in (1, -1)]
        assert found == pytest.approx(min(halves))
