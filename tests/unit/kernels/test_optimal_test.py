"""Unit tests of the EMW-LL test: densities by quadrature, limits, tables, symmetry, invariance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_nodes import PROCESSES, Process
from shiftexp.kernels.mixture import posterior
from shiftexp.kernels.optimal_interval import intervals
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_tables import (
    build_tables,
    draw_series,
    fit_log_weights,
    grid_of,
)
from shiftexp.kernels.optimal_test import (
    LIMITS,
    Sides,
    TableKey,
    alternative_density,
    alternatives,
    effect_p,
    guard,
    limit_p,
    null_densities,
    null_limits,
    nulls,
    size_limits,
    statistic,
)
from shiftexp.kernels.power_bounds import power_bounds
from shiftexp.kernels.series_design import (
    SeriesDesign,
    evidence,
    posterior_cdf,
    posterior_moments,
    series_design,
)

T, ONSET = 20, 12
TIME = np.arange(T, dtype=float)
STEP = (TIME >= ONSET).astype(float)
X = np.column_stack([np.ones(T), STEP])
DESIGN = series_design(X, TIME, np.array([0.0, 1.0]))
TABLE = null_table(DESIGN)
Y = np.random.default_rng(4).normal(size=(6, T)) + 0.8 * STEP
FOUND = evidence(DESIGN, Y)


def numeric(k: int, weight: Callable[[float, float], float]) -> float:
    """Return the density of residuals and estimate, effect and scale integrated numerically."""
    rss, tau, v = FOUND.rss[0, k], FOUND.tau[0, k], DESIGN.variance[k]
    m = DESIGN.nodes.df

    def integrand(log_sigma: float) -> float:
        sigma = np.exp(log_sigma)
        scale = sigma**-m * np.exp(-rss / (2 * sigma**2))
        return float(scale * weight(tau, sigma * np.sqrt(v)))

    return float(integrate.quad(integrand, -4, 4, epsabs=0, epsrel=1e-10)[0])


@pytest.mark.parametrize("sides", ["two", "one"])
def test_ratios_of_densities_are_those_of_integrated_likelihoods(sides: Sides) -> None:
    for process in (Process(0.0), Process(0.6), Process(1.0, ratio=0.3)):
        k = PROCESSES.index(process)

        def null(tau: float, sd: float) -> float:
            return float(stats.norm.pdf(tau, 0, sd))

        def alternative(tau: float, sd: float) -> float:
            spread = np.sqrt(8) * sd  # the effect prior, given the scale
            both = float(stats.norm.pdf(tau, 0, 3 * sd))
            if sides == "two":
                return both
            above = stats.norm.cdf(8 / 9 * tau / np.sqrt(spread**2 * sd**2 / (9 * sd**2)))
            return 2 * both * float(above)

        at, alone = np.zeros(6), np.array([k])
        ours = alternative_density(DESIGN, FOUND, at, (alone, np.ones(1)), sides)[0]
        ours -= null_densities(DESIGN, FOUND, at, alone)[0, 0]
        assert ours == pytest.approx(np.log(numeric(k, alternative) / numeric(k, null)), abs=1e-5)


def test_limits_are_those_of_the_rows_and_lines_between() -> None:
    assert size_limits(0.05) == pytest.approx((0.057, 0.085, 0.20))
    assert size_limits(0.10) == pytest.approx((0.11, 0.15, 0.30))
    assert size_limits(0.01) == pytest.approx((0.012, 0.02, 0.05))
    between = size_limits(0.03)
    assert (LIMITS[1, 1:] < between).all()
    assert (LIMITS[2, 1:] > between).all()
    assert all(limit < 1 for limit in size_limits(0.9))
    assert size_limits(0.001)[0] < 0.0015
    assert guard(0.05, "two") == pytest.approx(0.20)
    assert guard(0.05, "one") == pytest.approx(0.15)


def test_nulls_and_alternatives_are_those_of_the_family() -> None:
    assert len(nulls("LL", shaped=False)) == 25
    assert len(nulls("AR", shaped=False)) == 14
    assert len(nulls("LL", shaped=True)) == 26
    limits = dict(
        zip(nulls("LL", shaped=False), null_limits("LL", 0.05, shaped=False), strict=True)
    )
    assert limits[Process(0.4)] == limits[Process(-0.3)] == pytest.approx(0.057)
    assert limits[Process(0.95)] == pytest.approx(0.071)
    assert limits[Process(0.9, 0.35)] == pytest.approx(0.0663, abs=1e-4)
    assert limits[Process(1.0, ratio=0.1)] == pytest.approx(0.085)
    for family in ("LL", "AR"):
        for shaped in (False, True):
            weights = alternatives("AR" if family == "AR" else "LL", shaped=shaped)
            assert sum(weights.values()) == pytest.approx(1)
    assert not any(p.ratio for p in alternatives("AR", shaped=False))


def test_p_values_meet_the_limits_under_every_null_they_were_made_for() -> None:
    rng = np.random.default_rng(9)
    for process, limit in zip(
        nulls("LL", shaped=False), null_limits("LL", 0.05, shaped=False), strict=True
    ):
        found = evidence(DESIGN, draw_series(DESIGN, process, rng.standard_normal((2000, T))))
        rejected = effect_p(DESIGN, TableKey(), TABLE, found, np.zeros(2000)) <= 0.05
        assert rejected.mean() <= limit + 4 * np.sqrt(limit / 2000)


def test_the_two_sided_test_does_not_care_for_sign_unit_level_or_added_effects() -> None:
    p = effect_p(DESIGN, TableKey(), TABLE, FOUND, np.zeros(6))
    for series, at in ((-Y, 0.0), (1e6 * Y, 0.0), (Y + 5, 0.0), (Y + 3 * STEP, 3.0)):
        again = evidence(DESIGN, series)
        same = effect_p(DESIGN, TableKey(), TABLE, again, np.full(6, at))
        assert same == pytest.approx(p, rel=1e-5)


def test_one_sided_p_values_grow_with_the_threshold_and_find_what_is_there() -> None:
    key = TableKey(sides="one")
    table = null_table(DESIGN, key)
    many = FOUND.take(np.zeros(200, dtype=np.int64))
    p = effect_p(DESIGN, key, table, many, np.linspace(-10, 10, 200))
    assert (np.diff(p) >= -1e-9).all()
    assert p[0] < 1e-3
    assert p[-1] > 0.9


def test_no_p_is_zero_and_none_exceeds_one() -> None:
    far = evidence(DESIGN, Y + 1e3 * STEP)
    p = effect_p(DESIGN, TableKey(), TABLE, far, np.zeros(6))
    assert p == pytest.approx(np.full(6, 2e-4))
    close = effect_p(DESIGN, TableKey(), TABLE, FOUND, posterior_mean(Y))
    assert ((close > 0.2) & (close <= 1)).all()


def posterior_mean(y: Floats) -> Floats:
    """Return the Bayes-AN means."""
    return posterior(DESIGN.mixture, y, DESIGN.functional).mean


def test_limits_are_one_above_the_median_and_the_two_sided_p_below() -> None:
    middle = posterior_mean(Y)
    assert limit_p(DESIGN, TableKey(), TABLE, FOUND, middle + 9) == pytest.approx(np.ones(6))
    below = limit_p(DESIGN, TableKey(), TABLE, FOUND, middle - 1)
    assert below == pytest.approx(effect_p(DESIGN, TableKey(), TABLE, FOUND, middle - 1))


def test_the_posterior_below_a_value_is_that_of_bayes_an() -> None:
    exact = posterior(DESIGN.mixture, Y, DESIGN.functional).cdf(np.full(6, 0.3))
    assert posterior_cdf(DESIGN, FOUND, np.full(6, 0.3)) == pytest.approx(exact, abs=1e-6)


def test_a_failed_guard_is_far_below_any_ratio() -> None:
    value, below = statistic(DESIGN, TableKey(), TABLE, FOUND, posterior_mean(Y))
    assert ((2 * np.minimum(below, 1 - below) > 0.2) == (value < -900)).all()


def test_intervals_hold_what_is_not_rejected_and_nothing_beyond() -> None:
    hull = intervals(DESIGN, TableKey(), TABLE, FOUND)
    width = hull.high - hull.low
    inside, outside = hull.low + 1e-3 * width, hull.low - 1e-3 * width
    assert (effect_p(DESIGN, TableKey(), TABLE, FOUND, inside) > 0.05).all()
    assert (effect_p(DESIGN, TableKey(), TABLE, FOUND, outside) <= 0.05).all()
    assert hull.connected.all()
    assert (hull.low < posterior_mean(Y)).all()
    assert (posterior_mean(Y) < hull.high).all()


def test_long_series_with_a_trend_have_no_set_between_two_points_of_the_grid() -> None:
    t = np.arange(120.0)
    step = (t >= 60).astype(float)
    x = np.stack([np.ones(120), t - t.mean(), step, step * (t - 89.5)], axis=1)
    design = series_design(x, t, np.array([0.0, 0.0, 1.0, 0.0]))
    y = np.random.default_rng(5).standard_normal((200, 120))
    found, table = evidence(design, y), null_table(design, TableKey())
    hull = intervals(design, TableKey(), table, found)
    width = hull.high - hull.low
    for end, outwards in ((hull.low, -1.0), (hull.high, 1.0)):
        inside, outside = (end + part * outwards * width for part in (-1e-3, 1e-3))
        assert (effect_p(design, TableKey(), table, found, inside) > 0.05).all()
        assert (effect_p(design, TableKey(), table, found, outside) <= 0.05).all()


def test_the_posterior_has_the_moments_of_bayes_an() -> None:
    exact = posterior(DESIGN.mixture, Y, DESIGN.functional)
    mean, spread = posterior_moments(DESIGN, FOUND)
    assert mean == pytest.approx(exact.mean)
    assert spread == pytest.approx(exact.std)


def test_a_larger_error_makes_a_shorter_interval() -> None:
    strip = TableKey(error=0.014)
    wide = intervals(DESIGN, strip, null_table(DESIGN, strip), FOUND)
    usual = intervals(DESIGN, TableKey(), TABLE, FOUND)
    assert (wide.low <= usual.low).all()
    assert (wide.high >= usual.high).all()


def test_the_shipped_table_is_the_one_its_design_gives() -> None:
    built = build_tables(DESIGN, (TableKey(), TableKey(sides="one"), TableKey(family="AR")))
    for key, table in built.items():
        kept = null_table(DESIGN, key)
        assert kept.log_weight == pytest.approx(table.log_weight, abs=0.05)
        assert kept.critical(0.05) == pytest.approx(table.critical(0.05), abs=0.02)
        assert (kept.p == table.p).all()
        assert (np.diff(kept.knots) <= 0).all()


def test_weights_are_fitted_until_rejections_meet_their_limits() -> None:
    rng = np.random.default_rng(1)
    limits = np.array([0.05, 0.10])
    null = np.repeat([0, 1], 4000)
    ratios = np.exp(rng.normal(size=(8000, 2)) + np.array([1.0, 2.0]))
    ratios[null == 1] *= 2
    mu = fit_log_weights(ratios, null, np.array([4000.0, 4000.0]), limits)
    rejected = ratios @ np.exp(mu) < 1
    shares = np.array([rejected[null == k].mean() for k in (0, 1)])
    assert (shares <= limits * 1.05).all()  # one limit binds; the other's weight falls to nothing
    assert (shares > limits * 0.9).any()


def test_the_grid_of_p_values_holds_the_error_exactly() -> None:
    for error in (0.014, 0.05, 0.1):
        grid = grid_of(error)
        assert error in grid
        assert (grid[0], grid[-1]) == pytest.approx((2e-4, 1.0))


def test_power_lies_below_its_bound_and_the_bound_below_what_a_seer_has() -> None:
    found = power_bounds(DESIGN, TABLE, draws=1000)
    assert (found.default <= found.bound + 0.06).all()
    assert (found.bound <= found.seer + 0.05).all()
    assert (found.default >= 0.8 * found.bound).all()
    assert found.seer == pytest.approx(0.7995, abs=1e-3)
    sd = np.sqrt(1 / ONSET + 1 / (T - ONSET))
    assert found.effect[0] == pytest.approx(2.8 * sd)


def test_a_design_has_one_name_whatever_the_columns_that_span_it() -> None:
    turned = np.column_stack([X[:, 0] + X[:, 1], X[:, 1]])
    other = series_design(turned, TIME, np.array([1.0, 1.0]))
    assert other.digest == DESIGN.digest
    assert series_design(X, TIME, np.array([1.0, 0.0])).digest != DESIGN.digest
    late = np.column_stack([np.ones(T), TIME >= ONSET + 1])
    assert series_design(late, TIME, np.array([0.0, 1.0])).digest != DESIGN.digest
    gapped = series_design(X, TIME + (TIME > 5), np.array([0.0, 1.0]))
    assert gapped.digest != DESIGN.digest
    shaped = series_design(X, TIME, np.array([0.0, 1.0]), np.linspace(1, 2, T))
    assert isinstance(shaped, SeriesDesign)
    assert shaped.shaped
    assert shaped.digest != DESIGN.digest
