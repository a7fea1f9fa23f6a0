"""Coverage under violations at the edge of their sets, and with the covariance learned from few."""

from __future__ import annotations

import math

import numpy as np
import pytest

import shiftexp as sx
from shiftexp.kernels.arp import relative_test
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flci import smoothness_interval
from shiftexp.kernels.tails import t_quantile
from shiftexp.result import SIDES as SIDE_NAMES
from shiftexp.sensitivity import EventCoefficients

LEVEL, REPEATS, N_PRE, N_POST = 0.95, 1000, 5, 3
LEAST = LEVEL - 2 * math.sqrt(LEVEL * (1 - LEVEL) / REPEATS)
SIDES = 160  # of data sets, where each is fitted
TRUTH = 2.0
FIRST, MEAN = np.array([1.0, 0.0, 0.0]), np.full(N_POST, 1 / N_POST)
TIME = np.delete(np.arange(-N_PRE, N_POST + 1), N_PRE)


def covariance(rho: float) -> Floats:
    """Return that of AR(1) errors relative to the reference period."""
    size = N_PRE + N_POST + 1
    subtract = np.delete(np.eye(size), N_PRE, axis=0)
    subtract[:, N_PRE] = -1
    away = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return np.asarray(subtract @ rho**away @ subtract.T)


def studies(violation: Floats, cov: Floats) -> Floats:
    """Return coefficients of many studies with one effect in every post period."""
    mean = violation + TRUTH * (TIME > 0)
    return np.random.default_rng(11).multivariate_normal(mean, cov, REPEATS)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [FIRST, MEAN], ids=["first", "mean"])
@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("m", [0.1, 1.0])
def test_smooth_violations(weights: Floats, rho: float, m: float) -> None:
    cov = covariance(rho)
    bending = m * TIME**2 / 2.0 + 0.7 * TIME
    beta = studies(bending, cov)
    found = smoothness_interval(beta[0], cov, N_PRE, weights, np.array([m]), LEVEL)
    centre = beta @ found.weights[0]
    assert np.mean(np.abs(centre - TRUTH) <= found.half[0]) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("weights", [FIRST, MEAN], ids=["first", "mean"])
@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("step", [0.0, 1.0, 8.0])
def test_relative_violations(weights: Floats, rho: float, step: float) -> None:
    cov = covariance(rho)
    # one step of this size before the onset, and all steps after it as large: the edge at Mbar = 1
    steps = np.array([0.0, 0.0, step, 0.0, 0.0, step, step, step])
    path = np.cumsum(np.append(0.0, steps))
    beta = studies(np.delete(path - path[N_PRE], N_PRE), cov)
    truth = np.array([TRUTH])
    accepted = [
        relative_test(each, cov, N_PRE, weights, 1.0, LEVEL).accepts(truth)[0] for each in beta
    ]
    assert np.mean(accepted) >= LEAST


def holds_nothing(study: EventCoefficients) -> tuple[bool, bool]:
    """Return whether the intervals at M = 0 and at Mbar = 0 contain no effect."""
    cov = study.cov * (t_quantile(study.df, 0.975) / t_quantile(math.inf, 0.975)) ** 2
    shape = (study.n_pre, study.weights)
    smooth = smoothness_interval(study.coef, cov, *shape, np.zeros(1), LEVEL)
    # at Mbar = 0 no step before counts, so the last coefficient stands for all before
    last = study.n_pre - 1
    test = relative_test(study.coef[last:], cov[last:, last:], 1, study.weights, 0.0, LEVEL)
    within = abs(float(smooth.centre[0])) <= float(smooth.half[0])
    return within, bool(test.accepts(np.zeros(1))[0])


@pytest.mark.slow
@pytest.mark.parametrize("trend", [False, True], ids=["level", "trend"])
@pytest.mark.parametrize("rho", [0.0, 0.8])
@pytest.mark.parametrize("n_pre", [8, 20])
def test_covariance_learned_from_a_model(*, n_pre: int, rho: float, trend: bool) -> None:
    model, rng = sx.InterruptedTimeSeries(trend=trend), np.random.default_rng([n_pre, 1])
    held = []
    for _ in range(SIDES // 2):
        pair = sx.simulate_pair(periods=(n_pre, 8), autocorrelation=rho, sd=1.0, rng=rng)
        studies = [EventCoefficients.from_model(model, *pair, side) for side in SIDE_NAMES]
        held += [holds_nothing(study) for study in studies]
    least = LEVEL - 2 * math.sqrt(LEVEL * (1 - LEVEL) / SIDES)
    assert (np.mean(held, axis=0) >= least).all()
