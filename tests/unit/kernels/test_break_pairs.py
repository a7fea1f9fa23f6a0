"""Two breaks and the periods between them: likelihoods by hand, ratios, common errors."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.break_pairs import (
    BrokenPair,
    date_p,
    gap_tests,
    joint_errors,
    log_likelihoods,
)
from shiftexp.kernels.breaks import break_design
from shiftexp.kernels.cases import Floats


def pair(later: int, step: float = 8) -> BrokenPair:
    series = np.random.default_rng(1).standard_normal((2, 30))
    series[0, 12:] -= step
    series[1, 12 + later :] += step
    return BrokenPair.fit(break_design(np.ones((30, 1)), 4), series)


def test_likelihoods_are_those_of_two_means() -> None:
    found = pair(3)
    expected = []
    for at in found.design.positions:
        parts = (found.series[0, :at], found.series[0, at:])
        expected.append(-15 * np.log(sum(((p - p.mean()) ** 2).sum() for p in parts)))
    assert log_likelihoods(found.design, found.series)[0] == pytest.approx(expected)
    at = int(found.design.positions[found.best[0]])
    assert found.fitted[0, 0] == pytest.approx(found.series[0, :at].mean())
    assert found.fitted[0, -1] == pytest.approx(found.series[0, at:].mean())


@pytest.mark.parametrize("later", [0, 3, -3])
def test_the_gap_is_accepted_and_others_are_not(later: int) -> None:
    found = pair(later)
    assert found.gap == later
    errors = np.random.default_rng(2).standard_normal((199, 2, 30))
    tests = gap_tests(found, errors, 3, 0.05)
    p = dict(zip(tests.gaps.tolist(), tests.p_values.tolist(), strict=True))
    assert p[later] > 0.05
    assert max(p[later + 6], p[later - 6]) <= 0.05
    assert (tests.p_not_after <= 0.05) == (later > 0)
    assert tests.power > 0.9


def test_dates_that_are_not_rejected_lie_about_the_likeliest() -> None:
    found = pair(3)
    errors = np.random.default_rng(2).standard_normal((199, 2, 30))
    p = date_p(found, errors)
    assert p.shape == (2, len(found.design.positions))
    for side in (0, 1):
        accepted = np.flatnonzero(p[side] > 0.05)
        assert p[side, found.best[side]] == 1
        assert np.abs(accepted - found.best[side]).max() <= 2
    smaller = date_p(pair(3, step=1.5), errors)
    assert (smaller > 0.05).sum() > (p > 0.05).sum()


def test_errors_keep_what_both_sides_share() -> None:
    rng = np.random.default_rng(3)
    new: Floats = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 400).T
    errors = joint_errors(new, np.array([0.5, 0.0]), 200, rng)
    assert errors.shape == (200, 2, 401)
    lagged = np.corrcoef(errors[:, 0, 1:].ravel(), errors[:, 0, :-1].ravel())[0, 1]
    assert lagged == pytest.approx(0.5, abs=0.05)
    together = np.corrcoef(errors[:, 0].ravel(), errors[:, 1].ravel())[0, 1]
    assert together == pytest.approx(0.8 * np.sqrt(0.75), abs=0.06)
