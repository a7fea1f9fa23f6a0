"""The outer ends of a shock's variance shares hold the true ones, as often as their level says."""

from __future__ import annotations

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.unit.dynamics.studies import study

PAIRS, PERIODS = 60, 40
IMPACT = np.array([[-0.2, 1.0], [0.2, 1.0]])  # origin, destination by shift, common


@pytest.mark.slow
def test_outer_ends_hold_the_true_shares() -> None:
    rng = np.random.default_rng(4)
    shocks = autoregressive_errors((PAIRS, 2, PERIODS), 0.5, rng)
    true = (IMPACT**2 / (IMPACT**2).sum(axis=1, keepdims=True)).T  # by shock and series
    held, most = [], []
    for values in 100 + IMPACT @ shocks:
        found = sx.sign_restricted(*study(values), scale="level", trend=False, draws=300)
        held.append(((found.share_outer_low <= true) & (true <= found.share_outer_high)).all())
        most.append(found.share_outer_high[0].mean())
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / PAIRS)
    assert np.mean(most) < 0.5  # sides that move together leave little to a shift
