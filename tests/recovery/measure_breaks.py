"""Structural breaks: how often tests and criteria find one where there is none, or is one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from shiftexp.description import structural_breaks
from shiftexp.description.dating import ERRORS, error_autocorrelation
from shiftexp.kernels.break_dates import partitions
from shiftexp.kernels.breaks import (
    TESTS,
    asymptotic_p,
    break_design,
    break_statistics,
    correlation_root,
    shortest_segment,
    simulated_p,
)
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors

PERIODS, RHO = (15, 20, 40), (0.0, 0.5, 0.8)
ASYMPTOTIC = "asymptotic"
ERROR, TRIMMING = 0.05, 0.15
SHORT, MOST = 30, 5
COLUMNS = (
    *(("sup-F", name) for name in (*ERRORS, ASYMPTOTIC)),
    *((test, ERRORS[0]) for test in ("Chow", "exp-F", "ave-F", "OLS-CUSUM", "Rec-CUSUM")),
)
CRITERIA = ("BIC", "LWZ")


@dataclass(frozen=True, kw_only=True)
class BreakCell:
    """Series without a break, or with one, and how they are asked.

    Attributes
    ----------
    periods : int
        T; a known date lies in the middle.
    rho : float
        Autocorrelation of the errors.
    trend : bool
        Whether a slope may break too.
    step : float
        Break in the middle, in standard deviations of the errors.
    draws, simulations, seed : int
        Series, series that each p is counted in, and the seed of the first of both.
    """

    periods: int
    rho: float
    trend: bool
    step: float = 0.0
    draws: int = 400
    simulations: int = 199
    seed: int = 1


def cells(step: float = 0.0) -> Iterator[BreakCell]:
    """Yield the cells of a table."""
    for trend, periods, rho in itertools.product((False, True), PERIODS, RHO):
        yield BreakCell(periods=periods, rho=rho, trend=trend, step=step)


def regressors(cell: BreakCell) -> Floats:
    """Return constant and trend."""
    time = np.arange(cell.periods) - (cell.periods - 1) / 2
    return np.column_stack([np.ones(cell.periods), time])[:, : 1 + int(cell.trend)]


def series(cell: BreakCell) -> Floats:
    """Return the series, shape (draws, T)."""
    rng = np.random.default_rng([cell.seed, cell.periods, int(10 * cell.rho)])
    errors = autoregressive_errors((cell.draws, cell.periods), cell.rho, rng)
    return errors + cell.step * (np.arange(cell.periods) >= cell.periods // 2)


def p_values(cell: BreakCell) -> dict[str, Floats]:
    """Return p-values by how they are found, each (draws, 6), in the order of the tests."""
    x, y = regressors(cell), series(cell)
    shortest = shortest_segment(cell.periods, x.shape[1], TRIMMING)
    design = break_design(x, shortest, known=cell.periods // 2)
    time = np.arange(cell.periods, dtype=float)
    statistics = break_statistics(design, y)
    found: dict[str, list[Floats]] = {name: [] for name in (*ERRORS, ASYMPTOTIC)}
    for i, (row, values, f) in enumerate(zip(y, statistics.values, statistics.f, strict=True)):
        start = int(design.positions[f.argmax()])
        for errors in ERRORS:
            rho = error_autocorrelation(row, x, None, time, start, errors)
            rng, root = np.random.default_rng(cell.seed + i), correlation_root(rho, time)
            found[errors].append(simulated_p(design, values, root, cell.simulations, rng))
        found[ASYMPTOTIC].append(asymptotic_p(design, values))
    return {name: np.array(rows) for name, rows in found.items()}


@cache
def sizes(cell: BreakCell) -> dict[str, dict[str, float]]:
    """Return shares of rejections by how p is found and by test; NaN where there is no p."""
    return {
        name: {
            test: float(np.where(np.isnan(p[:, k]), np.nan, p[:, k] <= ERROR).mean())
            for k, test in enumerate(TESTS)
        }
        for name, p in p_values(cell).items()
    }


def found_breaks(cell: BreakCell) -> dict[str, float]:
    """Return shares of series in which a criterion finds a break."""
    x, y = regressors(cell), series(cell)
    shortest = shortest_segment(cell.periods, x.shape[1], TRIMMING)
    most = 1 if cell.periods < SHORT else min(MOST, cell.periods // shortest - 1)
    found = partitions(x, y, shortest, most)
    return {
        "BIC": float((found.bic.argmin(axis=1) > 0).mean()),
        "LWZ": float((found.lwz.argmin(axis=1) > 0).mean()),
    }


def dated(cell: BreakCell) -> dict[str, float]:
    """Return shares of series with a break in the middle in which it is found, and then covered."""
    middle, found, covered = cell.periods // 2, 0, 0
    for i, y in enumerate(series(cell)):
        answer = structural_breaks(
            y, trend=cell.trend, simulations=cell.simulations, rng=cell.seed + i
        )
        found += bool(answer.dates)
        covered += any(int(date.low) <= middle <= int(date.high) for date in answer.dates)
    return {"found": found / cell.draws, "covered": covered / max(found, 1)}


def table(step: float = 0.0) -> list[str]:
    """Return the table of METHODS.md: rejections at 5 %, in per cent, by autocorrelation."""
    heads = [f"{test}, {name}" for test, name in COLUMNS]
    lines = [
        "| " + " | ".join(["line", "T", *heads, *CRITERIA]) + " |",
        "| " + " | ".join(["---"] * (2 + len(heads) + len(CRITERIA))) + " |",
    ]
    for (trend, periods), group in itertools.groupby(cells(step), lambda c: (c.trend, c.periods)):
        every = list(group)
        found = [sizes(cell) for cell in every]
        criteria = [found_breaks(cell) for cell in every]
        rates = [[size[name][test] for size in found] for test, name in COLUMNS]
        rates += [[shares[name] for shares in criteria] for name in CRITERIA]
        line = "trend" if trend else "level"
        lines.append(f"| {line} | {periods} | {' | '.join(map(_shown, rates))} |")
    return lines


def _shown(rates: list[float]) -> str:
    """Return rates in per cent, an en dash where there are none."""
    known = [rate for rate in rates if np.isfinite(rate)]
    return "/".join(f"{100 * rate:.0f}" for rate in known) or "–"
