"""Counts in stacked observations: against importance sampling of the exact posterior."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_counts import working_noise
from shiftexp.kernels.vessel_grid import SdPrior
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior
from shiftexp.kernels.vessel_rows import Likelihood, VesselRows
from shiftexp.kernels.vessel_stack import Stack, StackNodes, stack_fit, stack_nodes
from shiftexp.kernels.vessel_terms import change_scales
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
    unit = change_scales(y[None], T // 2, 1)[0][0]
    rows = stacked(y / unit, likelihoods=(kind,))
    group = 0 if kind == "negative binomial" else -1
    return replace(
        rows, noise_group=np.full(2 * T, group), exposure=np.full(len(rows.value), unit)
    )


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
        apart = stats.norm.logpdf(self.rows.value, level, np.sqrt(self.variance))
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
    y = np.round(rows.value * rows.exposure)
    positive = np.where(level > 0, level, 1.0)
    alpha = (sds / rows.value.mean()) ** 2
    several = rows.with_likelihood("negative binomial")
    size = np.where(several, 1 / np.where(several, alpha, 1.0), 1.0)
    expected = positive * rows.exposure
    poisson = stats.poisson.logpmf(y, expected)
    overdispersed = stats.nbinom.logpmf(y, size, size / (size + expected))
    counts = np.where(several, overdispersed, poisson)
    normal = stats.norm.logpdf(rows.value, level, np.where(sds > 0, sds, 1.0))
    found = np.where(level > 0, counts, -np.inf)
    return np.where(rows.with_likelihood("normal"), normal, found)


def single(rows: VesselRows, walks: Floats, noise: Floats) -> NodePosterior:
    """Return the posterior at known standard deviations."""
    nodes = StackNodes(walks[None], noise[None], np.zeros(1))
    return stack_fit(rows, Z, nodes, LINE).coefficients(FREE)


CASES = {  # mean count, overdispersion, most that means are off in sds, that sds are in parts
    "hundreds": (300.0, 0.0, 0.02, 0.02),
    "thirties": (30.0, 0.0, 0.05, 0.03),
    "tens": (10.0, 0.0, 0.08, 0.05),
    "fives": (5.0, 0.0, 0.10, 0.07),
    "thirties, overdispersed": (30.0, 0.05, 0.10, 0.05),
    "tens, overdispersed": (10.0, 0.1, 0.15, 0.08),
}


@pytest.mark.parametrize("case", CASES)
def test_flows_are_those_of_exact_sampling(case: str) -> None:
    mean, alpha, shift, part = CASES[case]
    for seed in range(3):
        rows = counted(mean, "negative binomial" if alpha else "poisson", seed, alpha)
        noise = np.array([np.sqrt(alpha) * rows.value.mean()]) if alpha else NOTHING
        walked = approximation(rows, WALKS, noise).walked(200, 200)
        sd, middle = walked.std(axis=(0, 1)), walked.mean(axis=(0, 1))
        by_chain = walked.mean(axis=0)
        error = (by_chain.std(axis=0, ddof=1) / np.sqrt(200) / sd).max()
        found = single(rows, WALKS, noise)
        apart = np.abs(found.mean[0, 0] - middle) / sd
        ratio = np.sqrt(np.diagonal(found.cov[0, 0])) / sd
        print(case, seed, apart.round(3), (ratio - 1).round(3), round(error, 4), 1/error**2)


def test_x():
    for m in (5., 10., 30.):
      for seed in range(3):
        rows = counted(m, "poisson", seed)
        f, w, e = approximation(rows, WALKS, NOTHING).weighted(50_000)
        found = single(rows, WALKS, NOTHING)
        mm=w@f; sd=np.sqrt(w@(f-mm)**2)
        print(m, seed, 'IS', ((found.mean[0,0]-mm)/sd).round(3), 1/(w**2).sum(), e-found.log_weight[0])
