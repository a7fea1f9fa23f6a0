"""Unit tests of drawn errors: each process has the covariance it is said to have."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.error_draws import (
    AUTOREGRESSIVE,
    COUNT_SIZE,
    COUNTED,
    HEAVY,
    LOCAL_LEVEL,
    LUMPY,
    LUMPY_SIGMA,
    NORMAL,
    SECOND_ORDER,
    SLOPE,
    WALK,
    autoregressive_errors,
    covariance,
    draw,
    draw_values,
    standard_errors,
)

DRAWS = 40_000


@pytest.mark.parametrize(
    ("process", "value"),
    [(AUTOREGRESSIVE, 0.7), (SECOND_ORDER, 0.0), (LOCAL_LEVEL, 0.3), (WALK, 0.0), (SLOPE, 0.1)],
)
@pytest.mark.parametrize("marginal", [NORMAL, HEAVY])
def test_draws_have_their_covariance(process: str, value: float, marginal: str) -> None:
    drawn = draw(process, value, marginal, (DRAWS, 5), np.random.default_rng(2))
    expected = covariance(process, value, 5, marginal)
    assert np.cov(drawn, rowvar=False) == pytest.approx(expected, abs=0.04 * expected.max() + 0.02)


def test_counts_have_mean_twenty_and_the_variance_of_their_size() -> None:
    drawn = draw(AUTOREGRESSIVE, 0.4, COUNTED, (DRAWS, 3), np.random.default_rng(3))
    assert drawn.mean() == pytest.approx(20, abs=0.1)
    assert drawn.var(axis=0) == pytest.approx(np.full(3, 20 + 400 / 5), rel=0.05)
    assert (drawn == np.round(drawn)).all()


def test_every_unit_has_its_own_autocorrelation() -> None:
    drawn = standard_errors(
        AUTOREGRESSIVE, np.array([0.0, 0.8]), NORMAL, (DRAWS, 2, 4), np.random.default_rng(4)
    )
    lag_one = [np.corrcoef(drawn[:, i, 1], drawn[:, i, 2])[0, 1] for i in range(2)]
    assert lag_one == pytest.approx([0.0, 0.8], abs=0.02)
    assert drawn.shape == (DRAWS, 2, 4)


@pytest.mark.parametrize(
    ("marginal", "variance"),
    [
        (NORMAL, 9.0),
        (COUNTED, 30 + 900 / COUNT_SIZE),
        (LUMPY, 900 * np.expm1(LUMPY_SIGMA**2)),
    ],
)
def test_values_have_the_level_as_mean(marginal: str, variance: float) -> None:
    scores = np.random.default_rng(5).standard_normal((20 * DRAWS, 1, 1))
    values = draw_values(np.full((1, 1), 30.0), np.array([3.0]), scores, marginal)
    assert values.mean() == pytest.approx(30, rel=0.02)
    assert values.var() == pytest.approx(variance, rel=0.02 if marginal != LUMPY else 0.3)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
def test_errors_are_stationary_with_unit_variance(rho: float) -> None:
    errors = autoregressive_errors((20_000, 6), rho, np.random.default_rng(1))
    assert np.allclose(errors.var(axis=0), 1, atol=0.05)
    assert np.allclose(errors.mean(axis=0), 0, atol=0.04)
    assert np.corrcoef(errors[:, 1:].ravel(), errors[:, :-1].ravel())[0, 1] == pytest.approx(
        rho, abs=0.02
    )
