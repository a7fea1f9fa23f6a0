"""Critical values: the largest threshold at which the one-sided test of a direction rejects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.crossing import TIE, Excess, last_rejected
from shiftexp.effects.laws import Law, questions
from shiftexp.kernels.cases import Floats, Integers

_REACH = -4.0
_WIDENINGS = 24
_PRECISION = 1e-7


def critical_values(law: Law, a: ArrayLike, start: ArrayLike, alpha: ArrayLike) -> Floats:
    r"""Return for each direction the largest c at which H0: a . Delta <= c is rejected.

    .. math:: c(a) = \max \{ c : p(a \cdot \Delta \le c) \le \alpha \}

    A claim a . Delta > at holds at level alpha wherever ``at`` is at most c: an affine image of the
    law moves ``at`` alone, so that no p has to be worked out anew.

    Parameters
    ----------
    law : Law
        The law of the pair.
    a : array of shape (m, 2)
        Directions.
    start : array of shape (m,)
        Where the search begins, such as the estimates, in level units per year.
    alpha : float or array of shape (m,)
        One-sided level, of all directions or of each.

    Returns
    -------
    array of shape (m,)
        In level units per year; -infinity where nothing is rejected, NaN where the law is silent.

    Examples
    --------
    >>> from shiftexp.effects import StudentLaw
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([16.0, 25.0]))
    >>> critical_values(law, [(1, 1)], [20.0], 0.025).round(2)
    array([7.45])
    """
    directions, centre = questions(a, start)
    silent = np.isnan(law.p_value(directions, centre))
    centre = np.where(silent, 0.0, centre)
    level = np.broadcast_to(np.asarray(alpha, dtype=float), silent.shape)
    scale = np.where(silent, 0.0, np.maximum(law.spread(directions), np.finfo(float).tiny))

    def excess(steps: Floats, rows: Integers) -> Floats:
        """Return p less alpha; a tie is a rejection."""
        gap = law.p_value(directions[rows], centre[rows] + scale[rows] * steps) - level[rows]
        return np.where(gap == 0, -TIE, gap)

    rows = np.arange(len(directions))
    rejected = _far_enough(excess, rows[~silent], np.full(len(rows), _REACH), -1.0)
    kept = _far_enough(excess, rows[~silent], np.zeros(len(rows)), 1.0)
    found = np.where(silent, np.nan, rejected)
    between = np.flatnonzero(~silent & np.isfinite(rejected) & np.isfinite(kept))
    if between.size:
        found[between] = last_rejected(
            excess, rejected[between], kept[between], between, _PRECISION
        )
    found[~silent & np.isposinf(kept)] = np.inf
    return np.asarray(centre + np.where(np.isfinite(found), scale * found, found))


def _far_enough(excess: Excess, rows: Integers, steps: Floats, sign: float) -> Floats:
    """Return steps at which p is on one side of alpha, infinite ones where it never is."""
    steps = steps.copy()
    short = rows
    for widening in range(_WIDENINGS):
        short = short[sign * excess(steps[short], short) < 0]
        if not short.size:
            return steps
        steps[short] = sign * 6.0 * 2.0**widening
    steps[short] = sign * np.inf
    return steps
