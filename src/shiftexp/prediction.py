"""What a result leads one to expect of periods to come: an interval that is issued before them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shiftexp.design import Window, study_cases
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Booleans, Cases, Floats, lock
from shiftexp.kernels.prediction import prediction_design, predictive_band
from shiftexp.kernels.scale import Scale, from_scale, to_scale
from shiftexp.kernels.segments import regressors
from shiftexp.panel import Calendar
from shiftexp.result import SIDES, Result
from shiftexp.scalars import no_level, not_whole, plural, refuse
from shiftexp.table import Table, format_number

_LEAST_DF = 3
_MEASURED = 3  # periods ahead


@dataclass(frozen=True, eq=False, repr=False)
class Prediction(Table):
    """Intervals that hold the coming values of both sides together, if the study goes on as it was.

    Attributes
    ----------
    labels : tuple of str
        The h coming periods.
    names : tuple of two str
        Origin and destination; "" for an absent side.
    expected, low, high : array of shape (2, h)
        Median and ends of the interval, in the unit of measurement per period; NaN on an absent
        side.
    level : float
        Chance that all values lie inside at once.
    unit : str
        Unit of measurement.
    rests_on : str
        What was fitted to which periods.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    >>> result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> sx.weigh(result).predict(2).labels
    ('2021', '2022')
    """

    labels: tuple[str, ...]
    names: tuple[str, str]
    expected: Floats
    low: Floats
    high: Floats
    level: float
    unit: str
    rests_on: str

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def holds(self, observed: Floats) -> Booleans:
        """Tell which values, shape (2, h), lie inside; a missing one is not outside."""
        return ~((observed < self.low) | (observed > self.high))

    def over(self, labels: tuple[str, ...]) -> Prediction:
        """Return the intervals of some of the periods; the others only make them wider.

        Raises
        ------
        DesignError
            When a period is not among those the intervals were issued for.
        """
        lacking = tuple(label for label in labels if label not in self.labels)
        if lacking:
            given = f"intervals issued for {', '.join(self.labels)}"
            needed = f"intervals for {', '.join(labels)}"
            raise DesignError(Problem(given, needed, "predict as many periods as come", lacking))
        at = [self.labels.index(label) for label in labels]
        kept = {name: getattr(self, name)[:, at] for name in ("expected", "low", "high")}
        return replace(self, labels=labels, **kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each side and period."""
        rows = [
            (side, name, label, self.expected[i, t], self.low[i, t], self.high[i, t])
            for i, (side, name) in enumerate(zip(SIDES, self.names, strict=True))
            for t, label in enumerate(self.labels)
            if name
        ]
        columns = ["side", "unit", "period", "expected", "low", "high"]
        return pd.DataFrame(rows, columns=columns)

    def summary(self) -> str:
        """Return the intervals in words."""
        lines = [
            f"{row.unit}, {row.period}: {format_number(row.low)} to {format_number(row.high)} "
            f"{self.unit}"
            for row in self.to_frame().itertuples()
        ]
        head = f"Expected with {self.level:.0%} for all of them together ({self.rests_on}):"
        return "\n".join([head, *(f"  {line}" for line in lines)])


def predict(result: Result, periods: int = 1, *, level: float = 0.95) -> Prediction:
    r"""Return what a result leads one to expect of the periods after its window.

    .. math:: P(\underline y_{it} \le y_{it} \le \overline y_{it} \text{ for both sides and all } h
       \text{ periods}) \ge 1 - \alpha

    Parameters
    ----------
    result : Result
        A study as fitted.
    periods : int, default 1
        h, how many periods.
    level : float, default 0.95
        1 - alpha, for all of them and both sides together.

    Raises
    ------
    DesignError
        When ``periods`` is no positive whole number or ``level`` not strictly between 0 and 1.
    DesignError
        When more periods are asked for than were observed before the onset.
    DesignError
        When the result does not hold its panel, or its window has too few periods.

    Notes
    -----
    Each side goes on from its own past with the effect as it was fitted: level, trend, season,
    reporting breaks and the declared step, on the estimator's scale, under the posterior over error
    processes that stands behind the estimates of interrupted time series. The donors play no part:
    their coming values are not known either. Bonferroni over sides and periods, equal-tailed.
    Measured at nominal 95 %, both sides, autocorrelation 0 to .9, random walk, level with noise:
    one period ahead 94 to 96 % over 20 or 40 periods, 94 to 97 % over 120; three periods ahead 93
    to 98 %, the least under a random walk over 20.

    When not to use it: a series whose effect is known to end, or whose counting will change.
    """
    refuse(*not_whole("periods", periods, 1, "write 1 for the next period"), *no_level(level))
    refuse(*_too_far(result, periods))
    window, scale, trend = _seen(result)
    cases = _longer(study_cases(window), window.calendar, periods)
    present = int((cases.focal[0] >= 0).sum())
    each = 1 - (1 - level) / present
    ends = np.full((3, 2, periods), np.nan)
    for side in np.flatnonzero(cases.focal[0] >= 0):
        ends[:, side] = _side(cases, int(side), periods, scale, each, trend=trend)
    calendar = window.calendar
    shape = "its trend and its change at the onset" if trend else "its levels before and after"
    return Prediction(
        labels=tuple(calendar.label(calendar.last + 1 + k) for k in range(periods)),
        names=result.paths.names,
        expected=ends[0],
        low=ends[1],
        high=ends[2],
        level=level,
        unit=result.indicator.unit_of_measure,
        rests_on=f"each side by {shape}, {scale} scale, to {calendar.label(calendar.last)}"
        + f"; its coverage is measured to {_MEASURED} periods ahead" * (periods > _MEASURED),
    )


def _too_far(result: Result, periods: int) -> tuple[Problem, ...]:
    """Return the refusal of more periods ahead than the past has before the onset."""
    seen = int(result.paths.pre.sum())
    if periods <= seen:
        return ()
    given = f"periods = {periods}, with {seen} observed before the onset"
    remedy = f"ask for fewer: the coverage is measured to {_MEASURED}"
    return (Problem(given, f"at most {seen}", remedy),)


def _seen(result: Result) -> tuple[Window, Scale, bool]:
    """Return what the design saw, the estimator's scale, and whether it holds a trend."""
    if result.fitted is None:
        given = f"a result of {result.estimator} without its panel"
        raise DesignError(Problem(given, "a result as fitted", "fit it again"))
    panel, estimator = result.fitted.panel, result.fitted.estimator
    model = getattr(estimator, "model", estimator)
    trend = getattr(model, "trend", True)  # against donors: they too may have one
    own = panel[result.indicator.name] if len(panel.indicators) > 1 else panel
    return (
        result.design.window(own),
        getattr(model, "scale", "level"),
        trend not in {False, "level"},
    )


def _longer(cases: Cases, calendar: Calendar, periods: int) -> Cases:
    """Return the one case of a study with empty periods after it, in which the effect goes on."""

    def empty(values: Floats) -> Floats:
        blank = np.full((*values.shape[:-1], periods), np.nan)
        return np.concatenate([values, blank], axis=-1)

    def flags(values: Booleans, *, coming: bool) -> Booleans:
        return np.append(values, np.full((len(values), periods), coming), axis=1)

    longer = replace(calendar, size=calendar.size + periods)
    last = cases.breaks[:, :, -1:, :]
    return replace(
        cases,
        y=empty(cases.y),
        learn=flags(cases.learn, coming=False),
        treated=flags(cases.treated, coming=True),
        post=flags(cases.post, coming=False),
        breaks=np.concatenate([cases.breaks, np.repeat(last, periods, axis=2)], axis=2),
        sampling=empty(cases.sampling),
        exposure=empty(cases.exposure),
        time=np.arange(longer.size, dtype=float),
        season=longer.season,
    )


def _side(
    cases: Cases, side: int, periods: int, scale: Scale, level: float, *, trend: bool
) -> Floats:
    """Return median and ends of one side's coming values, shape (3, h), in level units."""
    values = cases.pair[0, side]
    learnt = cases.used[0] & np.isfinite(values)
    order = np.append(np.flatnonzero(learnt), np.arange(len(learnt) - periods, len(learnt)))
    count = int(learnt.sum())
    x = regressors(cases, 0, trend=trend, seasonal=True).x[side][order]
    x = x[:, _independent(x[:count])]
    if count - x.shape[1] < _LEAST_DF:
        given = f"{plural(count, 'period')} for {plural(x.shape[1], 'term')}"
        needed = f"at least {_LEAST_DF} more periods than terms"
        raise DesignError(Problem(given, needed, "widen the window, or fit without a trend"))
    design = prediction_design(x, cases.time[order], count)
    band = predictive_band(design, to_scale(values[learnt], scale)[None], level)
    return np.stack([from_scale(part[0], scale) for part in band])


def _independent(x: Floats) -> list[int]:
    """Return the columns that say something the ones before them do not."""
    kept: list[int] = []
    for column in range(x.shape[1]):
        if np.linalg.matrix_rank(x[:, [*kept, column]]) > len(kept):
            kept.append(column)
    return kept
