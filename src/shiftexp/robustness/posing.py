"""One specification as a study: its panel, its design, and what its outlier rule did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.outliers import Outliers, outliers
from shiftexp.panel import Calendar, Panel
from shiftexp.robustness.combinations import Specification
from shiftexp.robustness.specifications import Period

_LEAST_BEFORE = 6
_SIDES = ("origin", "destination")


@dataclass(frozen=True, eq=False)
class Posed:
    """A specification with its data.

    Attributes
    ----------
    panel, design : Panel and Design
        What the estimator is given.
    notes : tuple of str
        What was done with outliers.
    """

    panel: Panel
    design: Design
    notes: tuple[str, ...] = ()


def pose(specification: Specification, panels: Mapping[str, Panel], design: Design) -> Posed:
    """Return a specification as a study of its own.

    Parameters
    ----------
    specification : Specification
        One combination of choices.
    panels : mapping of str to Panel
        The indicators by name.
    design : Design
        The study as declared; its breaks are those that lie in the window.

    Raises
    ------
    ShiftexpError
        When periods cannot be read, or values do not fit the design.
    """
    panel = panels[specification.indicator]
    posed = replace(
        design,
        donors=specification.units,
        allow=allowed(design, panel, specification.units),
        onset=_moved(design.onset_range, specification.onset, panel.calendar),
    )
    posed = within(posed, panel.calendar, *specification.window)
    return _tamed(panel, posed, specification.outliers)


def allowed(design: Design, panel: Panel, units: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a design allows among its donors, and those near ones that are named."""
    return tuple(dict.fromkeys((*design.allow, *(u for u in units if u in panel.near))))


def within(design: Design, calendar: Calendar, start: Period | None, end: Period | None) -> Design:
    """Return a design in another window, with the declared breaks that lie in it.

    Parameters
    ----------
    design : Design
        The study.
    calendar : Calendar
        That of the data.
    start, end : int, str or None
        First and last period.
    """
    breaks = design.breaks
    if isinstance(breaks, str) and (start, end) == (design.start, design.end):
        return design
    if not isinstance(breaks, str):
        low = calendar.first if start is None else calendar.ordinal(start)
        high = calendar.last if end is None else calendar.ordinal(end)
        focal = {*design.origin_units, *design.destination_units}
        told = zip(breaks, design.declared_breaks, strict=True)
        breaks = tuple(
            text
            for text, known in told
            if low < calendar.ordinal(known.period) <= high and known.unit in focal
        )
    return replace(design, start=start, end=end, breaks=breaks)


def hand_out(
    values: Floats, panel: Panel, units: tuple[str, ...], at: np.ndarray, drawn: Floats
) -> None:
    """Write new values of a side into its units, by their observed parts of it.

    Parameters
    ----------
    values : array of shape (B, U, T)
        Where to write.
    panel : Panel
        One indicator, as observed.
    units : tuple of str
        The units of the side.
    at : array of int, shape (n,)
        Positions of the periods.
    drawn : array of shape (B, n)
        New values of the side: the sum of its units (rates: their mean).
    """
    rows = [panel.position(unit) for unit in units]
    seen = panel.values[0, rows][:, at]
    additive = panel.indicator.additive
    whole = seen.sum(axis=0) if additive else seen.mean(axis=0)
    even = np.where(np.isnan(seen), np.nan, 1 / len(rows) if additive else 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(whole != 0, seen / whole, even)
    for row, share in zip(rows, part, strict=True):
        values[:, row, at] = drawn * share


def _moved(
    onset: tuple[Period, Period], shift: int, calendar: Calendar
) -> Period | tuple[Period, Period]:
    """Return an onset, or a range of them, some periods later."""
    if not shift:
        return onset[0] if onset[0] == onset[1] else onset
    first, last = (calendar.label(calendar.ordinal(period) + shift) for period in onset)
    return first if first == last else (first, last)


def _tamed(panel: Panel, design: Design, rule: str) -> Posed:
    """Return a study after its outlier rule, which looks at values before the onset alone."""
    if rule == "keep":
        return Posed(panel, design)
    window = design.window(panel)
    before = window.joint & (np.arange(len(window.joint)) < window.onsets[0])
    if before.sum() < _LEAST_BEFORE:
        return Posed(panel, design)
    present = [s for s in (0, 1) if design.sides[s]]
    logged = bool((window.pair[present][:, before] > 0).all())
    values = window.pair[present][:, before]
    time = np.flatnonzero(before).astype(float)
    far = outliers(np.log(values) if logged else values, time)
    if not far.found.any():
        return Posed(panel, design, ("no value before the onset is an outlier by the rule",))
    notes = _named(window, before, far.found, present, rule)
    if rule == "leave out":
        gone = far.found.any(axis=0)
        labels = np.array(window.calendar.labels)[before][gone]
        return Posed(panel, replace(design, exclude=(*design.exclude, *labels.tolist())), notes)
    fenced = _fences(far, logged=logged)
    return Posed(_drawn_in(panel, design, window, before, fenced, present), design, notes)


def _named(
    window: Window, before: Booleans, found: Booleans, present: list[int], rule: str
) -> tuple[str, ...]:
    """Name every outlier and what was done with it."""
    labels = np.array(window.calendar.labels)[before]
    done = {"leave out": "left out", "winsorise": "drawn in to the fence"}[rule]
    return tuple(
        f"{_SIDES[side]} {', '.join(labels[found[i]])}: {done} as an outlier"
        for i, side in enumerate(present)
        if found[i].any()
    )


def _fences(far: Outliers, *, logged: bool) -> tuple[Floats, Floats]:
    """Return lower and upper fences in the unit of the values."""
    return (np.exp(far.low), np.exp(far.high)) if logged else (far.low, far.high)


def _drawn_in(
    panel: Panel,
    design: Design,
    window: Window,
    before: Booleans,
    fences: tuple[Floats, Floats],
    present: list[int],
) -> Panel:
    """Return a panel whose values before the onset lie between fences; a side's units alike."""
    at = window.calendar.first - panel.calendar.first + np.flatnonzero(before)
    values = panel.values.copy()
    for i, side in enumerate(present):
        inside = np.clip(window.pair[side, before], fences[0][i], fences[1][i])
        hand_out(values, panel, design.sides[side], at, inside[None])
    return replace(panel, values=values)
