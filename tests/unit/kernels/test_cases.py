"""Unit tests of cases: the pair, copies, imposed values and what is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Cases

C, U, T = 3, 4, 6
VALUES = np.arange(C * U * T, dtype=float).reshape(C, U, T)


def make(focal: list[list[int]] | None = None) -> Cases:
    """Return three cases of four units and six periods; the last has no origin."""
    learn = np.zeros((C, T), dtype=bool)
    learn[:, :3] = True
    treated = np.zeros((C, T), dtype=bool)
    treated[:, 4:] = True
    return Cases(
        y=VALUES.copy(),
        focal=np.array(focal or [[0, 1], [2, 3], [-1, 1]]),
        donors=np.ones((C, U), dtype=bool),
        exposed=np.zeros((C, U)),
        learn=learn,
        treated=treated,
        post=treated,
        breaks=np.zeros((C, 2, T, 0)),
        sampling=VALUES**2,
        exposure=VALUES / 2,
        time=np.arange(T, dtype=float),
        season=np.zeros(T, dtype=np.int64),
    )


def test_the_pair_is_read_off_the_focal_rows() -> None:
    pair = make().pair
    assert pair.shape == (C, 2, T)
    assert (pair[1] == VALUES[1, [2, 3]]).all()
    assert np.isnan(pair[2, 0]).all()
    assert (pair[2, 1] == VALUES[2, 1]).all()


def test_used_periods_are_those_before_and_after() -> None:
    assert make().used[0].tolist() == [True, True, True, False, True, True]


def test_learning_from_all_opens_the_treated_periods_only() -> None:
    cases = make().learn_from_all()
    assert (cases.learn == make().used).all()
    assert (cases.treated == make().treated).all()


def test_new_values_reach_the_focal_rows_and_no_others() -> None:
    cases, new = make(), -np.ones((C, 2, T))
    moved = cases.with_pair(new)
    assert (moved.y[0, :2] == -1).all()
    assert (moved.y[0, 2:] == VALUES[0, 2:]).all()
    assert (moved.y[2, 1] == -1).all()
    assert (moved.y[2, [0, 2, 3]] == VALUES[2, [0, 2, 3]]).all()
    assert (cases.y == VALUES).all()


def test_one_case_takes_many_pairs() -> None:
    one, pairs = make().take(np.array([0])), np.random.default_rng(1).normal(size=(5, 2, T))
    many = one.with_pair(pairs)
    assert len(many) == 5
    assert (many.pair == pairs).all()
    assert (many.y[3, 2:] == VALUES[0, 2:]).all()


def test_copies_are_equal_and_independent_of_the_original() -> None:
    one = make().take(np.array([1]))
    many = one.repeat(4)
    assert len(many) == 4
    assert (many.y == one.y).all()
    assert not np.shares_memory(many.y, one.y)


def test_taking_keeps_the_order_asked_for() -> None:
    cases = make().take(np.array([2, 0]))
    assert cases.focal.tolist() == [[-1, 1], [0, 1]]
    assert (cases.y[0] == VALUES[2]).all()


def test_cases_are_frozen() -> None:
    with pytest.raises(AttributeError):
        make().seasons = 12  # type: ignore[misc]  # the assignment is what must fail
