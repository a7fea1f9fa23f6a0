"""Unit tests of posterior limits of a share of cases, independent and in clusters."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.case_shares import clustered_limits, independent_limits
from shiftexp.kernels.cases import Floats, Integers

JEFFREYS = (0.5, 0.5)


def test_limits_cut_equal_tails_off_the_beta_law() -> None:
    from scipy.stats import beta

    found = independent_limits(20, 59, JEFFREYS, 0.9)
    law = beta(20.5, 39.5)
    assert law.cdf(found.low) == pytest.approx(0.05)
    assert law.sf(found.high) == pytest.approx(0.05)


def test_the_prior_counts() -> None:
    flat, sure = (independent_limits(3, 10, prior, 0.95) for prior in ((1, 1), (90, 10)))
    assert sure.low > flat.high * 0.9


@pytest.mark.parametrize("total", [1, 10, 500])
def test_nothing_seen_has_no_lower_limit_and_everything_seen_no_upper_one(total: int) -> None:
    assert independent_limits(0, total, JEFFREYS, 0.95).low == 0
    assert independent_limits(total, total, JEFFREYS, 0.95).high == 1
    sizes = np.array([total, total])
    assert clustered_limits(0 * sizes, sizes, JEFFREYS, 0.95).low == 0
    assert clustered_limits(sizes, sizes, JEFFREYS, 0.95).high == 1


def test_clusters_of_one_case_are_independent_cases() -> None:
    cases = np.repeat([1, 0], [20, 39])
    found = clustered_limits(cases, np.ones(59, dtype=int), JEFFREYS, 0.95)
    alone = independent_limits(20, 59, JEFFREYS, 0.95)
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=2e-3)


def test_clusters_that_differ_tell_less_than_clusters_alike() -> None:
    sizes = np.full(6, 10)
    alike = clustered_limits(np.full(6, 4), sizes, JEFFREYS, 0.95)
    apart = clustered_limits(np.array([0, 8, 0, 8, 0, 8]), sizes, JEFFREYS, 0.95)
    pooled = independent_limits(24, 60, JEFFREYS, 0.95)
    assert apart.high - apart.low > 1.5 * (alike.high - alike.low)
    assert alike.high - alike.low > pooled.high - pooled.low


def test_the_posterior_of_clusters_agrees_with_a_plain_sum() -> None:
    """The same posterior over a plain grid of shares and correlations."""
    from scipy.stats import betabinom

    cases, sizes = np.array([2, 7, 3]), np.array([12, 10, 9])
    p = (np.arange(400) + 0.5) / 400
    r = (np.arange(100) + 0.5) / 100
    strength = 1 / r - 1
    a, b = p[:, None] * strength, (1 - p)[:, None] * strength
    like = np.ones_like(a)
    for k, n in zip(cases, sizes, strict=True):
        like *= betabinom.pmf(k, n, a, b)
    mass = like.sum(axis=1) / np.sqrt(p * (1 - p))
    cdf = np.cumsum(mass) / mass.sum()
    found = clustered_limits(cases, sizes, JEFFREYS, 0.95)
    assert found.low == pytest.approx(p[np.searchsorted(cdf, 0.025)], abs=5e-3)
    assert found.high == pytest.approx(p[np.searchsorted(cdf, 0.975)], abs=5e-3)


def _dense(cases: Integers, totals: Integers) -> Floats:
    """Return limits of the same posterior with 400 nodes on the correlation itself."""
    from scipy.special import betaln

    x, weights = np.polynomial.legendre.leggauss(400)
    strength = 2 / (x + 1) - 1
    angles = (np.arange(500) + 0.5) / 500 * np.pi / 2
    p = np.sin(angles) ** 2  # equally probable under Jeffreys
    a, b = p[:, None] * strength, (1 - p)[:, None] * strength
    like = -len(cases) * betaln(a, b)
    for k, n in zip(cases, totals, strict=True):
        like += betaln(a + k, b + n - k)
    mass = np.exp(like - like.max()) @ weights
    cumulated = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.asarray(np.interp([0.025, 0.975], cumulated, p))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clusters", "spread", "size"),
    [(10, 0.0, 1000), (30, 0.15, 50), (30, 0.3, 1000)],
)
def test_many_large_clusters_agree_with_a_dense_sum(
    clusters: int, spread: float, size: int
) -> None:
    shares = 0.3 + spread * np.linspace(-1, 1, clusters)
    cases, totals = np.round(shares * size).astype(int), np.full(clusters, size)
    found = clustered_limits(cases, totals, JEFFREYS, 0.95)
    assert [found.low, found.high] == pytest.approx(_dense(cases, totals), abs=3e-3)


def test_ten_large_clusters_alike_have_narrow_limits() -> None:
    found = clustered_limits(np.full(10, 300), np.full(10, 1000), JEFFREYS, 0.95)
    assert (found.low, found.high) == pytest.approx((0.289, 0.311), abs=1e-3)
