"""Levels, logs and log counts: mass is conserved in levels, trends live in logs."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats

Scale: TypeAlias = Literal["level", "log", "log_count"]
HALF = 0.5


def logged(y: Floats, scale: Scale, unit: float = 1.0) -> Floats:
    """Return what a log scale takes logarithms of: y, or for counts y and half a count.

    Parameters
    ----------
    y : array
        Values.
    scale : {"log", "log_count"}
        The scale.
    unit : float, default 1.0
        What one count is in the unit of ``y``.
    """
    return y if scale == "log" else y + HALF * unit


def to_scale(y: Floats, scale: Scale) -> Floats:
    """Return values on a model's scale: y, log y, or log(y + 1/2) for counts.

    Examples
    --------
    >>> float(to_scale(np.array([0.5]), "log_count")[0])
    0.0
    """
    return y if scale == "level" else np.log(logged(y, scale))


def from_scale(z: Floats, scale: Scale) -> Floats:
    """Return values in level units; the inverse of :func:`to_scale`."""
    if scale == "level":
        return z
    return np.exp(z) if scale == "log" else np.exp(z) - HALF


def level_effect(y: Floats, d: Floats, scale: Scale) -> Floats:
    """Return the effect in level units of an effect d on the model's scale.

    On a log scale the counterfactual of an observed y is y exp(-d): the noise of the period is
    kept, so observed minus counterfactual is y (1 - exp(-d)), with y + 1/2 in place of y for log
    counts.
    """
    if scale == "level":
        return np.broadcast_to(d, np.broadcast_shapes(np.shape(y), np.shape(d)))
    return -logged(y, scale) * np.expm1(-d)


def scaled_variance(variance: Floats, y: Floats, scale: Scale) -> Floats:
    """Return sampling variances of values on a model's scale, to first order.

    Examples
    --------
    >>> float(scaled_variance(np.array([4.0]), np.array([10.0]), "log")[0])
    0.04
    """
    if scale == "level":
        return variance
    return np.asarray(variance / logged(y, scale) ** 2)
