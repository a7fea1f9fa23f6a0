"""Local projections against statsmodels regressions with Newey-West errors."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from shiftexp.kernels.local_projection import own_innovations, project


def test_a_response_and_its_error_are_those_of_one_regression() -> None:
    rng = np.random.default_rng(1)
    y = rng.standard_normal((1, 2, 60)).cumsum(axis=2)
    shock, fixed, h = rng.standard_normal((1, 60)), np.ones((60, 1)), 3
    found = project(y, shock, h, fixed, 1)
    rows = np.arange(1, 60 - h)
    x = np.column_stack([shock[0, rows], np.ones(len(rows)), y[0, :, rows - 1]])
    for side in (0, 1):
        moved = y[0, side, rows + h] - y[0, side, rows - 1]
        fit = sm.OLS(moved, x).fit(cov_type="HAC", cov_kwds={"maxlags": h, "use_correction": True})
        assert found.response[0, side, h] == pytest.approx(fit.params[0])
        assert found.std_error[0, side, h] == pytest.approx(fit.bse[0])
        assert found.df[h] == fit.df_resid


def test_own_innovations_are_residuals_with_a_gap_at_the_start() -> None:
    y = np.random.default_rng(2).standard_normal((1, 40)).cumsum(axis=1)
    found = own_innovations(y, 2, np.ones((40, 1)))
    assert np.isnan(found[0, :2]).all()
    x = np.column_stack([np.ones(38), y[0, 1:-1], y[0, :-2]])
    np.testing.assert_allclose(found[0, 2:], sm.OLS(y[0, 2:], x).fit().resid)


def test_what_is_given_is_a_regressor_of_the_same_period() -> None:
    rng = np.random.default_rng(3)
    y = rng.standard_normal((1, 2, 50))
    shock = y[:, 1] + 0.3 * rng.standard_normal((1, 50))
    plain = project(y, shock, 0, np.ones((50, 1)), 1)
    beyond = project(y, shock, 0, np.ones((50, 1)), 1, y[:, 1:])
    assert plain.response[0, 1, 0] > 0.5
    assert abs(beyond.response[0, 1, 0]) < 1e-8
