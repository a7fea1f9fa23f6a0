"""An effort-free indicator tells which part of a rise is detection; a false one misleads."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.recovery.make_recovery import rows
from tests.recovery.measure_detection import (
    ALONE,
    BESIDE,
    FALSE_FREE,
    FREE,
    IGNORED,
    RAMP,
    TABLE,
    TRUTHS,
    cells,
    detection_rates,
)

# Frozen before the seed of the table was drawn: .95 less two Monte Carlo errors of 100 data sets;
# widths of a half and two thirds of those without an effort-free indicator, and of it by itself.
LEAST_COVERED, MOST_MISLED = 0.90, 0.10
HALF, TWO_THIRDS = 0.5, 2 / 3
_SIDES = ("origin", "destination")
_FEW, _SEED, _FEW_COVERED = 30, 5, 0.80
STORED = {
    (r["process"], r["setting"], r["condition"], r["measure"]): float(r["value"])
    for r in rows().get(TABLE, [])
}
HONEST = [(c.process, c.setting) for c in cells(0) if c.process != FALSE_FREE]


@pytest.mark.parametrize(("detection", "truth"), HONEST)
@pytest.mark.parametrize("side", _SIDES)
def test_effects_and_detection_are_covered_beside_an_effort_free_indicator(
    detection: str, truth: str, side: str
) -> None:
    assert STORED[detection, truth, BESIDE, f"{side} covered"] >= LEAST_COVERED
    assert STORED[detection, truth, BESIDE, f"{side} detection covered"] >= LEAST_COVERED


@pytest.mark.parametrize(("detection", "truth"), HONEST)
@pytest.mark.parametrize("side", _SIDES)
def test_together_they_say_more_than_either_kind_by_itself(
    detection: str, truth: str, side: str
) -> None:
    width = {fit: STORED[detection, truth, fit, f"{side} width"] for fit in (BESIDE, ALONE, FREE)}
    assert width[BESIDE] <= HALF * width[ALONE]
    assert width[BESIDE] <= TWO_THIRDS * width[FREE]


@pytest.mark.parametrize("truth", TRUTHS)
def test_a_rise_of_detection_that_is_ignored_is_taken_for_growth(truth: str) -> None:
    assert STORED[RAMP, truth, IGNORED, "destination covered"] <= MOST_MISLED


@pytest.mark.parametrize("truth", TRUTHS)
def test_an_effort_free_indicator_that_is_none_misleads(truth: str) -> None:
    assert STORED[FALSE_FREE, truth, BESIDE, "destination covered"] <= MOST_MISLED
    assert STORED[FALSE_FREE, truth, ALONE, "destination covered"] >= LEAST_COVERED


@cache
def measured(detection: str) -> dict[tuple[str, str], float]:
    """Return rates of few data sets of another seed, by measure and fit."""
    cell = next(c for c in cells(_SEED) if (c.process, c.setting) == (detection, "flow"))
    return {(r.measure, r.condition): r.value for r in detection_rates(replace(cell, draws=_FEW))}


@pytest.mark.slow
def test_other_data_sets_say_the_same() -> None:
    found = measured(RAMP)
    for side in _SIDES:
        assert found[f"{side} covered", BESIDE] >= _FEW_COVERED
        assert found[f"{side} detection covered", BESIDE] >= _FEW_COVERED
    assert found["destination covered", IGNORED] <= MOST_MISLED
    assert found["destination width", BESIDE] <= HALF * found["destination width", ALONE]
