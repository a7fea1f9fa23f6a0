"""Unit tests of weighted donors: weights by hand, folds, steps, and the two kinds of weights."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.synthetic import (
    Weighting,
    complete_donors,
    donor_fit,
    double_weights,
    weighted_paths,
)

PLAIN = Weighting(intercept=False, augment=math.inf, folds=1)
T, BEFORE = 12, 8


def cases(y: Floats) -> Cases:
    """Return one case whose rows 0 and 1 are origin and destination, the others donors."""
    time = np.arange(T)
    return Cases(
        y=y[None],
        focal=np.array([[0, 1]]),
        donors=(np.arange(len(y)) >= 2)[None],
        exposed=np.zeros((1, len(y))),
        learn=(time < BEFORE)[None],
        treated=(time >= BEFORE)[None],
        post=(time >= BEFORE)[None],
        breaks=np.zeros((1, 2, T, 0)),
        sampling=np.full((1, len(y), T), np.nan),
        exposure=np.full((1, len(y), T), np.nan),
        time=time.astype(float),
        season=np.zeros(T, dtype=int),
    )


def world(seed: int = 1) -> Floats:
    """Return six donors, an origin of a quarter and three quarters of two of them, and a mix."""
    donors = np.random.default_rng(seed).normal(size=(6, T)) * 3 + 20
    origin = 0.25 * donors[0] + 0.75 * donors[3]
    destination = donors[[1, 2]].mean(axis=0)
    return np.vstack([origin, destination, donors])


def test_a_side_that_is_made_of_donors_gets_their_weights() -> None:
    case = cases(world())
    fit = donor_fit(case.y, case, 0, 0, case.learn[0], PLAIN)
    assert fit.weights == pytest.approx([0.25, 0, 0, 0.75, 0, 0], abs=1e-9)
    assert fit.error == pytest.approx(0, abs=1e-9)
    assert fit.spread == pytest.approx(world()[0, :BEFORE].std())
    assert weighted_paths(case.y, case, PLAIN)[0] == pytest.approx(world()[:2], abs=1e-8)


def test_an_intercept_takes_up_a_constant_gap() -> None:
    y = world()
    y[0] += 40
    case = cases(y)
    how = replace(PLAIN, intercept=True)
    fit = donor_fit(case.y, case, 0, 0, case.learn[0], how)
    assert fit.weights == pytest.approx([0.25, 0, 0, 0.75, 0, 0], abs=1e-8)
    assert fit.path == pytest.approx(y[0])


def test_every_fold_has_the_path_of_weights_that_did_not_learn_from_it() -> None:
    y = np.random.default_rng(3).normal(size=(9, T)) + 5
    case, how = cases(y), replace(PLAIN, folds=3)
    path = weighted_paths(case.y, case, how)[0, 0]
    blocks = np.array_split(np.arange(BEFORE), 3)
    each = []
    for block in blocks:
        others = case.learn[0].copy()
        others[block] = False
        each.append(donor_fit(case.y, case, 0, 0, others, how).path)
        assert path[block] == pytest.approx(each[-1][block])
    assert path[BEFORE:] == pytest.approx(np.mean(each, axis=0)[BEFORE:])


def test_a_ridge_takes_up_what_the_simplex_leaves() -> None:
    y = world()
    y[0] += 30  # above every donor: no weights on the simplex reach it
    case = cases(y)
    errors = [
        donor_fit(case.y, case, 0, 0, case.learn[0], replace(PLAIN, augment=penalty)).error
        for penalty in (math.inf, 100.0, 1.0, 0.01)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.9 * errors[0]
    tight = donor_fit(case.y, case, 0, 0, case.learn[0], replace(PLAIN, augment=0.01))
    assert tight.weights.sum() == pytest.approx(1)
    assert tight.weights.min() < 0


def test_a_donor_with_a_gap_takes_no_part() -> None:
    y = world()
    y[4, 10] = np.nan
    case = cases(y)
    assert complete_donors(case.y, case, 0).tolist() == [2, 3, 5, 6, 7]
    left_out = replace(case, treated=case.treated & (np.arange(T) != 10))
    assert complete_donors(left_out.y, left_out, 0).tolist() == [2, 3, 4, 5, 6, 7]


def test_double_weights_recover_an_effect_on_top_of_donors() -> None:
    rng = np.random.default_rng(5)
    learn = np.arange(T) < BEFORE
    common = rng.normal(size=T).cumsum()
    donors = common + rng.normal(size=(20, T)) * 0.01 + np.arange(20)[:, None]
    target = common + 100 + 3.0 * ~learn
    found = double_weights(donors, target, learn, ~learn)
    assert found.effect == pytest.approx(3, abs=0.05)
    assert found.donors.sum() == pytest.approx(1)
    assert found.periods.sum() == pytest.approx(1)
    assert found.donors.min() >= 0
    assert found.path[~learn].mean() == pytest.approx((target - 3)[~learn].mean(), abs=0.05)


def test_time_weights_do_not_depend_on_the_unit() -> None:
    rng = np.random.default_rng(6)
    learn = np.arange(T) < BEFORE
    donors, one, other = rng.normal(size=(9, T)), rng.normal(size=T), rng.normal(size=T)
    shared = double_weights(donors, one, learn, ~learn).periods
    alone = double_weights(donors, other, learn, ~learn)
    assert np.array_equal(alone.periods, shared)
    assert double_weights(donors, other, learn, ~learn, shared).effect == alone.effect
