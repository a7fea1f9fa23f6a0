"""When two results are one specification: what counts once among those of a study."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.result import Result

_ROUNDING = 1e-9


def one_specification(one: Result, other: Result) -> bool:
    """Tell whether two results are one specification: one estimate, under one kind of law.

    Parameters
    ----------
    one, other : Result
        Any two.
    """
    same_law = type(one.effects.law) is type(other.effects.law)
    return same_law and one_estimate(one, other)


def one_estimate(one: Result, other: Result) -> bool:
    """Tell whether two results are of one question and say the same of it, but for rounding.

    Parameters
    ----------
    one, other : Result
        Any two.
    """
    a, b = one.effects, other.effects
    names = (one.paths.names, one.indicator.name, a.unit, repr(one.design))
    if names != (other.paths.names, other.indicator.name, b.unit, repr(other.design)):
        return False
    pairs = ((a.mean, b.mean), (a.base, b.base), (a.observed, b.observed))
    return all(_alike(x, y) for x, y in pairs)


def _alike(one: Floats, other: Floats) -> bool:
    """Tell whether numbers are equal but for rounding, on the scale of the largest of them."""
    known = np.abs(np.concatenate([one, other]))
    near = _ROUNDING * float(known[np.isfinite(known)].max(initial=0.0))
    return bool(np.allclose(one, other, rtol=0.0, atol=near, equal_nan=True))
