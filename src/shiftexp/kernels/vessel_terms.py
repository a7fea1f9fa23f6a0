"""What a flow between two places, and breaks of their own, add to their series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock

ORIGIN, DESTINATION = 0, 1


@dataclass(frozen=True, eq=False)
class VesselTerms:
    """Regressors of n places over T periods; every one but steps and drifts ends at 1 or -1.

    Attributes
    ----------
    flow : array of shape (n, T, 1)
        One flow: what has left the origin, and what has arrived at the destination, per unit
        arrived by the end.
    free : array of shape (n, T, 2)
        The same with a coefficient for either side: what left, what arrived.
    breaks : array of shape (n, T, n, m)
        Own changes of slope of each place at m onsets, by what they amount to at the end.
    steps : array of shape (n, T, 2)
        A step of either side at the first onset, such as a change of detection.
    drifts : array of shape (n, T, n)
        The time since the first period, for each place.
    """

    flow: Floats
    free: Floats
    breaks: Floats
    steps: Floats
    drifts: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def vessel_terms(
    push: Floats, lags: Floats, onsets: Integers, places: int, start: int | None = None
) -> VesselTerms:
    """Return the regressors of a push.

    Parameters
    ----------
    push : array of shape (T,)
        Intensity per period, zero before the first onset.
    lags : array of shape (L,)
        Parts of what leaves that arrive after 0, 1, ... periods; they sum to one.
    onsets : array of shape (m,)
        Positions at which places may change by themselves.
    places : int
        Origin, destination and donors.
    start : int, optional
        Position of a step in detection; the first of ``onsets`` without it.
    """
    periods = len(push)
    left = np.cumsum(push)
    arrived = np.cumsum(np.convolve(push, lags)[:periods])
    flow = np.zeros((places, periods, 1))
    flow[ORIGIN, :, 0], flow[DESTINATION, :, 0] = -left / arrived[-1], arrived / arrived[-1]
    free = np.zeros((places, periods, 2))
    free[ORIGIN, :, 0], free[DESTINATION, :, 1] = flow[ORIGIN, :, 0], flow[DESTINATION, :, 0]
    time = np.arange(periods)
    slopes = np.maximum(time[:, None] - onsets + 1.0, 0.0)
    breaks = np.zeros((places, periods, places, len(onsets)))
    for place in range(places):
        breaks[place, :, place] = slopes / slopes[-1]
    steps = np.zeros((places, periods, 2))
    steps[ORIGIN, :, 0] = steps[DESTINATION, :, 1] = time >= (onsets[0] if start is None else start)
    drifts = np.zeros((places, periods, places))
    for place in range(places):
        drifts[place, :, place] = time
    return VesselTerms(flow, free, breaks, steps, drifts)


_SHARED = 1.5  # 1 + 2 rho^2, of differences of independent values: rho = -1/2
NO_TURNS = np.zeros(0, dtype=np.int64)


class Cuts(NamedTuple):
    """Where changes are cut, and how many periods make a year.

    Attributes
    ----------
    onset : int
        Position of the onset.
    seasons : int
        Periods in a year.
    turns : array of shape (m,)
        Positions after the onset at which the intensity of the push changes.
    """

    onset: int
    seasons: int
    turns: Integers = NO_TURNS


def change_scales(pair: Floats, cuts: Cuts) -> tuple[Floats, Floats]:
    """Return the scales of changes that the priors are made of, both per period.

    Pooled standard deviations of first differences of both sides, before and after the onset about
    means of their own, the difference across the onset left out. Random walks are scaled by yearly
    means where a year has several periods: there the noise would drown them. So it is wherever else
    the push changes: what a pulse adds in its few periods is no walk.

    Parameters
    ----------
    pair : array of shape (C, 2, T)
        Origin and destination; NaN where a value is missing.
    cuts : Cuts
        Where changes are cut.

    Returns
    -------
    tuple of arrays of shape (C,)
        Scale for the random walks, and for the noise.
    """
    onset, seasons, turns = cuts
    noise = _pooled(pair, [onset, *turns])
    if seasons == 1:
        return noise, noise
    before, after = onset // seasons, (pair.shape[2] - onset) // seasons
    start = onset - before * seasons
    years = pair[:, :, start : onset + after * seasons]
    parts = years.reshape(*pair.shape[:2], before + after, seasons)
    known = np.isfinite(parts).sum(axis=3)
    yearly = np.where(known > 0, np.nansum(parts, axis=3) / np.maximum(known, 1), np.nan)
    # a year in which the push changes is cut off from both of its neighbours
    years_cut = {before, *((turns - start) // seasons), *(-((start - turns) // seasons))}
    return _pooled(yearly, sorted(years_cut)) / np.sqrt(seasons), noise


def change_sds(series: Floats, cuts: Cuts) -> Floats:
    """Return the standard deviation of changes from period to period of each series, shape (n,).

    Parameters
    ----------
    series : array of shape (n, T)
        Places; NaN where a value is missing.
    cuts : Cuts
        Where changes are cut.
    """
    return change_scales(series[:, None], cuts._replace(seasons=1))[0]


def without_seasons(series: Floats, seasons: Floats, onset: int) -> Floats:
    """Return series less their seasons, which are fitted beside a line on either side of the onset.

    Changes from period to period are told by their size only without them: a season is no noise.

    Parameters
    ----------
    series : array of shape (n, T)
        Places; NaN where a value is missing.
    seasons : array of shape (T, k)
        Season dummies; k may be 0.
    onset : int
        Position of the onset.
    """
    if not seasons.shape[1]:
        return series
    time = np.linspace(-1, 1, len(seasons))
    after = np.arange(len(seasons)) >= onset
    lines = np.stack([~after, after, ~after * time, after * time], axis=1)
    terms = np.concatenate([lines, seasons], axis=1)
    found = np.empty_like(series)
    for place, values in enumerate(series):
        known = np.isfinite(values)
        coefficients = np.linalg.lstsq(terms[known], values[known], rcond=None)[0]
        found[place] = values - seasons @ coefficients[lines.shape[1] :]
    return found


def _pooled(pair: Floats, cuts: Sequence[int]) -> Floats:
    """Return the pooled standard deviation of first differences between cuts, shape (C,)."""
    square, df = np.zeros((2, len(pair)))
    for changes in _changes(pair, cuts):
        square += np.nansum(changes**2, axis=(1, 2))
        df += np.maximum(np.isfinite(changes).sum(axis=2) - 1, 0).sum(axis=1)
    return np.sqrt(square / np.maximum(df, 1))


def noise_share(pair: Floats, cuts: Cuts, walk_scale: Floats) -> Floats:
    """Return the part of the variance of yearly changes that noise makes, shape (C,).

    Twice the negative autocovariance of changes at lag one is what noise adds to their variance,
    and a year's mean has as many times less of it as the year has periods. Noise alone gives 1, a
    random walk alone 0, beside sampling error.

    Parameters
    ----------
    pair, cuts
        As of :func:`change_scales`.
    walk_scale : array of shape (C,)
        Scale for the random walks that it returns.
    """
    product, known = np.zeros((2, len(pair)))
    for changes in _changes(pair, [cuts.onset, *cuts.turns]):
        products = changes[:, :, 1:] * changes[:, :, :-1]
        product += np.nansum(products, axis=(1, 2))
        known += np.isfinite(products).sum(axis=(1, 2))
    yearly = walk_scale**2 * cuts.seasons
    noise = -2 * product / np.maximum(known, 1) / cuts.seasons
    return np.asarray(noise / np.where(yearly > 0, yearly, 1.0))


def spread_ratio(pair: Floats, cuts: Cuts) -> tuple[Floats, Floats]:
    """Return the standard deviation of changes after the onset over that before it.

    Parameters
    ----------
    pair : array of shape (C, 2, T)
        Origin and destination; NaN where a value is missing.
    cuts : Cuts
        Where changes are cut.

    Returns
    -------
    tuple of arrays of shape (C, 2)
        The ratios, and the standard errors of their logs where changes are those of noise: the
        difference of two values shares one of them with the next. NaN where nothing is known of
        either spread: between turns one period apart there is one change, and that is their mean.
    """
    before, *after = _changes(pair, [cuts.onset, *cuts.turns])
    square, df = np.zeros((2, 2, *pair.shape[:2]))
    for side, parts in enumerate(([before], after)):
        for changes in parts:
            square[side] += np.nansum(changes**2, axis=2)
            df[side] += np.maximum(np.isfinite(changes).sum(axis=2) - 1, 0)
    df = np.where(df > 0, df, np.nan)
    variance = square / df
    ratio = np.sqrt(variance[1] / np.where(variance[0] > 0, variance[0], np.nan))
    return ratio, np.sqrt(_SHARED * (1 / df).sum(axis=0) / 2)


def _changes(pair: Floats, cuts: Sequence[int]) -> list[Floats]:
    """Return first differences between cuts less their means; NaN at a gap."""
    found = []
    for part in np.split(pair, cuts, axis=2):
        changes = np.diff(part, axis=2)
        known = np.isfinite(changes).sum(axis=2, keepdims=True)
        mean = np.nansum(changes, axis=2, keepdims=True) / np.maximum(known, 1)
        found.append(changes - mean)
    return found
