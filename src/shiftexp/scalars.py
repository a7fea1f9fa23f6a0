"""Single settings that users write: what counts as a number, a level, a seed or a switch."""

from __future__ import annotations

import math
from numbers import Integral
from typing import TypeGuard

import numpy as np

from shiftexp.errors import DesignError, Problem, suggest


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number, NaN among them; true and false are none."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


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
    refuse(*no_level(level))
    return level


def error_rate(level: float) -> float:
    """Return 1 - level without the rounding that would part 0.1 from a p-value of 2 in 20.

    Examples
    --------
    >>> error_rate(0.9)
    0.1
    """
    return round(1 - float(level), 12)


def not_whole(name: str, value: object, least: int, remedy: str) -> tuple[Problem, ...]:
    """Return the problem of a setting that is no whole number, or too small a one.

    Parameters
    ----------
    name : str
        The setting.
    value : object
        What was given.
    least : int
        The smallest number allowed.
    remedy : str
        What to do instead.
    """
    if is_whole(value) and value >= least:
        return ()
    return (Problem(f"{name} = {value!r}", f"a whole number, at least {least}", remedy),)


def no_seed(rng: object) -> tuple[Problem, ...]:
    """Return the problem of a seed that is none: a method is known by its settings alone."""
    return not_whole("rng", rng, 0, "write a seed, such as rng=1")


def no_level(level: object) -> tuple[Problem, ...]:
    """Return the problem of a confidence level that is none."""
    if is_between(level, 0, 1):
        return ()
    needed = "a number strictly between 0 and 1"
    return (Problem(f"level = {level!r}", needed, "write 0.95 for 95 %"),)


def no_workers(n_jobs: object) -> tuple[Problem, ...]:
    """Return the problem of a number of workers that is none."""
    if is_whole(n_jobs) and n_jobs:
        return ()
    needed, remedy = "a whole number that is not 0", "write 2 for two, -1 for all cores"
    return (Problem(f"n_jobs = {n_jobs!r}", needed, remedy),)


def not_flag(**flags: object) -> tuple[Problem, ...]:
    """Return the problems of switches that are neither true nor false; text is none."""
    return tuple(
        Problem(f"{name} = {value!r}", "True or False", f"write {name}=True, without quotes")
        for name, value in flags.items()
        if not isinstance(value, bool | np.bool_)
    )


def not_among(**settings: tuple[object, tuple[str, ...]]) -> tuple[Problem, ...]:
    """Return the problems of words that are none of those known.

    Parameters
    ----------
    **settings : tuple of object and tuple of str
        For each setting what was given, and what is known.
    """
    return tuple(
        Problem(f"{name} = {given!r}", f"known {name}", suggest(str(given), known))
        for name, (given, known) in settings.items()
        if not isinstance(given, str) or given not in known
    )


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as 2 donors.

    Examples
    --------
    >>> plural(1, "donor"), plural(0, "value")
    ('1 donor', '0 values')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def refuse(*problems: Problem) -> None:
    """Raise all problems at once, if there are any.

    Raises
    ------
    DesignError
        When there is one.
    """
    if problems:
        raise DesignError(problems)
