"""The state space of the vessels: the grid says the same, and so does one covariance matrix."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_grid import SdNodes, SdPrior, fixed_terms, grid_fit, sd_nodes
from shiftexp.kernels.vessel_nodes import NodePosterior
from shiftexp.kernels.vessel_state_space import StateSpaceFit, filtered, vessel_state_space
from shiftexp.kernels.vessel_terms import VesselTerms, vessel_terms

NODES = 3


def series(places: int, periods: int, rng: np.random.Generator) -> Floats:
    """Return random walks with a common part and noise."""
    own, common, noise = rng.uniform(0.3, 2.0, 3)
    walks = own * rng.standard_normal((places, periods)).cumsum(axis=1)
    shared = common * rng.standard_normal(periods).cumsum()
    return np.asarray(5 + walks + shared + noise * rng.standard_normal((places, periods)))


def terms(places: int, periods: int, rng: np.random.Generator) -> VesselTerms:
    """Return the regressors of a push of random strength, with a random onset and lag."""
    onset = int(rng.integers(periods // 3, 2 * periods // 3))
    push = np.where(np.arange(periods) >= onset, rng.uniform(0.5, 2.0, periods), 0.0)
    return vessel_terms(push, np.eye(4)[rng.integers(4)], np.array([onset]), places)


def regressors(found: VesselTerms, kind: int) -> Floats:
    """Return one of several models of a push."""
    breaks = found.breaks[:, :, :, 0]
    models = (
        [found.flow],
        [found.free],
        [found.flow, breaks[:, :, [1]]],
        [found.free, found.steps],
        [found.flow, breaks[:, :, 2:], found.steps[:, :, [0]]],
    )
    return np.concatenate(models[kind], axis=2)


def seasons(periods: int, per_year: int) -> Floats:
    """Return season dummies without the first."""
    return np.eye(per_year)[np.arange(periods) % per_year][:, 1:]


def random_nodes(rng: np.random.Generator) -> SdNodes:
    """Return standard deviations from .1 to 3."""
    own, common, noise = np.exp(rng.uniform(np.log(0.1), np.log(3.0), (3, 1, NODES)))
    return SdNodes(own, common, noise, np.zeros((1, NODES)), np.log([float(NODES)]))


def by_filter(y: Floats, z: Floats, fixed: Floats, nodes: SdNodes) -> list[StateSpaceFit]:
    """Return what the Kalman filter says at every node."""
    model = vessel_state_space(y, z, fixed)
    sds = np.column_stack([nodes.own[0], nodes.common[0], nodes.noise[0]])
    return [filtered(model, row) for row in sds]


def assert_same(grid: NodePosterior, fits: list[StateSpaceFit], rel: float = 1e-6) -> None:
    """Compare differences of log likelihoods, estimates and covariances, node by node."""
    apart = grid.log_weight[0] - [fit.log_likelihood for fit in fits]
    assert np.ptp(apart) < rel
    for g, fit in enumerate(fits):
        p = grid.mean.shape[2]
        assert fit.mean[:p] == pytest.approx(grid.mean[0, g], rel=rel, abs=rel)
        assert fit.cov[:p, :p] == pytest.approx(grid.cov[0, g], rel=rel, abs=rel)


@pytest.mark.parametrize("seed", range(50))
def test_the_grid_gives_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, periods = int(rng.integers(2, 8)), int(rng.integers(12, 41))
    found, drifting = terms(places, periods, rng), bool(seed % 2)
    z = regressors(found, seed % 5)
    z = z if drifting else np.concatenate([z, found.drifts], axis=2)
    fixed = fixed_terms(seasons(periods, (1, 4)[seed % 3 == 0]), drift=drifting)
    y, nodes = series(places, periods, rng), random_nodes(rng)
    # With no prior at all: the vague one of coefficients() would be seen at this precision.
    grid = grid_fit(y[None], z, nodes, fixed).coefficients(np.zeros(z.shape[2]))
    assert_same(grid, by_filter(y, z, fixed, nodes))


@pytest.mark.parametrize("seed", range(5))
def test_the_grid_with_a_one_for_every_missing_value_gives_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, periods = int(rng.integers(2, 6)), int(rng.integers(20, 41))
    z, y = terms(places, periods, rng).free, series(places, periods, rng)
    fixed, nodes = fixed_terms(np.zeros((periods, 0)), drift=True), random_nodes(rng)
    gone = rng.choice(y.size, size=5, replace=False)
    ones = np.eye(y.size)[:, gone].reshape(places, periods, -1)
    every = np.concatenate([z, ones], axis=2)
    grid = grid_fit(y[None], every, nodes, fixed).coefficients(np.zeros(every.shape[2])).of([0, 1])
    y.flat[gone] = np.nan
    assert_same(grid, by_filter(y, z, fixed, nodes))


def kernels(places: int, periods: int, lag: int) -> list[Floats]:
    """Return covariances for a unit sd: own walk of each place, common walk, noises, flow."""
    sums, alone = np.tril(np.ones((periods, periods))), np.eye(places)[:, :, None]
    walk, noise = sums @ sums.T, np.eye(periods)
    own = [np.kron(e @ e.T, walk) for e in alone]
    noises = [np.kron(e @ e.T, noise) for e in alone]
    moved = np.zeros((places, periods, periods))
    moved[0], moved[1, lag:] = -sums, sums[: periods - lag]
    flow = moved.reshape(-1, periods)
    return [*own, np.kron(np.ones((places, places)), walk), *noises, flow @ flow.T]


def least_squares(y: Floats, x: Floats, cov: Floats, p: int) -> StateSpaceFit:
    """Return the restricted likelihood, up to a constant, and the last p coefficients."""
    inverse = np.linalg.inv(cov)
    information = x.T @ inverse @ x
    mean = np.linalg.solve(information, x.T @ inverse @ y)
    rest = y - x @ mean
    logdets = np.linalg.slogdet(cov)[1] + np.linalg.slogdet(information)[1]
    log = -(logdets + rest @ inverse @ rest) / 2
    cov_of_all = np.asarray(np.linalg.inv(information), dtype=float)
    return StateSpaceFit(float(log), np.asarray(mean[-p:], dtype=float), cov_of_all[-p:, -p:])


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_one_covariance_matrix_gives_the_same_with_sds_of_places_and_an_unpushed_flow(
    lag: int,
) -> None:
    rng = np.random.default_rng(lag)
    places, periods = 3, 24
    z, y = terms(places, periods, rng).free, series(places, periods, rng)
    fixed = fixed_terms(seasons(periods, 4), drift=True)
    y[[0, 1, 2], [4, 0, 23]] = np.nan
    model = vessel_state_space(y, z, fixed, sds_of_places=True, flow_lag=lag)
    seen = np.isfinite(y).ravel()
    x = np.column_stack([np.kron(np.eye(places), fixed), z.reshape(y.size, -1)])[seen]
    apart = []
    for sds in rng.uniform(0.2, 2.0, (4, len(model.param_names))):
        cov = sum(sd**2 * k for sd, k in zip(sds, kernels(places, periods, lag), strict=True))
        one = least_squares(y.ravel()[seen], x, np.asarray(cov)[np.ix_(seen, seen)], p=2)
        fit = filtered(model, sds)
        apart.append(fit.log_likelihood - one.log_likelihood)
        assert fit.mean == pytest.approx(one.mean, rel=1e-6, abs=1e-6)
        assert fit.cov == pytest.approx(one.cov, rel=1e-6, abs=1e-6)
    assert np.ptp(apart) < 1e-6


def test_parameters_are_named_in_their_order() -> None:
    rng = np.random.default_rng(1)
    y, z = series(2, 20, rng), terms(2, 20, rng).flow
    fixed = fixed_terms(np.zeros((20, 0)), drift=True)
    assert vessel_state_space(y, z, fixed).param_names == ["own", "common", "noise"]
    several = vessel_state_space(y, z, fixed, sds_of_places=True, flow_lag=1)
    assert several.param_names == ["own.0", "own.1", "common", "noise.0", "noise.1", "flow"]


@pytest.mark.parametrize("seed", range(3))
def test_maximum_likelihood_is_just_above_the_best_node_of_a_fine_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, z = series(4, 30, rng), terms(4, 30, rng).free
    fixed, scale = fixed_terms(np.zeros((30, 0)), drift=True), np.array([np.diff(y).std()])
    nodes = sd_nodes(scale, scale, SdPrior(), (30, 30, 30))
    said = grid_fit(y[None], z, nodes, fixed).coefficients(np.zeros(2))
    best = int((said.log_weight - nodes.log_prior)[0].argmax())
    model = vessel_state_space(y, z, fixed)
    found = filtered(model, np.asarray(model.fit(disp=False, return_params=True)))
    there = filtered(model, np.array([s[0, best] for s in (nodes.own, nodes.common, nodes.noise)]))
    assert 0 <= found.log_likelihood - there.log_likelihood < 0.5
