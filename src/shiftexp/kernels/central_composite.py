"""Integration over a few parameters: a central composite design about the mode of a log density.

Rue, Martino and Chopin (2009), section 6.5: a centre and points on a sphere, at the corners of a
fraction of a cube and on the axes, with the weights that are exact for the mass and the spread of a
normal density. Both directions of an axis have a scale of their own, as in Martins et al. (2013).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import xor

import numpy as np

from shiftexp.kernels.cases import Floats, lock

_STRETCH = 1.1  # f0 of the paper: radius of the sphere over the square root of the dimension
_STEP = 0.1  # of finite differences, where parameters have scales of about one
_LEAST_CURVATURE = 0.2
_LONGEST_STEP, _SHARES = 2.0, np.array([1.5, 1.0, 0.5, 0.2, 0.05])
_MOST_STEPS, _CLOSE = 30, 0.05
_PROBE, _LEAST_SCALE, _MOST_SCALE = math.sqrt(2), 0.5, 2.0

LogDensity = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class CompositeNodes:
    """Points to integrate over.

    Attributes
    ----------
    points : array of shape (G, m)
        Parameters, the mode first.
    log_volume : array of shape (G,)
        Logs of the volumes they stand for: times the density, the weights.
    """

    points: Floats
    log_volume: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def composite_nodes(log_density: LogDensity, start: Floats) -> CompositeNodes:
    """Return the design about the mode of a log density.

    Parameters
    ----------
    log_density : callable
        From points (G, m) to logs of the density (G,), up to a constant.
    start : array of shape (m,)
        Where to look for the mode first.
    """
    mode, curvature = find_mode(log_density, start)
    values, vectors = np.linalg.eigh(curvature)
    axes = vectors / np.sqrt(values)
    scales = _scales(log_density, mode, axes)
    design, log_weight = standard_design(len(start))
    middle = scales.mean(axis=0)
    sides = np.where(design > 0, scales[0], np.where(design < 0, scales[1], middle))
    return CompositeNodes(mode + (design * sides) @ axes.T, log_weight + np.log(sides).sum(axis=1))


def find_mode(log_density: LogDensity, start: Floats) -> tuple[Floats, Floats]:
    """Return the mode by Newton's method, shape (m,), and the curvature there, shape (m, m).

    All differences of a step are asked for at once. Curvature is what the log density loses,
    made positive in every direction.
    """
    mode = start
    for _ in range(_MOST_STEPS):
        gradient, curvature = _differences(log_density, mode)
        step = np.linalg.solve(curvature, gradient)
        step *= min(1.0, _LONGEST_STEP / max(float(np.linalg.norm(step)), _CLOSE))
        tried = np.concatenate([mode[None], mode + _SHARES[:, None] * step])
        best = tried[int(np.argmax(log_density(tried)))]
        moved, mode = float(np.abs(best - mode).max()), best
        if moved < _CLOSE:
            break
    return mode, _differences(log_density, mode)[1]


def _differences(log_density: LogDensity, at: Floats) -> tuple[Floats, Floats]:
    """Return the gradient, shape (m,), and the curvature, shape (m, m)."""
    m = len(at)
    unit = _STEP * np.eye(m)
    pairs = list(itertools.combinations(range(m), 2))
    both = np.array([unit[i] + unit[j] for i, j in pairs]).reshape(-1, m)
    found = log_density(at + np.concatenate([np.zeros((1, m)), unit, -unit, both]))
    centre, up, down = found[0], found[1 : m + 1], found[m + 1 : 2 * m + 1]
    second = np.diag(up + down - 2 * centre)
    for (i, j), crossed in zip(pairs, found[2 * m + 1 :], strict=True):
        second[i, j] = second[j, i] = crossed - up[i] - up[j] + centre
    values, vectors = np.linalg.eigh(-second / _STEP**2)
    curvature = (vectors * np.maximum(values, _LEAST_CURVATURE)) @ vectors.T
    return (up - down) / (2 * _STEP), curvature


def _scales(log_density: LogDensity, mode: Floats, axes: Floats) -> Floats:
    """Return how far both directions of every axis reach, over the normal's, shape (2, m)."""
    m = len(mode)
    probes = np.concatenate([np.zeros((1, m)), _PROBE * axes.T, -_PROBE * axes.T])
    found = log_density(mode + probes)
    lost = np.maximum(found[0] - found[1:], _MOST_SCALE**-2.0).reshape(2, m)
    return np.asarray(np.clip(lost**-0.5, _LEAST_SCALE, _MOST_SCALE))


@lru_cache(maxsize=16)
def standard_design(m: int) -> tuple[Floats, Floats]:
    """Return the design for a standard normal density, and log weights over that density.

    Weights times the density sum to one, have mean zero and the unit matrix as spread.

    Returns
    -------
    tuple of arrays of shape (G, m) and (G,)
    """
    radius = _STRETCH * math.sqrt(m)
    star = radius * np.concatenate([np.eye(m), -np.eye(m)])
    sphere = np.concatenate([star, _STRETCH * fraction(m)])
    log_density = np.concatenate([np.zeros(1), np.full(len(sphere), -(radius**2) / 2)])
    outside = _STRETCH**-2.0
    mass = np.concatenate([np.full(1, 1 - outside), np.full(len(sphere), outside / len(sphere))])
    return np.concatenate([np.zeros((1, m)), sphere]), np.log(mass) - log_density


@lru_cache(maxsize=16)
def fraction(m: int) -> Floats:
    """Return corners of a cube, so many that no product of up to four columns is constant.

    Columns are Walsh functions; each is the first that is no product of up to three before it,
    which makes the smallest designs of Sanchez and Sanchez (2005).

    Examples
    --------
    >>> [len(fraction(m)) for m in (2, 3, 4, 5, 6, 8)]
    [4, 8, 16, 16, 32, 64]
    """
    chosen: list[int] = []
    for index in itertools.count(1):
        if len(chosen) == m:
            break
        products = {
            reduce(xor, part) for size in (1, 2, 3) for part in itertools.combinations(chosen, size)
        }
        if index not in products:
            chosen.append(index)
    corners = range(1 << chosen[-1].bit_length())
    return np.array([[1.0 - 2 * ((c & i).bit_count() % 2) for i in chosen] for c in corners])
