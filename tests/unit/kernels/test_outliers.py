"""Outliers by the fixed rule: found where planted, seldom where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.outliers import CUTOFF, outliers

TIME = np.arange(10.0)


def test_a_planted_outlier_is_found_and_nothing_else() -> None:
    rng = np.random.default_rng(4)
    values = 5 + 2 * TIME + rng.standard_normal(10)
    values[4] += 40
    found = outliers(values[None], TIME)
    assert np.flatnonzero(found.found[0]).tolist() == [4]
    assert found.high[0, 4] < values[4]


def test_fences_are_worked_by_hand() -> None:
    values = np.array([1.0, -1.0, 1.0, -1.0])
    slope = np.median([-2, 0, -2 / 3, 2, 0, -2])
    line = slope * np.arange(4.0)
    line = line + np.median(values - line)
    room = CUTOFF * 1.4826 * (1 + 5 / 2) * np.median(np.abs(values - line))
    assert outliers(values[None], np.arange(4.0)).high[0] == pytest.approx(line + room)


def test_a_series_mostly_on_a_line_has_no_spread_and_no_outlier() -> None:
    values = np.array([[0.0, 1.0, 0.0, 1.0, 0.0]])
    assert not outliers(values, np.arange(5.0)).found.any()


def test_a_trend_is_no_outlier() -> None:
    assert not outliers((3 * TIME)[None], TIME).found.any()


def test_quiet_series_are_seldom_accused() -> None:
    rng = np.random.default_rng(2)
    accused = outliers(rng.standard_normal((2000, 10)), TIME).found.any(axis=1).mean()
    assert 0.03 < accused < 0.07
