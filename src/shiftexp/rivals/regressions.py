"""Two rival regressions as users give them: regressors with an outcome, or fitted results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.errors import Problem
from shiftexp.kernels.cases import Floats, lock
from shiftexp.scalars import plural, refuse

_LEAST_LEFT = 3
_SAME = 1e-9
_TABLE = 2


@dataclass(frozen=True, eq=False)
class Regression:
    """One regression of an outcome.

    Attributes
    ----------
    name : str
        What it is called.
    y : array of shape (n,)
        The outcome.
    x : array of shape (n, k)
        Regressors.
    """

    name: str
    y: Floats
    x: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def fitted(self) -> Floats:
        """Least-squares fitted values, shape (n,)."""
        return np.asarray(self.x @ (np.linalg.pinv(self.x) @ self.y))


def read_regressions(
    first: object,
    second: object,
    outcome: object,
    names: tuple[str, str],
    settings: Sequence[Problem] = (),
) -> tuple[Regression, Regression]:
    """Return two regressions that neither contains the other.

    Parameters
    ----------
    first, second : arrays, data frames or fitted regressions
        As in ``non_nested``.
    outcome : array or None
        What both explain.
    names : tuple of two str
        What they are called.
    settings : sequence of Problem
        What is wrong with the settings: told beside what is wrong with the regressions.

    Raises
    ------
    DesignError
        When they cannot be read or compared.
    """
    if wrong := _no_names(names):
        refuse(*settings, *wrong)
    given = dict(zip(names, (first, second), strict=True))
    fitted = [hasattr(getattr(one, "model", None), "exog") for one in given.values()]
    if all(fitted) and outcome is None:
        parts = {n: (one.model.endog, one.model.exog) for n, one in given.items()}  # type: ignore[attr-defined]  # seen above
    else:
        if wrong := _no_outcome(outcome, fitted):
            refuse(*settings, *wrong)
        parts = {n: (outcome, one) for n, one in given.items()}
    arrays = {name: (_numbers(y), _numbers(x)) for name, (y, x) in parts.items()}
    if wrong := [p for name, both in arrays.items() for p in _unreadable(name, *both)]:
        refuse(*settings, *wrong)
    pair = tuple(Regression(name, y.ravel(), x) for name, (y, x) in arrays.items())
    refuse(*settings, *_not_comparable(pair[0], pair[1]))
    return pair[0], pair[1]


def _numbers(value: object) -> Floats:
    """Return values as numbers; an empty array where they are none."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return np.zeros(0)


def _no_names(names: object) -> list[Problem]:
    """Return the problem of names that are none."""
    if (
        isinstance(names, tuple)
        and len(names) == _TABLE
        and all(isinstance(name, str) and name for name in names)
        and names[0] != names[1]
    ):
        return []
    needed = "two different names"
    return [Problem(f"names = {names!r}", needed, 'write names=("prices", "income")')]


def _no_outcome(outcome: object, fitted: list[bool]) -> list[Problem]:
    """Return the problem of an outcome that is missing or given twice."""
    if any(fitted):
        given = "a fitted regression beside regressors" if not all(fitted) else "outcome = ..."
        needed = "two fitted regressions alone, or two sets of regressors with outcome="
        return [Problem(given, needed, "give result.model.exog and outcome=")]
    if outcome is None:
        return [Problem("no outcome", "what both regressions explain", "give outcome=")]
    return []


def _unreadable(name: str, y: Floats, x: Floats) -> list[Problem]:
    """Return what keeps a regression from being fitted."""
    if x.ndim != _TABLE or y.size != len(x) or not x.shape[1] or y.ndim > _TABLE:
        given = f"{name}: outcome of shape {y.shape} on regressors of shape {x.shape}"
        return [Problem(given, "(n,) on (n, k), numbers", "give a row for each value")]
    missing = int((~np.isfinite(y)).sum() + (~np.isfinite(x)).sum())
    if missing:
        given = f"{name}: {plural(missing, 'value')} missing or infinite"
        return [Problem(given, "finite numbers", "leave these rows out of both")]
    if np.linalg.matrix_rank(x) < x.shape[1]:
        given = f"{name}: {x.shape[1]} regressors, some of which repeat others"
        return [Problem(given, "independent columns", "drop those that repeat others")]
    return []


def _not_comparable(first: Regression, second: Regression) -> list[Problem]:
    """Return what keeps two regressions from being compared."""
    problems = []
    if len(first.y) != len(second.y) or not np.allclose(first.y, second.y, rtol=_SAME, atol=0):
        given = f"outcomes of {len(first.y)} and {len(second.y)} values that differ"
        return [Problem(given, "one outcome", "fit both to the same rows")]
    n, both = len(first.y), np.linalg.matrix_rank(np.column_stack([first.x, second.x]))
    for one, other in ((first, second), (second, first)):
        if both == one.x.shape[1]:
            given = f"{one.name} contains {other.name}"
            remedy = "test the terms it has beyond the other by an F test"
            problems.append(Problem(given, "regressions that do not contain each other", remedy))
    if n - both < _LEAST_LEFT:
        given = f"{plural(n, 'value')} for {both} regressors together"
        remedy = "give more values or fewer regressors"
        problems.append(Problem(given, f"at least {both + _LEAST_LEFT}", remedy))
    for one in (first, second):
        left = one.y - one.fitted
        if (left @ left) <= _SAME**2 * max(float(one.y @ one.y), 1e-300):
            given = f"{one.name} describes the outcome without error"
            problems.append(Problem(given, "errors of its own", "look at the values"))
    return problems
