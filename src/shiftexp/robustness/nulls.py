"""Worlds in which nothing happened: earlier onsets, pairs of donors, and series drawn alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.panel import Panel
from shiftexp.robustness.curve import SpecificationCurve
from shiftexp.robustness.drawing import draw_alike
from shiftexp.robustness.posing import allowed, within
from shiftexp.robustness.specifications import Specifications
from shiftexp.scalars import plural

Over: TypeAlias = Literal["simulations", "onsets", "donors"]


@dataclass(frozen=True, eq=False)
class World:
    """One study in which nothing happened.

    Attributes
    ----------
    label : str
        Which one.
    panels : mapping of str to Panel
        Its data.
    design : Design
        Its study.
    """

    label: str
    panels: Mapping[str, Panel]
    design: Design


def earlier_onsets(panel: Panel, design: Design, last: int = 0) -> tuple[World, ...]:
    """Return a world for each onset inside the pre-period, with what came after it cut off.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    last : int, default 0
        Periods before the declared onset that are cut off too.

    Raises
    ------
    DesignError
        When the pre-period is too short for a single one.
    """
    calendar = panel.calendar
    end = calendar.label(calendar.ordinal(design.onset_range[0]) - 1 - last)
    quiet = replace(within(design, calendar, design.start, end), basis="event", event="")
    labels = design.window(panel).calendar.labels
    cases = design.placebos(panel, over="onsets")
    onsets = [labels[t] for t in cases.treated.argmax(axis=1) if labels[t] <= end]
    found = [
        World(f"onset {at}", {panel.indicator.name: panel}, replace(quiet, onset=at))
        for at in onsets
    ]
    return tuple(found)


def donor_pairs(panel: Panel, design: Design, *, apart: bool = False) -> tuple[World, ...]:
    """Return a world for each ordered pair of donors in the roles of origin and destination.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study, with donors.
    apart : bool, default False
        Whether pairs share no donor, so that they count as independent: the first with the second,
        the third with the fourth, as the design names them.

    Raises
    ------
    DesignError
        When there are fewer donors than a pair and one to compare with.
    """
    named, both = design.donors, all(design.sides)
    needed = 3 if both else 2
    if len(named) < needed:
        given = plural(len(named), "donor")
        raise DesignError(Problem(given, f"at least {needed} for a placebo", "name more donors"))
    if not both:
        roles: list[tuple[str | None, str | None]] = [(None, unit) for unit in named]
        roles = [pair[::-1] if design.origin_units else pair for pair in roles]
    elif apart:
        roles = list(zip(named[::2], named[1::2], strict=False))
    else:
        roles = [(a, b) for a in named for b in named if a != b]
    return tuple(_pair_world(panel, design, *pair) for pair in roles)


def _pair_world(panel: Panel, design: Design, origin: str | None, destination: str | None) -> World:
    """Return the study of two donors against the others."""
    rest = tuple(unit for unit in design.donors if unit not in {origin, destination})
    words = design.breaks if isinstance(design.breaks, str) else ()
    posed = replace(
        design,
        origin=origin,
        destination=destination,
        donors=rest,
        allow=allowed(design, panel, rest),
        breaks=words,
        event="",
    )
    label = " > ".join(unit for unit in (origin, destination) if unit)
    return World(label, {panel.indicator.name: panel}, posed)


def drawn_alike(
    curve: SpecificationCurve, count: int, rng: np.random.Generator, *, trend: bool
) -> tuple[World, ...]:
    """Return worlds whose series have the levels and errors of the study's, and no effect.

    Indicators are drawn together: correlated as what is new in their errors is.

    Parameters
    ----------
    curve : SpecificationCurve
        The study with its axes.
    count : int
        How many.
    rng : numpy Generator
        Source of the draws.
    trend : bool
        Whether errors are about straight lines rather than about means; as in ``Scenario.like``.

    Raises
    ------
    DesignError
        When an indicator has too few periods to tell its errors from its regression, or two have
        too few in common to tell how they go together.
    """
    widest = _widest(curve.design, curve.axes, curve.panels)
    studies = [(panel, widest[name]) for name, panel in curve.panels.items()]
    drawn = dict(zip(curve.panels, draw_alike(studies, count, rng, trend=trend), strict=True))
    return tuple(
        World(
            f"draw {b + 1}",
            {n: replace(panel, values=drawn[n][b][None]) for n, panel in curve.panels.items()},
            curve.design,
        )
        for b in range(count)
    )


def _widest(design: Design, axes: Specifications, panels: Mapping[str, Panel]) -> dict[str, Design]:
    """Return, by indicator, a design that sees all that any specification sees."""
    windows = axes.windows or ((design.start, design.end),)
    donors = dict.fromkeys((*design.donors, *(u for _, units in axes.donors for u in units)))
    found = {}
    for name, panel in panels.items():
        calendar = panel.calendar
        units = tuple(u for u in donors if u in panel.units)
        starts = [s for s, _ in windows]
        ends = [e for _, e in windows]
        start = None if None in starts else min(starts, key=calendar.ordinal)
        end = None if None in ends else max(ends, key=calendar.ordinal)
        point = replace(design, onset=design.onset_range[1], basis="event", donors=units)
        known = replace(point, allow=allowed(design, panel, units))
        found[name] = within(known, calendar, start, end)
    return found
