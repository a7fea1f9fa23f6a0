"""The parts of fitted places: they add up, and are those of one covariance matrix."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.vessel_grid import SdNodes, SdPrior, grid_fit, sd_nodes
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_paths import vessel_parts
from tests.unit.kernels.test_vessel_grid import LINE, T, series, terms


def test_parts_and_noise_add_up_to_the_series() -> None:
    y, z, scale = series(1, 4), terms(4).free, np.full(1, 5.0)
    nodes = sd_nodes(scale, scale, SdPrior())
    posterior = grid_fit(y, z, nodes, LINE).coefficients(np.full(2, FLAT))
    parts = vessel_parts(y[0], z, LINE, nodes, posterior, shown=2)
    total = parts.line + parts.terms + parts.own + parts.common + parts.noise
    assert total == pytest.approx(y[0])
    assert parts.common == pytest.approx(np.broadcast_to(parts.common[0], (4, T)))
    hidden = vessel_parts(y[0], z, LINE, nodes, posterior, shown=0)
    assert not hidden.terms.any()
    assert hidden.own == pytest.approx(parts.own)


def test_walks_are_those_of_one_covariance_matrix() -> None:
    y, z, places = series(1, 3), terms(3).free, 3
    own, common, noise = 1.0, 1.5, 4.0
    one = np.ones((1, 1))
    nodes = SdNodes(own * one, common * one, noise * one, 0 * one, np.zeros(1))
    posterior = grid_fit(y, z, nodes, LINE).coefficients(np.full(2, FLAT))
    parts = vessel_parts(y[0], z, LINE, nodes, posterior, shown=2)
    sums = np.tril(np.ones((T, T)))
    walk = sums @ sums.T
    apart, shared = own**2 * np.kron(np.eye(places), walk), np.kron(np.ones((3, 3)), walk)
    cov = apart + common**2 * shared + noise**2 * np.eye(places * T)
    fixed = np.concatenate([np.kron(np.eye(places), LINE), z.reshape(places * T, -1)], axis=1)
    inverse = np.linalg.inv(cov)
    beta = np.linalg.solve(fixed.T @ inverse @ fixed, fixed.T @ inverse @ y.ravel())
    rest = inverse @ (y.ravel() - fixed @ beta)
    assert parts.own.ravel() == pytest.approx(apart @ rest, abs=1e-5)
    assert parts.common.ravel() == pytest.approx(common**2 * shared @ rest, abs=1e-5)
