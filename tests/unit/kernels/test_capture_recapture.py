"""Unit tests of closed forms for the size of a population, against hands and simple worlds."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.capture_recapture import (
    Limits,
    chao,
    chao_bias_corrected,
    chapman,
    lincoln_petersen,
    log_normal_limits,
    ratio_limits,
    zelterman,
)


def test_two_lists_by_hand() -> None:
    plain, corrected = lincoln_petersen(50, 40, 10), chapman(50, 40, 10)
    assert float(plain.size) == 200
    assert float(plain.se) ** 2 == pytest.approx(50 * 40 * 40 * 30 / 1000)
    assert float(corrected.size) == pytest.approx(51 * 41 / 11 - 1)
    assert float(corrected.se) ** 2 == pytest.approx(51 * 41 * 40 * 30 / (121 * 12))
    assert float(plain.found) == float(corrected.found) == 80


def test_repeated_finds_by_hand() -> None:
    assert float(chao(20, 10, 40).se) ** 2 == pytest.approx(10 * (16 / 4 + 8 + 4 / 2))
    found = chao_bias_corrected(4, 1, 9)
    assert float(found.size) == 9 + 4 * 3 / 4
    assert float(found.se) ** 2 == pytest.approx(3 + 4 * 49 / 16 + 16 * 9 / 64)
    assert float(zelterman(10, 5, 63).size) == pytest.approx(63 / (1 - np.exp(-1)))


def test_chapman_is_unbiased_when_lists_cover_everybody_between_them() -> None:
    """Exact: n1 + n2 >= N makes the mean of Chapman's estimate N, over all overlaps there are."""
    from scipy.stats import hypergeom

    size, n1, n2 = 30, 20, 15
    both = np.arange(n1 + n2 - size, n2 + 1)
    mean = hypergeom.pmf(both, size, n1, n2) @ chapman(n1, n2, both).size
    assert mean == pytest.approx(size)


def test_batches_are_answered_member_by_member() -> None:
    once, twice, found = np.array([20, 30]), np.array([10, 5]), np.array([40, 60])
    for method in (chao, chao_bias_corrected, zelterman):
        batch = method(once, twice, found)
        alone = [method(*case) for case in zip(once, twice, found, strict=True)]
        assert batch.size == pytest.approx([float(one.size) for one in alone])
        assert batch.se == pytest.approx([float(one.se) for one in alone])


def test_the_variance_of_chao_is_that_of_the_delta_method() -> None:
    """Multinomial counts: sum f_j (dN/df_j)^2 - N, derivatives taken by small differences."""
    counts = np.array([100.0, 30.0, 20.0])

    def size(f: np.ndarray) -> float:
        return float(chao(f[0], f[1], f.sum()).size)

    step = 1e-4
    slopes = [(size(counts + d) - size(counts - d)) / (2 * step) for d in step * np.eye(3)]
    variance = counts @ np.square(slopes) - size(counts)
    assert float(chao(100, 30, 150).se) ** 2 == pytest.approx(variance, rel=1e-6)


def test_limits_lie_above_what_was_found_and_are_lopsided() -> None:
    found = chao(20, 10, 40)
    limits = log_normal_limits(found, 0.95)
    assert 40 < limits.low < limits.value < limits.high
    missed = [float(x) - 40 for x in (limits.low, limits.value, limits.high)]
    assert missed[0] * missed[2] == pytest.approx(missed[1] ** 2)
    assert log_normal_limits(found, 0.9).high < limits.high


def test_a_ratio_of_equally_sure_estimates_has_limits_root_two_times_as_far_in_logs() -> None:
    side = Limits(np.array(0.2), np.array(0.1), np.array(0.4))
    found = ratio_limits(side, side)
    assert float(found.value) == 1
    assert float(np.log(found.high)) == pytest.approx(np.sqrt(2) * np.log(2))
    assert float(found.low * found.high) == pytest.approx(1)


def test_a_ratio_takes_the_far_end_of_what_it_divides_by() -> None:
    exact = Limits(np.array(0.2), np.array(0.2), np.array(0.2))
    side = Limits(np.array(0.2), np.array(0.1), np.array(0.3))
    up, down = ratio_limits(side, exact), ratio_limits(exact, side)
    assert (float(up.low), float(up.high)) == pytest.approx((0.2 / 0.3, 2.0))
    assert (float(down.low), float(down.high)) == pytest.approx((0.5, 1.5))
