"""Detection that drifts in some rows: by hand, and against dense generalised least squares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_detection import (
    DriftPrior,
    drift_levels,
    drift_paths,
    level_paths,
    without_normal,
)
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_stack import Stack, StackNodes, stack_fit
from tests.unit.kernels.test_vessel_grid import LINE, T, terms
from tests.unit.kernels.test_vessel_stack import engine_of, stacked

ONSET = T // 2
POST = np.arange(T) >= ONSET
LEVELS = np.array([100.0, 40.0])
FREE = np.full(2, FLAT)
OWN, COMMON, NOISE = 0.4, 0.3, 0.7


def prior(*sds: float, common: float = 1.0) -> DriftPrior:
    """Return drifts of indicators with these standard deviations."""
    return DriftPrior(drift_paths(POST, ONSET), LEVELS, np.array(sds), common)


def test_the_first_path_alone_is_the_mean_change_and_both_together_are_a_step() -> None:
    paths = drift_paths(POST, ONSET)
    assert paths[:, POST].mean(axis=1) == pytest.approx([1.0, 0.0])
    assert paths[:, ~POST] == pytest.approx(np.zeros((2, ONSET)))
    assert paths.sum(axis=0)[POST] == pytest.approx(np.ones(T - ONSET))
    assert np.diff(paths[0, POST]) == pytest.approx(np.full(T - ONSET - 1, paths[0, ONSET]))


@pytest.mark.parametrize("common", [0.0, 0.4, 1.0])
def test_mean_changes_have_the_declared_spread_and_what_is_common_is_shared(common: float) -> None:
    columns = prior(0.1, 0.05, 0.0, common=common).columns(3)
    means = columns[:, POST].mean(axis=1)
    cov = np.einsum("nki,mli->nkml", means, means)
    for side in (0, 1):
        found = cov[side, :, side] / LEVELS[side] ** 2
        assert np.diag(found) == pytest.approx([0.01, 0.0025, 0.0])
        assert found[0, 1] == pytest.approx(common * 0.005)
    assert cov[0, :, 1] == pytest.approx(np.zeros((3, 3)))
    assert not columns[2].any()
    assert not columns[:, :, 2].any()
    assert (columns != 0).any(axis=(0, 1, 2)).all()


def test_without_a_drift_there_is_no_column() -> None:
    assert prior(0.0, 0.0).columns(2).shape == (2, T, 2, 0)


def test_levels_are_the_larger_of_what_is_seen_and_what_a_line_before_leads_to() -> None:
    time = np.arange(T, dtype=float)
    falls, grows = np.where(POST, 80.0, 100 + time), np.where(POST, 90.0, 40 + time)
    values = np.stack([falls, grows])[..., None] * np.ones(2)
    values[0, 2, 0] = np.nan
    assert drift_levels(values, POST, ONSET) == pytest.approx([100 + time[POST].mean(), 90.0])


def test_level_paths_are_lines_over_their_mean_before() -> None:
    time = np.arange(T, dtype=float)
    values = np.where(POST, 90 + 2 * time, 40 + time)[None, :, None] * np.array([1.0, 3.0])
    values[0, [3, 15], 1] = np.nan
    found = level_paths(values, ONSET)
    expected = np.where(POST, 90 + 2 * time, 40 + time) / (40 + time[:ONSET].mean())
    assert found[0] == pytest.approx(np.stack([expected, expected], axis=1))


def world() -> tuple[VesselRows, Stack]:
    """Return rows of two indicators with a drift of the first, and an engine with one node."""
    rng = np.random.default_rng(3)
    y = rng.normal(size=(2, T, 2)).cumsum(axis=1) / 5
    y[0, 4, 1] = np.nan
    rows = stacked(y)
    columns = prior(0.05, 0.0, common=0.5).columns(2)
    rows = replace(rows, drifts=columns[rows.place, rows.period, rows.indicator])
    nodes = StackNodes(np.array([[OWN, COMMON]]), np.array([[NOISE, 2 * NOISE]]), np.zeros(1))
    return rows, engine_of(rows, nodes)


def dense(rows: VesselRows, *, drifting: bool) -> Floats:
    """Return the covariance of all rows."""
    walks = np.einsum("j,jab->ab", np.array([OWN, COMMON]) ** 2, rows.kernels)
    cell, noise = rows.cells[1], NOISE * (1 + rows.indicator)
    cov = walks[np.ix_(cell, cell)] + np.diag(noise**2)
    return np.asarray(cov + drifting * rows.drifts @ rows.drifts.T)


def test_a_drift_is_integrated_as_a_covariance_of_the_rows_would_be() -> None:
    rows, stack = world()
    z = terms().free
    x = np.concatenate([rows.fixed_columns(LINE), rows.of_rows(z)], axis=1)
    found = stack.fit(z, LINE).coefficients(FREE)
    inverse = np.linalg.inv(dense(rows, drifting=True))
    cov = np.linalg.inv(x.T @ inverse @ x)
    mean = cov @ x.T @ inverse @ rows.value
    assert found.mean[0, 0] == pytest.approx(mean[-2:], rel=1e-5)
    assert found.cov[0, 0] == pytest.approx(cov[-2:, -2:], rel=1e-5)
    plain = stack_fit(replace(rows, drifts=np.zeros((1, 0))), z, stack.nodes, LINE)
    gap = found.log_evidence - plain.coefficients(FREE).log_evidence
    with_it, without = (restricted(rows, x, drifting=d) for d in (True, False))
    assert gap[0] == pytest.approx(with_it - without, rel=1e-5)


def restricted(rows: VesselRows, x: Floats, *, drifting: bool) -> float:
    """Return the log likelihood with flat coefficients integrated out, up to a constant."""
    cov = dense(rows, drifting=drifting)
    inverse = np.linalg.inv(cov)
    information = x.T @ inverse @ x
    score = x.T @ inverse @ rows.value
    rest = rows.value @ inverse @ rows.value - score @ np.linalg.solve(information, score)
    return float(-(np.linalg.slogdet(cov)[1] + np.linalg.slogdet(information)[1] + rest) / 2)


def test_the_drift_and_the_level_beside_it_have_their_exact_means() -> None:
    rows, stack = world()
    z = terms().free
    x = np.concatenate([rows.fixed_columns(LINE), rows.of_rows(z)], axis=1)
    inverse = np.linalg.inv(dense(rows, drifting=True))
    mean = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ rows.value)
    held = inverse @ (rows.value - x @ mean)
    assert stack.drifts(z, LINE).mean[0, 0] == pytest.approx(rows.drifts.T @ held, rel=1e-5)
    parts = stack.parts(z, LINE, stack.fit(z, LINE).coefficients(FREE), shown=2)
    walks = np.einsum("j,jab->ab", np.array([OWN, COMMON]) ** 2, rows.kernels)
    walked = walks[:, rows.cells[1]] @ held
    place, period = np.divmod(rows.cells[0], T)
    assert (parts.own + parts.common)[place, period] == pytest.approx(walked, rel=1e-5)


def test_nothing_to_integrate_changes_nothing() -> None:
    moments = np.eye(3)[None]
    found, added = without_normal(moments, 0)
    assert found is moments
    assert added.tolist() == [0.0]


def test_one_coefficient_is_integrated_as_by_hand() -> None:
    found, added = without_normal(np.array([[[5.0, 2.0], [2.0, 3.0]]]), 1)
    assert found[0] == pytest.approx(np.array([[5 - 4 / 4]]))
    assert added[0] == pytest.approx(np.log(4))
