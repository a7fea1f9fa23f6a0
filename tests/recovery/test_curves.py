"""Size and power of the test of a specification curve, 12 + 8 periods, six specifications."""

from __future__ import annotations

import pytest

from tests.recovery.measure_curves import rates, rates_together, scenarios

RUNS, DRAWS = 80, 39
TRUTHS = dict(scenarios(12, 8, 0))


@pytest.mark.slow
@pytest.mark.parametrize("truth", ["rho 0.0", "rho 0.8", "trend of 1"])
def test_mean_z_holds_its_level(truth: str) -> None:
    assert rates(TRUTHS[truth], RUNS, DRAWS)["z"] <= 0.12


@pytest.mark.slow
def test_the_median_effect_does_not_under_a_trend() -> None:
    assert rates(TRUTHS["trend of 1"], RUNS, DRAWS)["median"] >= 0.06


@pytest.mark.slow
def test_an_effect_of_three_sd_is_found_more_often_than_not() -> None:
    assert rates(TRUTHS["rho 0.0, effect 12"], RUNS, DRAWS)["z"] >= 0.5


@pytest.mark.slow
def test_pairs_of_nine_donors_hold_ten_per_cent() -> None:
    scenario = dict(scenarios(12, 8, 9))["rho 0.8"]
    assert rates(scenario, RUNS, 0)["donors z"] <= 0.17


@pytest.mark.slow
def test_indicators_that_go_together_hold_the_level() -> None:
    found = rates_together(4, 0.9, RUNS, DRAWS)  # drawn apart: .2
    assert max(found["z"], found["median"]) <= 0.12
