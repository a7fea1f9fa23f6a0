"""Limits of the order of breaks, and the test of a common factor, hold as METHODS.md says."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.unit.dynamics.studies import study

PAIRS, PANELS, PERIODS = 60, 100, 40


def broken(later: int, rng: np.random.Generator) -> Floats:
    """Return steps of four standard deviations in opposite directions."""
    values = 100 + autoregressive_errors((2, PERIODS), 0.5, rng)
    values[0, 18:] -= 4
    values[1, 18 + later :] += 4
    return np.asarray(values)


@pytest.mark.slow
@pytest.mark.parametrize("later", [0, 4])
def test_limits_of_the_gap_hold_it(later: int) -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(PAIRS):
        try:
            found.append(sx.break_order(*study(broken(later, rng)), simulations=99))
        except sx.DesignError as refused:
            assert "no break that is found" in str(refused)  # noqa: PT017 - others are real errors
    assert len(found) > PAIRS / 2
    held = np.mean([each.conf_low <= later <= each.conf_high for each in found])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(found))
    claimed = np.mean([each.found for each in found])
    assert claimed <= 0.15 if later == 0 else claimed >= 0.8


@pytest.mark.slow
def test_limits_of_both_dates_hold_them() -> None:
    rng = np.random.default_rng(5)
    held, wide = [], []
    for _ in range(PAIRS):
        values = 100 + autoregressive_errors((2, PERIODS), 0.3, rng)
        values[0, 18:] -= 2
        values[1, 22:] += 2
        try:
            found = sx.break_order(*study(values), errors="autoregressive", simulations=99)
        except sx.DesignError as refused:
            assert "no break that is found" in str(refused)  # noqa: PT017 - others are real errors
            continue
        for side, start in ((found.origin, 1918), (found.destination, 1922)):
            held.append(int(side.low) <= start <= int(side.high))
            wide.append(int(side.high) - int(side.low))
    assert len(held) > PAIRS
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(held))
    assert 4 < np.mean(wide) < 12


@pytest.mark.slow
@pytest.mark.parametrize("loading", [0.2, 0.6])
def test_a_factor_alone_is_seldom_taken_for_more(loading: float) -> None:
    rng = np.random.default_rng(2)
    claimed = []
    for _ in range(PANELS):
        factor, own = rng.standard_normal(20), rng.standard_normal((4, 20))
        steps = loading * factor + np.sqrt(1 - loading**2) * own
        values = np.exp(3 + 0.1 * steps.cumsum(axis=1))
        claimed.append(sx.common_factor(*study(values), simulations=99).found)
    assert np.mean(claimed) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / PANELS)
