"""Tests of a long-run relation of pairs: batches, lags, likelihood ratios."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.reduced_rank import (
    drawn_series,
    error_correction,
    reduced_rank,
    vector_model,
)
from shiftexp.kernels.relation_tests import (
    RelationTests,
    asymptotic_law,
    asymptotic_p,
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


@pytest.mark.slow
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


def made(*p: tuple[float, float, float, float]) -> RelationTests:
    """Return tests with p of no relation twice, of at most one, and of the sign."""
    none, noisy, one, sign = np.array(p).T
    still = np.ones(len(p))
    return RelationTests(
        lags=np.ones(len(p), dtype=int), trace=np.ones((len(p), 2)), largest=np.ones((len(p), 2)),
        p_trace=np.stack([none, one], axis=1), p_largest=np.ones((len(p), 2)), p_noisy=noisy,
        beta=still, adjustment=np.ones((len(p), 2)), sign_ratio=still, p_sign=sign,
        ratios=np.ones((len(p), 9)),
    )  # fmt: skip


def test_a_claim_needs_all_rejections_and_no_second_relation() -> None:
    good = (0.01, 0.02, 0.3, 0.04)
    claimed = {
        good: True,
        (0.2, 0.02, 0.3, 0.04): False,
        (0.01, 0.2, 0.3, 0.04): False,
        (0.01, 0.02, 0.01, 0.04): False,
        (0.01, 0.02, 0.3, 0.4): False,
        (0.05, 0.05, 0.3, 0.05): True,  # p of the size of the test rejects
        (0.01, 0.02, 0.05, 0.04): False,
    }
    tests = made(*claimed)
    assert tests.claims(0.05).tolist() == list(claimed.values())
    assert tests.p_none.tolist() == [max(p[:2]) for p in claimed]


def logs(y: Floats) -> tuple[Floats, Floats]:
    """Return log(1 - canonical correlation^2) of any relation, (2,), and of each series alone."""
    change = np.diff(y, axis=0) - np.diff(y, axis=0).mean(axis=0)
    level = y[:-1] - y[:-1].mean(axis=0)
    explained = np.linalg.solve(change.T @ change, change.T @ level)
    free = np.linalg.eigvals(np.linalg.solve(level.T @ level, level.T @ change @ explained))
    alone = np.diag(level.T @ change @ explained) / np.diag(level.T @ level)
    return np.log(1 - np.sort(free.real)[::-1]), np.log(1 - alone)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_sign_is_tested_against_the_likelier_series_alone_on_one_side(swapped: bool) -> None:  # noqa: FBT001 - a case
    y = related(30, 1.0, 0.8, np.random.default_rng(8), 1)
    y = y[:, :, ::-1] if swapped else y
    tests = relation_tests(y, np.array([1]), "drift", 199, np.random.default_rng(1))
    free, alone = logs(y[0])
    ratios = 29 * (alone - free[0])
    expected = [(1 + (tests.ratios[0] >= ratio).sum()) / 200 / 2 for ratio in ratios]
    assert tests.sign_ratio[0] == pytest.approx(ratios.min())
    assert tests.p_sign[0] == pytest.approx(max(expected))
    assert max(expected) > min(expected)


def test_either_statistic_is_ranked_among_its_own_draws() -> None:
    """Without a relation, lags and trend a draw is a walk of resampled changes about their mean."""
    walks = np.random.default_rng(11).standard_normal((1, 40, 2)).cumsum(axis=1)
    tests = relation_tests(walks, np.array([1]), "drift", 99, np.random.default_rng(2))
    change = np.diff(walks[0], axis=0)
    centred = change - change.mean(axis=0)
    index = np.random.default_rng(2).integers(39, size=(1, 99, 39))[0]
    steps = change.mean(axis=0) + centred[index]
    drawn = np.concatenate([np.zeros((99, 1, 2)), steps.cumsum(axis=1)], axis=1)
    seen = -39 * logs(walks[0])[0]
    under = np.array([-39 * logs(each)[0] for each in drawn])
    assert tests.trace[0] == pytest.approx([seen.sum(), seen[1]])
    assert tests.largest[0] == pytest.approx(seen)
    p_trace = (1 + (under.sum(axis=1) >= seen.sum()).sum()) / 100
    p_largest = (1 + (under[:, 0] >= seen[0]).sum()) / 100
    assert tests.p_trace[0, 0] == pytest.approx(p_trace)
    assert tests.p_largest[0, 0] == pytest.approx(p_largest)
    assert p_trace != p_largest


def corrected_aic(y: Floats, lags: int, most: int) -> float:
    """Return Hurvich and Tsai's criterion of an autoregression of levels (T, 2), by hand."""
    left = y[most:]
    right = np.hstack(
        [np.ones((len(left), 1)), *(y[most - j : len(y) - j] for j in range(1, lags + 1))]
    )
    residuals = left - right @ np.linalg.lstsq(right, left, rcond=None)[0]
    count, each = right.shape
    determinant = np.linalg.det(residuals.T @ residuals / count)
    return float(np.log(determinant) + 2 * (count + each) / (count - each - 2 - 1))


def test_lags_are_those_of_the_smallest_corrected_criterion() -> None:
    y = np.random.default_rng(20).standard_normal((1, 14, 2)).cumsum(axis=1)
    criteria = [corrected_aic(y[0], lags, 3) for lags in (1, 2, 3)]
    assert likeliest_lags(y, 3, "drift")[0] == 1 + np.argmin(criteria)


@pytest.mark.slow
def test_the_corrected_trace_takes_off_two_periods_a_lag() -> None:
    count, lags = 40, 3
    laws = [asymptotic_law(walks, "drift") for walks in (2, 1)]
    between = np.array([(law[3800] + law[3801]) / 2 for law in laws])  # 199 of 4000 lie above
    p = asymptotic_p(between * 40 / (40 - 6), count, lags, "drift")
    assert p == pytest.approx([200 / 4001] * 2)
    assert asymptotic_p(np.array([50.0, 9.0]), 6, 3, "drift").tolist() == [1.0, 1.0]
