"""Unit tests of placebo p-values, residual moments, the variance line, blocks and residuals."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.resampling import (
    block_indices,
    default_block,
    lengths,
    placebo_p,
    power_against,
    second_moments,
    upper_p,
    variance_line,
    without_effect,
)


def test_p_by_hand_when_every_placebo_counts() -> None:
    placebos = np.array([1.0, -4.0, 2.0, 3.0])
    assert placebo_p(np.array(3.0), placebos, 4) == pytest.approx(3 / 5)
    assert placebo_p(np.array(5.0), placebos, 4) == pytest.approx(1 / 5)


def test_pairs_that_share_donors_count_as_the_donors() -> None:
    twelve_pairs_of_four = np.array([3.0] * 3 + [1.0] * 9)
    assert placebo_p(np.array(2.0), twelve_pairs_of_four, 4) == pytest.approx(2 / 5)
    assert placebo_p(np.array(9.0), twelve_pairs_of_four, 4) == pytest.approx(1 / 5)


def test_rounding_breaks_no_tie() -> None:
    assert placebo_p(np.array(0.1 + 0.2), np.array([0.3]), 1) == 1.0


def test_moments_by_hand_leave_other_periods_out() -> None:
    residuals = np.array([[[1.0, 3.0, 9.0], [2.0, -2.0, np.nan]]])
    periods = np.array([[True, True, False]])
    assert second_moments(residuals, periods)[0].tolist() == [[5.0, -2.0], [-2.0, 4.0]]


def test_lengths_are_roots_of_the_quadratic_form() -> None:
    moments = np.array([[[4.0, 1.0], [1.0, 9.0]]])
    found = lengths(np.array([[1.0, 0.0], [0.0, -1.0], [1.0, 1.0]]), moments)
    assert found[:, 0] == pytest.approx([2.0, 3.0, np.sqrt(15.0)])


def test_a_length_asks_nothing_of_an_absent_side() -> None:
    moments = np.array([[[np.nan, np.nan], [np.nan, 9.0]]])
    assert lengths(np.array([[0.0, 1.0]]), moments)[0, 0] == pytest.approx(3.0)
    assert np.isnan(lengths(np.array([[1.0, 1.0]]), moments)[0, 0])


@pytest.mark.parametrize(
    ("squares", "expected"),
    [
        ([3.0, 5.0, 7.0], (1.0, 2.0)),
        ([7.0, 5.0, 3.0], (5.0, 0.0)),
        ([0.0, 1.0, 8.0], (0.0, 26 / 14)),
    ],
    ids=["inside", "falls", "through zero"],
)
def test_the_variance_line_is_the_non_negative_fit(
    squares: list[float], expected: tuple[float, float]
) -> None:
    assert variance_line(np.array([1.0, 2.0, 3.0]), np.array(squares)) == pytest.approx(expected)


def test_the_variance_line_is_that_of_scipy() -> None:
    from scipy.optimize import nnls

    rng = np.random.default_rng(1)
    for _ in range(50):
        x, squares = rng.uniform(0.1, 2, 7), rng.standard_normal(7) ** 2
        reference, _ = nnls(np.stack([np.ones(7), x], axis=1), squares)
        assert variance_line(x, squares) == pytest.approx(tuple(reference))


def test_units_of_one_size_have_one_variance() -> None:
    assert variance_line(np.full(3, 2.0), np.array([1.0, 2.0, 6.0])) == (3.0, 0.0)


def test_a_block_is_the_cube_root_of_the_periods() -> None:
    assert [default_block(n) for n in (9, 20, 27, 40, 120)] == [2, 3, 3, 3, 5]


def test_blocks_are_runs_that_wrap_round() -> None:
    found = block_indices(7, 3, (400, 7), np.random.default_rng(1))
    assert found.shape == (400, 7)
    steps = np.diff(found, axis=1) % 7
    assert (steps[:, [0, 1, 3, 4]] == 1).all()
    assert (steps[:, 2] != 1).any()
    assert np.bincount(found.ravel(), minlength=7) == pytest.approx(np.full(7, 400), rel=0.2)


def test_the_effect_is_taken_off_as_a_mean_or_as_a_line() -> None:
    gaps = np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]])
    time = np.array([0.0, 1.0, 2.0])
    assert without_effect(gaps, time, trend=False)[0].tolist() == [-2.0, -1.0, 3.0]
    assert without_effect(gaps, time, trend=True)[0] == pytest.approx([0.5, -1.0, 0.5])
    assert without_effect(gaps[:, :1], time[:1], trend=True).tolist() == [[0.0], [0.0]]


def test_p_counts_ties_and_power_is_the_share_of_small_p() -> None:
    null = np.arange(19.0)
    assert float(upper_p(18.0, null)) == pytest.approx(0.1)
    assert float(upper_p(18.5, null)) == pytest.approx(0.05)
    assert power_against(null, np.array([18.0, 19.0, 20.0, 0.0]), 0.05) == pytest.approx(0.5)


def test_p_of_each_value_among_its_own_draws_and_none_without_a_value() -> None:
    null = np.array([[0.0, 1.0, 2.0], [5.0, 5.0, 5.0], [0.0, 0.0, 0.0]])
    p = upper_p(np.array([1.0, 1.0, np.nan]), null)
    np.testing.assert_allclose(p, [0.75, 1.0, np.nan])
