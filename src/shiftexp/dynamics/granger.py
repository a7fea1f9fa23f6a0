"""Toda-Yamamoto causality: whether one side's past foretells the other, and with what sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from shiftexp.design import Design
from shiftexp.dynamics.pair import Scale
from shiftexp.dynamics.timing import (
    NOT_A_FLOW,
    TimingPair,
    TimingSettings,
    said_p,
    said_power,
    timing_evidence,
    timing_pair,
)
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.resampling import power_against, upper_p
from shiftexp.kernels.var_process import VarProcess, fitted_process
from shiftexp.kernels.vector_autoregression import (
    fit_var,
    impulse_responses,
    lag_columns,
    order_by_aicc,
    wald_f,
)
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, not_whole, plural, refuse
from shiftexp.table import Table, format_number

_LEAST, _SHORT, _MOST_LAGS, _PER_LAG, _LEAST_DF = 15, 30, 4, 10, 5
Statistic = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class GrangerTest:
    """Whether the past of one side helps to foresee the other.

    Attributes
    ----------
    cause, effect : str
        Whose past, and who is foreseen.
    f : float
        The Wald statistic over its number of lags, W / p.
    response : float
        Cumulated response of the effect to a unit innovation of the cause, over the lags of the
        model, on the scale of the series.
    without_low, without_high : float
        Between these lies its estimate in series without such a cause, at the level asked for.
    p_value : float
        Of f, counted in series without such a cause.
    p_negative : float
        Of H0: no such cause, against one with a response below zero; 1 where it is not.
    p_f, p_chi2 : float
        Of f by the F law with p and T - q degrees of freedom, exact for no fixed sample, and of W
        by the chi-square law: both asymptotic.
    """

    cause: str
    effect: str
    f: float
    response: float
    without_low: float
    without_high: float
    p_value: float
    p_negative: float
    p_f: float
    p_chi2: float


@dataclass(frozen=True, eq=False, repr=False)
class Granger(Table):
    """Both directions of causality in the sense of Granger, with signs.

    Attributes
    ----------
    forward, backward : GrangerTest
        Origin before destination, and destination before origin.
    lags, integration : int
        Lags that are tested, p, and those added because series may be integrated.
    df : int
        Residual degrees of freedom of an equation.
    power, offset : float
        Power of the one-sided test of `forward`, and the part of the origin's innovations that
        arrives one period later in the alternative it is stated for.
    periods : int
        T.
    scale : {"level", "log"}
        Scale of both sides.
    level : float
        The test is of size 1 - level.
    draws : int
        Data sets that p and power are counted in.
    notes : tuple of str
        What to know before reading them.
    """

    forward: GrangerTest
    backward: GrangerTest
    lags: int
    integration: int
    df: int
    power: float
    offset: float
    periods: int
    scale: Scale
    level: float
    draws: int
    notes: tuple[str, ...]

    @property
    def evidence(self) -> Evidence:
        """The one-sided test as evidence for a shift: p is 1 where the response is not negative."""
        test = self.forward
        source = (
            f"Toda-Yamamoto test of {test.cause} before {test.effect}, response "
            f"{format_number(test.response, 2)}, {plural(self.lags, 'lag')}, {self.periods} "
            f"periods, {self.scale} scale; {NOT_A_FLOW}"
        )
        return timing_evidence(test.p_negative, self.power, source)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each direction."""
        return pd.DataFrame([asdict(test) for test in (self.forward, self.backward)])

    def summary(self) -> str:
        """Return the finding in words: never that nothing moved."""
        test, error = self.forward, error_rate(self.level)
        sign = "falls" if test.response < 0 else "rises"
        moves = f"{sign} by {format_number(abs(test.response), 2)} for a unit of {test.cause}"
        negative = said_p(test.p_negative, error)
        lines = [
            f"past of {test.cause} for {test.effect}, any sign: {said_p(test.p_value, error)}",
            f"{test.effect} {moves}; against a negative response {negative}",
            said_power(self.power, self.offset, 1),
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


def granger(
    panel: Panel,
    design: Design,
    *,
    lags: int | None = None,
    integration: int = 1,
    scale: Scale = "log",
    trend: bool = True,
    offset: float = 1.0,
    level: float = 0.95,
    draws: int = 999,
    rng: int | np.random.Generator = 1,
) -> Granger:
    r"""Return whether the origin's past helps to foresee the destination, and with what sign.

    .. math:: y_t = c + \sum_{j=1}^{p+d} A_j y_{t-j} + e_t, \qquad
       H_0: (A_1)_{DO} = \ldots = (A_p)_{DO} = 0

    in levels, the last d lags untested, so that no test for unit roots comes first.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; its onset plays no part.
    lags : int, optional
        p; by default 1 below 30 periods, and chosen by AICc, at most 4, from there on.
    integration : int, default 1
        d, largest order of integration of the series; 0 is the plain Granger test.
    scale : {"log", "level"}, default "log"
        Scale of both sides.
    trend : bool, default True
        Whether equations have a trend.
    offset : float, default 1
        Part of the origin's innovations that arrives, in level units, one period later in the
        alternative that power is stated for.
    level : float, default 0.95
        Power is that of a test of size 1 - level.
    draws : int, default 999
        Data sets that p and power are counted in.
    rng : int or numpy Generator, default 1
        Seed of these.

    Returns
    -------
    Granger
        Both directions, the power of the one from origin to destination, and `evidence`.

    Raises
    ------
    DesignError
        When settings are none, or there are too many lags for the periods: more than 1 below 30.
    DesignError
        When a side is missing or never changes, fewer than 15 periods in a row are observed on
        both sides (two more for each season beside the first), or logs meet values that are not
        above zero.

    Notes
    -----
    p is counted in series of the VAR(p) without the cause, residuals of one period drawn together
    (a recursive bootstrap). The chi-square law of Toda and Yamamoto is shown and not used: it
    rejects too often in short series. Sizes and powers: METHODS.md, *Timing*.

    When not to use it: as proof of displacement. Direction is not displacement: a common factor
    measured with noise makes either side foresee the other, with a positive sign, and is found as
    causality of any sign; only a negative response speaks for a shift. A flow within the same
    period is not seen.

    References
    ----------
    Toda, H. Y., & Yamamoto, T. (1995). Statistical inference in vector autoregressions with
    possibly integrated processes. Journal of Econometrics, 66, 225-250.
    https://doi.org/10.1016/0304-4076(94)01616-8

    Hacker, R. S., & Hatemi-J, A. (2006). Tests for causality between integrated variables using
    asymptotic and bootstrap distributions. Applied Economics, 38, 1489-1500.
    https://doi.org/10.1080/00036840500405763

    Examples
    --------
    >>> from shiftexp import simulate_pair
    >>> panel, design = simulate_pair(rng=1)
    >>> found = granger(panel, design, draws=199)
    >>> found.lags, found.forward.cause, found.evidence.bound is None
    (1, 'O', True)
    """
    settings = TimingSettings(
        scale=scale, trend=trend, offset=offset, level=level, draws=draws, rng=rng
    )
    timing = timing_pair(panel, design, settings, least=_LEAST, others=_problems(lags, integration))
    return _found(timing, _lags(timing, lags, integration), integration, settings)


def _problems(lags: int | None, integration: int) -> list[Problem]:
    """Return the problems of numbers of lags that are none."""
    found = list(not_whole("integration", integration, 0, "leave it at 1"))
    if lags is not None:
        found += not_whole("lags", lags, 1, "leave it out")
    return found


def _lags(timing: TimingPair, lags: int | None, integration: int) -> int:
    """Return the number of lags that are tested.

    Raises
    ------
    DesignError
        When the series are too short for those asked for.
    """
    count = timing.count
    if lags is None:
        most = min(_MOST_LAGS, count // _PER_LAG)
        lags = 1 if count < _SHORT else order_by_aicc(timing.y, timing.fixed, most, 1)
    terms = timing.fixed.shape[1] + 2 * (lags + integration)
    left = count - lags - integration - terms
    problems = []
    if count < _SHORT and lags > 1:
        given = f"{lags} lags with {count} periods"
        problems.append(Problem(given, f"1 lag below {_SHORT} periods", "leave lags out"))
    if left < _LEAST_DF:
        given = f"{max(left, 0)} degrees of freedom with {lags} + {integration} lags"
        problems.append(Problem(given, f"at least {_LEAST_DF}", "take fewer lags"))
    refuse(*problems)
    return lags


def _found(timing: TimingPair, lags: int, integration: int, settings: TimingSettings) -> Granger:
    """Return both directions and the power of the first."""
    rng = settings.generator()
    forward, power = _direction(timing, (0, 1), (lags, integration), settings, rng)
    backward, _ = _direction(timing, (1, 0), (lags, integration), settings, rng)
    both = lags + integration
    return Granger(
        forward=forward,
        backward=backward,
        lags=lags,
        integration=integration,
        df=timing.count - both - timing.fixed.shape[1] - 2 * both,
        power=power,
        offset=settings.offset,
        periods=timing.count,
        scale=settings.scale,
        level=settings.level,
        draws=settings.draws,
        notes=(*timing.notes, *_notes(forward, settings.error)),
    )


def _direction(
    timing: TimingPair,
    sides: tuple[int, int],
    lags: tuple[int, int],
    settings: TimingSettings,
    rng: np.random.Generator,
) -> tuple[GrangerTest, float]:
    """Return one direction, and the power of its one-sided test."""
    from scipy.special import chdtrc, fdtrc

    cause, effect = sides
    statistic = _statistic(timing, sides, lags)
    process = _without_cause(timing, sides, lags[0])
    f, response = (float(v[0]) for v in statistic(timing.y[None]))
    null = statistic(process.draw(settings.draws, rng))
    power = np.nan
    if cause == 0:
        passed = timing.passed(settings.offset)
        moved = statistic(process.draw(settings.draws, rng, passed=passed, lag=1))
        power = power_against(_signed(*null), _signed(*moved), settings.error)
    both = sum(lags)
    df = timing.count - both - timing.fixed.shape[1] - 2 * both
    unit = float(timing.sd[effect] / timing.sd[cause])
    low, high = unit * np.quantile(null[1], [settings.error / 2, 1 - settings.error / 2])
    test = GrangerTest(
        cause=timing.pair.names[cause],
        effect=timing.pair.names[effect],
        f=f,
        response=unit * response,
        without_low=float(low),
        without_high=float(high),
        p_value=float(upper_p(f, null[0])),
        p_negative=float(upper_p(float(_signed(f, response)), _signed(*null))),
        p_f=float(fdtrc(lags[0], df, f)),
        p_chi2=float(chdtrc(lags[0], lags[0] * f)),
    )
    return test, power


def _signed(f: float | Floats, response: float | Floats) -> Floats:
    """Return the statistic of the one-sided test: f where the response is negative, or 0."""
    return np.where(np.asarray(response) < 0, f, 0.0)


def _statistic(timing: TimingPair, sides: tuple[int, int], lags: tuple[int, int]) -> Statistic:
    """Return the function from data sets (B, 2, T) to f and cumulated response, both (B,)."""
    cause, effect = sides
    tested = lag_columns(cause, lags[0], variables=2, fixed=timing.fixed.shape[1])

    def statistic(y: Floats) -> tuple[Floats, Floats]:
        """Return f and cumulated response."""
        fit = fit_var(y, sum(lags), timing.fixed)
        responses = impulse_responses(fit.lag_coef, sum(lags))
        return wald_f(fit, effect, tested), responses[:, 1:, effect, cause].sum(axis=1)

    return statistic


def _without_cause(timing: TimingPair, sides: tuple[int, int], lags: int) -> VarProcess:
    """Return the VAR(p) in which the effect has its own past alone."""
    cause, effect = sides
    fixed = timing.fixed.shape[1]
    free = np.ones((2, fixed + 2 * lags), dtype=bool)
    free[effect, lag_columns(cause, lags, variables=2, fixed=fixed)] = False
    return fitted_process(timing.y, lags, timing.fixed, free)


def _notes(test: GrangerTest, error: float) -> list[str]:
    """Return what to know before reading causality."""
    notes = ["causality here is foresight: direction is not displacement", NOT_A_FLOW]
    if test.response >= 0:
        note = f"{test.effect} follows {test.cause} with the same sign: no evidence for a shift"
        if test.p_value <= error:
            note += "; a common factor measured with noise looks like this"
        notes.append(note)
    return notes
