"""Whose break comes first: the origin's or the destination's, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shiftexp.description.breaking import LEAST, BreakSettings, breaks_of, series_problems
from shiftexp.description.dating import Errors, error_autocorrelation
from shiftexp.description.observed import Observed
from shiftexp.description.structural import StructuralBreaks
from shiftexp.design import Design
from shiftexp.dynamics.pair import DynamicPair, Scale, read_pair
from shiftexp.errors import Problem
from shiftexp.evidence import Evidence
from shiftexp.kernels.autoregression import autoregression
from shiftexp.kernels.break_pairs import BrokenPair, GapTests, date_p, gap_tests, joint_errors
from shiftexp.kernels.breaks import break_design, shortest_segment
from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.panel import Panel
from shiftexp.scalars import error_rate, plural, refuse
from shiftexp.table import Table, format_number, quantity_frame

_LEAST_LAG, _LAG_SHARE = 2, 10
_ROLES = ("origin", "destination")


@dataclass(frozen=True)
class SideBreak:
    """The largest break of one side.

    Attributes
    ----------
    name : str
        The side.
    period, low, high : str
        First period after the break, and its limits: the hull of the dates that are not rejected.
    jump : float
        How far the line jumps there, in its unit or in logs.
    p_value : float
        p of sup-F: of the null that nothing breaks.
    """

    name: str
    period: str
    low: str
    high: str
    jump: float
    p_value: float


@dataclass(frozen=True, eq=False, repr=False)
class BreakOrder(Table):
    """The breaks of origin and destination, and the periods between them.

    Attributes
    ----------
    labels : tuple of str
        Names of the T periods.
    origin, destination : SideBreak
        Their largest breaks.
    gap : int
        Periods from the origin's break to the destination's; above 0 the origin broke first.
    conf_low, conf_high : int
        Limits of the gap: the hull of those that are not rejected.
    p_value : float
        p of the null that the destination's break is not after the origin's.
    power : float
        How often that is rejected of such series when the destination's break comes ``later``.
    later : int
        Periods after the origin's break that the power is stated for.
    gaps, gap_p : arrays of shape (G,)
        Every gap that the dates allow, and its p.
    values, fitted : arrays of shape (2, T)
        Both sides without their seasons, and their broken lines, on the scale that was chosen.
    scale : {"level", "log"}
        That scale.
    unit : str
        Unit of measurement of their levels.
    level : float
        Level of the limits.
    simulations : int
        Series that each p is counted in.
    notes : tuple of str
        What to know before reading it.
    """

    labels: tuple[str, ...]
    origin: SideBreak
    destination: SideBreak
    gap: int
    conf_low: int
    conf_high: int
    p_value: float
    power: float
    later: int
    gaps: Integers
    gap_p: Floats
    values: Floats
    fitted: Floats
    scale: Scale
    unit: str
    level: float
    simulations: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def found(self) -> bool:
        """Whether the destination's break is found to be after the origin's."""
        return self.p_value <= error_rate(self.level)

    @property
    def as_a_shift(self) -> bool:
        """Whether the origin falls at its break and the destination grows at its own."""
        return self.origin.jump < 0 < self.destination.jump

    @property
    def evidence(self) -> Evidence:
        """The origin's fall before the destination's growth speaks for a shift; never a bound.

        With other signs p is 1: the order shows nothing of a shift, and nothing against one.
        """
        shown = self.as_a_shift
        signs = "" if shown else "; the breaks do not have the signs of a shift"
        return Evidence(
            about="shift",
            p_value=self.p_value if shown else 1.0,
            power=self.power,
            source=f"breaks of {self.origin.name} ({self.origin.period}) and "
            f"{self.destination.name} ({self.destination.period}): gap {self.gap}{signs}",
        )

    def summary(self) -> str:
        """Return the finding in words."""
        order = "after" if self.found else "not shown to be after"
        found = (
            f"{self.destination.name} breaks in {self.destination.period}, {order} "
            f"{self.origin.name} in {self.origin.period} (p = {format_number(self.p_value, 3)}): "
            f"{plural(self.gap, 'period')}, {self.conf_low} to {self.conf_high}"
        )
        could = (
            f"a break of the destination {plural(self.later, 'period')} after the origin's is "
            f"found to be so in {self.power:.0%} of such series"
        )
        return "\n".join([found, could, *(f"- {note}" for note in self.notes)])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each quantity."""
        none = float("nan")
        rows: list[tuple[str, object, object, object, float]] = [
            (f"break of the {role}: {each.name}", each.period, each.low, each.high, each.p_value)
            for role, each in zip(_ROLES, (self.origin, self.destination), strict=True)
        ]
        rows += [
            (f"jump of the {role}", each.jump, none, none, none)
            for role, each in zip(_ROLES, (self.origin, self.destination), strict=True)
        ]
        rows.append(("periods between", self.gap, self.conf_low, self.conf_high, self.p_value))
        rows.append((f"power at {self.later} periods", self.power, none, none, none))
        return quantity_frame(rows)


def break_order(
    panel: Panel,
    design: Design,
    *,
    scale: Scale = "level",
    trend: bool = False,
    errors: Errors = "persistent",
    trimming: float = 0.15,
    level: float = 0.95,
    simulations: int = 399,
    rng: int = 1,
) -> BreakOrder:
    r"""Return whether the destination's break comes after the origin's, and by how much.

    .. math:: \delta = \tau_D - \tau_O, \qquad z_{it} = x_t' \beta_i + x_t' \gamma_i
       1[t \ge \tau_i] + u_{it}

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study, with both sides; its onset takes no part, the dates are those of the series.
    scale : {"level", "log"}, default "level"
        Where the lines are fitted.
    trend : bool, default False
        Whether a slope breaks too.
    errors : {"autoregressive", "persistent", "independent"}, default "persistent"
        Errors under which a side is asked whether it breaks at all, as in `structural_breaks`.
    trimming : float, default 0.15
        Share of the periods before and after a break.
    level : float, default 0.95
        Level of the limits; a side has a break where sup-F rejects at 1 - level.
    simulations : int, default 399
        Series that each p is counted in.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    BreakOrder
        Both breaks and the periods between them, with limits, and ``evidence``.

    Raises
    ------
    DesignError
        When a setting is none; all are listed.
    DesignError
        When a side is missing, the run without a gap is too short, or logs meet values that are not
        above zero.
    DesignError
        When a side has no break that is found, by name: dates of nothing have no order.

    Notes
    -----
    Limits are those gaps whose likelihood ratio is not rejected (Eo and Morley, 2015); its law is
    counted in series drawn about the likeliest lines with that gap; limits of each date come from
    the same test of one side. Errors are AR(1) with the
    autocorrelation of `structural_breaks`, halfway between broken and unbroken line; what is new in
    a period is drawn for both sides together, so that common shocks stay common. Each side has one
    break: of several the largest.

    When not to use it: as evidence that anything moved. Two independent events have an order too.
    Measured size and coverage stand in METHODS.md.

    References
    ----------
    Eo, Y., & Morley, J. (2015). Likelihood-ratio-based confidence sets for the timing of structural
    breaks. Quantitative Economics, 6(2), 463-497. https://doi.org/10.3982/QE186

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(flow=40.0, periods=(15, 15), sd=3.0, rng=1)
    >>> found = sx.break_order(panel, design, simulations=99)
    >>> found.origin.period, found.destination.period
    ('2016', '2016')
    """
    settings = BreakSettings(
        scale=scale, trend=trend, errors=errors, trimming=trimming, level=level,
        simulations=simulations, rng=rng,
    )  # fmt: skip
    refuse(*settings.problems())
    pair = read_pair(panel, design, scale=scale, least=LEAST)
    sides = [
        Observed(name, pair.labels, values, pair.season, pair.per_year)
        for name, values in zip(pair.names, pair.values, strict=True)
    ]
    fitted = replace(settings, scale="level")  # the pair is read on its scale already
    refuse(*(p for side in sides for p in series_problems(side, None, fitted)))
    found = [breaks_of(side, None, fitted) for side in sides]
    refuse(*_unbroken(found, error_rate(level)))
    return _order(pair, sides, found, settings)


def _unbroken(found: list[StructuralBreaks], error: float) -> list[Problem]:
    """Return the problems of sides without a break."""
    return [
        Problem(
            f"{role} {each.series.name!r} has no break that is found: sup-F p = "
            f"{format_number(each['sup-F'].p_value, 2)}",
            f"p of at most {error:g} on both sides",
            "dates of nothing have no order: give longer series, or ask whether it moved otherwise",
        )
        for role, each in zip(_ROLES, found, strict=True)
        if each["sup-F"].p_value > error
    ]


def _order(
    pair: DynamicPair,
    sides: list[Observed],
    found: list[StructuralBreaks],
    settings: BreakSettings,
) -> BreakOrder:
    """Return the order of two breaks that were found."""
    x, seasons = sides[0].regressors(trend=settings.trend)
    shortest = shortest_segment(pair.count, x.shape[1], settings.trimming)
    design = break_design(x, shortest, seasons=seasons)
    broken = BrokenPair.fit(design, pair.values @ design.adjust.T)
    rng = np.random.default_rng(settings.rng)
    innovations, rho = _innovations(broken, pair.values, seasons)
    errors = joint_errors(innovations, rho, settings.simulations, rng)
    later = max(_LEAST_LAG, pair.count // _LAG_SHARE)
    error = error_rate(settings.level)
    tests = gap_tests(broken, errors, later, error)
    accepted = tests.gaps[_accepted(tests, broken.gap, error)]
    dates = date_p(broken, errors) > error
    origin, destination = (_side_break(broken, pair, found, dates, k) for k in (0, 1))
    return BreakOrder(
        labels=pair.labels,
        origin=origin,
        destination=destination,
        gap=broken.gap,
        conf_low=int(accepted.min()),
        conf_high=int(accepted.max()),
        p_value=tests.p_not_after,
        power=tests.power,
        later=later,
        gaps=tests.gaps,
        gap_p=tests.p_values,
        values=broken.series,
        fitted=broken.fitted,
        scale=settings.scale,
        unit=pair.unit,
        level=settings.level,
        simulations=settings.simulations,
        notes=_notes(pair, found, (origin, destination), settings),
    )


def _accepted(tests: GapTests, gap: int, error: float) -> Booleans:
    """Return which gaps are not rejected, the observed one among them."""
    return np.asarray((tests.p_values > error) | (tests.gaps == gap))


def _innovations(pair: BrokenPair, raw: Floats, seasons: Floats | None) -> tuple[Floats, Floats]:
    """Return what is new in the errors of both sides, (2, T - 1), and their autocorrelations."""
    x, time = pair.design.x, np.arange(raw.shape[1], dtype=float)
    fixed = np.empty((len(time), 0)) if seasons is None else seasons
    found, rhos = [], []
    for side in (0, 1):
        start = int(pair.design.positions[pair.best[side]])
        late = np.where(time[:, None] >= start, x, 0.0)
        broken = np.hstack([x, late, fixed])
        rho = error_autocorrelation(raw[side], x, seasons, time, start, "autoregressive")
        errors = pair.series[side] - pair.fitted[side]
        new = errors[1:] - rho * errors[:-1]
        new = new - new.mean()
        sd = autoregression(raw[side], broken, time).sd * np.sqrt(1 - rho**2)
        found.append(new * sd / max(new.std(), np.finfo(float).tiny))
        rhos.append(rho)
    return np.array(found), np.array(rhos)


def _side_break(
    broken: BrokenPair,
    pair: DynamicPair,
    found: list[StructuralBreaks],
    accepted: Booleans,
    side: int,
) -> SideBreak:
    """Return the largest break of one side."""
    start = int(broken.design.positions[broken.best[side]])
    late = np.arange(pair.count)[:, None] >= start
    x = np.hstack([broken.design.x, np.where(late, broken.design.x, 0.0)])
    coefficients = np.linalg.lstsq(x, broken.series[side], rcond=None)[0]
    jump = float(broken.design.x[start] @ coefficients[broken.design.x.shape[1] :])
    p_value = found[side]["sup-F"].p_value
    held = {start, *broken.design.positions[accepted[side]].tolist()}
    period, low, high = (pair.labels[t] for t in (start, min(held), max(held)))
    return SideBreak(pair.names[side], period, low, high, jump, p_value)


def _notes(
    pair: DynamicPair,
    found: list[StructuralBreaks],
    breaks: tuple[SideBreak, SideBreak],
    settings: BreakSettings,
) -> tuple[str, ...]:
    """Return what to know before reading an order."""
    notes = [
        "an order of breaks is evidence of timing, no sign that anything moved",
        f"sup-F: {settings.said}; describe asks of logs with a trend: another p",
    ]
    if not breaks[0].jump < 0 < breaks[1].jump:
        said = " and ".join(
            f"{each.name} {'falls' if each.jump < 0 else 'rises'} at its break" for each in breaks
        )
        notes.append(f"{said}: not the signs of a shift, so that the order speaks for none")
    notes += [
        f"{each.series.name} has {len(each.dates)} breaks: the largest is taken"
        for each in found
        if len(each.dates) > 1
    ]
    return (*notes, *pair.notes)
