"""Detection that drifts after the onset in some indicators of a level, beside others that do not.

A drift is a normal coefficient of rows: one that all indicators with a drift share on a side, and
one of each by itself. It is integrated out of every node's cross products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock

_SIDES = 2


@dataclass(frozen=True, eq=False)
class DriftPrior:
    """What is believed of detection on both sides.

    Attributes
    ----------
    path : array of shape (T,)
        How a drift runs: zero before the onset, a mean of one over the post periods.
    levels : array of shape (2,)
        Levels of origin and destination that drifts are shares of, in units of the series.
    sds : array of shape (K,)
        Standard deviation of the drift of every indicator, over the post periods; 0 without one.
    common : float
        The part of its variance that indicators of a side share, from 0 to 1.
    """

    path: Floats
    levels: Floats
    sds: Floats
    common: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def columns(self, places: int) -> Floats:
        """Return what coefficients that are standard normal add to indicators, (n, T, K, d).

        For each side first what its indicators share, then what each has by itself; parts without
        variance have no column. Donors have none.

        Parameters
        ----------
        places : int
            Origin, destination and donors.
        """
        drifting = np.flatnonzero(self.sds)
        own = np.zeros((len(drifting), len(self.sds)))
        own[np.arange(len(drifting)), drifting] = self.sds[drifting]
        each = np.concatenate(
            [np.sqrt(self.common) * self.sds[None], np.sqrt(1 - self.common) * own]
        )
        each = each[each.any(axis=1)]
        found = np.zeros((places, len(self.path), len(self.sds), _SIDES, len(each)))
        for side in range(_SIDES):
            found[side, :, :, side] = np.einsum(
                "t,dk->tkd", self.levels[side] * self.path, each
            )
        return found.reshape(places, len(self.path), len(self.sds), -1)


def drift_path(post: Booleans, onset: int, *, rising: bool) -> Floats:
    """Return how detection changes from the onset on, with a mean of one over the post periods.

    Parameters
    ----------
    post : array of shape (T,)
        Periods that effects are averaged over.
    onset : int
        Position of the onset.
    rising : bool
        Whether it changes evenly until the end; at once otherwise.
    """
    since = np.maximum(np.arange(len(post)) - onset + 1.0, 0.0)
    path = since if rising else np.minimum(since, 1.0)
    return np.asarray(path / path[post].mean())


def without_normal(moments: Floats, count: int) -> tuple[Floats, Floats]:
    """Return cross products with the last, standard normal coefficients integrated out.

    Parameters
    ----------
    moments : array of shape (G, q, q)
        Cross products of a series and regressors, weighted by precision.
    count : int
        How many coefficients, at the end.

    Returns
    -------
    tuple of arrays of shape (G, q - count, q - count) and (G,)
        Cross products, and what is added to the log determinant of the covariance.
    """
    if not count:
        return moments, np.zeros(len(moments))
    root = np.linalg.cholesky(moments[:, -count:, -count:] + np.eye(count))
    half = np.linalg.solve(root, moments[:, -count:, :-count])
    log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return moments[:, :-count, :-count] - np.swapaxes(half, 1, 2) @ half, log_det
