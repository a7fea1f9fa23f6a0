"""Fractional Bayes factors: closed forms for points and quadrants, draws for a shared index."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.rivals.bayes_factors import CONSTRAINTS, TIMES, fractional_factors
from shiftexp.rivals.hypotheses import COMMON, EXPANSION, NULL, SHARED, rival_hypotheses

N = 40
COV = np.array([[4.0, 1.0], [1.0, 2.0]])
WIDE = np.array([[4.0, 1.0, 1.5], [1.0, 2.0, 0.5], [1.5, 0.5, 3.0]])


def factors(mean: Floats, cov: Floats) -> dict[str, Floats]:
    """Return log Bayes factors at b, 2b and 3b by name."""
    hypotheses = rival_hypotheses((1.0, 1.0), None, np.array([100.0, 40.0]), donors=len(mean) > 2)
    found = fractional_factors(hypotheses, mean, cov, N)
    return {h.name: found[:, k] for k, h in enumerate(hypotheses)}


def test_the_null_has_the_ratio_of_two_densities() -> None:
    mean = np.array([1.0, 2.0])
    distance = mean @ np.linalg.inv(COV) @ mean
    b = CONSTRAINTS / N * np.array(TIMES)
    expected = -distance / 2 - np.log(b)  # |cov / b|^(1/2) / |cov|^(1/2) = 1 / b in the plane
    assert factors(mean, COV)[NULL] == pytest.approx(expected)


def test_a_quadrant_that_holds_everything_has_one_over_its_prior_mass() -> None:
    prior = 0.25 + math.asin(1 / math.sqrt(8)) / (2 * math.pi)
    found = factors(np.array([200.0, 200.0]), COV)[COMMON]
    assert found == pytest.approx(-math.log(prior) * np.ones(3), abs=1e-4)


def test_a_ray_has_a_density_times_the_doubled_chance_of_its_sign() -> None:
    mean, cov = np.array([1.0, 30.0]), np.diag([4.0, 2.0])
    b = CONSTRAINTS / N * np.array(TIMES)
    assert factors(mean, cov)[EXPANSION] == pytest.approx(-1 / 8 - np.log(b) / 2 + math.log(2))


def test_an_index_that_did_nothing_adds_its_own_density_ratio() -> None:
    """With an index independent of the pair and estimated at nothing: half a log of b more."""
    cov = np.zeros((3, 3))
    cov[:2, :2], cov[2, 2] = COV, 3.0
    b = CONSTRAINTS / N * np.array(TIMES)
    alone = factors(np.array([1.0, 2.0]), COV)
    beside = factors(np.array([1.0, 2.0, 0.0]), cov)
    for name in (NULL, EXPANSION, COMMON):
        assert beside[name] == pytest.approx(alone[name] - np.log(b) / 2)


def test_growth_that_donors_share_holds_what_draws_say() -> None:
    rng, mean = np.random.default_rng(1), np.array([2.0, 0.5, -0.3])
    after = (rng.multivariate_normal(mean, WIDE, 400_000) > 0).all(axis=1).mean()
    before = (rng.multivariate_normal(np.zeros(3), WIDE, 400_000) > 0).all(axis=1).mean()
    found = factors(mean, WIDE)[SHARED]
    assert np.exp(found) == pytest.approx(after / before * np.ones(3), rel=0.02)
