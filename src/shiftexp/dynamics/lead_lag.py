"""Prewhitened cross-correlation: whether the origin's surprises come before the destination's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import Scale
from shiftexp.dynamics.timing import (
    NOT_A_FLOW,
    TimingPair,
    TimingSettings,
    independent_process,
    said_p,
    said_power,
    timing_evidence,
    timing_pair,
)
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.cross_correlation import cross_correlations, prewhitened
from shiftexp.kernels.resampling import power_against, upper_p
from shiftexp.kernels.tails import t_quantile
from shiftexp.panel import Panel
from shiftexp.scalars import is_whole, not_whole, refuse
from shiftexp.table import Table, format_number

_LEAST, _PER_LAG, _MOST_LAG = 12, 4, 12


@dataclass(frozen=True, eq=False, repr=False)
class LeadLag(Table):
    """Cross-correlation of what is new on both sides, by how long the origin comes first.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    leads : array of shape (2 H + 1,)
        Periods by which the origin leads, -H to H.
    correlation : array of shape (2 H + 1,)
        Cross-correlations after both were filtered by the origin's autoregression.
    low, high : array of shape (2 H + 1,)
        Pointwise limits of it when neither side leads the other, whatever both share in a period.
    band : float
        The usual limit z / sqrt(n), for independent white series.
    lags : tuple of int
        Leads that were tested together.
    statistic, p_value : float
        Mean correlation at these leads; one-sided p of H0: no lead, against a mean below zero.
    power, offset : float
        Power of that test, and the part of the origin's innovations that arrives at the first of
        these leads in the alternative it is stated for.
    orders : tuple of two int
        Orders of both autoregressions; the first one filters.
    periods : int
        T.
    scale : {"level", "log"}
        Scale of both sides.
    level : float
        Level of the limits; the test is of size 1 - level.
    draws : int
        Data sets that limits, p and power are counted in.
    notes : tuple of str
        What to know before reading them.
    """

    names: tuple[str, str]
    leads: Integers
    correlation: Floats
    low: Floats
    high: Floats
    band: float
    lags: tuple[int, ...]
    statistic: float
    p_value: float
    power: float
    offset: float
    orders: tuple[int, int]
    periods: int
    scale: Scale
    level: float
    draws: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def evidence(self) -> Evidence:
        """The one-sided test as evidence for a shift; it never has a bound."""
        source = f"{self._tested()}, {self.periods} periods, {self.scale} scale; {NOT_A_FLOW}"
        return timing_evidence(self.p_value, self.power, source)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each lead."""
        return pd.DataFrame(
            {
                "lead": self.leads,
                "correlation": self.correlation,
                "low": self.low,
                "high": self.high,
                "tested": np.isin(self.leads, self.lags),
            }
        )

    def summary(self) -> str:
        """Return the finding in words: never that nothing moved."""
        lines = [
            f"{self._tested()}: {format_number(self.statistic, 2)}",
            said_p(self.p_value, round(1 - self.level, 12)),
            said_power(self.power, self.offset, self.lags[0]),
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def _tested(self) -> str:
        """Return what was tested."""
        lags = ", ".join(map(str, self.lags))
        return f"cross-correlation of {self.names[0]} with {self.names[1]} at lead {lags}"


def lead_lag(
    panel: Panel,
    design: Design,
    *,
    lags: Sequence[int] | None = None,
    max_lag: int | None = None,
    scale: Scale = "log",
    trend: bool = True,
    offset: float = 1.0,
    level: float = 0.95,
    draws: int = 999,
    rng: int | np.random.Generator = 1,
) -> LeadLag:
    r"""Return whether what is new at the origin is followed by the opposite at the destination.

    .. math:: r(h) = \frac{\sum_t a_{O,t} a_{D,t+h}}{\sqrt{\sum_t a_{O,t}^2 \sum_t a_{D,t}^2}},
       \qquad a_{i,t} = \phi_O(B) (y_{i,t} - x_t' \beta_i)

    with both sides filtered by the origin's autoregression. A shift has r(h) < 0 at leads h > 0.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; its onset plays no part.
    lags : sequence of int, optional
        Leads h > 0 that are tested together, declared beforehand; by default the first quarter of
        a year, at least one period.
    max_lag : int, optional
        Largest lead that is shown; by default T / 4, at most 12.
    scale : {"log", "level"}, default "log"
        Scale of both sides.
    trend : bool, default True
        Whether a straight line is taken out of both.
    offset : float, default 1
        Part of the origin's innovations that arrives, in level units, in the alternative that
        power is stated for.
    level : float, default 0.95
        Level of the limits; power is that of a test of size 1 - level.
    draws : int, default 999
        Data sets that limits, p and power are counted in.
    rng : int or numpy Generator, default 1
        Seed of these.

    Returns
    -------
    LeadLag
        Correlations with limits by lead, one test, its power, and `evidence`.

    Raises
    ------
    DesignError
        When settings are none, or tested leads are not among those shown.
    DesignError
        When a side is missing or never changes, fewer than 12 periods in a row are observed on
        both sides (two more for each season beside the first), or logs meet values that are not
        above zero.

    Notes
    -----
    Null and limits are counted in series in which either side follows its own autoregression
    alone (orders by AICc) and innovations of one period are drawn together, so that what both share
    in a period is kept. Measured at 5 %: METHODS.md, *Timing*.

    When not to use it: as proof of a flow, or of integration. A common cause that reaches the
    origin first looks the same; and r(0) > 0 says that both moved at once, which with two series
    may be a common factor as well as one market. A flow within the same period is not seen.

    References
    ----------
    Haugh, L. D. (1976). Checking the independence of two covariance-stationary time series: a
    univariate residual cross-correlation approach. Journal of the American Statistical Association,
    71, 378-385. https://doi.org/10.1080/01621459.1976.10480353

    Box, G. E. P., Jenkins, G. M., Reinsel, G. C., & Ljung, G. M. (2015). Time Series Analysis:
    Forecasting and Control (5th ed.), chapter 11. Wiley.

    Examples
    --------
    >>> from shiftexp import simulate_pair
    >>> panel, design = simulate_pair(rng=1)
    >>> found = lead_lag(panel, design, draws=199)
    >>> found.lags, found.evidence.bound is None
    ((1,), True)
    """
    settings = TimingSettings(
        scale=scale, trend=trend, offset=offset, level=level, draws=draws, rng=rng
    )
    timing = timing_pair(panel, design, settings, least=_LEAST, others=_problems(lags, max_lag))
    most = max_lag or min(timing.count // _PER_LAG, _MOST_LAG)
    tested = _tested(lags, timing, most)
    return _found(timing, tested, most, settings)


def _problems(lags: Sequence[int] | None, max_lag: int | None) -> list[Problem]:
    """Return the problems of leads that are none."""
    found: list[Problem] = []
    if max_lag is not None:
        found += not_whole("max_lag", max_lag, 1, "leave it out for a quarter of the periods")
    if lags is not None and not (lags and all(is_whole(h) and h > 0 for h in lags)):
        needed = "whole numbers above 0, at least one"
        found.append(Problem(f"lags = {lags!r}", needed, "write lags=(1,)"))
    return found


def _tested(lags: Sequence[int] | None, timing: TimingPair, most: int) -> tuple[int, ...]:
    """Return the leads that are tested together.

    Raises
    ------
    DesignError
        When one of them is not shown, or series are too short for those shown.
    """
    quarter = max(1, timing.pair.per_year // 4)
    tested = tuple(range(1, quarter + 1)) if lags is None else tuple(sorted(set(map(int, lags))))
    problems = []
    if most > timing.count // 2:
        given = f"max_lag = {most} with {timing.count} periods"
        problems.append(Problem(given, "at most half of them", "leave it out"))
    if tested[-1] > most:
        given = f"a tested lead of {tested[-1]} with max_lag = {most}"
        problems.append(Problem(given, "leads that are shown", "give a larger max_lag"))
    refuse(*problems)
    return tested


def _found(
    timing: TimingPair, lags: tuple[int, ...], most: int, settings: TimingSettings
) -> LeadLag:
    """Return correlations, limits, test and power."""
    process, orders = independent_process(timing)
    leads = np.arange(-most, most + 1)
    correlations = _correlations(orders[0], timing.fixed, leads)
    rng = settings.generator()
    null = correlations(process.draw(settings.draws, rng))
    moved = process.draw(settings.draws, rng, passed=timing.passed(settings.offset), lag=lags[0])
    columns = most + np.array(lags)
    own = correlations(timing.y[None])[0]
    below = -null[:, columns].mean(axis=1)
    other = -correlations(moved)[:, columns].mean(axis=1)
    statistic = float(own[columns].mean())
    low, high = np.quantile(null, [settings.error / 2, 1 - settings.error / 2], axis=0)
    effective = timing.count - orders[0]
    return LeadLag(
        names=timing.pair.names,
        leads=leads,
        correlation=own,
        low=low,
        high=high,
        band=t_quantile(np.inf, 1 - settings.error / 2) / float(np.sqrt(effective)),
        lags=lags,
        statistic=statistic,
        p_value=float(upper_p(-statistic, below)),
        power=power_against(below, other, settings.error),
        offset=settings.offset,
        orders=orders,
        periods=timing.count,
        scale=settings.scale,
        level=settings.level,
        draws=settings.draws,
        notes=(*timing.notes, *_notes(own[most])),
    )


def _correlations(order: int, fixed: Floats, leads: Integers) -> Callable[[Floats], Floats]:
    """Return the function from data sets (B, 2, T) to their correlations (B, L)."""
    return lambda y: cross_correlations(prewhitened(y, order, fixed), leads)


def _notes(same: float) -> list[str]:
    """Return what to know before reading leads."""
    notes = [NOT_A_FLOW]
    if same > 0:
        notes.append(
            f"both move together within a period (r(0) = {same:.2f}): a common factor or one "
            "market; two series cannot tell which, so this is no evidence of integration"
        )
    else:
        notes.append(
            f"within a period both move apart (r(0) = {same:.2f}); the test is of later periods"
        )
    return notes
