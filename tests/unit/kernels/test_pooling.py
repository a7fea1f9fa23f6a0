"""Random-effects pooling of pairs, against generalised least squares and direct integration."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.pooling import error_covariance, pooled

SDS = np.array([[1.0, 2.0], [2.0, 1.0], [1.5, 3.0]])
X = np.array([[[-2.0, 5.0], [-4.0, 7.0], [-1.0, 12.0]]])
SHARED = np.full((3, 3), 0.5) + np.eye(3) / 2
COV = error_covariance(SDS, -0.3, SHARED)


def test_errors_are_correlated_between_sides_and_indicators() -> None:
    assert np.sqrt(np.diag(COV)) == pytest.approx(SDS.ravel())
    assert COV[0, 1] == pytest.approx(-0.3 * 1 * 2)
    assert COV[0, 2] == pytest.approx(0.5 * 1 * 2)
    assert COV[0, 3] == pytest.approx(-0.15 * 1 * 1)
    assert np.linalg.eigvalsh(COV).min() > 0


def test_without_heterogeneity_it_is_generalised_least_squares() -> None:
    z = np.tile(np.eye(2), (3, 1))
    weight = np.linalg.inv(COV)
    cov = np.linalg.inv(z.T @ weight @ z)
    found = pooled(X, COV[None], 0.0)
    np.testing.assert_allclose(found.mean[0, 0], cov @ z.T @ weight @ X.ravel())
    np.testing.assert_allclose(found.cov[0, 0], cov)
    np.testing.assert_allclose(found.share[0, 0].sum(axis=0), 1.0)
    np.testing.assert_allclose(found.own_mean[0, 0], np.tile(found.mean[0, 0], (3, 1)))
    np.testing.assert_allclose(found.own_cov[0, 0, 1], cov, atol=1e-12)


def test_much_heterogeneity_leaves_every_indicator_to_itself() -> None:
    found = pooled(X, COV[None], 1e4)
    far = found.tau > 1e4
    np.testing.assert_allclose(found.own_mean[0, far], np.tile(X[0], (far.sum(), 1, 1)), atol=1e-2)
    expected = np.tile(X[0].mean(axis=0), (far.sum(), 1))
    np.testing.assert_allclose(found.mean[0, far], expected, atol=1e-2)


def test_weights_of_nodes_are_marginal_likelihoods_times_the_prior() -> None:
    scale = 5.0
    found = pooled(X, COV[None], scale)
    grid = np.linspace(-60, 60, 241)
    o, d = np.meshgrid(grid, grid, indexing="ij")
    rest = X[0].ravel() - np.tile(np.stack([o, d], axis=-1), 3)
    marginal = []
    for tau in found.tau[::20]:
        cov = COV + tau**2 * np.eye(6)
        square = np.einsum("abi,ij,abj->ab", rest, np.linalg.inv(cov), rest)
        marginal.append(np.exp(-square / 2).sum() / np.sqrt(np.linalg.det(cov)))
    expected = np.array(marginal) * found.prior[::20]
    ratio = found.weight[0, ::20] / expected
    assert ratio == pytest.approx(ratio[0], rel=1e-3)


def test_prior_masses_are_those_of_a_half_normal() -> None:
    found = pooled(X, COV[None], 5.0)
    assert found.tau[0] == 0
    assert found.prior.sum() == pytest.approx(1.0)
    assert (found.prior * found.tau**2).sum() == pytest.approx(25.0, rel=0.01)
    median = np.interp(0.5, found.prior.cumsum() - found.prior / 2, found.tau)
    assert median == pytest.approx(0.6745 * 5, rel=0.01)


def moments(x: np.ndarray, error: float, tau: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """Integrate pooled mean and sd of one side of independent indicators over a grid of tau."""
    spread = error**2 + tau**2
    count = len(x)
    log = -(count - 1) / 2 * np.log(spread) - ((x - x.mean()) ** 2).sum() / spread / 2
    # both sides share tau; the origin's estimates are all alike
    log = log - (count - 1) / 2 * np.log(spread)
    weight = mass * np.exp(log - log.max())
    weight = weight / weight.sum()
    return float(x.mean()), float(np.sqrt((weight * spread / count).sum()))


@pytest.mark.parametrize("error", [0.2, 0.02, 5.0, 40.0])
def test_nodes_agree_with_a_fine_grid_however_small_the_errors(error: float) -> None:
    scale = 25.0
    seen = np.array([50.0, 50.3, 49.8])
    x = np.stack([np.zeros(3), seen], axis=1)[None]
    cov = error_covariance(np.full((3, 2), error), 0.0, np.eye(3))
    found = pooled(x, cov[None], scale)
    sd = float(np.sqrt((found.weight[0] * found.cov[0, :, 1, 1]).sum()))
    grid = (np.arange(400_000) + 0.5) * 4 * scale / 400_000
    mean, expected = moments(seen, error, grid, np.exp(-((grid / scale) ** 2) / 2))
    assert found.mean[0, :, 1] == pytest.approx(mean)
    assert sd == pytest.approx(expected, rel=0.01)


def test_own_pairs_are_those_of_a_joint_draw() -> None:
    """Sampling theta and u from their joint normal law given x gives the same moments."""
    tau = 3.0
    found = pooled(X, COV[None], tau)
    k = int(np.abs(found.tau - tau).argmin())
    z = np.tile(np.eye(2), (3, 1))
    flat = 1e5
    prior = np.block(
        [
            [flat * np.eye(2), np.zeros((2, 6))],
            [np.zeros((6, 2)), found.tau[k] ** 2 * np.eye(6)],
        ]
    )
    seen = np.hstack([z, np.eye(6)])
    gain = prior @ seen.T @ np.linalg.inv(seen @ prior @ seen.T + COV)
    mean, cov = gain @ X.ravel(), prior - gain @ seen @ prior
    np.testing.assert_allclose(found.own_mean[0, k].ravel(), seen @ mean, rtol=1e-4)
    own = seen @ cov @ seen.T
    np.testing.assert_allclose(found.own_cov[0, k, 2], own[4:, 4:], rtol=1e-3, atol=1e-4)
