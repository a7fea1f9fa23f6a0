"""Predictions of a regression with an unknown error process."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.prediction import predicted, prediction_design, predictive_band

PAST, COMING = 30, 3


def _regressors(*, trend: bool) -> np.ndarray:
    """Return a constant, and a line where asked for."""
    time = np.arange(PAST + COMING, dtype=float)
    return np.stack([np.ones_like(time), *([time] if trend else [])], axis=1)


def _design(*, trend: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return regressors and time stamps."""
    return _regressors(trend=trend), np.arange(PAST + COMING, dtype=float)


def test_a_line_goes_on() -> None:
    x, time = _design(trend=True)
    y = 5 + 2 * time[:PAST] + 1e-3 * np.random.default_rng(1).standard_normal(PAST)
    middle, low, high = predictive_band(prediction_design(x, time, PAST), y[None], 0.95)
    assert np.allclose(middle[0], 5 + 2 * time[PAST:], atol=0.01)
    assert ((low < middle) & (middle < high)).all()


def test_under_independent_errors_it_is_the_textbook_interval() -> None:
    from scipy import stats

    x, time = _design()
    design = prediction_design(x, time, PAST)
    independent = 0  # the first process of the grid has no autocorrelation
    assert np.allclose(design.rows[independent], 1 / PAST, atol=1e-9)
    y = np.random.default_rng(2).standard_normal((1, PAST))
    law = predicted(design, y)[0]
    expected = y.std(ddof=1) * np.sqrt(1 + 1 / PAST)
    assert law.scale[0, independent] == pytest.approx(expected)
    assert law.location[0, independent] == pytest.approx(y.mean())
    half = stats.t.ppf(0.975, PAST - 1) * expected
    low, high = law.interval(0.95)
    assert high - low == pytest.approx(2 * half, rel=0.15)


def test_a_random_walk_is_less_known_the_farther_ahead() -> None:
    x, time = _design()
    walk = np.cumsum(np.random.default_rng(3).standard_normal((1, PAST)), axis=1)
    _, low, high = predictive_band(prediction_design(x, time, PAST), walk, 0.95)
    width = (high - low)[0]
    assert width[0] < width[1] < width[2]


def test_more_periods_make_each_interval_wider() -> None:
    x, time = _design()
    y = np.random.default_rng(4).standard_normal((1, PAST))
    one = predictive_band(prediction_design(x[:-2], time[:-2], PAST), y, 0.95)
    three = predictive_band(prediction_design(x, time, PAST), y, 0.95)
    assert three[1][0, 0] < one[1][0, 0]
    assert three[2][0, 0] > one[2][0, 0]


def test_units_only_rescale() -> None:
    x, time = _design(trend=True)
    design = prediction_design(x, time, PAST)
    y = np.random.default_rng(5).standard_normal((1, PAST))
    here, there = predictive_band(design, y, 0.95), predictive_band(design, 1000 * y, 0.95)
    assert np.allclose(np.stack(there), 1000 * np.stack(here), rtol=1e-6)
