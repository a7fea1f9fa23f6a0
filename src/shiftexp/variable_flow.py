"""What is said of a flow that no known push sets off: how variable it is, and its path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.identification import IdentificationNote, notes_of
from shiftexp.kernels.cases import Floats, lock
from shiftexp.panel import Calendar
from shiftexp.scalars import error_rate
from shiftexp.table import Table, format_number, quantity_frame

_GOOD_POWER, STATED = 0.8, (1 / 3, 2 / 3)
SHARE = "share of the flow in the destination's innovations"


@dataclass(frozen=True)
class FlowShare:
    """The part that a flow makes of the variance of the destination's innovations.

    Attributes
    ----------
    median, low, high : float
        Halfway through the probability, and limits that leave half of 1 - level on either side;
        the lower one is 0 where the test does not reject that there is no flow.
    """

    median: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class FlowSeries:
    """A path with its uncertainty, period by period.

    Attributes
    ----------
    mean, sd, low, high : arrays of shape (T,)
        Posterior mean, standard deviation and limits.
    """

    mean: Floats
    sd: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False, repr=False)
class StochasticFlow(Table):
    """A flow that comes and goes without a known push: its variance, its test, and its path.

    Attributes
    ----------
    share, prior : FlowShare
        The part of the flow in the variance of the destination's innovations, and what was
        believed of it before the data.
    masses : array of shape (2, K)
        Prior and posterior masses of equal parts of that share's range from 0 to 1.
    statistic, p_value : float
        Twice the log ratio of the restricted likelihoods with and without the flow, and its p by
        half a mass at zero and half a chi-square law; of several lags the largest, p by Bonferroni.
    powers : tuple of (float, float)
        Shares, and how often the test finds a flow of that share at the fitted variances: first
        the posterior median, then a third and two thirds.
    simulations : int
        Data sets that each power is counted in.
    lags : tuple of (int, float)
        Lags in periods, with their posterior masses.
    calendar : Calendar
        The T periods.
    names : tuple of two str
        Origin and destination.
    parts : dict of str to FlowSeries
        "flow" of each period, what has "left" until then, what has "arrived", and the stocks
        "origin" and "destination".
    unit : str
        Unit of the path.
    level : float
        Level of limits; the test is of size 1 - level.
    flags : tuple of str
        What is not identified, or contradicted, in words for machines: those of
        ``shiftexp.identification``.
    maturity : str
        How well the method is tried.
    """

    share: FlowShare
    prior: FlowShare
    masses: Floats
    statistic: float
    p_value: float
    powers: tuple[tuple[float, float], ...]
    simulations: int
    lags: tuple[tuple[int, float], ...]
    calendar: Calendar
    names: tuple[str, str]
    parts: dict[str, FlowSeries]
    unit: str
    level: float
    flags: tuple[str, ...] = ()
    maturity: str = "emerging"

    def __post_init__(self) -> None:
        """Make the arrays read-only, and refuse flags that nobody knows."""
        lock(self)
        notes_of(self.flags)

    @property
    def notes(self) -> tuple[IdentificationNote, ...]:
        """What the flags mean, what always holds first."""
        return notes_of(self.flags)

    @property
    def found(self) -> bool:
        """Whether the test rejects that there is no such flow."""
        return self.p_value <= error_rate(self.level)

    @property
    def power(self) -> float:
        """How often the test finds a flow of two thirds of the destination's innovations."""
        return dict(self.powers[1:])[max(STATED)]

    def summary(self) -> str:
        """Return the finding in words: never that there is no flow."""
        share, prior = self.share, self.prior
        known = (
            f"{SHARE}: {share.median:.0%} ({share.low:.0%} to {share.high:.0%}); before the data "
            f"{prior.median:.0%} ({prior.low:.0%} to {prior.high:.0%})"
        )
        return "\n".join([self._finding(), known, *(f"- {n.sentence}" for n in self.notes)])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity: share, prior, test, powers, weights of the lags."""
        rows: list[tuple[str, float, float, float, float]] = []
        for said, each in ((SHARE, self.share), (f"{SHARE}, before the data", self.prior)):
            rows.append((said, each.median, each.low, each.high, np.nan))
        rows.append(("likelihood ratio of a flow", self.statistic, np.nan, np.nan, self.p_value))
        for share, power in self.powers:
            rows.append((f"power at a share of {share:.2f}", power, np.nan, np.nan, np.nan))
        for lag, mass in self.lags:
            rows.append((f"weight of lag {lag}", mass, np.nan, np.nan, np.nan))
        return quantity_frame(rows)

    def path(self) -> pd.DataFrame:
        """Return one row for each period: flow, left, arrived and both stocks.

        Each has its mean, ``_sd``, ``_low`` and ``_high``. The flow is that beside a constant one,
        which the drifts take up: it is below zero where less moved than on average.
        """
        columns: dict[str, object] = {"period": list(self.calendar.labels)}
        for name, part in self.parts.items():
            columns |= {name: part.mean, f"{name}_sd": part.sd}
            columns |= {f"{name}_low": part.low, f"{name}_high": part.high}
        return pd.DataFrame(columns)

    def _finding(self) -> str:
        """Say what the test found, and how much it could have."""
        p, ratio = format_number(self.p_value, 3), format_number(self.statistic, 3)
        test = f"p = {p}; likelihood ratio {ratio}"
        could = (
            f"a flow of two thirds of the destination's innovations is found in {self.power:.0%} "
            "of such data sets"
        )
        if self.found:
            return f"a flow that varies is found ({test}); {could}"
        if self.power < _GOOD_POWER:
            return f"undecided: the test is too weak to find a flow ({test}); {could}"
        return f"no flow that varies is found ({test}); {could}, smaller ones more rarely"
