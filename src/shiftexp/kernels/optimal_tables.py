"""Builds the simulated part of the EMW-LL test: least favourable weights and null distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_nodes import PROCESSES, Process
from shiftexp.kernels.optimal_test import (
    REFERENCE_ERROR,
    NullTable,
    TableKey,
    alternative_density,
    alternative_positions,
    doubt,
    guard,
    guarded,
    null_densities,
    null_limits,
    null_positions,
    nulls,
)
from shiftexp.kernels.series_design import (
    Evidence,
    SeriesDesign,
    evidence,
    positions,
    posterior_cdf,
)

SEED = 20261124
# Smaller errors need more draws to be counted; long series cost more and need fewer.
_DRAWS, _DRAWS_LONG, _DRAWS_RARE = 5000, 2500, 20_000
_LONG, _RARE = 60, 0.012
_STEPS, _START, _DAMPING, _FLOOR = 400, -2.0, 0.985, 0.04
_RANGE = (-14.0, 8.0)
_GRID, _LEAST_P = 96, 2e-4
# Significant bits of what is kept: to 15 in a million, where the draws tell a hundredth.
_BITS = 16
SETTINGS = (
    (SEED, REFERENCE_ERROR, _DRAWS, _DRAWS_LONG, _DRAWS_RARE, _LONG, _RARE),
    (_STEPS, _START, _DAMPING, _FLOOR, _RANGE, _GRID, _LEAST_P, _BITS),
)


@dataclass(frozen=True, eq=False)
class _Null:
    """Series drawn under one null: likelihood ratios where the guard holds, its p elsewhere."""

    ratios: Floats
    doubts: Floats

    @property
    def count(self) -> int:
        """Series drawn."""
        return len(self.ratios) + len(self.doubts)


def build_tables(design: SeriesDesign, keys: tuple[TableKey, ...]) -> dict[TableKey, NullTable]:
    """Simulate the tables of one design; the same design gives the same tables.

    Parameters
    ----------
    design : SeriesDesign
        The regression and the effect.
    keys : tuple of TableKey
        The tests; those that need equally many draws share them.
    """
    tables: dict[TableKey, NullTable] = {}
    for count in sorted({_draws(design, key) for key in keys}):
        group = [key for key in keys if _draws(design, key) == count]
        found: dict[TableKey, list[_Null]] = {key: [] for key in group}
        for process, drawn in _drawn(design, group, count):
            below = posterior_cdf(design, drawn, np.zeros(count))
            for key in group:
                if process in nulls(key.family, shaped=design.shaped):
                    found[key].append(_null(design, key, drawn, below))
        tables |= {key: _table(key, found[key], design) for key in group}
    return tables


def grid_of(error: float) -> Floats:
    """Return the p-values at which a table is exact: from the smallest to 1, its error included."""
    return np.unique(np.append(np.geomspace(_LEAST_P, 1.0, _GRID - 1), error))


def draw_series(design: SeriesDesign, process: Process, normals: Floats) -> Floats:
    """Return series under one process with no effect and unit scale, shape (B, T).

    Parameters
    ----------
    design : SeriesDesign
        The regression.
    process : Process
        One of the grid.
    normals : array of shape (B, T)
        Independent standard normals.
    """
    (omega,) = design.nodes.omega[positions((process,))]
    return np.asarray(normals @ np.linalg.cholesky(omega).T)


def fit_log_weights(ratios: Floats, null: np.ndarray, counts: Floats, limits: Floats) -> Floats:
    """Return log weights of the nulls at which every null's rejections meet its limit.

    Parameters
    ----------
    ratios : array of shape (rows, n)
        Density of each draw under every null over that under the alternatives.
    null : integer array of shape (rows,)
        The null each draw comes from.
    counts, limits : array of shape (n,)
        Draws made under each null, and the share of them that may reject.
    """
    mu = np.full(len(limits), _START)
    step = 1.0
    for _ in range(_STEPS):
        rejected = ratios @ np.exp(mu) < 1
        share = np.bincount(null[rejected], minlength=len(limits)) / counts
        mu = np.clip(mu + step / 2 * (share - limits) / limits, *_RANGE)
        step = max(step * _DAMPING, _FLOOR)
    return mu


def _draws(design: SeriesDesign, key: TableKey) -> int:
    """Return how many series a table needs under each null."""
    if key.error < _RARE:
        return _DRAWS_RARE
    return _DRAWS if design.nodes.whiten.shape[2] <= _LONG else _DRAWS_LONG


def _drawn(
    design: SeriesDesign, keys: list[TableKey], count: int
) -> Iterator[tuple[Process, Evidence]]:
    """Yield every null of any of the tests with what series drawn under it say."""
    from tqdm import tqdm

    wanted = dict.fromkeys(p for key in keys for p in nulls(key.family, shaped=design.shaped))
    shape = (count, design.nodes.whiten.shape[2])
    for process in tqdm(
        wanted, desc="null distributions of this design", disable=None, leave=False, delay=1
    ):
        # Each null has its own draws: where all shared them, they would err to the same side.
        seed = np.random.SeedSequence(SEED, spawn_key=(PROCESSES.index(process),))
        normals = np.random.default_rng(seed).standard_normal(shape)
        yield process, evidence(design, draw_series(design, process, normals))


def _null(design: SeriesDesign, key: TableKey, drawn: Evidence, below: Floats) -> _Null:
    """Return what a test needs of the series drawn under one null."""
    if key.sides == "one":  # the mirror image of a series is as likely: twice the draws for nothing
        drawn = Evidence(np.tile(drawn.rss, (2, 1)), np.concatenate([drawn.tau, -drawn.tau]))
        below = np.concatenate([below, 1 - below])
    p = doubt(below, key.sides)
    held = p <= guard(key.error, key.sides)
    kept = drawn.take(held)
    zero = np.zeros(len(kept.rss))
    weighted = alternative_positions(key.family, shaped=design.shaped)
    against = alternative_density(design, kept, zero, weighted, key.sides)
    under = null_densities(design, kept, zero, null_positions(key.family, shaped=design.shaped))
    return _Null(np.exp(under - against[:, None]), p[~held])


def _table(key: TableKey, found: list[_Null], design: SeriesDesign) -> NullTable:
    """Return weights, and the statistics at which each p-value of the grid is reached."""
    limits = null_limits(key.family, key.error, shaped=design.shaped)
    counts = np.array([one.count for one in found], dtype=float)
    null = np.repeat(np.arange(len(found)), [len(one.ratios) for one in found])
    ratios = np.concatenate([one.ratios for one in found])
    log_weight = fit_log_weights(ratios, null, counts, limits)
    grid = grid_of(key.error)
    largest = guard(key.error, key.sides)
    knots = np.full((len(found), len(grid)), -np.inf)
    for k, one in enumerate(found):
        ratio = -np.log(one.ratios @ np.exp(log_weight))
        failed = guarded(np.zeros(len(one.doubts)), one.doubts, largest)
        knots[k] = _quantiles(np.concatenate([ratio, failed]), grid * limits[k] / key.error)
    return NullTable(_as_kept(log_weight), _as_kept(knots.max(axis=0)), grid)


def _as_kept(values: Floats) -> Floats:
    """Return values with the digits that are kept: the first use is as all later ones."""
    part, power = np.frexp(values)
    return np.asarray(np.ldexp(np.round(part * 2**_BITS), power - _BITS))


def _quantiles(statistics: Floats, tails: Floats) -> Floats:
    """Return the smallest statistic whose upper tail, itself counted, is at most each share."""
    ranked = np.sort(statistics)[::-1]
    rank = np.floor(tails * (len(ranked) + 1)).astype(int) - 1
    inside = np.clip(rank, 0, len(ranked) - 1)
    beyond = ranked[0] + 1.0  # no draw is as large: the share is that of the observed series alone
    return np.asarray(np.where(rank < 0, beyond, ranked[inside]))
