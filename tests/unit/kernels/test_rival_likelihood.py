"""The likelihood under constraints: against the normal density, and against a search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.effect_regions import cone, plane, point, ray
from shiftexp.kernels.rival_likelihood import (
    FreeFit,
    RivalDesign,
    constrained_fit,
    draw_errors,
    effect_covariances,
    free_fit,
    held,
    node_weights,
    released,
    rival_design,
    shared_fit,
)

PERIODS = 18
TIME = np.delete(np.arange(PERIODS + 1.0), 7)
X = np.column_stack([np.ones(PERIODS), TIME - TIME.mean()])
STEP = (TIME >= 11).astype(float)
AR = rival_design(X, STEP, TIME, "ar1")
WALK = rival_design(X, STEP, TIME, "local level")
Y = np.random.default_rng(3).normal(0, 1, (4, 3, PERIODS)).cumsum(axis=2) * 0.4
Y[:, 1] += 3 * STEP
QUADRANT = cone((1.0, 0.0), (0.0, 1.0))


def correlation(design: RivalDesign, node: int) -> Floats:
    """Return R at a value of the errors' parameter."""
    return np.asarray(design.root[node] @ design.root[node].T)


def density(design: RivalDesign, y: Floats, effect: Floats, node: int) -> float:
    """Return the log density of series given effects, all else at its maximum."""
    r = correlation(design, node)
    left = y - effect[:, None] * STEP
    inverse = np.linalg.inv(r)
    coefficients = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ left.T)
    left = left - (X @ coefficients).T
    sigma = left @ inverse @ left.T / PERIODS
    return float(multivariate_normal(np.zeros(left.size), np.kron(sigma, r)).logpdf(left.ravel()))


@pytest.mark.parametrize("design", [AR, WALK], ids=["ar1", "local level"])
@pytest.mark.parametrize("region", [point((0.0, 0.0)), ray((0.0, 1.0)), QUADRANT, plane()])
def test_the_maximum_is_the_normal_density_there(design: RivalDesign, region: object) -> None:
    pair = Y[:, :2]
    found = constrained_fit(design, free_fit(design, pair), region)  # type: ignore[arg-type]  # a Region each
    for k in range(len(Y)):
        by_hand = density(design, pair[k], found.effect[k], int(found.node[k]))
        assert found.log_likelihood[k] == pytest.approx(by_hand, abs=1e-8)


def test_no_effects_of_the_cone_are_likelier() -> None:
    pair = Y[0, :2]
    found = constrained_fit(AR, free_fit(AR, pair[None]), QUADRANT)
    node = int(found.node[0])

    def worse(log_effect: Floats) -> float:
        return -density(AR, pair, np.exp(log_effect), node)

    best = minimize(worse, np.zeros(2), method="Nelder-Mead")
    assert found.log_likelihood[0] >= -best.fun - 1e-6
    assert found.log_likelihood[0] == pytest.approx(-best.fun, abs=1e-2)


def test_gaps_in_time_cost_correlation() -> None:
    node = 30
    rho = AR.values[node]
    r = correlation(AR, node)
    assert r[5, 6] == pytest.approx(rho)
    assert r[6, 7] == pytest.approx(rho**2)


def test_an_index_without_effect_is_one_more_constraint_on_the_same_density() -> None:
    found = constrained_fit(AR, held(AR, free_fit(AR, Y)), plane())
    for k in range(len(Y)):
        effect = np.append(found.effect[k], 0.0)
        by_hand = density(AR, Y[k], effect, int(found.node[k]))
        assert found.log_likelihood[k] == pytest.approx(by_hand, abs=1e-8)
        for other in ((0.2, 0.0), (0.0, 0.2)):
            moved = effect + np.append(other, 0.0)
            assert density(AR, Y[k], moved, int(found.node[k])) < by_hand


def test_a_shared_index_is_never_less_likely_than_one_held_at_nothing() -> None:
    fit = free_fit(AR, Y)
    shared = shared_fit(AR, fit, QUADRANT).log_likelihood
    still = constrained_fit(AR, held(AR, fit), QUADRANT).log_likelihood
    free = constrained_fit(AR, released(fit), QUADRANT).log_likelihood
    assert (still - 1e-9 <= shared).all()
    assert (shared <= free + 1e-9).all()


def test_an_index_that_grew_is_released() -> None:
    y = Y.copy()
    y[:, 2] += 50 * STEP
    fit = free_fit(AR, y)
    shared = shared_fit(AR, fit, QUADRANT).log_likelihood
    assert shared == pytest.approx(constrained_fit(AR, released(fit), QUADRANT).log_likelihood)
    y[:, 2] -= 100 * STEP
    fit = free_fit(AR, y)
    held_at_nothing = constrained_fit(AR, held(AR, fit), QUADRANT).log_likelihood
    assert shared_fit(AR, fit, QUADRANT).log_likelihood == pytest.approx(held_at_nothing)


def test_posterior_masses_sum_to_one_and_find_persistence() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(120.0)
    design = rival_design(np.ones((120, 1)), (time >= 70).astype(float), time, "ar1")
    node = int(np.abs(design.values - 0.7).argmin())
    sigma = np.broadcast_to(np.array([[1.0, 0.5], [0.5, 2.0]]), (30, 2, 2))
    y = draw_errors(design, np.full(30, node), sigma, rng)
    weight = node_weights(design, free_fit(design, y))
    assert weight.sum(axis=1) == pytest.approx(np.ones(30))
    assert float((weight @ design.values).mean()) == pytest.approx(0.7, abs=0.05)


def test_drawn_errors_have_the_covariance_asked_for() -> None:
    rng = np.random.default_rng(6)
    sigma = np.array([[1.0, 0.5], [0.5, 2.0]])
    y = draw_errors(AR, np.full(20_000, 35), np.broadcast_to(sigma, (20_000, 2, 2)), rng)
    found = np.einsum("bit,bjs->itjs", y, y) / len(y)
    asked = np.einsum("ij,ts->itjs", sigma, correlation(AR, 35))
    assert found == pytest.approx(asked, abs=0.08)


def test_covariances_of_effects_hold_for_effects_that_are_drawn() -> None:
    rng = np.random.default_rng(7)
    node, sigma = 12, np.array([[1.0, 0.5], [0.5, 2.0]])
    y = draw_errors(AR, np.full(4000, node), np.broadcast_to(sigma, (4000, 2, 2)), rng)
    fit: FreeFit = free_fit(AR, y)
    spread = np.cov(fit.effect[:, node].T)
    expected = effect_covariances(AR, fit)[:, node].mean(axis=0)
    inflated = AR.df / (AR.df - 3)  # a Student law is wider than the normal one it comes from
    assert expected / inflated == pytest.approx(spread, rel=0.08)
