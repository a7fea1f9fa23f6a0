"""Broken lines: jumps, spreads and limits of dates."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.description import dating
from shiftexp.description.dating import BrokenLine, error_autocorrelation, persistence
from shiftexp.kernels.break_dates import date_interval
from shiftexp.kernels.cases import Floats

TIME = np.arange(40.0)
X = np.column_stack([np.ones(40), TIME])


def line(z: Floats, starts: list[int], *, persistent: bool = False) -> BrokenLine:
    return BrokenLine.fit(X, z, np.array(starts, dtype=int), TIME, persistent=persistent)


def test_the_jump_of_a_trend_is_the_one_at_the_break() -> None:
    z = np.where(TIME < 20, TIME, 3 * TIME)
    found = line(z, [20])
    assert found.jumps == pytest.approx([40])
    assert found.fitted == pytest.approx(z)


def test_limits_are_those_of_the_law_and_stay_within_the_series() -> None:
    noise = np.random.default_rng(1).standard_normal(40)
    found = line(noise + 3 * (TIME >= 20), [20])
    low, high = found.limits(0, 0.95)
    jump, before, after = found.jumps[0], *found.spread
    expected = date_interval(abs(jump), before, after, 0.95)
    assert (20 - low, high - 20) == tuple(np.ceil(expected))
    assert line(noise, [20]).limits(0, 0.999999) == (0, 39)


def test_short_segments_share_their_variance() -> None:
    z = np.random.default_rng(2).standard_normal(40)
    z[20:] *= 5
    own, pooled = line(z, [20]), line(z, [34])
    assert own.spread[1] > 2 * own.spread[0]
    assert pooled.spread[0] == pooled.spread[1]


# Errors that neither a constant nor a trend explains, in blocks of four: their squares add up to 4.
WAVE = np.tile([1.0, -1.0, -1.0, 1.0], 10)


@pytest.mark.parametrize(("rho", "times"), [(0.0, 1.0), (0.6, 2.0), (-0.6, 0.5)])
def test_spreads_by_hand(monkeypatch: pytest.MonkeyPatch, rho: float, times: float) -> None:
    """A spread divides by values less terms; AR(1) errors sum up to sqrt((1 + rho) / (1 - rho))."""
    monkeypatch.setattr(dating, "persistence", lambda *_: rho)
    z = 5 + 2 * TIME + np.where(TIME < 20, WAVE, 40 + 3 * WAVE)
    own = line(z, [20], persistent=True)
    assert own.jumps == pytest.approx([40])
    assert own.spread == pytest.approx(times * np.sqrt([20 / 18, 9 * 20 / 18]))
    z = 5 + 2 * TIME + np.where(TIME < 28, WAVE, 40 + 3 * WAVE)
    pooled = np.sqrt((28 + 9 * 12) / (26 + 10))
    assert line(z, [28], persistent=True).spread == pytest.approx(times * pooled * np.ones(2))
    assert line(z, [28]).spread == pytest.approx(pooled * np.ones(2))


def test_fifteen_values_tell_a_spread_of_their_own() -> None:
    z = np.random.default_rng(4).standard_normal(40)
    for start in (15, 25):
        assert line(z, [start]).spread[0] != line(z, [start]).spread[1]
    for start in (14, 26):
        assert line(z, [start]).spread[0] == line(z, [start]).spread[1]


def test_persistence_lies_between_that_about_an_unbroken_and_a_broken_line() -> None:
    z = np.random.default_rng(5).standard_normal(40) + 8 * (TIME >= 20)
    broken = np.hstack([X, X * (TIME >= 20)[:, None]])
    expected = (persistence(z, X, TIME), persistence(z, broken, TIME))
    found = error_autocorrelation(z, X, None, TIME, 20, "autoregressive")
    assert found == pytest.approx(sum(expected) / 2)
    assert expected[0] > expected[1] + 0.2
    assert error_autocorrelation(z, X, None, TIME, 20, "persistent") == expected[0]
    assert error_autocorrelation(z, X, None, TIME, 20, "independent") == 0


def test_persistent_errors_widen_the_limits() -> None:
    z = np.random.default_rng(3).standard_normal(40).cumsum() + 30 * (TIME >= 20)
    assert line(z, [20], persistent=True).spread[0] > 1.3 * line(z, [20]).spread[0]


def test_a_line_without_a_break_is_one_regression() -> None:
    z = 2 + 0.5 * TIME
    found = line(z, [])
    assert found.fitted == pytest.approx(z)
    assert len(found.jumps) == 0


def test_too_few_values_tell_no_persistence() -> None:
    assert persistence(np.arange(4.0), X[:4], TIME[:4]) == 0.0
