"""Laws that are uniform between a few quantiles, their linear pool, and what limits leave of them.

Given quantiles only, that law adds least to them (Cooke 1991). A pool of such laws is one again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.kernels.cases import Floats, lock


@dataclass(frozen=True, eq=False)
class PiecewiseUniform:
    """A distribution function that is linear between its knots.

    Attributes
    ----------
    x : array of shape (K,)
        Knots, increasing.
    cdf : array of shape (K,)
        The distribution function there, from 0 to 1.

    Examples
    --------
    >>> law = PiecewiseUniform(np.array([0.0, 0.4, 1.0]), np.array([0.0, 0.5, 1.0]))
    >>> float(law.quantile(0.25)), float(law.probability_below(0.7))
    (0.2, 0.75)
    """

    x: Floats
    cdf: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def probability_below(self, x: ArrayLike) -> Floats:
        """Return the distribution function."""
        return np.asarray(np.interp(np.asarray(x, dtype=float), self.x, self.cdf))

    def quantile(self, probability: ArrayLike) -> Floats:
        """Return quantiles; the lowest one where the law has a gap."""
        return np.asarray(np.interp(np.asarray(probability, dtype=float), self.cdf, self.x))


@dataclass(frozen=True)
class Within:
    """What limits leave of a law.

    Attributes
    ----------
    mass : float
        The probability that it had given to what lies within.
    law : PiecewiseUniform or None
        The law given the limits, a point where both are one; None where they leave nothing of it.
    """

    mass: float
    law: PiecewiseUniform | None


def by_quantiles(
    x: Sequence[float], probability: Sequence[float], support: tuple[float, float]
) -> PiecewiseUniform:
    """Return the law with given quantiles within a support.

    Parameters
    ----------
    x : sequence of float
        Quantiles, increasing; one at an end of the support leaves its tail to the next piece.
    probability : sequence of float
        Their probabilities.
    support : tuple of two float
        Ends of what is possible.

    Examples
    --------
    >>> law = by_quantiles((0.1, 0.3, 0.6), (0.05, 0.5, 0.95), (0.0, 1.0))
    >>> float(law.quantile(0.95))
    0.6
    """
    inner = [(v, p) for v, p in zip(x, probability, strict=True) if support[0] < v < support[1]]
    knots = [(support[0], 0.0), *inner, (support[1], 1.0)]
    return PiecewiseUniform(*np.array(knots).T)


def linear_pool(laws: Sequence[PiecewiseUniform], weights: Floats) -> PiecewiseUniform:
    """Return the weighted mean of distribution functions.

    Parameters
    ----------
    laws : sequence of PiecewiseUniform
        One an expert.
    weights : array of shape (E,)
        Their weights; they sum to one.

    Examples
    --------
    >>> ends = [PiecewiseUniform(np.array([a, a + 1.0]), np.array([0.0, 1.0])) for a in (0.0, 2.0)]
    >>> float(linear_pool(ends, np.array([0.5, 0.5])).probability_below(1.5))
    0.5
    """
    x = np.unique(np.concatenate([law.x for law in laws]))
    cdf = weights @ np.stack([law.probability_below(x) for law in laws])
    return PiecewiseUniform(x, cdf)


def within(law: PiecewiseUniform, low: float, high: float) -> Within:
    """Return the mass of a law between limits, and the law given that it lies between them.

    Parameters
    ----------
    law : PiecewiseUniform
        Before the limits.
    low, high : float
        The limits.

    Examples
    --------
    >>> law = PiecewiseUniform(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    >>> left = within(law, 0.0, 0.5)
    >>> left.mass, float(left.law.quantile(0.5))
    (0.5, 0.25)
    """
    if low == high and law.x[0] <= low <= law.x[-1]:
        return Within(0.0, PiecewiseUniform(np.array([low, low]), np.array([0.0, 1.0])))
    between = law.x[(low < law.x) & (law.x < high)]
    x = np.unique(np.concatenate(([low], between, [high])))
    below = law.probability_below(x)
    mass = float(below[-1] - below[0])
    if not mass > 0:
        return Within(0.0, None)
    return Within(mass, PiecewiseUniform(x, (below - below[0]) / mass))
