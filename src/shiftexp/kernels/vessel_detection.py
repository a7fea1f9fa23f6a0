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
    paths : array of shape (s, T)
        How a drift may run, each way with a coefficient of its own: as of :func:`drift_paths`.
    levels : array of shape (2,)
        Levels of origin and destination that drifts are shares of, in units of the series.
    sds : array of shape (K,)
        Standard deviation of the drift of every indicator, over the post periods; 0 without one.
    common : float
        The part of its variance that indicators of a side share, from 0 to 1.
    """

    paths: Floats
    levels: Floats
    sds: Floats
    common: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def columns(self, places: int) -> Floats:
        """Return what coefficients that are standard normal add to indicators, (n, T, K, d).

        For each side first what its indicators share, then what each has by itself, on every path;
        parts without variance have no column. Donors have none.

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
        added = np.einsum("st,dk->tkds", self.paths, each)
        found = np.zeros((places, *added.shape[:2], _SIDES, *added.shape[2:]))
        for side in range(_SIDES):
            found[side, :, :, side] = self.levels[side] * added
        return found.reshape(*found.shape[:3], -1)


def drift_levels(values: Floats, post: Booleans, onset: int) -> Floats:
    """Return the levels that drifts are shares of, shape (2,).

    The larger of what is seen over the post periods and what a line through the values before the
    onset leads to: as a verdict takes them.

    Parameters
    ----------
    values : array of shape (2, T, K)
        Indicators of both sides; NaN where missing.
    post : array of shape (T,)
        Periods that effects are averaged over.
    onset : int
        Position of the onset.
    """
    time, found = np.arange(len(post)), np.empty(_SIDES)
    for side, series in enumerate(values):
        index = _mean_known(series)
        expected = _line(index, time < onset)[post].mean()
        found[side] = max(abs(float(expected)), abs(float(np.nanmean(index[post]))))
    return found


def level_paths(values: Floats, onset: int) -> Floats:
    """Return the levels of indicators over their means before the onset, (n, T, K).

    Lines through their values before and after. An indicator that catches a share of the level is
    brought to that of another by a ratio of means before the onset, and what is wrong with it
    grows with the level: after the onset it looks like detection.

    Parameters
    ----------
    values : array of shape (n, T, K)
        Indicators; NaN where missing.
    onset : int
        Position of the onset.
    """
    early, found = np.arange(values.shape[1]) < onset, np.empty_like(values)
    for place, k in np.ndindex(values.shape[0], values.shape[2]):
        series = values[place, :, k]
        lines = np.where(early, *(_line(series, at) for at in (early, ~early)))
        found[place, :, k] = lines / lines[early].mean()
    return found


def _line(series: Floats, chosen: Booleans) -> Floats:
    """Return the line through the known values of some periods, at all periods, shape (T,)."""
    time = np.arange(len(series), dtype=float)
    at = chosen & np.isfinite(series)
    return np.asarray(np.polyval(np.polyfit(time[at], series[at], min(1, int(at.sum()) - 1)), time))


def _mean_known(values: Floats) -> Floats:
    """Return the mean of the indicators that are there, (T,); NaN without any."""
    known = np.isfinite(values)
    total = np.nansum(values, axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


def drift_paths(post: Booleans, onset: int) -> Floats:
    """Return how detection may change from the onset on, shape (2, T).

    An even rise with a mean of one over the post periods, and what a step is beyond that: with a
    mean of zero, so that the first coefficient alone is the mean change, whichever way it came.

    Parameters
    ----------
    post : array of shape (T,)
        Periods that effects are averaged over.
    onset : int
        Position of the onset.
    """
    since = np.maximum(np.arange(len(post)) - onset + 1.0, 0.0)
    rise, step = (path / path[post].mean() for path in (since, np.minimum(since, 1.0)))
    return np.stack([rise, step - rise])


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
