"""A line that breaks at known positions: its jumps, and the limits of where they are."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.autoregression import LEAST_DF, LEAST_PAIRS, autoregression, neighbours
from shiftexp.kernels.break_dates import date_interval
from shiftexp.kernels.cases import Floats, Integers, lock

Errors: TypeAlias = Literal["autoregressive", "persistent", "independent"]
ERRORS: tuple[Errors, ...] = ("autoregressive", "persistent", "independent")

_OWN_VARIANCE = 15  # values that a segment must have for a variance of its own


def persistence(z: Floats, x: Floats, time: Floats) -> float:
    """Return the median-unbiased autocorrelation of the errors, 0 where too few values tell it.

    Parameters
    ----------
    z : array of shape (T,)
        The series.
    x : array of shape (T, k)
        Regressors.
    time : array of shape (T,)
        Positions of the periods, gaps kept.
    """
    if len(z) - x.shape[1] < LEAST_DF or len(neighbours(time)) < LEAST_PAIRS:
        return 0.0
    return autoregression(z, x, time).rho


def error_autocorrelation(
    z: Floats, x: Floats, seasons: Floats | None, time: Floats, start: int, errors: Errors
) -> float:
    """Return the autocorrelation of the errors under which p-values are simulated.

    Parameters
    ----------
    z : array of shape (T,)
        The series.
    x : array of shape (T, k)
        Regressors.
    seasons : array of shape (T, S), optional
        Columns of the seasons.
    time : array of shape (T,)
        Positions of the periods, gaps kept.
    start : int
        First position after the likeliest break.
    errors : {"autoregressive", "persistent", "independent"}
        Halfway between residuals about a broken line and about an unbroken one, the latter alone,
        or none. A break that is not taken out looks like persistence, and one that is taken out
        where the series turned hides some.
    """
    if errors == "independent":
        return 0.0
    fixed = np.empty((len(z), 0)) if seasons is None else seasons
    unbroken = persistence(z, np.hstack([x, fixed]), time)
    if errors == "persistent":
        return unbroken
    late = np.where(_inside(slice(start, len(z)), len(z)), x, 0.0)
    return (unbroken + persistence(z, np.hstack([x, late, fixed]), time)) / 2


@dataclass(frozen=True, eq=False)
class BrokenLine:
    """A line fitted to the segments between breaks.

    Attributes
    ----------
    starts : array of shape (M,)
        Positions of the first observation of every new segment.
    fitted : array of shape (T,)
        The line.
    jumps : array of shape (M,)
        How far it jumps at every break.
    spread : array of shape (M + 1,)
        Long-run standard deviations of the errors about each segment.
    """

    starts: Integers
    fitted: Floats
    jumps: Floats
    spread: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @classmethod
    def fit(
        cls, x: Floats, z: Floats, starts: Integers, time: Floats, *, persistent: bool
    ) -> BrokenLine:
        """Return the line fitted to a series.

        Parameters
        ----------
        x : array of shape (T, k)
            Regressors.
        z : array of shape (T,)
            The series.
        starts : array of shape (M,)
            First positions of new segments.
        time : array of shape (T,)
            Positions of the periods, gaps kept.
        persistent : bool
            Whether errors are AR(1), independent otherwise.
        """
        edges = [0, *starts.tolist(), len(z)]
        spans = [slice(*ends) for ends in itertools.pairwise(edges)]
        coefficients = [np.linalg.lstsq(x[s], z[s], rcond=None)[0] for s in spans]
        fitted = np.concatenate([x[s] @ b for s, b in zip(spans, coefficients, strict=True)])
        steps = np.diff(np.array(coefficients), axis=0)
        segmented = np.hstack([np.where(_inside(s, len(z)), x, 0.0) for s in spans])
        rho = persistence(z, segmented, time) if persistent else 0.0
        spread = _spreads(z - fitted, spans, x.shape[1]) * math.sqrt((1 + rho) / (1 - rho))
        return cls(starts, fitted, (x[starts] * steps).sum(axis=1), spread)

    def limits(self, k: int, level: float) -> tuple[int, int]:
        """Return the first and last position that the k-th break may have.

        Parameters
        ----------
        k : int
            Which break, counted from 0.
        level : float
            Level of the interval.
        """
        jump, start = abs(float(self.jumps[k])), int(self.starts[k])
        before, after = date_interval(jump, float(self.spread[k]), float(self.spread[k + 1]), level)
        last = len(self.fitted) - 1
        low = start - math.ceil(min(before, last))
        high = start + math.ceil(min(after, last))
        return max(low, 0), min(high, last)


def _inside(span: slice, periods: int) -> np.ndarray:
    """Return the positions in a span as a column of truth values."""
    inside = np.zeros((periods, 1), dtype=bool)
    inside[span] = True
    return inside


def _spreads(residual: Floats, spans: list[slice], terms: int) -> Floats:
    """Return a standard deviation for each segment; of all where one of them is short."""
    sizes = np.array([s.stop - s.start for s in spans])
    squares = np.array([(residual[s] ** 2).sum() for s in spans])
    if sizes.min() < _OWN_VARIANCE:
        pooled = squares.sum() / (sizes - terms).sum()
        return np.full(len(spans), math.sqrt(pooled))
    return np.asarray(np.sqrt(squares / (sizes - terms)))
