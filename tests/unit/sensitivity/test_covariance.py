"""Unit tests of the likely covariance: which process, its scale, and a line taken off before."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.sensitivity.covariance import (
    LikelyCovariance,
    likely_covariance,
    line_variance,
    processes,
    subtraction,
)

N_PRE, N_POST = 12, 4
SIZE = N_PRE + N_POST
TIME = np.arange(SIZE, dtype=float)
PRE = TIME < N_PRE
LINE = np.stack([np.ones(SIZE), TIME], axis=1)
MEAN = np.full(N_POST, 1 / N_POST)
PATH = np.random.default_rng(8).normal(size=SIZE)


def likely(path: Floats) -> LikelyCovariance:
    """Return the likely covariance of a path."""
    return likely_covariance(path, PRE, MEAN, LINE)


def reml(shape: Floats) -> tuple[float, float]:
    """Return the restricted log-likelihood and the variance of the errors, by generalised LS."""
    x, y, inverse = LINE[PRE], PATH[PRE], np.linalg.inv(shape[np.ix_(PRE, PRE)])
    information = x.T @ inverse @ x
    left = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    m = N_PRE - 2
    variance = float(left @ inverse @ left) / m
    size = np.linalg.slogdet(information)[1] - np.linalg.slogdet(inverse)[1]
    return float(-size / 2 - m / 2 * np.log(variance)), variance


def extrapolated(cov: Floats) -> float:
    """Return the variance of the error of the best straight-line prediction (universal kriging)."""
    x, later = LINE[PRE], MEAN @ LINE[~PRE]
    inverse = np.linalg.inv(cov[np.ix_(PRE, PRE)])
    to_mean = cov[np.ix_(PRE, ~PRE)] @ MEAN
    short = later - x.T @ inverse @ to_mean
    known = MEAN @ cov[np.ix_(~PRE, ~PRE)] @ MEAN - to_mean @ inverse @ to_mean
    return float(known + short @ np.linalg.solve(x.T @ inverse @ x, short))


def test_the_process_is_the_worst_of_those_half_as_likely_as_the_likeliest() -> None:
    named = processes(SIZE)
    told = {name: reml(shape) for name, shape in named.items()}
    best = max(likelihood for likelihood, _ in told.values())
    kept = [name for name in named if told[name][0] >= best - np.log(2)]
    worst = max(kept, key=lambda name: extrapolated(told[name][1] * named[name]))
    found, subtract = likely(PATH), subtraction(SIZE, N_PRE - 1)
    assert 1 < len(kept) < len(named)
    assert found.process == worst
    assert found.df == N_PRE - 2
    assert found.cov == pytest.approx(subtract @ (told[worst][1] * named[worst]) @ subtract.T)


def test_variance_of_the_best_line_is_that_of_kriging() -> None:
    subtract = subtraction(SIZE, N_PRE - 1)
    for shape in processes(SIZE).values():
        relative = subtract @ shape @ subtract.T
        assert line_variance(relative, N_PRE - 1, MEAN) == pytest.approx(extrapolated(shape))


def test_lines_leave_it_alone_and_units_scale_it() -> None:
    found, moved = likely(PATH), likely(10 * PATH + LINE @ [5, 3])
    assert moved.process == found.process
    assert moved.cov == pytest.approx(100 * found.cov)
    assert not moved.straightened


def test_the_error_of_a_line_taken_off_is_added_to_the_estimand_alone() -> None:
    slope = np.linalg.pinv(LINE[PRE])
    left = PATH - LINE @ slope @ PATH[PRE]
    plain, found = likely(PATH), likely(left)
    assert found.straightened
    assert line_variance(found.cov, N_PRE - 1, MEAN) == pytest.approx(
        line_variance(plain.cov, N_PRE - 1, MEAN)
    )
    # mean of the later residuals less the last before, as weights of the errors
    name, shape = found.process, processes(SIZE)[found.process]
    weights = np.concatenate([np.zeros(N_PRE), MEAN])
    weights[N_PRE - 1] -= 1
    weights[PRE] -= (weights @ TIME) * slope[1]
    expected = reml(processes(SIZE)[name])[1] * weights @ shape @ weights
    after = found.cov[N_PRE - 1 :, N_PRE - 1 :]
    assert MEAN @ after @ MEAN == pytest.approx(expected)
