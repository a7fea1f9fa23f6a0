"""Statistics of structural breaks against regressions, statsmodels and hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import breaks_cusumolsresid, recursive_olsresiduals

from shiftexp.kernels.breaks import (
    TESTS,
    asymptotic_p,
    break_design,
    break_statistics,
    correlation_root,
    recursive_cusum_p,
    recursive_rows,
    shortest_segment,
    simulated_p,
    sup_f_p,
)
from shiftexp.kernels.cases import Floats

PERIODS = 24
TREND = np.column_stack([np.ones(PERIODS), np.arange(PERIODS) / 10])


def noise(count: int = 3, seed: int = 3) -> Floats:
    return np.random.default_rng(seed).standard_normal((count, PERIODS)).cumsum(axis=1)


@pytest.mark.parametrize("terms", [1, 2])
def test_every_f_is_that_of_two_regressions_against_one(terms: int) -> None:
    x, y = TREND[:, :terms], noise()
    design = break_design(x, 4, known=9)
    found = break_statistics(design, y)
    for b, row in enumerate(y):
        whole = sm.OLS(row, x).fit().ssr
        for k, at in enumerate(design.positions):
            apart = sm.OLS(row[:at], x[:at]).fit().ssr + sm.OLS(row[at:], x[at:]).fit().ssr
            f = (whole - apart) / (apart / (PERIODS - 2 * terms))
            assert found.f[b, k] == pytest.approx(f)
            if at == 9:
                assert found.values[b, 0] == pytest.approx(f / terms)
    assert found.values[:, 1] == pytest.approx(found.f.max(axis=1))
    assert found.values[:, 2] == pytest.approx(np.log(np.exp(found.f / 2).mean(axis=1)))
    assert found.values[:, 3] == pytest.approx(found.f.mean(axis=1))


def test_without_a_known_date_there_is_no_chow_test() -> None:
    found = break_statistics(break_design(TREND, 4), noise())
    assert np.isnan(found.values[:, 0]).all()
    assert np.isfinite(found.values[:, 1:]).all()


@pytest.mark.parametrize("terms", [1, 2])
def test_ols_cusum_is_that_of_statsmodels(terms: int) -> None:
    x, y = TREND[:, :terms], noise(1)[0]
    fit = sm.OLS(y, x).fit()
    statistic, p, _ = breaks_cusumolsresid(fit.resid, ddof=terms)
    design = break_design(x, 4)
    found = break_statistics(design, y[None]).values[0]
    assert found[TESTS.index("OLS-CUSUM")] == pytest.approx(statistic)
    law = asymptotic_p(design, found)[TESTS.index("OLS-CUSUM")]
    assert law == pytest.approx(p) if terms == 1 else np.isnan(law)


@pytest.mark.parametrize("terms", [1, 2])
def test_recursive_residuals_are_those_of_statsmodels(terms: int) -> None:
    x, y = TREND[:, :terms], noise(1)[0]
    peer = recursive_olsresiduals(sm.OLS(y, x).fit(), skip=terms)[4]
    assert recursive_rows(x) @ y == pytest.approx(peer[terms:])
    assert ((recursive_rows(x) @ y) ** 2).sum() == pytest.approx(sm.OLS(y, x).fit().ssr)


def test_statistics_know_neither_line_nor_unit_nor_seasons() -> None:
    season = np.arange(PERIODS) % 4
    dummies = (season[:, None] == np.arange(1, 4)).astype(float)
    design = break_design(TREND, 4, seasons=dummies, known=12)
    y = noise()
    moved = 7 * y + 3 + TREND[:, 1] * 5 + dummies @ np.array([4.0, -2.0, 9.0])
    assert break_statistics(design, moved).values == pytest.approx(
        break_statistics(design, y).values
    )
    assert design.df == PERIODS - 4 - 3


def test_a_clean_step_is_found_where_it_is_and_is_finite() -> None:
    y = np.where(np.arange(PERIODS) >= 10, 5.0, 1.0)[None]
    design = break_design(TREND[:, :1], 4)
    found = break_statistics(design, y)
    assert design.positions[found.f[0].argmax()] == 10
    assert np.isfinite(found.values[0, 1:]).all()


def test_simulated_p_is_the_rank_among_series_without_a_break() -> None:
    design, rng = break_design(TREND[:, :1], 4), np.random.default_rng(5)
    drawn = break_statistics(design, rng.standard_normal((99, PERIODS))).values
    middle = np.median(drawn, axis=0)
    root = correlation_root(0.0, np.arange(float(PERIODS)))
    p = simulated_p(design, middle, root, 99, np.random.default_rng(5))
    assert np.isnan(p[0])
    assert p[1:] == pytest.approx(np.full(5, 51 / 100))
    huge = np.full(6, 1e12)
    assert simulated_p(design, huge, root, 99, rng)[1:] == pytest.approx(np.full(5, 0.01))


def test_correlation_has_the_gaps_in_time() -> None:
    root = correlation_root(0.5, np.array([0.0, 1.0, 4.0]))
    assert (root @ root.T)[0] == pytest.approx([1.0, 0.5, 0.5**4])
    assert correlation_root(0.0, np.array([0.0, 3.0])) == pytest.approx(np.eye(2))


def test_p_values_fall_and_stay_probabilities() -> None:
    at = np.linspace(0.01, 40, 200)
    for p in (
        [sup_f_p(x, 1, 0.15) for x in at],
        [sup_f_p(x, 2, 0.15) for x in at],
        [recursive_cusum_p(x / 10) for x in at],
    ):
        assert min(p) >= 0
        assert max(p) <= 1
        assert (np.diff(p) <= 1e-3).all()


def test_segments_are_long_enough_to_have_a_variance() -> None:
    assert [shortest_segment(t, 2, 0.15) for t in (12, 20, 21, 100)] == [3, 3, 4, 15]
