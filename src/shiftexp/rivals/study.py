"""A study as rival hypotheses need it: series per year, regressors, the shape of the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design, Window, study_cases
from shiftexp.errors import Problem
from shiftexp.estimators.assembling import yearly
from shiftexp.estimators.cautions import onset_assumption
from shiftexp.kernels.cases import Booleans, Cases, Floats, Integers, lock
from shiftexp.panel import Panel
from shiftexp.result import check_inputs
from shiftexp.scalars import plural, refuse

Shape: TypeAlias = Literal["step", "ramp"]
SHAPES: tuple[str, ...] = get_args(Shape)
_LEAST_LEFT = 4  # degrees of freedom that posterior covariances need, beside the series


@dataclass(frozen=True, eq=False)
class RivalStudy:
    """Series and regressors over the T used periods.

    Attributes
    ----------
    y : array of shape (p, T)
        Origin, destination and, where donors speak, their index; units per year.
    x : array of shape (T, k)
        Regressors of every series: level, trend, season, reporting breaks of either side.
    step : array of shape (T,)
        The effect's shape, with mean one over the post periods.
    time : array of shape (T,)
        Time stamps in periods.
    post : array of shape (T,)
        Periods the effect is averaged over.
    window : str
        The periods in words.
    notes : tuple of str
        What was left out or added.
    """

    y: Floats
    x: Floats
    step: Floats
    time: Floats
    post: Booleans
    window: str
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def read_study(
    panel: Panel, design: Design, *, shape: Shape, trend: bool, seasonal: bool, donors: bool
) -> RivalStudy:
    """Return a study as rival hypotheses need it.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    shape : {"step", "ramp"}
        Shape of the effect.
    trend, seasonal : bool
        What the regression holds besides a level.
    donors : bool
        Whether an index of the design's donors is the third series.

    Raises
    ------
    DesignError
        When a side is missing, the data gate fails, too few periods are left for the terms, or a
        series does not vary around them.
    """
    check_inputs(panel, design)
    sides = zip(("origin", "destination"), design.sides, strict=True)
    missing = [name for name, units in sides if not units]
    refuse(*(Problem(f"no {name}", "both sides", f"declare an {name}") for name in missing))
    window, gate = design.window(panel), design.gate(panel)
    if not gate.passed:
        remedy = "widen the window, or treat breaks"
        refuse(Problem(f"data gate {gate}", "data that pass it", remedy))
    cases = study_cases(window)
    used = cases.used[0]
    index, said = _index(window, cases, used) if donors else (np.zeros((0, used.sum())), ())
    post, time = cases.post[0, used], cases.time[used]
    steps = cases.breaks[0][:, used].sum(axis=0)
    season = cases.season[used] * int(seasonal)
    x = _regressors(time, season, steps, trend=trend)
    notes = [*onset_assumption(design), *window.dropped, *said]
    if design.basis == "observed":
        notes.append("the onset was read off the series: weights against the null are too high")
    if steps.any():
        notes.append("steps of declared reporting breaks are fitted in every series")
    labels = window.calendar.labels
    study = RivalStudy(
        y=np.vstack([cases.pair[0, :, used].T * yearly(panel, cases), index]),
        x=x,
        step=shape_of(time, post, shape),
        time=time,
        post=post,
        window=f"{labels[0]} to {labels[-1]}, onset {labels[int(window.onsets[-1])]}",
        notes=tuple(notes),
    )
    refuse(*_problems(study))
    return study


def _index(window: Window, cases: Cases, used: Booleans) -> tuple[Floats, tuple[str, ...]]:
    """Return the mean of donors, each relative to its level before the onset; and who is out."""
    values = window.donors[:, used]
    level = values[:, cases.learn[0, used]].mean(axis=1)
    whole = np.isfinite(level) & np.isfinite(values).all(axis=1) & (level > 0)
    left_out = [n for n, good in zip(window.donor_names, whole, strict=True) if not good]
    said = tuple(f"donor {n} left out: gaps, or no level above zero" for n in left_out)
    if not whole.any():
        given = f"{plural(len(whole), 'donor')}, none without gaps and with a level above zero"
        refuse(Problem(given, "at least one", "name others, or say donors=False"))
    scaled = values[whole] / level[whole, None]
    return scaled.mean(axis=0)[None], said


def _regressors(time: Floats, season: Integers, steps: Floats, *, trend: bool) -> Floats:
    """Return level, trend, season and breaks; columns that say nothing new are left out."""
    columns = [np.ones(len(time))]
    if trend:
        columns.append(time - time.mean())
    columns += [(season == s).astype(float) for s in np.unique(season)[1:]]
    kept: list[Floats] = []
    for column in (*columns, *steps.T):
        if np.linalg.matrix_rank(np.column_stack([*kept, column])) > len(kept):
            kept.append(column)
    return np.column_stack(kept)


def shape_of(time: Floats, post: Booleans, shape: Shape) -> Floats:
    """Return the effect's shape, with mean one over the post periods.

    Parameters
    ----------
    time : array of shape (T,)
        Time stamps in periods.
    post : array of shape (T,)
        Periods the effect is averaged over.
    shape : {"step", "ramp"}
        There at once, or growing along a line from the onset on.
    """
    if shape == "step":
        return post.astype(float)
    since = np.where(post, time - time[post].min() + 1, 0.0)
    return np.asarray(since / since[post].mean())


def _problems(study: RivalStudy) -> list[Problem]:
    """Return what keeps a study from having a likelihood."""
    (series, periods), terms = study.y.shape, study.x.shape[1] + 1
    least = terms + series + _LEAST_LEFT
    if periods < least:
        given = f"{plural(periods, 'used period')} for {terms} terms of {series} series"
        return [Problem(given, f"at least {least}", "widen the window, or say trend=False")]
    whole = np.column_stack([study.x, study.step])
    if np.linalg.matrix_rank(whole) < terms:
        given = "an effect that trend, season and breaks can imitate exactly"
        return [Problem(given, "one they cannot", "say trend=False, or treat the break otherwise")]
    left = study.y - study.y @ whole @ np.linalg.pinv(whole)
    size = np.linalg.norm(left, axis=1) / np.maximum(np.linalg.norm(study.y, axis=1), 1e-300)
    if (size < 1e-10).any() or np.linalg.cond(np.corrcoef(left)) > 1e10:
        given = "a series that its terms, or another series, describe without error"
        return [Problem(given, "series with errors of their own", "look at the values")]
    return []
