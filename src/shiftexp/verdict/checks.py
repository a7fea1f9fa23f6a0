"""What keeps results and evidence from being weighed together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, ValuesView
from collections.abc import Set as AbstractSet

from shiftexp.comparison import Comparison
from shiftexp.design import Gate
from shiftexp.detection import Detection
from shiftexp.errors import Problem
from shiftexp.evidence import Bound, Evidence
from shiftexp.panel import Panel
from shiftexp.pooling import Pooled
from shiftexp.result import Result
from shiftexp.rivals import NonNested, RivalModels
from shiftexp.scalars import is_between
from shiftexp.specification import one_specification, told_apart


def listed(given: object) -> tuple[object, ...]:
    """Return what is given as a tuple; a single thing, a text or a table is one item.

    Parameters
    ----------
    given
        Results or evidence, as written.
    """
    if isinstance(given, Comparison):
        return given.results
    if isinstance(given, str | bytes):
        return (given,)
    if isinstance(given, Sequence | AbstractSet | Iterator | ValuesView):
        return tuple(given)
    return (given,)


def problems_of(
    results: Sequence[object], evidence: Sequence[object], gate: object
) -> list[Problem]:
    """Return what keeps these from being weighed together.

    Parameters
    ----------
    results : sequence
        Specifications.
    evidence : sequence
        What was brought besides them.
    gate : Gate or None
        The data gate of the study, if declared.
    """
    fits = tuple(item for item in results if isinstance(item, Result))
    problems = [*_no_results(results), *no_evidence(evidence)]
    if not results and not evidence and gate is None:
        problems.append(
            Problem("no results and no evidence", "something to weigh", "fit an estimator first")
        )
    return [*problems, *_mixed(fits), *_counted_twice(fits)]


def no_settings(
    *, detection: object, margin: object, gate: object, name: object
) -> tuple[Problem, ...]:
    """Return the problems of settings that are none.

    Parameters
    ----------
    detection, margin, gate, name
        As given to :func:`shiftexp.weigh`.
    """
    return tuple(
        Problem(f"{setting} = {given!r}", needed, remedy)
        for setting, given, good, needed, remedy in (
            (
                "detection",
                detection,
                detection is None or isinstance(detection, Detection),
                "a Detection",
                "write sx.Detection(drift=0.10)",
            ),
            (
                "margin",
                margin,
                is_between(margin, 0, 1),
                "a share of the level, above 0 and below 1",
                "write 0.10 for 10 %",
            ),
            (
                "gate",
                gate,
                gate is None or isinstance(gate, Gate),
                "a Gate",
                "write design.gate(panel)",
            ),
            ("name", name, isinstance(name, str), "a text", "write name='seizures, BE to NL'"),
        )
        if not good
    )


def no_evidence(evidence: Sequence[object]) -> list[Problem]:
    """Return the problems of what is no evidence, or whose bound is none of this library.

    Parameters
    ----------
    evidence : sequence
        What was brought besides the series.
    """
    problems = [
        Problem(f"evidence {_short(item)}", "an Evidence", _evidence_remedy(item))
        for item in evidence
        if not isinstance(item, Evidence | RivalModels | NonNested | Pooled)
    ]
    bounds = (item.bound for item in evidence if isinstance(item, Evidence))
    needed = "a Bound, and no class made from it: its own lower limit alone lifts a shift"
    return problems + [
        Problem(f"bound of type {type(bound).__name__}", needed, "write sx.Bound(...)")
        for bound in bounds
        if bound is not None and type(bound) is not Bound
    ]


def _evidence_remedy(item: object) -> str:
    """Return what to write instead of what is no evidence."""
    if isinstance(item, Bound):
        return "put it into sx.Evidence(about='shift', bound=..., source=...)"
    if isinstance(item, Result):
        return "give it first: sx.weigh(result, evidence=...)"
    if hasattr(item, "evidence"):
        called = "()" if callable(item.evidence) else ""
        return f"give found.evidence{called} of this {type(item).__name__}"
    return "write sx.Evidence(about=..., source=...)"


def _no_results(results: Sequence[object]) -> list[Problem]:
    """Return the problems of what is no result; rivals and pooled pairs have their own."""
    return [
        Problem(f"results: {_short(item)}", "a Result, or several", _result_remedy(item))
        for item in results
        if not isinstance(item, Result | RivalModels | NonNested | Pooled)
    ]


def _result_remedy(item: object) -> str:
    """Return what to write instead of what is no result."""
    remedies = (
        (item is None, "leave it out where nothing was fitted: sx.weigh(evidence=...)"),
        (isinstance(item, Panel), "fit an estimator to it first: estimator.fit(panel, design)"),
        (isinstance(item, Evidence), "write sx.weigh(evidence=...)"),
        (
            isinstance(getattr(item, "evidence", None), Evidence),
            "bring its finding: sx.weigh(results, evidence=[found.evidence])",
        ),
        (hasattr(item, "fit"), "give its fit: estimator.fit(panel, design)"),
        (hasattr(item, "results"), "give its .results"),
    )
    found = (remedy for holds, remedy in remedies if holds)
    return next(found, "give what estimator.fit(panel, design) returns")


def _short(item: object) -> str:
    """Return how something given is named: plain values as they are, others by their type."""
    plain = item is None or isinstance(item, str | int | float | dict)
    return repr(item) if plain else type(item).__name__


def _mixed(results: Sequence[Result]) -> list[Problem]:
    """Return the problems of results that are no specifications of one study."""
    return [
        Problem(
            f"results of different {what}: {', '.join(sorted(seen))}",
            "specifications of one indicator for one pair",
            "weigh each by itself and show the verdicts side by side",
        )
        for what, seen in (
            ("indicators", {r.indicator.name for r in results}),
            ("units of measurement", {r.effects.unit for r in results}),
            ("pairs of units", {" and ".join(r.paths.names) for r in results}),
            ("designs", {repr(r.design) for r in results}),
        )
        if len(seen) > 1
    ]


def _counted_twice(results: Sequence[Result]) -> list[Problem]:
    """Return the problem of results that are one specification, which has one vote."""
    twice = [
        told_apart(next(first for first in results[:k] if one_specification(first, other)), other)
        for k, other in enumerate(results)
        if any(one_specification(first, other) for first in results[:k])
    ]
    return [
        Problem(
            f"the same specification more than once: {' and '.join(dict.fromkeys(names))}",
            "specifications that differ in more than level, rng or draws: each estimate is one "
            "vote of the four in five",
            "give it once",
        )
        for names in dict.fromkeys(twice)
    ]


def not_evidence(results: object, evidence: object) -> list[Problem]:
    """Return the problem of what is no result of one indicator, and no evidence either.

    Parameters
    ----------
    results, evidence
        What was given to be weighed.
    """
    given = [*listed(results), *listed(evidence)]
    if isinstance(results, Comparison):
        given += results.hypotheses
    found = [type(item).__name__ for item in given if isinstance(item, RivalModels | NonNested)]
    needed = "results and Evidence: weights of hypotheses are no evidence and no bound on a flow"
    remedy = "show them beside the results, as in sx.compare(result, rivals), and weigh the results"
    problems = [Problem(name, needed, remedy) for name in dict.fromkeys(found)]
    if any(isinstance(item, Pooled) for item in given):
        needed = "results of one indicator: a margin of 10 % is none of a pooled pair"
        remedy = "give its effects to sector_weights, or weigh each result by itself"
        problems.append(Problem("Pooled", needed, remedy))
    return problems
