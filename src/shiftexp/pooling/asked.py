"""What is asked to be pooled: results by name, what is declared of each, and what does not fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, TypeAlias, get_args

from shiftexp.detection import Detection
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.plane import DESTINATION, NET, ORIGIN
from shiftexp.pooling.pooled import Plane
from shiftexp.pooling.spreads import MOST_CORRELATION
from shiftexp.result import Result
from shiftexp.scalars import is_between, is_finite, no_level, not_among
from shiftexp.specification import one_estimate

Correlation: TypeAlias = float | Literal["auto"]
_LEAST = 2


def named_results(results: object) -> dict[str, Result]:
    """Return results by name.

    Raises
    ------
    TypeError
        When something else than a result is given.
    DesignError
        When a name stands twice.
    """
    if isinstance(results, Result) or not isinstance(results, Mapping | Sequence):
        message = f"pool takes several results; given {type(results).__name__}"
        raise TypeError(message)
    given = list(results.values()) if isinstance(results, Mapping) else list(results)
    wrong = [type(r).__name__ for r in given if not isinstance(r, Result)]
    if wrong:
        message = f"pool takes results, as in pool([a, b]); given {', '.join(wrong)}"
        raise TypeError(message)
    if isinstance(results, Mapping):
        return {str(name): result for name, result in results.items()}
    names = [r.indicator.name for r in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        said = f"several results of {', '.join(map(repr, twice))}"
        remedy = 'give a mapping with names, as in pool({"labs": a, "dumps": b})'
        raise DesignError(Problem(said, "one result for each indicator", remedy))
    return dict(zip(names, given, strict=True))


def given_twice(named: Mapping[str, Result]) -> list[Problem]:
    """Return the problem of one estimate under several names: it would be pooled with itself.

    Parameters
    ----------
    named : mapping of str to Result
        What is pooled.
    """
    return [
        Problem(f"one estimate as {one!r} and {other!r}", "results that differ", "give it once")
        for (one, a), (other, b) in combinations(named.items(), 2)
        if one_estimate(a, b)
    ]


def declared_detection(detection: object, named: Mapping[str, Result]) -> dict[str, Detection]:
    """Return what is declared of detection, by indicator; empty where that is none."""
    if isinstance(detection, Mapping):
        return {name: detection.get(name, Detection()) for name in named}
    return dict.fromkeys(named, Detection() if detection is None else detection)  # type: ignore[arg-type]  # checked next


def undeclared(detection: object, named: Mapping[str, Result]) -> tuple[str, ...]:
    """Return the indicators of whose detection nothing is declared."""
    if isinstance(detection, Mapping):
        return tuple(name for name in named if name not in detection)
    return tuple(named) if detection is None else ()


def unknown_names(detection: object, named: Mapping[str, Result]) -> list[Problem]:
    """Return what is declared of indicators that are not among the results."""
    if not isinstance(detection, Mapping):
        return []
    return [
        Problem(f"detection of {key!r}", "the name of a result", suggest(str(key), named))
        for key in detection
        if key not in named
    ]


def misfits(named: Mapping[str, Result], plane: str) -> list[Problem]:
    """Return what keeps results from being pooled."""
    problems = []
    if len(named) < _LEAST:
        given = f"{len(named)} result{'s' * (len(named) != 1)}"
        problems.append(Problem(given, "at least two", "weigh a single one"))
    places = {" to ".join(r.paths.names) for r in named.values()}
    if len(places) > 1:
        rows = tuple(sorted(places))
        problems.append(Problem("results of different places", "one pair", "pool it alone", rows))
    for name, result in named.items():
        problems += _misfit(name, result, plane)
    return problems


def _misfit(name: str, result: Result, plane: str) -> list[Problem]:
    """Return what keeps one result from being pooled."""
    effects = result.effects
    if not all(result.paths.names):
        return [Problem(f"{name!r} has one side only", "both sides", "leave it out")]
    problems = []
    if plane == "offset" and not effects.answers(NET):
        given = f"{name!r} has sides whose values cannot be added or compared"
        problems.append(Problem(given, "amounts counted alike", 'write plane="percent"'))
    if not (effects.base > 0).all():
        given = f"{name!r} has a counterfactual level that is not above zero"
        problems.append(Problem(given, "levels above zero", "leave it out, or fit it on logs"))
    if any(effects.interval(a).kind != "interval" for a in (ORIGIN, DESTINATION)):
        given = f"{name!r} has no interval for a side ({result.inference})"
        problems.append(Problem(given, "a law with intervals", "fit a model that yields them"))
    return problems


def bad_settings(
    plane: str,
    correlation: object,
    heterogeneity: object,
    level: float,
    declared: Mapping[str, object],
) -> list[Problem]:
    """Return settings that are none."""
    problems = [*not_among(plane=(plane, get_args(Plane))), *no_level(level)]
    if correlation != "auto" and not (
        is_finite(correlation) and 0 <= correlation <= MOST_CORRELATION
    ):
        given = f"correlation = {correlation!r}"
        problems.append(Problem(given, "'auto' or a number from 0 to .95", "leave it at 'auto'"))
    if heterogeneity != 0 and not is_between(heterogeneity, 0, math.inf):
        given = f"heterogeneity = {heterogeneity!r}"
        problems.append(Problem(given, "percent, from 0", "leave it at 25"))
    wrong = {name for name, d in declared.items() if not isinstance(d, Detection)}
    if wrong:
        given = f"detection of {', '.join(sorted(wrong))}"
        problems.append(Problem(given, "a Detection", "write sx.Detection(drift=0.10)"))
    return problems
