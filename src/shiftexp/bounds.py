"""Limits on the share of destination growth that came from the origin, by named assumptions."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shiftexp.effects import Effects
from shiftexp.errors import DesignError, EstimandNotIdentified, Problem
from shiftexp.plane import DESTINATION, ORIGIN, ConfidenceSet
from shiftexp.scalars import check_level
from shiftexp.table import Table

B1 = "the origin would not have grown by itself"
B2 = "the destination would not have shrunk by itself"
_REJECT_AT = 0.05
_STEPS = 40


@dataclass(frozen=True)
class ShiftShareBounds(Table):
    """Limits on the flow F and on the shift share S = F / Delta_D.

    Attributes
    ----------
    low, high : float
        Limits on the shift share, from 0 to 1.
    flow_low, flow_high : float
        Limits on the flow, in level units per year.
    unit : str
        The unit of the flow.
    level : float
        Confidence level of the limits; where one limit alone binds it holds with (1 + level) / 2.
    assumptions : tuple of str
        What must be true for the limits to hold.
    rejected : tuple of str
        Assumptions the data contradict, or that contradict each other; they were not used.
    """

    low: float
    high: float
    flow_low: float
    flow_high: float
    unit: str
    level: float
    assumptions: tuple[str, ...]
    rejected: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for the share and one for the flow."""
        because = "; ".join(self.assumptions)
        rows = [
            ("shift_share", self.low, self.high, "share of destination growth", because),
            ("flow", self.flow_low, self.flow_high, self.unit, because),
        ]
        return pd.DataFrame(rows, columns=["quantity", "low", "high", "unit", "assumptions"])


def shift_share_bounds(
    effects: Effects,
    *,
    exit_cap: float | None = None,
    growth_cap: float | None = None,
    level: float = 0.95,
) -> ShiftShareBounds:
    r"""Return limits on the shift share from the pair of effects and named assumptions.

    With :math:`\Delta_O = -F + X_O` and :math:`\Delta_D = F + A_D`, (B1) :math:`X_O \le 0` gives
    :math:`F \le -\Delta_O` and (B2) :math:`A_D \ge 0` gives :math:`F \le \Delta_D`, hence
    :math:`S \in [0, \min(1, \rho)]`. Caps :math:`X_O \ge -x` and :math:`A_D \le a` give lower
    limits :math:`F \ge -\Delta_O - x` and :math:`F \ge \Delta_D - a`.

    Parameters
    ----------
    effects : Effects
        The pair, in level units per year.
    exit_cap : float, optional
        Most that can have left the origin's market without moving, x >= 0, in level units per year.
    growth_cap : float, optional
        Most that the destination can have grown by itself, a >= 0, in level units per year.
    level : float, default 0.95
        Two-sided confidence level.

    Returns
    -------
    ShiftShareBounds
        The lower end is 0 without a cap: a fall here and growth there never prove a flow.

    Raises
    ------
    EstimandNotIdentified
        When the study has one side only, or sides that cannot be added or compared.
    DesignError
        When a cap is negative or ``level`` is not strictly between 0 and 1.

    Notes
    -----
    When the origin has grown significantly (one-sided 5 %), B1 is contradicted: this is not the
    same as a share of zero. It is dropped and named, and B2 alone leaves S in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from shiftexp.effects import Effects, StudentLaw
    >>> law = StudentLaw(np.array([-20.0, 40.0]), np.diag([4.0, 4.0]))
    >>> effects = Effects(
    ...     law, law.mean, np.array([100.0, 40.0]), np.array([80.0, 80.0]), "plants per year"
    ... )
    >>> bounds = shift_share_bounds(effects)
    >>> bounds.low, round(bounds.high, 2)
    (0.0, 0.62)
    """
    check_level(level)
    _check_caps(exit_cap, growth_cap)
    origin_grew = float(effects.p_value(ORIGIN)[0]) < _REJECT_AT
    effects.estimate((1.0, 1.0))
    destination, fall = effects.intervals([DESTINATION, (-1.0, 0.0)], level)
    if destination.kind == "none" or fall.kind == "none":
        given = "effects without inference of their own"
        raise EstimandNotIdentified(
            Problem(given, "a law that answers", "fit with at least 6 periods before and 3 after")
        )
    ceiling = max(0.0, destination.high if origin_grew else min(fall.high, destination.high))
    high = 1.0 if origin_grew else _largest_share(effects, (1 - level) / 2)
    caps = _cap_words(exit_cap, growth_cap, effects.unit)
    floor, low = _cap_floors(fall, destination, exit_cap, growth_cap)
    rejected = (B1,) if origin_grew else ()
    if floor > ceiling or low > high:
        # Caps and signs cannot both hold: what is left is what the signs allow.
        floor, low, rejected, caps = 0.0, 0.0, (*rejected, *caps), ()
    return ShiftShareBounds(
        low=low,
        high=high,
        flow_low=floor,
        flow_high=ceiling,
        unit=effects.unit,
        level=level,
        assumptions=((B2,) if origin_grew else (B1, B2)) + caps,
        rejected=rejected,
    )


def _cap_floors(
    fall: ConfidenceSet,
    destination: ConfidenceSet,
    exit_cap: float | None,
    growth_cap: float | None,
) -> tuple[float, float]:
    """Return lower limits of flow and share: F >= -D_O - x, F >= D_D - a, S >= 1 - a / D_D."""
    flow, share = 0.0, 0.0
    if exit_cap is not None and destination.high > 0:
        flow = max(flow, fall.low - exit_cap)
        share = max(share, min(1.0, flow / destination.high))
    if growth_cap is not None and destination.low > 0:
        flow = max(flow, destination.low - growth_cap)
        share = max(share, 1 - growth_cap / destination.low)
    return flow, share


def bounds_of_sides(
    origin: ConfidenceSet | None, destination: ConfidenceSet, *, unit: str, level: float = 0.95
) -> ShiftShareBounds:
    """Return limits on flow and shift share from two separate intervals, with no joint law.

    Parameters
    ----------
    origin : ConfidenceSet or None
        Interval of the change at the origin, in level units per year; None where it was not
        studied, which leaves (B2) alone.
    destination : ConfidenceSet
        Interval of the change at the destination.
    unit : str
        The unit of both.
    level : float, default 0.95
        Their confidence level.

    Examples
    --------
    >>> from shiftexp.plane import ConfidenceSet
    >>> found = bounds_of_sides(
    ...     ConfidenceSet("interval", -30.0, 5.0),
    ...     ConfidenceSet("interval", 40.0, 80.0),
    ...     unit="plants per year",
    ... )
    >>> found.flow_high, found.high
    (30.0, 0.75)
    """
    grew = origin is not None and origin.low > 0
    used = (B2,) if origin is None or grew else (B1, B2)
    ceiling = destination.high if origin is None or grew else min(-origin.low, destination.high)
    flow = max(0.0, ceiling)
    share = min(1.0, flow / destination.low) if destination.low > 0 else 1.0
    return ShiftShareBounds(
        low=0.0,
        high=1.0 if B1 not in used else share,
        flow_low=0.0,
        flow_high=flow,
        unit=unit,
        level=level,
        assumptions=used,
        rejected=(B1,) if grew else (),
    )


def _largest_share(effects: Effects, alpha: float) -> float:
    """Return the smallest s in [0, 1] at which O + s D > 0 and D > 0 hold at alpha; 1 if none."""
    if not float(effects.p_value(DESTINATION)[0]) <= alpha:
        return 1.0
    low, high = 0.0, 1.0
    if not float(effects.p_value((1.0, high))[0]) <= alpha:
        return 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        held = float(effects.p_value((1.0, middle))[0]) <= alpha
        low, high = (low, middle) if held else (middle, high)
    return high


def _check_caps(exit_cap: float | None, growth_cap: float | None) -> None:
    """Refuse caps below zero."""
    problems = [
        Problem(
            f"{name} = {value!r}", "a number >= 0, in units per year", "leave it out if unknown"
        )
        for name, value in (("exit_cap", exit_cap), ("growth_cap", growth_cap))
        if value is not None and not value >= 0
    ]
    if problems:
        raise DesignError(problems)


def _cap_words(exit_cap: float | None, growth_cap: float | None, unit: str) -> tuple[str, ...]:
    """Say the caps in words."""
    leaving = () if exit_cap is None else (f"at most {exit_cap:g} {unit} left without moving",)
    growing = () if growth_cap is None else (f"at most {growth_cap:g} {unit} of own growth there",)
    return leaving + growing
