"""Tests between rival regressions against statsmodels, and what they draw."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import compare_cox, compare_encompassing, compare_j

from shiftexp.kernels import non_nested as kernel
from shiftexp.kernels.cases import Floats

RNG = np.random.default_rng(4)
ONE = np.ones((30, 1))
X = np.hstack([ONE, RNG.standard_normal((30, 2))])
Z = np.hstack([ONE, RNG.standard_normal((30, 3))])
Y = X.sum(axis=1) + RNG.standard_normal((5, 30))
RIVALS = kernel.prepare(X, Z)


def by_statsmodels(y: Floats) -> tuple[float, float, float]:
    """Return J, Cox and F with the regression on X as the null."""
    first, second = sm.OLS(y, X).fit(), sm.OLS(y, Z).fit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what future versions will return
        j, cox = compare_j(second, first)[0], compare_cox(first, second)[0]
    return float(j), float(cox), float(compare_encompassing(first, second).loc["x", "stat"])


def test_a_batch_has_the_numbers_of_statsmodels() -> None:
    found = np.column_stack(
        [
            kernel.j_test(RIVALS, Y)[1],
            kernel.cox_test(RIVALS, Y),
            kernel.encompassing_test(RIVALS, Y),
        ]
    )
    assert found == pytest.approx(np.array([by_statsmodels(y) for y in Y]), rel=1e-8)


def test_degrees_of_freedom_are_those_of_statsmodels() -> None:
    row = compare_encompassing(sm.OLS(Y[0], X).fit(), sm.OLS(Y[0], Z).fit()).loc["x"]
    assert RIVALS.added == (row["df_num"], row["df_denom"])
    assert RIVALS.left == 30 - 3 - 1
    assert RIVALS.exchanged.added == (2, RIVALS.added[1])


def test_gaps_sum_to_the_difference_of_log_likelihoods() -> None:
    gaps = kernel.likelihood_gaps(RIVALS, Y)
    expected = [sm.OLS(y, X).fit().llf - sm.OLS(y, Z).fit().llf for y in Y]
    assert gaps.sum(axis=1) == pytest.approx(expected)


def test_vuong_has_the_plain_variance_of_short_series_and_a_long_run_one_of_others() -> None:
    gaps = RNG.standard_normal((1, 8)) + 0.5  # floor(4 (8 / 100)^(2/9)) = 2 lags
    around = gaps[0] - gaps[0].mean()
    c = [float(around[lag:] @ around[: 8 - lag]) / 8 for lag in range(3)]
    omega = c[0] + 2 * (2 / 3 * c[1] + 1 / 3 * c[2])
    assert kernel.lag_length(8) == 2
    assert kernel.vuong(gaps)[0] == pytest.approx(np.sqrt(8) * gaps.mean() / np.sqrt(omega))


def test_redrawn_errors_carry_over() -> None:
    found = kernel.redrawn(np.full(3, 10.0), np.array([1.0, 0.0]), 0.5, np.array([[0, 1, 1, 0]]))
    assert found.tolist() == [[10.5, 10.25, 11.125]]


def test_the_mean_between_both_is_missed_by_both_as_much() -> None:
    mean = kernel.between(RIVALS, Y[0])
    first, second = sm.OLS(mean, X).fit(), sm.OLS(mean, Z).fit()
    assert first.ssr == pytest.approx(second.ssr)
    assert first.ssr > 0.01
    both = [sm.OLS(Y[0], regressors).fit().fittedvalues for regressors in (X, Z)]
    fitted = np.column_stack(both)
    weights = np.linalg.lstsq(fitted, mean, rcond=None)[0]
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
