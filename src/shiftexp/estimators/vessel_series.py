"""From a study to two vessels: series in units of their changes, candidates for the push."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from shiftexp.design import Window
from shiftexp.errors import Problem
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.vessel_grid import SdPrior
from shiftexp.kernels.vessel_push import Push, push_shape
from shiftexp.kernels.vessel_terms import change_autocorrelation, change_scales
from shiftexp.kernels.vessels import Vessels, VesselShape
from shiftexp.result import SIDES

_WALKS = -0.25  # autocorrelation of changes above which walks outweigh the noise
_WIDE = SdPrior(walk=0.4, exponential=False)


@dataclass(frozen=True, eq=False)
class VesselStudy:
    """A study as the model sees it.

    Attributes
    ----------
    vessels : Vessels
        Series of origin, destination and donors in units of ``scale``, with candidates.
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
    scale: float
    start: int
    level: Floats
    changes: Floats
    walking: bool


def gaps(window: Window, cases: Cases) -> list[Problem]:
    """Return periods between the first and the last used one without a value of either side."""
    first, last = np.flatnonzero(cases.used[0])[[0, -1]]
    inside = np.zeros(cases.used.shape[1], dtype=bool)
    inside[first : last + 1] = True
    rows = tuple(
        f"{SIDES[side]}, {window.calendar.labels[t]}"
        for side, t in np.argwhere(~np.isfinite(window.pair) & inside)
    )
    after = int(window.onsets[-1])
    left_out = inside & ~cases.used[0] & (np.arange(len(inside)) >= after)
    left_out |= inside & ~cases.used[0] & (np.arange(len(inside)) < int(window.onsets[0]))
    rows += tuple(f"{window.calendar.labels[t]}, left out" for t in np.flatnonzero(left_out))
    if not rows:
        return []
    remedy = "start the window after the gap, or use StructuralTimeSeries, which bridges gaps"
    given = f"{len(rows)} missing values between the first and the last period"
    return [Problem(given, "series without gaps", remedy, tuple(dict.fromkeys(rows)))]


def vessel_study(
    window: Window, cases: Cases, push: Push, last: int | None, lags: tuple[int, ...]
) -> VesselStudy:
    """Return the study in units of the pair's changes.

    Parameters
    ----------
    window, cases : Window and Cases
        What the design sees, and that as one case.
    push : {"step", "pulse", "ramp"}
        How the push acts.
    last : int or None
        Position in the window of its last period.
    lags : tuple of int
        Candidates for the lag.
    """
    first, end = np.flatnonzero(cases.used[0])[[0, -1]]
    part = slice(int(first), int(end) + 1)
    pair, periods = window.pair[:, part], int(end - first) + 1
    onsets = window.onsets - first
    middle, seasons = int(onsets[0]), window.calendar.per_year
    walk, noise = (float(s[0]) for s in change_scales(pair[None], middle, seasons))
    apart = np.array([float(change_scales(s[None, None], middle, 1)[0][0]) for s in pair])
    donors = [
        s * noise / float(change_scales(s[None, None], middle, 1)[0][0])
        for s in window.donors[:, part]
    ]
    y = np.concatenate([pair, np.reshape(donors, (len(donors), periods))]) / walk
    walking = float(change_autocorrelation(pair[None], middle)[0]) > _WALKS
    ends = periods - 1 if last is None else last - int(first)
    shapes = tuple(
        VesselShape(
            push_shape(push, int(onset), ends, periods), np.eye(lag + 1)[lag], np.array([onset])
        )
        for onset, lag in itertools.product(onsets, lags)
    )
    return VesselStudy(
        vessels=Vessels(
            y=y,
            shapes=shapes,
            post=cases.post[0][part],
            seasons=np.eye(cases.seasons)[cases.season[part]][:, 1:],
            walk=1.0,
            noise=noise / walk,
            prior=_WIDE if walking else SdPrior(),
        ),
        scale=walk,
        start=int(first),
        level=pair[:, :middle].mean(axis=1),
        changes=apart,
        walking=walking,
    )
