"""Draws like a study: several indicators go together, one has the draws of its scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.robustness.drawing import draw_alike

PANEL, DESIGN = sx.simulate_pair(donors=2, autocorrelation=0, rng=1)


def like(values: Floats, name: str) -> sx.Panel:
    """Return another indicator of the same units."""
    return replace(PANEL, indicators=(replace(PANEL.indicator, name=name),), values=values)


def moved_together(first: Floats, second: Floats, unit: str) -> float:
    """Return the correlation over data sets and periods of one unit's two indicators."""
    row = PANEL.position(unit)
    return float(np.corrcoef(first[:, row].ravel(), second[:, row].ravel())[0, 1])


def test_indicators_of_the_same_errors_are_drawn_with_the_same_errors() -> None:
    twin = like(3 * PANEL.values, "twin")
    studies = [(PANEL, DESIGN), (twin, DESIGN)]
    first, second = draw_alike(studies, 100, np.random.default_rng(1), trend=False)
    for unit in ("O", "D", "C1"):
        assert moved_together(first, second, unit) > 0.9


def test_indicators_of_their_own_are_drawn_apart() -> None:
    other, _ = sx.simulate_pair(donors=2, autocorrelation=0, rng=2)
    studies = [(PANEL, DESIGN), (like(other.values, "other"), DESIGN)]
    first, second = draw_alike(studies, 100, np.random.default_rng(1), trend=False)
    assert abs(moved_together(first, second, "O")) < 0.6
    assert abs(moved_together(first, second, "D")) < 0.6


def test_one_indicator_has_the_draws_of_its_scenario() -> None:
    values = PANEL.values - 1000.0
    panel = like(values, "below zero")
    (drawn,) = draw_alike([(panel, DESIGN)], 3, np.random.default_rng(1), trend=False)
    scenario = sx.Scenario.like(panel, DESIGN).draw(3, 1)
    for row, unit in enumerate(("O", "D")):
        assert drawn[:, panel.position(unit)] == pytest.approx(scenario[:, row])


def test_the_same_seed_draws_the_same_indicators() -> None:
    studies = [(PANEL, DESIGN), (like(2 * PANEL.values, "twin"), DESIGN)]
    one, two = (draw_alike(studies, 4, np.random.default_rng(3), trend=True) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_one_side_alone_is_drawn_together_too() -> None:
    design = DESIGN.only("destination")
    studies = [(PANEL, design), (like(2 * PANEL.values, "twin"), design)]
    first, second = draw_alike(studies, 50, np.random.default_rng(1), trend=False)
    assert moved_together(first, second, "D") > 0.9
    assert np.array_equal(first[0, PANEL.position("O")], PANEL.series("O"))
