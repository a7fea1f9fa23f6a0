"""Size and power of the default beside other engines, its distance from what any test can do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import NORMAL, covariance, draw
from shiftexp.kernels.mixture import posterior
from shiftexp.kernels.optimal_store import STANDARD, null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.power_bounds import BOUND_AT, power_bounds
from shiftexp.kernels.series_design import SeriesDesign, evidence, series_design
from tests.recovery import rivals
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, share

LEVEL, TREND = "level shift", "ITS mean effect"
SMALL_UNITS = 2.0
EMW_LL, EMW_AR, BAYES = "EMW-LL (default)", "EMW-AR", "Bayes-AN"
BOUNDS = {EMW_LL: "bound, AR(1) or local level", EMW_AR: "bound, AR(1) known"}
CLUSTERED = "two-way fixed effects clustered by unit"
BOUND_DRAWS = 3000
_CHUNK = 1000


@dataclass(frozen=True, eq=False)
class Regression:
    """A regression of annual data with one break: its matrix, and the column that is tested."""

    x: Floats
    column: int
    step: Floats
    design: SeriesDesign

    def gls_deviation(self, errors: Floats) -> float:
        """Return the standard deviation of the estimator that knows the covariance (T, T)."""
        information = self.x.T @ np.linalg.solve(errors, self.x)
        return float(np.sqrt(np.linalg.inv(information)[self.column, self.column]))


def regression(kind: str, before: int, after: int) -> Regression:
    """Return the regression of a level shift, or of a trend with a change of level and slope."""
    time = np.arange(before + after, dtype=float)
    step = (time >= before).astype(float)
    columns = [np.ones_like(time), step]
    if kind == TREND:
        slope = step * (time - time[before:].mean())
        columns = [np.ones_like(time), time - time.mean(), step, slope]
    x = np.column_stack(columns)
    column = 2 if kind == TREND else 1
    return Regression(x, column, step, series_design(x, time, np.eye(x.shape[1])[column]))


def emw(design: SeriesDesign, y: Floats, key: TableKey = STANDARD[0], at: float = 0.0) -> Floats:
    """Return p-values of the nearly optimal test for many series."""
    table = null_table(design, key)
    parts = [y[i : i + _CHUNK] for i in range(0, len(y), _CHUNK)]
    return np.concatenate(
        [effect_p(design, key, table, evidence(design, p), np.full(len(p), at)) for p in parts]
    )


def bayes(design: SeriesDesign, y: Floats) -> Floats:
    """Return two-sided p-values of the Bayes-AN posterior for many series."""
    parts = [y[i : i + _CHUNK] for i in range(0, len(y), _CHUNK)]
    below = np.concatenate(
        [posterior(design.mixture, p, design.functional).cdf(np.zeros(len(p))) for p in parts]
    )
    return np.asarray(2 * np.minimum(below, 1 - below))


def engines(cell: Cell) -> tuple[Rate, ...]:
    """Measure size and power of every engine on the same series.

    Coverage is one minus size throughout: the tests do not change when an effect is added to the
    series and to the null.
    """
    found = regression(cell.method, cell.before, cell.after)
    rng = cell.random()
    null = draw(cell.process, cell.rho[0], cell.setting, (cell.draws, cell.periods), rng)
    other = draw(cell.process, cell.rho[0], cell.setting, (cell.draws, cell.periods), rng)
    spread = found.gls_deviation(covariance(cell.process, cell.rho[0], cell.periods, cell.setting))
    rates: list[Rate] = []
    for name, test in _tests(found, cell.method, other).items():
        for units in (0.0, SMALL_UNITS, GLS_UNITS):
            rejected = test(null + units * spread * found.step) <= NOMINAL
            if units:
                rates.append(share("power", rejected, effect=f"{units:g} sd of GLS", given=name))
            else:
                rates.append(share("size", rejected, nominal=NOMINAL, given=name))
    return tuple(rates)


def _tests(found: Regression, kind: str, other: Floats) -> dict[str, Callable[[Floats], Floats]]:
    """Return the engines: each takes series of shape (B, T) to p-values."""
    x, column = found.x, found.column
    tests: dict[str, Callable[[Floats], Floats]] = {
        EMW_LL: lambda y: emw(found.design, y),
        EMW_AR: lambda y: emw(found.design, y, TableKey(family="AR")),
        BAYES: lambda y: bayes(found.design, y),
        "OLS t": lambda y: rivals.ols_t(y, x, column).p_value,
        "Newey-West": lambda y: rivals.newey_west_t(y, x, column).p_value,
        "AR(1) by REML, t": lambda y: rivals.reml_ar1_t(y, x, column).p_value,
    }
    if kind == LEVEL:
        post = found.step > 0
        tests[CLUSTERED] = lambda y: (
            rivals.clustered_by_unit_t(np.stack([other, y], axis=1), post).p_value
        )
    return tests


def bounds(cell: Cell) -> tuple[Rate, ...]:
    """Measure how near the default comes to what any test can find, and what robustness costs."""
    found = regression(cell.method, cell.before, cell.after)
    at, shape = BOUND_AT.index(cell.rho[0]), (cell.draws, cell.periods)
    noise = draw(cell.process, cell.rho[0], NORMAL, shape, cell.random())
    effect = GLS_UNITS * found.gls_deviation(covariance(cell.process, cell.rho[0], cell.periods))
    rates: list[Rate] = []
    for name, key in ((EMW_LL, STANDARD[0]), (EMW_AR, STANDARD[2])):
        known = power_bounds(found.design, null_table(found.design, key), key.family, BOUND_DRAWS)
        told = emw(found.design, noise + effect * found.step, key) <= NOMINAL
        words = f"{GLS_UNITS:g} sd of GLS"
        if not rates:
            rates.append(_rate(known.seer, math.inf, words, "z test that knows the errors"))
        rates.append(_rate(float(known.bound[at]), BOUND_DRAWS, words, BOUNDS[name]))
        rates.append(share("power", told, effect=words, given=name))
    return tuple(rates)


def _rate(value: float, draws: float, effect: str, given: str) -> Rate:
    """Return a power as a row with its Monte Carlo error; none where it is computed."""
    error = float(np.sqrt(value * (1 - value) / draws))
    return Rate(measure="power", effect=effect, value=value, error=error, condition=given)
