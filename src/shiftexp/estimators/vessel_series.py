"""From readings of a study to two vessels: series in units of their changes, and an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.estimators.vessel_drifts import DeclaredDrift
from shiftexp.estimators.vessel_pushes import DeclaredPush
from shiftexp.estimators.vessel_readings import Reading, Variances
from shiftexp.estimators.vessel_stacks import Scaled, stacked
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import SdNodes, fixed_terms, nodes_of_changes, walks_dominate
from shiftexp.kernels.vessel_push import far_turns
from shiftexp.kernels.vessel_stack import Stack
from shiftexp.kernels.vessel_terms import (
    Cuts,
    change_scales,
    change_sds,
    spread_ratio,
    vessel_terms,
    without_seasons,
)
from shiftexp.kernels.vessels import Vessels
from shiftexp.panel import Calendar

# From this ratio on, the sides' changes are called unlike, and so in the flag's sentence.
UNLIKE = 2.0
# Sizes of changes before and after the onset: the least ratio that is told, and the errors of its
# log beyond which either of two sides lies in 5 % of data sets.
_LEAST_CHANGED, _BEYOND = 1.5, 2.24


@dataclass(frozen=True, eq=False)
class VesselStudy:
    """A study as the model sees it.

    Attributes
    ----------
    vessels : Vessels
        Series of origin, destination and donors in units of ``scale``, with candidates.
    scale : float
        Standard deviation of the pair's changes, in the first indicator's unit per period.
    start : int
        Position in the window of the first period used.
    seasons : int
        Periods in a year.
    level : array of shape (2,)
        Means before the onset, in that unit per period.
    changes : array of shape (2,)
        Standard deviations of changes of either side, in that unit.
    spread_ratio, spread_error : arrays of shape (2,)
        The same after the onset over that before it, and the standard error of its log.
    walking : bool
        Whether changes look like those of random walks rather than of noise.
    own_variances : bool
        Whether both sides have standard deviations of their own.
    indicators : int
        How many there are.
    observed : array of shape (2, K)
        Means of every indicator over the post periods, in units of the series.
    drifts : array of shape (n, T, K, d)
        What changes of detection add to every indicator, by coefficients that are standard normal;
        d is 0 where none is declared.
    """

    vessels: Vessels
    scale: float
    start: int
    seasons: int
    level: Floats
    changes: Floats
    spread_ratio: Floats
    spread_error: Floats
    walking: bool
    own_variances: bool
    indicators: int
    observed: Floats
    drifts: Floats

    @property
    def unlike(self) -> bool:
        """Whether sides with one variance have changes that differ much in size."""
        return not self.own_variances and are_unlike(self.changes)

    @property
    def spread_changed(self) -> bool:
        """Whether changes of a side are of another size after the onset than before it."""
        least = np.exp(np.maximum(np.log(_LEAST_CHANGED), _BEYOND * self.spread_error))
        ratio = self.spread_ratio
        return bool(((ratio > least) | (ratio < 1 / least)).any())

    def detection_sds(self, share: float) -> Floats:
        """Return prior sds of steps in detection, (2,), in units of the series.

        None, where detection drifts in indicators: steps of all at once are no detection then.

        Parameters
        ----------
        share : float
            The prior standard deviation of a step in log detection.
        """
        if self.drifts.shape[3]:
            return np.zeros(2)
        return np.asarray(share * np.abs(self.level) / self.scale)


def are_unlike(changes: Floats) -> bool:
    """Tell whether changes of two sides differ much in size.

    Parameters
    ----------
    changes : array of shape (2,)
        Standard deviations of their changes.
    """
    return bool(changes.max() > UNLIKE * changes.min())


def vessel_study(
    calendar: Calendar,
    readings: tuple[Reading, ...],
    push: DeclaredPush,
    variances: Variances,
    drift: DeclaredDrift,
    places: Sequence[str],
) -> VesselStudy:
    """Return the study in units of the pair's changes.

    Parameters
    ----------
    calendar : Calendar
        The panel's.
    readings : tuple of Reading
        The indicators, that in whose unit effects are told first.
    push : DeclaredPush
        How the push acts, and with which lags.
    variances : {"auto", "equal", "own"}
        Whether places share their standard deviations; ``auto`` where changes are alike.
    drift : DeclaredDrift
        What is declared of detection in indicators.
    places : sequence of str
        Names of origin, destination and donors.
    """
    cases, window = readings[0].cases, readings[0].window
    start, end = (int(at) for at in np.flatnonzero(cases.used[0])[[0, -1]])
    part = slice(start, end + 1)
    series = readings[0].values[:, part]
    shapes = push.shapes(calendar, window, start, end - start + 1)
    first = shapes[0]
    cuts = Cuts(first.start, window.calendar.per_year, far_turns(first.push, first.start))
    seasons = np.eye(cases.seasons)[cases.season[part]][:, 1:]
    calm = without_seasons(series, seasons, cuts.onset)
    changes = change_sds(calm, cuts)
    walk, noise = (float(s[0]) for s in change_scales(calm[None, :2], cuts))
    size = np.concatenate([np.ones(2), noise / changes[2:]])[:, None]
    ratio, error = spread_ratio(calm[None, :2], cuts)
    walking = bool(walks_dominate(calm[None, :2], cuts)[0])
    own = variances == "own" or (variances == "auto" and are_unlike(changes[:2]))
    scaled = Scaled.of(readings, part, cuts.onset, size / walk, places)
    nuisance = steps = break_steps(cases, part, len(size))
    terms = vessel_terms(first.push, first.lags, first.onsets, len(size))
    post = cases.post[0][part]
    names = [reading.name for reading in readings]
    drifts = drift.columns(names, scaled.values, post, cuts.onset)
    engine: Grid | Stack
    if own or scaled.general or drifts.shape[3]:
        models = [np.concatenate([moved, steps], axis=2) for moved in (terms.free, terms.flow)]
        engine = stacked(scaled, models, seasons, cuts, drifts, own=own, walking=walking)
    else:
        y = scaled.values[..., 0]
        nuisance = np.concatenate([steps, _holes(y)], axis=2)
        z = np.concatenate([terms.free, nuisance], axis=2)
        engine = _grid(y, z, nodes_of_changes(calm[None, :2] / walk, cuts), seasons)
    return VesselStudy(
        vessels=Vessels(
            engine=engine,
            shapes=shapes,
            post=post,
            seasons=seasons,
            nuisance=nuisance,
            steps=steps.shape[2],
        ),
        scale=walk,
        start=start,
        seasons=cuts.seasons,
        level=np.nanmean(series[:2, : cuts.onset], axis=1),
        changes=changes[:2],
        spread_ratio=ratio[0],
        spread_error=error[0],
        walking=walking,
        own_variances=own,
        indicators=len(readings),
        observed=np.nanmean(scaled.values[:2, post], axis=1),
        drifts=drifts,
    )


def _grid(y: Floats, z: Floats, nodes: SdNodes, seasons: Floats) -> Grid:
    """Return the grid for series (n, T), whose gaps have regressors among z, at its finest."""
    filled = np.where(np.isfinite(y), y, np.nanmean(y, axis=1, keepdims=True))
    return Grid(filled[None], nodes).sharpened(z, fixed_terms(seasons, drift=True))


def break_steps(cases: Cases, part: slice, places: int) -> Floats:
    """Return a step for every reporting break of a side, shape (n, T, k).

    Parameters
    ----------
    cases : Cases
        The study as one case.
    part : slice
        Periods used.
    places : int
        Origin, destination and donors.
    """
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
