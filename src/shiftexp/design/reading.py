"""What a design sees of a panel: allowed values, joint periods, breaks, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design.declaration import Declaration
from shiftexp.design.omissions import name_donor_gaps, name_flags, name_omissions
from shiftexp.design.places import SAFE, allowed, among, locate, rows, span
from shiftexp.design.words import Break
from shiftexp.errors import Problem, suggest
from shiftexp.kernels.cases import Booleans, Floats, Integers
from shiftexp.panel import Calendar, Panel
from shiftexp.scalars import plural, refuse


@dataclass(frozen=True, eq=False)
class Window:
    """The part of a panel that a design sees, T periods long.

    Attributes
    ----------
    calendar : Calendar
        The periods from ``start`` to ``end``.
    pair : array of shape (2, T)
        Origin and destination, several units summed (rates: averaged), NaN where one is missing.
    sampling : array of shape (2, T)
        Sampling variances of both, in the unit squared; NaN where they are not given.
    donors : array of shape (J, T)
        Donors, NaN where missing.
    donor_sampling : array of shape (J, T)
        Their sampling variances; NaN where they are not given.
    exposure : array of shape (2 + J, T)
        Exposures of origin, destination and donors, several units summed (rates: averaged); NaN
        where they are not given.
    donor_names : tuple of str
        Their names.
    joint : array of shape (T,)
        Periods in which every focal unit is observed with an allowed flag and which are not
        excluded, but for candidates of the onset.
    usable : array of shape (T,)
        The same, candidates of the onset among them.
    onsets : array of ints
        Positions of the candidate onsets.
    breaks : tuple of (side, position)
        Steps to be fitted: 0 is the origin, 1 the destination.
    dropped : tuple of str
        What was left out, and why.
    donor_gaps : tuple of str
        Donors' values that are missing in used periods or left out for their flag.
    flagged, donor_flags : tuple of str
        Used values that carry a flag, of origin and destination, and of donors.
    """

    calendar: Calendar
    pair: Floats
    sampling: Floats
    donors: Floats
    donor_sampling: Floats
    exposure: Floats
    donor_names: tuple[str, ...]
    joint: Booleans
    usable: Booleans
    onsets: Integers
    breaks: tuple[tuple[int, int], ...]
    dropped: tuple[str, ...]
    donor_gaps: tuple[str, ...]
    flagged: tuple[str, ...]
    donor_flags: tuple[str, ...]


def joint_periods(design: Declaration, panel: Panel) -> Integers:
    """Return positions, not excluded, with an allowed value of every focal unit."""
    start, end = span(design, panel)
    inside = np.zeros(panel.calendar.size, dtype=bool)
    inside[start : end + 1] = True
    for period in design.exclude:
        position = locate(panel, period)
        if 0 <= position < panel.calendar.size:
            inside[position] = False
    focal = (*design.origin_units, *design.destination_units)
    inside &= np.isfinite(_allowed_values(design, panel, focal)).all(axis=0)
    return np.flatnonzero(inside)


def focal_breaks(design: Declaration, panel: Panel) -> tuple[Break, ...]:
    """Return values of focal units flagged ``break`` inside the window, after its first period."""
    start, end = span(design, panel)
    treatment = design.breaks if isinstance(design.breaks, str) else "dummy"
    found = []
    for unit in (*design.origin_units, *design.destination_units):
        flags = panel.quality[0, panel.units.index(unit)]
        found += [
            Break(panel.calendar.labels[t], unit, treatment)
            for t in np.flatnonzero(flags == "break")
            if start < t <= end
        ]
    return tuple(found)


def read_window(design: Declaration, panel: Panel) -> Window:
    """Return what the design sees, after listing everything that does not fit.

    Raises
    ------
    DesignError
        With all problems of units, periods, donors, breaks and flags at once.
    """
    names = _name_problems(design, panel)
    refuse(*names, *_date_problems(design, panel))
    start, end = span(design, panel)
    flagged = focal_breaks(design, panel)
    treated = flagged if design.breaks in {"dummy", "split"} else design.declared_breaks
    onsets = np.arange(*(locate(panel, p) for p in design.onset_range)) - start
    onsets = np.append(onsets, locate(panel, design.onset_range[1]) - start)
    observed = np.zeros(panel.calendar.size, dtype=bool)
    observed[joint_periods(design, panel)] = True
    usable = keep_regime(design, panel, treated, observed)[start : end + 1]
    joint = usable.copy()
    joint[max(onsets[0], 0) : max(onsets[-1], 0)] = False  # neither before nor after for certain
    pair = np.stack([_side(design, panel, units) for units in design.sides])[:, start : end + 1]
    donors = _allowed_values(design, panel, design.donors)[:, start : end + 1]
    refuse(
        *_flag_problems(design, panel, start, end),
        *_break_problems(design, panel, flagged, treated),
        *_series_problems(design, panel, pair, joint),
        *_donor_problems(design, donors),
        *_period_problems(design, joint, onsets),
    )
    calendar = Calendar(panel.calendar.frequency, panel.calendar.first + start, end - start + 1)
    return Window(
        calendar=calendar,
        pair=pair,
        sampling=np.stack([_sampling(panel, u) for u in design.sides])[:, start : end + 1],
        donors=donors,
        donor_sampling=_donor_sampling(panel, design.donors)[:, start : end + 1],
        exposure=np.vstack(
            [*(_exposure(panel, units) for units in design.sides), _donor_exposure(panel, design)]
        )[:, start : end + 1],
        donor_names=design.donors,
        joint=joint,
        usable=usable,
        onsets=onsets,
        breaks=tuple(
            (int(b.unit in design.destination_units), locate(panel, b.period) - start)
            for b in treated
            if b.treatment == "dummy" and start < locate(panel, b.period) <= end
        ),
        dropped=name_omissions(design, panel, start, joint),
        donor_gaps=name_donor_gaps(design, panel, start, joint),
        flagged=name_flags(
            (*design.origin_units, *design.destination_units), design, panel, start, joint
        ),
        donor_flags=name_flags(design.donors, design, panel, start, joint),
    )


def refuse_unknown_names(design: Declaration, panel: Panel) -> None:
    """Refuse units, donors and breaks that the panel does not have, and a panel of several kinds.

    Raises
    ------
    DesignError
        With all of them at once.
    """
    refuse(*_name_problems(design, panel))


def _allowed_values(design: Declaration, panel: Panel, units: tuple[str, ...]) -> Floats:
    """Return the values of units whose flags the design allows, NaN elsewhere, shape (n, T)."""
    at = rows(panel, units)
    return np.where(allowed(design, panel.quality[0, at]), panel.values[0, at], np.nan)


def _side(design: Declaration, panel: Panel, units: tuple[str, ...]) -> Floats:
    """Return one side: the sum of its units (rates: their mean), NaN when a unit is missing."""
    if not units:
        return np.full(panel.calendar.size, np.nan)
    values = _allowed_values(design, panel, units)
    additive = panel.indicators[0].additive
    return np.asarray(values.sum(axis=0) if additive else values.mean(axis=0))


def _sampling(panel: Panel, units: tuple[str, ...]) -> Floats:
    """Return the sampling variance of one side; NaN where that of a unit is not given."""
    if not units:
        return np.full(panel.calendar.size, np.nan)
    total = (panel.std_error[0, rows(panel, units)] ** 2).sum(axis=0)
    return np.asarray(total if panel.indicators[0].additive else total / len(units) ** 2)


def _donor_sampling(panel: Panel, donors: tuple[str, ...]) -> Floats:
    """Return the sampling variances of donors, shape (J, T)."""
    return np.asarray(panel.std_error[0, rows(panel, donors)] ** 2)


def _exposure(panel: Panel, units: tuple[str, ...]) -> Floats:
    """Return the exposure of one side; NaN where that of a unit is not given."""
    if not units:
        return np.full(panel.calendar.size, np.nan)
    values = panel.exposure[0, [panel.units.index(unit) for unit in units]]
    return np.asarray(values.sum(axis=0) if panel.indicators[0].additive else values.mean(axis=0))


def _donor_exposure(panel: Panel, design: Declaration) -> Floats:
    """Return the exposures of donors, shape (J, T)."""
    return np.asarray(panel.exposure[0, rows(panel, design.donors)])


def keep_regime(
    design: Declaration, panel: Panel, treated: tuple[Break, ...], joint: Booleans
) -> Booleans:
    """Leave out the periods beyond breaks that are split, on the side away from the onset."""
    kept = joint.copy()
    first = locate(panel, design.onset_range[0])
    for declared in treated:
        at = locate(panel, declared.period)
        if declared.treatment == "split" and 0 < at < len(kept):
            kept[slice(None, at) if at <= first else slice(at, None)] = False
    return kept


def _name_problems(design: Declaration, panel: Panel) -> list[Problem]:
    """Return unknown units and periods, unnamed near donors, and a panel of several indicators."""
    problems = []
    if len(panel.indicators) > 1:
        names = ", ".join(i.name for i in panel.indicators)
        problems.append(
            Problem(
                f"a panel of {len(panel.indicators)} indicators ({names})",
                "one indicator",
                f"pick one, as in panel[{panel.indicators[0].name!r}]",
            )
        )
    known = frozenset(panel.units)
    roles = {"origin": design.origin_units, "destination": design.destination_units}
    for role, units in (*roles.items(), ("donor", design.donors)):
        problems += [
            Problem(f"{role} {unit!r}", "a unit of the panel", suggest(unit, panel.units), (unit,))
            for unit in units
            if unit not in known
        ]
    problems += [
        Problem(
            f"donor {donor!r} is a near donor",
            "donors that cannot have received diverted activity",
            f"take it out, or say allow=({donor!r},) and report far and near pools side by side",
            (donor,),
        )
        for donor in design.donors
        if donor in panel.near and donor not in design.allow
    ]
    problems += [
        Problem(
            f"break of {declared.unit!r} in {declared.period}",
            "a break of the origin or the destination",
            suggest(declared.unit, (*design.origin_units, *design.destination_units)),
            (declared.unit,),
        )
        for declared in design.declared_breaks
        if declared.unit not in (*design.origin_units, *design.destination_units)
    ]
    return problems


def _date_problems(design: Declaration, panel: Panel) -> list[Problem]:
    """Return dates out of order or out of range."""
    start, end = span(design, panel)
    labels = panel.calendar.labels
    first, last = (locate(panel, p) for p in design.onset_range)
    problems = []
    if first > last:
        problems.append(
            Problem(f"onset = {design.onset!r}", "first <= last", "exchange the two ends")
        )
    if start > end:
        given = f"start = {design.start!r}, end = {design.end!r}"
        return [*problems, Problem(given, "start <= end inside the data", "widen the window")]
    for period, position in zip(design.onset_range, (first, last), strict=True):
        if not start < position <= end:
            where = "at the start of" if position == start else "outside"
            given = f"onset {period!r} {where} the window {labels[start]} to {labels[end]}"
            needed = "an onset with periods before it"
            problems.append(Problem(given, needed, "move the onset or widen start and end"))
    return list(dict.fromkeys(problems))


def _flag_problems(design: Declaration, panel: Panel, start: int, end: int) -> list[Problem]:
    """Return doubtful values for which the design gives no permission."""
    if design.quality is not None:
        return []
    units = (*design.origin_units, *design.destination_units, *design.donors)
    flags = panel.quality[0, rows(panel, units), start : end + 1]
    doubtful = np.argwhere(~among(flags, SAFE) & (flags != ""))
    if not len(doubtful):
        return []
    labels = panel.calendar.labels
    return [
        Problem(
            f"{plural(len(doubtful), 'value')} flagged suspect or recalled",
            "a word on whether they may be used",
            f"say quality={SAFE!r} to count them as missing, or add their flag to use them",
            tuple(f"{units[i]}, {labels[start + t]}: {flags[i, t]}" for i, t in doubtful),
        )
    ]


def _break_problems(
    design: Declaration, panel: Panel, flagged: tuple[Break, ...], treated: tuple[Break, ...]
) -> list[Problem]:
    """Return untreated breaks and breaks that cannot be told from the onset."""
    first, last = (locate(panel, p) for p in design.onset_range)
    named = {(b.period, b.unit) for b in treated}
    problems = [
        Problem(
            f"a reporting break of {b.unit} in {b.period}",
            "a treatment for every break",
            f'say breaks = ["{b.period}:{b.unit}:dummy"] or end the window before it',
            (f"{b.unit}, {b.period}",),
        )
        for b in flagged
        if (b.period, b.unit) not in named
    ]
    problems += [
        Problem(
            f"the reporting break of {b.unit} in {b.period} lies at the onset {design.onset!r}",
            "an onset that can be told from a change of counting",
            "study the other side alone, or another onset",
            (f"{b.unit}, {b.period}",),
        )
        for b in treated
        if first <= locate(panel, b.period) <= last
    ]
    return problems


def _series_problems(
    design: Declaration, panel: Panel, pair: Floats, joint: Booleans
) -> list[Problem]:
    """Return sides without any value and sides that never change."""
    problems = []
    names = (design.origin, design.destination)
    for units, name, values in zip(design.sides, names, pair, strict=True):
        known = values[np.isfinite(values)]
        if units and not known.size:
            problems.append(
                Problem(
                    f"{name!r} has no usable value in the window",
                    "observed values",
                    "check unit names, quality flags and the window",
                    units,
                )
            )
        elif units and joint.sum() > 1 and np.ptp(values[joint]) == 0:
            problems.append(
                Problem(
                    f"{name!r} is constant at {values[joint][0]:g} "
                    f"{panel.indicators[0].unit_of_measure}",
                    "a series that varies: its error cannot be estimated",
                    "check whether the values were filled in",
                    units,
                )
            )
    return problems


def _donor_problems(design: Declaration, donors: Floats) -> list[Problem]:
    """Return donors without a single usable value in the window."""
    observed = np.asarray(np.isfinite(donors).any(axis=1))
    return [
        Problem(
            f"donor {name!r} has no usable value in the window",
            "observed values",
            "take it out of the donors, or check quality flags and the window",
            (name,),
        )
        for name, seen in zip(design.donors, observed, strict=True)
        if not seen
    ]


def _period_problems(design: Declaration, joint: Booleans, onsets: Integers) -> list[Problem]:
    """Return windows with nothing jointly observed before or after the onset."""
    before, after = int(joint[: onsets[0]].sum()), int(joint[onsets[-1] :].sum())
    return [
        Problem(
            f"{count} jointly observed periods {where} the onset {design.onset!r}",
            "at least one",
            "widen the window, move the onset, or study each side alone",
        )
        for count, where in ((before, "before"), (after, "after"))
        if count < 1
    ]
