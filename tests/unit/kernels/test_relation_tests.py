"""Tests of a long-run relation of pairs: batches, lags, likelihood ratios."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.reduced_rank import (
    drawn_series,
    error_correction,
    reduced_rank,
    vector_model,
)
from shiftexp.kernels.relation_tests import (
    asymptotic_law,
    likeliest_lags,
    ratio_of,
    relation_tests,
)
from tests.unit.dynamics.studies import related


def test_a_model_with_its_own_residuals_gives_the_series_back() -> None:
    y = related(60, 1.0, 0.5, np.random.default_rng(1), 3)
    seasons = (np.arange(60)[:, None] % 4 == np.arange(3)) - 0.25
    for terms in ("constant", "drift", "trend"):
        regression = error_correction(y, 3, terms, seasons)
        for rank in (0, 1):
            model = vector_model(regression, reduced_rank(regression).vectors[:, :, :rank])
            shocks = model.residuals[:, None]
            drawn = drawn_series(model, regression, y, shocks, seasons)
            np.testing.assert_allclose(drawn[:, 0], y, atol=1e-8)


def test_the_likelihood_ratio_is_zero_at_the_relation_and_above_elsewhere() -> None:
    regression = error_correction(related(80, -1.0, 0.5, np.random.default_rng(2), 2), 1, "drift")
    found = reduced_rank(regression)
    largest = found.values[:, 0]
    assert ratio_of(regression, found.vectors[:, :2, 0], largest) == pytest.approx(0, abs=1e-9)
    assert np.all(ratio_of(regression, np.array([1.0, 1.0]), largest) > 5)


def test_lags_that_are_there_are_chosen() -> None:
    rng = np.random.default_rng(3)
    changes = rng.standard_normal((20, 200, 2))
    for t in range(2, 200):
        changes[:, t] += 0.6 * changes[:, t - 2]
    assert np.median(likeliest_lags(changes.cumsum(axis=1), 4, "drift")) == 3
    walks = rng.standard_normal((20, 200, 2)).cumsum(axis=1)
    assert np.median(likeliest_lags(walks, 4, "drift")) == 1


def test_the_law_of_long_walks_has_its_published_quantiles() -> None:
    # Osterwald-Lenum (1992), Oxford Bulletin of Economics and Statistics 54, table 1.1*, 95 %
    assert np.quantile(asymptotic_law(1, "constant"), 0.95) == pytest.approx(9.24, abs=0.5)
    assert np.quantile(asymptotic_law(2, "constant"), 0.95) == pytest.approx(19.96, abs=0.8)


def test_claims_need_one_relation_and_its_sign() -> None:
    y = related(120, 1.0, 0.3, np.random.default_rng(4), 4)
    tests = relation_tests(y, np.array([1, 1, 2, 2]), "drift", 99, np.random.default_rng(1))
    assert tests.claims(0.05).sum() >= 3
    assert tests.beta == pytest.approx(np.ones(4), abs=0.6)
    assert np.all(tests.p_none == np.maximum(tests.p_trace[:, 0], tests.p_noisy))
    assert not tests.claims(0.0001).any()
