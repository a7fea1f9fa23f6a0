"""How often tests of breaks reject where nothing breaks; what is measured is what ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.description.dating import ERRORS
from shiftexp.kernels.breaks import TESTS
from tests.recovery.measure_breaks import (
    ASYMPTOTIC,
    CRITERIA,
    ERROR,
    PERIODS,
    BreakCell,
    cells,
    found_breaks,
    p_values,
    series,
    sizes,
    table,
)

# What METHODS.md says that rates are at most, by autocorrelation.
STATED = {0.0: 0.05, 0.5: 0.10, 0.8: 0.18}


def tolerance(cell: BreakCell) -> float:
    """Return three Monte Carlo standard deviations of a rejection rate."""
    return 3 * float(np.sqrt(ERROR * (1 - ERROR) / cell.draws))


@pytest.mark.parametrize("trend", [False, True])
def test_what_is_measured_is_what_ships(*, trend: bool) -> None:
    cell = BreakCell(periods=20, rho=0.5, trend=trend, draws=3)
    found = p_values(cell)
    for i, y in enumerate(series(cell)):
        for errors in ERRORS:
            shipped = sx.structural_breaks(
                y,
                at=10,
                trend=trend,
                errors=errors,
                simulations=cell.simulations,
                rng=cell.seed + i,
            )
            assert [test.test for test in shipped.tests] == list(TESTS)
            assert [test.p_value for test in shipped.tests] == found[errors][i].tolist()
        law = np.array([test.p_asymptotic for test in shipped.tests])
        assert law == pytest.approx(found[ASYMPTOTIC][i], nan_ok=True)


def test_a_cell_has_its_autocorrelation_and_its_step() -> None:
    cell = BreakCell(periods=40, rho=0.8, trend=False, draws=2000)
    y = series(cell)
    assert (y[:, 1:] * y[:, :-1]).mean() == pytest.approx(0.8, abs=0.05)
    moved = series(replace(cell, step=2.0)) - y
    assert moved[:, :20].max() == 0
    assert moved[:, 20:] == pytest.approx(np.full((2000, 20), 2.0))


def test_the_table_has_a_row_for_each_cell_and_kind_of_p() -> None:
    assert len(list(cells())) == 2 * len(PERIODS) * 3
    small = BreakCell(periods=15, rho=0.0, trend=False, draws=20, simulations=19)
    assert set(sizes(small)) == {*ERRORS, ASYMPTOTIC}
    assert set(found_breaks(small)) == set(CRITERIA)


@pytest.mark.slow
def test_sizes_are_held_as_stated(capsys: pytest.CaptureFixture[str]) -> None:
    for cell in cells():
        found, slack = sizes(cell), tolerance(cell)
        for test in TESTS:
            assert found["persistent"][test] <= 0.06 + slack
            if cell.rho == 0:
                assert found["independent"][test] == pytest.approx(ERROR, abs=slack)
            assert found["autoregressive"][test] <= STATED[cell.rho] + slack
    with capsys.disabled():
        print("\n" + "\n".join(table()))  # noqa: T201 - the measured numbers are the point of a slow test
