"""Unit tests of laws by quantiles, their pool, and what limits leave of them."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.piecewise_uniform import by_quantiles, linear_pool, within

TAILS = (0.05, 0.5, 0.95)
LAW = by_quantiles((0.1, 0.3, 0.6), TAILS, (0.0, 1.0))


def test_the_law_has_the_quantiles_it_was_made_of() -> None:
    assert LAW.quantile(TAILS) == pytest.approx([0.1, 0.3, 0.6])
    assert LAW.probability_below([0.0, 0.1, 0.3, 0.6, 1.0]) == pytest.approx([0, *TAILS, 1])
    assert float(LAW.probability_below(0.2)) == pytest.approx((0.05 + 0.5) / 2)


def test_a_quantile_at_the_end_of_the_support_is_no_atom() -> None:
    law = by_quantiles((0.0, 0.3, 1.0), TAILS, (0.0, 1.0))
    assert law.x.tolist() == [0.0, 0.3, 1.0]
    assert float(law.probability_below(0.0)) == 0


def test_a_pool_is_the_weighted_mean_of_distribution_functions() -> None:
    other = by_quantiles((0.3, 0.6, 0.9), TAILS, (0.0, 1.0))
    pool = linear_pool([LAW, other], np.array([0.25, 0.75]))
    at = np.linspace(0, 1, 57)
    mean = 0.25 * LAW.probability_below(at) + 0.75 * other.probability_below(at)
    assert pool.probability_below(at) == pytest.approx(mean)


def test_limits_cut_the_law_and_scale_the_rest() -> None:
    left = within(LAW, 0.1, 0.3)
    assert left.mass == pytest.approx(0.45)
    assert left.law is not None
    assert left.law.quantile([0, 0.5, 1]) == pytest.approx([0.1, 0.2, 0.3])
    whole = within(LAW, 0.0, 1.0)
    assert whole.mass == 1
    assert whole.law is not None
    assert whole.law.quantile(TAILS) == pytest.approx([0.1, 0.3, 0.6])


def test_limits_that_are_one_point_leave_that_point() -> None:
    left = within(LAW, 0.4, 0.4)
    assert left.mass == 0
    assert left.law is not None
    assert left.law.quantile(TAILS) == pytest.approx([0.4, 0.4, 0.4])


@pytest.mark.parametrize("limits", [(2.0, 3.0), (-2.0, -1.0), (2.0, 2.0)])
def test_limits_that_leave_nothing_leave_no_law(limits: tuple[float, float]) -> None:
    left = within(LAW, *limits)
    assert left.mass == 0
    assert left.law is None
