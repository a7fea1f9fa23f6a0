"""End-of-sample instability tests: post residuals against blocks of the periods before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers


@dataclass(frozen=True, eq=False)
class Blocks:
    """Every run of n1 neighbouring periods before the onset.

    Attributes
    ----------
    inside : array of shape (n0 - n1 + 1, n1)
        Positions of the periods of each block.
    left_out : array of shape (n0 - n1 + 1, T)
        The first half of each block, n1 / 2 rounded up, which the coefficients do not learn from.
    """

    inside: Integers
    left_out: Booleans


def pre_blocks(learn: Booleans, after: int) -> Blocks:
    """Return the overlapping blocks of ``after`` periods among those learnt from.

    Parameters
    ----------
    learn : array of shape (T,)
        Periods before the onset.
    after : int
        n1, the number of periods after it.
    """
    before = np.flatnonzero(learn)
    starts = np.arange(len(before) - after + 1)
    inside = before[starts[:, None] + np.arange(after)]
    left_out = np.zeros((len(starts), len(learn)), dtype=bool)
    half = inside[:, : (after + 1) // 2]
    left_out[np.arange(len(starts))[:, None], half] = True
    return Blocks(inside, left_out)


def sum_of_squares(residuals: Floats) -> Floats:
    """Return P, the sum of squared residuals along the last axis."""
    return np.asarray((residuals**2).sum(axis=-1))


def sum_of_partial_sums(residuals: Floats) -> Floats:
    """Return R, the sum of squares of what is left to come: (sum over s >= t of u_s)^2 over t.

    Examples
    --------
    >>> float(sum_of_partial_sums(np.array([1.0, 2.0, 3.0])))
    70.0
    """
    return np.asarray((np.cumsum(residuals[..., ::-1], axis=-1) ** 2).sum(axis=-1))
