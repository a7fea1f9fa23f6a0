"""Units on each other: effects against the formulas written out, and against a known truth."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.simplex import simplex_weights
from shiftexp.kernels.spillover import Spillover, spillover_paths, unmixed
from shiftexp.kernels.synthetic import Weighting, weighted_paths

T, BEFORE, UNITS = 18, 12, 9
OWN = Spillover(inclusive=False, shared=False, intercept=True, folds=1)
SHARED = Spillover(inclusive=False, shared=True, intercept=True, folds=1)
INCLUSIVE = Spillover(inclusive=True, shared=False, intercept=True, folds=1)
EVERY = (OWN, SHARED, INCLUSIVE)
LEARN = np.arange(T) < BEFORE


def make(y: Floats, exposure: dict[int, float] | None = None) -> Cases:
    """Return one case; rows 0 and 1 are origin and destination, all others donors."""
    touched = np.zeros((1, len(y)))
    for row, size in (exposure or {}).items():
        touched[0, row] = size
    return Cases(
        y=y[None],
        focal=np.array([[0, 1]]),
        donors=(np.arange(len(y)) >= 2)[None],
        exposed=touched,
        learn=LEARN[None],
        treated=~LEARN[None],
        post=~LEARN[None],
        breaks=np.zeros((1, 2, T, 0)),
        sampling=np.full((1, len(y), T), np.nan),
        exposure=np.full((1, len(y), T), np.nan),
        time=np.arange(T, dtype=float),
        season=np.zeros(T, dtype=int),
    )


def factor_units(seed: int, noise: float = 0.0) -> Floats:
    """Return units that move with two factors: three amid the others, and three pairs of twins."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(2, T)).cumsum(axis=1)
    inner, outer = [[0.2, 0.1], [-0.1, 0.2], [0.0, -0.2]], [[1, 0], [-0.5, 0.9], [-0.5, -0.9]]
    loadings = np.array([*inner, *outer, *outer])
    return np.asarray(100 + loadings @ factors + noise * rng.normal(size=(UNITS, T)))


def shifted(y: Floats, by: dict[int, float]) -> Floats:
    """Return units with steps after the onset."""
    moved = y.copy()
    for row, size in by.items():
        moved[row, ~LEARN] += size
    return moved


def written_out(y: Floats, structure: Floats) -> Floats:
    """Return effects (k, T) by the formula of Cao & Dowd, unit by unit."""
    b, a = np.zeros((len(y), len(y))), np.zeros(len(y))
    for i in range(len(y)):
        others = [j for j in range(len(y)) if j != i]
        before = y[others][:, LEARN]
        own = y[i, LEARN]
        centred = before - before.mean(axis=1, keepdims=True)
        weights = simplex_weights(centred.T, own - own.mean())
        b[i, others] = weights
        a[i] = own.mean() - weights @ before.mean(axis=1)
    gap = np.eye(len(y)) - b
    m = gap.T @ gap
    left = np.linalg.inv(structure.T @ m @ structure) @ structure.T @ gap.T
    return np.asarray(left @ (gap @ y - a[:, None]))


def test_the_formula_of_the_paper() -> None:
    y = factor_units(1, noise=0.5)
    structure = np.zeros((UNITS, 4))
    structure[[0, 1, 4, 6], range(4)] = 1.0
    found = unmixed(y[None], make(y, {4: 1.0, 6: 1.0}), 0, LEARN, OWN)
    assert found.effects(y) == pytest.approx(written_out(y, structure))


def test_a_shared_effect_goes_by_exposure() -> None:
    y = factor_units(2, noise=0.5)
    structure = np.zeros((UNITS, 3))
    structure[[0, 1], [0, 1]] = 1.0
    structure[[4, 6], 2] = [0.8, 0.2]
    found = unmixed(y[None], make(y, {4: 0.8, 6: 0.2}), 0, LEARN, SHARED)
    assert found.effects(y) == pytest.approx(written_out(y, structure))


@pytest.mark.parametrize("how", EVERY)
def test_effects_are_found_exactly_where_there_is_no_noise(how: Spillover) -> None:
    y = shifted(factor_units(3), {0: -20.0, 1: 30.0, 2: 7.0})
    found = unmixed(y[None], make(y, {2: 1.0}), 0, LEARN, how)
    after = found.effects(y)[:, ~LEARN]
    assert after == pytest.approx(np.outer([-20.0, 30.0, 7.0], np.ones(T - BEFORE)), abs=1e-6)


def test_what_is_not_named_is_missed() -> None:
    y = shifted(factor_units(3, noise=0.1), {0: -20.0, 1: 30.0, 3: 15.0, 4: 15.0, 5: 15.0})
    found = unmixed(y[None], make(y), 0, LEARN, OWN)
    assert abs(found.effects(y)[:2, ~LEARN].mean(axis=1) - [-20, 30]).max() > 1


def test_without_weights_among_the_affected_the_inclusive_is_the_plain_one() -> None:
    y = factor_units(4, noise=0.1)
    apart = np.vstack([y[3], y[4], y[2:3], y[5:]])  # the sides have twins of their own
    found = unmixed(apart[None], make(apart), 0, LEARN, INCLUSIVE)
    assert not found.cross[:2, :2].any()
    plain = Weighting(intercept=True, augment=np.inf, folds=1)
    paths = weighted_paths(apart[None], make(apart), plain)[0]
    assert found.effects(apart) == pytest.approx(apart[:2] - paths)


@pytest.mark.parametrize("how", EVERY)
def test_the_order_of_donors_plays_no_part(how: Spillover) -> None:
    y = factor_units(5, noise=0.5)
    order = np.array([0, 1, 8, 3, 5, 2, 7, 4, 6])
    moved = make(y[order], {int(np.flatnonzero(order == 4)[0]): 1.0})
    here = spillover_paths(y[None], make(y, {4: 1.0}), how)
    assert spillover_paths(y[order][None], moved, how) == pytest.approx(here)


@pytest.mark.parametrize("how", EVERY)
def test_a_level_of_any_unit_plays_no_part(how: Spillover) -> None:
    y = factor_units(6, noise=0.5)
    raised = y + np.arange(UNITS)[:, None] * 50
    effects = [unmixed(v[None], make(v, {4: 1.0}), 0, LEARN, how).effects(v) for v in (y, raised)]
    assert effects[0] == pytest.approx(effects[1])


def test_effects_on_everybody_are_not_told_apart() -> None:
    y = factor_units(7, noise=0.5)
    everybody = make(y, dict.fromkeys(range(2, UNITS), 1.0))
    found = unmixed(y[None], everybody, 0, LEARN, OWN)
    assert found.certainty < 1e-10
    assert np.isnan(found.solver).all()


def test_periods_that_weights_learn_from_have_the_effects_of_others() -> None:
    y = factor_units(8, noise=0.5)
    folded = Spillover(inclusive=False, shared=False, intercept=True, folds=3)
    cases = make(y, {4: 1.0})
    path = spillover_paths(y[None], cases, folded)[0]
    block = np.flatnonzero(LEARN)[4:8]
    without = LEARN.copy()
    without[block] = False
    effects = unmixed(y[None], cases, 0, without, folded).effects(y)[:2]
    assert (y[:2] - path)[:, block] == pytest.approx(effects[:, block])
