"""The test of a price gap that never closes, and limits of how fast it does, hold as stated."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.kernels.slope_laws import noisy_root_p, slope, unit_root_p
from tests.unit.dynamics.studies import study

PAIRS, PERIODS = 300, 20
# Per cent of gaps found to close at 5 %, by slope, as METHODS.md says: against walks alone, and
# against walks with noise as well; a walk never does.
STATED = {1.0: (5, 0.3), 0.8: (14, 1), 0.5: (47, 2.5)}


def priced(true: float) -> list[sx.PriceGap]:
    """Return what is found of prices with a common walk and a gap of that slope."""
    rng = np.random.default_rng(3)
    common = 0.1 * rng.standard_normal((PAIRS, PERIODS)).cumsum(axis=1)
    if true == 1:
        gap = rng.standard_normal((PAIRS, PERIODS)).cumsum(axis=1)
    else:
        gap = autoregressive_errors((PAIRS, PERIODS), true, rng)
    prices = np.exp(np.stack([common + 0.1 * gap, common], axis=1))
    return [sx.price_gap(*study(pair, additive=False)) for pair in prices]


@pytest.mark.slow
@pytest.mark.parametrize("true", list(STATED))
def test_gaps_are_found_to_close_as_often_as_stated_and_limits_hold(true: float) -> None:
    found = priced(true)
    both = ([each.p_unit_root <= 0.05 for each in found], [each.found for each in found])
    for shown, stated in zip(both, STATED[true], strict=True):
        slack = 3 * np.sqrt(stated / 100 * (1 - stated / 100) / PAIRS)
        assert np.mean(shown) == pytest.approx(stated / 100, abs=slack)
    held = np.mean([each.low <= true <= each.high for each in found])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / PAIRS)
    middle = np.mean([each.slope < true for each in found])
    assert middle == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / PAIRS)) or true == 1


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "alone"), [(0.5, 11), (1.0, 26), (2.0, 60)])
def test_noise_makes_walks_close_until_they_are_held_against_walks_with_noise(
    noise: float, alone: int
) -> None:
    rng = np.random.default_rng(5)
    walks = rng.standard_normal((PAIRS, PERIODS)).cumsum(axis=1)
    gaps = walks + noise * rng.standard_normal(walks.shape)
    plain = np.mean([unit_root_p(float(found), PERIODS) <= 0.05 for found in slope(gaps)])
    assert plain == pytest.approx(alone / 100, abs=0.09)
    assert (noisy_root_p(gaps, 199) <= 0.05).mean() <= 0.05
