"""Rates of the structural model beside the default, under every error process."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from shiftexp.design import Design
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.structural import StructuralTimeSeries
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import (
    AUTOREGRESSIVE,
    LOCAL_LEVEL,
    NORMAL,
    SLOPE,
    WALK,
    covariance,
    draw,
)
from shiftexp.result import Estimator, Result
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, panel_of, share
from tests.recovery.measure_fits import quiet_fit

METHODS: dict[str, Estimator] = {
    "InterruptedTimeSeries(trend=False)": InterruptedTimeSeries(trend=False),
    "StructuralTimeSeries()": StructuralTimeSeries(draws=2000),
    "StructuralTimeSeries(trend='smooth')": StructuralTimeSeries(trend="smooth", draws=2000),
    "StructuralTimeSeries(trend='linear')": StructuralTimeSeries(trend="linear", draws=2000),
}
_NAMES = ("O", "D")
_BASE = 100.0
_SIDES = np.array([[0.0, 1.0], [1.0, 1.0]])


def structural(cell: Cell) -> tuple[Rate, ...]:
    """Measure tests at 5 %: size and power for a step at the destination.

    Every period has an effect of its own, so an effect of any shape moves the law by its mean and
    does nothing else: one minus the size is the coverage of all of them.
    """
    design = Design(origin="O", destination="D", onset=cell.onset)
    effect = GLS_UNITS * _gls_sd(cell)
    shape = (cell.draws, 2, cell.periods)
    errors = draw(cell.process, cell.rho[0], NORMAL, shape, cell.random())
    p, warned = np.full((cell.draws, 3), np.nan), np.zeros(cell.draws, dtype=bool)
    for i, values in enumerate(_BASE + errors):
        panel = panel_of(values, _NAMES, cell.years)
        result, warned[i] = quiet_fit(METHODS[cell.method], panel, design)
        p[i, :2] = _two_sided(result, np.zeros(2))
        p[i, 2] = _two_sided(result, np.array([-effect, 0.0]))[0]
    return (
        share("size", p[:, 0] <= NOMINAL, nominal=NOMINAL),
        share("size, net", p[:, 1] <= NOMINAL, nominal=NOMINAL),
        share("power", p[:, 2] <= NOMINAL, effect=f"{GLS_UNITS:g} GLS sd"),
        share("warned", warned),
    )


def _gls_sd(cell: Cell) -> float:
    """Return the sd of a level shift, the errors' covariance known."""
    x = np.column_stack([np.ones(cell.periods), np.arange(cell.periods) >= cell.before])
    precision = x.T @ np.linalg.solve(covariance(cell.process, cell.rho[0], cell.periods), x)
    return float(np.sqrt(np.linalg.inv(precision)[1, 1]))


def _two_sided(result: Result, at: Floats) -> Floats:
    """Return two-sided p-values at the destination and of the net effect."""
    law = result.effects.law
    return np.minimum(law.limit_p(_SIDES, at, NOMINAL), law.limit_p(-_SIDES, -at, NOMINAL))


def cells(seed: int) -> Iterator[Cell]:
    """Yield the structural model beside the default, at 5 %."""
    processes = (
        *((AUTOREGRESSIVE, rho) for rho in (0.0, 0.4, 0.8)),
        *((LOCAL_LEVEL, q) for q in (0.1, 1.0)),
        (WALK, 0.0),
        (SLOPE, 0.1),
    )
    for method, (before, after), (process, rho) in itertools.product(
        METHODS, ((8, 4), (12, 8), (27, 13)), processes
    ):
        yield Cell(
            table="structural",
            method=method,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            draws=200,
            seed=seed,
        )
