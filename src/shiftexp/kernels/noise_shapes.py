"""How known sampling errors vary over time: in either series, and in combinations of the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock

_BLENDS = 5
_ALIKE = 1e-6


@dataclass(frozen=True, eq=False)
class NoiseShapes:
    """Relative variances of the sampling noise over n periods; None where they tell nothing.

    Attributes
    ----------
    origin, destination : array of shape (n,) or None
        Of either series alone; equal variances are what the tests assume anyway.
    blends : tuple of arrays of shape (n,), or None
        Of combinations of both, by the destination's share of their noise: evenly spaced from 0 to
        1, or a single one where the two series agree.
    size : array of shape (2,)
        Mean sampling variances of both series.
    """

    origin: Floats | None
    destination: Floats | None
    blends: tuple[Floats | None, ...]
    size: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def noise_shapes(sampling: Floats) -> NoiseShapes:
    """Return the shapes of the noise that sampling makes.

    Parameters
    ----------
    sampling : array of shape (2, n)
        Sampling variances of both series over the used periods.
    """
    size = sampling.mean(axis=1)
    shapes = [noise_shape(variance) for variance in sampling]
    blends: tuple[Floats | None, ...] = (None,)
    if np.isfinite(sampling).all() and size.max() > 0:
        relative = sampling / np.where(size > 0, size, 1.0)[:, None]
        shares = np.linspace(0.0, 1.0, _BLENDS) if (size > 0).all() else [float(size[1] > 0)]
        blends = tuple(noise_shape((1 - w) * relative[0] + w * relative[1]) for w in shares)
        if np.ptp(relative, axis=0).max() <= _ALIKE:
            blends = blends[:1]
    return NoiseShapes(shapes[0], shapes[1], blends, size)


def nearest_blend(a: Floats, size: Floats, count: int) -> Integers:
    """Return which of ``count`` blends is nearest to the noise of a . series, shape (m,).

    Parameters
    ----------
    a : array of shape (m, 2)
        Directions that involve both series.
    size : array of shape (2,)
        Mean sampling variances of both series.
    count : int
        How many blends there are, evenly spaced in the destination's share.
    """
    if count == 1:
        return np.zeros(len(a), dtype=int)
    parts = a**2 * size
    return np.asarray(np.rint(parts[:, 1] / parts.sum(axis=1) * (count - 1)).astype(int))


def noise_shape(variance: Floats) -> Floats | None:
    """Return relative variances; None where one is missing or all are alike."""
    known = np.isfinite(variance).all() and variance.min() > 0
    if not known or np.ptp(variance) <= _ALIKE * variance.mean():
        return None
    return np.asarray(variance / variance.mean())
