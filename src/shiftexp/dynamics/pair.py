"""Origin, destination and donors as one run of periods without gaps, ready for dynamic models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.errors import Problem
from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.panel import Panel
from shiftexp.result import check_inputs
from shiftexp.scalars import plural, refuse

Scale: TypeAlias = Literal["level", "log"]
_SIDES = ("origin", "destination")
_OWN_LAGS, _SPARE_ROWS = 2, 3
_EXACT = 1e-8  # of a standard deviation: what arithmetic leaves where nothing else is left
_FILLED_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class DynamicPair:
    """Both sides over the longest run of periods in which both are observed.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    labels : tuple of str
        Names of the T periods.
    values : array of shape (2, T)
        Both sides, in logs where ``scale`` says so; no value is missing.
    donors : array of shape (J, T)
        Donors that are observed in every period of the run, on the same scale.
    donor_names : tuple of str
        Their names.
    season : array of shape (T,)
        Place of every period within its year.
    per_year : int
        Periods in a year.
    onsets : tuple of two int
        Positions of first and last candidate for the onset; below 0 or above T outside the run.
    scale : {"level", "log"}
        Scale of the values.
    unit : str
        Unit of measurement of the levels.
    notes : tuple of str
        What was left out.
    """

    names: tuple[str, str]
    labels: tuple[str, ...]
    values: Floats
    donors: Floats
    donor_names: tuple[str, ...]
    season: Integers
    per_year: int
    onsets: tuple[int, int]
    scale: Scale
    unit: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def count(self) -> int:
        """Number of periods, T."""
        return len(self.labels)


def read_pair(panel: Panel, design: Design, *, scale: Scale, least: int) -> DynamicPair:
    """Return both sides and donors over the longest run of periods without a gap.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study; candidates for the onset take part like every other period. A period that it
        excludes is a gap, and no run goes through a reporting break.
    scale : {"level", "log"}
        Scale of the values.
    least : int
        Periods needed.

    Raises
    ------
    DesignError
        When a side is missing, the run is too short, or logs are asked of values that are not above
        zero.
    """
    check_inputs(panel, design)
    missing = [s for s, units in zip(_SIDES, design.sides, strict=True) if not units]
    refuse(*(Problem(f"no {side}", "both sides", f"declare an {side}") for side in missing))
    window = design.window(panel)
    run = longest_run(window.usable, tuple(at for _, at in window.breaks))
    pair = _pair_of(window, run, panel, design, scale)
    refuse(*_problems(pair, least))
    return pair if scale == "level" else _logged(pair)


def longest_run(seen: Booleans, cuts: tuple[int, ...] = ()) -> slice:
    """Return the longest run of true values that goes through no cut, the latest of several.

    Parameters
    ----------
    seen : array of shape (T,)
        Periods that may take part.
    cuts : tuple of int
        First positions after reporting breaks.
    """
    at = np.flatnonzero(seen)
    apart = (np.diff(at) > 1) | np.isin(at[1:], cuts)
    runs = np.split(at, np.flatnonzero(apart) + 1)
    best = max(reversed(runs), key=len)
    return slice(int(best[0]), int(best[-1]) + 1) if best.size else slice(0, 0)


def without_own_variation(pair: DynamicPair) -> list[Problem]:
    """Return why a model of both sides has nothing to estimate errors from; empty where it has.

    Refused are sides that never change, that a formula or a line between few values fills, and two
    sides of which one is the other up to a factor, or follows from the past of both without error.

    Parameters
    ----------
    pair : DynamicPair
        Both sides.
    """
    problems = []
    for name, values in zip(pair.names, pair.values, strict=True):
        if np.ptp(values) == 0:
            given, remedy = f"{name!r} never changes", "take another indicator"
            problems.append(Problem(given, "series that change", remedy))
        elif how := _filled(values, pair):
            given = f"{name!r} has no variation of its own: {how}"
            remedy = "give the values as they were observed, not as they were filled in"
            problems.append(Problem(given, "a series with errors of its own", remedy))
    return problems or _one_of_both(pair)


def donors_mean(pair: DynamicPair) -> Floats:
    """Return the mean of the donors, shape (T,), on the scale of the pair.

    Parameters
    ----------
    pair : DynamicPair
        Both sides, and one donor or more.

    Raises
    ------
    DesignError
        When it never changes, its own past and a trend give it without error, or it is one of the
        sides up to a factor: then a model has nothing to tell it apart by.
    """
    mean = np.asarray(pair.donors.mean(axis=0))
    name = f"the mean of {plural(len(pair.donors), 'donor')}"
    needed, remedy = "donors with errors of their own", "name other donors, or none"
    if np.ptp(mean) == 0:
        refuse(Problem(f"{name} never changes", needed, remedy, pair.donor_names))
    if _is_foretold(mean[None], 0, pair):
        given = f"{name} follows from its own past and a trend without error"
        refuse(Problem(given, needed, remedy, pair.donor_names))
    for side, values in zip(pair.names, pair.values, strict=True):
        beside = replace(pair, names=(side, name), values=np.stack([values, mean]))
        refuse(*(replace(found, remedy=remedy) for found in _one_of_both(beside)))
    return mean


def _filled(values: Floats, pair: DynamicPair) -> str:
    """Say what fills a series that has no errors; empty where it has some."""
    scales = [values, np.exp(values)] if pair.scale == "log" else [values]
    if pair.scale == "level" and (values > 0).all():
        scales.append(np.log(values))
    if any(_is_foretold(v[None], 0, pair) for v in scales):
        return "its own past and a trend give every value without error"
    if any(_on_lines(v) > _FILLED_SHARE for v in scales):
        return "most of its values lie on lines between others"
    return ""


def _on_lines(values: Floats) -> float:
    """Return the share of inner values that lie on a sloping line between their neighbours."""
    steps = np.diff(values)
    exact = _EXACT * np.ptp(values)
    straight = (np.abs(np.diff(steps)) <= exact) & (np.abs(steps[1:]) > exact)
    return float(straight.mean()) if straight.size else 0.0


def _is_foretold(series: Floats, side: int, pair: DynamicPair) -> bool:
    """Tell whether trend, season and the past of all series (k, T) give one without error."""
    count = pair.count - _OWN_LAGS
    seasons = [pair.season[_OWN_LAGS:] == s for s in np.unique(pair.season)]
    past = [v[_OWN_LAGS - lag : pair.count - lag] for v in series for lag in (1, _OWN_LAGS)]
    terms = np.column_stack([np.arange(count) / pair.count, *seasons, *past]).astype(float)
    if count < terms.shape[1] + _SPARE_ROWS:
        return False
    size = np.maximum(np.abs(terms).max(axis=0), np.finfo(float).tiny)
    target = series[side, _OWN_LAGS:]
    left = target - terms / size @ np.linalg.lstsq(terms / size, target, rcond=None)[0]
    return bool(np.abs(left).max() <= _EXACT * series[side].std())


def _one_of_both(pair: DynamicPair) -> list[Problem]:
    """Return the problem of two sides that are one series, or one and its echo."""
    first, second = map(repr, pair.names)
    changes = np.diff(pair.values, axis=1)
    both_change = changes.size > 0 and np.ptp(changes, axis=1).min() > 0
    needed, remedy = "two series", "check that one is not computed from the other"
    if both_change and abs(np.corrcoef(changes[0], changes[1])[0, 1]) > 1 - 1e-9:
        given = f"{first} and {second} change as one: each is a multiple of the other"
        return [Problem(given, needed, remedy)]
    return [
        Problem(f"the past of {first} and {second} gives {name!r} without error", needed, remedy)
        for side, name in enumerate(pair.names)
        if _is_foretold(pair.values, side, pair)
    ]


def _left_out(window: Window, design: Design, run: slice) -> list[str]:
    """Say which observed periods take no part, and why."""
    labels, calendar = window.calendar.labels, window.calendar
    excluded = np.isin(calendar.ordinals, [calendar.ordinal(p) for p in design.exclude])
    split = np.isfinite(window.pair).all(axis=0) & ~excluded & ~window.usable
    outside = int(window.usable.sum()) - (run.stop - run.start)
    notes = [f"{labels[t]}: excluded by the design" for t in np.flatnonzero(excluded)]
    if split.any():
        notes.append(f"{plural(int(split.sum()), 'period')} beyond a split break left out")
    notes += [
        f"reporting break of the {_SIDES[side]} in {labels[at]}: no run goes through it"
        for side, at in window.breaks
    ]
    if outside:
        beyond = "a gap or a break" if window.breaks else "a gap"
        notes.append(f"{plural(outside, 'period')} beyond {beyond} left out")
    return notes


def _named(design: Design, side: int) -> str:
    """Return the name of a side."""
    return " + ".join(design.sides[side])


def _pair_of(window: Window, run: slice, panel: Panel, design: Design, scale: Scale) -> DynamicPair:
    """Return the run in levels."""
    donors = window.donors[:, run]
    kept = np.asarray(np.isfinite(donors).all(axis=1))
    notes = _left_out(window, design, run)
    notes += [
        f"donor {name} left out: it has gaps"
        for name, whole in zip(window.donor_names, kept, strict=True)
        if not whole
    ]
    first, last = (int(window.onsets[k]) - run.start for k in (0, -1))
    return DynamicPair(
        names=(_named(design, 0), _named(design, 1)),
        labels=window.calendar.labels[run],
        values=window.pair[:, run],
        donors=donors[kept],
        donor_names=tuple(n for n, w in zip(window.donor_names, kept, strict=True) if w),
        season=window.calendar.season[run],
        per_year=window.calendar.per_year,
        onsets=(first, last),
        scale=scale,
        unit=panel.indicator.unit_of_measure.replace("_", " "),
        notes=tuple(notes),
    )


def _problems(pair: DynamicPair, least: int) -> list[Problem]:
    """Return what keeps a run in levels from a dynamic model."""
    problems = []
    if pair.count < least:
        given = f"a run of {plural(pair.count, 'period')} without a gap"
        problems.append(Problem(given, f"at least {least}", "give longer series", pair.notes))
        return problems
    for name, side, values in zip(pair.names, _SIDES, pair.values, strict=True):
        if pair.scale == "log" and (values <= 0).any():
            rows = tuple(np.array(pair.labels)[values <= 0])
            given = f"{side} {name!r} has values that are not above zero"
            remedy = 'use scale="level", or another indicator'
            problems.append(Problem(given, "positive values for logs", remedy, rows))
    return problems


def _logged(pair: DynamicPair) -> DynamicPair:
    """Return the pair in logs; donors that have none are left out by name."""
    kept = np.asarray((pair.donors > 0).all(axis=1))
    notes = [
        f"donor {name} left out: it has values that are not above zero"
        for name, positive in zip(pair.donor_names, kept, strict=True)
        if not positive
    ]
    return replace(
        pair,
        values=np.log(pair.values),
        donors=np.log(pair.donors[kept]),
        donor_names=tuple(n for n, good in zip(pair.donor_names, kept, strict=True) if good),
        notes=(*pair.notes, *notes),
    )
