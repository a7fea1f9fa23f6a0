"""Paths from stacked observations: the grid's parts, and the exact law of an unobserved flow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.kernels.vessel_grid import SdPrior, grid_fit, sd_nodes
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_paths import vessel_parts
from shiftexp.kernels.vessel_stack import StackNodes
from tests.unit.kernels.test_vessel_grid import LINE, T, series, terms
from tests.unit.kernels.test_vessel_stack import as_stack_nodes, engine_of, fitted, stacked

FREE = np.full(2, FLAT)


def test_complete_data_give_the_parts_of_the_grid() -> None:
    y, z = series(1, 3)[0] / 5, terms(3).free
    nodes = sd_nodes(np.ones(1), np.ones(1), SdPrior(), (3, 3, 3))
    posterior = grid_fit(y[None], z, nodes, LINE).coefficients(FREE)
    grid = vessel_parts(y, z, LINE, nodes, posterior, shown=1)
    stack = engine_of(stacked(y), as_stack_nodes(nodes))
    found = stack.parts(z, LINE, posterior, shown=1)
    for name in ("line", "terms", "own", "common", "noise"):
        assert getattr(found, name) == pytest.approx(getattr(grid, name), abs=1e-7)
    assert found.flow is None


def test_parts_of_several_indicators_add_up_in_the_first_ones_units() -> None:
    rng, z = np.random.default_rng(1), terms().free
    y = rng.normal(size=(2, T, 2)).cumsum(axis=1) / 5 + np.array([0.0, 30.0])
    y[0, 3:6] = np.nan
    y[1, 8, 0] = np.nan
    stack = fitted(stacked(y, flow_lag=1), z)
    posterior = stack.fit(z, LINE).coefficients(FREE)
    parts = stack.parts(z, LINE, posterior, shown=2)
    assert parts.flow is not None
    level = parts.line + parts.terms + parts.own + parts.common + parts.flow
    assert parts.level == pytest.approx(level)
    rest = y - level[..., None]
    both = np.isfinite(rest).all(axis=2)
    gap = rest[..., 1] - rest[..., 0]
    for place in range(2):
        apart = gap[place, both[place]] - 2 * (rest - parts.noise[..., None])[place, both[place], 1]
        assert np.ptp(apart) < 1e-8
    assert np.isnan(parts.noise).tolist() == np.isnan(y).all(axis=2).tolist()
    assert np.isfinite(level).all()
    assert abs(rest[..., 0][both]).max() < 5


def test_the_path_of_a_flow_is_its_exact_law() -> None:
    rng, z = np.random.default_rng(4), terms().free
    rows = stacked(rng.normal(size=(2, T)).cumsum(axis=1), flow_lag=2)
    own, common, flow, noise = 0.4, 0.3, 0.8, 0.5
    nodes = StackNodes(np.array([[own, common, flow]]), np.array([[noise]]), np.zeros(1))
    stack = engine_of(rows, nodes)
    posterior = stack.fit(z, LINE).coefficients(FREE)
    found = stack.flow_path(z, LINE, posterior)
    sums = np.tril(np.ones((T, T)))
    late = np.vstack([np.zeros((2, T)), sums[:-2]])
    steps, walk = np.vstack([-sums, late]), sums @ sums.T
    # Everything that is unknown as one normal vector: fixed terms and regressors nearly flat.
    design = np.hstack([np.kron(np.eye(2), LINE), z.reshape(2 * T, 2), steps])
    prior = np.r_[np.full(6, 1e8), np.full(T, flow**2)]
    cov = np.kron(np.eye(2), own**2 * walk) + common**2 * np.kron(np.ones((2, 2)), walk)
    cov += noise**2 * np.eye(2 * T)
    inverse = np.linalg.inv(cov)
    law = np.linalg.inv(design.T @ inverse @ design + np.diag(1 / prior))
    mean = law @ design.T @ inverse @ rows.value
    assert found.flow == pytest.approx(mean[6:], abs=1e-5)
    assert found.flow_sd == pytest.approx(np.sqrt(np.diag(law)[6:]), rel=1e-5)
    assert found.left == pytest.approx(sums @ mean[6:], abs=1e-5)
    assert found.arrived == pytest.approx(late @ mean[6:], abs=1e-5)
    spread = late @ law[6:, 6:] @ late.T
    assert found.arrived_sd == pytest.approx(np.sqrt(np.diag(spread)), rel=1e-5, abs=1e-8)
    parts = stack.parts(z, LINE, posterior, shown=2)
    assert parts.flow == pytest.approx(np.stack([-found.left, found.arrived]), abs=1e-6)


def test_a_strong_flow_is_followed() -> None:
    rng, z = np.random.default_rng(6), terms().free
    flow = rng.normal(size=T)
    arrived = np.r_[0.0, flow.cumsum()[:-1]]
    y = np.stack([-flow.cumsum(), arrived]) + rng.normal(0, 0.1, (2, T))
    rows = stacked(y, flow_lag=1)
    stack = fitted(rows, z)
    posterior = stack.fit(z, LINE).coefficients(FREE)
    found = stack.flow_path(z, LINE, posterior)
    inner = slice(1, T - 1)
    lost = flow[inner] - flow[inner].mean()
    assert np.corrcoef(found.flow[inner], lost)[0, 1] > 0.8
    nothing = fitted(replace(rows, value=rng.normal(size=2 * T)), z)
    quiet = nothing.fit(z, LINE).coefficients(FREE)
    sds = [p.weight[0] @ s.nodes.walks[:, -1] for s, p in ((stack, posterior), (nothing, quiet))]
    assert sds[0] > 2 * sds[1]
