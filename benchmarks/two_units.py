"""A thousand replications of a study of two units: the default test beside HAC regressions."""

from __future__ import annotations

from functools import cache
from statistics import median

import numpy as np

import shiftexp as sx
from benchmarks.harness import Answer, Contender, Runs, Task, seconds
from shiftexp.kernels.cases import Answers, Floats
from shiftexp.kernels.error_draws import autoregressive_errors

_DRAWS, _PERIODS, _LEVEL = 1_000, 40, 0.95
_DIRECTIONS = np.array([[-1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


@cache
def _pairs() -> Floats:
    """Return series of both units in which nothing happens, shape (draws, 2, T)."""
    rng = np.random.default_rng(1)
    return 100 + autoregressive_errors((_DRAWS, 2, _PERIODS), 0.8, rng)


def _ours(directions: Floats, *, sets: bool = False) -> Answers:
    """Return what the default method says of every data set."""
    panel, study = sx.Scenario(periods=(_PERIODS // 2, _PERIODS // 2)).study(_pairs()[0])
    method = sx.InterruptedTimeSeries(trend=False)
    return method.answers(panel, study, _pairs(), directions, _LEVEL, sets=sets)


def _theirs() -> tuple[Floats, Floats]:
    """Return estimates and p-values of least squares with HAC errors, one after another."""
    import statsmodels.api as sm

    x = sm.add_constant((np.arange(_PERIODS) >= _PERIODS // 2).astype(float))
    options = {"cov_type": "HAC", "cov_kwds": {"maxlags": 3}}
    fits = [sm.OLS(row, x).fit(**options) for row in _pairs()[:, 1] - _pairs()[:, 0]]
    return np.array([f.params[1] for f in fits]), np.array([f.pvalues[1] for f in fits])


def default_test() -> Runs:
    """Return our p-values and estimates of the difference, the sides and their sum."""

    def ready() -> Answer:
        found = _ours(_DIRECTIONS)
        return Answer(float(found.estimate[:, 0].mean()), len(found.p_value))

    return Runs(ready)


def hac_loop() -> Runs:
    """Return the peer's p-values and estimates of the difference alone."""

    def ready() -> Answer:
        estimates, p = _theirs()
        return Answer(float(estimates.mean()), len(p))

    return Runs(ready)


def details() -> str:
    """Return what either rejects although nothing happened, and what intervals cost."""
    rejected = [(p <= 1 - _LEVEL).mean() for p in (_ours(_DIRECTIONS).p_value[:, 0], _theirs()[1])]
    taken = median(seconds(lambda: _ours(_DIRECTIONS[:1], sets=True)))
    return (
        f"Of these true nulls with autocorrelation .8 the default test rejects {rejected[0]:.1%} "
        f"at nominal 5 %, HAC with 3 lags {rejected[1]:.1%}. A thousand intervals of the "
        f"difference take {taken:.3f} s."
    )


TASKS = (
    Task(
        name="1,000 two-unit replications, T = 40",
        setting=(
            "Two units with AR(1) errors (.8), a change at period 20 looked for. The peer tests "
            "the difference of the two, with HAC errors; we test the difference, either side and "
            "their sum, in one batch."
        ),
        reason="Four tests against one.",
        draws=_DRAWS,
        ours=Contender("shiftexp", default_test),
        peers=(
            Contender(
                "statsmodels, HAC in a loop",
                hac_loop,
                "least squares; our estimates are posterior means over error processes",
            ),
        ),
        details=details,
    ),
)
