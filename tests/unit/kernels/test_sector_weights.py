"""Unit tests of sector masses: against closed forms, draws, and what sets must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.sector_weights import (
    Piece,
    SectorMasses,
    prior_masses,
    sector_masses,
    smallest_set,
)
from shiftexp.kernels.tails import normal_cdf
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import pieces

ONE = np.ones(1)
EVERYWHERE = (Piece(np.zeros((0, 2)), np.zeros(0)),)


def half_planes(*rows: tuple[float, float, float]) -> Piece:
    """Return a piece from rows (a_O, a_D, at)."""
    table = np.array(rows)
    return Piece(table[:, :2], table[:, 2])


def masses(mean: Floats, cov: Floats, *parts: Piece) -> Floats:
    """Return the masses of one normal law in pieces, and in all of the plane twice over."""
    return sector_masses(ONE, mean[None], cov[None], (*((part,) for part in parts), EVERYWHERE))


@pytest.mark.parametrize("rho", [-0.99, -0.5, 0.0, 0.3, 0.9])
def test_a_quadrant_has_the_mass_of_sheppards_formula(rho: float) -> None:
    cov = np.array([[4.0, 6 * rho], [6 * rho, 9.0]])
    inside, everything = masses(np.zeros(2), cov, half_planes((-1, 0, 0), (0, -1, 0)))
    exact = 0.25 + math.asin(rho) / (2 * math.pi)
    assert inside / everything == pytest.approx(exact, abs=2e-5)


def test_a_rectangle_of_independent_effects_is_a_product() -> None:
    box = half_planes((1, 0, 5), (-1, 0, 5), (0, 1, 4), (0, -1, 4))
    inside, everything = masses(np.array([2.0, -3.0]), np.diag([9.0, 4.0]), box)
    sides = [
        normal_cdf((m - centre) / sd) - normal_cdf((-m - centre) / sd)
        for m, centre, sd in ((5, 2, 3), (4, -3, 2))
    ]
    assert inside / everything == pytest.approx(float(sides[0] * sides[1]), abs=1e-9)


def test_a_wedge_of_a_round_law_has_the_part_of_the_circle() -> None:
    wedge = half_planes((0, -1, 0), (1, -0.25, 0), (-1, -0.25, 0))
    inside, everything = masses(np.zeros(2), 49 * np.eye(2), wedge)
    assert inside / everything == pytest.approx(math.atan(0.25) / math.pi, abs=1e-5)


def test_masses_of_sectors_are_shares_of_draws() -> None:
    rng, count = np.random.default_rng(1), 200_000
    weight = np.array([0.6, 0.3, 0.1])
    mean = np.array([[-14.0, 20.0], [-2.0, 7.0], [3.0, -8.0]])
    cov = np.array([[[40, -20], [-20, 30]], [[9, 4], [4, 16]], [[100, 0], [0, 25]]], dtype=float)
    found = sector_masses(weight, mean, cov, pieces(5.0, 4.0))
    chosen = rng.choice(3, count, p=weight)
    root = np.linalg.cholesky(cov)[chosen]
    drawn = mean[chosen] + np.einsum("nij,nj->ni", root, rng.standard_normal((count, 2)))
    shares = [
        sum(float((drawn @ part.a.T <= part.at).all(axis=1).mean()) for part in sector)
        for sector in pieces(5.0, 4.0)
    ]
    assert sum(shares) == pytest.approx(1)
    assert found.sum() == pytest.approx(1)
    assert found == pytest.approx(np.array(shares), abs=4 * 0.5 / math.sqrt(count))


def test_a_law_far_inside_a_sector_leaves_the_others_nothing() -> None:
    found = sector_masses(ONE, np.array([[0.0, 1e3]]), np.eye(2)[None], pieces(5.0, 5.0))
    assert found[SECTOR_NAMES.index("expansion")] == pytest.approx(1)
    assert np.isfinite(found).all()


def test_an_effect_that_is_known_exactly_lies_in_one_sector() -> None:
    found = sector_masses(ONE, np.array([[-10.0, 20.0]]), np.zeros((1, 2, 2)), pieces(5.0, 5.0))
    assert found[SECTOR_NAMES.index("mixed")] == pytest.approx(1)


def test_what_the_prior_says_gives_every_sector_the_same_weight() -> None:
    prior = prior_masses(np.array([40.0, 40.0]), pieces(5.0, 5.0))
    assert SectorMasses(prior, prior).weight == pytest.approx(np.full(9, 1 / 9))
    assert prior[SECTOR_NAMES.index("null")] == pytest.approx(
        float(2 * normal_cdf(1 / 8) - 1) ** 2, rel=1e-6
    )


def test_components_without_mass_change_nothing() -> None:
    mean, cov = np.array([[-9.0, 12.0], [99.0, 99.0]]), np.stack([25 * np.eye(2), np.eye(2)])
    two = sector_masses(np.array([1 - 1e-12, 1e-12]), mean, cov, pieces(5.0, 5.0))
    one = sector_masses(ONE, mean[:1], cov[:1], pieces(5.0, 5.0))
    assert two == pytest.approx(one, abs=1e-9)


def test_the_set_is_the_smallest_that_holds_the_level() -> None:
    weight = np.array([0.05, 0.6, 0.3, 0.04, 0.01])
    assert smallest_set(weight, 0.94).tolist() == [True, True, True, False, False]
    assert smallest_set(weight, 0.89).tolist() == [False, True, True, False, False]
    assert smallest_set(weight, 0.5).tolist() == [False, True, False, False, False]


def test_of_equal_sectors_all_are_kept() -> None:
    assert smallest_set(np.full(9, 1 / 9), 0.95).all()
