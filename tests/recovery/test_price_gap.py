"""The test of a price gap that never closes, and limits of how fast it does, hold as stated."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.unit.dynamics.studies import study

PAIRS, PERIODS = 300, 20
# Per cent of gaps found to close at 5 %, by slope, as METHODS.md says; a walk never does.
STATED = {1.0: 5, 0.8: 14, 0.5: 47}


def priced(slope: float) -> list[sx.PriceGap]:
    """Return what is found of prices with a common walk and a gap of that slope."""
    rng = np.random.default_rng(3)
    common = 0.1 * rng.standard_normal((PAIRS, PERIODS)).cumsum(axis=1)
    if slope == 1:
        gap = rng.standard_normal((PAIRS, PERIODS)).cumsum(axis=1)
    else:
        gap = autoregressive_errors((PAIRS, PERIODS), slope, rng)
    prices = np.exp(np.stack([common + 0.1 * gap, common], axis=1))
    return [sx.price_gap(*study(pair, additive=False)) for pair in prices]


@pytest.mark.slow
@pytest.mark.parametrize("slope", list(STATED))
def test_gaps_are_found_to_close_as_often_as_stated_and_limits_hold(slope: float) -> None:
    found = priced(slope)
    stated = STATED[slope] / 100
    slack = 3 * np.sqrt(stated * (1 - stated) / PAIRS)
    assert np.mean([each.found for each in found]) == pytest.approx(stated, abs=slack)
    held = np.mean([each.low <= slope <= each.high for each in found])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / PAIRS)
    middle = np.mean([each.slope < slope for each in found])
    assert middle == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / PAIRS)) or slope == 1
