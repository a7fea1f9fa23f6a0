"""How far trends may part before a finding falls: smooth partings, and none larger than before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from shiftexp.errors import Problem
from shiftexp.kernels.arp import relative_interval
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.flci import nearest_smooth, smoothness_interval
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.trend_sets import (
    bend_weights,
    largest_bend,
    largest_step,
    relative_set,
    smoothness_set,
)
from shiftexp.scalars import is_finite, no_level, refuse
from shiftexp.sensitivity.event_coefficients import EventCoefficients, check_study
from shiftexp.table import Table, format_number

Intervals: TypeAlias = Callable[[Floats], tuple[Floats, Floats]]
SMOOTHNESS, RELATIVE = "smoothness", "relative magnitudes"
_METHODS = {
    SMOOTHNESS: "fixed-length interval",
    RELATIVE: "conditional / least-favourable hybrid test",
}
_SHARES = np.array([0.0, 0.5, 1.0, 1.5])
_DOUBLINGS = 20
_ROUNDS = 6
_POINTS = 5
_FEW_STEPS = 3


@dataclass(frozen=True)
class TrendRow:
    """One limit on the parting of trends, and what is left of the effect under it.

    Attributes
    ----------
    kind : str
        "smoothness": the slope changes by at most ``limit`` a period; "relative magnitudes": no
        step after the onset exceeds ``limit`` times the largest before it.
    limit : float
        M, in the unit of the effect, or Mbar, a ratio.
    plug_low, plug_high : float
        The effects possible under the limit if the coefficients were known exactly; under
        smoothness, the likeliest coefficients that obey it.
    conf_low, conf_high : float
        The confidence interval.
    method : str
        Where the interval comes from.
    """

    kind: str
    limit: float
    plug_low: float
    plug_high: float
    conf_low: float
    conf_high: float
    method: str


@dataclass(frozen=True)
class TrendSensitivity(Table):
    """An effect under limits on the violation of parallel trends.

    Attributes
    ----------
    rows : tuple of TrendRow
        A row for each limit.
    estimate : float
        The effect under parallel trends.
    breakdown_smoothness, breakdown_relative : float
        The smallest M and Mbar whose interval contains no effect; 0 when there was nothing to lose,
        infinity when none up to a million times the size of the changes before.
    worst_bend, worst_step : float
        Largest change of slope and largest step before the onset; NaN with a single coefficient.
    level : float
        Confidence level.
    unit : str
        Unit of the effect.
    notes : tuple of str
        What the numbers rest on.
    """

    rows: tuple[TrendRow, ...]
    estimate: float
    breakdown_smoothness: float
    breakdown_relative: float
    worst_bend: float
    worst_step: float
    level: float
    unit: str
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each limit."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def summary(self) -> str:
        """Return the breakdown values in sentences, and the notes."""
        unit = f" {self.unit}" if self.unit else ""
        lines = [
            f"Effect under parallel trends: {format_number(self.estimate)}{unit}",
            _smooth_words(self, unit),
            _relative_words(self),
        ]
        return "\n".join([*lines, "", str(self), "", *self.notes])


def trend_sensitivity(
    study: EventCoefficients,
    *,
    smoothness: Sequence[float] | None = None,
    relative: Sequence[float] = (0.5, 1.0, 1.5, 2.0),
    level: float = 0.95,
) -> TrendSensitivity:
    r"""Return what is left of an effect when trends may have parted, within stated limits.

    .. math:: \beta = \tau + \delta, \qquad
       \Delta^{SD}(M) = \{|\delta_{t+1} - 2 \delta_t + \delta_{t-1}| \le M\}, \qquad
       \Delta^{RM}(\bar M) = \{|\delta_{t+1} - \delta_t| \le
       \bar M \max_{s < 0} |\delta_{s+1} - \delta_s|,\ t \ge 0\}

    The estimand is :math:`l'\tau`, with weights l over the post periods.

    Parameters
    ----------
    study : EventCoefficients
        Coefficients with their covariance, given or built by :meth:`EventCoefficients.from_model`.
    smoothness : sequence of float, optional
        Limits M, in the unit of the effect; by default 0 and 1/2, 1 and 3/2 times the limit at
        which the finding breaks down, or, where there is no such limit, the one that makes the
        plug-in set as long as the interval at M = 0. M = 0 extrapolates a straight line.
    relative : sequence of float, default (0.5, 1, 1.5, 2)
        Limits Mbar, as ratios.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    TrendSensitivity
        A row for each limit, and the limits at which the finding breaks down.

    Raises
    ------
    TypeError
        When ``study`` is no EventCoefficients.
    DesignError
        When a limit is negative or missing, or there is none at all.
    DesignError
        When ``level`` is not strictly between 0 and 1.

    Notes
    -----
    Smoothness: the shortest fixed-length interval; the plug-in set is that of the likeliest
    coefficients whose changes of slope before obey the limit. Relative magnitudes: the hybrid test,
    inverted; the interval is the hull of all effects accepted, critical values from fixed draws.
    Where the covariance has degrees of freedom it is enlarged by the squared ratio of t and normal
    quantiles.

    When not to use it: to choose the limit that saves a finding.

    References
    ----------
    Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
    Studies, 90, 2555-2591. https://doi.org/10.1093/restud/rdad018 Andrews, I., Roth, J. & Pakes, A.
    (2023). Inference for linear conditional moment inequalities. Review of Economic Studies, 90,
    2763-2791. https://doi.org/10.1093/restud/rdad004

    Examples
    --------
    >>> study = EventCoefficients(np.array([0.2, -0.1, 1.5]), 0.01 * np.eye(3), n_pre=2)
    >>> found = trend_sensitivity(study, smoothness=[0, 0.5], relative=[1])
    >>> found.to_frame()[["limit", "plug_low", "plug_high", "conf_low", "conf_high"]].round(2)
       limit  plug_low  plug_high  conf_low  conf_high
    0    0.0      1.56       1.56      1.35       1.77
    1    0.5      0.90       1.90      0.67       2.13
    2    1.0      1.20       1.80      0.91       2.09
    """
    check_study(study)
    given = {"smoothness": [0.0] if smoothness is None else smoothness, "relative": relative}
    _check_limits(given, level)
    bend, step = _changes(study)
    mbar = np.array(relative, float)

    def smooth(limits: Floats) -> tuple[Floats, Floats]:
        return _smooth_interval(study, limits, level)

    def relatively(limits: Floats) -> tuple[Floats, Floats]:
        return _relative_interval(study, limits, level)

    size = step if math.isnan(bend) else bend
    breaks = breakdown(smooth, size)
    m = np.array(smoothness, float) if smoothness is not None else _telling(study, breaks, smooth)
    return TrendSensitivity(
        rows=(*_smooth_rows(study, m, level), *_relative_rows(study, mbar, level)),
        estimate=study.estimate,
        breakdown_smoothness=breaks,
        breakdown_relative=breakdown(relatively, 1.0),
        worst_bend=bend,
        worst_step=step,
        level=level,
        unit=study.unit,
        notes=(*study.notes, *_notes(study)),
    )


def _telling(study: EventCoefficients, breaks: float, smooth: Intervals) -> Floats:
    """Return limits M at which a reader sees something happen."""
    if 0 < breaks < math.inf:
        return breaks * _SHARES
    low, high = smooth(np.zeros(1))
    return np.asarray((high - low) / 2 / np.abs(bend_weights(study.weights)).sum() * _SHARES)


def breakdown(interval: Intervals, scale: float) -> float:
    """Return the smallest limit whose interval contains 0; infinity where none does.

    Parameters
    ----------
    interval : callable
        Intervals for limits, both ends of shape (B,); they widen with the limit.
    scale : float
        A limit of the right order.

    Examples
    --------
    >>> round(breakdown(lambda m: (3 - m, 3 + m), 1.0), 4)
    3.0
    """

    def contains(limits: Floats) -> bool | np.ndarray:
        low, high = interval(limits)
        return (low <= 0) & (high >= 0)

    start = scale if scale > 0 else 1.0
    ladder = np.array([0.0, *(start * 2.0 ** np.arange(-2, _DOUBLINGS))])
    low = high = 0.0
    for high in ladder:
        if np.all(contains(np.array([high]))):
            break
        low = high
    else:
        return math.inf
    for _ in range(_ROUNDS if high > 0 else 0):
        limits = np.linspace(low, high, _POINTS)
        first = 1 + int(np.argmax(np.append(contains(limits[1:-1]), True)))
        low, high = limits[first - 1], limits[first]
    return float(high)


def _cov(study: EventCoefficients, level: float) -> Floats:
    """Return the covariance under which normal quantiles are those of t."""
    tail = (1 + level) / 2
    return study.cov * (t_quantile(study.df, tail) / t_quantile(math.inf, tail)) ** 2


def _smooth_interval(study: EventCoefficients, m: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the fixed-length intervals at limits M."""
    cov = _cov(study, level)
    found = smoothness_interval(study.coef, cov, study.n_pre, study.weights, m, level)
    return found.centre - found.half, found.centre + found.half


def _relative_interval(
    study: EventCoefficients, mbar: Floats, level: float
) -> tuple[Floats, Floats]:
    """Return the hybrid intervals at limits Mbar."""
    cov = _cov(study, level)
    return relative_interval(study.coef, cov, study.n_pre, study.weights, mbar, level)


def _smooth_rows(study: EventCoefficients, m: Floats, level: float) -> tuple[TrendRow, ...]:
    """Return the rows of the smoothness limits."""
    coef = nearest_smooth(study.coef, study.cov, study.n_pre, m)
    plug = smoothness_set(coef, study.n_pre, study.weights, m)
    return _rows(SMOOTHNESS, m, plug, _smooth_interval(study, m, level))


def _relative_rows(study: EventCoefficients, mbar: Floats, level: float) -> tuple[TrendRow, ...]:
    """Return the rows of the relative limits."""
    plug = relative_set(study.coef, study.n_pre, study.weights, mbar)
    ends = _relative_interval(study, mbar, level) if len(mbar) else plug
    return _rows(RELATIVE, mbar, plug, ends)


def _rows(
    kind: str, limits: Floats, plug: tuple[Floats, Floats], ends: tuple[Floats, Floats]
) -> tuple[TrendRow, ...]:
    """Return a row for each limit."""
    columns = np.stack([limits, *plug, *ends], axis=1).tolist()
    return tuple(
        TrendRow(kind, limit, plug_low, plug_high, low, high, _METHODS[kind])
        for limit, plug_low, plug_high, low, high in columns
    )


def _changes(study: EventCoefficients) -> tuple[float, float]:
    """Return the largest change of slope and the largest step before the onset."""
    return largest_bend(study.coef, study.n_pre), largest_step(study.coef, study.n_pre)


def _notes(study: EventCoefficients) -> tuple[str, ...]:
    """Say what every such table rests on, and where it is weak."""
    few = f"only {study.n_pre} coefficient{'s' if study.n_pre > 1 else ''} before the reference"
    weak = f"{few}: the largest change before is itself poorly known"
    known = "known" if math.isinf(study.df) else "known up to its scale"
    return (
        f"coefficients are taken as normal, their covariance as {known}",
        *((weak,) if study.n_pre < _FEW_STEPS else ()),
    )


def _smooth_words(found: TrendSensitivity, unit: str) -> str:
    """Say how much the slope may change."""
    m = found.breakdown_smoothness
    if m <= 0:
        return "Smoothness: a straight difference in trends already leaves no effect as possible"
    if math.isinf(m):
        return "Smoothness: no change of slope looked at takes the effect away"
    worst = format_number(found.worst_bend)
    seen = "" if math.isnan(found.worst_bend) else f"; the largest change seen before is {worst}"
    return (
        f"Smoothness: the slope may change by {format_number(m)}{unit} from one period to the next"
        f"{seen}"
    )


def _relative_words(found: TrendSensitivity) -> str:
    """Say how many times the largest step before trends may part by."""
    mbar = found.breakdown_relative
    if mbar <= 0:
        return "Relative magnitudes: even parallel trends leave no effect as possible"
    if math.isinf(mbar):
        return "Relative magnitudes: no parting of trends looked at takes the effect away"
    return (
        f"Relative magnitudes: trends may part by {format_number(mbar)} times the largest step "
        "before the onset, each period"
    )


def _check_limits(given: Mapping[str, object], level: object) -> None:
    """Refuse limits that are none, and a level that is none, all at once."""
    problems = [*no_level(level)]
    for name, limits in given.items():
        if not _are_sizes(limits):
            needed = "a list of finite numbers, 0 or more"
            remedy = f"write {name}=[0.5, 1.0]"
            problems.append(Problem(f"{name} = {limits!r}", needed, remedy))
    if not any(map(_holds_something, given.values())):
        problems.append(Problem("no limits", "at least one", "leave the defaults"))
    refuse(*problems)


def _are_sizes(limits: object) -> bool:
    """Tell whether limits are a list of finite numbers, 0 or more."""
    if isinstance(limits, str) or not isinstance(limits, Iterable):
        return False
    return all(is_finite(limit) and limit >= 0 for limit in limits)


def _holds_something(limits: object) -> bool:
    """Tell whether limits are given, in a list or by mistake alone."""
    return not isinstance(limits, Iterable) or len(list(limits)) > 0
