"""The law of one price: whether the log gap of origin and destination closes, and how fast."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import read_pair
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.slope_laws import (
    noisy_root_p,
    slope,
    true_slope,
    unit_root_p,
    unit_root_power,
)
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, no_level, refuse
from shiftexp.table import Table, format_number, quantity_frame

_LEAST = 10


@dataclass(frozen=True, eq=False, repr=False)
class PriceGap(Table):
    """The log gap of two prices, and how fast it closes.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    labels : tuple of str
        Names of the T periods.
    gap : array of shape (T,)
        log O - log D.
    per_year : int
        Periods in a year.
    onsets : tuple of two int
        Positions of first and last candidate for the onset; below 0 or above T outside the run.
    slope, low, high : float
        Part of a gap that is left after a period: median-unbiased, with limits.
    p_unit_root, p_noisy : float
        p of the nulls that the gap never closes: of a walk, and of a walk with noise of its own.
    power : float
        How often both are rejected where half a deviation is left after a year.
    before, after : float
        Mean absolute gaps before the onset's first candidate and from its last on; NaN where no
        period is left.
    level : float
        Level of the limits.
    notes : tuple of str
        What to know before reading it.
    """

    names: tuple[str, str]
    labels: tuple[str, ...]
    gap: Floats
    per_year: int
    onsets: tuple[int, int]
    slope: float
    low: float
    high: float
    p_unit_root: float
    p_noisy: float
    power: float
    before: float
    after: float
    level: float
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def p_value(self) -> float:
        """The larger p of the two: noise makes a gap that never closes look as if it did."""
        return max(self.p_unit_root, self.p_noisy)

    @property
    def mean(self) -> float:
        """Mean of the log gap, which a gap that closes comes back to: zero only for one price."""
        return float(self.gap.mean())

    @property
    def half_life(self) -> tuple[float, float, float]:
        """Years after which half a deviation is left, with limits; infinite at a unit root."""
        low, middle, high = (self._years(s) for s in (self.low, self.slope, self.high))
        return middle, low, high

    def _years(self, left: float) -> float:
        """Return the half-life of a slope in years."""
        if left >= 1:
            return math.inf
        return math.log(0.5) / math.log(left) / self.per_year if left > 0 else 0.0

    @property
    def found(self) -> bool:
        """Whether the gap is found to close."""
        return self.p_value <= error_rate(self.level)

    @property
    def evidence(self) -> Evidence:
        """A gap that closes speaks for integration; never a bound."""
        return Evidence(
            about="integration",
            p_value=self.p_value,
            power=self.power,
            source=f"log price gap of {self.names[0]} and {self.names[1]}, {self.labels[0]} to "
            f"{self.labels[-1]}",
        )

    def summary(self) -> str:
        """Return the finding in words: never that the gap does not close."""
        middle, low, high = (format_number(x, 2) for x in self.half_life)
        years = f"{middle} year{'s' * (middle != '1')}"
        mean = format_number(self.mean, 2)
        said = f"closes to its mean of {mean}" if self.found else "is not shown to close"
        walk, noisy = (format_number(x, 3) for x in (self.p_unit_root, self.p_noisy))
        found = (
            f"the log gap of {self.names[0]} and {self.names[1]} {said} (p of a walk {walk}, of "
            f"one with noise {noisy}); half-life {years} ({low} to {high}) if prices carry no noise"
        )
        could = f"a half-life of one year is found in {self.power:.0%} of such series"
        return "\n".join([found, could, *(f"- {note}" for note in self.notes)])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity."""
        none = float("nan")
        rows = [
            ("part of a gap left after a period", self.slope, self.low, self.high, self.p_value),
            ("a walk", none, none, none, self.p_unit_root),
            ("a walk with noise", none, none, none, self.p_noisy),
            ("mean gap", self.mean, none, none, none),
            ("half-life, years", *self.half_life, none),
            ("mean absolute gap before the onset", self.before, none, none, none),
            ("mean absolute gap from the onset on", self.after, none, none, none),
            ("power at a half-life of one year", self.power, none, none, none),
        ]
        return quantity_frame(rows)


def price_gap(panel: Panel, design: Design, *, level: float = 0.95) -> PriceGap:
    r"""Return whether the log gap of two prices closes, and how fast.

    .. math:: g_t = \log p_{Ot} - \log p_{Dt}, \qquad g_t = \mu + \rho g_{t-1} + \varepsilon_t

    Parameters
    ----------
    panel : Panel
        One indicator: a price, ``additive=False``.
    design : Design
        The study, with both sides.
    level : float, default 0.95
        Level of the limits; the test is of size 1 - level.

    Returns
    -------
    PriceGap
        Slope and half-life with limits, the test of a unit root, and ``evidence`` of integration.

    Raises
    ------
    DesignError
        When ``level`` is none; the panel holds amounts; a side is missing; the run without a gap
        has fewer than 10 periods; a price is not above zero; or the gap never changes.

    Notes
    -----
    Limits and the p of a walk invert the law of the least-squares slope of normal AR(1) with a
    constant, drawn for the length at hand, so that they hold in short series. Noise of the prices
    themselves looks like a gap that closes, so that a walk with noise, fitted to the gap, has to be
    rejected as well. The gap may close to a mean that is not zero: transport and risk have a price.

    When not to use it: for a half-life of prices with noise of their own; or to say that markets
    are apart.

    References
    ----------
    Andrews, D. W. K. (1993). Exactly median-unbiased estimation of first order autoregressive/unit
    root models. Econometrica, 61(1), 139-165. https://doi.org/10.2307/2951781

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(rng=1)
    >>> prices = sx.Panel.from_frame(
    ...     panel.to_frame(),
    ...     unit="unit",
    ...     period="period",
    ...     value="value",
    ...     unit_of_measure="euro per gram",
    ...     additive=False,
    ... )
    >>> found = sx.price_gap(prices, design)
    >>> found.evidence.about, found.low <= found.slope <= found.high
    ('integration', True)
    """
    refuse(*no_level(level), *_amounts(panel))
    pair = read_pair(panel, design, scale="log", least=_LEAST)
    gap = pair.values[0] - pair.values[1]
    if np.ptp(gap) < 1e-12:
        given = f"the gap of {pair.names[0]!r} and {pair.names[1]!r} never changes"
        refuse(Problem(given, "two prices", "check that they are not the same"))
    tail, periods = error_rate(level) / 2, pair.count
    left = float(slope(gap[None])[0])
    first, last = (min(max(k, 0), periods) for k in pair.onsets)
    return PriceGap(
        names=pair.names,
        labels=pair.labels,
        gap=gap,
        per_year=pair.per_year,
        onsets=pair.onsets,
        slope=true_slope(left, periods, 0.5),
        low=true_slope(left, periods, 1 - tail),
        high=true_slope(left, periods, tail),
        p_unit_root=unit_root_p(left, periods),
        p_noisy=float(noisy_root_p(gap[None])[0]),
        power=unit_root_power(0.5 ** (1 / pair.per_year), periods, error_rate(level)),
        before=float(np.abs(gap[:first]).mean()) if first else math.nan,
        after=float(np.abs(gap[last:]).mean()) if last < periods else math.nan,
        level=level,
        notes=("a gap that closes is evidence of integration, and says nothing of a flow",
               "noise in the prices shortens the half-life: its limits are those of prices without",
               *pair.notes),
    )  # fmt: skip


def _amounts(panel: object) -> list[Problem]:
    """Return the refusal of indicators that add up: a ratio of amounts has no law of one price."""
    found = [i for i in getattr(panel, "indicators", ()) if i.additive]
    remedy = "give prices, read with additive=False"
    return [
        Problem(f"{i.name!r} in {i.unit_of_measure}, which adds up", "a price", remedy)
        for i in found
    ]
