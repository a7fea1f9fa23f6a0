"""Vector autoregressions against statsmodels, and against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.api import VAR

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vector_autoregression import (
    fit_var,
    impulse_responses,
    lag_columns,
    order_by_aicc,
    restricted_coef,
    wald_f,
)


def _walks(count: int = 60) -> Floats:
    rng = np.random.default_rng(1)
    return rng.standard_normal((2, count)).cumsum(axis=1)


def test_coefficients_responses_and_causality_are_those_of_statsmodels() -> None:
    y, lags = _walks(), 2
    ours = fit_var(y[None], lags, np.ones((60, 1)))
    theirs = VAR(y.T).fit(lags, trend="c")
    np.testing.assert_allclose(ours.coef[0], theirs.params.T, atol=1e-8)
    np.testing.assert_allclose(
        impulse_responses(ours.lag_coef, 5)[0], theirs.irf(5).irfs, atol=1e-8
    )
    test = theirs.test_causality(1, 0, kind="f")
    f = wald_f(ours, 1, lag_columns(0, lags, variables=2, fixed=1))
    assert f[0] == pytest.approx(test.test_statistic, rel=1e-8)


def test_many_at_once_are_each_alone() -> None:
    y = np.stack([_walks(), 3 * _walks()[::-1]])
    fixed = np.column_stack([np.ones(60), np.arange(60) / 60])
    both = fit_var(y, 1, fixed)
    for i in (0, 1):
        np.testing.assert_allclose(both.coef[i], fit_var(y[i : i + 1], 1, fixed).coef[0])


def test_coefficients_that_are_not_free_are_zero_and_the_others_least_squares() -> None:
    y, fixed = _walks(), np.ones((60, 1))
    free = np.ones((2, 3), dtype=bool)
    free[1, 1] = False
    coef = restricted_coef(y, 1, fixed, free)
    assert coef[1, 1] == 0
    own = fit_var(y[None, 1:], 1, fixed).coef[0, 0]
    np.testing.assert_allclose(coef[1, [0, 2]], own)


def test_the_order_of_a_second_order_process_is_found_mostly_and_never_missed() -> None:
    rng = np.random.default_rng(2)
    y = rng.standard_normal((30, 400))
    for t in range(2, 400):
        y[:, t] += 0.3 * y[:, t - 1] + 0.5 * y[:, t - 2]
    found = [order_by_aicc(row[None], np.ones((400, 1)), 4) for row in y]
    assert min(found) == 2
    assert found.count(2) > 15
