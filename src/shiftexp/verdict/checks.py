"""What keeps results and evidence from being weighed together."""

from __future__ import annotations

from shiftexp.design import Gate
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.result import Result


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
