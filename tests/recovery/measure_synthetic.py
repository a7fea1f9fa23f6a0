"""Rates of methods that weight donors, beside difference-in-differences, on a common factor."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError
from shiftexp.estimators.did import DifferenceInDifferences, EventStudy
from shiftexp.estimators.synthetic import SyntheticControl
from shiftexp.estimators.synthetic_did import SyntheticDiD
from shiftexp.estimators.weighted_displacement import WeightedDisplacementDifference
from shiftexp.inference.debiased_t import DebiasedT
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, NORMAL, covariance, draw
from shiftexp.panel import Panel
from shiftexp.result import Estimator, Result
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, panel_of, share
from tests.recovery.measure_fits import quiet_fit

TWENTY, EIGHT = "20 donors", "8 donors"
DONORS = {TWENTY: 20, EIGHT: 8}
_LEVELS = "SyntheticControl(intercept=True)"
METHODS: dict[str, Estimator] = {
    "DifferenceInDifferences()": DifferenceInDifferences(),
    "DifferenceInDifferences(growing=True)": DifferenceInDifferences(growing=True),
    "EventStudy(draws=1000)": EventStudy(draws=1000),
    "WeightedDisplacementDifference()": WeightedDisplacementDifference(),
    "SyntheticControl()": SyntheticControl(),
    _LEVELS: SyntheticControl(intercept=True),
    "SyntheticDiD()": SyntheticDiD(),
    "DebiasedT(SyntheticControl(intercept=True, debias=False))": DebiasedT(
        SyntheticControl(intercept=True, debias=False)
    ),
}
# An effect moves their estimate by its mean and nothing else: weights do not see it.
SHIFTED = ("SyntheticDiD()", "DebiasedT(SyntheticControl(intercept=True, debias=False))")
# Its law is that of DifferenceInDifferences(growing=True): fewer cells show it.
SLOW = ("EventStudy(draws=1000)",)
COUNTED = ("WeightedDisplacementDifference()",)
_UNITS = 20.0  # counts for a unit of the series: rounding hardly matters
_BASE, _LOADINGS = 100.0, (0.7, 1.3)
_SIDES = np.array([[0.0, 1.0], [1.0, 1.0]])
_MOVED = ("0", f"{GLS_UNITS:g} GLS sd", f"{GLS_UNITS:g} GLS sd on average, growing")


def synthetic(cell: Cell) -> tuple[Rate, ...]:
    """Measure tests at 5 %: size, power for a step, and whether a growing effect is covered.

    All units load on one random walk, the sides as the middle of the donors do, so that there are
    weights under which errors alone are left. A refusal is neither a rejection nor coverage.
    """
    names = ("O", "D", *(f"C{j}" for j in range(1, DONORS[cell.setting] + 1)))
    design = Design(origin="O", destination="D", onset=cell.onset, donors=names[2:])
    effect, after = GLS_UNITS * gls_sd(cell), np.arange(cell.periods) >= cell.before
    ramp = np.maximum(np.arange(cell.periods) - cell.before + 1, 0.0)
    truths = (0.0 * ramp, effect * after, effect * ramp / ramp[after].mean())
    unit = _UNITS if cell.method in COUNTED else 1.0
    p, refused, told = np.full((3, cell.draws, 2), np.nan), *np.zeros((2, cell.draws), dtype=bool)
    for i, values in enumerate(series(cell)):
        plain: Result | None = None
        for k, (truth, asked) in enumerate(zip(truths, (0.0, 0.0, effect), strict=True)):
            if plain and cell.method in SHIFTED:
                p[k, i] = _two_sided(plain, np.array([asked - effect, asked]))
                continue
            moved = unit * (values + truth * (np.arange(len(values)) == 1)[:, None])
            try:
                result, warned = quiet_fit(METHODS[cell.method], _panel(cell, moved, names), design)
            except DesignError:
                refused[i] = True
                continue
            plain = plain or result
            p[k, i] = _two_sided(result, np.full(2, unit * asked))
            told[i] |= warned
    null, found, covers = p
    return (
        share("size", null[:, 0] <= NOMINAL, nominal=NOMINAL),
        share("size, net", null[:, 1] <= NOMINAL, nominal=NOMINAL),
        share("power", found[:, 0] <= NOMINAL, effect=_MOVED[1]),
        share("coverage", covers[:, 0] > NOMINAL, effect=_MOVED[2], nominal=1 - NOMINAL),
        share("warned", told | refused),
        share("refused", refused),
    )


def _panel(cell: Cell, values: Floats, names: tuple[str, ...]) -> Panel:
    """Return a data set; whole numbers for methods of counts."""
    if cell.method not in COUNTED:
        return panel_of(values, names, cell.years)
    return panel_of(np.round(values), names, cell.years, "count")


def series(cell: Cell) -> Floats:
    """Return data sets without effect, shape (draws, units, T)."""
    count, rng = DONORS[cell.setting], cell.random()
    loadings = np.concatenate([[1.0, 1.0], np.linspace(*_LOADINGS, count)])
    shape = (cell.draws, 2 + count, cell.periods)
    errors = draw(cell.process, cell.rho[0], NORMAL, shape, rng)
    factor = rng.standard_normal((cell.draws, 1, cell.periods)).cumsum(axis=2)
    return np.asarray(_BASE + loadings[:, None] * factor + errors)


def gls_sd(cell: Cell) -> float:
    """Return the sd of a side's effect against the mean of its donors, the correlation known."""
    x = np.column_stack([np.ones(cell.periods), np.arange(cell.periods) >= cell.before])
    precision = x.T @ np.linalg.solve(covariance(cell.process, cell.rho[0], cell.periods), x)
    return float(np.sqrt(np.linalg.inv(precision)[1, 1] * (1 + 1 / DONORS[cell.setting])))


def _two_sided(result: Result, at: Floats) -> Floats:
    """Return two-sided p-values at the destination and of the net effect."""
    law = result.effects.law
    return np.minimum(law.limit_p(_SIDES, at, NOMINAL), law.limit_p(-_SIDES, -at, NOMINAL))


def cells(seed: int) -> Iterator[Cell]:
    """Yield the methods that weight donors, at 5 %."""
    places = (((12, 8), EIGHT), ((12, 8), TWENTY), ((27, 13), TWENTY))
    for method, ((before, after), setting), rho in itertools.product(
        METHODS, places, (0.0, 0.4, 0.8)
    ):
        if method in SLOW and (before, setting) != (12, EIGHT):
            continue
        yield Cell(
            table="synthetic",
            method=method,
            before=before,
            after=after,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting=setting,
            draws=200,
            seed=seed,
        )
