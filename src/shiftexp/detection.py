"""Detection as an affine map: the box of what it may have done, and what overturns a claim."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from shiftexp.effects import Effects
from shiftexp.errors import DesignError, Problem
from shiftexp.plane import OFFSET_FULL_HIGH, OFFSET_MOST, OFFSET_SOME, ConfidenceSet
from shiftexp.scalars import is_number, not_whole, refuse
from shiftexp.table import Table

DEFAULT_DRIFT = 0.10
_NO_CHANGE = (1.0, 1.0)
_FARTHEST = 1e6
_ENDS = 2


@dataclass(frozen=True, kw_only=True)
class Detection:
    r"""What is declared about detection: a drift to integrate, and a box whose corners are shown.

    Finds are activity times detection. A change of detection by :math:`r_O, r_D` after the onset
    and a ratio :math:`k_0` before it move the pair to :math:`\Delta_O + y_O (1/r_O - 1)` and
    :math:`[\Delta_D + y_D (1/r_D - 1)] / k_0`.

    Parameters
    ----------
    drift : float, default 0.10
        Standard deviation of the change in log detection over the post window, either side: 0 only
        with an effort-free indicator or capture data, .03 measured effort, .05 stable practice
        documented, .10 otherwise.
    common : float, default 1
        The part of the drift's variance that is country-wide, from 0 to 1: what all indicators of a
        side share, so that more of them do not average it away. The rest is each one's own.
    ratio : tuple of two floats, default (1, 1)
        Interval of detection at the destination over detection at the origin before the onset.
    origin, destination : tuple of two floats, default (1, 1)
        Intervals of detection after over detection before, either side.
    because : str
        The facts behind the intervals.

    Raises
    ------
    DesignError
        When the drift or its common part is no number from 0 to 1, or an interval is not two
        numbers, positive and ordered.

    Examples
    --------
    >>> Detection(drift=0.05, destination=(0.8, 1.25)).destination
    (0.8, 1.25)
    """

    drift: float = DEFAULT_DRIFT
    common: float = 1.0
    ratio: tuple[float, float] = _NO_CHANGE
    origin: tuple[float, float] = _NO_CHANGE
    destination: tuple[float, float] = _NO_CHANGE
    because: str = ""

    def __post_init__(self) -> None:
        """Refuse a negative drift and intervals that are none."""
        problems = []
        if not (is_number(self.drift) and 0 <= self.drift <= 1):
            large = is_number(self.drift) and self.drift > 1
            remedy = "write 0.05 for 5 %" if large else "use 0.10 when nothing is documented"
            needed = "a standard deviation of log detection, from 0 to 1"
            problems.append(Problem(f"drift = {self.drift!r}", needed, remedy))
        if not (is_number(self.common) and 0 <= self.common <= 1):
            given = f"common = {self.common!r}"
            remedy = "use 1 when nobody knows: the whole drift is country-wide"
            problems.append(Problem(given, "a share of the drift's variance, 0 to 1", remedy))
        for name in ("ratio", "origin", "destination"):
            given = getattr(self, name)
            if _is_interval(given):
                object.__setattr__(self, name, (float(given[0]), float(given[1])))
            else:
                remedy = "write (1, 1) where detection stayed the same"
                needed = "two numbers, 0 < low <= high"
                problems.append(Problem(f"{name} = {given!r}", needed, remedy))
        if problems:
            raise DesignError(problems)

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Detection:
        """Return the intervals that a row of a table of declared designs holds.

        Parameters
        ----------
        row : mapping of str to str
            Columns detection_ratio_low, detection_ratio_high, the same for origin and destination,
            and because; an empty interval is (1, 1).
        """

        def box(name: str) -> tuple[float, float]:
            low, high = (row.get(f"detection_{name}_{end}", "") for end in ("low", "high"))
            return (float(low), float(high)) if low and high else _NO_CHANGE

        return cls(
            ratio=box("ratio"),
            origin=box("origin"),
            destination=box("destination"),
            because=row.get("because", ""),
        )

    def over(self, indicators: int) -> float:
        r"""Return the drift of the mean of several indicators of one level.

        .. math:: \delta \sqrt{c + (1 - c) / K}

        Parameters
        ----------
        indicators : int
            How many, K.

        Raises
        ------
        DesignError
            When that is no whole number, at least 1.

        Examples
        --------
        >>> Detection(drift=0.06).over(4), round(Detection(drift=0.06, common=0).over(4), 3)
        (0.06, 0.03)
        """
        refuse(*not_whole("indicators", indicators, 1, "count those that were fitted together"))
        return self.drift * math.sqrt(self.common + (1 - self.common) / indicators)

    @property
    def corners(self) -> tuple[tuple[float, float, float], ...]:
        """The corners (k0, r_O, r_D) of the box."""
        return tuple(dict.fromkeys(itertools.product(self.ratio, self.origin, self.destination)))

    def reversed(self) -> Detection:
        """Return the same facts with origin and destination exchanged.

        Examples
        --------
        >>> Detection(ratio=(0.5, 4), origin=(0.8, 1)).reversed().ratio
        (0.25, 2.0)
        """
        low, high = self.ratio
        return replace(
            self, ratio=(1 / high, 1 / low), origin=self.destination, destination=self.origin
        )

    def offset_range(self, effects: Effects) -> ConfidenceSet:
        """Return the offset ratios of the estimates over the box.

        Parameters
        ----------
        effects : Effects
            The pair, as observed.

        Returns
        -------
        ConfidenceSet
            The corner values, exact because the ratio is monotone in each argument; the whole line
            when the destination effect can change its sign within the box.
        """
        images = [effects.under(*corner) for corner in self.corners]
        growth = [image.mean[1] for image in images]
        if min(growth) <= 0 <= max(growth):
            return ConfidenceSet("line", -math.inf, math.inf)
        ratios = [image.offset_ratio for image in images]
        return ConfidenceSet("interval", min(ratios), max(ratios))


def _is_interval(given: object) -> bool:
    """Tell whether something is two positive numbers in order."""
    if not isinstance(given, Sequence) or len(given) != _ENDS or not all(map(is_number, given)):
        return False
    return bool(0 < given[0] <= given[1] < math.inf)


@dataclass(frozen=True)
class DriftEstimate:
    """What changed detection added to the finds of one indicator on one side.

    Attributes
    ----------
    side, indicator : str
        Where, and in which indicator.
    added, added_low, added_high : float
        What it added to finds, as a mean over the post periods, in level units per year, with
        limits.
    ratio, ratio_low, ratio_high : float
        Detection after the onset over detection before it, over the same periods, with limits;
        infinite where all finds may be owed to it.
    learned : float
        The part of the declared variance that the data took away: next to 0 where they say nothing.
    """

    side: str
    indicator: str
    added: float
    added_low: float
    added_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    learned: float


@dataclass(frozen=True)
class DetectionDrift(Table):
    """How detection changed after the onset, as indicators that effort leaves alone tell it.

    Attributes
    ----------
    rows : tuple of DriftEstimate
        One for each side and each indicator whose detection drifts.
    effort_free : tuple of str
        Indicators whose detection was declared to stay; without any nothing but the declared drift
        is known.
    unit : str
        Unit of what was added.
    level : float
        Level of the limits.
    """

    rows: tuple[DriftEstimate, ...]
    effort_free: tuple[str, ...]
    unit: str
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each side and indicator, with the unit of what was added."""
        return pd.DataFrame([dataclasses.asdict(row) | {"unit": self.unit} for row in self.rows])

    def summary(self) -> str:
        """Return the table and what it rests on."""
        free = ", ".join(self.effort_free)
        rests = (
            f"it rests on {free}, whose detection was declared to stay as it was"
            if free
            else "no indicator is free of effort: this is what was declared, not what was learned"
        )
        return f"detection after the onset over before, {rests}\n\n{self}"


@dataclass(frozen=True)
class TippingPoint:
    """The change of detection at which a statement stops holding.

    Attributes
    ----------
    statement : str
        What it overturns.
    side : str
        "origin", "destination" or "ratio": detection after over before there, or destination over
        origin before.
    value : float
        The ratio at which it does; NaN when no ratio does.
    """

    statement: str
    side: str
    value: float


def explained_away(effects: Effects) -> tuple[TippingPoint, ...]:
    """Return the detection changes that alone would explain the whole change on either side.

    r_i* = y_i / cf_i, for the estimates: finds are what they are, activity never changed.

    Parameters
    ----------
    effects : Effects
        The pair, as observed.
    """
    rows = []
    for side, base, observed in zip(
        ("origin", "destination"), effects.base, effects.observed, strict=True
    ):
        if not math.isnan(observed):
            value = observed / base if base > 0 and observed > 0 else math.nan
            rows.append(TippingPoint(f"any change at the {side}", side, float(value)))
    return tuple(rows)


def ratio_thresholds(effects: Effects) -> tuple[TippingPoint, ...]:
    """Return the detection ratios k0 at which the offset ratio meets the borders of its sectors.

    rho(k0) = k0 rho(1), so k0* = threshold / rho(1).

    Parameters
    ----------
    effects : Effects
        The pair, as observed; nothing is returned where no ratio is defined or the origin did not
        fall.
    """
    if not effects.answers((1.0, 1.0)) or not effects.offset_ratio > 0:
        return ()
    names = {OFFSET_SOME: "0.25", OFFSET_MOST: "0.75", OFFSET_FULL_HIGH: "4/3"}
    return tuple(
        TippingPoint(f"offset ratio {name}", "ratio", value / effects.offset_ratio)
        for value, name in names.items()
    )


def tipping_of_claim(
    effects: Effects,
    statement: str,
    questions: tuple[tuple[tuple[float, float], float], ...],
    alpha: float,
) -> tuple[TippingPoint, ...]:
    """Return for each side the detection change nearest to 1 at which a held claim is lost.

    Parameters
    ----------
    effects : Effects
        The pair, with the drift already integrated.
    statement : str
        The claim in words.
    questions : tuple of (direction, threshold)
        The claim holds while every H0: a . Delta <= at is rejected.
    alpha : float
        One-sided level.
    """

    def held(side: str, ratio: float) -> bool:
        image = effects.under(**{side: ratio})
        return all(float(image.p_value(a, at)[0]) <= alpha for a, at in questions)

    rows = []
    for side, present in zip(("origin", "destination"), effects.observed, strict=True):
        if math.isnan(present) or not held(side, 1.0):
            continue
        ends = [_crossing(side, held, 1 / _FARTHEST), _crossing(side, held, _FARTHEST)]
        found = [e for e in ends if not math.isnan(e)]
        nearest = min(found, key=lambda e: abs(math.log(e))) if found else math.nan
        rows.append(TippingPoint(statement, side, nearest))
    return tuple(rows)


def _crossing(side: str, held: Callable[[str, float], bool], far: float) -> float:
    """Return where a claim stops holding on the way to a far change; NaN when it never does."""
    if held(side, far):
        return math.nan
    inside, outside = 0.0, math.log(far)
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if held(side, math.exp(middle)) else (inside, middle)
    return math.exp(inside)
