"""Unit tests of posterior limits of a share of cases, independent and in clusters."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.case_shares import clustered_limits, independent_limits

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
