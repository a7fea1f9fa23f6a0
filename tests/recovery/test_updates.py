"""How often new values fall outside the interval issued before them, and what an alarm finds."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import draw
from shiftexp.kernels.prediction import prediction_design, predictive_band

RUNS = 1500
SIDES = 0.975  # each of two sides, so that both together hold with 95 %


def coverage(
    process: str, value: float, *, periods: int, coming: int, trend: bool, jump: float = 0.0
) -> float:
    """Return how often the values of both sides lie inside, independent errors of unit size."""
    time = np.arange(periods + coming, dtype=float)
    step = (time >= periods - max(3, periods // 3)).astype(float)
    terms: list[Floats] = [np.ones_like(time), step]
    if trend:
        terms += [time, step * time]
    design = prediction_design(np.stack(terms, axis=1), time, periods)
    rng = np.random.default_rng(11)
    y = draw(process, value, "normal", (2 * RUNS, periods + coming), rng)
    y[::2, periods:] += jump
    _, low, high = predictive_band(design, y[:, :periods], SIDES)
    inside = ((low <= y[:, periods:]) & (y[:, periods:] <= high)).all(axis=1)
    return float(inside.reshape(RUNS, 2).all(axis=1).mean())


@pytest.mark.slow
@pytest.mark.parametrize("trend", [False, True])
@pytest.mark.parametrize(
    ("process", "value"), [("AR(1)", 0.0), ("AR(1)", 0.8), ("random walk", 0.0)]
)
def test_one_period_ahead_false_alarms_are_nominal(
    process: str, value: float, *, trend: bool
) -> None:
    found = coverage(process, value, periods=20, coming=1, trend=trend)
    assert 0.93 <= found <= 0.97


@pytest.mark.slow
def test_three_periods_ahead_a_random_walk_costs_what_the_notes_say() -> None:
    assert 0.90 <= coverage("random walk", 0.0, periods=20, coming=3, trend=False) <= 0.95
    assert coverage("AR(1)", 0.0, periods=20, coming=3, trend=False) >= 0.95


@pytest.mark.slow
def test_an_alarm_finds_what_the_notes_say() -> None:
    missed = [
        coverage("AR(1)", 0.4, periods=20, coming=1, trend=False, jump=jump) for jump in (3.0, 5.0)
    ]
    assert 0.22 <= missed[0] <= 0.36
    assert missed[1] <= 0.03
