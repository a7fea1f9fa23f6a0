"""Central composite designs: exact for a normal density, within a tenth for a lopsided one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import digamma, polygamma

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.central_composite import (
    composite_nodes,
    find_mode,
    fraction,
    standard_design,
)


@pytest.mark.parametrize("m", range(1, 9))
def test_corners_tell_pairs_of_parameters_apart(m: int) -> None:
    corners = fraction(m)
    pairs = [corners[:, i] * corners[:, j] for i, j in itertools.combinations(range(m), 2)]
    effects = np.array([np.ones(len(corners)), *corners.T, *pairs])
    assert effects @ effects.T == pytest.approx(len(corners) * np.eye(len(effects)))


@pytest.mark.parametrize("m", range(1, 8))
def test_a_standard_normal_density_has_its_mass_mean_and_spread(m: int) -> None:
    points, log_weight = standard_design(m)
    mass = np.exp(log_weight - (points**2).sum(axis=1) / 2)
    assert mass.sum() == pytest.approx(1)
    assert mass @ points == pytest.approx(np.zeros(m), abs=1e-12)
    assert (mass[:, None] * points).T @ points == pytest.approx(np.eye(m))


def test_a_normal_density_anywhere_has_its_mean_and_covariance() -> None:
    rng = np.random.default_rng(1)
    mean, root = rng.normal(size=4), rng.normal(size=(4, 4)) / 2 + np.eye(4)
    cov = root @ root.T
    nodes = composite_nodes(lambda x: _normal(x, mean, cov), np.zeros(4))
    mass = np.exp(nodes.log_volume + _normal(nodes.points, mean, cov))
    mass /= mass.sum()
    assert mass @ nodes.points == pytest.approx(mean, abs=0.02)
    spread = (mass[:, None] * (nodes.points - mean)).T @ (nodes.points - mean)
    assert spread == pytest.approx(cov, abs=0.02 * cov.max())


def test_a_lopsided_density_has_its_mean_and_spread() -> None:
    def log_density(x: Floats) -> Floats:
        """Return that of independent logs of gamma variables with shape 3."""
        return np.asarray((3 * x - np.exp(x)).sum(axis=1))

    nodes = composite_nodes(log_density, np.zeros(3))
    mass = np.exp(nodes.log_volume + log_density(nodes.points))
    mass /= mass.sum()
    mean, sd = digamma(3), np.sqrt(polygamma(1, 3))
    middle = mass @ nodes.points
    assert middle == pytest.approx(np.full(3, mean), abs=0.1 * sd)
    assert abs(nodes.points[0] - mean) == pytest.approx(np.full(3, 0.28 * sd), rel=0.05)
    spread = np.sqrt(mass @ (nodes.points - middle) ** 2)
    assert spread == pytest.approx(np.full(3, sd), rel=0.1)


def test_the_mode_is_found_from_afar() -> None:
    def log_density(x: Floats) -> Floats:
        """Return a density with heavy tails, not concave far from its mode."""
        return np.asarray(-2 * np.log1p(((x - [3.0, -2.0]) ** 2).sum(axis=1)))

    mode, curvature = find_mode(log_density, np.array([-4.0, 6.0]))
    assert mode == pytest.approx([3.0, -2.0], abs=0.02)
    assert curvature == pytest.approx(4 * np.eye(2), rel=0.05, abs=0.05)


def _normal(x: Floats, mean: Floats, cov: Floats) -> Floats:
    """Return the log density of a normal law up to a constant."""
    return np.asarray(-np.einsum("gi,ij,gj->g", x - mean, np.linalg.inv(cov), x - mean) / 2)
