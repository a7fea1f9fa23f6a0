"""Counts in stacked observations: against importance sampling of the exact posterior."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, ndtri

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.spread_priors import SpreadPriors
from shiftexp.kernels.vessel_counts import working_noise
from shiftexp.kernels.vessel_grid import SdPrior
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_rows import Likelihood, VesselRows
from shiftexp.kernels.vessel_stack import Stack, StackNodes, stack_fit, stack_nodes
from shiftexp.kernels.vessel_terms import Cuts, change_scales
from tests.unit.kernels.test_vessel_grid import LINE, T, terms
from tests.unit.kernels.test_vessel_stack import FREE, LEFT, moments, stacked

Z = terms().free
WALKS = np.array([0.2, 0.2])
NOTHING = np.zeros(0)


def counted(mean: float, kind: Likelihood, seed: int, overdispersion: float = 0.0) -> VesselRows:
    """Return counts of two places about levels that walk, in units of their changes."""
    rng = np.random.default_rng(seed)
    walks = rng.standard_normal((2, T)).cumsum(axis=1) + rng.standard_normal(T).cumsum()
    level = np.maximum(mean * (1 + 0.04 * walks + 0.3 * terms().flow[..., 0]), 0.1)
    if overdispersion:
        level *= rng.gamma(1 / overdispersion, overdispersion, level.shape)
    y = rng.poisson(level).astype(float)
    unit = change_scales(y[None], Cuts(T // 2, 1))[0][0]
    rows = stacked(y / unit, likelihoods=(kind,))
    group = 0 if kind == "negative binomial" else -1
    return replace(rows, noise_group=np.full(2 * T, group), exposure=np.full(len(rows.value), unit))


@dataclass(frozen=True, eq=False)
class Approximation:
    """The normal law of coefficients and levels, and what the exact one has over it."""

    rows: VesselRows
    sds: Floats
    variance: Floats
    middle: Floats
    turn: Floats
    log_mass: float

    def flows(self, normal: Floats) -> Floats:
        """Return both flows of standard normal draws."""
        return np.asarray((self.middle + normal @ self.turn.T)[:, :2])

    def log_ratio(self, normal: Floats) -> Floats:
        """Return the log density of the exact law over that of the normal one."""
        level = (self.middle + normal @ self.turn.T)[:, 2:]
        apart = _log_normal(self.rows.value, level, np.sqrt(self.variance))
        return np.asarray((_log_likelihood(self.rows, level, self.sds) - apart).sum(axis=1))

    def weighted(self, draws: int) -> tuple[Floats, Floats, float]:
        """Return flows, weights that make their law exact, and the log evidence."""
        normal = np.random.default_rng(1).standard_normal((draws, self.turn.shape[1]))
        ratio = self.log_ratio(normal)
        mass = np.exp(ratio - ratio.max())
        evidence = self.log_mass + ratio.max() + np.log(mass.mean())
        return self.flows(normal), mass / mass.sum(), float(evidence)

    def walked(self, chains: int, steps: int) -> Floats:
        """Return flows by elliptical slice sampling (Murray, Adams and MacKay, 2010), exact too."""
        rng, found = np.random.default_rng(1), []
        now = 0.5 * rng.standard_normal((chains, self.turn.shape[1]))
        for _ in range(steps):
            now = self._step(now, rng)
            found.append(self.flows(now))
        return np.stack(found)[steps // 10 :]

    def _step(self, now: Floats, rng: np.random.Generator) -> Floats:
        """Return the next point of every chain."""
        height = self.log_ratio(now) + np.log(rng.random(len(now)))
        other = rng.standard_normal(now.shape)
        angle = rng.uniform(0, 2 * np.pi, len(now))
        low, high, chosen = angle - 2 * np.pi, angle.copy(), now.copy()
        open_ = np.arange(len(now))
        while len(open_):
            turned = angle[open_, None]
            tried = now[open_] * np.cos(turned) + other[open_] * np.sin(turned)
            inside = self.log_ratio(tried) > height[open_]
            chosen[open_[inside]] = tried[inside]
            open_ = open_[~inside]
            below = angle[open_] < 0
            low[open_[below]], high[open_[~below]] = angle[open_[below]], angle[open_[~below]]
            angle[open_] = rng.uniform(low[open_], high[open_])
        return chosen


def approximation(rows: VesselRows, walks: Floats, noise: Floats) -> Approximation:
    """Return the normal law at known standard deviations, by whole matrices."""
    sds = np.append(noise, 0.0)[rows.noise_group]
    variance = working_noise(rows, walks[None], sds[None], Z, LINE).variance[0]
    design = np.hstack([rows.of_rows(Z), rows.fixed_columns(LINE)])
    row = rows.cells[1]
    walk = np.tensordot(walks**2, rows.kernels, 1)[np.ix_(row, row)]
    inverse = np.linalg.inv(walk + np.diag(variance))
    flat = np.diag(np.where(np.arange(design.shape[1]) < 2, FLAT, 0.0))
    law = np.linalg.inv(design.T @ inverse @ design + flat)
    middle = law @ design.T @ inverse @ rows.value
    rest = rows.value - design @ middle
    values, vectors = np.linalg.eigh(walk - walk @ inverse @ walk)
    root = np.linalg.cholesky(law)
    own = vectors * np.sqrt(np.maximum(values, 0.0))
    follows = (np.eye(len(rest)) - walk @ inverse) @ design @ root
    turn = np.block([[root[:2], np.zeros((2, len(rest)))], [follows, own]])
    mean = np.r_[middle[:2], design @ middle + walk @ inverse @ rest]
    dets = np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(law)[1]
    mass = float(dets - rows.value @ inverse @ rest) / 2
    return Approximation(rows, sds, variance, mean, turn, mass)


def _log_likelihood(rows: VesselRows, level: Floats, sds: Floats) -> Floats:
    """Return log densities of rows, minus infinity where a count has no positive level."""
    positive = np.where(level > 0, level, 1.0)
    expected, y = positive * rows.exposure, rows.value * rows.exposure
    if "negative binomial" in rows.likelihoods:
        size = (rows.value.mean() / sds) ** 2
        counts = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
        counts = counts + size * np.log(size / (size + expected))
        counts += y * np.log(expected / (size + expected))
    else:
        counts = y * np.log(expected) - expected - gammaln(y + 1)
    normal = _log_normal(rows.value, level, np.where(sds > 0, sds, 1.0))
    found = np.where(level > 0, counts, -np.inf)
    return np.where(rows.with_likelihood("normal"), normal, found)


def _log_normal(x: Floats, mean: Floats, sd: Floats) -> Floats:
    """Return log normal densities up to a constant."""
    return np.asarray(-np.log(sd) - ((x - mean) / sd) ** 2 / 2)


def single(rows: VesselRows, walks: Floats, noise: Floats) -> NodePosterior:
    """Return the posterior at known standard deviations."""
    nodes = StackNodes(walks[None], noise[None], np.zeros(1))
    return stack_fit(rows, Z, nodes, LINE).coefficients(FREE)


def weighted_moments(flows: Floats, weight: Floats) -> tuple[Floats, Floats, float]:
    """Return means, standard deviations, and the effective number of draws."""
    mean = weight @ flows
    return mean, np.sqrt(weight @ (flows - mean) ** 2), float(1 / (weight**2).sum())


POISSON = {  # mean count: most that means are off in sds, and sds in parts
    300.0: (0.02, 0.02),
    30.0: (0.05, 0.03),
    10.0: (0.09, 0.04),
    5.0: (0.11, 0.04),
}


@pytest.mark.parametrize("mean", POISSON)
def test_flows_of_counts_are_those_of_importance_sampling(mean: float) -> None:
    """Measured, at most: off by .02, .05, .09 and .08 sd in the order of the cases; sds by 2 %."""
    shift, part = POISSON[mean]
    for seed in range(3):
        rows = counted(mean, "poisson", seed)
        flows, weight, _ = approximation(rows, WALKS, NOTHING).weighted(40_000)
        middle, sd, effective = weighted_moments(flows, weight)
        assert effective > 2000
        error = 2 / np.sqrt(effective)
        found = single(rows, WALKS, NOTHING)
        assert (np.abs(found.mean[0, 0] - middle) / sd).max() < shift + error
        ratio = np.sqrt(np.diagonal(found.cov[0, 0])) / sd
        assert ratio == pytest.approx(np.ones(2), abs=part + error)


@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_flows_of_overdispersed_counts_are_those_of_slice_sampling(alpha: float) -> None:
    """Measured for counts about 10: off by .11 sd at most, sds by 4 percent."""
    rows = counted(10.0, "negative binomial" if alpha else "poisson", 1, alpha)
    noise = np.array([np.sqrt(alpha) * rows.value.mean()]) if alpha else NOTHING
    law = approximation(rows, WALKS, noise)
    walked = law.walked(chains=100, steps=100)
    middle, sd = walked.mean(axis=(0, 1)), walked.std(axis=(0, 1))
    error = (walked.mean(axis=0).std(axis=0, ddof=1) / 10 / sd).max()
    assert error < 1 / np.sqrt(500)
    found = single(rows, WALKS, noise)
    assert (np.abs(found.mean[0, 0] - middle) / sd).max() < 0.11 + 2 * error
    assert np.sqrt(np.diagonal(found.cov[0, 0])) / sd == pytest.approx(np.ones(2), abs=0.06)
    if not alpha:
        other = weighted_moments(*law.weighted(40_000)[:2])
        assert middle == pytest.approx(other[0], abs=3 * error * sd.max())


@pytest.mark.parametrize(("mean", "most"), [(30.0, 0.1), (5.0, 0.5)])
def test_evidence_of_walks_is_that_of_importance_sampling(mean: float, most: float) -> None:
    """Measured: logs off by .01 for counts about 30, by .44 for 5, over walks far apart."""
    rows, apart = counted(mean, "poisson", 1), []
    for walks in (np.array([0.05, 0.05]), WALKS, np.array([0.6, 0.2])):
        exact = approximation(rows, walks, NOTHING).weighted(40_000)[2]
        apart.append(single(rows, walks, NOTHING).log_weight[0, 0] - exact)
    assert np.ptp(apart) < most


@pytest.mark.slow
@pytest.mark.parametrize("mean", [30.0, 5.0])
def test_averages_over_standard_deviations_are_those_of_importance_sampling(mean: float) -> None:
    """Measured: off by .05 sd at most, sds by 3 percent, for counts about 5 as about 30."""
    rows = counted(mean, "poisson", 2)
    scores = ndtri(stats.qmc.Sobol(2, seed=1).random(128))
    laws = [
        approximation(rows, walks, NOTHING).weighted(2000)
        for walks in -SdPrior().walk * np.log(stats.norm.sf(scores))
    ]
    mass = np.exp([e - max(e for _, _, e in laws) for _, _, e in laws])
    weight = np.concatenate([m * w for m, (_, w, _) in zip(mass / mass.sum(), laws, strict=True)])
    middle, sd, effective = weighted_moments(np.concatenate([f for f, _, _ in laws]), weight)
    assert effective > 2000
    posterior = averaged(rows).fit(Z, LINE).coefficients(FREE)
    for k, a in enumerate(np.eye(2)):
        found = moments(posterior, a)
        assert abs(found[0] - middle[k]) / sd[k] < 0.08
        assert found[1] / sd[k] == pytest.approx(1, abs=0.05)


def averaged(rows: VesselRows) -> Stack:
    """Return the engine with the default priors."""
    scales = np.ones(rows.walk_sds), np.ones(rows.noise_sds)
    priors = SpreadPriors.of(*scales, SdPrior())
    return Stack(rows, stack_nodes(rows, Z, LINE, priors), priors)


@pytest.mark.slow
def test_a_stack_mixes_measurements_and_counts() -> None:
    rng, counts = np.random.default_rng(2), counted(20.0, "poisson", 1)
    level = counts.value.reshape(2, T) + 7 + 0.5 * rng.standard_normal((2, T))
    level[0, 4], level[1, 11:13] = np.nan, np.nan
    rows = stacked(
        np.stack([counts.value.reshape(2, T), level], axis=2),
        likelihoods=("poisson", "normal"),
    )
    rows = replace(
        rows,
        noise_group=np.where(rows.indicator == 1, 0, -1),
        exposure=np.full(len(rows.value), counts.exposure[0]),
    )
    noise = np.array([0.5])
    flows, weight, _ = approximation(rows, WALKS, noise).weighted(40_000)
    middle, sd, effective = weighted_moments(flows, weight)
    assert effective > 5000
    found = single(rows, WALKS, noise)
    assert (np.abs(found.mean[0, 0] - middle) / sd).max() < 0.06
    assert np.sqrt(np.diagonal(found.cov[0, 0])) / sd == pytest.approx(np.ones(2), abs=0.04)
    alone = single(counts, WALKS, NOTHING)
    assert (np.diagonal(found.cov[0, 0]) < np.diagonal(alone.cov[0, 0])).all()


def test_counts_are_normal_about_the_levels_that_are_found() -> None:
    rows = counted(40.0, "poisson", 3)
    nodes = StackNodes(WALKS[None], np.zeros((1, 0)), np.zeros(1))
    found = stack_fit(rows, Z, nodes, LINE)
    stack = Stack(rows, nodes, SpreadPriors.of(WALKS, np.zeros(0), SdPrior()))
    parts = stack.parts(Z, LINE, found.coefficients(FREE), shown=2)
    level = parts.level.ravel()
    assert level + parts.noise.ravel() == pytest.approx(rows.value)
    normal = replace(rows, likelihoods=(), variance=level / rows.exposure)
    assert found.moments == pytest.approx(stack_fit(normal, Z, nodes, LINE).moments, rel=1e-3)


def test_little_overdispersion_is_none() -> None:
    poisson = counted(30.0, "poisson", 1)
    group = np.zeros(2 * T, dtype=np.int64)
    several = replace(poisson, likelihoods=("negative binomial",), noise_group=group)
    found = {}
    for noise in (1e-9, 1e-3):
        nodes = StackNodes(
            np.repeat(WALKS[None], 2, axis=0) * [[1.0], [2.0]], np.full((2, 1), noise), np.zeros(2)
        )
        same = stack_fit(several, Z, nodes, LINE)
        exact = stack_fit(poisson, Z, replace(nodes, noise=np.zeros((2, 0))), LINE)
        assert same.moments == pytest.approx(exact.moments, rel=1e-4)
        assert np.ptp(same.evidence - exact.evidence) < 1e-3
        found[noise] = (same.evidence - exact.evidence)[0, 0]
    assert found[1e-9] == pytest.approx(found[1e-3], abs=1e-3)


def test_overdispersion_is_found() -> None:
    sds = []
    for alpha in (0.0, 0.1):
        rows = counted(60.0, "negative binomial", 4, alpha)
        stack = averaged(rows)
        weight = stack.fit(Z, LINE).coefficients(FREE).weight[0]
        sds.append(weight @ stack.nodes.noise[:, 0] / rows.value.mean())
    assert sds[1] == pytest.approx(np.sqrt(0.1), rel=0.4)
    assert sds[0] < sds[1] / 2


@pytest.mark.parametrize("other", [0.0, 1.0])
def test_rows_without_any_count_have_a_variance(other: float) -> None:
    rows = counted(5.0, "poisson", 1)
    value = np.where(rows.place == 1, other * rows.value, 0.0)
    stack = averaged(replace(rows, value=value))
    posterior = stack.fit(Z, LINE).coefficients(FREE)
    mean, sd = moments(posterior, LEFT)
    assert abs(mean) < sd
    assert 0 < sd < np.inf
    noise = working_noise(stack.rows, WALKS[None], np.zeros((1, 2 * T)), Z, LINE)
    assert (noise.variance[0, rows.place == 0] == 0.5 / rows.exposure[0] ** 2).all()


def test_a_proportional_variance_grows_with_the_level() -> None:
    rng, mean = np.random.default_rng(1), np.array([20.0, 80.0])
    y = mean[:, None] + rng.standard_normal((2, T)) * np.sqrt(mean / 50)[:, None]
    rows = stacked(y, likelihoods=("proportional",))
    noise = working_noise(rows, 0.01 * WALKS[None], np.full((1, 2 * T), 1.0), Z, LINE)
    level = noise.variance[0].reshape(2, T) * y.mean()
    assert level.mean(axis=1) == pytest.approx(y.mean(axis=1), rel=1e-3)
    equal = single(replace(rows, likelihoods=()), 0.01 * WALKS, np.ones(1))
    found = single(rows, 0.01 * WALKS, np.ones(1))
    ratio = np.diagonal(found.cov[0, 0]) / np.diagonal(equal.cov[0, 0])
    assert ratio == pytest.approx(mean / mean.mean(), rel=0.02)
