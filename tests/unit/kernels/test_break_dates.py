"""Partitions against trying all of them, and the law of a break's date against simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from shiftexp.kernels.break_dates import argmax_cdf, date_interval, partitions
from shiftexp.kernels.cases import Floats

PERIODS, SHORTEST = 16, 4
X = np.column_stack([np.ones(PERIODS), np.arange(PERIODS) / 8])


def series(seed: int = 2) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((3, PERIODS)) + 3 * (np.arange(PERIODS) >= 7)


def split(y: Floats, x: Floats, at: tuple[int, ...]) -> float:
    total = 0.0
    for a, b in itertools.pairwise((0, *at, PERIODS)):
        residual = y[a:b] - x[a:b] @ np.linalg.lstsq(x[a:b], y[a:b], rcond=None)[0]
        total += float(residual @ residual)
    return total


@pytest.mark.parametrize("terms", [1, 2])
def test_the_best_partitions_are_those_of_trying_all(terms: int) -> None:
    x, y = X[:, :terms], series()
    found = partitions(x, y, SHORTEST, 3)
    for b, row in enumerate(y):
        for count in range(4):
            tried = {
                at: split(row, x, at)
                for at in itertools.combinations(range(SHORTEST, PERIODS - SHORTEST + 1), count)
                if all(d - c >= SHORTEST for c, d in itertools.pairwise((0, *at, PERIODS)))
            }
            best = min(tried, key=lambda at: tried[at])
            assert found.rss[b, count] == pytest.approx(tried[best])
            assert tuple(found.breaks[b, count, :count]) == best
            assert (found.breaks[b, count, count:] == -1).all()


def test_criteria_are_their_formulas() -> None:
    found = partitions(X, series(), SHORTEST, 1)
    rss = found.rss[0, 1]
    assert found.bic[0, 1] == pytest.approx(
        PERIODS * (math.log(rss / PERIODS) + 1 + math.log(2 * math.pi)) + 6 * math.log(PERIODS)
    )
    spent = 2 * 2 + 1
    penalty = spent * 0.299 * math.log(PERIODS) ** 2.1 / PERIODS
    assert found.lwz[0, 1] == pytest.approx(math.log(rss / (PERIODS - spent)) + penalty)


def test_a_perfect_fit_has_finite_criteria() -> None:
    step = np.where(np.arange(PERIODS) >= 8, 2.0, 1.0)[None]
    found = partitions(X[:, :1], step, SHORTEST, 1)
    assert np.isfinite(found.bic).all()
    assert found.bic[0].argmin() == found.lwz[0].argmin() == 1
    assert found.breaks[0, 1].tolist() == [8]


@pytest.mark.parametrize("phi", [0.25, 1.0, 4.0])
def test_the_law_of_the_largest_place_is_that_of_simulated_walks(phi: float) -> None:
    rng, step, reach, draws = np.random.default_rng(1), 0.02, 40.0, 2000
    count = int(reach / step)
    tops = []
    for variance in (1.0, phi):
        shocks = rng.standard_normal((draws, count)) * math.sqrt(step * variance)
        path = shocks.cumsum(axis=1) - step * np.arange(1, count + 1) / 2
        tops.append((path.max(axis=1), (path.argmax(axis=1) + 1) * step))
    (left, before), (right, after) = tops
    place = np.where(left > right, -before, after)
    place = np.where(np.maximum(left, right) < 0, 0.0, place)
    for v in (-6.0, -2.0, 1.0, 5.0):
        expected = float((place <= v).mean())
        assert argmax_cdf(v, phi) == pytest.approx(expected, abs=0.04)


def test_the_law_is_a_distribution_without_a_jump_at_zero() -> None:
    for phi in (0.2, 1.0, 3.0):
        at = np.linspace(-60, 60, 401)
        values = np.array([argmax_cdf(v, phi) for v in at])
        assert (np.diff(values) > -1e-12).all()
        assert values[0] < 0.01
        assert values[-1] > 0.99
        assert argmax_cdf(-1e-9, phi) == pytest.approx(argmax_cdf(1e-9, phi), abs=1e-3)


def test_limits_shrink_with_the_square_of_the_jump() -> None:
    before, after = date_interval(1.0, 0.5, 0.5, 0.95)
    assert before == pytest.approx(after)
    assert before == pytest.approx(11.03 / 4, rel=1e-3)
    assert date_interval(2.0, 0.5, 0.5, 0.95)[0] == pytest.approx(before / 4)
    assert date_interval(1.0, 0.5, 0.5, 0.8)[0] < before


def test_noise_after_the_break_widens_the_side_on_which_it_is() -> None:
    before, after = date_interval(1.0, 0.5, 1.0, 0.95)
    # noisy periods after the break make the estimate late: the break may lie well before it
    assert before > after


def test_a_break_without_a_jump_may_be_anywhere_and_one_without_noise_is_sure() -> None:
    assert date_interval(0.0, 1.0, 1.0, 0.95) == (math.inf, math.inf)
    for before, after in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)):
        assert date_interval(1.0, before, after, 0.95) == (0.0, 0.0)


@pytest.mark.parametrize("ratio", [1e-6, 0.1, 10.0, 1e6])
def test_limits_exist_however_unlike_the_noise_on_both_sides(ratio: float) -> None:
    before, after = date_interval(1.0, 0.5, 0.5 * ratio, 0.95)
    assert min(before, after) >= 0
    assert max(before, after) > 0
    mirrored = date_interval(1.0, 0.5 * ratio, 0.5, 0.95)
    assert mirrored == pytest.approx((after, before), rel=1e-6)
