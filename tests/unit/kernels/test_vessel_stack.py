"""Stacked observations: the grid's own numbers, missing rows, unequal variances, time."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm, qmc

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.spread_priors import SpreadPriors
from shiftexp.kernels.vessel_engines import Engine, Grid
from shiftexp.kernels.vessel_flow import OwnChanges
from shiftexp.kernels.vessel_grid import SdNodes, SdPrior, fixed_terms, grid_fit, sd_nodes
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_stack import (
    Stack,
    StackNodes,
    stack_fit,
    stack_nodes,
    together_nodes,
)
from shiftexp.kernels.vessel_terms import Cuts, change_scales
from shiftexp.kernels.vessels import Vessels, VesselShape
from tests.unit.kernels.test_vessel_grid import LINE, T, series, terms

FREE = np.full(2, FLAT)
LEFT, ARRIVED = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def stacked(y: Floats, **options: object) -> VesselRows:
    """Return the rows of series (n, T) or (n, T, K); NaN is a missing one."""
    cube = y if y.ndim == 3 else y[..., None]
    place, period, indicator = np.nonzero(np.isfinite(cube))
    count = len(place)
    rows = VesselRows(
        value=cube[place, period, indicator],
        place=place,
        period=period,
        indicator=indicator,
        variance=np.zeros(count),
        noise_group=indicator,
        loadings=np.ones(len(y)),
        own_group=np.zeros(len(y), dtype=np.int64),
        periods=y.shape[1],
    )
    return replace(rows, **options)  # type: ignore[arg-type]  # fields, passed on


def as_stack_nodes(nodes: SdNodes, indicators: int = 1) -> StackNodes:
    """Return the grid's nodes of one case, the noise for so many indicators."""
    walks = np.stack([nodes.own[0], nodes.common[0]], axis=1)
    return StackNodes(walks, np.repeat(nodes.noise.T, indicators, axis=1), nodes.log_prior[0])


def fitted(
    rows: VesselRows, z: Floats, fixed: Floats = LINE, prior: SdPrior | None = None
) -> Stack:
    """Return the engine for series in units of their changes."""
    priors = unit_priors(rows, prior)
    return Stack(rows, stack_nodes(rows, z, fixed, priors), priors)


def unit_priors(rows: VesselRows, prior: SdPrior | None = None) -> SpreadPriors:
    """Return priors for series in units of their changes."""
    return SpreadPriors.of(np.ones(rows.walk_sds), np.ones(rows.noise_sds), prior or SdPrior())


def engine_of(rows: VesselRows, nodes: StackNodes) -> Stack:
    """Return the engine with these nodes."""
    return Stack(rows, nodes, unit_priors(rows))


def moments(posterior: NodePosterior, a: Floats) -> tuple[float, float]:
    """Return mean and standard deviation of a combination."""
    mean, sd = (values[0] for values in posterior.along(a))
    middle = posterior.weight[0] @ mean
    return middle, float(np.sqrt(posterior.weight[0] @ (sd**2 + (mean - middle) ** 2)))


@pytest.mark.parametrize("places", [2, 4])
def test_complete_data_give_the_moments_and_evidence_of_the_grid(places: int) -> None:
    y, z = series(1, places) / 5, terms(places).free
    nodes = sd_nodes(np.ones(1), np.ones(1), SdPrior(), (3, 3, 3))
    grid = grid_fit(y, z, nodes, LINE)
    stack: Engine = engine_of(stacked(y[0]), as_stack_nodes(nodes))
    found = stack.fit(z, LINE)
    scale = np.abs(grid.moments).max(axis=(2, 3), keepdims=True)
    assert np.abs(found.moments - grid.moments).max() < 1e-8 * scale.max()
    assert np.abs((found.moments - grid.moments) / scale).max() < 1e-8
    apart = found.evidence - grid.evidence
    assert np.ptp(apart) < 1e-8
    same = found.coefficients(FREE), grid.coefficients(FREE)
    assert np.ptp(same[0].log_weight - same[1].log_weight) < 1e-8


def test_a_missing_row_is_a_value_with_a_one_of_its_own() -> None:
    y, z, rng = series(1, 3) / 5, terms(3).free, np.random.default_rng(2)
    gone = rng.choice(y.size, 7, replace=False)
    holes = np.eye(y.size)[:, gone].reshape(*y.shape[1:], -1)
    nodes = sd_nodes(np.ones(1), np.ones(1), SdPrior(), (3, 3, 3))
    dummies = np.concatenate([z, holes], axis=2)
    grid = grid_fit(y, dummies, nodes, LINE).coefficients(np.full(9, FLAT)).of([0, 1])
    y.ravel()[gone] = np.nan
    found = stack_fit(stacked(y[0]), z, as_stack_nodes(nodes), LINE).coefficients(FREE)
    assert found.mean == pytest.approx(grid.mean, rel=1e-6, abs=1e-6)
    assert found.cov == pytest.approx(grid.cov, rel=1e-6)
    assert np.ptp(found.log_weight - grid.log_weight) < 1e-6


def test_several_indicators_are_one_covariance_matrix() -> None:
    rng, loadings = np.random.default_rng(3), np.array([1.0, 0.4, 1.7])
    y = rng.normal(5, 1, (3, T, 3)) + rng.normal(0, 9, (3, 1, 3))
    y[rng.random(y.shape) < 0.2] = np.nan
    rows = stacked(y, loadings=loadings, own_group=np.array([0, 1, 1]), flow_lag=2)
    rows = replace(rows, variance=rng.uniform(0, 0.5, len(rows.value)))
    sds, noise, z = np.array([0.3, 0.7, 0.5, 0.4]), np.array([0.6, 1.1, 0.8]), terms(3).free
    nodes = StackNodes(sds[None] * [[1.0], [2.0]], noise[None] * [[1.0], [0.5]], np.zeros(2))
    found = stack_fit(rows, z, nodes, LINE)
    for g, (walks, spread) in enumerate(zip(nodes.walks, nodes.noise, strict=True)):
        log_det, gram = _direct(rows, z, walks, spread)
        assert found.moments[0, g] == pytest.approx(gram, rel=1e-8, abs=1e-8)
        assert -2 * found.evidence[0, g] == pytest.approx(log_det, abs=1e-8)


def _direct(rows: VesselRows, z: Floats, walks: Floats, noise: Floats) -> tuple[float, Floats]:
    """Return log determinants and moments by one covariance matrix of all rows."""
    sums = np.tril(np.ones((T, T)))
    walk = (sums @ sums.T)[np.ix_(rows.period, rows.period)]
    alike = rows.place[:, None] == rows.place
    cov = walk * alike * np.take(walks, rows.own_group[rows.place]) ** 2
    cov += walks[2] ** 2 * np.outer(rows.loadings[rows.place], rows.loadings[rows.place]) * walk
    late = np.vstack([np.zeros((2, T)), sums[:-2]])
    moved = np.stack([-sums, late, 0 * sums])[rows.place, rows.period]
    cov += walks[3] ** 2 * moved @ moved.T
    cov += np.diag(rows.variance + noise[rows.indicator] ** 2)
    place = (rows.place[:, None] == np.arange(3)).astype(float)
    lines = [place * LINE[rows.period, [k]][:, None] for k in range(2)]
    later = [place * (rows.indicator == k)[:, None] for k in (1, 2)]
    fixed = np.concatenate([*lines, *later], axis=1)
    inverse = np.linalg.inv(cov)
    gram = fixed.T @ inverse @ fixed
    cleaned = inverse - inverse @ fixed @ np.linalg.solve(gram, fixed.T @ inverse)
    every = np.column_stack([rows.value, z[rows.place, rows.period]])
    log_det = np.linalg.slogdet(cov)[1] + np.linalg.slogdet(gram)[1]
    return float(log_det), every.T @ cleaned @ every


WORLDS = {  # own walk, common walk, noise; most that a mean is off in sds, that an sd is in parts
    "usual": (1.5, 1.5, 4.0, 0.05, 0.05),
    "precise": (0.3, 0.3, 1.0, 0.05, 0.05),
    "quiet own walks": (0.5, 1.5, 4.0, 0.05, 0.05),
    "own walks outweigh": (3.0, 0.0, 1.0, 0.06, 0.05),
    "walks outweigh": (2.0, 2.0, 1.0, 0.12, 0.08),
    "noise alone": (0.0, 0.0, 4.0, 0.16, 0.10),
}


@pytest.mark.parametrize("world", WORLDS)
def test_few_nodes_agree_with_thousands(world: str) -> None:
    """Measured: means off by .01 to .03 sd on average, sds by 2 percent or less on average."""
    own_sd, common_sd, noise_sd, shift, part = WORLDS[world]
    scores = ndtri(qmc.Sobol(3, seed=1).random(8192)).T
    prior = SdPrior()
    own, common = -prior.walk * norm.logsf(scores[:2])
    noise = -prior.noise * ndtri(norm.sf(scores[2]) / 2)
    nodes = SdNodes(own[None], common[None], noise[None], np.zeros((1, 8192)), np.log([8192.0]))
    z, shifts, ratios = terms().free, [], []
    for seed in range(12):
        y = _simulated(own_sd, common_sd, noise_sd, seed)
        many = grid_fit(y[None], z, nodes, LINE).coefficients(FREE)
        found = fitted(stacked(y), z).fit(z, LINE).coefficients(FREE)
        for a in (LEFT, ARRIVED):
            (mean, sd), (exact, spread) = moments(found, a), moments(many, a)
            shifts.append(abs(mean - exact) / spread)
            ratios.append(sd / spread)
    assert np.mean(shifts) < 0.035
    assert max(shifts) < shift
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)
    assert np.array(ratios) == pytest.approx(np.ones(24), abs=part)


def _simulated(own: float, common: float, noise: float, seed: int) -> Floats:
    """Return a pair with a flow, in units of its changes."""
    rng = np.random.default_rng(seed)
    walks = own * rng.standard_normal((2, T)).cumsum(axis=1)
    walks += common * rng.standard_normal(T).cumsum()
    y = 100 + walks + noise * rng.standard_normal((2, T)) + 20 * terms().flow[..., 0]
    return np.asarray(y / change_scales(y[None], Cuts(T // 2, 1))[0][0])


@pytest.mark.slow
def test_unequal_own_walks_are_told_apart() -> None:
    rng, periods = np.random.default_rng(1), 60
    fixed = fixed_terms(np.zeros((periods, 0)), drift=True)
    own, ratios = np.array([2.0, 0.25, 0.25]), []
    for _ in range(6):
        walks = own[:, None] * rng.standard_normal((3, periods)).cumsum(axis=1)
        y = walks + 0.5 * rng.standard_normal(periods).cumsum() + rng.normal(size=(3, periods))
        rows = stacked(y, own_group=np.array([0, 1, 1]))
        nothing = np.zeros((3, periods, 0))
        engine = fitted(rows, nothing, fixed, SdPrior(walk=1.0))
        weight = engine.fit(nothing, fixed).coefficients(np.zeros(0)).weight[0]
        ratios.append(weight @ engine.nodes.walks[:, :2])
    assert np.mean(ratios, axis=0) == pytest.approx(own[:2], rel=0.25)
    assert (np.array(ratios)[:, 0] > 3 * np.array(ratios)[:, 1]).all()


def test_a_walk_that_is_not_there_leaves_its_prior_nearly_alone() -> None:
    rng = np.random.default_rng(5)
    rows, z = stacked(rng.normal(size=(2, T)) / np.sqrt(2)), terms().free
    engine = fitted(rows, z)
    assert np.isfinite(engine.nodes.log_prior).all()
    weight = engine.fit(z, LINE).coefficients(FREE).weight[0]
    own, common = weight @ engine.nodes.walks
    assert 0 < own < SdPrior().walk
    assert 0 < common < SdPrior().walk


def test_the_heaviest_nodes_say_the_same() -> None:
    y, z = _simulated(1.5, 1.5, 4.0, 1), terms().free
    engine = fitted(stacked(y), z)
    posterior = engine.fit(z, LINE).coefficients(FREE)
    uneven = np.where(np.arange(posterior.weight.shape[1]) < 3, 1.0, 1e-9)[None]
    assert engine.heaviest(uneven / uneven.sum()).nodes.walks == pytest.approx(
        engine.nodes.walks[:3]
    )
    few = engine.heaviest(posterior.weight).fit(z, LINE).coefficients(FREE)
    assert moments(few, ARRIVED) == pytest.approx(moments(posterior, ARRIVED), rel=1e-3)


def test_nodes_come_quickly() -> None:
    """Measured on one core: 6 ms for 2 places and 20 periods; the bound leaves room."""
    y, z = _simulated(1.5, 1.5, 4.0, 1), terms().free
    times = []
    for _ in range(5):
        start = time.perf_counter()
        fitted(stacked(y), z).fit(z, LINE)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1


def test_two_vessels_say_the_same_with_either_engine() -> None:
    """The engines share every node; a missing value is a one of its own for the grid alone."""
    y = _simulated(1.5, 1.5, 4.0, 3)
    nodes = sd_nodes(np.ones(1), np.ones(1), SdPrior(), (3, 3, 3))
    holes = np.zeros((2, T, 1))
    holes[1, 13] = 1.0
    gone = np.where(holes[..., 0] > 0, np.nan, y)
    push = (np.arange(T) >= T // 2).astype(float)
    shape = VesselShape(push, np.array([0.0, 1.0]), np.array([T // 2]), T // 2)
    seasons = np.zeros((T, 0))
    given = (shape,), push > 0, seasons
    grid = Vessels(Grid(y[None], nodes), *given, holes, 0)
    stack = Vessels(engine_of(stacked(gone), as_stack_nodes(nodes)), *given, holes[..., :0], 0)
    assert stack.upper(0.025) == pytest.approx(grid.upper(0.025), rel=1e-4)
    assert stack.effects.mean == pytest.approx(grid.effects.mean, rel=1e-4, abs=1e-4)
    assert stack.fitted() == pytest.approx(grid.fitted(), abs=1e-3)
    own, still = OwnChanges.stated(1.0), np.zeros(2)
    flows = [v.draws(own, still, 20_000, np.random.default_rng(1)) for v in (grid, stack)]
    ends = [f.quantile(f.flow, p)[0] for f in flows for p in (0.1, 0.5, 0.9)]
    assert ends[:3] == pytest.approx(ends[3:], abs=0.03 * (ends[2] - ends[0]))


def test_nodes_of_two_models_share_the_mass() -> None:
    one = StackNodes(np.ones((2, 2)), np.ones((2, 1)), np.log([0.5, 0.5]))
    both = together_nodes([one, replace(one, walks=3 * one.walks)])
    assert np.exp(both.log_prior).sum() == pytest.approx(1)
    assert both.walks[:, 0].tolist() == [1, 1, 3, 3]
