"""Unit tests of combined p-values, step-down max-T, block indices and the common scale."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.combination import (
    cauchy_p,
    harmonic_mean,
    harmonic_p,
    landau_tail,
    step_down_max_t,
    step_t,
)
from shiftexp.kernels.resampling import block_indices

HALVES = np.full(2, 0.5)


def test_cauchy_of_equal_p_values_is_that_p() -> None:
    for p in (1e-300, 1e-9, 0.03, 0.5, 0.97):
        assert cauchy_p(np.full(2, p), HALVES) == pytest.approx(p)


def test_cauchy_of_opposite_p_values_is_one_half() -> None:
    assert cauchy_p(np.array([0.1, 0.9]), HALVES) == pytest.approx(0.5)


def test_cauchy_keeps_a_weight_of_one_to_itself() -> None:
    assert cauchy_p(np.array([0.02, 0.7]), np.array([1.0, 0.0])) == pytest.approx(0.02)


def test_p_values_near_one_do_not_blot_out_the_others() -> None:
    p = np.array([[1e-4, 1.0], [1e-4, 1 - 1e-9], [1e-4, 0.99]])
    combined = cauchy_p(p, HALVES)
    assert combined == pytest.approx(np.full(3, combined[2]), rel=1e-12)
    assert combined[0] == pytest.approx(2e-4, rel=0.02)


@pytest.mark.parametrize("tiny", [1e-20, 1e-300, 1e-310, 5e-324])
def test_tiny_p_values_are_combined_without_overflow(tiny: float) -> None:
    p = np.array([[tiny, 0.5], [tiny, 1.0], [0.5, tiny]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        combined = np.stack([cauchy_p(p, HALVES), harmonic_mean(p, HALVES)])
        corrected = harmonic_p(combined[1], 2)
    assert combined == pytest.approx(np.full((2, 3), 2 * tiny), rel=1e-9, abs=1e-323)
    assert corrected == pytest.approx(combined[1], rel=1e-9, abs=1e-323)


def test_the_far_landau_tail_joins_the_near_one() -> None:
    far = np.array([1e99, 1e101, 1e300, np.inf])
    assert landau_tail(far) == pytest.approx(1 / far, rel=1e-12, abs=0)


def test_harmonic_mean_by_hand() -> None:
    assert harmonic_mean(np.array([0.25, 0.75]), np.array([0.75, 0.25])) == pytest.approx(0.3)


def test_a_small_harmonic_mean_needs_hardly_a_correction() -> None:
    assert harmonic_p(np.array(1e-6), 10) == pytest.approx(1e-6, rel=1e-4)
    assert harmonic_p(np.array(0.05), 10) > 0.06


def test_harmonic_p_holds_its_level_for_independent_tests() -> None:
    p = np.random.default_rng(1).random((10_000, 20))
    found = harmonic_p(harmonic_mean(p, np.full(20, 0.05)), 20)
    for level in (0.01, 0.05, 0.1):
        assert (found <= level).mean() == pytest.approx(level, abs=4 * np.sqrt(level / 10_000))


def test_landau_tail_falls_from_one_like_the_reciprocal() -> None:
    tail = landau_tail(np.array([-50.0, -3.0, 0.0, 10.0, 1e3, 1e12]))
    assert np.all(np.diff(tail) < 0)
    assert tail[0] == 1.0
    assert tail[-1] == pytest.approx(1e-12)


def test_step_down_by_hand() -> None:
    observed = np.array([1.0, 4.0, 2.0])
    draws = np.array([[0.5, 0.5, 3.0], [1.5, 0.1, 0.2], [0.1, 5.0, 0.1], [0.2, 0.3, 0.4]])
    # 4.0 against max of three: 1 draw; 2.0 against max of (1, 2): 1 draw; 1.0 against itself: 1.
    assert step_down_max_t(observed, draws).tolist() == [2 / 5, 2 / 5, 2 / 5]
    tighter = np.array([[0.5, 0.5, 1.0], [1.5, 0.1, 0.2], [0.1, 3.0, 0.1], [0.2, 0.3, 0.4]])
    assert step_down_max_t(observed, tighter).tolist() == [2 / 5, 1 / 5, 1 / 5]


def test_no_adjusted_p_is_below_that_of_a_larger_statistic_or_of_the_test_alone() -> None:
    rng = np.random.default_rng(4)
    observed, draws = np.abs(rng.standard_normal(6)) * 2, np.abs(rng.standard_normal((199, 6)))
    adjusted = step_down_max_t(observed, draws)
    single = (1 + (draws >= observed).sum(axis=0)) / 200
    assert np.all(np.diff(adjusted[np.argsort(-observed)]) >= 0)
    assert np.all(adjusted >= single)
    assert adjusted.min() >= 1 / 200


def test_dependence_makes_the_adjustment_lighter() -> None:
    rng = np.random.default_rng(5)
    own, common = rng.standard_normal((4_999, 5)), rng.standard_normal((4_999, 1))
    observed = np.full(5, 2.2)
    alike = step_down_max_t(observed, np.abs(0.1 * own + common))
    apart = step_down_max_t(observed, np.abs(own))
    assert alike[0] < 0.06
    assert apart[0] > 0.11


def test_silent_statistics_take_no_part_and_silent_draws_count_as_large() -> None:
    observed = np.array([3.0, np.nan, 1.0])
    draws = np.array([[0.5, 9.0, np.nan], [0.5, 9.0, 0.5], [0.1, 9.0, 0.1]])
    adjusted = step_down_max_t(observed, draws)
    assert adjusted[[0, 2]].tolist() == [2 / 4, 2 / 4]
    assert np.isnan(adjusted[1])


def test_blocks_are_runs_on_a_circle() -> None:
    index = block_indices(7, 3, (50, 10), np.random.default_rng(2))
    assert index.shape == (50, 10)
    steps = np.diff(index, axis=1) % 7
    inside = np.arange(9) % 3 != 2
    assert np.all(steps[:, inside] == 1)
    assert set(index.ravel().tolist()) == set(range(7))


def test_the_common_scale_is_the_two_sample_t_of_a_level_shift() -> None:
    from scipy import stats

    y = np.random.default_rng(3).standard_normal((1, 12))
    before = np.arange(12)[None] < 7
    gap = y - y[:, :7].mean()
    effect = gap[:, 7:].mean(axis=1)
    expected = stats.ttest_ind(y[0, 7:], y[0, :7]).statistic
    assert step_t(effect, gap, before, ~before)[0] == pytest.approx(expected)
    assert step_t(1e6 * effect, 1e6 * gap, before, ~before)[0] == pytest.approx(expected)
