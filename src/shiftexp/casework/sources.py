"""Several sources on one share, side by side: combined so that their dependence cannot mislead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.errors import Problem
from shiftexp.evidence import Bound, Evidence
from shiftexp.scalars import not_among, refuse
from shiftexp.table import Table, format_number

How: TypeAlias = Literal["widest", "majority"]
_HOW = ("widest", "majority")
_LEAST_FOR_MAJORITY = 3
_WHY = {
    "widest": "widest: from the lowest to the highest limit, right if any one source is right",
    "majority": (
        "majority: what more than half of the sources allow, whatever their dependence, with at "
        "most twice the error of one, if each of them is right"
    ),
}


@dataclass(frozen=True)
class CombinedSources(Table):
    """Several bounds on one quantity and what they say together.

    Attributes
    ----------
    names : tuple of str
        The sources.
    bounds : tuple of Bound
        What each of them says.
    how : str
        How they are combined.
    bound : Bound
        What they say together.
    """

    names: tuple[str, ...]
    bounds: tuple[Bound, ...]
    how: str
    bound: Bound

    def evidence(self, source: str = "") -> Evidence:
        """Return what they say together as evidence for a shift.

        Parameters
        ----------
        source : str, default ""
            Where the facts stand; by default the names of the sources.
        """
        return Evidence(about="shift", bound=self.bound, source=source or ", ".join(self.names))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each source and one for all of them."""
        named = [*zip(self.names, self.bounds, strict=True), (self.how, self.bound)]
        rows = [(name, b.quantity, b.low, b.high, b.unit, b.because) for name, b in named]
        return pd.DataFrame(rows, columns=["source", "quantity", "low", "high", "unit", "because"])


def combine_sources(bounds: Mapping[str, Bound], *, how: How = "widest") -> CombinedSources:
    """List what several sources say of one quantity, and combine it without assuming independence.

    Parameters
    ----------
    bounds : mapping of str to Bound
        One for each source, on one quantity in one unit.
    how : {"widest", "majority"}, default "widest"
        ``widest`` reaches from the lowest to the highest limit; ``majority`` holds what more than
        half of three or more sources allow.

    Returns
    -------
    CombinedSources
        The sources side by side, and one Bound.

    Raises
    ------
    DesignError
        When there is nothing to combine, quantities or units differ, fewer than three sources are
        to vote, or no value has a majority.

    Notes
    -----
    Files, informants and detainees tell of the same investigations: multiplying their likelihoods,
    or taking what all of them allow, would count one story three times and trust the most selective
    of them. The widest limits hold as long as one source does; those of the majority hold with at
    most twice the error of one source under any dependence (Gasparin & Ramdas 2024, arXiv
    2401.09379).

    Examples
    --------
    DISMARK's sample sizes for one market; the counts are invented for illustration.

    >>> import shiftexp as sx
    >>> counts = {"files": (20, 59), "informants": (24, 55), "detainees": (6, 25)}
    >>> found = sx.combine_sources(
    ...     {
    ...         name: sx.case_files(k, n, link=(0.5, 1.0), arrived=(0.6, 1.0), source=name)
    ...         for name, (k, n) in counts.items()
    ...     }
    ... )
    >>> round(found.bound.low, 3), round(found.bound.high, 3)
    (0.028, 0.577)
    """
    refuse(*not_among(how=(how, _HOW)), *_problems(bounds, how))
    given = tuple(bounds.values())
    low, high = _widest(given) if how == "widest" else _majority(given)
    said = "; ".join(
        f"{name} {format_number(b.low)} to {format_number(b.high)}: {b.because}"
        for name, b in bounds.items()
    )
    because = f"{_WHY[how]}; not multiplied, since sources tell of the same cases; {said}"
    together = Bound(
        given[0].quantity,
        low=low,
        high=high,
        unit=given[0].unit,
        because=because,
        cases=_fewest(given),
        assumed=tuple(dict.fromkeys(text for b in given for text in b.assumed)),
        model="; ".join(dict.fromkeys(b.model for b in given if b.model)),
    )
    return CombinedSources(tuple(bounds), given, how, together)


def _fewest(bounds: tuple[Bound, ...]) -> int | None:
    """Return the fewest cases that any source rests on; None where no source counts cases."""
    return min((b.cases for b in bounds if b.cases is not None), default=None)


def _widest(bounds: tuple[Bound, ...]) -> tuple[float, float]:
    """Return the ends of everything that any source allows."""
    return min(b.low for b in bounds), max(b.high for b in bounds)


def _majority(bounds: tuple[Bound, ...]) -> tuple[float, float]:
    """Return the ends of everything that more than half of the sources allow."""
    ends = sorted({end for b in bounds for end in (b.low, b.high)})
    held = [x for x in ends if 2 * sum(b.low <= x <= b.high for b in bounds) > len(bounds)]
    if not held:
        given = "sources of which no majority allows any one value"
        needed = "sources that do not contradict each other"
        refuse(Problem(given, needed, "write how='widest' and say that they contradict"))
    return held[0], held[-1]


def _problems(bounds: object, how: str) -> tuple[Problem, ...]:
    """Return everything that keeps these from being combined."""
    if not isinstance(bounds, Mapping) or not bounds:
        remedy = "write {'files': sx.case_files(...), ...}"
        return (Problem(f"bounds = {bounds!r}", "a Bound for each source", remedy),)
    problems = [
        Problem(f"{name!r}: {b!r}", "a Bound", "write sx.case_files(...) or sx.Bound(...)")
        for name, b in bounds.items()
        if not isinstance(b, Bound)
    ]
    for what in ("quantity", "unit"):
        seen = sorted({getattr(b, what) for b in bounds.values() if isinstance(b, Bound)})
        if len(seen) > 1:
            given = f"sources of different {what}: {', '.join(map(repr, seen))}"
            problems.append(Problem(given, f"one {what}", "combine those that have it in common"))
    if how == "majority" and len(bounds) < _LEAST_FOR_MAJORITY:
        given = f"{len(bounds)} of {_LEAST_FOR_MAJORITY} sources that a majority needs"
        problems.append(Problem(given, "three sources or more", "write how='widest'"))
    return tuple(problems)
