"""The share of a flow: its prior by drawing, its posterior by many draws of all spreads."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.flow_shares import CELLS, flow_posterior, prior_cells, share_quantile
from shiftexp.kernels.flow_variance import at_walks, flow_likelihood, ratio_grid
from shiftexp.kernels.vessel_grid import SdPrior
from tests.unit.kernels.test_flow_variance import T, model, walks


@pytest.mark.parametrize("law", ["exponential", "half-normal"])
def test_the_prior_is_that_of_drawn_spreads(law: str) -> None:
    exponential = law == "exponential"
    rng = np.random.default_rng(1)
    drawn = rng.exponential(size=(3, 400_000)) if exponential else rng.normal(size=(3, 400_000))
    share = drawn[2] ** 2 / (drawn**2).sum(axis=0)
    cells = prior_cells(exponential=exponential)
    assert cells.sum() == pytest.approx(1)
    for p in (0.25, 0.5, 0.9):
        assert share_quantile(cells[None], p)[0] == pytest.approx(np.quantile(share, p), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prior", "seed"), [(SdPrior(), 3), (SdPrior(walk=0.6, exponential=False), 4)]
)
def test_the_posterior_is_that_of_weighted_draws_from_the_prior(prior: SdPrior, seed: int) -> None:
    found, rng, scale = model(2, 1), np.random.default_rng(seed), 1.3
    y = walks(2, seed) / 4 + rng.normal(size=(1, 2, T))
    grid = ratio_grid(scale, prior)
    posterior = flow_posterior(flow_likelihood(found, y, grid), np.array([scale]), prior)
    count = 6000
    drawn = rng.exponential(size=(3, count)) if prior.exponential else rng.normal(size=(3, count))
    sds = prior.walk * np.abs(drawn)
    noise = prior.noise * scale * np.abs(rng.normal(size=count))
    series, log = found.rotated(y), np.empty(count)
    for i, ((own, common, flow), spread) in enumerate(zip(sds.T, noise, strict=True)):
        ratio = np.array([flow / spread])
        told = at_walks(found, series, (own / spread, common / spread), ratio)
        log[i] = -found.df * np.log(spread) - told.rest[0, 0] / spread**2 / 2
        log[i] -= told.log_det[0] / 2
    weight = np.exp(log - log.max())
    share = sds[2] ** 2 / (sds**2).sum(axis=0)
    assert weight.sum() ** 2 / (weight**2).sum() > 300
    for at in (0.1, 0.3, 0.6):
        below = posterior.cells(grid)[0, : int(at * CELLS)].sum()
        assert below == pytest.approx(weight[share < at].sum() / weight.sum(), abs=0.04)
    logs = (np.log(sds / noise) * weight).sum(axis=1) / weight.sum()
    assert np.log(posterior.sds(grid)[0]) == pytest.approx(logs, abs=0.15)


def test_no_mass_lies_without_a_flow() -> None:
    grid = ratio_grid(1.0, SdPrior())
    told = flow_likelihood(model(2, 1), walks(2, 1, 2), grid)
    posterior = flow_posterior(told, np.ones(2), SdPrior())
    assert posterior.mass[..., 0].max() == 0
    assert posterior.mass.sum(axis=(1, 2, 3)) == pytest.approx(np.ones(2))


def test_quantiles_lie_where_their_mass_is() -> None:
    cells = np.array([[0.5, 0.0, 0.0, 0.5], [0.0, 1.0, 0.0, 0.0]])
    assert share_quantile(cells, 0.25) == pytest.approx([0.125, 0.3125])
    assert share_quantile(cells, 0.75) == pytest.approx([0.875, 0.4375])
