"""What keeps results and evidence from being weighed together."""

from __future__ import annotations

from shiftexp.comparison import Comparison
from shiftexp.design import Gate
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.pooling import Pooled
from shiftexp.result import Result
from shiftexp.rivals import NonNested, RivalModels


def problems_of(
    results: tuple[Result, ...], evidence: tuple[object, ...], margin: float, gate: Gate | None
) -> list[Problem]:
    """Return what keeps these from being weighed together.

    Parameters
    ----------
    results : tuple of Result
        Specifications.
    evidence : tuple
        What was brought besides them.
    margin : float
        Smallest effect of interest.
    gate : Gate or None
        The data gate of the study, if declared.
    """
    problems = [
        Problem(f"evidence {item!r}", "an Evidence", "write sx.Evidence(about=..., source=...)")
        for item in evidence
        if not isinstance(item, Evidence)
    ]
    if not results and not evidence and gate is None:
        problems.append(
            Problem("no results and no evidence", "something to weigh", "fit an estimator first")
        )
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


def not_evidence(results: object, evidence: object) -> list[Problem]:
    """Return the problem of what is no result of one indicator, and no evidence either.

    Parameters
    ----------
    results, evidence
        What was given to be weighed.
    """
    given = [*_listed(results), *_listed(evidence)]
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


def _listed(given: object) -> list[object]:
    """Return what is given as a list, a single thing too."""
    return list(given) if isinstance(given, list | tuple) else [given]
