"""The law of the least-squares slope of an AR(1) with a constant, up to a unit root, by drawing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.noisy_walks import noisy_walk_draws
from shiftexp.kernels.resampling import upper_p

_GRID = np.linspace(0.0, 1.0, 51)
_DRAWS, _SEED = 4000, 19_930_101
_NOISY, _POWER_PAIRS, _POWER_DRAWS, _AT_ONCE = 999, 200, 199, 20


def slope(y: Floats) -> Floats:
    """Return least-squares slopes of every period on the one before, beside a constant, (B,).

    Parameters
    ----------
    y : array of shape (B, T)
        Series of at least 4 periods.
    """
    before = y[:, :-1] - y[:, :-1].mean(axis=1, keepdims=True)
    squares = np.maximum((before**2).sum(axis=1), np.finfo(float).tiny)
    return np.asarray((before * y[:, 1:]).sum(axis=1) / squares)


def drawn_slopes(true: float, periods: int) -> Floats:
    """Return sorted slopes of drawn series: stationary ones, or walks where the true slope is 1.

    Parameters
    ----------
    true : float
        Slope from 0 to 1.
    periods : int
        T.
    """
    return np.sort(slope(_drawn(true, periods, _DRAWS)))


def _drawn(true: float, periods: int, draws: int) -> Floats:
    """Return series of a true slope, (draws, T)."""
    shocks = np.random.default_rng(_SEED).standard_normal((draws, periods))
    path = np.empty_like(shocks)
    path[:, 0] = shocks[:, 0] / np.sqrt(1 - true**2) if true < 1 else 0.0
    for t in range(1, periods):
        path[:, t] = true * path[:, t - 1] + shocks[:, t]
    return path


@lru_cache(maxsize=8)
def _laws(periods: int) -> Floats:
    """Return slopes for every true slope of the grid, (G, draws), read-only."""
    laws = np.stack([drawn_slopes(float(true), periods) for true in _GRID])
    laws.setflags(write=False)
    return laws


def true_slope(found: float, periods: int, quantile: float) -> float:
    """Return the slope under which the one found is this quantile, between 0 and 1.

    With .5 it is median-unbiased (Andrews, 1993, https://doi.org/10.2307/2951781).

    Parameters
    ----------
    found : float
        The least-squares slope.
    periods : int
        T.
    quantile : float
        From 0 to 1.
    """
    at = np.maximum.accumulate(np.quantile(_laws(periods), quantile, axis=1))
    return float(np.interp(found, at, _GRID))


def noisy_root_p(y: Floats, draws: int = _NOISY) -> Floats:
    """Return the share of walks with noise, fitted to each series, of as small a slope, (B,).

    Noise makes a walk look as if it came back: against the law of plain walks alone it does.

    Parameters
    ----------
    y : array of shape (B, T)
        The series.
    draws : int, default 999
        Walks drawn for each.
    """
    rng = np.random.default_rng(_SEED)
    parts = np.array_split(y, -(-len(y) // _AT_ONCE))
    return np.concatenate([_noisy_p(part, draws, rng) for part in parts])


def _noisy_p(y: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return the same of a few series at once."""
    drawn = noisy_walk_draws(y[:, :, None], draws, rng)[..., 0]
    null = slope(drawn.reshape(-1, y.shape[1])).reshape(len(y), draws)
    return upper_p(-slope(y), -null)


def unit_root_p(found: float, periods: int) -> float:
    """Return the share of walks whose slope is as small as the one found."""
    return float(upper_p(-found, -_laws(periods)[-1]))


@lru_cache(maxsize=32)
def unit_root_power(true: float, periods: int, error: float) -> float:
    """Return how often walks, with noise and without, are rejected where the slope is another."""
    series = _drawn(true, periods, _POWER_PAIRS)
    plain = slope(series) <= np.quantile(_laws(periods)[-1], error)
    return float((plain & (noisy_root_p(series, _POWER_DRAWS) <= error)).mean())
