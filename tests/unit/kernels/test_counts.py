"""Unit tests of the closed forms on counts: hand-made numbers, gradients, batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from shiftexp.kernels import counts as kernel

FloatArray = NDArray[np.float64]

PAPER = np.array([[308.0, 318.0], [207.0, 110.0], [150.0, 140.0], [178.0, 157.0]])


def tables(rows: int) -> FloatArray:
    """Draw five tables of positive counts."""
    return np.random.default_rng(3).integers(5, 400, size=(5, rows, 2)).astype(float)


def numerical_gradient(f: Callable[[FloatArray], FloatArray], y: FloatArray) -> FloatArray:
    """Differentiate an array-valued function of a table, one column per count."""
    columns = []
    for place in np.ndindex(*y.shape):
        step = np.zeros_like(y)
        step[place] = 1e-4 * y[place]
        columns.append((f(y + step) - f(y - step)) / (2 * step[place]))
    return np.stack(columns, axis=-1)


def quotient_parts(y: FloatArray) -> FloatArray:
    """Return (buffer, success) of one table."""
    found = kernel.displacement_quotient(y, critical=1.96)
    return np.stack([found.buffer, found.success], axis=-1)


def test_propagate_adds_quasi_poisson_and_negative_binomial_variance() -> None:
    cov = kernel.propagate([10.0, 20.0], [[1.0, -2.0]], phi=2.0, alpha=0.1)
    assert cov.tolist() == [[2 * (10 + 4 * 20) + 0.1 * (100 + 4 * 400)]]


def test_contrasts_that_share_a_count_covary() -> None:
    found = kernel.linear_contrasts([7.0, 11.0], [[1.0, 0.0], [1.0, 1.0]])
    assert found.value.tolist() == [7.0, 18.0]
    assert found.cov.tolist() == [[7.0, 7.0], [7.0, 18.0]]


def test_displacement_parts_are_independent_and_add_up() -> None:
    found = kernel.weighted_displacement(PAPER)
    assert found.value.tolist() == [-107.0, -11.0, -118.0]
    assert found.cov[0, 1] == 0.0
    assert found.cov[2, 2] == found.cov[0, 0] + found.cov[1, 1] == 1568.0


def test_overdispersion_scales_every_variance() -> None:
    trio = PAPER[[0, 1, 3]]
    once, thrice = kernel.total_net_effect(trio), kernel.total_net_effect(trio, phi=3.0)
    assert np.allclose(thrice.cov, 3 * once.cov, rtol=1e-14)
    first = kernel.log_rate_ratio(PAPER[:2])
    assert np.allclose(kernel.log_rate_ratio(PAPER[:2], phi=4.0).std_error, 2 * first.std_error)


@pytest.mark.parametrize(
    ("rows", "value", "cov"),
    [
        (
            3,
            lambda y: kernel.total_net_effect(y).value,
            lambda y: kernel.total_net_effect(y, phi=1.7, alpha=0.01).cov,
        ),
        (
            2,
            lambda y: kernel.log_rate_ratio(y).value,
            lambda y: kernel.log_rate_ratio(y, phi=1.7, alpha=0.01).cov,
        ),
        (
            3,
            quotient_parts,
            lambda y: kernel.displacement_quotient(y, critical=1.96, phi=1.7, alpha=0.01).cov,
        ),
    ],
    ids=["net effect", "rate ratio", "quotient"],
)
def test_delta_method_matches_numerical_derivatives(
    rows: int,
    value: Callable[[FloatArray], FloatArray],
    cov: Callable[[FloatArray], FloatArray],
) -> None:
    for y in tables(rows):
        gradient = numerical_gradient(value, y)
        expected = kernel.propagate(y.ravel(), gradient, phi=1.7, alpha=0.01)
        assert np.allclose(cov(y), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("rows", "solve"),
    [
        (4, lambda y: kernel.weighted_displacement(y, time_weights=(2.0, 1.0))),
        (3, kernel.total_net_effect),
        (2, kernel.log_rate_ratio),
    ],
    ids=["difference", "net effect", "rate ratio"],
)
def test_batch_equals_loop(rows: int, solve: Callable[[FloatArray], kernel.CountEstimates]) -> None:
    batch = tables(rows)
    together = solve(batch)
    for i, y in enumerate(batch):
        alone = solve(y)
        assert np.allclose(together.value[i], alone.value, rtol=1e-13)
        assert np.allclose(together.cov[i], alone.cov, rtol=1e-13)
        assert np.allclose(together.std_error[i], alone.std_error, rtol=1e-13)


def test_batch_of_quotients_equals_loop() -> None:
    batch = tables(3)
    together = kernel.displacement_quotient(batch, critical=1.96)
    for i, y in enumerate(batch):
        alone = kernel.displacement_quotient(y, critical=1.96)
        assert together.ratio[i] == pytest.approx(float(alone.ratio), rel=1e-13)
        assert together.ratio_std_error[i] == pytest.approx(float(alone.ratio_std_error), rel=1e-12)
        assert together.fieller.kind[i] == alone.fieller.kind
        assert together.fieller.low[i] == pytest.approx(float(alone.fieller.low), rel=1e-12)


def test_quotient_without_success_has_no_value_and_no_bounds() -> None:
    found = kernel.displacement_quotient([[100, 100], [80, 80], [50, 60]], critical=1.96)
    assert np.isnan(found.ratio)
    assert np.isnan(found.ratio_std_error)
    assert str(found.fieller.names) == "line"


def test_weighted_sum_uses_the_covariance() -> None:
    found = kernel.weighted_sum([1.0, 2.0], [3.0, -1.0], [[4.0, 1.0], [1.0, 9.0]])
    assert found.value.tolist() == [1.0]
    assert found.cov.tolist() == [[9 * 4 - 2 * 3 * 1 + 9]]
