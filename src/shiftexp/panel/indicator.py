"""Indicator: what is measured, and what its numbers allow."""

from __future__ import annotations

from dataclasses import dataclass


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
