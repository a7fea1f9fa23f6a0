"""Rates of count regressions beside difference-in-differences of log counts, and of ratios."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError
from shiftexp.estimators.counts import CountDiD
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.estimators.ratio_of_ratios import RatioOfRatios
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, LOCAL_LEVEL, NORMAL, covariance, draw
from shiftexp.panel import Panel
from shiftexp.result import Estimator
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, panel_of, share
from tests.recovery.measure_fits import quiet_fit

_SERIES, _COUNTS = "CountDiD()", "CountDiD(variance='counts')"
_NEGATIVE = "CountDiD(family='negative_binomial', variance='counts')"
_TREND, _LOGS = "CountDiD(trend=True)", "DifferenceInDifferences(scale='log_count')"
_RATIO = "RatioOfRatios(indicator='asked', control='other')"
METHODS: dict[str, Estimator] = {
    _SERIES: CountDiD(),
    _TREND: CountDiD(trend=True),
    _COUNTS: CountDiD(variance="counts"),
    _NEGATIVE: CountDiD(family="negative_binomial", variance="counts"),
    _LOGS: DifferenceInDifferences(scale="log_count"),
    _RATIO: RatioOfRatios(indicator="asked", control="other"),
}
_FIFTY, _FIVE, _ONE = "mean 50 a period", "mean 5 a period", "mean 1 a period"
MEANS = {_FIFTY: 50.0, _FIVE: 5.0, _ONE: 1.0}
_SHORT, _LONG = (12, 8), (27, 13)
_PLACES: dict[str, tuple[tuple[str, tuple[int, int]], ...]] = {
    _SERIES: ((_FIFTY, _SHORT), (_FIVE, _SHORT), (_ONE, _SHORT), (_FIVE, _LONG)),
    _LOGS: ((_FIFTY, _SHORT), (_FIVE, _SHORT), (_ONE, _SHORT), (_FIVE, _LONG)),
    _TREND: ((_FIVE, _LONG),),
    _COUNTS: ((_FIFTY, _SHORT), (_FIVE, _SHORT), (_FIVE, _LONG)),
    _NEGATIVE: ((_FIVE, _SHORT),),
    _RATIO: ((_FIVE, _SHORT), (_FIVE, _LONG)),
}
# A variance of counts of mu + mu^2 / 10 around intensities that wander together, and by themselves.
_SIZE, _INTENSITY_SD, _COMMON_SD = 10.0, 0.2, 0.1
_DONORS, _SPREAD = 5, (0.6, 1.6)
# At the destination, of the net effect, and at the destination against the truth.
_ASKED = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
_NAMES = ("O", "D")


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table, at 5 %; intensities that drift for two methods."""
    for method, places in _PLACES.items():
        for setting, (before, after) in places:
            drifts = method in {_SERIES, _COUNTS} and setting == _FIFTY
            processes = [(AUTOREGRESSIVE, rho) for rho in (0.0, 0.4, 0.8)]
            for process, rho in processes + [(LOCAL_LEVEL, 0.1)] * drifts:
                yield Cell(
                    table="count_did",
                    method=method,
                    before=before,
                    after=after,
                    process=process,
                    rho=(rho,),
                    setting=setting,
                    draws=200,
                    seed=seed,
                )


def count_did(cell: Cell) -> tuple[Rate, ...]:
    """Measure tests at 5 %: size, power for a ratio, and whether the effect in counts is covered.

    A refusal is neither a rejection nor coverage.
    """
    method, after = METHODS[cell.method], np.arange(cell.periods) >= cell.before
    effect = GLS_UNITS * gls_sd(cell)
    rng = cell.random()
    logs = intensities(cell, rng)
    refused, told = np.zeros((2, 2, cell.draws), dtype=bool)
    p = np.full((2, cell.draws, 3), np.nan)
    for k, moved in enumerate((0.0, effect)):
        means = np.exp(logs + moved * after * (np.arange(logs.shape[1]) == 1)[:, None])
        values = rng.negative_binomial(_SIZE, _SIZE / (_SIZE + means)).astype(float)
        truth = (values[:, 1] * -np.expm1(-moved))[:, after].mean(axis=1)
        for i, data in enumerate(values):
            try:
                result, told[k, i] = quiet_fit(method, *_study(cell, data))
            except DesignError:
                refused[k, i] = True
                continue
            at = np.array([0.0, 0.0, truth[i]])
            law = result.effects.law
            above, below = (law.limit_p(s * _ASKED, s * at, NOMINAL) for s in (1.0, -1.0))
            p[k, i] = np.minimum(above, below)
    words = f"{GLS_UNITS:g} GLS sd in logs"
    return (
        share("size", p[0, :, 0] <= NOMINAL, nominal=NOMINAL),
        share("size, net", p[0, :, 1] <= NOMINAL, nominal=NOMINAL),
        share("power", p[1, :, 0] <= NOMINAL, effect=words),
        share("coverage", p[1, :, 2] > NOMINAL, effect=words, nominal=1 - NOMINAL),
        share("warned", told[0] | refused[0]),
        share("refused", refused[0]),
    )


def intensities(cell: Cell, rng: np.random.Generator) -> Floats:
    """Return logarithms of intensities without effect, shape (draws, rows, T).

    Rows are origin, destination and donors, on one random walk; for ratios origin, destination and
    their other indicator, on a random walk of either country.
    """
    paired = cell.method == _RATIO
    sizes = np.ones(2) if paired else np.linspace(*_SPREAD, _DONORS)
    level = np.log(MEANS[cell.setting] * np.concatenate([np.ones(2), sizes]))
    shape = (cell.draws, len(level), cell.periods)
    own = _INTENSITY_SD * draw(cell.process, cell.rho[0], NORMAL, shape, rng)
    walks = rng.standard_normal((cell.draws, 2 if paired else 1, cell.periods)).cumsum(axis=2)
    shared = np.concatenate([walks, walks], axis=1) if paired else walks
    return np.asarray(level[:, None] + own + _COMMON_SD * shared)


def gls_sd(cell: Cell) -> float:
    """Return the sd of a log ratio, the intensities' correlation and the sampling known."""
    x = np.column_stack([np.ones(cell.periods), np.arange(cell.periods) >= cell.before])
    sampling = (1 / MEANS[cell.setting] + 1 / _SIZE) * np.eye(cell.periods)
    errors = _INTENSITY_SD**2 * covariance(cell.process, cell.rho[0], cell.periods) + sampling
    others = 1.0 if cell.method == _RATIO else 1 / _DONORS
    precision = x.T @ np.linalg.solve(errors, x)
    return float(np.sqrt(np.linalg.inv(precision)[1, 1] * (1 + others)))


def _study(cell: Cell, values: Floats) -> tuple[Panel, Design]:
    """Return a data set and its design."""
    if cell.method == _RATIO:
        halves = (values[:2], values[2:])
        panels = [
            panel_of(half, _NAMES, cell.years, "count", name)
            for half, name in zip(halves, ("asked", "other"), strict=True)
        ]
        return Panel.stack(*panels), Design(origin="O", destination="D", onset=cell.onset)
    names = (*_NAMES, *(f"C{j}" for j in range(1, _DONORS + 1)))
    design = Design(origin="O", destination="D", onset=cell.onset, donors=names[2:])
    return panel_of(values, names, cell.years, "count"), design
