"""From a study to two vessels: series in units of their changes, candidates for the push."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design import Window
from shiftexp.estimators.vessel_pushes import DeclaredPush
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import SdNodes, nodes_of_changes, walks_dominate
from shiftexp.kernels.vessel_terms import change_scales
from shiftexp.kernels.vessels import Vessels
from shiftexp.panel import Calendar


@dataclass(frozen=True, eq=False)
class VesselStudy:
    """A study as the model sees it.

    Attributes
    ----------
    vessels : Vessels
        Series of origin, destination and donors in units of ``scale``, with candidates.
    nodes : SdNodes
        Standard deviations that they are averaged over.
    scale : float
        Standard deviation of the pair's changes, in the panel's unit per period.
    start : int
        Position in the window of the first period used.
    level : array of shape (2,)
        Means before the onset, in the panel's unit per period.
    changes : array of shape (2,)
        Standard deviations of changes of either side, in that unit.
    walking : bool
        Whether changes look like those of random walks rather than of noise.
    """

    vessels: Vessels
    nodes: SdNodes
    scale: float
    start: int
    level: Floats
    changes: Floats
    walking: bool

    def detection_sds(self, share: float) -> Floats:
        """Return prior sds of steps in detection, (2,), in units of the series.

        Parameters
        ----------
        share : float
            The prior standard deviation of a step in log detection.
        """
        return np.asarray(share * np.abs(self.level) / self.scale)


def vessel_study(
    calendar: Calendar, window: Window, cases: Cases, push: DeclaredPush
) -> VesselStudy:
    """Return the study in units of the pair's changes.

    Parameters
    ----------
    calendar : Calendar
        The panel's.
    window, cases : Window and Cases
        What the design sees, and that as one case.
    push : DeclaredPush
        How the push acts, and with which lags.
    """
    first, end = np.flatnonzero(cases.used[0])[[0, -1]]
    part, periods = slice(int(first), int(end) + 1), int(end - first) + 1
    joint = window.joint[part]
    pair = np.where(joint, window.pair[:, part], np.nan)
    donors = np.where(joint, window.donors[:, part], np.nan)
    middle = int(window.onsets[0] - first)
    walk, noise = (float(s[0]) for s in change_scales(pair[None], middle, window.calendar.per_year))
    scales = _scales(np.concatenate([pair, donors]), middle)
    y = np.concatenate([pair, donors * (noise / scales[2:, None])]) / walk
    steps, holes = _steps(cases, part, len(y)), _holes(y)
    filled = np.where(np.isfinite(y), y, np.nanmean(y, axis=1, keepdims=True))
    nodes = nodes_of_changes(pair[None] / walk, middle, window.calendar.per_year)
    return VesselStudy(
        vessels=Vessels(
            engine=Grid(filled[None], nodes),
            shapes=push.shapes(calendar, window, int(first), periods),
            post=cases.post[0][part],
            seasons=np.eye(cases.seasons)[cases.season[part]][:, 1:],
            nuisance=np.concatenate([steps, holes], axis=2),
            steps=steps.shape[2],
        ),
        nodes=nodes,
        scale=walk,
        start=int(first),
        level=np.nanmean(pair[:, :middle], axis=1),
        changes=scales[:2],
        walking=bool(walks_dominate(pair[None], middle, window.calendar.per_year)[0]),
    )


def _scales(series: Floats, onset: int) -> Floats:
    """Return the standard deviations of changes of every series, shape (n,)."""
    return np.array([float(change_scales(s[None, None], onset, 1)[0][0]) for s in series])


def _steps(cases: Cases, part: slice, places: int) -> Floats:
    """Return a step for every reporting break of a side, shape (n, T, k)."""
    breaks = cases.breaks[0][:, part]
    steps = np.zeros((places, breaks.shape[1], 2 * breaks.shape[2]))
    for side in (0, 1):
        steps[side, :, side::2] = breaks[side]
    return steps[..., steps.any(axis=(0, 1))]


def _holes(y: Floats) -> Floats:
    """Return a one for every missing value, shape (n, T, k)."""
    missing = np.argwhere(~np.isfinite(y))
    holes = np.zeros((*y.shape, len(missing)))
    holes[missing[:, 0], missing[:, 1], np.arange(len(missing))] = 1.0
    return holes
