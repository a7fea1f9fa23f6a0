"""Drawn series follow the process that was fitted, and receive what is passed on."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.var_process import (
    VarProcess,
    fitted_process,
    no_lead,
)


def _process(rho: float = 0.5) -> VarProcess:
    rng = np.random.default_rng(1)
    residual = rng.standard_normal((2, 400))
    coef = np.array([[0.0, rho, 0.0], [0.0, 0.0, rho]])
    return VarProcess(coef, np.ones((40, 1)), residual, np.zeros((2, 1)))


def test_draws_have_the_autocorrelation_of_the_process() -> None:
    y = _process().draw(4000, np.random.default_rng(2))
    late = y[:, :, 20:]
    found = (late[..., 1:] * late[..., :-1]).mean() / (late**2).mean()
    assert found == pytest.approx(0.5, abs=0.03)


def test_what_is_passed_on_arrives_at_the_lag_and_not_before() -> None:
    process = _process(0.0)
    plain = process.draw(50, np.random.default_rng(3))
    moved = process.draw(50, np.random.default_rng(3), passed=0.5, lag=2)
    np.testing.assert_array_equal(moved[:, 0], plain[:, 0])
    np.testing.assert_array_equal(moved[:, 1, :3], plain[:, 1, :3])
    np.testing.assert_allclose(moved[:, 1, 3:] - plain[:, 1, 3:], -0.5 * plain[:, 0, 1:-2])


def test_a_fitted_process_has_larger_centred_residuals_and_the_same_start() -> None:
    y = np.random.default_rng(4).standard_normal((2, 30))
    free = no_lead((1, 1), 1, fixed=1)
    process = fitted_process(y, 1, np.ones((30, 1)), free)
    np.testing.assert_allclose(process.residual.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_array_equal(process.start, y[:, :1])
    assert process.coef[0, 2] == process.coef[1, 1] == 0
    own = np.linalg.lstsq(np.column_stack([np.ones(29), y[0, :-1]]), y[0, 1:], rcond=None)
    assert (process.residual[0] ** 2).sum() == pytest.approx(float(own[1][0]) * 29 / 27)


def test_responses_are_those_of_joint_innovations() -> None:
    process = _process()
    c = process.residual[0] @ process.residual[1] / (process.residual[0] @ process.residual[0])
    expected = np.outer([1.0, c], 0.5 ** np.arange(4))
    np.testing.assert_allclose(process.responses(3), expected)
