"""Unit tests of Bayes-AN: against direct generalised least squares, and laws of its posterior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import null_space

from shiftexp.kernels import error_nodes
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.mixture import (
    Mixture,
    draw_coefficients,
    error_correlation,
    mean_coefficients,
    mixture_design,
    node_weights,
    posterior,
    prior_mass,
)

T, ONSET = 20, 13
TIME = np.arange(T, dtype=float)
STEP = (TIME >= ONSET).astype(float)
X = np.column_stack([np.ones(T), STEP])
TREND = np.column_stack([np.ones(T), TIME - TIME.mean(), STEP, STEP * (TIME - 16)])
DESIGN = mixture_design(X, TIME)
Y = np.random.default_rng(11).normal(size=(5, T)).cumsum(axis=1) * 0.5 + 3 * STEP
ASK = np.array([0.0, 1.0])
NODES = {"white": (0, 0.0, 1.0), "ar.6": (12, 0.6, 1.0), "walk": (22, 1.0, 1.0)}
NOISY = {(p.r, p.share): 30 + i for i, p in enumerate(error_nodes.NOISY)}


def kernel(r: float, w: float, x: Floats, time: Floats) -> Floats:
    """Return the error covariance of a node, built entry by entry."""
    size = len(time)
    inside = null_space(x.T)
    raw = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            s, t = time[i] - time[0] + 1, time[j] - time[0] + 1
            raw[i, j] = min(s, t) if r == 1 else r ** abs(s - t)
    scaled = raw * inside.shape[1] / np.trace(inside.T @ raw @ inside)
    return np.asarray(w * scaled + (1 - w) * np.eye(size))


def all_nodes() -> list[tuple[int, float, float]]:
    """Return position, r and w of a few nodes of every family."""
    return [*NODES.values(), *((i, r, w) for (r, w), i in list(NOISY.items())[::3])]


@pytest.mark.parametrize("x", [X, TREND], ids=["level", "trend"])
@pytest.mark.parametrize(("node", "r", "w"), all_nodes())
def test_coefficients_are_those_of_generalised_least_squares(
    x: Floats, node: int, r: float, w: float
) -> None:
    design, omega = mixture_design(x, TIME), kernel(r, w, x, TIME)
    root = np.linalg.inv(np.linalg.cholesky(omega))
    expected = np.linalg.lstsq(root @ x, root @ Y.T, rcond=None)[0].T
    assert np.allclose(Y @ design.rows[node].T, expected, atol=1e-8)
    cov = np.linalg.inv(x.T @ np.linalg.inv(omega) @ x)
    assert np.allclose(design.cov[node], cov, atol=1e-8)


@pytest.mark.parametrize(("node", "r", "w"), all_nodes())
def test_residual_sum_is_the_generalised_one(node: int, r: float, w: float) -> None:
    inverse = np.linalg.inv(kernel(r, w, X, TIME))
    residual = Y - Y @ DESIGN.rows[node].T @ X.T
    expected = np.einsum("bt,ts,bs->b", residual, inverse, residual)
    _, variance = node_weights(DESIGN, Y)
    assert np.allclose(variance[:, node] * DESIGN.df, expected, rtol=1e-8)


@pytest.mark.slow
def test_weights_are_restricted_marginal_likelihoods_times_the_prior() -> None:
    # N'y ~ N(0, s N' Omega N); the flat prior on log s is integrated on a fine grid
    inside, y = null_space(X.T), Y[1]
    log_s = np.linspace(-8, 12, 1001)
    log_prior = np.log(prior_mass(shaped=False)[: len(DESIGN.whiten)])
    numeric = []
    for node, r, w in all_nodes():
        inner = inside.T @ kernel(r, w, X, TIME) @ inside
        value = [
            stats.multivariate_normal(cov=np.exp(s) * inner).logpdf(inside.T @ y) for s in log_s
        ]
        numeric.append(np.logaddexp.reduce(value) + log_prior[node])
    weight, _ = node_weights(DESIGN, y[None])
    found = np.log(weight[0, [node for node, _, _ in all_nodes()]])
    assert np.allclose(np.diff(found), np.diff(numeric), atol=1e-6)


def test_local_level_nodes_have_their_ratio_of_variances() -> None:
    inside = null_space(X.T)
    walk = np.minimum.outer(TIME + 1, TIME + 1)
    for i, q in enumerate(p.ratio for p in error_nodes.LOCAL_LEVEL):
        assert q is not None
        omega = np.eye(T) + q * walk
        root = np.linalg.cholesky(inside.T @ omega @ inside)
        rows = np.linalg.solve(root, inside.T)
        shape = np.array([[y @ rows.T @ rows @ y for y in Y[:2]]])
        ours = np.array([[y @ DESIGN.whiten[23 + i].T @ DESIGN.whiten[23 + i] @ y for y in Y[:2]]])
        assert shape[0, 0] / shape[0, 1] == pytest.approx(ours[0, 0] / ours[0, 1], rel=1e-9)


def test_prior_mass_is_that_of_the_study() -> None:
    mass = prior_mass(shaped=False)
    assert (mass[38:] == 0).all()
    mass = mass[:38]
    assert (len(mass), len(DESIGN.whiten)) == (38, 38)
    assert mass[:23].sum() == pytest.approx(0.5)
    assert mass[23:30] == pytest.approx(np.full(7, 0.3 / 7))
    assert mass[30:] == pytest.approx(np.full(8, 0.2 / 8))
    assert mass[1] == pytest.approx(0.5 * 0.05)
    assert DESIGN.persistent.sum() == 5 + 2 + 4


def test_noise_with_a_shape_of_its_own_shares_the_mass_of_independent_errors() -> None:
    plain, shaped = prior_mass(shaped=False), prior_mass(shaped=True)
    assert shaped.sum() == pytest.approx(1)
    assert shaped[0] == shaped[-1] == pytest.approx(plain[0] / 2)
    assert (shaped[1:-1] == plain[1:-1]).all()


def test_weights_sum_to_one() -> None:
    weight, _ = node_weights(DESIGN, Y)
    assert weight.sum(axis=1) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(("factor", "shift"), [(1e6, 0.0), (1e-6, 0.0), (1.0, 1e4), (7.0, -50.0)])
def test_units_and_level_of_the_series_do_not_matter(factor: float, shift: float) -> None:
    plain, moved = posterior(DESIGN, Y, ASK), posterior(DESIGN, factor * Y + shift, ASK)
    assert np.allclose(moved.weight, plain.weight, rtol=1e-5, atol=1e-12)
    assert np.allclose(moved.location, factor * plain.location, rtol=1e-6, atol=1e-8 * factor)
    assert np.allclose(moved.scale, factor * plain.scale, rtol=1e-6)


def test_adding_an_effect_moves_the_posterior_by_it() -> None:
    plain, moved = posterior(DESIGN, Y, ASK), posterior(DESIGN, Y + 5 * STEP, ASK)
    assert np.allclose(moved.weight, plain.weight, rtol=1e-9)
    assert np.allclose(moved.mean, plain.mean + 5)
    assert np.allclose(moved.std, plain.std)


def test_distribution_function_rises_from_zero_to_one() -> None:
    mix = posterior(DESIGN, Y[:1], ASK)
    grid = np.linspace(-60, 60, 241)
    rows = np.zeros(len(grid), dtype=int)
    many = replace(mix, weight=mix.weight[rows], location=mix.location[rows], scale=mix.scale[rows])
    values = many.cdf(grid)
    assert (np.diff(values) >= 0).all()
    assert values[0] < 1e-4
    assert values[-1] > 1 - 1e-4


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.5, 0.9, 0.999])
def test_quantiles_invert_the_distribution_function(probability: float) -> None:
    mix = posterior(DESIGN, Y, ASK)
    assert mix.cdf(mix.quantile(probability)) == pytest.approx(np.full(5, probability), abs=1e-9)


def test_an_interval_is_two_quantiles_and_batches_join() -> None:
    mix = posterior(DESIGN, Y, ASK)
    low, high = mix.interval(0.9)
    assert low == pytest.approx(mix.quantile(0.05), abs=1e-11)
    assert high == pytest.approx(mix.quantile(0.95), abs=1e-11)
    parts = [mix.take(np.array([0, 1])), mix.take(np.array([2, 3, 4]))]
    assert Mixture.join(parts).interval(0.9)[1] == pytest.approx(high, abs=1e-11)


def test_quantiles_take_a_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Newton's step is zero the search is over; it once halved away from the root."""
    asked = []
    density = Mixture.density

    def counted(mix: Mixture, at: Floats) -> Floats:
        asked.append(len(at))
        return density(mix, at)

    monkeypatch.setattr(Mixture, "density", counted)
    posterior(DESIGN, Y, ASK).quantile(0.025)
    assert len(asked) <= 12


def test_one_node_is_a_student_law() -> None:
    mix = Mixture(np.array([[1.0]]), np.array([[2.0]]), np.array([[3.0]]), np.zeros(1), 9)
    law = stats.t(9, 2, 3)
    assert mix.cdf(np.array([4.5]))[0] == pytest.approx(law.cdf(4.5), abs=1e-12)
    assert mix.quantile(0.9)[0] == pytest.approx(law.ppf(0.9), abs=1e-9)
    assert (mix.mean[0], mix.std[0]) == pytest.approx((2.0, law.std()))


def test_draws_agree_with_the_distribution_function() -> None:
    rng = np.random.default_rng(5)
    count, mix = 20_000, posterior(DESIGN, Y[:1], ASK)
    draws = draw_coefficients(
        DESIGN, Y[0], (1,), rng.standard_normal((count, 1 + DESIGN.df)), rng.random(count)
    )[:, 0]
    for probability in (0.025, 0.25, 0.5, 0.975):
        share = float((draws <= mix.quantile(probability)[0]).mean())
        assert share == pytest.approx(probability, abs=4 * np.sqrt(0.25 / count))


def test_draws_of_two_coefficients_keep_their_covariance() -> None:
    rng, count = np.random.default_rng(6), 40_000
    design = mixture_design(TREND, TIME)
    draws = draw_coefficients(
        design, Y[0], (2, 3), rng.standard_normal((count, 2 + design.df)), rng.random(count)
    )
    for ask in (np.eye(4)[2], np.eye(4)[3], np.array([0.0, 0.0, 1.0, 3.0])):
        mix = posterior(design, Y[:1], ask)
        along = draws @ ask[2:]
        assert along.mean() == pytest.approx(mix.mean[0], abs=5 * mix.std[0] / count**0.5)
        assert along.std() == pytest.approx(mix.std[0], rel=0.05)


def test_posterior_means_of_all_coefficients() -> None:
    every = mean_coefficients(DESIGN, Y)
    for column in range(2):
        assert np.allclose(every[:, column], posterior(DESIGN, Y, np.eye(2)[column]).mean)


def test_a_functional_for_each_series() -> None:
    asks = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, -1.0]])
    together = posterior(DESIGN, Y, asks)
    for i, ask in enumerate(asks):
        alone = posterior(DESIGN, Y[i : i + 1], ask)
        assert np.allclose(together.location[i], alone.location[0])
        assert np.allclose(together.scale[i], alone.scale[0])


def test_missing_periods_keep_the_true_distances_in_time() -> None:
    kept = np.delete(np.arange(T), [4, 5, 15])
    gapped, full = mixture_design(X[kept], TIME[kept]), mixture_design(X, TIME)
    for node, r, w in NODES.values():
        sub = kernel(r, w, X, TIME)[np.ix_(kept, kept)]
        rows = np.linalg.solve(
            X[kept].T @ np.linalg.inv(sub) @ X[kept], X[kept].T @ np.linalg.inv(sub)
        )
        assert np.allclose(gapped.rows[node], rows, atol=1e-8)
    closed_up = mixture_design(X[kept], np.arange(len(kept), dtype=float))
    assert not np.allclose(gapped.rows[12], closed_up.rows[12], atol=1e-3)
    assert gapped.df == full.df - 3


def test_time_may_start_anywhere() -> None:
    later = mixture_design(X, TIME + 2000)
    assert np.allclose(later.whiten, DESIGN.whiten)
    assert np.allclose(later.log_weight, DESIGN.log_weight)


def test_a_random_walk_is_found_persistent_and_noise_is_not() -> None:
    rng, time = np.random.default_rng(8), np.arange(60.0)
    design = mixture_design(np.column_stack([np.ones(60), time >= 40]), time)
    noise = rng.normal(size=(20, 60))
    both = np.vstack([noise, noise.cumsum(axis=1)])
    mass = posterior(design, both, ASK).persistence
    assert np.median(mass[:20]) < 0.05
    assert np.median(mass[20:]) > 0.9


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.7])
def test_error_correlation_is_recovered(rho: float) -> None:
    rng, time = np.random.default_rng(9), np.arange(80.0)
    design = mixture_design(np.column_stack([np.ones(80), time >= 40]), time)
    first, second = rng.normal(size=(2, 80))
    pair = np.stack([first, rho * first + np.sqrt(1 - rho**2) * second])
    assert error_correlation(design, pair) == pytest.approx(rho, abs=0.25)
    assert error_correlation(design, pair[[0, 0]]) == pytest.approx(1.0)


def test_a_perfect_fit_has_a_scale_near_zero_and_no_nan() -> None:
    mix = posterior(DESIGN, (3 + 2 * STEP)[None], ASK)
    assert mix.mean[0] == pytest.approx(2.0)
    assert np.isfinite(mix.std).all()
    assert mix.std[0] < 1e-6
