"""How often tests of timing reject where neither side leads; what METHODS.md says they hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.recovery.measure_timing import (
    CORRELATION,
    ERROR,
    METHODS,
    NULLS,
    TimingCell,
    line,
    measured,
    pairs,
)

# What METHODS.md says that rates are at most without a lead, by method.
STATED = {"lead_lag": 0.07, "granger": 0.07, "local_projections": 0.085, "transfer_function": 0.06}


def _slack(cell: TimingCell) -> float:
    """Return three Monte Carlo standard deviations of a rejection rate."""
    return 3 * float(np.sqrt(ERROR * (1 - ERROR) / cell.data_sets))


def test_worlds_are_what_they_say() -> None:
    for world, sign in (("alike", 1), ("opposed", -1)):
        steps = np.diff(pairs(TimingCell(world=world, periods=60)), axis=-1)
        same = (steps[:, 0] * steps[:, 1]).mean() / steps.var()
        assert same == pytest.approx(sign * CORRELATION, abs=0.03)
    steps = np.diff(pairs(TimingCell(world="full offset", periods=60)), axis=-1)
    assert (steps[:, 0, :-1] * steps[:, 1, 1:]).mean() == pytest.approx(-1, abs=0.03)
    assert abs((steps[:, 0] * steps[:, 1]).mean()) < 0.03


@pytest.mark.slow
def test_a_line_has_a_rate_for_each_world() -> None:
    assert line("lead_lag", 20, 1, 5).count("|") == 10
    cell = TimingCell(world="walks", periods=20, data_sets=3, draws=99)
    for method in METHODS:
        assert 0 <= measured(cell, method)["power"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("world", ["walks", NULLS[-1]])
def test_sizes_are_held_as_stated(method: str, world: str) -> None:
    cell = TimingCell(world=world, periods=20, data_sets=120, seed=7)
    assert measured(cell, method)["p"] <= STATED[method] + _slack(cell)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lead_lag", "granger", "transfer_function"])
def test_a_full_offset_is_found_in_twenty_years(method: str) -> None:
    cell = TimingCell(world="full offset", periods=20, data_sets=60, seed=7)
    assert measured(cell, method)["p"] > 0.6
