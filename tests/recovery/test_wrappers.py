"""Size and power of the wrappers that rank among donors: nominal, whatever the correlation."""

from __future__ import annotations

import pytest

from shiftexp.kernels.error_draws import AUTOREGRESSIVE
from tests.recovery.measure import DEVELOPMENT_SEED, Cell
from tests.recovery.measure_wrappers import ALIKE, FEWER, QUIETER, SMALLER, wrappers

CONLEY_TABER = "ConleyTaber(DifferenceInDifferences())"
IN_LOGS = "ConleyTaber(DifferenceInDifferences(scale='log'))"
FERMAN_PINTO = "FermanPinto(DifferenceInDifferences())"


def rates(method: str, setting: str, rho: float) -> dict[str, float]:
    """Return what 300 data sets of 13 and 7 periods give."""
    cell = Cell(
        table="wrappers",
        method=method,
        before=13,
        after=7,
        process=AUTOREGRESSIVE,
        rho=(rho,),
        setting=setting,
        draws=300,
        seed=DEVELOPMENT_SEED,
    )
    return {rate.measure: rate.value for rate in wrappers(cell)}


@pytest.mark.slow
@pytest.mark.parametrize("setting", [ALIKE, FEWER])
@pytest.mark.parametrize("rho", [0.4, 0.8])
def test_ranks_among_donors_hold_their_level_whatever_the_correlation(
    setting: str, rho: float
) -> None:
    found = rates(CONLEY_TABER, setting, rho)
    assert found["size"] <= 0.15
    assert found["size, net"] <= 0.15
    assert found["power"] >= 0.4


@pytest.mark.slow
def test_smaller_donors_are_warned_of_rescaled_or_not() -> None:
    plain, scaled = rates(CONLEY_TABER, SMALLER, 0.4), rates(FERMAN_PINTO, SMALLER, 0.4)
    assert plain["warned"] >= 0.4  # a quarter more or less of spread cannot always be seen
    assert scaled["warned"] == 1.0
    assert scaled["size"] <= 0.17


@pytest.mark.slow
@pytest.mark.parametrize("method", [CONLEY_TABER, FERMAN_PINTO, IN_LOGS])
def test_donors_that_vary_less_are_warned_of_and_donors_alike_seldom(method: str) -> None:
    quieter, alike = rates(method, QUIETER, 0.4), rates(method, ALIKE, 0.4)
    assert quieter["size"] >= 0.4
    assert quieter["warned"] >= 0.98
    assert alike["warned"] <= 0.15


@pytest.mark.slow
def test_in_logs_a_fall_is_found_as_often_as_a_rise() -> None:
    found = rates(IN_LOGS, ALIKE, 0.4)
    assert found["size"] <= 0.15
    assert found["power of a fall"] == pytest.approx(found["power"], abs=0.08)
