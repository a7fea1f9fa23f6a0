"""Unit tests of batched least squares: against linear algebra, in batches, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.errors import DesignError
from shiftexp.kernels.ols import least_squares

RNG = np.random.default_rng(5)
X = np.concatenate([np.ones((4, 20, 1)), RNG.normal(size=(4, 20, 2))], axis=-1)
Y = RNG.normal(size=(4, 20))


def test_agrees_with_the_normal_equations() -> None:
    x, y = X[0], Y[0]
    fit = least_squares(x, y)
    inverse = np.linalg.inv(x.T @ x)
    residual = y - x @ inverse @ x.T @ y
    variance = residual @ residual / 17
    assert fit.df == 17
    assert np.allclose(fit.coef, inverse @ x.T @ y, rtol=1e-10)
    assert np.allclose(fit.residual, residual, atol=1e-12)
    assert float(fit.variance) == pytest.approx(variance, rel=1e-12)
    assert np.allclose(fit.cov, variance * inverse, rtol=1e-10)
    assert np.allclose(fit.std_error**2, np.diagonal(fit.cov), rtol=1e-12)


@pytest.mark.parametrize("shared", [True, False], ids=["one x", "an x each"])
def test_batch_equals_loop(*, shared: bool) -> None:
    x = X[0] if shared else X
    together = least_squares(x, Y)
    for i in range(len(Y)):
        alone = least_squares(X[0] if shared else X[i], Y[i])
        assert np.allclose(together.coef[i], alone.coef, rtol=1e-12)
        assert np.allclose(together.cov[i], alone.cov, rtol=1e-12)
        assert np.allclose(together.std_error[i], alone.std_error, rtol=1e-12)
        assert np.allclose(together.residual[i], alone.residual, atol=1e-13)


def test_many_x_serve_one_y() -> None:
    assert least_squares(X, Y[0]).coef.shape == (4, 3)


def test_units_of_a_column_do_not_matter() -> None:
    scale = np.array([1.0, 1e9, 1e-9])
    plain, scaled = least_squares(X[0], Y[0]), least_squares(X[0] * scale, Y[0])
    assert np.allclose(scaled.coef * scale, plain.coef, rtol=1e-9)
    assert np.allclose(scaled.std_error * scale, plain.std_error, rtol=1e-9)


def test_calendar_years_and_their_squares_are_not_dependent() -> None:
    year = np.arange(2000.0, 2024.0)
    x = np.column_stack([np.ones_like(year), year, year**2])
    assert least_squares(x, 3.0 + 2.0 * (year - 2012)).coef[2] == pytest.approx(0.0, abs=1e-6)


def test_refusal_names_the_dependent_column() -> None:
    x = np.column_stack([X[0], X[0, :, 1] - 2 * X[0, :, 2], np.zeros(20)])
    with pytest.raises(DesignError, match=r"position\(s\) \[3, 4\]") as caught:
        least_squares(x, Y[0])
    assert caught.value.rows == ("column 3", "column 4")


def test_refusal_counts_the_dependent_regressions() -> None:
    x = X.copy()
    x[2, :, 1] = 7.0
    with pytest.raises(DesignError, match="in 1 of 4 regression"):
        least_squares(x, Y)


def test_refusal_of_too_few_rows_and_missing_values_at_once() -> None:
    y = Y[0, :3].copy()
    y[1] = np.nan
    with pytest.raises(DesignError, match="2 problems") as caught:
        least_squares(X[0, :3], y)
    assert "(3, 3)" in str(caught.value)
    assert "1 value(s) in y" in str(caught.value)


def test_refusal_of_shapes_that_do_not_match() -> None:
    with pytest.raises(DesignError, match=r"\(20, 3\) with y of shape \(19,\)"):
        least_squares(X[0], Y[0, :19])
