"""Normal likelihoods of stacked observations, one Cholesky decomposition a node.

Rows of one place and period share their level: their mean, weighted by precision, says all of it,
and how they differ is noise alone. So the matrix to decompose is that of places and periods,
however many indicators there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_rows import VesselRows

_MOST_NUMBERS = 4_000_000  # of all matrices that are decomposed at once


@dataclass(frozen=True, eq=False)
class CellSystems:
    """Series at G nodes, in terms in which every covariance is the unit matrix.

    Attributes
    ----------
    root : array of shape (G, M, M)
        Cholesky factors of the covariance of the cells' means.
    noise : array of shape (G, M)
        Variances of these means about the levels of the cells.
    mean : array of shape (G, M, q)
        Means of the series by cell.
    half : array of shape (G, M, q)
        The same, divided by the factors.
    gram : array of shape (G, q, q)
        Cross products of the series, weighted by the inverse covariance of the rows.
    log_det : array of shape (G,)
        Log determinants of the covariance of the rows.
    """

    root: Floats
    noise: Floats
    mean: Floats
    half: Floats
    gram: Floats
    log_det: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def held(self, a: Floats) -> Floats:
        """Return inverse covariances of the means times combinations (G, q) of the series."""
        along = self.half @ a[..., None]
        return np.asarray(np.linalg.solve(np.swapaxes(self.root, 1, 2), along)[..., 0])

    def levels(self, a: Floats) -> Floats:
        """Return posterior means of the levels in combinations (G, q) of the series, (G, M)."""
        return np.asarray((self.mean @ a[..., None])[..., 0] - self.noise * self.held(a))


def cell_systems(
    rows: VesselRows, walks: Floats, noise: Floats, series: Floats
) -> Iterator[CellSystems]:
    """Yield what nodes make of the series, so many at a time as the memory should hold.

    Parameters
    ----------
    rows : VesselRows
        Observations.
    walks : array of shape (G, J)
        Standard deviations of the walks.
    noise : array of shape (G, N)
        Variances of the rows about their levels.
    series : array of shape (N, q)
        Series and regressors.
    """
    size = (len(rows.cells[0]) + series.shape[1]) ** 2
    step = max(1, _MOST_NUMBERS // size)
    for start in range(0, len(walks), step):
        part = slice(start, start + step)
        yield _systems(rows, walks[part], noise[part], series)


def _systems(rows: VesselRows, walks: Floats, noise: Floats, series: Floats) -> CellSystems:
    """Return what these nodes make of the series."""
    order, starts, row = rows.by_cell
    cells, q = len(starts), series.shape[1]
    precision = 1 / noise
    total = np.add.reduceat(precision[:, order], starts, axis=1)
    weighted = precision[:, order, None] * series[order]
    mean = np.add.reduceat(weighted, starts, axis=1) / total[..., None]
    # Below a Cholesky factor of V, that of V bordered by a matrix B has B divided by the factor:
    # all nodes' divisions come in the one batch. The corner only has to be large enough.
    bordered = np.zeros((len(walks), cells + q, cells + q))
    flat = rows.kernels.reshape(len(rows.kernels), -1)
    bordered[:, :cells, :cells] = (walks**2 @ flat).reshape(-1, cells, cells)
    diagonal = np.arange(cells + q)
    bordered[:, diagonal[:cells], diagonal[:cells]] += 1 / total
    bordered[:, cells:, :cells] = np.swapaxes(mean, 1, 2)
    corner = 2 * (mean**2).sum(axis=(1, 2)) * total.max(axis=1)
    bordered[:, diagonal[cells:], diagonal[cells:]] = corner[:, None]
    lower = np.linalg.cholesky(bordered)
    root, half = lower[:, :cells, :cells], np.swapaxes(lower[:, cells:, :cells], 1, 2)
    gram = np.swapaxes(half, 1, 2) @ half
    if cells < len(row):
        apart = (series - mean[:, row]) * np.sqrt(precision)[..., None]
        gram = gram + np.swapaxes(apart, 1, 2) @ apart
    inside = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    log_det = np.log(noise).sum(axis=1) + np.log(total).sum(axis=1) + 2 * inside
    return CellSystems(root, 1 / total, mean, half, gram, log_det)


def without_fixed(gram: Floats, fixed: int) -> tuple[Floats, Floats]:
    """Return cross products with the first columns taken out, and the log determinant of those.

    Parameters
    ----------
    gram : array of shape (G, q, q)
        Cross products.
    fixed : int
        How many columns to take out.

    Returns
    -------
    tuple of arrays of shape (G, q - fixed, q - fixed) and (G,)
    """
    root = np.linalg.cholesky(gram[:, :fixed, :fixed])
    flat = np.linalg.solve(root, gram[:, :fixed, fixed:])
    log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return gram[:, fixed:, fixed:] - np.swapaxes(flat, 1, 2) @ flat, log_det
