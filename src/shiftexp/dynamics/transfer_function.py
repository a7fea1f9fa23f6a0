"""Transfer function: how much of what the origin loses re-emerges at the destination in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import Scale, donors_mean
from shiftexp.dynamics.timing import (
    NOT_A_FLOW,
    TimingPair,
    TimingSettings,
    independent_process,
    said_p,
    said_power,
    timing_evidence,
    timing_pair,
    walking_process,
)
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.resampling import power_against, upper_p
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.transfer import DELTAS, TransferProfile, profile
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, not_whole, plural, refuse
from shiftexp.table import Table, format_number

_LEAST, _LEAST_DF = 15, 5


@dataclass(frozen=True)
class Limited:
    """A number with its limits.

    Attributes
    ----------
    estimate, low, high : float
        The number, and what the data do not reject on either side of it.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class TransferFunction(Table):
    """The steady-state gain from origin to destination.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    gain : Limited
        Change of the destination in the end for a lasting change of one at the origin.
    delta : Limited
        Denominator: the part of the gap that is left after a period.
    phi : Limited
        Autocorrelation of the noise; 1 is a random walk.
    statistic, p_value : float
        F of the origin's past, and one-sided p of H0: no gain, against one below zero; p is 1 where
        it is not.
    power, offset : float
        Power of that test, and the part of the origin's innovations that arrives after the lag in
        the alternative it is stated for.
    lag : int
        Periods before anything arrives.
    is_share : bool
        Whether a gain from -1 to 0 is a share of what left: levels that may be compared and added.
    donors : tuple of str
        Donors whose mean is a regressor.
    periods : int
        T.
    scale : {"level", "log"}
        Scale of both sides.
    level : float
        Level of the limits; the test is of size 1 - level.
    draws : int
        Data sets that p, power and critical values are counted in.
    notes : tuple of str
        What to know before reading them.
    """

    names: tuple[str, str]
    gain: Limited
    delta: Limited
    phi: Limited
    statistic: float
    p_value: float
    power: float
    offset: float
    lag: int
    is_share: bool
    donors: tuple[str, ...]
    periods: int
    scale: Scale
    level: float
    draws: int
    notes: tuple[str, ...]

    @property
    def evidence(self) -> Evidence:
        """The one-sided test as evidence for a shift; it never has a bound."""
        o, d = self.names
        source = (
            f"transfer function from {o} to {d} with {plural(self.lag, 'period')} of delay, gain "
            f"{format_number(self.gain.estimate, 2)}, {self.periods} periods, {self.scale} scale; "
            f"{NOT_A_FLOW}"
        )
        return timing_evidence(self.p_value, self.power, source)

    def arrived(self, periods: int) -> Floats:
        r"""Return the destination's change k periods after a lasting change of one at the origin.

        .. math:: g (1 - \delta^{k - L + 1}), \quad k \ge L; \qquad 0, \quad k < L

        Parameters
        ----------
        periods : int
            Largest k.

        Returns
        -------
        array of shape (periods + 1,)
            From k = 0 on, at the estimates of gain and delta.
        """
        since = np.maximum(np.arange(periods + 1) - self.lag + 1, 0)
        return np.asarray(self.gain.estimate * (1 - self.delta.estimate**since))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity, with limits."""
        every = {
            "gain": self.gain,
            "left after a period": self.delta,
            "autocorrelation of the noise": self.phi,
        }
        rows = [(name, v.estimate, v.low, v.high) for name, v in every.items()]
        frame = pd.DataFrame(rows, columns=["quantity", "estimate", "conf_low", "conf_high"])
        return frame.assign(p_value=[self.p_value, np.nan, np.nan])

    def summary(self) -> str:
        """Return the finding in words: never that nothing moved."""
        o, d = self.names
        every = (self.gain.estimate, self.gain.low, self.gain.high)
        gain, low, high = (format_number(v, 2) for v in every)
        limits = f"({100 * self.level:g} % {low} to {high})"
        lines = [
            f"gain {gain} {limits}: {d} in the end for a lasting change of one at {o}",
            f"against a gain below zero {said_p(self.p_value, error_rate(self.level))}",
            said_power(self.power, self.offset, self.lag),
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


def transfer_function(
    panel: Panel,
    design: Design,
    *,
    lag: int = 1,
    scale: Scale = "level",
    trend: bool = True,
    offset: float = 1.0,
    level: float = 0.95,
    draws: int = 999,
    rng: int | np.random.Generator = 1,
) -> TransferFunction:
    r"""Return how much of a lasting change at the origin is found at the destination in the end.

    .. math:: D_t = z_t' \beta + \frac{\omega}{1 - \delta B} O_{t-L} + n_t, \qquad
       n_t = \phi n_{t-1} + e_t, \qquad g = \frac{\omega}{1 - \delta}

    A gain between -1 and 0 is the share of the origin's decline that re-emerges, in levels of units
    that may be compared. The donors' mean, where the design has donors, is among the regressors z.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; its onset plays no part, its donors do.
    lag : int, default 1
        L, periods before anything arrives, declared beforehand.
    scale : {"level", "log"}, default "level"
        Scale of both sides and of the donors.
    trend : bool, default True
        Whether there is a trend.
    offset : float, default 1
        Part of the origin's innovations that arrives after the lag, in level units, in the
        alternative that power is stated for.
    level : float, default 0.95
        Level of the limits; power is that of a test of size 1 - level.
    draws : int, default 999
        Data sets that p, power and the critical value are counted in.
    rng : int or numpy Generator, default 1
        Seed of these.

    Returns
    -------
    TransferFunction
        Gain with limits, denominator, autocorrelation of the noise, one test, `evidence`.

    Raises
    ------
    DesignError
        When settings are none, or fewer than 5 degrees of freedom are left.
    DesignError
        When a side is missing or never changes, fewer than 15 periods in a row are observed on
        both sides (two more for each season beside the first), or logs meet values that are not
        above zero.
    DesignError
        When the donors' mean never changes, follows from its past without error, or is a side.

    Notes
    -----
    Least squares at every delta from 0 to .9 and every phi from -.5 to 1, of which the best fit is
    taken; limits are all gains that fit about as well at some of them. Their critical value is
    that of F, or the one counted in series in which either side follows its own past alone, or is a
    random walk, if that is larger; p is the larger of those counted there. Before the first period
    the origin stands at its first value. Measured: METHODS.md, *Timing*.

    When not to use it: without donors, where both sides share a factor that reaches one of them
    first, which reads as a gain; or for a flow within the same period, which is not seen. A gain
    below -1 or above 0 is no share.

    References
    ----------
    Box, G. E. P., Jenkins, G. M., Reinsel, G. C., & Ljung, G. M. (2015). Time Series Analysis:
    Forecasting and Control (5th ed.), chapters 11 and 12. Wiley.

    Examples
    --------
    >>> from shiftexp import simulate_pair
    >>> panel, design = simulate_pair(donors=3, rng=1)
    >>> found = transfer_function(panel, design, draws=199)
    >>> found.donors, found.gain.low < found.gain.high, found.evidence.bound is None
    (('C1', 'C2', 'C3'), True, True)
    """
    settings = TimingSettings(
        scale=scale, trend=trend, offset=offset, level=level, draws=draws, rng=rng
    )
    others = list(not_whole("lag", lag, 1, "within a period nobody can tell who came first"))
    timing = timing_pair(panel, design, settings, least=_LEAST, others=others)
    sums = panel.indicator.additive and panel.indicator.comparable
    return _found(_with_donors(timing), lag, settings, sums=sums)


def _with_donors(timing: TimingPair) -> TimingPair:
    """Return the pair with the donors' mean, of this period and the one before, as fixed terms."""
    if not timing.pair.donor_names:
        return timing
    mean = donors_mean(timing.pair)
    scaled = (mean - mean.mean()) / mean.std()
    before = np.concatenate([scaled[:1], scaled[:-1]])
    return replace(timing, fixed=np.column_stack([timing.fixed, scaled, before]))


def _found(
    timing: TimingPair, lag: int, settings: TimingSettings, *, sums: bool
) -> TransferFunction:
    """Return gain, limits, test and power."""
    own = _profile(timing, timing.y[None], lag)
    if own.df < _LEAST_DF:
        given = f"{max(own.df, 0)} degrees of freedom with {timing.count} periods"
        refuse(Problem(given, f"at least {_LEAST_DF}", "leave out the trend, or shorten the lag"))
    rng = settings.generator()
    process, _ = independent_process(timing)
    nulls = [
        _profile(timing, source.draw(settings.draws, rng), lag)
        for source in (process, walking_process(timing))
    ]
    passed = timing.passed(settings.offset)
    moved = _profile(timing, process.draw(settings.draws, rng, passed=passed, lag=lag), lag)
    student = t_quantile(own.df, 1 - settings.error / 2) ** 2
    counted = [float(np.quantile(null.statistic, settings.level)) for null in nulls]
    critical = max(student, *counted)
    unit = float(timing.sd[1] / timing.sd[0])
    scales = np.array([unit, 1.0, 1.0])[:, None]
    estimates = np.column_stack([np.array(own.best), own.limits(critical)])
    gain, delta, phi = (Limited(*row) for row in (estimates * scales).tolist())
    return TransferFunction(
        names=timing.pair.names,
        gain=gain,
        delta=delta,
        phi=phi,
        statistic=float(own.statistic[0]),
        p_value=max(float(upper_p(_below(own)[0], _below(null))) for null in nulls),
        power=min(power_against(_below(null), _below(moved), settings.error) for null in nulls),
        offset=settings.offset,
        lag=lag,
        is_share=sums and settings.scale == "level",
        donors=timing.pair.donor_names,
        periods=timing.count,
        scale=settings.scale,
        level=settings.level,
        draws=settings.draws,
        notes=(*timing.pair.notes, NOT_A_FLOW, *_notes(timing, gain, delta, sums=sums)),
    )


def _profile(timing: TimingPair, y: Floats, lag: int) -> TransferProfile:
    """Return the fits of data sets (B, 2, T)."""
    return profile(y[:, 1], y[:, 0], lag, timing.fixed)


def _below(found: TransferProfile) -> Floats:
    """Return the statistic of the one-sided test: F where the gain is below zero, or 0."""
    return np.where(found.best[0] < 0, found.statistic, 0.0)


def _notes(timing: TimingPair, gain: Limited, delta: Limited, *, sums: bool) -> list[str]:
    """Return what to know before reading a gain."""
    notes = []
    if not timing.pair.donor_names:
        notes.append("no donors: a factor that reaches one side first reads as a gain")
    if delta.estimate == DELTAS[-1]:
        notes.append("what arrives comes too slowly for these periods: the gain is hardly known")
    if timing.pair.scale == "log":
        notes.append("on a log scale the gain is an elasticity, no share of what left")
    elif not sums:
        notes.append("levels of the two sides may not be compared: the gain is no share")
    elif gain.estimate < -1:
        notes.append("a gain below -1 is no share: more than what left would have arrived")
    return notes
