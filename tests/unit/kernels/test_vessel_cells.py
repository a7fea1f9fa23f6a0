"""Likelihoods by cells: those of one covariance matrix of all rows, however many at a time."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels import vessel_cells
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_cells import cell_systems, without_fixed
from shiftexp.kernels.vessel_rows import VesselRows
from tests.unit.kernels.test_vessel_stack import stacked

WALKS = np.array([[0.5, 0.3], [1.0, 0.1], [0.2, 0.7]])


def given(seed: int = 1) -> tuple[VesselRows, Floats, Floats]:
    """Return rows of three indicators, some missing, their variances and a few series."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(3, 8, 3))
    y[rng.random(y.shape) < 0.3] = np.nan
    rows = stacked(y)
    count = len(rows.value)
    return rows, rng.uniform(0.5, 2.0, (3, count)), rng.normal(size=(count, 4))


def whole(rows: VesselRows, noise: Floats, g: int) -> tuple[Floats, Floats]:
    """Return covariances of the levels of rows, and of the rows."""
    row = rows.cells[1]
    level = np.tensordot(WALKS[g] ** 2, rows.kernels, 1)[np.ix_(row, row)]
    return level, level + np.diag(noise[g])


def test_products_and_determinants_are_those_of_the_whole_matrix() -> None:
    rows, noise, series = given()
    (systems,) = cell_systems(rows, WALKS, noise, series)
    for g in range(3):
        cov = whole(rows, noise, g)[1]
        assert systems.gram[g] == pytest.approx(series.T @ np.linalg.solve(cov, series))
        assert systems.log_det[g] == pytest.approx(np.linalg.slogdet(cov)[1])


def test_levels_are_those_of_the_whole_matrix() -> None:
    rows, noise, series = given()
    (systems,) = cell_systems(rows, WALKS, noise, series)
    a = np.random.default_rng(2).normal(size=(3, 4))
    found = systems.levels(a)
    for g in range(3):
        level, cov = whole(rows, noise, g)
        expected = level @ np.linalg.solve(cov, series @ a[g])
        assert found[g][rows.cells[1]] == pytest.approx(expected)


def test_nodes_can_be_taken_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, noise, series = given()
    (together,) = cell_systems(rows, WALKS, noise, series)
    monkeypatch.setattr(vessel_cells, "_MOST_NUMBERS", 1)
    apart = list(cell_systems(rows, WALKS, noise, series))
    assert len(apart) == 3
    assert np.concatenate([s.gram for s in apart]) == pytest.approx(together.gram)
    assert np.concatenate([s.held(np.ones((1, 4))) for s in apart]) == pytest.approx(
        together.held(np.ones((3, 4)))
    )


def test_fixed_terms_are_taken_out_by_least_squares() -> None:
    series = np.random.default_rng(1).normal(size=(9, 5))
    moments, log_det = without_fixed((series.T @ series)[None], 2)
    fixed, others = series[:, :2], series[:, 2:]
    rest = others - fixed @ np.linalg.lstsq(fixed, others)[0]
    assert moments[0] == pytest.approx(rest.T @ rest)
    assert log_det[0] == pytest.approx(np.linalg.slogdet(fixed.T @ fixed)[1])
