"""Levels of places: what the engine's parts add up to, with the spread of their exact law."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.stock_path import stock_path
from shiftexp.kernels.vessel_nodes import FLAT
from tests.unit.kernels.test_vessel_grid import LINE, T
from tests.unit.kernels.test_vessel_stack import fitted, stacked

NOTHING = np.zeros((3, T, 0))


def test_levels_are_what_the_parts_add_up_to() -> None:
    rng = np.random.default_rng(1)
    y = 10 + rng.normal(size=(3, T)).cumsum(axis=1)
    y[1, 4:6] = np.nan
    step = np.zeros((3, T, 1))
    step[0, T // 2 :] = 1.0
    stack = fitted(stacked(y, flow_lag=1), step)
    posterior = stack.fit(step, LINE).coefficients(np.full(1, FLAT))
    found = stock_path(stack, step, LINE, posterior, places=2)
    parts = stack.parts(step, LINE, posterior, shown=1)
    assert found.level == pytest.approx(parts.level[:2], abs=0.02)


def test_spreads_are_those_of_drawn_levels() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=(3, T)).cumsum(axis=1)
    y[0, 5] = np.nan
    stack = fitted(stacked(y, flow_lag=1), NOTHING)
    posterior = stack.fit(NOTHING, LINE).coefficients(np.zeros(0))
    found = stock_path(stack, NOTHING, LINE, posterior, places=3)
    # By the noise: what is observed less its level has a posterior spread of its own.
    sums, cells = np.tril(np.ones((T, T))), stack.rows.cells[0]
    steps = stack.rows.flow_steps.reshape(-1, T)
    lines = np.kron(np.eye(3), LINE)[cells]
    level, square = np.zeros((2, len(cells)))
    for mass, walks, noise in zip(
        posterior.weight[0], stack.nodes.walks, stack.nodes.noise[:, 0], strict=True
    ):
        own, common, flow = walks**2
        cov = np.kron(own * np.eye(3) + common, sums @ sums.T) + flow * steps @ steps.T
        inverse = np.linalg.inv(cov[np.ix_(cells, cells)] + noise**2 * np.eye(len(cells)))
        beside = inverse - inverse @ lines @ np.linalg.solve(
            lines.T @ inverse @ lines, lines.T @ inverse
        )
        mean = stack.rows.value - noise**2 * beside @ stack.rows.value
        level += mass * mean
        square += mass * (noise**2 - noise**4 * np.diag(beside) + mean**2)
    assert found.level.ravel()[cells] == pytest.approx(level, abs=1e-8)
    assert found.sd.ravel()[cells] == pytest.approx(np.sqrt(square - level**2), rel=1e-6)
    assert found.sd[0, 5] > max(found.sd[0, 4], found.sd[0, 6])
