"""Crossings: the last rejected value, where p is smooth, where it jumps, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.effects.crossing import TIE, Excess, last_rejected
from shiftexp.kernels.cases import Floats, Integers

AT = np.array([0.5, np.pi, 7.25])


def smooth(values: Floats, rows: Integers) -> Floats:
    """Return excesses of either sign that cross zero at ``AT``."""
    gap = np.tanh(values - AT[rows])
    return np.where(gap == 0, -TIE, gap)


def jumping(values: Floats, rows: Integers) -> Floats:
    """Return excesses that jump at ``AT``, unevenly, which is what an interpolation crawls on."""
    return np.where(values <= AT[rows], -1e-6 * (1 + AT[rows] - values), 1.0)


@pytest.mark.parametrize("excess", [smooth, jumping])
@pytest.mark.parametrize("precision", [1e-3, 1e-9, 0.0])
def test_what_is_found_is_rejected_and_next_to_what_is_kept(
    excess: Excess, precision: float
) -> None:
    rows = np.arange(3)
    found = last_rejected(excess, np.zeros(3), np.full(3, 10.0), rows, precision)
    finest = 8 * np.spacing(10.0)
    assert (excess(found, rows) < 0).all()
    assert (excess(found + precision + finest, rows) > 0).all()


def test_a_row_is_known_by_its_number() -> None:
    rows = np.array([2, 0])
    found = last_rejected(smooth, np.zeros(2), np.full(2, 10.0), rows, 1e-9)
    np.testing.assert_allclose(found, AT[rows], atol=1e-8)


def test_a_jump_costs_no_more_than_halving_and_the_few_steps_before() -> None:
    asked = []

    def counted(values: Floats, rows: Integers) -> Floats:
        asked.append(len(values))
        return jumping(values, rows)

    last_rejected(counted, np.zeros(3), np.full(3, 10.0), np.arange(3), 1e-9)
    assert len(asked) <= 2 + 12 + np.ceil(np.log2(10 / 1e-9))
