"""Moving-block conformal tests: signed sums of post-onset residuals against shifts in time."""

from __future__ import annotations

import math

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats

EDGE = 1e-9  # of the largest value: what lies so near to a border lies on it
_ROUNDING = 1e-9
_MARGIN = 1.25
_REACH = 8.0
_OUTER = np.linspace(0, 1, 9)[1:]
_BLOCK = 4  # pairs of series whose grids fit into the cache together


def shifted_sums(residuals: Floats, post: Booleans) -> Floats:
    """Return the post-onset sums of residuals under every cyclic shift in time.

    Parameters
    ----------
    residuals : array of shape (..., n)
        Residuals under the null, fitted on all n periods.
    post : array of shape (n,)
        Periods after the onset.

    Returns
    -------
    array of shape (..., n)
        Position 0 is the sum as observed.
    """
    size = residuals.shape[-1]
    start = np.arange(size)
    orders = (start[None, :] - start[:, None]) % size
    return np.asarray(residuals @ post[orders].T.astype(float))


def share_as_large(sums: Floats) -> Floats:
    """Return the p of a signed sum: the share of shifts with an absolute sum at least as large.

    Parameters
    ----------
    sums : array of shape (..., n)
        Position 0 is the sum as observed.
    """
    size = np.abs(sums)
    return np.asarray((size >= size[..., :1] * (1 - _ROUNDING)).mean(axis=-1))


def null_axis(z: Floats, post: Booleans, centre: Floats, points: int) -> Floats:
    """Return nulls for series: dense about the estimate, a few farther out, and zero; sorted.

    Parameters
    ----------
    z : array of shape (..., n)
        Series on the model's scale.
    post : array of shape (n,)
        Periods after the onset.
    centre : array of shape (...)
        Estimates.
    points : int
        How many stand about the estimate.

    Returns
    -------
    array of shape (..., points + 17)
        Nulls; a null that is there twice stands twice.
    """
    before, after = z[..., ~post], z[..., post]
    spread = np.maximum(np.maximum(after.std(axis=-1), before.std(axis=-1)), 1e-12)
    reach = _REACH * spread * math.sqrt(1 / before.shape[-1] + 1 / after.shape[-1])
    middle, reach = np.asarray(centre)[..., None], reach[..., None]
    outer = reach + np.maximum(reach, _MARGIN * np.abs(middle)) * _OUTER
    dense = middle + reach * np.linspace(-1, 1, points)
    nulls = [middle - outer, dense, middle + outer, np.zeros_like(middle)]
    return np.sort(np.concatenate(nulls, axis=-1), axis=-1)


def gaps(axis: Floats) -> Floats:
    """Return for each point of sorted axes (..., g) the distance to the farther neighbour."""
    if axis.shape[-1] == 1:
        return np.zeros_like(axis)
    steps = np.abs(np.diff(axis, axis=-1))
    after = np.concatenate([steps, steps[..., -1:]], axis=-1)
    before = np.concatenate([steps[..., :1], steps], axis=-1)
    return np.asarray(np.maximum(after, before))


def no_effect_p(sums: Floats, steps: Floats, axes: Floats, a: Floats) -> Floats:
    """Return the two-sided p of no effect along one direction, for many pairs of series.

    The p of a half-plane is the largest over the nulls on the grid of both axes that lie in it, or
    whose neighbours do; the two-sided p is that of the half-plane with the smaller one.

    Parameters
    ----------
    sums : array of shape (B, 2, n)
        Shifted sums of the residuals under no effect, for origin and destination.
    steps : array of shape (2, n)
        Those of the residuals of one unit of effect: a null of size d has sums less d times these.
    axes : array of shape (B, 2, g)
        Sorted nulls.
    a : array of shape (2,)
        The direction.

    Returns
    -------
    array of shape (B,)
        The p-values.
    """
    floor = float(share_as_large(steps).max())
    asked = np.flatnonzero(a)
    parts = [a[i] * (sums[:, i, :, None] - steps[i][:, None] * axes[:, i, None]) for i in asked]
    found = np.empty(len(sums))
    for start in range(0, len(sums), _BLOCK):
        block = slice(start, start + _BLOCK)
        p = _grid_p([part[block] for part in parts])
        value = _over_grid([a[i] * axes[block, i] for i in asked])
        reach = _over_grid([np.abs(a[i]) * gaps(axes[block, i]) for i in asked])
        below, above = (_largest(p, side * value - reach, floor) for side in (1, -1))
        found[block] = np.minimum(np.minimum(below, above), 1.0)
    return found


def _largest(p: Floats, nearest: Floats, floor: float) -> Floats:
    """Return the largest p (B,) over points of a grid (B, g) that reach below zero."""
    slack = EDGE * np.abs(nearest).max(axis=1, keepdims=True)
    return np.asarray(np.where(nearest <= slack, p, floor).max(axis=1))


def _grid_p(parts: list[Floats]) -> Floats:
    """Return the p of every null (B, g), of sums (B, n, g) of each side that is asked for.

    One shift after the other, so that what is compared stays in the processor's cache.
    """
    shifts = parts[0].shape[1]
    observed = np.abs(_over_grid([part[:, 0] for part in parts])) * (1 - _ROUNDING)
    count = np.zeros(observed.shape, dtype=np.int16)
    for k in range(shifts):
        size = _over_grid([part[:, k] for part in parts])
        count += np.abs(size, out=size) >= observed
    return np.asarray(count / shifts)


def _over_grid(parts: list[Floats]) -> Floats:
    """Return the sums of one or two sides over all pairs of their nulls, (B, g) or (B, g * g)."""
    if len(parts) == 1:
        return parts[0].copy()
    first, second = parts
    return np.asarray((first[:, :, None] + second[:, None, :]).reshape(len(first), -1))
