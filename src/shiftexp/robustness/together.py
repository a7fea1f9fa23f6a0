"""Errors of several indicators drawn together: correlated as what is new in their residuals is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from shiftexp.errors import Problem
from shiftexp.kernels.autoregression import Autoregression, innovation_correlation
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.scalars import plural, refuse

LEAST_SHARED = 8
_BURN_IN = 200  # autocorrelations end at .95, and .95 ** 200 is nothing
_PAIR = 2


@dataclass(frozen=True, eq=False)
class Errors:
    """What one indicator says of its errors.

    Attributes
    ----------
    name : str
        The indicator.
    per_year : int
        Periods in a year.
    periods : array of int, shape (n,)
        Positions in the calendar of the periods that are drawn.
    units : tuple of str, length U
        Origin and destination, then the donors.
    value : array of shape (U,)
        Their autocorrelations.
    within : float
        Correlation of what is new in any two of the units.
    sides : mapping of int to Autoregression
        The fitted errors of the origin (0) and the destination (1), of those that the study has.
    """

    name: str
    per_year: int
    periods: Integers
    units: tuple[str, ...]
    value: Floats
    within: float
    sides: dict[int, Autoregression]


def joint_errors(each: Sequence[Errors], count: int, rng: np.random.Generator) -> list[Floats]:
    """Return errors of unit variance of every indicator, each of shape (count, U, n).

    Parameters
    ----------
    each : sequence of Errors
        The indicators.
    count : int
        Data sets.
    rng : numpy Generator
        Source of the draws.

    Raises
    ------
    DesignError
        When two indicators have another frequency, or fewer than 8 periods in common.
    """
    _check(each)
    time = _union(each)
    root = _root(correlations(each))
    shocks = root @ rng.standard_normal((count, len(root), _BURN_IN + len(time)))
    ends = np.cumsum([len(errors.units) for errors in each])
    parts = np.split(shocks, ends[:-1], axis=1)
    return [_persisting(e, part, time) for e, part in zip(each, parts, strict=True)]


def correlations(each: Sequence[Errors]) -> Floats:
    """Return correlations of what is new in all units of all indicators, positive semidefinite.

    Parameters
    ----------
    each : sequence of Errors
        The indicators.
    """
    from statsmodels.stats.correlation_tools import corr_clipped

    time = _union(each)
    size = len(each)
    blocks = [[np.empty((0, 0))] * size for _ in each]
    for k, errors in enumerate(each):
        blocks[k][k] = np.full((len(errors.units),) * 2, errors.within)
        np.fill_diagonal(blocks[k][k], 1.0)
    for k, m in combinations(range(size), 2):
        blocks[k][m] = _between(each[k], each[m], time)
        blocks[m][k] = blocks[k][m].T
    return np.asarray(corr_clipped(np.block(blocks)))


def _check(each: Sequence[Errors]) -> None:
    """Refuse indicators of which it cannot be told how they go together, all at once."""
    problems = []
    for one, other in combinations(each, 2):
        same = one.per_year == other.per_year
        shared = len(np.intersect1d(one.periods, other.periods)) if same else 0
        if shared < LEAST_SHARED:
            apart = "" if same else f" ({one.per_year} and {other.per_year} periods a year)"
            problems.append(
                Problem(
                    f"{one.name!r} and {other.name!r} with {plural(shared, 'period')} in "
                    f"common{apart}",
                    f"{LEAST_SHARED} at least, to draw indicators as they go together",
                    "test a curve of each by itself and take the p-values together with adjust()",
                )
            )
    refuse(*problems)


def _union(each: Sequence[Errors]) -> Integers:
    """Return the positions of all periods that any indicator has."""
    return np.unique(np.concatenate([errors.periods for errors in each]))


def _between(one: Errors, other: Errors, time: Integers) -> Floats:
    """Return correlations between the units of two indicators, by the periods they share.

    Donors are drawn like the sides, so they go together as these do: a donor with itself as a side
    with itself on average, with another unit as one side with the other.
    """
    sides = [side for side in one.sides if side in other.sides]
    pair = np.zeros((_PAIR, _PAIR))
    for s in sides:
        for t in sides:
            first, second = (_spread(e, k, time) for e, k in ((one, s), (other, t)))
            found = innovation_correlation(first, second, time.astype(float))
            pair[s, t] = np.clip(found, -1.0, 1.0)
    alike = np.diag(pair)[sides].mean()
    across = (pair[0, 1] + pair[1, 0]) / 2
    same = np.array(one.units)[:, None] == np.array(other.units)
    between: Floats = np.where(same, alike, across)
    between[:_PAIR, :_PAIR] = pair
    return between


def _spread(errors: Errors, side: int, time: Integers) -> Autoregression:
    """Return the errors of a side with zeros in the periods that others have and it has not."""
    fitted, at = errors.sides[side], np.searchsorted(time, errors.periods)
    innovations, rows = np.zeros(len(time)), np.zeros((len(time), len(time)))
    innovations[at] = fitted.innovations
    rows[np.ix_(at, at)] = fitted.rows
    return replace(fitted, innovations=innovations, rows=rows)


def _root(matrix: Floats) -> Floats:
    """Return the symmetric square root: it treats all units alike."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)


def _persisting(errors: Errors, shocks: Floats, time: Integers) -> Floats:
    """Return AR(1) errors of one indicator in its own periods, what it does not have closed up."""
    at = _BURN_IN + np.searchsorted(time, errors.periods)
    steps = np.concatenate([np.arange(at[0]), at])
    fresh = np.sqrt(1 - errors.value**2)
    found = shocks[:, :, steps]
    for t in range(1, len(steps)):
        found[:, :, t] = errors.value * found[:, :, t - 1] + fresh * found[:, :, t]
    return np.asarray(found[:, :, -len(at) :])
