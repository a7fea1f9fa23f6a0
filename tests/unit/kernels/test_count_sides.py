"""Both sides against their controls: rate ratios by hand, dispersions, effort, pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.count_sides import PRIOR_ALPHA, PRIOR_PERIODS, CountTerms, fit_sides

T, BEFORE = 20, 12
POISSON = CountTerms(family="poisson", dispersion=None, trend=False, seasonal=False)
QUASI, NEGATIVE = replace(POISSON, family="quasi"), replace(POISSON, family="negative_binomial")


def cases(y: Floats, before: int = BEFORE) -> Cases:
    """Return cases (C, U, T) whose rows 0 and 1 are the sides and whose others are donors."""
    count, units, periods = y.shape
    time = np.arange(periods)
    learn = np.broadcast_to(time < before, (count, periods))
    return Cases(
        y=y,
        focal=np.broadcast_to([0, 1], (count, 2)),
        donors=np.broadcast_to(np.arange(units) >= 2, (count, units)),
        exposed=np.zeros((count, units)),
        learn=learn,
        treated=~learn,
        post=~learn,
        breaks=np.zeros((count, 2, periods, 0)),
        sampling=np.full(y.shape, np.nan),
        time=time.astype(float),
        season=np.zeros(periods, dtype=int),
        exposure=np.full(y.shape, np.nan),
    )


def counts(seed: int = 1, alpha: float = 0.0, count: int = 4, periods: int = T) -> Floats:
    """Return counts of two sides and four donors whose rates vary by alpha."""
    rng = np.random.default_rng(seed)
    means = np.array([30.0, 50.0, 20.0, 40.0, 80.0, 35.0])[:, None]
    shape = (count, 6, periods)
    rates = rng.gamma(1 / alpha, alpha, shape) if alpha else np.ones(shape)
    return rng.poisson(means * rates).astype(float)


def windows(y: Floats) -> tuple[Floats, Floats]:
    """Return sums before and after the onset."""
    return y[..., :BEFORE].sum(axis=-1), y[..., BEFORE:].sum(axis=-1)


def test_balanced_counts_have_the_log_rate_ratio_and_its_variance() -> None:
    y = counts()
    found = fit_sides(cases(y), POISSON)
    (y0, y1), (c0, c1) = windows(y[:, :2]), windows(y[:, 2:].sum(axis=1))
    ratio = np.log(y1 / y0) - np.log(c1 / c0)[:, None]
    assert found.step == pytest.approx(ratio, abs=1e-9)
    shared = (1 / c0 + 1 / c1)[:, None]
    own = np.diagonal(found.cov, axis1=1, axis2=2)
    assert own == pytest.approx(1 / y0 + 1 / y1 + shared, rel=1e-9)
    assert found.cov[:, 0, 1] == pytest.approx(shared[:, 0], rel=0.02)
    assert np.array_equal(found.cov[:, 0, 1], found.cov[:, 1, 0])
    without = y[:, 0, BEFORE:].mean(axis=1) / np.exp(found.step[:, 0])
    assert found.path[:, 0, BEFORE:].sum(axis=1) == pytest.approx(without * (T - BEFORE), rel=0.1)


def test_degrees_of_freedom_are_of_what_the_used_periods_tell() -> None:
    y, season = counts(), np.arange(T) % 4
    every = cases(y)
    before, after = every.learn & (season != 3), every.post & (season != 3)
    three = replace(every, season=season, seasons=4, learn=before, treated=after, post=after)
    found = fit_sides(three, replace(QUASI, seasonal=True))
    assert (found.df == 15 - 4).all()  # level, two seasons of three, step
    effort = replace(every, exposure=np.random.default_rng(1).uniform(1, 3, y.shape))
    assert (fit_sides(effort, replace(QUASI, effort="coefficient")).df == T - 3).all()
    assert (fit_sides(every, NEGATIVE).df == T - 2).all()


def test_without_a_degree_of_freedom_there_is_no_phi_and_alpha_is_the_guess() -> None:
    y = counts(alpha=0.3)[:, :, BEFORE - 1 : BEFORE + 1]
    found = fit_sides(cases(y, 1), QUASI)
    assert np.isnan(found.phi).all()
    assert np.isfinite(found.step).all()
    assert fit_sides(cases(y, 1), NEGATIVE).alpha == pytest.approx(PRIOR_ALPHA)


def test_the_other_side_is_never_in_the_comparison() -> None:
    y = counts()
    other = y.copy()
    other[:, 0] = counts(7)[:, 0] * 3
    first, second = fit_sides(cases(y), POISSON), fit_sides(cases(other), POISSON)
    assert np.array_equal(first.step[:, 1], second.step[:, 1])
    assert not np.allclose(first.step[:, 0], second.step[:, 0])


def test_a_batch_is_the_same_as_one_by_one() -> None:
    every = cases(counts(alpha=0.3))
    together = fit_sides(every, NEGATIVE)
    for case in range(len(every)):
        alone = fit_sides(every.take(np.array([case])), NEGATIVE)
        for name, values in vars(alone).items():
            assert np.allclose(getattr(together, name)[case], values[0], equal_nan=True), name


def test_phi_is_that_of_the_contrast() -> None:
    """Shocks that all rows share leave it at 1; those of one side count for this side."""
    rng, many = np.random.default_rng(3), 200
    means = 60 * rng.gamma(4, 0.25, (1, 1, many)) * np.ones((1, 6, 1))
    calm = rng.poisson(means).astype(float)
    means[0, 1] *= rng.gamma(10, 0.1, many)
    loud = rng.poisson(means).astype(float)
    assert fit_sides(cases(calm, 100), QUASI).phi[0] == pytest.approx([1, 1], abs=0.25)
    found = fit_sides(cases(loud, 100), QUASI)
    assert found.phi[0, 0] < 1.3
    assert found.phi[0, 1] > 4
    plain = fit_sides(cases(loud, 100), POISSON)
    assert found.cov[0, 1, 1] == pytest.approx(plain.cov[0, 1, 1] * found.phi[0, 1])
    assert found.df[0] == pytest.approx([198, 198])
    stated = fit_sides(cases(loud, 100), replace(QUASI, dispersion=2.5))
    assert (stated.phi == 2.5).all()


def test_alpha_is_found_in_long_series_and_drawn_to_the_guess_in_short_ones() -> None:
    long = fit_sides(cases(counts(5, alpha=0.2, count=2, periods=400), 200), NEGATIVE)
    assert long.alpha == pytest.approx(np.full((2, 2), 0.2), rel=0.25)
    calm = cases(np.tile(np.array([30.0, 50, 20, 40, 80, 35])[:, None], (1, 1, T)))
    df = 2 * (T - 2)
    expected = PRIOR_PERIODS * PRIOR_ALPHA / (df + PRIOR_PERIODS)
    assert fit_sides(calm, NEGATIVE).alpha[0] == pytest.approx([expected, expected])
    assert (fit_sides(calm, replace(NEGATIVE, dispersion=0.3)).alpha == 0.3).all()


def test_exposures_enter_to_a_known_or_an_estimated_power() -> None:
    rng, power = np.random.default_rng(2), 0.6
    exposure = rng.uniform(0.2, 5, (1, 6, T))
    level = np.array([300.0, 500, 200, 400, 800, 350])[:, None]
    effect = np.where(np.arange(T) >= BEFORE, 0.5, 0.0) * (np.arange(6) == 1)[:, None]
    y = np.round(level * exposure**power * np.exp(effect))[None][0]
    study = replace(cases(y), exposure=exposure)
    known = fit_sides(study, replace(POISSON, effort="offset", exponent=power))
    assert known.step[0] == pytest.approx([0, 0.5], abs=0.01)
    found = fit_sides(study, replace(POISSON, effort="coefficient"))
    assert found.exponent[0] == pytest.approx([power, power], abs=0.01)
    assert (found.exponent_error > 0).all()
    assert found.step[0] == pytest.approx([0, 0.5], abs=0.01)
    assert abs(fit_sides(study, POISSON).step[0, 1] - 0.5) > 0.02
    flat = replace(study, exposure=np.ones_like(exposure))
    assert not fit_sides(flat, replace(POISSON, effort="coefficient")).told.any()


def test_terms_of_a_side_are_its_own() -> None:
    time = np.arange(40)
    y = np.full((1, 6, 40), 400.0)
    tilt = np.where(time >= 28, time - time[28:].mean(), 0)
    y[0, 0] = np.round(900 * np.exp(0.02 * time))
    y[0, 1] = np.round(900 * np.exp(0.4 * (time >= 28) + 0.03 * tilt))
    trend = fit_sides(cases(y, 28), replace(POISSON, trend=True))
    assert trend.step[0, 0] == pytest.approx(0, abs=0.002)
    assert fit_sides(cases(y, 28), POISSON).step[0, 0] > 0.3
    growing = fit_sides(cases(y, 28), replace(POISSON, growing=True))
    assert growing.step[0, 1] == pytest.approx(0.4, abs=0.002)
    assert growing.effect[0, 1, 28:] == pytest.approx(0.4 + 0.03 * tilt[28:], abs=0.004)
    assert (growing.effect[0, 1, :28] == 0).all()


def test_a_reporting_break_takes_up_a_step_of_its_side() -> None:
    y = counts(count=1)
    y[0, 0, 5:] *= 3
    breaks = np.zeros((1, 2, T, 1))
    breaks[0, 0, 5:, 0] = 1
    found = fit_sides(replace(cases(y), breaks=breaks), POISSON)
    plain = fit_sides(cases(y), POISSON)
    assert abs(found.step[0, 0]) < 0.3
    assert plain.step[0, 0] > 0.4
    assert found.step[0, 1] == pytest.approx(plain.step[0, 1], abs=1e-9)


def test_pairs_compare_each_side_with_the_row_two_below() -> None:
    y = counts(count=2)[:, :4]
    found = fit_sides(cases(y), replace(POISSON, paired=True))
    (y0, y1), (c0, c1) = windows(y[:, :2]), windows(y[:, 2:])
    assert found.step == pytest.approx(np.log(y1 / y0) - np.log(c1 / c0), abs=1e-9)
    own = np.diagonal(found.cov, axis1=1, axis2=2)
    assert own == pytest.approx(1 / y0 + 1 / y1 + 1 / c0 + 1 / c1, rel=1e-9)
    assert (found.cov[:, 0, 1] == 0).all()


def test_an_absent_side_and_an_imposed_null() -> None:
    one = replace(cases(counts()), focal=np.broadcast_to([-1, 1], (4, 2)))
    found, both = fit_sides(one, POISSON), fit_sides(cases(counts()), POISSON)
    assert np.isnan(found.step[:, 0]).all()
    assert found.step[:, 1] == pytest.approx(both.step[:, 1], abs=1e-12)
    null = fit_sides(cases(counts()).learn_from_all(), POISSON)
    assert (null.effect == 0).all()
    assert np.isfinite(null.path).all()
