"""Refuses tasks that are none: methods, scenarios, estimands, effects and numbers of draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike

import numpy as np

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.power.asking import ALONE, ASKABLE, Rule, check_estimator, identified
from shiftexp.scalars import (
    is_between,
    is_finite,
    is_whole,
    no_level,
    no_workers,
    not_whole,
    plural,
)
from shiftexp.simulate import Scenario


def check_kinds(method: object, scenarios: Iterable[object], *, rules: bool) -> None:
    """Refuse what is no method or no scenario.

    Parameters
    ----------
    method : object
        What should be an estimator, or a ``Rule`` where ``rules`` allows one.
    scenarios : iterable of object
        What should be scenarios.
    rules : bool
        Whether a verdict can be asked.

    Raises
    ------
    TypeError
        When something is of another kind; all are listed.
    """
    wrong = [
        f"{type(given).__name__} is no Scenario; write sx.Scenario(...), or "
        "Scenario.like(panel, design)"
        for given in scenarios
        if not isinstance(given, Scenario)
    ]
    if not (rules and isinstance(method, Rule)):
        try:
            check_estimator(method)
        except TypeError as refusal:
            wrong.insert(0, str(refusal))
    if wrong:
        raise TypeError("\n".join(wrong))


def listed(given: object) -> tuple[object, ...]:
    """Return a sequence as a tuple; anything else, and a word, alone in one."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def check_calibration(
    method: object,
    scenarios: Sequence[Scenario],
    n: object,
    estimands: Sequence[object],
    level: object,
    rng: object,
    running: Mapping[str, object],
) -> None:
    """Refuse a calibration that is none; ``running`` holds ``n_jobs`` and ``store``.

    Raises
    ------
    DesignError
        All problems at once.
    """
    problems = [
        Problem(f"estimand {e!r}", "a known estimand", suggest(str(e), ASKABLE))
        for e in estimands
        if e not in ASKABLE
    ]
    problems += [*_numbers(n, rng), *no_level(level), *_running(**running)]
    if not scenarios:
        problems.append(Problem("no scenario", "at least one", "give sx.Scenario()"))
    if isinstance(method, Rule):
        if not method.estimators:
            problems.append(Problem("a Rule without estimators", "at least one", "name one"))
    elif not estimands:
        problems.append(Problem("no estimand", "at least one", "leave the default"))
    else:
        problems += _meaningless(scenarios, [str(e) for e in estimands])
    if problems:
        raise DesignError(problems)


def check_power(
    scenario: Scenario,
    estimand: object,
    effects: object,
    target: object,
    level: object,
    n: object,
    rng: object,
    running: Mapping[str, object],
) -> None:
    """Refuse a power curve that is none; ``running`` holds ``n_jobs`` and ``store``.

    Raises
    ------
    DesignError
        All problems at once.
    """
    problems = [*_numbers(n, rng), *no_level(level), *_running(**running)]
    problems += _between("target", target, "write 0.8 for 80 %")
    known = (*ALONE, "net")
    if estimand not in known:
        needed = "origin, destination or net"
        problems.append(Problem(f"estimand = {estimand!r}", needed, suggest(str(estimand), known)))
    else:
        problems += _meaningless([scenario], [str(estimand)])
        if effects is not None:
            problems += _too_large(scenario, str(estimand), effects)
    problems += [] if effects is None else _effects(effects)
    if problems:
        raise DesignError(problems)


def _effects(given: object) -> list[Problem]:
    """Return what is wrong with effects to try."""
    effects = listed(given)
    wrong = tuple(f"effect {e!r}" for e in effects if not is_finite(e))
    if wrong or not effects:
        remedy = "write for example effects=[5, 10, 20], or leave it out for a search"
        return [Problem(f"effects = {given!r}", "at least one finite number", remedy, wrong)]
    signs = {math.copysign(1, e) for e in effects if is_finite(e) and e}
    if len(signs) == 1:
        return []
    what = "rises and falls" if signs else "no effect but zero"
    needed = "effects all of one sign, one at least that is not zero"
    remedy = "ask for rises and for falls apart" if signs else "add effects that would matter"
    return [Problem(f"effects = {given!r}: {what}", needed, remedy)]


def _too_large(scenario: Scenario, estimand: str, effects: object) -> list[Problem]:
    """Return effects under which an expected amount would fall below zero."""
    if not scenario.additive or scenario.least_level() < 0 or not identified(scenario, [estimand]):
        return []
    falls = tuple(
        f"{e:g}"
        for e in listed(effects)
        if is_finite(e) and e < 0 and scenario.with_effect(estimand, e).least_level() < 0
    )
    if not falls:
        return []
    given = f"{plural(len(falls), 'effect')} on the {estimand} that leave less than nothing"
    return [Problem(given, "expected amounts of zero at least", "give smaller falls", falls)]


def _running(*, n_jobs: object, store: object) -> list[Problem]:
    """Return what is wrong with workers and store."""
    found = list(no_workers(n_jobs))
    if not (store is None or isinstance(store, str | PathLike)):
        needed = "a folder's name, or None"
        found.append(Problem(f"store = {store!r}", needed, "write store='results/power'"))
    return found


def _meaningless(scenarios: Sequence[Scenario], estimands: Sequence[str]) -> list[Problem]:
    """Return scenarios in which nothing that is asked for has a meaning."""
    known = [e for e in estimands if e in ASKABLE]
    return [
        Problem(
            f"{', '.join(known)} of {scenario.unit or 'values'} that may not be summed or compared "
            f"(additive={scenario.additive}, comparable={scenario.comparable})",
            "an effect of one side",
            "ask for the origin or the destination",
        )
        for scenario in dict.fromkeys(scenarios)
        if known and not identified(scenario, known)
    ]


def _numbers(n: object, rng: object) -> list[Problem]:
    """Return what is wrong with the number of data sets and the seed."""
    found = list(not_whole("n", n, 1, "give at least one data set: write 1000"))
    seed = is_whole(rng) and rng >= 0
    if not (seed or isinstance(rng, np.random.Generator)):
        needed = "a whole number, at least 0, or a numpy Generator"
        found.append(Problem(f"rng = {rng!r}", needed, "write a seed, such as rng=1"))
    return found


def _between(name: str, value: object, remedy: str) -> list[Problem]:
    """Return the problem of a share that is none."""
    if is_between(value, 0, 1):
        return []
    return [Problem(f"{name} = {value!r}", "a number strictly between 0 and 1", remedy)]
