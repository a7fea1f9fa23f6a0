"""The communicating vessels: two stocks, a common factor, and a flow that a known push sets off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar, Literal, TypeAlias, get_args

from shiftexp.design import Design
from shiftexp.detection import DetectionDrift
from shiftexp.effects import Effects
from shiftexp.errors import Problem
from shiftexp.estimators.assembling import (
    CLEAN,
    assemble,
    unit_of_effects,
    yearly,
)
from shiftexp.estimators.cautions import below_zero, flagged_values, not_used
from shiftexp.estimators.vessel_answers import Beliefs, flow_of
from shiftexp.estimators.vessel_checks import (
    empty_before,
    names_of_places,
    not_amounts,
    too_few_periods,
    too_few_years,
)
from shiftexp.estimators.vessel_detection import at_same_detection, drift_found, drift_table
from shiftexp.estimators.vessel_drifts import DeclaredDrift, DriftLike
from shiftexp.estimators.vessel_effects import effects_found
from shiftexp.estimators.vessel_ends import ends_found
from shiftexp.estimators.vessel_histories import history_of, variances_of
from shiftexp.estimators.vessel_notes import doubts
from shiftexp.estimators.vessel_pushes import DeclaredPush, Lags, Period, PushLike
from shiftexp.estimators.vessel_readings import (
    Observed,
    Reading,
    Variances,
    VesselEffort,
)
from shiftexp.estimators.vessel_series import vessel_study
from shiftexp.flow import Flow
from shiftexp.identification import JUMP
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.vessel_rows import Likelihood
from shiftexp.panel import Panel
from shiftexp.result import Fitted, Result, check_inputs
from shiftexp.scalars import (
    is_between,
    is_finite,
    no_level,
    no_seed,
    not_among,
    not_whole,
    plural,
    refuse,
)
from shiftexp.vessel_history import VesselHistory, VesselVariances

OwnChangesLike: TypeAlias = Literal["auto", "donors", "wave", "stated"]
_LEAST_DRAWS, _FEWEST_DONORS = 1000, 4


@dataclass(frozen=True, eq=False)
class VesselsResult(Result):
    """A Result with what the model says of the flow.

    Attributes
    ----------
    flow : Flow
        Limits on the flow and its shares, by what is believed of own changes.
    totals : Effects
        Changes of both sides by the end of the window, freed of a step of detection at the onset
        (models with and without one, averaged by their evidence): a jump there is taken for one;
        what left counts as far as it has arrived. Give it to ``sector_weights``.
    vessels : VesselHistory
        Both sides over time: what they are made of, and what may have flowed between them.
    variances : VesselVariances
        Standard deviations of walks and noise, before and after the data.
    drift : DetectionDrift or None
        How detection changed in indicators in which it was declared to drift.
    """

    flow: Flow = field(kw_only=True)
    totals: Effects = field(kw_only=True)
    vessels: VesselHistory = field(kw_only=True)
    variances: VesselVariances = field(kw_only=True)
    drift: DetectionDrift | None = field(default=None, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class CommunicatingVessels:
    r"""Model two stocks with own and common walks, and a flow from one to the other.

    .. math:: m_{Ot} = m_{O,t-1} + d_O + c_t + \eta_{Ot} - \phi h_t, \quad
       m_{Dt} = m_{D,t-1} + d_D + c_t + \eta_{Dt} + \phi \sum_l w_l h_{t-l}, \quad
       y_{it} = m_{it} + \varepsilon_{it}, \qquad
       0 \le F \le \min(-\Delta_O, \Delta_D)

    with h a push known from outside, and F the flow that has arrived by the end of the window. The
    pair of effects has a coefficient for either side (no conservation); F needs the signs of own
    changes (the origin would not have grown by itself, nor the destination shrunk), and is a range.

    Parameters
    ----------
    push : {"step", "pulse", "ramp", "measured"}, default "step"
        On from the onset to the end; on until ``until``; rising evenly until ``until``; or as
        ``intensity`` says.
    until : str or int, optional
        Last period of a pulse or of the rise.
    intensity : mapping from period to number, optional
        A measured push, from the onset on: ``{2012: 1, 2015: 0, 2018: 3}``. Every number holds
        until the next period named; only their ratios count.
    lags : tuple of int or mapping from int to number, default (0, 1)
        Periods after which what leaves may arrive; several are averaged over by their evidence. A
        mapping has the parts that arrive after so many periods: ``{0: 0.5, 1: 0.3, 2: 0.2}``.
    own_onsets : tuple of periods, default ()
        Periods at which places may change by themselves; without any the onset, or wherever a
        measured push rises (3 times at most).
    own_changes : {"auto", "donors", "wave", "stated"}, default "auto"
        Where the scale of own changes comes from: that of donors' own changes (4 donors or more);
        the same with a change shared by destination and donors; or only the stated scales of 1, 2
        and 4 times the smallest change that matters. ``auto`` takes donors where there are 4.
    likelihood : str or mapping from indicator to str, default "normal"
        Law of values about their levels: "normal"; "proportional" (normal, variance growing with
        the level); "poisson" or "negative binomial" for counts.
    effort : {"none", "offset"}, default "none"
        Whether the panel's exposure (inspections, hours, population) enters: amounts are then those
        at the effort of before the onset.
    exponent : float, default 1.0
        Power of the exposure, above 0 and at most 1: below 1 further effort finds less.
    variances : {"auto", "equal", "own"}, default "auto"
        Whether origin, destination and donors share the standard deviations of walks and noise, or
        have their own; ``auto`` takes own ones where one side's changes are twice the other's.
    reference : str, optional
        Of several indicators that in whose unit effects and flow are told; the first without it.
    margin : float, default 0.1
        The smallest change that matters, m, as a share of the destination's mean before the onset.
        It is the unit of own changes, too: of the stated scales, and of the prior on the scale of
        those like donors' (half-normal of 4 m), so that a small margin asks for small own changes.
    detection : float, default 0.1
        Prior standard deviation of a step in log detection at the onset, on either side, in all
        indicators alike; not used where ``detection_drift`` is declared.
    detection_drift : float or mapping from indicator to float, optional
        Standard deviation of the change in log detection, as a mean over the post periods, of every
        indicator: ``{"seizures": 0.10, "wastewater": 0}``. Those above 0 measure enforcement, 0 is
        what effort leaves alone; one number is for all. It is integrated into all that is told.
    detection_common : float, default 1.0
        The part of its variance that is country-wide, as of ``Detection(common=)``: what indicators
        of a side share. The rest is each one's own.
    draws : int, default 5000
        Draws of the flow, at least 1000.
    level : float, default 0.95
        Level of the sets shown.
    rng : int, default 1
        Seed of the draws.

    Raises
    ------
    DesignError
        When ``push`` or ``own_changes`` is unknown, ``until`` is missing or given to a step,
        ``lags`` are no whole numbers from 0 and no parts of them, ``margin`` is no positive number,
        ``detection`` no number from 0, ``detection_drift`` or ``detection_common`` none from 0 to
        1, ``draws`` no whole number from 1000, ``level`` not strictly
        between 0 and 1, ``intensity`` is missing, not asked for or no numbers from 0,
        ``own_onsets`` no tuple, ``likelihood``, ``effort`` or ``variances`` unknown, ``exponent``
        no power, or ``rng`` no seed; all are listed.

    Notes
    -----
    Random walks and noise have the same standard deviations in all places; donors are brought to
    the pair's scale by their changes. They are averaged over a grid of 864 nodes, with an
    exponential prior of mean .2 of the standard deviation of changes on walks and a half-normal one
    of .8 on noise; where changes look like those of walks, half-normal of .6. Several indicators,
    counts, sampling errors and variances of their own are averaged over a central composite design
    instead, counts by Laplace's method; indicators are brought to the level of the reference before
    the onset, each side by a factor of its own. What is not identified: a flow from the first
    period on; a flow beside two own changes at the onset (a lower limit above zero is a statement
    about the scale of those); an unmeasured change of detection.

    With ``detection_drift`` detection moves after the onset by a normal change, evenly, at once or
    between, in each indicator: all is told at the detection of before, ``result.drift`` has the
    change, and a verdict adds only what it declares beyond. It is learned from how far indicators
    with a drift rise above those with none; without these it is what was declared. Of unlike drifts
    a common part is one effort, felt in proportion. An effort-free indicator that does drift
    misleads, and no number in the output warns of it: METHODS.md has rates.

    When not to use it: a change that is there at once (a step of the level): a push that stays on
    makes changes that grow; ``push="pulse"`` with ``until`` at the onset makes one that does not.
    Where a jump of a side at the onset is likelier than none a note says so, and a verdict does not
    use the effects. A date read off the series; rates, prices and purity, which do not flow
    (refused); indicators that catch another part of the level than before (a step of detection is
    that of all of them). Missing values are taken out exactly, by a coefficient of their own.

    References
    ----------
    Harvey, A. C. (1989). Forecasting, structural time series models and the Kalman filter.
    Cambridge University Press. https://doi.org/10.1017/CBO9781107049994

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(origin_effect=-40, destination_effect=40, rng=1)
    >>> result = sx.CommunicatingVessels().fit(panel, design)
    >>> result.flow.limits.flow[0]
    0.0
    """

    push: PushLike = "step"
    until: Period | None = None
    intensity: Mapping[Period, float] | None = None
    lags: Lags = (0, 1)
    own_onsets: tuple[Period, ...] = ()
    own_changes: OwnChangesLike = "auto"
    likelihood: Likelihood | Mapping[str, Likelihood] = "normal"
    effort: VesselEffort = "none"
    exponent: float = 1.0
    variances: Variances = "auto"
    reference: str | None = None
    margin: float = 0.1
    detection: float = 0.1
    detection_drift: DriftLike = None
    detection_common: float = 1.0
    draws: int = 5000
    level: float = 0.95
    rng: int = 1

    maturity: ClassVar[str] = "emerging"

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        problems = [
            *self._pushed.problems(),
            *self._observed.problems(),
            *self._drift.problems(),
            *not_among(own_changes=(self.own_changes, get_args(OwnChangesLike))),
            *not_whole("draws", self.draws, _LEAST_DRAWS, "leave it at 5000"),
            *no_level(self.level),
            *no_seed(self.rng),
        ]
        if not is_between(self.margin, 0, math.inf):
            given = f"margin = {self.margin!r}"
            problems.append(Problem(given, "a positive number", "leave it at 0.1"))
        if not (is_finite(self.detection) and self.detection >= 0):
            given = f"detection = {self.detection!r}"
            problems.append(Problem(given, "a number from 0", "leave it at 0.1"))
        refuse(*problems)

    @property
    def _pushed(self) -> DeclaredPush:
        """The push as it is declared."""
        return DeclaredPush(self.push, self.until, self.intensity, self.lags, self.own_onsets)

    @property
    def _observed(self) -> Observed:
        """How indicators are observed."""
        return Observed(self.likelihood, self.effort, self.exponent, self.variances, self.reference)

    @property
    def _drift(self) -> DeclaredDrift:
        """What is declared of detection in indicators."""
        return DeclaredDrift(self.detection_drift, self.detection_common)

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case.

        Parameters
        ----------
        panel : Panel
            One indicator or several, of amounts that add and that both sides count alike.
        design : Design
            The study, with both sides.

        Raises
        ------
        DesignError
            When the design does not fit the panel or has one side only; the indicator is a rate or
            is not comparable; there are fewer than 6 periods before or 3 after the onset; a lag is
            longer than the periods after it, ``until`` or ``own_onsets`` lie outside them, or a
            measured push starts before the onset or rises often; donors' own changes
            are asked of fewer than 4 donors; exposures are missing, counts are none, or an
            indicator cannot be brought to the level of the first.
        """
        return self._read(panel, design)[0].cases

    def fit(self, panel: Panel, design: Design) -> VesselsResult:
        """Return the pair of effects with its posterior, and limits on the flow.

        Parameters
        ----------
        panel : Panel
            Indicators, in their units per period; effects are told in that of the first.
        design : Design
            The study; donors bear on the common walk, and tell the scale of own changes.

        Raises
        ------
        DesignError
            As in :meth:`prepare`.
        """
        readings = self._read(panel, design)
        told, window, cases = readings[0].panel, readings[0].window, readings[0].cases
        places, names = names_of_places(design), tuple(reading.name for reading in readings)
        study = vessel_study(
            panel.calendar, readings, self._pushed, self.variances, self._drift, places
        )
        annual = yearly(told, cases)
        found, integrated = drift_found(study), self._drift.integrated(names)
        window, cases = at_same_detection(found, window, cases)
        beliefs, unit = self._beliefs(design, integrated), unit_of_effects(told)
        step = self.detection if found is None else 0.0
        totals, jumps = ends_found(study, cases, annual, step, unit, pulse=self.push == "pulse")
        flow = flow_of(study, beliefs, annual, unit)
        flags = (*flow.flags, JUMP) if jumps else flow.flags
        flow = replace(flow, maturity=self.maturity, flags=flags)
        notes = (
            *doubts(study, flow),
            *self._observed.said(readings),
            *self._drift.said(names),
            *flagged_values(window, donors=bool(design.donors), stacklevel=3),
            *not_used(told, design, sampling=False, exposure=self.effort == "none"),
        )
        result = assemble(
            effects_found(study, cases, annual, self.level, notes),
            told,
            design,
            window,
            cases,
            estimator=self,
            name=f"Communicating vessels ({self.push})",
            level=self.level,
            assumptions=(
                "levels are random walks with drift, partly common; noise is independent",
                *self._observed.assumptions(readings, drifting=integrated > 0),
                *self._pushed.assumptions(design),
                *((CLEAN,) if design.donors else ()),
                *self._drift.assumptions(names),
            ),
            donors=bool(design.donors),
        )
        shown = {f.name: getattr(result, f.name) for f in fields(Result)}
        shown["fitted"] = Fitted(self, panel)
        shown["indicators"] = len(readings)
        shown["effects"] = replace(result.effects, integrated=integrated)
        shown["notes"] = (*result.notes, *below_zero(result.paths, "level", remedy=""))
        return VesselsResult(
            **shown,
            flow=flow,
            totals=replace(totals, integrated=integrated),
            vessels=history_of(study, window, design, flow, beliefs, annual),
            variances=variances_of(study, readings, design, annual, unit),
            drift=drift_table(found, names, annual, unit, self.level),
        )

    def _read(self, panel: Panel, design: Design) -> tuple[Reading, ...]:
        """Return the readings of all indicators, after checking them."""
        check_inputs(panel, design)
        readings = self._observed.readings(panel, design)
        window, cases = readings[0].window, readings[0].cases
        refuse(
            *not_amounts(readings[0].panel, design),
            *self._too_few(cases, design),
            *too_few_years(readings[0].parts, cases.seasons),
            *empty_before(readings[0].values[1][cases.learn[0]], " + ".join(design.sides[1])),
            *self._drift.misfits([reading.name for reading in readings]),
            *self._pushed.misfits(panel.calendar, window, int(cases.post.sum())),
        )
        return readings

    def _too_few(self, cases: Cases, design: Design) -> list[Problem]:
        """Return what there is too little of: periods, periods after a lag, donors."""
        problems = too_few_periods(int(cases.learn.sum()), int(cases.post.sum()))
        if self.own_changes in {"donors", "wave"} and len(design.donors) < _FEWEST_DONORS:
            given = f"own_changes = {self.own_changes!r} with {plural(len(design.donors), 'donor')}"
            needed = f"at least {_FEWEST_DONORS}"
            problems.append(Problem(given, needed, "name more, or write own_changes='stated'"))
        return problems

    def _beliefs(self, design: Design, integrated: float) -> Beliefs:
        """Return what is asked of the flow."""
        enough = len(design.donors) >= _FEWEST_DONORS
        return Beliefs(
            margin=self.margin,
            detection=integrated or self.detection,
            like_donors=self.own_changes != "stated" and enough,
            wave=self.own_changes == "wave",
            few_donors=0 < len(design.donors) < _FEWEST_DONORS,
            draws=self.draws,
            rng=self.rng,
            level=self.level,
        )
