"""Exact decompositions of changes: shift-share, and the logarithmic mean Divisia index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock


@dataclass(frozen=True, eq=False)
class ShiftShareTerms:
    """Three terms that add up to the change of every unit and segment, each (..., U, K).

    Attributes
    ----------
    national : array
        What growth at the reference's overall rate would have brought.
    mix : array
        What the reference's rate in the segment brought beyond that.
    competitive : array
        What is left: the relative shift.
    """

    national: Floats
    mix: Floats
    competitive: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def shift_share_terms(
    before: Floats, after: Floats, reference: tuple[Floats, Floats] | None = None
) -> ShiftShareTerms:
    """Return the terms of the shift-share identity.

    Parameters
    ----------
    before, after : array of shape (..., U, K)
        Amounts of U units in K segments.
    reference : tuple of two arrays of shape (..., K), optional
        Amounts of the reference before and after; without it the sum of the units, against which
        the competitive terms of a segment add up to zero whatever the data.
    """
    own = before.sum(axis=-2), after.sum(axis=-2)
    first, last = own if reference is None else reference
    overall = (last.sum(axis=-1) / first.sum(axis=-1))[..., None, None]
    segment = (last / first)[..., None, :]
    return ShiftShareTerms(
        national=before * (overall - 1),
        mix=before * (segment - overall),
        competitive=after - before * segment,
    )


def logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """Return (a - b) / log(a / b) of positive numbers, a where both are equal.

    Examples
    --------
    >>> logarithmic_mean(np.array([2.0, np.e]), np.array([2.0, 1.0])).round(4)
    array([2.    , 1.7183])
    """
    log = np.log(a / b)
    small = np.abs(log) < np.sqrt(np.finfo(float).eps)
    return np.asarray(np.where(small, np.sqrt(a * b), (a - b) / np.where(small, 1.0, log)))


def lmdi_effects(before: Floats, after: Floats) -> Floats:
    """Return the effect of each factor on the change of the total, shape (..., F): LMDI-I.

    Parameters
    ----------
    before, after : array of shape (..., N, F)
        Positive factors of N groups; their products add up to the total.

    References
    ----------
    Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical guide. Energy
    Policy, 33(7), 867-871. https://doi.org/10.1016/j.enpol.2003.10.010
    """
    weight = logarithmic_mean(after.prod(axis=-1), before.prod(axis=-1))
    return np.asarray((weight[..., None] * np.log(after / before)).sum(axis=-2))
