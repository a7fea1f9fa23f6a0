"""Unit tests of the error processes: covariances by hand, whitening, time stamps, shaped noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import null_space

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_nodes import NOISE, PROCESSES, Process, error_nodes

T = 12
TIME = np.arange(T, dtype=float)
X = np.column_stack([np.ones(T), TIME >= 7]).astype(float)
NODES = error_nodes(X, TIME)


def omega_of(process: Process, time: Floats = TIME, x: Floats = X) -> Floats:
    """Return the covariance of one process."""
    return np.asarray(error_nodes(x, time).omega[PROCESSES.index(process)])


@pytest.mark.parametrize("process", [Process(0.4), Process(0.95), Process(-0.3), Process(1.0)])
def test_kernels_are_scaled_to_the_residual_dimension(process: Process) -> None:
    inside = null_space(X.T)
    omega = omega_of(process)
    assert np.trace(inside.T @ omega @ inside) == pytest.approx(T - 2)
    shape = np.minimum.outer(TIME + 1, TIME + 1)
    if process.r < 1:
        shape = process.r ** np.abs(np.subtract.outer(TIME, TIME))
    assert omega / omega[0, 0] == pytest.approx(shape / shape[0, 0])


def test_a_local_level_has_its_ratio_of_variances() -> None:
    omega = omega_of(Process(1.0, ratio=0.3))
    steps = np.diff(np.diag(omega))  # a walk's variance grows by the step's; noise is constant
    noise = omega[0, 0] - omega[0, 1]
    assert steps / noise == pytest.approx(np.full(T - 1, 0.3))


def test_a_missing_period_costs_correlation_and_not_order() -> None:
    seen = np.delete(np.arange(T), [3, 4])
    omega = omega_of(Process(0.5), TIME[seen], X[seen])
    assert omega[2, 3] / omega[2, 2] == pytest.approx(0.5**3)
    walk = omega_of(Process(1.0), TIME[seen], X[seen])
    assert walk[3, 3] / walk[2, 2] == pytest.approx(6 / 3)


def test_whitening_and_least_squares_agree_with_direct_algebra() -> None:
    y = np.random.default_rng(1).normal(size=T)
    for k, omega in enumerate(NODES.omega):
        inverse = np.linalg.inv(omega)
        beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ y)
        assert NODES.rows[k] @ y == pytest.approx(beta)
        assert NODES.cov[k] == pytest.approx(np.linalg.inv(X.T @ inverse @ X))
        residual = y - X @ beta
        assert ((NODES.whiten[k] @ y) ** 2).sum() == pytest.approx(residual @ inverse @ residual)
        inside = null_space(X.T)
        sign, log_det = np.linalg.slogdet(inside.T @ omega @ inside)
        assert (sign, NODES.log_det[k]) == (1.0, pytest.approx(log_det))


def test_noise_may_have_a_shape_of_its_own() -> None:
    noise = np.linspace(1.0, 4.0, T)
    nodes = error_nodes(X, TIME, noise)
    omega = nodes.omega[PROCESSES.index(NOISE)]
    assert np.diag(omega) / omega[0, 0] == pytest.approx(noise / noise[0])
    assert nodes.omega[0] == pytest.approx(np.eye(T))


def test_persistent_processes_are_those_in_which_levels_wander() -> None:
    persistent = {p for p, known in zip(PROCESSES, NODES.persistent, strict=True) if known}
    assert {Process(0.9), Process(1.0), Process(1.0, ratio=3.0), Process(0.96, 0.35)} <= persistent
    assert not persistent & {Process(0.85), Process(1.0, ratio=0.3), NOISE, Process(-0.6)}
