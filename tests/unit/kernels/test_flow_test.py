"""The test of a flow without a push: its maximum, its law, its size and its power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flow_test import chi_bar_p, flow_powers, flow_statistic, flow_statistics
from shiftexp.kernels.flow_variance import VariableFlow, flow_likelihood, ratio_grid
from shiftexp.kernels.vessel_grid import SdPrior, fixed_terms
from tests.unit.kernels.test_flow_variance import T, likeliest, model, walks

GRID = ratio_grid(1.0, SdPrior())


def searched(found: VariableFlow, y: Floats, *, flowing: bool) -> float:
    """Return the largest restricted likelihood by another search on the whole matrix."""

    def lost(logs: Floats) -> float:
        sds = (*np.exp(logs[:2]), np.exp(logs[2]) if flowing else 0.0)
        rest, log_det, _ = likeliest(found, y, sds)
        return float(found.df * np.log(rest) + log_det) / 2

    starts = [np.full(3, -1.5), np.zeros(3), np.array([1.0, -2.0, 1.0])]
    return max(-float(minimize(lost, s, method="Nelder-Mead", tol=1e-6).fun) for s in starts)


@pytest.mark.slow
@pytest.mark.parametrize(("places", "lag", "seed"), [(2, 1, 1), (2, 2, 5)])
def test_the_ratio_is_that_of_a_search_on_the_whole_matrix(
    places: int, lag: int, seed: int
) -> None:
    found, y = model(places, lag), walks(places, seed)
    y = y + np.random.default_rng(seed + 9).normal(size=y.shape)
    left = np.random.default_rng(seed).normal(0, 1.5, (1, T)).cumsum(axis=1)[0]
    y[0, 0] -= left
    y[0, 1, lag:] += left[: T - lag]
    ratio = flow_statistic(found, y, flow_likelihood(found, y, GRID))
    exact = searched(found, y[0], flowing=True) - searched(found, y[0], flowing=False)
    assert ratio == pytest.approx(max(2 * exact, 0), abs=0.02)


@pytest.mark.slow
def test_the_grid_comes_near_the_search() -> None:
    found = model(3, 1)
    y = walks(3, 1, 12) + np.random.default_rng(2).normal(0, 2, (12, 3, found.fixed.shape[0]))
    told = flow_likelihood(found, y, GRID)
    near = flow_statistics(told)
    exact = [flow_statistic(found, y[[i]], flow_likelihood(found, y[[i]], GRID)) for i in range(12)]
    assert np.abs(near - exact).max() < 0.25
    assert np.abs(near - exact).mean() < 0.06


def test_p_has_half_its_mass_at_zero_and_half_a_chi_square() -> None:
    at = np.array([0.0, 0.5, 2.706, 6.0])
    assert chi_bar_p(at)[0] == 1
    assert chi_bar_p(at)[1:] == pytest.approx(chi2.sf(at[1:], 1) / 2)
    assert chi_bar_p(at, 3) == pytest.approx(np.minimum(1, 3 * chi_bar_p(at)))


@pytest.mark.slow
def test_power_is_the_size_without_a_flow_and_near_one_with_nothing_else() -> None:
    line = fixed_terms(np.zeros((40, 0)), drift=True)
    found = VariableFlow(3, line, np.zeros((3, 40, 0)), 1)
    sds = np.array([[0.4, 0.4, 0.0], [0.4, 0.4, 0.4], [0.4, 0.4, 4.0]])
    rng = np.random.default_rng(3)
    size, some, most = flow_powers([found], sds, GRID, drawn=0, size=0.05, count=150, rng=rng)
    assert size <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 150)
    assert size < some < most
    assert most > 0.95


@pytest.mark.slow
def test_several_lags_share_the_size() -> None:
    models, sds = [model(3, 1), model(3, 2)], np.array([[0.4, 0.4, 0.8]])
    one, both, again = (
        flow_powers(m, sds, GRID, drawn=0, size=0.05, count=100, rng=np.random.default_rng(1))[0]
        for m in (models[:1], models, models)
    )
    assert again == both
    assert both <= one + 0.1
