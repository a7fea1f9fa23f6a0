"""How vessels are observed: one reading for each indicator, with its effort and its likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.design.casing import study_cases
from shiftexp.errors import Problem, suggest
from shiftexp.estimators.contrasts import read_study
from shiftexp.estimators.counts import without_exposure
from shiftexp.estimators.vessel_checks import names_of_places, still
from shiftexp.estimators.windows import need_counts
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.vessel_rows import Likelihood
from shiftexp.kernels.vessel_terms import Cuts
from shiftexp.panel import Panel
from shiftexp.scalars import is_between, not_among, refuse

VesselEffort: TypeAlias = Literal["none", "offset"]
Variances: TypeAlias = Literal["auto", "equal", "own"]
_COUNTS = ("poisson", "negative binomial")


@dataclass(frozen=True, eq=False)
class Reading:
    """One indicator as the model reads it.

    Attributes
    ----------
    panel : Panel
        The indicator by itself.
    window : Window
        What the design sees; amounts are those at the effort of before the onset.
    cases : Cases
        That as one case.
    effort : array of shape (2 + J, T)
        Effort of origin, destination and donors over its mean before the onset, to its exponent;
        ones where it does not enter.
    likelihood : str
        The law of values about their levels.
    """

    panel: Panel
    window: Window
    cases: Cases
    effort: Floats
    likelihood: Likelihood

    @property
    def name(self) -> str:
        """Name of the indicator."""
        return self.panel.indicator.name

    @property
    def values(self) -> Floats:
        """Values of origin, destination and donors, shape (2 + J, T); NaN where not used."""
        every = np.concatenate([self.window.pair, self.window.donors])
        return np.where(self.window.joint, every, np.nan)

    @property
    def parts(self) -> tuple[int, int]:
        """How many periods there are before and from the onset on, gaps included."""
        used, onset = np.flatnonzero(self.cases.used[0]), int(self.window.onsets[0])
        return onset - int(used[0]), int(used[-1]) + 1 - onset

    def still(self, places: Sequence[str]) -> list[Problem]:
        """Return places of these names that tell no noise."""
        used = np.flatnonzero(self.cases.used[0])
        cuts = Cuts(int((used < self.window.onsets[0]).sum()), 1)
        return still(self.values[:, used], places, cuts, self.name)

    @property
    def sampling(self) -> Floats:
        """Sampling variances of the same, shape (2 + J, T); 0 where not given."""
        every = np.concatenate([self.window.sampling, self.window.donor_sampling])
        return np.asarray(np.nan_to_num(every))


@dataclass(frozen=True)
class Observed:
    """How indicators are said to be observed.

    Attributes
    ----------
    likelihood : str or mapping from indicator to str
        The law of values about their levels.
    effort : {"none", "offset"}
        Whether the panel's exposure enters.
    exponent : float
        Its power.
    variances : {"auto", "equal", "own"}
        Whether origin, destination and donors have standard deviations of their own.
    """

    likelihood: Likelihood | Mapping[str, Likelihood]
    effort: VesselEffort
    exponent: float
    variances: Variances
    reference: str | None

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, whatever the study."""
        named = self.likelihood
        laws = list(named.values()) if isinstance(named, Mapping) else [named]
        problems = [
            *not_among(
                effort=(self.effort, get_args(VesselEffort)),
                variances=(self.variances, get_args(Variances)),
            )
        ]
        if not (self.reference is None or isinstance(self.reference, str)):
            given = f"reference = {self.reference!r}"
            problems.append(Problem(given, "the name of an indicator", "leave it out"))
        for law in laws:
            problems += not_among(likelihood=(law, get_args(Likelihood)))
        if not (self.exponent == 1 or is_between(self.exponent, 0, 1)):
            given = f"exponent = {self.exponent!r}"
            problems.append(Problem(given, "a number above 0, at most 1", "leave it at 1.0"))
        elif self.exponent != 1 and self.effort == "none":
            given = f"exponent = {self.exponent!r} without effort"
            problems.append(Problem(given, "effort='offset'", "write it, or leave exponent out"))
        return problems

    def readings(self, panel: Panel, design: Design) -> tuple[Reading, ...]:
        """Return one reading for each indicator, the one that effects are told in first.

        Raises
        ------
        DesignError
            When an indicator does not fit the design, exposures are missing, counts are none, or a
            likelihood is named for an indicator that there is not.
        """
        names = [indicator.name for indicator in panel.indicators]
        refuse(*self._unknown(names))
        first = self.reference or names[0]
        order = [first, *(name for name in names if name != first)]
        found = tuple(self._reading(panel[name], design) for name in order)
        places = names_of_places(design)
        refuse(*_breaks_of_several(found), *(p for r in found for p in r.still(places)))
        return found

    def said(self, readings: tuple[Reading, ...]) -> tuple[str, ...]:
        """Return what is said of several indicators, and of effort."""
        notes = []
        if len(readings) > 1:
            others = ", ".join(reading.name for reading in readings[1:])
            notes.append(
                f"effects are told in {readings[0].name}, and what left is compared with what "
                f"arrived in its amounts; {others} are brought to its level before the onset, on "
                "each side by a factor of its own"
            )
        if self.effort == "offset":
            power = "" if self.exponent == 1 else f" to the power {self.exponent:g}"
            notes.append(f"amounts are divided by effort{power} over its mean before the onset")
        return tuple(notes)

    def assumptions(self, readings: tuple[Reading, ...], *, drifting: bool) -> tuple[str, ...]:
        """Return what must be true of several indicators, and of effort."""
        found = []
        if len(readings) > 1:
            but = " but for detection" if drifting else ""
            found.append(f"all indicators catch parts of the same level that stay as they are{but}")
        if self.effort == "offset":
            found.append(f"what is found grows with effort to the power {self.exponent:g}")
        return tuple(found)

    def _reading(self, panel: Panel, design: Design) -> Reading:
        """Return the reading of one indicator."""
        likelihood = self._law(panel.indicator.name)
        if likelihood in _COUNTS:
            need_counts(panel, design, "write likelihood='normal', or unit_of_measure='count'")
        window, cases = read_study("level", None, panel, design)
        if self.effort == "none":
            every = np.ones((len(window.exposure), window.calendar.size))
            return Reading(panel, window, cases, every, likelihood)
        origin, destination = (" + ".join(units) for units in design.sides)
        refuse(*without_exposure(window, (origin, destination)))
        before = np.where(cases.learn[0], window.exposure, np.nan)
        effort = (window.exposure / np.nanmean(before, axis=1, keepdims=True)) ** self.exponent
        same = _at_equal_effort(window, effort)
        return Reading(panel, same, study_cases(same), effort, likelihood)

    def _law(self, name: str) -> Likelihood:
        """Return the likelihood of an indicator: normal where several are named and it is not."""
        if isinstance(self.likelihood, Mapping):
            return self.likelihood.get(name, "normal")
        return self.likelihood

    def _unknown(self, names: list[str]) -> list[Problem]:
        """Return indicators that are named and that the panel has not."""
        laws = self.likelihood if isinstance(self.likelihood, Mapping) else {}
        named = [(f"a likelihood for {name!r}", name) for name in laws]
        named += [(f"reference = {self.reference!r}", self.reference)] if self.reference else []
        known = f"one of {', '.join(names)}"
        return [
            Problem(given, known, suggest(name, names))
            for given, name in named
            if name not in names
        ]


def _breaks_of_several(readings: tuple[Reading, ...]) -> list[Problem]:
    """Return reporting breaks that would be steps of several indicators."""
    needed = "one indicator where a break is a step: a break of one is none of the others"
    remedy = "fit the indicators apart, or split the series at the break"
    return [
        Problem(f"a reporting break of {reading.name!r} beside other indicators", needed, remedy)
        for reading in readings
        if reading.window.breaks and len(readings) > 1
    ]


def _at_equal_effort(window: Window, effort: Floats) -> Window:
    """Return the amounts that the effort of before the onset would have found."""
    return replace(
        window,
        pair=window.pair / effort[:2],
        sampling=window.sampling / effort[:2] ** 2,
        donors=window.donors / effort[2:],
        donor_sampling=window.donor_sampling / effort[2:] ** 2,
    )
