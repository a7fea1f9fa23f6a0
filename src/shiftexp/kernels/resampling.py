"""Numbers of placebo and bootstrap inference: p-values, moments, variances, block indices."""

from __future__ import annotations

import math

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers

_ROUNDING = 1e-9


def placebo_p(distance: Floats, placebos: Floats, independent: int) -> Floats:
    """Return p = (1 + m s) / (1 + m), s the share of placebos at least as large in absolute value.

    Parameters
    ----------
    distance : array of shape (...)
        How far the estimate lies from the null.
    placebos : array of shape (..., n)
        Effects where nothing happened; several may share their data.
    independent : int
        m, how many of them do not: the smallest p is 1 / (1 + m), however large n is.

    Examples
    --------
    >>> float(placebo_p(np.array(3.0), np.array([1.0, -4.0, 2.0, 3.0]), 4))
    0.6
    """
    share = (np.abs(placebos) >= np.abs(distance)[..., None] * (1 - _ROUNDING)).mean(axis=-1)
    return np.asarray((1 + independent * share) / (1 + independent))


def upper_p(value: float | Floats, null: Floats) -> Floats:
    """Return (1 + draws at least as large) / (1 + draws), shape (...); NaN where no value is.

    Parameters
    ----------
    value : number or array of shape (...)
        The statistic.
    null : array of shape (n,) or (..., n)
        Its draws: the same for every value, or those of each.

    Examples
    --------
    >>> float(upper_p(2.0, np.array([1.0, 2.0, 3.0])))
    0.75
    """
    values = np.asarray(value, dtype=float)
    p = (1 + (null >= values[..., None]).sum(axis=-1)) / (1 + null.shape[-1])
    return np.asarray(np.where(np.isnan(values), np.nan, p))


def power_against(null: Floats, alternative: Floats, error: float) -> float:
    """Return the share of draws of an alternative whose p among those of the null is small enough.

    Parameters
    ----------
    null, alternative : array of shape (n,)
        The statistic of draws.
    error : float
        Size of the test.
    """
    return float((upper_p(alternative, null) <= error).mean())


def second_moments(residuals: Floats, periods: Booleans) -> Floats:
    """Return mean products of the residuals of both sides, shape (C, 2, 2).

    Parameters
    ----------
    residuals : array of shape (C, 2, T)
        NaN throughout on an absent side.
    periods : array of shape (C, T)
        Periods that take part.
    """
    inside = np.where(periods[:, None, :], residuals, 0.0)
    return np.asarray(
        np.einsum("cit,cjt->cij", inside, inside) / periods.sum(axis=1)[:, None, None]
    )


def lengths(directions: Floats, moments: Floats) -> Floats:
    """Return the root of a' M a, shape (m, n), for directions (m, 2) and matrices (n, 2, 2).

    What is not asked for may be missing.
    """
    weights = directions[:, None, :, None] * directions[:, None, None, :]
    squares = np.where(weights == 0, 0.0, weights * np.where(weights == 0, 0.0, moments))
    return np.asarray(np.sqrt(np.maximum(squares.sum(axis=(2, 3)), np.finfo(float).tiny)))


def variance_line(x: Floats, squares: Floats) -> tuple[float, float]:
    """Return A, B >= 0 that fit squares = A + B x best.

    Parameters
    ----------
    x, squares : array of shape (J,)
        A measure of size, and squared effects of the donors.

    Examples
    --------
    >>> a, b = variance_line(np.array([1.0, 2.0, 3.0]), np.array([3.0, 5.0, 7.0]))
    >>> round(a, 6), round(b, 6)
    (1.0, 2.0)
    """
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ squares) / spread if spread > 0 else 0.0
    intercept = float(squares.mean() - slope * x.mean())
    if slope < 0 or spread == 0:
        return float(squares.mean()), 0.0
    if intercept < 0:
        return 0.0, float(x @ squares / (x @ x))
    return intercept, slope


def default_block(periods: int) -> int:
    """Return the usual length of a block, the cube root of the number of periods."""
    return max(1, round(math.cbrt(periods)))


def block_indices(
    size: int, block: int, shape: tuple[int, int], rng: np.random.Generator
) -> Integers:
    """Return positions of a circular block bootstrap.

    Parameters
    ----------
    size : int
        Number of positions to draw from, 0 to ``size`` - 1, closed to a circle.
    block : int
        Length of the blocks.
    shape : tuple of two ints
        Draws and length of each, (B, T).
    rng : numpy Generator
        Source of the draws.

    Examples
    --------
    >>> block_indices(4, 3, (1, 6), np.random.default_rng(1)).tolist()
    [[1, 2, 3, 2, 3, 0]]
    """
    draws, length = shape
    starts = rng.integers(size, size=(draws, -(-length // block), 1))
    positions = (starts + np.arange(block)) % size
    return np.asarray(positions.reshape(draws, -1)[:, :length], dtype=np.int64)


def without_effect(gaps: Floats, time: Floats, *, trend: bool) -> Floats:
    """Return gaps less their mean, or less their straight line where the effect may have a slope.

    Parameters
    ----------
    gaps : array of shape (2, n)
        Observed minus counterfactual after the onset, on the model's scale.
    time : array of shape (n,)
        Time stamps in periods.
    trend : bool
        Whether a slope is taken off too.
    """
    flat: Floats = gaps - gaps.mean(axis=1, keepdims=True)
    if not trend or len(time) < 2:
        return flat
    centred = time - time.mean()
    return np.asarray(flat - (flat @ centred / (centred @ centred))[:, None] * centred)
