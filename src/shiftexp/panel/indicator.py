"""Indicator: what is measured, and what its numbers allow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shiftexp.errors import Problem

_RATE = re.compile(
    r"\bper\b(?!\s*(year|quarter|month|annum)\b)|%|\bper ?cent|\brates?\b|\bprices?\b|\bindex\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Indicator:
    """What is measured, and what its numbers allow.

    Parameters
    ----------
    name : str
        The name, unique within a panel.
    unit_of_measure : str
        Such as "kg" or "count".
    additive : bool
        Whether values of several units or periods may be summed; false for rates, prices, purity.
    comparable : bool
        Whether levels may be compared between units.

    Examples
    --------
    >>> Indicator("seized_kg", "kg").additive
    True
    """

    name: str
    unit_of_measure: str
    additive: bool = True
    comparable: bool = True


def rate_problems(measures: Iterable[object]) -> list[Problem]:
    """Return units of measurement that read like rates or prices, for which sums must be settled.

    Examples
    --------
    >>> len(rate_problems(["kg", "visits per year", "per 1000 inhabitants", "usd_per_g"]))
    2
    """
    return [
        Problem(
            f"unit_of_measure {measure!r} reads like a rate, a price or a share",
            "a word on whether its values may be summed",
            "say additive=False (no net effect, offset ratio or shift share), or additive=True",
        )
        for measure in dict.fromkeys(map(str, measures))
        if _RATE.search(measure.replace("_", " "))
    ]
