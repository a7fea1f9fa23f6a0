"""When two results are one specification: what counts once among those of a study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.result import Result

_ROUNDING = 1e-9


def one_specification(one: Result, other: Result) -> bool:
    """Tell whether two results are one specification: one estimate of one estimator, one law.

    Settings do not count, the kind of the law does. Another estimator that comes to the same
    numbers is a specification of its own.

    Parameters
    ----------
    one, other : Result
        Any two.
    """
    same_law = type(one.effects.law) is type(other.effects.law)
    return same_law and _kind(one) == _kind(other) and one_estimate(one, other)


def one_vote(
    results: Sequence[Result],
) -> tuple[tuple[Result, ...], tuple[tuple[Result, str], ...]]:
    """Return results that are specifications of their own, and the others with the reason.

    Parameters
    ----------
    results : sequence of Result
        In the order in which they count: of several that are one specification the first does.
    """
    kept: list[Result] = []
    twice = []
    for result in results:
        first = next((known for known in kept if one_specification(known, result)), None)
        if first is None:
            kept.append(result)
        else:
            twice.append((result, f"the same specification as {told_apart(first, result)[0]}"))
    return tuple(kept), tuple(twice)


def told_apart(one: Result, other: Result) -> tuple[str, str]:
    """Return the names of two results, or their estimators with all settings where these differ.

    Parameters
    ----------
    one, other : Result
        Any two.
    """
    if one.estimator != other.estimator:
        return one.estimator, other.estimator
    return one.name, other.name


def one_fit(one: Result, other: Result) -> bool:
    """Tell whether two results are one estimator fitted to one panel, twice or once.

    Parameters
    ----------
    one, other : Result
        Any two.
    """
    if one is other:
        return True
    if one.fitted is None or other.fitted is None or one.fitted.panel is not other.fitted.panel:
        return False
    return one.estimator == other.estimator and one_estimate(one, other)


def _kind(result: Result) -> str:
    """Return the class of an estimator, without its settings."""
    return result.estimator.partition("(")[0]


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
