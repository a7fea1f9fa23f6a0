"""How a push is declared: what is wrong with it, and the candidates for it that a study makes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.errors import PanelError, Problem
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.vessel_push import Push, held, push_shape
from shiftexp.kernels.vessels import VesselShape
from shiftexp.panel import Calendar
from shiftexp.scalars import is_finite, is_whole, not_among, plural

PushLike: TypeAlias = Push | Literal["measured"]
Period: TypeAlias = str | int
Lags: TypeAlias = tuple[int, ...] | Mapping[int, float]
PUSHES: tuple[PushLike, ...] = ("step", "pulse", "ramp", "measured")
_MOST_RISES = 3


@dataclass(frozen=True)
class DeclaredPush:
    """A push as the user declares it.

    Attributes
    ----------
    push : {"step", "pulse", "ramp", "measured"}
        How it acts.
    until : str or int, optional
        Last period of a pulse or of the rise.
    intensity : mapping from period to number, optional
        A measured push; each number holds until the next period that is named.
    lags : tuple of int, or mapping from int to number
        Candidates for the lag, in periods; or the parts that arrive after so many.
    own_onsets : tuple of period
        Periods at which places may change by themselves; empty for those at which the push rises.
    """

    push: PushLike
    until: Period | None
    intensity: Mapping[Period, float] | None
    lags: Lags
    own_onsets: tuple[Period, ...]

    @property
    def arrivals(self) -> tuple[Floats, ...]:
        """For every candidate: parts that arrive after 0, 1, ... periods."""
        if not isinstance(self.lags, Mapping):
            return tuple(np.eye(lag + 1)[lag] for lag in self.lags)
        parts = np.zeros(max(self.lags) + 1)
        parts[list(self.lags)] = list(self.lags.values())
        return (parts / parts.sum(),)

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, whatever the study."""
        return [
            *not_among(push=(self.push, PUSHES)),
            *self._not_ended(),
            *self._not_measured(),
            *self._not_lagged(),
        ]

    def misfits(self, calendar: Calendar, window: Window, after: int) -> list[Problem]:
        """Return where it does not fit a study with so many periods after the onset."""
        problems = []
        left = after - self._wait(calendar, window)
        if max(self.lags) >= left:
            left_there = plural(left, "period")
            given = f"a lag of {max(self.lags)} with {left_there} from the start of the push on"
            problems.append(Problem(given, "a flow that can arrive", "write shorter lags"))
        named = [(n, p) for n, p in self._named() if n != "intensity"]
        unread = [found for n, p in self._named() for found in _unreadable(calendar, n, p)]
        if unread:
            return [*problems, *unread]
        first, last = int(window.onsets[-1]), window.calendar.size
        for name, period in named:
            if not first <= _position(calendar, window, period) < last:
                needed = "a period from the onset on, inside the window"
                remedy = "write another, or widen the window"
                problems.append(Problem(f"{name} = {period!r}", needed, remedy))
        return [*problems, *self._mistimed(calendar, window)]

    def shapes(
        self, calendar: Calendar, window: Window, first: int, periods: int
    ) -> tuple[VesselShape, ...]:
        """Return the candidates: one for every onset and lag.

        Parameters
        ----------
        calendar : Calendar
            The panel's.
        window : Window
            What the design sees.
        first, periods : int
            Position in the window of the first period used, and how many there are.
        """
        own = np.array([_position(calendar, window, p) - first for p in self.own_onsets], dtype=int)
        found = []
        for onset, arrival in itertools.product(window.onsets - first, self.arrivals):
            push = self._per_period(calendar, window, int(onset), first, periods)
            changes = own if len(own) else self._rises(push, int(onset))
            found.append(VesselShape(push, arrival, changes, int(onset)))
        return tuple(found)

    def assumptions(self, design: Design) -> tuple[str, ...]:
        """Return where the date of the push is from, and when places may change by themselves."""
        known = f"the push ({self.push}) is known from outside the series"
        read = f"the date of the push ({self.push}) was read off the series: limits are too narrow"
        own = ", ".join(map(str, self.own_onsets))
        changes = (f"places change by themselves at {own}, and never else",) if own else ()
        return (read if design.basis == "observed" else known, *changes)

    def _wait(self, calendar: Calendar, window: Window) -> int:
        """Return how many periods after the onset a measured push starts."""
        if self.push != "measured":
            return 0
        at, values = self._steps(calendar, window)
        return max(0, int(at[np.argmax(values > 0)] - window.onsets[0]))

    def _named(self) -> list[tuple[str, Period]]:
        """Return the periods that are named, each with the setting that names it."""
        until = [] if self.until is None else [("until", self.until)]
        own = [("own_onsets", period) for period in self.own_onsets]
        return [*until, *own, *(("intensity", period) for period in self.intensity or ())]

    def _per_period(
        self, calendar: Calendar, window: Window, onset: int, first: int, periods: int
    ) -> Floats:
        """Return the intensity per period, shape (T,)."""
        if self.push == "measured":
            at, values = self._steps(calendar, window)
            return held(at - first, values, periods)
        last = periods - 1
        if self.until is not None:
            last = _position(calendar, window, self.until) - first
        return push_shape(self.push, onset, last, periods)

    def _rises(self, push: Floats, onset: int) -> Integers:
        """Return the positions at which places may change: where a measured push rises."""
        rises = np.flatnonzero(np.diff(push, prepend=0.0) > 0)
        return rises if self.push == "measured" else np.array([onset])

    def _steps(self, calendar: Calendar, window: Window) -> tuple[Integers, Floats]:
        """Return the positions in the window and the values of a measured push, in order."""
        given = self.intensity or {}
        at = np.array([_position(calendar, window, p) for p in given], dtype=int)
        order = np.argsort(at, kind="stable")
        return at[order], np.array(list(given.values()), dtype=float)[order]

    def _not_ended(self) -> list[Problem]:
        """Return the problem of a push whose end is missing, or of an end without one."""
        if self.push in {"pulse", "ramp"} and self.until is None:
            given = f"push = {self.push!r} without until"
            return [Problem(given, "its last period", "write until=2018, or push='step'")]
        if self.push in {"step", "measured"} and self.until is not None:
            given = f"until = {self.until!r} of a {self.push} push"
            return [Problem(given, "a push that ends", "write push='pulse', or leave it out")]
        return []

    def _not_measured(self) -> list[Problem]:
        """Return the problems of an intensity that is missing, not asked for, or none."""
        given, remedy = f"intensity = {self.intensity!r}", "write intensity={2012: 1.0, 2015: 0.0}"
        if self.push != "measured":
            if self.intensity is None:
                return []
            return [Problem(f"{given} of a {self.push}", "a measured push", "push='measured'")]
        numbers = list(self.intensity.values()) if isinstance(self.intensity, Mapping) else []
        if numbers and all(is_finite(v) and v >= 0 for v in numbers) and max(numbers) > 0:
            return []
        return [Problem(given, "numbers from 0 by period, one of them above it", remedy)]

    def _not_lagged(self) -> list[Problem]:
        """Return the problem of lags that are none, or of own onsets that are no tuple."""
        problems = []
        if not _are_lags(self.lags):
            needed = "different whole numbers from 0, or a positive part for each of them"
            remedy = "write lags=(0, 1), or lags={0: 0.5, 1: 0.5}"
            problems.append(Problem(f"lags = {self.lags!r}", needed, remedy))
        if not _are_listed(self.own_onsets):
            given = f"own_onsets = {self.own_onsets!r}"
            problems.append(Problem(given, "a tuple of periods", "write own_onsets=(2012, 2018)"))
        return problems

    def _mistimed(self, calendar: Calendar, window: Window) -> list[Problem]:
        """Return where a measured push does not fit the design's onset."""
        if self.push != "measured":
            return []
        at, values = self._steps(calendar, window)
        size, onset = window.calendar.size, int(window.onsets[0])
        problems = []
        if len(window.onsets) > 1:
            given = "a measured push with a range of onsets"
            problems.append(Problem(given, "one onset", "date it by the intensity"))
        if len(set(at.tolist())) < len(at):
            given = f"intensity = {self.intensity!r}"
            problems.append(Problem(given, "each period once", "write every period once"))
        push = held(at, values, size)
        started = np.flatnonzero(push > 0)
        if not len(started) or started[0] < onset or (at < onset).any():
            label = calendar.label(window.calendar.first + onset)
            given = f"intensity = {self.intensity!r} with the onset {label}"
            needed = "periods from the onset on, inside the window, one above zero"
            problems.append(Problem(given, needed, "move the onset to the first of them"))
        rises = len(self._rises(push, onset))
        if rises > _MOST_RISES and not self.own_onsets:
            given = f"an intensity that rises {rises} times"
            needed = f"own changes at no more than {_MOST_RISES} periods"
            problems.append(Problem(given, needed, "name them: own_onsets=(2012, 2018)"))
        return problems


def _position(calendar: Calendar, window: Window, period: Period) -> int:
    """Return the position of a period in the window, inside or not."""
    return calendar.ordinal(period) - window.calendar.first


def _unreadable(calendar: Calendar, name: str, period: Period) -> list[Problem]:
    """Return the problem of a period that the calendar cannot read."""
    try:
        calendar.ordinal(period)
    except PanelError as error:
        given = f"{name} = {period!r}"
        return [Problem(given, f"a {calendar.frequency}", error.problems[0].remedy)]
    return []


def _are_lags(lags: object) -> bool:
    """Tell whether these are lags, or lags with the parts that arrive after them."""
    if isinstance(lags, Mapping):
        parts = all(is_finite(v) and v > 0 for v in lags.values())
        return parts and _are_lags(tuple(lags))
    if not isinstance(lags, tuple) or not lags:
        return False
    return all(is_whole(k) and k >= 0 for k in lags) and len(set(lags)) == len(lags)


def _are_listed(periods: object) -> bool:
    """Tell whether these are several periods, or none, not the text of one."""
    return isinstance(periods, Sequence) and not isinstance(periods, str)
