"""Every cell that is measured, table by table, and what measures it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from shiftexp.kernels.error_draws import (
    AUTOREGRESSIVE,
    COUNTED,
    HEAVY,
    LOCAL_LEVEL,
    NORMAL,
    SECOND_ORDER,
    SLOPE,
    WALK,
)
from tests.recovery import measure_counts as rates
from tests.recovery import measure_detection as freed
from tests.recovery import measure_effort as efforts
from tests.recovery import measure_engines as engines
from tests.recovery import measure_extensions as extensions
from tests.recovery import measure_families as family
from tests.recovery import measure_fits as fits
from tests.recovery import measure_recovery as recovered
from tests.recovery import measure_series as series
from tests.recovery import measure_settings as unlike
from tests.recovery import measure_spillover as touched
from tests.recovery import measure_stochastic as undated
from tests.recovery import measure_structural as wandering
from tests.recovery import measure_synthetic as weighted
from tests.recovery import measure_verdicts as verdicts
from tests.recovery import measure_wrappers as ranks
from tests.recovery.measure import FINAL_SEED, LATER_SEEDS, PROCESSES, Cell, Rate

LEVEL, TREND = "InterruptedTimeSeries(trend=False)", "InterruptedTimeSeries(trend=True)"
LOG_LEVEL = "InterruptedTimeSeries(scale='log', trend=False)"
LOG_TREND = "InterruptedTimeSeries(scale='log', trend=True)"
DID = "DifferenceInDifferences()"
ANNUAL = ((8, 4), (10, 5), (13, 7), (27, 13))
BREAKS = (
    *((8, 4), (6, 6), (10, 5), (8, 7), (13, 7), (10, 10)),
    *((27, 13), (20, 20), (80, 40), (60, 60)),
)
EVERY_PROCESS = (
    *PROCESSES,
    (SECOND_ORDER, 0.0),
    (WALK, 0.0),
    (SLOPE, 0.1),
)
MARGINALS = (NORMAL, HEAVY, COUNTED)
COUNTS = (
    (fits.POISSON, 0.0),
    (fits.OVERDISPERSED, 0.0),
    (fits.AUTOCORRELATED, 0.4),
    (fits.AUTOCORRELATED, 0.8),
)
CLOSED = ("displacement.wdd", "displacement.tne", "displacement.rirr", "displacement.e_test")
MEASURE: dict[str, Callable[[Cell], tuple[Rate, ...]]] = {
    "engines": engines.engines,
    "power_bounds": engines.bounds,
    "extensions": extensions.extensions,
    "one_series": series.one_series,
    "pairs": series.two_series,
    "joint_sets": fits.joint_sets,
    "onset_range": series.onset_range,
    "log_scale": fits.log_scale,
    "counts": fits.count_windows,
    "closed_forms": fits.closed_forms,
    "conformal": fits.conformal,
    "wrappers": ranks.wrappers,
    "synthetic": weighted.synthetic,
    "spillover": touched.spillover,
    "structural": wandering.structural,
    "count_did": rates.count_did,
    "effort": efforts.effort,
    "equivalence": family.equivalence,
    "families": family.families,
    "verdicts": verdicts.verdicts,
    recovered.TABLE: recovered.recovery,
    unlike.TABLE: unlike.recovery_settings,
    freed.TABLE: freed.detection_rates,
    undated.TABLE: undated.stochastic,
}


def measure(cell: Cell) -> tuple[Rate, ...]:
    """Return the rates of a cell; the same cell gives the same numbers."""
    return MEASURE[cell.table](cell)


def grid(seed: int) -> list[Cell]:
    """Return every cell with one seed; the final one has a successor in some tables."""
    makers = (
        _engines,
        _bounds,
        _extensions,
        _series,
        _pairs,
        _onsets,
        _logs,
        _counts,
        _conformal,
        _wrappers,
        weighted.cells,
        touched.cells,
        wandering.cells,
        rates.cells,
        efforts.cells,
        family.equivalence_cells,
        family.cells,
        verdicts.cells,
    )
    cells = [cell for make in makers for cell in make(seed)]
    if seed != FINAL_SEED:
        return cells
    return [replace(cell, seed=LATER_SEEDS.get(cell.table, seed)) for cell in cells]


def _engines(seed: int) -> Iterator[Cell]:
    """Yield the default beside other engines: two regressions, ten windows, every error process."""
    for kind, (before, after), (process, rho), marginal in itertools.product(
        (engines.LEVEL, engines.TREND), BREAKS, EVERY_PROCESS, MARGINALS
    ):
        yield Cell(
            table="engines",
            method=kind,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            setting=marginal,
            draws=2000,
            seed=seed,
        )


def _bounds(seed: int) -> Iterator[Cell]:
    """Yield the designs whose best attainable power is known from the project's study."""
    shapes = ((9, 6), (12, 8), (24, 16))
    for kind, (before, after), rho in itertools.product(
        (engines.LEVEL, engines.TREND), shapes, (0.0, 0.4, 0.8)
    ):
        yield Cell(
            table="power_bounds",
            method=kind,
            before=before,
            after=after,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            draws=20_000,
            seed=seed,
        )


def _extensions(seed: int) -> Iterator[Cell]:
    """Yield studies that are not one complete annual series, and other errors and sides."""
    shapes = {extensions.QUARTERS: (24, 16), extensions.MONTHS: (72, 48)}
    for setting, kind, (process, rho) in itertools.product(
        extensions.SETTINGS, (engines.LEVEL, engines.TREND), PROCESSES
    ):
        before, after = shapes.get(setting, (12, 8))
        yield Cell(
            table="extensions",
            method=kind,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            setting=setting,
            draws=2000,
            seed=seed,
        )


def _series(seed: int) -> Iterator[Cell]:
    """Yield the default for one series: two regressions and the contrast with donors."""
    for method, (before, after), (process, rho) in itertools.product(
        (LEVEL, TREND, DID), ANNUAL, PROCESSES
    ):
        yield Cell(
            table="one_series",
            method=method,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            setting="5 donors, common random walk" if method == DID else "",
            draws=4000,
            seed=seed,
        )


def _pairs(seed: int) -> Iterator[Cell]:
    """Yield the net effect and a half-plane of two series, and joint sets by fitting."""
    words = f"shocks correlated {series.SHOCK_CORRELATION:g}"
    rhos = ((0.0, 0.0), (0.4, 0.4), (0.8, 0.8), (0.9, 0.9), (0.0, 0.8), (0.4, 0.9))
    levels = ((0.1, 0.1), (1.0, 1.0), (0.1, 1.0))
    pairs = [(AUTOREGRESSIVE, rho) for rho in rhos] + [(LOCAL_LEVEL, q) for q in levels]
    shapes = ((10, 5), (13, 7), (27, 13))
    for method, (before, after), (process, rho) in itertools.product((LEVEL, TREND), shapes, pairs):
        yield Cell(
            table="pairs",
            method=method,
            before=before,
            after=after,
            process=process,
            rho=rho,
            setting=words if process == AUTOREGRESSIVE else "independent",
            draws=4000,
            seed=seed,
        )
    for rho in ((0.4, 0.4), (0.8, 0.8), (0.0, 0.8)):
        yield Cell(
            table="joint_sets",
            method=LEVEL,
            before=13,
            after=7,
            process=AUTOREGRESSIVE,
            rho=rho,
            setting=words,
            draws=250,
            seed=seed,
        )


def _onsets(seed: int) -> Iterator[Cell]:
    """Yield four candidate onsets, 11 periods before the first and 6 from the last one on."""
    for method, rho in itertools.product((LEVEL, TREND), (0.0, 0.4, 0.8)):
        yield Cell(
            table="onset_range",
            method=method,
            before=11,
            after=9,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting=f"{series.CANDIDATES} candidates",
            draws=4000,
            seed=seed,
        )


def _logs(seed: int) -> Iterator[Cell]:
    """Yield effects in level units of a model in logs."""
    for method, rho in itertools.product((LOG_LEVEL, LOG_TREND), (0.0, 0.4, 0.8)):
        yield Cell(
            table="log_scale",
            method=method,
            before=13,
            after=7,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting="errors in logs",
            sd=fits.LOG_SD,
            draws=1000 if rho == 0.8 else 300,
            seed=seed,
        )


def _counts(seed: int) -> Iterator[Cell]:
    """Yield two windows of counts, and the closed forms."""
    wide = [("counts", "WindowContrast()", shape) for shape in ((5, 4), (12, 8))]
    closed = [("closed_forms", method, (5, 5)) for method in CLOSED]
    for (table, method, (before, after)), (process, rho) in itertools.product(
        wide + closed, COUNTS
    ):
        yield Cell(
            table=table,
            method=method,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            setting=f"mean {fits.COUNT_MEAN:g} a period",
            draws=2000,
            seed=seed,
        )


def _conformal(seed: int) -> Iterator[Cell]:
    """Yield the conformal wrapper at 10 %; with a trend, where size is small, fewer processes."""
    level, trend = fits.CONFORMAL
    annual = ((9, 6), (8, 7), (12, 8), (10, 10), (27, 13), (20, 20))
    every = [(AUTOREGRESSIVE, rho) for rho in (0.0, 0.4, 0.8, 0.9)] + [(LOCAL_LEVEL, 1.0)]
    cells = [
        *itertools.product((level,), annual, every),
        *itertools.product((level,), ((80, 40), (60, 60)), every[2:]),
        *itertools.product((trend,), annual, ((AUTOREGRESSIVE, 0.4), (AUTOREGRESSIVE, 0.8))),
    ]
    for method, (before, after), (process, rho) in cells:
        yield Cell(
            table="conformal",
            method=method,
            before=before,
            after=after,
            process=process,
            rho=(rho,),
            draws=500,
            seed=seed,
        )


def _wrappers(seed: int) -> Iterator[Cell]:
    """Yield the wrappers that rank among placebos, draws and blocks, at 10 %."""
    for method, rho in itertools.product(ranks.WRAPPERS, (0.4, 0.8)):
        ends = ((10, 5), (14, 6), (30, 10))
        shapes: tuple[tuple[int, int], ...] = ((10, 5), (13, 7), (27, 13))
        shapes = ends if method.startswith("EndOf") else shapes
        settings: tuple[str, ...] = (ranks.NO_DONORS,)
        if method in ranks.AGAINST_DONORS:
            settings = (ranks.ALIKE, ranks.SMALLER, ranks.FEWER, ranks.QUIETER)
        if method in ranks.IN_LOGS:
            shapes, settings = shapes[1:2], (ranks.ALIKE, ranks.QUIETER)
        for (before, after), setting in itertools.product(shapes, settings):
            if setting in {ranks.ALIKE, ranks.NO_DONORS} or (before == 13 and rho == 0.4):
                yield Cell(
                    table="wrappers",
                    method=method,
                    before=before,
                    after=after,
                    process=AUTOREGRESSIVE,
                    rho=(rho,),
                    setting=setting,
                    draws=500,
                    seed=seed,
                )
