"""What keeps results and evidence from being weighed together."""

from __future__ import annotations

from collections.abc import Iterable

from shiftexp.comparison import Comparison
from shiftexp.errors import Problem
from shiftexp.evidence import Bound, Evidence
from shiftexp.pooling import Pooled
from shiftexp.result import Result
from shiftexp.rivals import NonNested, RivalModels

LONGEST_QUOTED = 60


def problems_of(results: tuple[Result, ...], margin: float) -> list[Problem]:
    """Return what keeps these from being weighed together.

    Parameters
    ----------
    results : tuple of Result
        Specifications.
    margin : float
        Smallest effect of interest.
    """
    problems = []
    if not margin > 0:
        problems.append(
            Problem(f"margin = {margin!r}", "a positive share of the level", "write 0.10 for 10 %")
        )
    for what, seen in (
        ("indicators", {r.indicator.name for r in results}),
        ("units of measurement", {r.effects.unit for r in results}),
        ("pairs of units", {" and ".join(r.paths.names) for r in results}),
        ("designs", {repr(r.design) for r in results}),
    ):
        if len(seen) > 1:
            problems.append(
                Problem(
                    f"results of different {what}: {', '.join(sorted(seen))}",
                    "specifications of one indicator for one pair",
                    "weigh each by itself and show the verdicts side by side",
                )
            )
    return problems


def brought(given: object) -> tuple[object, ...]:
    """Return what is given to be weighed one by one, a comparison with its hypotheses.

    Parameters
    ----------
    given
        Results or evidence: one, several, or a comparison of results.
    """
    if isinstance(given, Comparison):
        return (*given.results, *given.hypotheses)
    if isinstance(given, Iterable) and not isinstance(given, str):
        return tuple(given)
    return (given,)


def not_evidence(results: tuple[object, ...], evidence: tuple[object, ...]) -> list[Problem]:
    """Return the problem of what is no result of one indicator, and no evidence either.

    Parameters
    ----------
    results, evidence
        What was given to be weighed.
    """
    hypotheses = (RivalModels, NonNested)
    given = (*results, *evidence)
    found = [type(item).__name__ for item in given if isinstance(item, hypotheses)]
    needed = "results and Evidence: weights of hypotheses are no evidence and no bound on a flow"
    remedy = "show them beside the results, as in sx.compare(result, rivals), and weigh the results"
    problems = [Problem(name, needed, remedy) for name in dict.fromkeys(found)]
    if any(isinstance(item, Pooled) for item in given):
        needed = "results of one indicator: a margin of 10 % is none of a pooled pair"
        remedy = "give its effects to sector_weights, or weigh each result by itself"
        problems.append(Problem("Pooled", needed, remedy))
    told = (*hypotheses, Pooled)
    problems += [
        Problem(_quoted(item), "results of estimators", _remedy(item))
        for item in results
        if not isinstance(item, (Result, *told))
    ]
    problems += [
        Problem(f"evidence {_quoted(item)}", "an Evidence", _remedy(item))
        for item in evidence
        if not isinstance(item, (Evidence, *told))
    ]
    return problems


def _remedy(item: object) -> str:
    """Say how what a thing has to say can be weighed, if it can."""
    if isinstance(item, Evidence):
        return "write sx.weigh(results, evidence=[...])"
    if isinstance(item, Result):
        return "give it as the first argument"
    if isinstance(item, Bound):
        return "write sx.Evidence(about='shift', bound=..., source=...)"
    if isinstance(getattr(item, "evidence", None), Evidence):
        return "bring its finding, as in sx.weigh(results, evidence=[found.evidence])"
    return "fit an estimator first, or write sx.Evidence(about=..., source=...)"


def _quoted(item: object) -> str:
    """Quote what was given; what is long, by its kind."""
    return repr(item) if len(repr(item)) <= LONGEST_QUOTED else type(item).__name__
