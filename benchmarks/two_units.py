"""Prints the time of the default test beside a loop of HAC regressions, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from shiftexp.kernels.optimal_interval import intervals
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.series_design import SeriesDesign, evidence, series_design

DRAWS = 1_000
KEY = TableKey()


def level_shift(periods: int) -> tuple[Floats, SeriesDesign]:
    """Return the regression of a level shift half way, and its prepared design."""
    time_stamps = np.arange(periods, dtype=float)
    x = np.column_stack([np.ones(periods), time_stamps >= periods // 2]).astype(float)
    return x, series_design(x, time_stamps, np.array([0.0, 1.0]))


def tested(design: SeriesDesign, y: Floats) -> Floats:
    """Return the p of every series."""
    table = null_table(design, KEY)
    return effect_p(design, KEY, table, evidence(design, y), np.zeros(len(y)))


def three_contrasts(values: Floats) -> Floats:
    """Return p of origin, destination and net, with estimates, as ``power`` asks an estimator."""
    panel, study = sx.Scenario(periods=(20, 20)).study(values[0])
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    method = sx.InterruptedTimeSeries(trend=False)
    return method.answers(panel, study, values, directions, 0.95, sets=False).p_value


def theirs(y: Floats, x: Floats) -> Floats:
    """Return p-values of least squares with HAC errors, one regression after another."""
    import statsmodels.api as sm

    options = {"cov_type": "HAC", "cov_kwds": {"maxlags": 3}}
    return np.array([sm.OLS(row, x).fit(**options).pvalues[1] for row in y])


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the median time of some work after a first run that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def main() -> None:
    """Print seconds, ratios, and what each rejects although nothing happened."""
    rng = np.random.default_rng(1)
    x, design = level_shift(40)
    origin, destination = autoregressive_errors((2, DRAWS, 40), 0.8, rng)
    pair = destination - origin
    ours = seconds(lambda: tested(design, pair))
    peer = seconds(lambda: theirs(pair, x), repeats=1)
    rejected = [(p <= KEY.error).mean() for p in (tested(design, pair), theirs(pair, x))]
    print(f"1,000 two-unit replications, T = 40: EMW-LL {ours:.4f} s, {rejected[0]:.1%} of true")
    print(f"nulls rejected; statsmodels HAC in a loop {peer:.3f} s, {rejected[1]:.1%}; the default")
    print(f"takes {ours / peer:.3f} of the time")
    both = 100 + np.stack([origin, destination], axis=1)
    three = seconds(lambda: three_contrasts(both))
    print(f"origin, destination and net with estimates: {three:.4f} s, {three / peer:.3f} of the")
    print("peer's loop over one contrast")
    _, short = level_shift(20)
    many = autoregressive_errors((DRAWS, 20), 0.4, rng)
    one = many[:1]
    print(f"one series, T = 20: {1e3 * seconds(lambda: tested(short, one), 200):.3f} ms")
    print(f"a batch, T = 20: {1e6 * seconds(lambda: tested(short, many)) / DRAWS:.1f} us a series")
    found, table = evidence(short, many), null_table(short, KEY)
    taken = seconds(lambda: intervals(short, KEY, table, found), 3)
    print(f"1,000 intervals in a batch, T = 20: {taken:.3f} s")


if __name__ == "__main__":
    main()
