"""Single numbers that users set: what counts as one, and what a confidence level leaves."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TypeGuard

from shiftexp.errors import DesignError, Problem


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number, NaN among them; true and false are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_finite(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number."""
    return is_number(value) and math.isfinite(value)


def is_whole(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number; true and false are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_between(value: object, low: float, high: float) -> bool:
    """Tell whether a value is a number strictly between two others."""
    return is_number(value) and low < value < high


def check_level(level: float) -> float:
    """Return a confidence level after making sure that it is one.

    Raises
    ------
    DesignError
        When ``level`` is not a number strictly between 0 and 1.

    Examples
    --------
    >>> check_level(0.9)
    0.9
    """
    if not is_between(level, 0, 1):
        problem = Problem(
            f"level = {level!r}", "a number strictly between 0 and 1", "write 0.95 for 95 %"
        )
        raise DesignError(problem)
    return level


def error_rate(level: float) -> float:
    """Return 1 - level without the rounding that would part 0.1 from a p-value of 2 in 20.

    Examples
    --------
    >>> error_rate(0.9)
    0.1
    """
    return round(1 - level, 12)
