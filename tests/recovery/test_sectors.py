"""Sectors are declared rightly about as often as the project's study says, and seldom wrongly."""

from __future__ import annotations

from functools import cache

import pytest

from tests.recovery.measure_sectors import DRIFTS, END, MEAN, cells, sector_rates

_DRAWS, _SEED = 60, 3
# Right at a weight of .85 without drift, with precise data and one indicator: the project's study.
RIGHT = {"null": 0.88, "shift": 0.38, "expansion": 0.50, "mixed": 0.84, "common growth": 1.0}
_ERRORS = 3  # standard deviations of a share of 60 data sets at one half
_APART = _ERRORS * 0.5 / _DRAWS**0.5
pytestmark = pytest.mark.slow


@cache
def rates(setting: str) -> dict[tuple[str, str], float]:
    """Return rates by measure and condition."""
    cell = next(c for c in cells(_SEED, _DRAWS) if c.setting == setting)
    return {(rate.measure, rate.condition): rate.value for rate in sector_rates(cell)}


@pytest.mark.parametrize("truth", RIGHT)
def test_precise_data_declare_the_sector_as_often_as_the_study_found(truth: str) -> None:
    found = rates(f"{truth}; precise; {END}")
    assert found["declared rightly", "drift 0, weight 0.85"] == pytest.approx(
        RIGHT[truth], abs=_APART
    )


@pytest.mark.parametrize(("row", "read"), [("precise", END), ("noisy", END), ("precise", MEAN)])
@pytest.mark.parametrize("truth", RIGHT)
def test_the_wrong_sector_is_rare_and_the_right_one_is_kept(
    truth: str, row: str, read: str
) -> None:
    found = rates(f"{truth}; {row}; {read}")
    for drift in DRIFTS:
        assert found["declared wrongly", f"drift {drift:g}, weight 0.85"] <= 0.05
        assert found["kept", f"drift {drift:g}"] >= 0.90


def test_a_ramp_of_detection_misleads_unless_the_default_drift_is_integrated() -> None:
    found = rates(f"shift, ramp to x1.25; precise; {END}")
    assert found["declared wrongly", "drift 0, weight 0.85"] > 0.5
    assert found["declared wrongly", "drift 0.1, weight 0.85"] == 0
    assert found["kept", "drift 0.1"] >= 0.95


def test_with_the_default_drift_no_null_is_declared() -> None:
    assert rates(f"null; precise; {MEAN}")["declared rightly", "drift 0.1, weight 0.85"] == 0
