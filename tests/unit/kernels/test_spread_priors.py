"""Unit tests of priors of standard deviations in scores: their laws, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from shiftexp.kernels.spread_priors import FARTHEST, SpreadPriors
from shiftexp.kernels.vessel_grid import SdPrior

PRIOR = SdPrior()
PRIORS = SpreadPriors.of(np.array([2.0, 3.0]), np.array([5.0]), PRIOR)


def test_a_score_is_the_normal_quantile_of_the_prior_probability() -> None:
    scores = np.array([-1.5, 0.0, 2.0])
    found = PRIORS.sds(np.repeat(scores[:, None], 3, axis=1))
    probability = stats.norm.cdf(scores)
    assert found[:, 0] == pytest.approx(stats.expon(scale=2 * PRIOR.walk).ppf(probability))
    assert found[:, 1] == pytest.approx(stats.expon(scale=3 * PRIOR.walk).ppf(probability))
    assert found[:, 2] == pytest.approx(stats.halfnorm(scale=5 * PRIOR.noise).ppf(probability))


def test_walks_that_dominate_have_half_normal_priors() -> None:
    wide = SdPrior(walk=0.6, exponential=False)
    found = SpreadPriors.of(np.ones(1), np.ones(1), wide).sds(np.ones((1, 2)))[0]
    assert found[0] == pytest.approx(stats.halfnorm(scale=0.6).ppf(stats.norm.cdf(1)))


def test_scores_are_found_again() -> None:
    scores = np.random.default_rng(1).normal(size=(20, 3))
    assert PRIORS.scores(PRIORS.sds(scores)) == pytest.approx(scores)


def test_the_farthest_scores_are_held() -> None:
    far = PRIORS.sds(np.full(3, 40.0))
    assert far == pytest.approx(PRIORS.sds(np.full(3, FARTHEST)))
    assert PRIORS.scores(np.array([0.0, 1e9, 1.0]))[:2].tolist() == [-FARTHEST, FARTHEST]
