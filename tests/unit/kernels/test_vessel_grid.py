"""The grid of standard deviations: direct least squares, its own finer grid, its quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import (
    SdPrior,
    fixed_terms,
    grid_fit,
    nodes_of_changes,
    place_rotation,
    sd_nodes,
)
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_terms import Cuts, VesselTerms, change_scales, vessel_terms

T = 20
LINE = fixed_terms(np.zeros((T, 0)), drift=True)


def terms(places: int = 2, periods: int = T) -> VesselTerms:
    """Return the regressors of a push that stays on."""
    push = (np.arange(periods) >= periods // 2).astype(float)
    return vessel_terms(push, np.array([0.0, 1.0]), np.array([periods // 2]), places)


def series(cases: int = 1, places: int = 2, periods: int = T, seed: int = 1) -> Floats:
    """Return random walks with a common part and noise."""
    rng = np.random.default_rng(seed)
    own, common = (
        1.5 * rng.standard_normal((cases, n, periods)).cumsum(axis=2) for n in (places, 1)
    )
    return np.asarray(50 + own + common + 4 * rng.standard_normal((cases, places, periods)))


def direct(
    y: Floats, z: Floats, sds: tuple[float, float, float], precision: Floats, *, trend: bool
) -> tuple[float, Floats, Floats]:
    """Return log posterior mass, coefficients and covariance by one covariance matrix.

    Missing values, NaN, are simply not there.
    """
    places, periods = y.shape
    sums = np.tril(np.ones((periods, periods)))
    walk, own, common, noise = sums @ sums.T, *sds
    cov = np.kron(np.eye(places), own**2 * walk + noise**2 * np.eye(periods))
    cov += np.kron(np.ones((places, places)), common**2 * walk)
    line = np.vander(np.linspace(-1, 1, periods), 1 + trend, increasing=True)
    seen = np.isfinite(y.ravel())
    fixed = np.kron(np.eye(places), line)[seen]
    every, cov, flat = (
        z.reshape(places * periods, -1)[seen],
        cov[np.ix_(seen, seen)],
        y.ravel()[seen],
    )
    inverse = np.linalg.inv(cov)
    gram = fixed.T @ inverse @ fixed
    cleaned = inverse - inverse @ fixed @ np.linalg.solve(gram, fixed.T @ inverse)
    information = every.T @ cleaned @ every + np.diag(precision)
    score = every.T @ cleaned @ flat
    mean = np.linalg.solve(information, score)
    dets = [np.linalg.slogdet(m)[1] for m in (cov, gram, information)]
    log = -(sum(dets) + flat @ cleaned @ flat - score @ mean) / 2
    log += np.log(precision[precision > FLAT]).sum() / 2
    return float(log), mean, np.linalg.inv(information)


@pytest.mark.parametrize("seed", range(50))
def test_direct_least_squares_gives_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, periods = int(rng.integers(2, 6)), int(rng.integers(12, 30))
    trend, found = bool(seed % 2), terms(places, periods)
    drifts = [] if trend else [found.drifts]
    z = np.concatenate([found.flow, found.breaks[:, :, 0], found.steps, *drifts], axis=2)
    precision = np.full(z.shape[2], FLAT)
    precision[1:4] = rng.uniform(0.01, 1, 3)
    y = series(1, places, periods, seed)
    nodes = sd_nodes(np.array([3.0]), np.array([5.0]), SdPrior(), (3, 3, 3))
    fixed = fixed_terms(np.zeros((periods, 0)), drift=trend)
    posterior = grid_fit(y, z, nodes, fixed).coefficients(precision)
    apart = []
    for g in range(27):
        sds = (nodes.own[0, g], nodes.common[0, g], nodes.noise[0, g])
        log, mean, cov = direct(y[0], z, sds, precision, trend=trend)
        apart.append(posterior.log_weight[0, g] - nodes.log_prior[0, g] - log)
        assert posterior.mean[0, g] == pytest.approx(mean, rel=1e-6, abs=1e-6)
        assert posterior.cov[0, g] == pytest.approx(cov, rel=1e-6, abs=1e-6)
    assert np.ptp(apart) < 1e-8


def test_a_one_for_a_missing_value_takes_it_out_exactly() -> None:
    found, y = terms(3), series(1, 3)
    gone = [(0, 4), (1, 12), (2, 0), (2, 19)]
    holes = np.zeros((3, T, len(gone)))
    for k, (place, period) in enumerate(gone):
        holes[place, period, k] = 1.0
        y[0, place, period] = 70.0
    z = np.concatenate([found.free, holes], axis=2)
    nodes = sd_nodes(np.array([3.0]), np.array([5.0]), SdPrior(), (3, 3, 3))
    posterior = grid_fit(y, z, nodes, LINE).coefficients(np.full(6, FLAT)).of([0, 1])
    for place, period in gone:
        y[0, place, period] = np.nan
    apart = []
    for g in range(27):
        sds = (nodes.own[0, g], nodes.common[0, g], nodes.noise[0, g])
        log, mean, cov = direct(y[0], found.free, sds, np.full(2, FLAT), trend=True)
        apart.append(posterior.log_weight[0, g] - nodes.log_prior[0, g] - log)
        assert posterior.mean[0, g] == pytest.approx(mean, rel=1e-4, abs=1e-3)
        assert posterior.cov[0, g] == pytest.approx(cov, rel=1e-5)
    assert np.ptp(apart) < 1e-4


def test_a_finer_grid_has_the_same_spread_to_one_percent() -> None:
    y, z = series(20), terms().free
    found = {}
    for shape in ((9, 8, 12), (18, 15, 20)):
        scale = np.full(20, 5.0)
        posterior = grid_fit(y, z, sd_nodes(scale, scale, SdPrior(), shape), LINE).coefficients(
            np.full(2, FLAT)
        )
        ends = [posterior.quantile(np.array([0.0, 1.0]), p) for p in (0.16, 0.84)]
        found[shape] = ends[1] - ends[0]
    coarse, fine = found.values()
    assert coarse.mean() / fine.mean() == pytest.approx(1, abs=0.01)
    assert coarse / fine == pytest.approx(1, abs=0.06)


def test_quantiles_are_those_of_the_draws() -> None:
    scale = np.full(3, 5.0)
    nodes = sd_nodes(scale, scale, SdPrior())
    posterior = grid_fit(series(3), terms().free, nodes, LINE).coefficients(np.full(2, FLAT))
    drawn = posterior.draws(100_000, np.random.default_rng(1))
    for p in (0.025, 0.5, 0.975):
        exact = posterior.quantile(np.array([1.0, 0.5]), p)
        assert np.quantile(drawn @ [1.0, 0.5], p, axis=1) == pytest.approx(exact, rel=0.02, abs=0.3)


def test_a_batch_is_the_same_as_one_by_one_and_units_do_not_matter() -> None:
    y, scale = series(4), np.array([3.0, 4.0, 5.0, 6.0])
    together = grid_fit(y, terms().free, sd_nodes(scale, scale, SdPrior()), LINE)
    for case in range(4):
        one = sd_nodes(scale[[case]], scale[[case]], SdPrior())
        alone = grid_fit(y[[case]], terms().free, one, LINE)
        assert together.evidence[case] == pytest.approx(alone.evidence[0], rel=1e-12)
    flat = np.full(2, FLAT)
    grams = grid_fit(1000 * y, terms().free, sd_nodes(1000 * scale, 1000 * scale, SdPrior()), LINE)
    small, large = together.coefficients(flat), grams.coefficients(flat / 1e6)
    a = np.array([0.0, 1.0])
    assert large.quantile(a, 0.9) == pytest.approx(1000 * small.quantile(a, 0.9), rel=1e-6)


def test_the_heaviest_nodes_hold_the_mass() -> None:
    scale = np.full(2, 5.0)
    nodes = sd_nodes(scale, scale, SdPrior())
    posterior = grid_fit(series(2), terms().free, nodes, LINE).coefficients(np.full(2, FLAT))
    few = nodes.heaviest(posterior.weight, 0.9999)
    assert few.own.shape[1] < nodes.own.shape[1] / 2
    again = grid_fit(series(2), terms().free, few, LINE).coefficients(np.full(2, FLAT))
    a = np.array([1.0, 0.0])
    assert again.quantile(a, 0.975) == pytest.approx(posterior.quantile(a, 0.975), rel=1e-3)


def test_places_are_rotated_about_their_mean() -> None:
    for places in (2, 3, 7):
        q = place_rotation(places)
        assert q @ q.T == pytest.approx(np.eye(places))
        assert q[0] == pytest.approx(np.full(places, places**-0.5))


@pytest.mark.parametrize("periods", [20, 120])
def test_a_sharpened_grid_has_the_prior_mass_of_its_part_and_no_more(periods: int) -> None:
    y = series(1, 2, periods, seed=3)
    nodes = nodes_of_changes(y[:, :2], Cuts(periods // 2, 1))
    fine = Grid(y, nodes).sharpened(
        terms(2, periods).free, np.vander(np.linspace(-1, 1, periods), 2, increasing=True)
    )
    spreads = {s.owner.kind: s for s in fine.spreads(np.full(nodes.own.shape[1], 1 / 864))}
    noise = spreads["noise"]
    low, high = noise.value[[0, -1]] / (
        SdPrior().noise * change_scales(y, Cuts(periods // 2, 1))[1]
    )
    inside = 2 * (stats.norm.cdf(high) - stats.norm.cdf(low))
    assert noise.prior.sum() < 1.1
    assert noise.prior.sum() == pytest.approx(float(inside), rel=0.25)
