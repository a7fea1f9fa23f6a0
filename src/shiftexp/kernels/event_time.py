"""Effects by event time: each period against the periods before the onset, with bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.mixture import draw_coefficients, posterior
from shiftexp.kernels.series_design import series_design


@dataclass(frozen=True, eq=False)
class EventPath:
    """What a contrast series says of every period.

    Attributes
    ----------
    effect : array of shape (n,)
        Posterior mean of a period's own effect: from the onset on beside those of all other such
        periods, before it against the other periods before it.
    low, high : array of shape (n,)
        Ends of its pointwise interval.
    joint_low, joint_high : array of shape (n,)
        Ends of the band that holds all effects from the onset on together; before it NaN.
    """

    effect: Floats
    low: Floats
    high: Floats
    joint_low: Floats
    joint_high: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def event_path(
    z: Floats,
    learn: Booleans,
    time: Floats,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> EventPath:
    """Return the effect of every period of one contrast series.

    Parameters
    ----------
    z : array of shape (n,)
        The series.
    learn : array of shape (n,)
        Periods before the onset; all others have an effect.
    time : array of shape (n,)
        Time stamps in periods, gaps kept.
    level : float
        Level of intervals and band.
    draws : int
        Draws for the band.
    rng : numpy Generator
        Their source.

    Notes
    -----
    With an effect in every period after the onset nothing but the periods before it speaks of the
    errors. They are AR(1), local levels or AR(1) with noise, mixed as for the estimates of the
    default test.
    """
    effect, low, high = (np.full(len(z), np.nan) for _ in range(3))
    joint_low, joint_high = effect.copy(), effect.copy()
    after = np.flatnonzero(~learn)
    own = np.eye(len(z))[:, after]
    effect[after], low[after], high[after] = _each(z, own, time, level)
    width = _band(z, own, time, level, draws, rng)
    joint_low[after] = effect[after] - width * (effect[after] - low[after])
    joint_high[after] = effect[after] + width * (high[after] - effect[after])
    before = np.flatnonzero(learn)
    for t in before:
        alone = np.eye(len(z))[before, t : t + 1]
        found = _each(z[before], alone, time[before], level)
        effect[t], low[t], high[t] = (float(part[0]) for part in found)
    return EventPath(effect, low, high, joint_low, joint_high)


def _each(z: Floats, own: Floats, time: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Return posterior mean and interval of the coefficient of every own column."""
    x, count = np.column_stack([np.ones(len(z)), own]), own.shape[1]
    weights = np.eye(x.shape[1])[-count:]
    design = series_design(x, time, weights[0])
    found = posterior(design.mixture, np.broadcast_to(z, (count, len(z))), weights)
    return found.mean, found.quantile((1 - level) / 2), found.quantile((1 + level) / 2)


def _band(
    z: Floats,
    own: Floats,
    time: Floats,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> float:
    """Return how many times wider than the pointwise intervals a band for all own columns is."""
    x, count = np.column_stack([np.ones(len(z)), own]), own.shape[1]
    mixture = series_design(x, time, np.eye(x.shape[1])[-1]).mixture
    columns = tuple(range(x.shape[1] - count, x.shape[1]))
    normals, uniforms = rng.standard_normal((draws, count + mixture.df)), rng.random(draws)
    drawn = draw_coefficients(mixture, z, columns, normals, uniforms)
    mean, low, high = _each(z, own, time, level)
    away = np.where(drawn > mean, (drawn - mean) / (high - mean), (mean - drawn) / (mean - low))
    return float(np.quantile(away.max(axis=1), level))
