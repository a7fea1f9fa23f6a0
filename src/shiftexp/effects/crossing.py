"""Where a p-value crosses an error, between a value that is rejected and one that is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers

TIE = 1e-15
_QUICK = 12

Excess: TypeAlias = Callable[[Floats, Integers], Floats]


def last_rejected(
    excess: Excess, rejected: Floats, kept: Floats, rows: Integers, precision: float
) -> Floats:
    """Return the last rejected values between values that are rejected and values that are kept.

    Parameters
    ----------
    excess : callable
        Returns p less the error for values, shape (n,), of rows, shape (n,); never zero.
    rejected, kept : arrays of shape (m,)
        A lower value with p at most the error, and a higher one with a larger p.
    rows : array of shape (m,)
        What ``excess`` knows them by.
    precision : float
        How near the two ends shall come, in the unit of the values.

    Returns
    -------
    array of shape (m,)
        The lower ends: all are rejected.

    Notes
    -----
    Chandrupatla's method, which needs about nine steps where p is smooth. Where p jumps it crawls,
    up to twice as long as halving: what is left after twelve steps is halved.

    Examples
    --------
    >>> jump = lambda x, rows: np.where(x < np.pi, -1.0, 1.0)
    >>> last_rejected(jump, np.array([0.0]), np.array([8.0]), np.array([0]), 1e-9).round(6)
    array([3.141593])
    """
    from scipy.optimize.elementwise import find_root

    found = find_root(
        excess,
        (rejected, kept),
        args=(rows,),
        tolerances={"xatol": precision, "xrtol": 0.0},
        maxiter=_QUICK,
    )
    low, high = (np.array(end) for end in found.bracket)
    wide = np.flatnonzero(_wider(low, high, precision))
    while wide.size:
        middle = (low[wide] + high[wide]) / 2
        inside = excess(middle, rows[wide]) > 0
        low[wide], high[wide] = np.where(inside, (low[wide], middle), (middle, high[wide]))
        wide = wide[_wider(low[wide], high[wide], precision)]
    return low


def _wider(low: Floats, high: Floats, precision: float) -> Booleans:
    """Tell which brackets are wider than asked, and than numbers of their size can be told."""
    finest = 4 * np.spacing(np.maximum(np.abs(low), np.abs(high)))
    return np.asarray(high - low > np.maximum(precision, finest))
