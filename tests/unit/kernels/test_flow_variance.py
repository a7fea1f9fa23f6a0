"""The likelihood of a flow without a push: one covariance matrix and the Kalman filter agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flow_variance import (
    RatioGrid,
    VariableFlow,
    at_walks,
    flow_likelihood,
    ratio_grid,
)
from shiftexp.kernels.vessel_grid import SdPrior, fixed_terms
from shiftexp.kernels.vessel_state_space import filtered, vessel_state_space

T = 14
LINE = fixed_terms(np.zeros((T, 0)), drift=True)


def model(places: int, lag: int, nuisance: int = 0, seed: int = 1) -> VariableFlow:
    """Return a model with so many nuisance regressors."""
    z = np.random.default_rng(seed).normal(size=(places, T, nuisance))
    return VariableFlow(places, LINE, z, lag)


def walks(places: int, seed: int, count: int = 1) -> Floats:
    """Return series that move, shape (count, n, T)."""
    return np.random.default_rng(seed).normal(size=(count, places, T)).cumsum(axis=2)


def dense(found: VariableFlow, y: Floats, sds: tuple[float, ...]) -> tuple[float, float]:
    """Return sum of squares and log determinant by generalised least squares on one matrix."""
    own, common, flow = sds
    sums = np.tril(np.ones((T, T)))
    steps = np.zeros((found.places, T, T))
    steps[0], steps[1] = -sums, np.tril(sums, -found.lag)
    moved = steps.reshape(-1, T)
    alike = own**2 * np.eye(found.places) + common**2
    cov = np.kron(alike, sums @ sums.T) + flow**2 * moved @ moved.T + np.eye(found.places * T)
    lines = np.kron(np.eye(found.places), found.fixed)
    x = np.column_stack([lines, found.nuisance.reshape(found.places * T, -1)])
    inverse = np.linalg.inv(cov)
    info = x.T @ inverse @ x
    rest = y.ravel() - x @ np.linalg.solve(info, x.T @ inverse @ y.ravel())
    log_det = np.linalg.slogdet(cov)[1] + np.linalg.slogdet(info)[1]
    return float(rest @ inverse @ rest), float(log_det)


def likeliest(found: VariableFlow, y: Floats, sds: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the same with donors at their likeliest size, and that size."""
    if found.places == 2:
        return (*dense(found, y, sds), 1.0)
    power, donors = 2 * found.donor_df / found.df, np.arange(found.places)[:, None] >= 2

    def lost(log: float) -> float:
        rest, _ = dense(found, np.where(donors, np.exp(log) * y, y), sds)
        return float(rest * np.exp(-power * log))

    best = minimize_scalar(lost, bounds=(-6, 6), method="bounded", options={"xatol": 1e-9})
    return float(best.fun), dense(found, y, sds)[1], float(np.exp(best.x))


@pytest.mark.parametrize("places", [2, 3, 5])
@pytest.mark.parametrize("lag", [0, 1, 3])
@pytest.mark.parametrize("nuisance", [0, 2])
def test_direct_least_squares_say_the_same(places: int, lag: int, nuisance: int) -> None:
    rng = np.random.default_rng([places, lag, nuisance])
    found, y = model(places, lag, nuisance), walks(places, lag)
    series, apart = found.rotated(y), []
    for _ in range(5):
        own, common, flow = np.exp(rng.uniform(-3, 2, 3))
        told = at_walks(found, series, (own, common), np.array([0.0, flow]))
        for k, size in enumerate((0.0, flow)):
            rest, log_det, factor = likeliest(found, y[0], (own, common, size))
            assert told.rest[0, k] == pytest.approx(rest, rel=1e-8)
            assert told.donors[0, k] == pytest.approx(factor, rel=1e-4)
            apart.append(told.log_det[k] - log_det)
    # Fixed terms are taken out in another basis: that adds a constant.
    assert np.ptp(apart) < 1e-7


@pytest.mark.parametrize("places", [2, 4])
def test_the_kalman_filter_says_the_same(places: int) -> None:
    y, lag = walks(places, 2), 2
    found = model(places, lag)
    donors = np.arange(places)[:, None] >= 2
    apart = []
    tried = ((1.0, 0.5, 0.7, 0.9), (0.2, 0.8, 1.5, 2.0), (2.0, 0.1, 0.3, 0.0))
    for own, common, noise, flow in tried:
        walking, ratio = (own / noise, common / noise), np.array([flow / noise])
        told = at_walks(found, found.rotated(y), walking, ratio)
        factor = told.donors[0, 0]
        rest = told.rest[0, 0] * factor ** (2 * found.donor_df / found.df)
        here = -found.df * np.log(noise) - rest / noise**2 / 2 - told.log_det[0] / 2
        scaled = np.where(donors, factor * y[0], y[0])
        space = vessel_state_space(scaled, np.zeros((places, T, 0)), LINE, flow_lag=lag)
        sds = np.array([own, common, noise, flow])
        apart.append(here - filtered(space, sds).log_likelihood)
    assert np.ptp(apart) < 1e-6


def test_the_size_of_donors_is_no_matter() -> None:
    found, y = model(4, 1), walks(4, 6)
    series = np.where(np.arange(4)[:, None] >= 2, 100 * y, y)
    grid = RatioGrid(np.array([0.2, 2.0]), np.array([0.0, 0.5, 1.0]))
    here, there = (flow_likelihood(found, each, grid).profile for each in (y, series))
    assert np.ptp(there - here) < 1e-9


def test_a_missing_value_may_be_any_number() -> None:
    hole = np.zeros((2, T, 1))
    hole[1, 4] = 1.0
    found, y = VariableFlow(2, LINE, hole, 1), walks(2, 3, 2)
    y[1] = y[0]
    y[1, 1, 4] = 1e3
    told = flow_likelihood(found, y, RatioGrid(np.array([0.1, 1.0]), np.array([0.0, 0.5])))
    assert told.df == 2 * (T - 2) - 1
    assert told.rest[1] == pytest.approx(told.rest[0], rel=1e-6)


def test_the_grid_names_every_pair_of_walks_and_flow() -> None:
    found, y = model(2, 1), walks(2, 4, 3)
    grid = RatioGrid(np.array([0.2, 2.0]), np.array([0.0, 0.5, 1.0]))
    told = flow_likelihood(found, y, grid)
    assert told.rest.shape == (3, 2, 2, 3)
    exact = dense(found, y[2], (0.2, 2.0, 1.0))
    assert told.rest[2, 0, 1, 2] == pytest.approx(exact[0])
    profile = -found.df / 2 * np.log(told.rest) - told.log_det / 2
    assert told.profile == pytest.approx(profile)


def test_ratios_reach_as_far_as_the_priors() -> None:
    grid = ratio_grid(4.0, SdPrior(walk=0.2, noise=0.8))
    assert grid.walk[0] == pytest.approx(0.03 * 0.2 / (2.6 * 0.8 * 4))
    assert grid.walk[-1] == pytest.approx(6 * 0.2 / (0.1 * 0.8 * 4))
    assert (grid.flow[0], grid.flow[1], grid.flow[-1]) == (0, grid.walk[0], grid.walk[-1])
