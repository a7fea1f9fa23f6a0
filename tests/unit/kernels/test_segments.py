"""Unit tests of segmented regression: against dummy-variable least squares, gaps included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.segments import (
    BOTH,
    DESTINATION_ONLY,
    ORIGIN_ONLY,
    period_effects,
    reference_paths,
    regressors,
    solve_segments,
)

T, ONSET, U = 24, 14, 5
RNG = np.random.default_rng(4)
VALUES = RNG.normal(size=(U, T)) + 0.3 * np.arange(T) + RNG.normal(size=T)


def make(count: int = 1, seasons: int = 1, steps: int = 0) -> Cases:
    """Return equal cases: rows 0 and 1 are the pair, the rest are donors; period 6 is unused."""
    before = np.arange(T) < ONSET
    before[6] = False
    breaks = np.zeros((count, 2, T, steps))
    for k in range(steps):
        breaks[:, k, 9 + k :, k] = 1.0
    return Cases(
        y=np.repeat(VALUES[None], count, 0),
        focal=np.repeat([[0, 1]], count, 0),
        donors=np.repeat([[False, False, True, True, True]], count, 0),
        exposed=np.zeros((count, U)),
        learn=np.repeat(before[None], count, 0),
        treated=np.repeat(np.arange(T)[None] >= ONSET, count, 0),
        post=np.repeat(np.arange(T)[None] >= ONSET, count, 0),
        breaks=breaks,
        sampling=np.full((count, U, T), np.nan),
        exposure=np.full((count, U, T), np.nan),
        time=np.arange(T, dtype=float),
        season=np.arange(T) % seasons,
        seasons=seasons,
    )


def columns(*, trend: bool, seasons: int = 1, step: int | None = None) -> tuple[Floats, int]:
    """Write the regression down, effect last; and the number of columns before it."""
    time, after = np.arange(T, dtype=float), (np.arange(T) >= ONSET).astype(float)
    own = [np.ones(T)] + ([time] if trend else [])
    own += [(time % seasons == s).astype(float) for s in range(1, seasons)]
    own += [] if step is None else [(time >= step).astype(float)]
    effect = [after] + ([after * time] if trend else [])
    return np.column_stack([*own, *effect]), len(own)


@pytest.mark.parametrize(("trend", "seasons", "steps"), [
    (False, 1, 0), (True, 1, 0), (True, 4, 0), (False, 4, 0), (True, 1, 2),
])  # fmt: skip
def test_solution_is_least_squares(trend: bool, seasons: int, steps: int) -> None:  # noqa: FBT001 - a table of cases
    cases = make(seasons=seasons, steps=steps)
    path, effect = solve_segments(cases.pair, cases, trend=trend, seasonal=True)
    used = cases.used[0]
    for side in (0, 1):
        x, split = columns(trend=trend, seasons=seasons, step=9 + side if steps else None)
        beta = sm.OLS(VALUES[side][used], x[used]).fit().params
        assert np.allclose(path[0, side], x[:, :split] @ beta[:split], atol=1e-9)
        assert np.allclose(effect[0, side], x[:, split:] @ beta[split:], atol=1e-9)


def test_there_is_no_effect_before_the_onset() -> None:
    cases = make()
    _, effect = solve_segments(cases.pair, cases, trend=True, seasonal=False)
    assert (effect[:, :, :ONSET] == 0).all()


def test_seasons_are_left_out_when_not_asked_for() -> None:
    cases = make(seasons=4)
    with_season, without = (
        solve_segments(cases.pair, cases, trend=False, seasonal=asked)[0] for asked in (True, False)
    )
    assert np.ptp(without[0, 0]) == pytest.approx(0, abs=1e-12)
    assert np.ptp(with_season[0, 0]) > 0.01


def test_an_absent_side_stays_missing() -> None:
    cases = replace(make(), focal=np.array([[-1, 1]]))
    path, effect = solve_segments(cases.pair, cases, trend=False, seasonal=False)
    assert np.isnan(path[0, 0]).all()
    assert np.isnan(effect[0, 0]).all()
    assert np.isfinite(path[0, 1]).all()


def test_a_batch_equals_one_by_one_whatever_its_periods() -> None:
    cases = make(4)
    learn = cases.learn.copy()
    learn[2, :3] = False
    treated = cases.treated.copy()
    treated[3, ONSET] = False
    cases = replace(cases, learn=learn, treated=treated)
    together = solve_segments(cases.pair, cases, trend=True, seasonal=False)
    for case in range(4):
        one = cases.take(np.array([case]))
        alone = solve_segments(one.pair, one, trend=True, seasonal=False)
        for a, b in zip(together, alone, strict=True):
            assert np.allclose(a[case], b[0], atol=1e-12)
    assert not np.allclose(together[0][2], together[0][0])


def test_breaks_belong_to_their_side() -> None:
    matrices = regressors(make(steps=2), 0, trend=False, seasonal=False)
    assert matrices.effect == 3
    assert matrices.columns(ORIGIN_ONLY) == [0, 1, 3]
    assert matrices.columns(DESTINATION_ONLY) == [0, 2, 3]
    assert matrices.columns(BOTH) == [0, 1, 2, 3]


def test_step_coefficient_is_the_mean_gap_over_the_post_periods() -> None:
    x = regressors(make(), 0, trend=True, seasonal=False).x[0]
    assert x[ONSET:, 3].mean() == pytest.approx(0, abs=1e-12)


def by_dummies(values: Floats) -> Floats:
    """Return period effects of a regression on unit and period dummies, with mean zero."""
    unit, period = np.nonzero(np.isfinite(values))
    seen = np.unique(period)
    x = np.column_stack(
        [*(unit == u for u in range(len(values))), *(period == t for t in seen[1:])]
    ).astype(float)
    beta = np.linalg.lstsq(x, values[unit, period], rcond=None)[0]
    found = np.full(values.shape[1], np.nan)
    found[seen] = np.concatenate([[0.0], beta[len(values) :]])
    return np.asarray(found - np.nanmean(found))


def test_period_effects_of_a_complete_panel_are_means() -> None:
    rows = np.array([False, False, True, True, True])
    mean = VALUES[2:].mean(axis=0)
    assert np.allclose(period_effects(VALUES, rows), mean - mean.mean(), atol=1e-10)


@pytest.mark.parametrize("periods", [2, 24, 60, 96, 120, 240])
def test_period_effects_of_long_panels_are_means_too(periods: int) -> None:
    # the period effects are known up to a constant: the normal matrix is singular by one
    for seed in range(3):
        values = np.random.default_rng(seed).normal(size=(6, periods)).cumsum(axis=1)
        mean = values.mean(axis=0)
        found = period_effects(values, np.ones(6, dtype=bool))
        assert np.allclose(found, mean - mean.mean(), atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_period_effects_of_donors_with_gaps_are_those_of_dummies(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((U, T)) < 0.25, np.nan, VALUES)
    values[:, 3] = np.nan
    rows = np.ones(U, dtype=bool)
    found = period_effects(values, rows)
    assert np.allclose(found, by_dummies(values), atol=1e-9, equal_nan=True)
    assert np.isnan(found[3])
    assert np.isfinite(np.delete(found, 3)).all()


def test_levels_of_the_donors_do_not_matter_even_with_gaps() -> None:
    values = VALUES.copy()
    values[0, :8] = np.nan
    rows = np.ones(U, dtype=bool)
    moved = values + np.array([0.0, 1e3, -50, 7, 2])[:, None]
    assert np.allclose(period_effects(moved, rows), period_effects(values, rows), atol=1e-8)


def test_reference_paths_of_cases_with_their_own_donors() -> None:
    cases = make(2)
    donors = cases.donors.copy()
    donors[1, 4] = False
    cases = replace(cases, donors=donors)
    found = reference_paths(cases.y, cases)
    assert found.shape == (2, 1, T)
    for case in (0, 1):
        assert np.allclose(found[case, 0], period_effects(VALUES, donors[case]))
    assert not np.allclose(found[0], found[1])


def test_reference_paths_of_cases_with_their_own_values() -> None:
    y = make(2).y.copy()
    y[1, 3] += np.arange(T)
    cases = replace(make(2), y=y)
    found = reference_paths(cases.y, cases)
    assert np.allclose(found[1, 0], period_effects(y[1], cases.donors[1]))
    assert not np.allclose(found[0], found[1])
