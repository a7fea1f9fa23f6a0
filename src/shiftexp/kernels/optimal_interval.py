"""Confidence intervals of the EMW-LL test for many series at once, by inversion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.optimal_test import NullTable, TableKey, effect_p
from shiftexp.kernels.series_design import Evidence, SeriesDesign, posterior_moments

_GRID, _HALVINGS, _WIDENINGS = 41, 16, 8
_REACH = 5.0


@dataclass(frozen=True, eq=False)
class Intervals:
    """Effects that are not rejected, for a batch of B series.

    Attributes
    ----------
    low, high : array of shape (B,)
        Ends of the hull, in the unit of the series; infinite where no end was met.
    connected : array of shape (B,)
        False where effects inside the hull are rejected.
    """

    low: Floats
    high: Floats
    connected: Booleans

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def intervals(design: SeriesDesign, key: TableKey, table: NullTable, found: Evidence) -> Intervals:
    """Return the hulls of all effects that the two-sided test of ``key`` does not reject.

    Parameters
    ----------
    design : SeriesDesign
        The regression and the effect.
    key : TableKey
        A two-sided test; one minus its error is the level.
    table : NullTable
        Its table.
    found : Evidence
        What B series say.

    Notes
    -----
    A grid of 41 effects over the posterior mean less and plus 5 standard deviations, widened until
    both ends are rejected, then halvings between the outermost kept effect and its rejected
    neighbour. The posterior's scale is that of the set: estimates under every error process reach
    so far apart, in long series, that the set would fall between two points of their grid.
    """
    centre, spread = posterior_moments(design, found)
    grid = np.linspace(centre - _REACH * spread, centre + _REACH * spread, _GRID, axis=1)
    kept = _kept(design, key, table, found, grid)
    for _ in range(_WIDENINGS):
        wide = np.flatnonzero(kept[:, [0, -1]].any(axis=1))
        if not wide.size:
            break
        low, high = grid[wide, 0], grid[wide, -1]
        beyond = (high - low)[:, None] * kept[wide][:, [0, -1]]
        grid[wide] = np.linspace(low - beyond[:, 0], high + beyond[:, 1], _GRID, axis=1)
        kept[wide] = _kept(design, key, table, found.take(wide), grid[wide])
    ends = kept[:, [0, -1]]
    first, last = kept.argmax(axis=1), _GRID - 1 - kept[:, ::-1].argmax(axis=1)
    row = np.arange(len(grid))
    step = grid[:, 1] - grid[:, 0]
    inner = np.stack([grid[row, first], grid[row, last]], axis=1)
    outer = inner + np.stack([-step, step], axis=1)
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        inside = _kept(design, key, table, found, middle)
        inner, outer = np.where(inside, middle, inner), np.where(inside, outer, middle)
    return Intervals(
        low=np.where(ends[:, 0], -np.inf, inner[:, 0]),
        high=np.where(ends[:, 1], np.inf, inner[:, 1]),
        connected=kept.sum(axis=1) == last - first + 1,
    )


def _kept(
    design: SeriesDesign, key: TableKey, table: NullTable, found: Evidence, at: Floats
) -> Booleans:
    """Tell for effects of shape (B, g) whether they are not rejected."""
    every = found.take(np.repeat(np.arange(len(at)), at.shape[1]))
    p = effect_p(design, key, table, every, at.ravel())
    return np.asarray((p > key.error).reshape(at.shape))
