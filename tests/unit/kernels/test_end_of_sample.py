"""Unit tests of the end-of-sample kernel: blocks, their first halves, P and R by hand."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.end_of_sample import pre_blocks, sum_of_partial_sums, sum_of_squares


def test_blocks_are_every_run_of_neighbours_before_the_onset() -> None:
    blocks = pre_blocks(np.arange(8) < 5, 3)
    assert blocks.inside.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]


def test_the_first_half_of_a_block_is_left_out_rounded_up() -> None:
    left_out = pre_blocks(np.arange(8) < 5, 3).left_out
    assert [np.flatnonzero(row).tolist() for row in left_out] == [[0, 1], [1, 2], [2, 3]]


def test_a_period_left_out_of_the_study_is_in_no_block() -> None:
    learn = np.array([True, True, False, True, True, False])
    assert pre_blocks(learn, 2).inside.tolist() == [[0, 1], [1, 3], [3, 4]]


def test_statistics_by_hand() -> None:
    residuals = np.array([[1.0, 2.0, 3.0], [1.0, -1.0, 0.0]])
    assert sum_of_squares(residuals).tolist() == [14.0, 2.0]
    assert sum_of_partial_sums(residuals).tolist() == [36.0 + 25.0 + 9.0, 0.0 + 1.0 + 0.0]
