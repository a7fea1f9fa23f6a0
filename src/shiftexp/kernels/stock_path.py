"""What stacked observations say of the levels of places, period by period, gaps included."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_nodes import NodePosterior
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_stack import Stack


@dataclass(frozen=True, eq=False)
class StockPath:
    """Posterior means and standard deviations of the levels of the first places.

    Attributes
    ----------
    level, sd : arrays of shape (k, T)
        Without the noise.
    """

    level: Floats
    sd: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def stock_path(
    stack: Stack, z: Floats, fixed: Floats, posterior: NodePosterior, *, places: int
) -> StockPath:
    """Return the levels of so many places, averaged over the nodes.

    Parameters
    ----------
    stack : Stack
        Normal observations of one indicator, no known variances.
    z : array of shape (n, T, p)
        Regressors, with flat priors.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own.
    posterior : NodePosterior
        What weighs the nodes.
    places : int
        How many places, from the first on.
    """
    rows = stack.rows
    columns = np.concatenate([rows.place_columns(fixed), z], axis=2)
    whole = columns.reshape(rows.places * rows.periods, -1)
    kernels = _everywhere(rows).kernels
    seen, shown = rows.place * rows.periods + rows.period, slice(0, places * rows.periods)
    noise = stack.nodes.of_rows(rows.noise_group) ** 2
    level, square = np.zeros((2, places * rows.periods))
    for mass, walks, spread in zip(posterior.weight[0], stack.nodes.walks, noise, strict=True):
        cov = np.tensordot(walks**2, kernels, axes=1)
        root = np.linalg.cholesky(cov[np.ix_(seen, seen)] + np.diag(spread))
        known = np.column_stack([cov[seen, shown], whole[seen], rows.value])
        half = np.linalg.solve(root, known)
        told, design, y = np.split(half, [shown.stop, -1], axis=1)
        inverse = np.linalg.inv(design.T @ design)
        coefficients = inverse @ (design.T @ y)
        mean = (whole[shown] @ coefficients + told.T @ (y - design @ coefficients))[:, 0]
        beside = whole[shown] - told.T @ design
        variance = np.diagonal(cov)[shown] - (told**2).sum(axis=0)
        variance = variance + np.einsum("ti,ij,tj->t", beside, inverse, beside)
        level += mass * mean
        square += mass * (variance + mean**2)
    sd = np.sqrt(np.maximum(square - level**2, 0.0))
    return StockPath(level.reshape(places, -1), sd.reshape(places, -1))


def _everywhere(rows: VesselRows) -> VesselRows:
    """Return one observation of every place and period."""
    cells = np.arange(rows.places * rows.periods)
    place, period = np.divmod(cells, rows.periods)
    none = np.zeros(len(cells))
    return replace(
        rows,
        value=none,
        place=place,
        period=period,
        indicator=0 * cells,
        variance=none,
        noise_group=0 * cells,
    )
