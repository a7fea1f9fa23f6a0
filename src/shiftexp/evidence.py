"""Evidence that is not a fitted series, and the one thing that can lift a shift above compatible: a Bound."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from shiftexp.errors import DesignError, Problem, suggest

Quantity: TypeAlias = Literal["flow", "shift_share"]
About: TypeAlias = Literal["shift", "expansion", "integration"]
Direction: TypeAlias = Literal["for", "against"]


@dataclass(frozen=True)
class Bound:
    r"""Limits on the flow from origin to destination that come from outside the series.

    .. math:: low \le F \le high

    Parameters
    ----------
    quantity : {"flow", "shift_share"}
        What is bounded: the flow in units per year, or the shift share as a fraction of destination growth.
    low, high : float
        The limits; ``low = 0`` says that nothing may have moved.
    unit : str
        Unit of a flow, such as "visits per year".
    because : str
        The counted fact and the assumptions that turn it into a limit.

    Raises
    ------
    DesignError
        When the quantity is unknown, a limit is not a number, low exceeds high, or a limit is negative.
    DesignError
        When the reason is empty: a bound without a reason is an opinion.

    Examples
    --------
    >>> Bound("flow", low=0, high=100, unit="kg per year", because="seized on the route").low
    0
    """

    quantity: Quantity
    low: float = field(kw_only=True)
    high: float = field(kw_only=True)
    unit: str = field(default="", kw_only=True)
    because: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse limits that are none."""
        problems = []
        if self.quantity not in get_args(Quantity):
            problems.append(
                Problem(
                    f"quantity = {self.quantity!r}",
                    "'flow' or 'shift_share'",
                    suggest(str(self.quantity), get_args(Quantity)),
                )
            )
        if not (0 <= self.low <= self.high) or math.isinf(self.low):
            problems.append(
                Problem(
                    f"low = {self.low!r}, high = {self.high!r}",
                    "0 <= low <= high",
                    "give the limits in this order, 0 where nothing is known from below",
                )
            )
        if not self.because.strip():
            problems.append(
                Problem(
                    f"because = {self.because!r}",
                    "the fact and the assumptions behind the limits",
                    "say where the limits come from",
                )
            )
        if problems:
            raise DesignError(problems)

    @property
    def informative(self) -> bool:
        """Tell whether the lower limit is above zero."""
        return self.low > 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One finding from outside the fitted series.

    Parameters
    ----------
    about : {"shift", "expansion", "integration"}
        The hypothesis it speaks to.
    direction : {"for", "against"}, default "for"
        The way it points.
    p_value : float or None
        Its p-value, if it is a test; a p-value alone lifts nothing above compatible.
    power : float or None
        Power of that test at this sample size.
    bound : Bound or None
        Limits on the flow or the shift share.
    source : str
        Where the fact stands.

    Raises
    ------
    DesignError
        When ``about`` or ``direction`` is unknown, or p-value or power lie outside [0, 1].

    Examples
    --------
    >>> Evidence(about="shift", p_value=0.01, source="case files").bound is None
    True
    """

    about: About
    direction: Direction = "for"
    p_value: float | None = None
    power: float | None = None
    bound: Bound | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse unknown words and impossible probabilities."""
        problems = [
            Problem(f"{name} = {value!r}", " or ".join(map(repr, known)), suggest(str(value), known))
            for name, value, known in (
                ("about", self.about, get_args(About)),
                ("direction", self.direction, get_args(Direction)),
            )
            if value not in known
        ]
        problems += [
            Problem(f"{name} = {value!r}", "a number from 0 to 1", "leave it out if unknown")
            for name, value in (("p_value", self.p_value), ("power", self.power))
            if value is not None and not 0 <= value <= 1
        ]
        if problems:
            raise DesignError(problems)
