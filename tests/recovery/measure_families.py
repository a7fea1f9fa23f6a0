"""Rates of what acts on the default's p-values: equivalence, families of tests, combinations."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from shiftexp.errors import SmallSampleWarning
from shiftexp.inference.max_t import max_t
from shiftexp.inference.multiplicity import combine
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, NORMAL, covariance, draw
from shiftexp.kernels.optimal_test import TableKey
from shiftexp.panel import Panel
from tests.recovery.measure import (
    BAYES,
    GLS_UNITS,
    NOMINAL,
    PROCESSES,
    Cell,
    Rate,
    one_side,
    panel_of,
    share,
)
from tests.recovery.measure_engines import LEVEL, TREND, Regression, emw, regression

INDICATORS = 3
ALIKE = 0.5  # correlation of the indicators' errors
MARGINS = (3.0, 4.0, 6.0)
HOLM, MAX_T = "adjust(method='holm')", "max_t(InterruptedTimeSeries(trend=False))"
CAUCHY, HARMONIC = "combine(method='cauchy')", "combine(method='harmonic')"
EQUIVALENCE = {
    "equivalence(InterruptedTimeSeries(trend=False))": LEVEL,
    "equivalence(InterruptedTimeSeries(trend=True))": TREND,
}
_ONE = TableKey(sides="one")


def equivalence(cell: Cell) -> tuple[Rate, ...]:
    """Measure two one-sided tests: wrongly equivalent at the margin, rightly where nothing is."""
    found = regression(EQUIVALENCE[cell.method], cell.before, cell.after)
    shape = (cell.draws, cell.periods)
    noise = draw(cell.process, cell.rho[0], NORMAL, shape, cell.random())
    spread = found.gls_deviation(covariance(cell.process, cell.rho[0], cell.periods))
    rates = []
    for units in MARGINS:
        margin, given = units * spread, f"margin {units:g} sd of GLS"
        at_margin, nothing = (
            two_one_sided(found, noise + effect * found.step, margin) <= NOMINAL
            for effect in (margin, 0.0)
        )
        words = "at the margin"
        rates.append(share("size", at_margin, effect=words, nominal=NOMINAL, given=given))
        rates.append(share("power", nothing, effect="none", given=given))
    return tuple(rates)


def two_one_sided(found: Regression, y: Floats, margin: float) -> Floats:
    """Return the larger p of an effect at most -margin, and of one at least margin."""
    above, below = emw(found.design, y, _ONE, -margin), emw(found.design, -y, _ONE, -margin)
    return np.maximum(above, below)


def families(cell: Cell) -> tuple[Rate, ...]:
    """Measure how often a family is rejected in which nothing happened, or one member changed."""
    found, series = regression(LEVEL, cell.before, cell.after), correlated(cell)
    effect = GLS_UNITS * found.gls_deviation(covariance(cell.process, cell.rho[0], cell.periods))
    changed = series.copy()
    changed[:, 0] += effect * found.step
    (size, warned), (power, _) = (_asked(cell, found, each) for each in (series, changed))
    return (
        share("size, any of three", size, nominal=NOMINAL),
        share("power, one of three changed", power, effect=f"{GLS_UNITS:g} sd of GLS"),
        share("warned", warned),
    )


def correlated(cell: Cell) -> Floats:
    """Return indicators whose errors are correlated, shape (draws, 3, T)."""
    shape, rng = (cell.draws, INDICATORS, cell.periods), cell.random()
    own = draw(cell.process, cell.rho[0], NORMAL, shape, rng)
    shared = draw(cell.process, cell.rho[0], NORMAL, (cell.draws, 1, cell.periods), rng)
    return np.asarray(np.sqrt(1 - ALIKE) * own + np.sqrt(ALIKE) * shared)


def _asked(cell: Cell, found: Regression, series: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Tell for which families the method rejects anything, and for which it warns of itself."""
    if cell.method == MAX_T:
        told = np.array([_max_t(cell, each, k) for k, each in enumerate(series)])
        return told[:, 0], told[:, 1]
    p = np.stack([emw(found.design, series[:, i]) for i in range(INDICATORS)], axis=1)
    if cell.method == HOLM:
        rejected = holm_rejects(p)
    else:
        kind: Literal["cauchy", "harmonic"] = "cauchy" if cell.method == CAUCHY else "harmonic"
        combined = [combine(each.tolist(), method=kind).p_value for each in p]
        rejected = np.array(combined) <= NOMINAL
    return rejected, np.zeros(len(p), dtype=bool)


def holm_rejects(p: Floats) -> np.ndarray:
    """Tell for which families (B, K) Holm rejects anything: when the smallest p survives times K.

    A test holds this against ``adjust``, whose 4,000 calls would take a quarter of an hour.
    """
    return np.asarray(p.shape[1] * p.min(axis=1) <= NOMINAL)


def _max_t(cell: Cell, series: Floats, seed: int) -> tuple[bool, bool]:
    """Tell whether max-T rejects any of the indicators of one data set, and whether it warns."""
    panels = []
    for k, values in enumerate(series):
        panel = panel_of(values, ("D",), cell.years)
        named = replace(panel.indicators[0], name=f"indicator {k}")
        panels.append(replace(panel, indicators=(named,)))
    model = BAYES["InterruptedTimeSeries(trend=False)"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = max_t(model, Panel.stack(*panels), one_side(cell), draws=199, rng=seed)
    told = any(issubclass(w.category, SmallSampleWarning) for w in caught)
    return bool(found.rejected), told


def equivalence_cells(seed: int) -> Iterator[Cell]:
    """Yield equivalence by the default's one-sided tests."""
    shapes = ((12, 8), (27, 13))
    for method, (before, after), (process, rho) in itertools.product(
        EQUIVALENCE, shapes, PROCESSES
    ):
        yield Cell(
            table="equivalence",
            method=method,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            draws=2000,
            seed=seed,
        )


def cells(seed: int) -> Iterator[Cell]:
    """Yield families of three indicators, adjusted, combined or resampled together."""
    methods = (HOLM, CAUCHY, HARMONIC, MAX_T)
    for method, rho in itertools.product(methods, (0.0, 0.4, 0.8)):
        yield Cell(
            table="families",
            method=method,
            before=12,
            after=8,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting=f"three indicators correlated {ALIKE:g}",
            draws=300 if method == MAX_T else 2000,
            seed=seed,
        )
