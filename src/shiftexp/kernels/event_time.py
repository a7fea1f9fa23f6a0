"""Effects by event time: each period against the periods before the onset, with bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.mixture import Mixture, draw_coefficients, posterior
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
    noise: Floats | None = None,
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
    noise : array of shape (n,), optional
        Relative variances of the noise, such as squared sampling errors; equal by default.

    Notes
    -----
    With an effect in every period after the onset nothing but the periods before it speaks of the
    errors. They are AR(1), local levels or AR(1) with noise, mixed as for the estimates of the
    default test.
    """
    effect, low, high = (np.full(len(z), np.nan) for _ in range(3))
    joint_low, joint_high = effect.copy(), effect.copy()
    before, after, own = np.flatnonzero(learn), np.flatnonzero(~learn), np.eye(len(z))
    early = None if noise is None else noise[before]
    alone = [_each(z[before], own[before, t : t + 1], time[before], early) for t in before]
    ahead = _each(z, own[:, after], time, noise)
    for periods, found in ((after, ahead), (before, Mixture.join(alone))):
        effect[periods] = found.mean
        low[periods], high[periods] = found.interval(level)
    below, above = (effect - low)[after], (high - effect)[after]
    away = _draws(z, own[:, after], time, draws, rng, noise) - effect[after]
    farthest = np.where(away > 0, away / above, -away / below).max(axis=1)
    width = float(np.quantile(farthest, level))
    joint_low[after], joint_high[after] = (
        effect[after] - width * below,
        effect[after] + width * above,
    )
    return EventPath(effect, low, high, joint_low, joint_high)


def _each(z: Floats, own: Floats, time: Floats, noise: Floats | None) -> Mixture:
    """Return the posterior of the coefficient of every own column."""
    x, count = np.column_stack([np.ones(len(z)), own]), own.shape[1]
    weights = np.eye(x.shape[1])[-count:]
    design = series_design(x, time, weights[0], noise)
    return posterior(design.mixture, np.broadcast_to(z, (count, len(z))), weights)


def _draws(
    z: Floats,
    own: Floats,
    time: Floats,
    draws: int,
    rng: np.random.Generator,
    noise: Floats | None,
) -> Floats:
    """Return draws of the coefficients of all own columns together, shape (draws, count)."""
    x, count = np.column_stack([np.ones(len(z)), own]), own.shape[1]
    mixture = series_design(x, time, np.eye(x.shape[1])[-1], noise).mixture
    columns = tuple(range(x.shape[1] - count, x.shape[1]))
    normals, uniforms = rng.standard_normal((draws, count + mixture.df)), rng.random(draws)
    return draw_coefficients(mixture, z, columns, normals, uniforms)
