"""Count regressions: statsmodels as the oracle, what has no maximum, and contrasts by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.count_regression import CountFit, count_contrast, count_regression

R, T, BEFORE = 4, 15, 9
STEP = (np.arange(T) >= BEFORE).astype(float)


def draws(seed: int = 1, count: int = 3, *, gaps: bool = True) -> Floats:
    """Return counts of small and large rows whose rates vary, some of them missing."""
    rng = np.random.default_rng(seed)
    means = np.array([3.0, 20.0, 1.0, 60.0])[:, None] * rng.gamma(5, 0.2, (count, R, T))
    y = rng.poisson(means).astype(float)
    if gaps:
        y[:, 2, 3:6] = np.nan
        y[:, 1, 12] = np.nan
    return y


def terms() -> Floats:
    """Return effects of rows, and the step of the first one, shape (1, R, T, K)."""
    rows = np.eye(R)[:, None, :].repeat(T, axis=1)
    step = np.zeros((R, T, 1))
    step[0, :, 0] = STEP
    return np.concatenate([rows, step], axis=2)[None]


def fit(y: Floats, alpha: float = 0.0, *, absorb: bool = True) -> CountFit:
    """Return the regressions of some cases."""
    return count_regression(y, terms(), np.zeros(y.shape), np.full(len(y), alpha), absorb=absorb)


def test_heavy_counts_have_their_maximum() -> None:
    rng = np.random.default_rng(11)
    rates = rng.gamma(1 / 6, 6.0, (2000, R, T))
    y = rng.poisson(50 * rates).astype(float)
    both = (y[:, 0, :BEFORE].sum(axis=1) > 0) & (y[:, 0, BEFORE:].sum(axis=1) > 0)
    found = fit(y, 1.0)
    assert found.converged[both].all()
    assert found.told[both, -1].all()
    score = np.where(found.weight > 0, (y - found.mean) / (1 + found.mean), 0.0)
    assert np.abs(score[both].sum(axis=2)).max() < 1e-5


def test_small_gains_of_large_counts_are_seen() -> None:
    rng = np.random.default_rng(4)
    y = rng.choice([0.0, 1e6], (200, R, T), p=[0.7, 0.3])
    both = (y[:, 0, :BEFORE].sum(axis=1) > 0) & (y[:, 0, BEFORE:].sum(axis=1) > 0)
    found = fit(y, 100.0)
    assert found.converged[both].all()
    score = np.where(found.weight > 0, (y - found.mean) / (1 + 100 * found.mean), 0.0)
    assert np.abs(score[both].sum(axis=2)).max() < 1e-6


@pytest.mark.parametrize("alpha", [0.0, 0.25])
@pytest.mark.parametrize("absorb", [True, False])
def test_statsmodels_gives_the_same(alpha: float, absorb: bool) -> None:  # noqa: FBT001 - a case
    y = draws()
    found = fit(y, alpha, absorb=absorb)
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    periods = np.broadcast_to(np.eye(T)[None, :, 1:], (R, T, T - 1))
    x = np.concatenate([terms()[0], periods], axis=2) if absorb else terms()[0]
    assert found.converged.all()
    assert found.told[:, -1].all()
    for case in range(len(y)):
        seen = np.isfinite(y[case])
        oracle = sm.GLM(y[case][seen], x[seen], family=family).fit(tol=1e-14, maxiter=300)
        assert found.coefficients[case, R] == pytest.approx(oracle.params[R], abs=1e-8)
        assert found.inverse[case, R, R] == pytest.approx(oracle.bse[R] ** 2, rel=1e-8)
        assert found.mean[case][seen] == pytest.approx(oracle.fittedvalues, rel=1e-7)
        assert np.isnan(found.mean[case][~seen]).all()


def test_the_influence_is_the_derivative() -> None:
    y, small = draws(count=1), 1e-4
    found = fit(y)
    for row, period in ((0, 2), (0, 11), (3, 5)):
        ends = []
        for sign in (1, -1):
            moved = y.copy()
            moved[0, row, period] += sign * small
            ends.append(fit(moved).coefficients[0, R])
        slope = (ends[0] - ends[1]) / (2 * small)
        assert found.influence(R)[0, row, period] == pytest.approx(slope, rel=1e-5)


def test_influences_add_up_to_the_variance() -> None:
    y = draws()
    found = fit(y, 0.25)
    mean = np.nan_to_num(found.mean)
    total = (found.influence(R) ** 2 * (mean + 0.25 * mean**2)).sum(axis=(1, 2))
    assert total == pytest.approx(found.inverse[:, R, R], rel=1e-9)


def test_rows_and_periods_of_zeros_say_nothing() -> None:
    y = draws(gaps=False)
    kept = fit(y)
    silent = np.concatenate([y, np.zeros((3, R, 1))], axis=2)
    silent[:, 2] = 0
    y[:, 2] = np.nan
    with_row = np.concatenate([terms(), terms()[:, :, -1:]], axis=2)
    found = count_regression(silent, with_row, np.zeros(silent.shape), np.zeros(3), absorb=True)
    assert found.coefficients[:, R] == pytest.approx(fit(y).coefficients[:, R], abs=1e-9)
    assert (found.mean[:, 2] == 0).all()
    assert not np.allclose(kept.coefficients[:, R], found.coefficients[:, R])


def test_a_ratio_to_nothing_is_not_told() -> None:
    y = draws(gaps=False)
    y[1, 0, :BEFORE] = 0
    found = fit(y)
    assert list(found.converged & found.told[:, R]) == [True, False, True]


def test_a_count_below_zero_is_fitted_while_the_likelihood_is_concave() -> None:
    y = draws()
    alone = fit(y[[0, 2]])
    y[1, 0, 3] = -2
    found = fit(y)
    assert found.converged.all()
    assert np.array_equal(found.coefficients[[0, 2]], alone.coefficients)
    score = np.nansum(y - found.mean, axis=2)
    assert score == pytest.approx(np.zeros((3, R)), abs=1e-7)
    assert list(fit(y, 0.1).converged) == [True, True, True]
    assert list(fit(y, 0.4).converged) == [True, False, True]


def test_a_step_too_far_is_halved() -> None:
    """One large count among zeros throws the first steps beyond the maximum."""
    y = np.zeros((1, R, T))
    y[0, :, ::7] = [[1], [900], [2], [40]]
    y[0, 0, 13] = 4000
    found = fit(y, 3.0, absorb=False)
    assert found.converged.all()
    oracle = sm.GLM(
        y[0].ravel(), terms()[0].reshape(-1, R + 1), sm.families.NegativeBinomial(alpha=3.0)
    )
    expected = oracle.fit(tol=1e-14, maxiter=500).params[R]
    assert found.coefficients[0, R] == pytest.approx(expected, abs=1e-7)


def test_the_contrast_is_the_working_residual_of_the_share() -> None:
    y = draws(gaps=False)
    found = fit(y)
    contrast = count_contrast(y, found.mean, np.zeros(3), np.zeros(3, dtype=int))
    others, fitted = y[:, 1:].sum(axis=1), found.mean[:, 1:].sum(axis=1)
    own, mean = y[:, 0], found.mean[:, 0]
    number, share = own + others, mean / (mean + fitted)
    information = number * share * (1 - share)
    assert contrast.residual == pytest.approx((own - number * share) / information, rel=1e-6)
    assert contrast.variance == pytest.approx(1 / information, rel=1e-6)
    used = np.ones((3, T), dtype=bool)
    expected = ((own - number * share) ** 2 / information).sum(axis=1)
    assert contrast.pearson(used) == pytest.approx(expected, rel=1e-6)
