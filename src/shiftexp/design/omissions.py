"""What a design leaves out of a panel, or uses with a flag, said in words."""

from __future__ import annotations

import numpy as np

from shiftexp.design.declaration import Declaration
from shiftexp.design.places import SAFE, allowed, locate, rows
from shiftexp.kernels.cases import Booleans
from shiftexp.panel import Panel


def name_omissions(
    design: Declaration, panel: Panel, start: int, joint: Booleans
) -> tuple[str, ...]:
    """Say which periods of the focal units were left out, and why."""
    labels = panel.calendar.labels
    excluded = {locate(panel, p) for p in design.exclude}
    first, last = (locate(panel, p) for p in design.onset_range)
    notes = []
    for t in np.flatnonzero(~joint) + start:
        if t in excluded:
            notes.append(f"{labels[t]}: excluded by the design")
            continue
        if first <= t < last:
            notes.append(f"{labels[t]}: among the candidate onsets, neither before nor after")
            continue
        for unit in (*design.origin_units, *design.destination_units):
            flag = str(panel.quality[0, panel.units.index(unit), t])
            if not flag:
                notes.append(f"{labels[t]}: {unit} not observed")
            elif flag not in (design.quality or SAFE):
                notes.append(f"{labels[t]}: {unit} flagged {flag}")
    return tuple(notes)


def name_donor_gaps(
    design: Declaration, panel: Panel, start: int, joint: Booleans
) -> tuple[str, ...]:
    """Say which values of donors are missing in used periods, or left out for their flag."""
    flags = panel.quality[0, rows(panel, design.donors), start : start + len(joint)]
    notes = []
    for unit, t in np.argwhere(joint & ~allowed(design, flags)):
        why = f"flagged {flags[unit, t]}" if flags[unit, t] else "not observed"
        notes.append(f"{panel.calendar.labels[start + t]}: donor {design.donors[unit]} {why}")
    return tuple(notes)


def name_flags(
    units: tuple[str, ...], design: Declaration, panel: Panel, start: int, joint: Booleans
) -> tuple[str, ...]:
    """Say which used values of some units carry a flag."""
    flags = panel.quality[0, rows(panel, units), start : start + len(joint)]
    used = joint & (flags != "ok") & allowed(design, flags)
    return tuple(
        f"{panel.calendar.labels[start + t]}: {units[unit]} is flagged {flags[unit, t]}"
        for unit, t in np.argwhere(used)
    )
