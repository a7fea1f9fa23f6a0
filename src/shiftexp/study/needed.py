"""The one series that would make a design decidable, read off what its data gate misses."""

from __future__ import annotations

import numpy as np

from shiftexp.design import Design, Gate
from shiftexp.panel import Panel
from shiftexp.scalars import plural

_LEAST_BEFORE, _LEAST_AFTER = 8, 3


def needed_series(design: Design, panel: Panel, gate: Gate) -> str:
    """Say which values, of whom and when, would let the design pass its gate; empty when it does.

    Parameters
    ----------
    design : Design
        The study.
    panel : Panel
        Its data.
    gate : Gate
        What is missing.
    """
    if gate.passed:
        return ""
    name = panel.indicators[0].name.replace("_", " ")
    parts = [_one_way(design, gate, name)]
    first, last = design.onset_range
    spent = sum(
        panel.calendar.ordinal(b.period) < panel.calendar.ordinal(first)
        for b in design.declared_breaks
    )
    short = _LEAST_BEFORE + spent - gate.before
    if short > 0:
        parts.append(_more(design, panel, name, short, before=True))
    if gate.after < _LEAST_AFTER:
        parts.append(_more(design, panel, name, _LEAST_AFTER - gate.after, before=False))
    return (
        "; ".join(filter(None, parts))
        or f"{name} with an onset between {first} and {last} in one definition"
    )


def _one_way(design: Design, gate: Gate, name: str) -> str:
    """Ask for a series without the breaks that stand in the way."""
    blocking = [
        b
        for b in design.declared_breaks
        if any(f"break {b.period} of {b.unit}" in r for r in gate.reasons)
    ]
    if not blocking:
        return ""
    breaks = " and ".join(f"{b.unit} across {b.period}" for b in blocking)
    return f"{name} of {breaks} counted in one way"


def _more(design: Design, panel: Panel, name: str, short: int, *, before: bool) -> str:
    """Ask for the values missing on one side of the onset; of one unit alone if that would do."""
    calendar = panel.calendar
    first, last = (calendar.ordinal(p) - calendar.first for p in design.onset_range)
    start = 0 if design.start is None else max(0, calendar.ordinal(design.start) - calendar.first)
    end = calendar.size - 1 if design.end is None else calendar.ordinal(design.end) - calendar.first
    span = np.arange(start, first) if before else np.arange(last, min(end, calendar.size - 1) + 1)
    excluded = {calendar.ordinal(p) - calendar.first for p in design.exclude}
    span = np.array([t for t in span if t not in excluded], dtype=int)
    units = (*design.origin_units, *design.destination_units)
    allowed = design.quality or ("ok", "approximate", "break")
    seen = np.array([np.isin(panel.quality[0, panel.units.index(u)][span], allowed) for u in units])
    where = "before" if before else "from"
    more = plural(short, "more period")
    for i, unit in enumerate(units):
        others = np.delete(seen, i, axis=0).all(axis=0)
        missing = span[others & ~seen[i]]
        if len(missing) >= short:
            labels = ", ".join(
                calendar.labels[t] for t in (missing[-short:] if before else missing[:short])
            )
            return f"{name} of {unit} for {more} {where} the onset, such as {labels}"
    if int((~seen.all(axis=0)).sum()) >= short:
        return f"{name} of {' and '.join(units)} both, for {more} {where} the onset"
    edge = calendar.labels[start] if before else calendar.labels[min(end, calendar.size - 1)]
    way = "reaching back before" if before else "going on after"
    return f"{name} of {' and '.join(units)} {way} {edge}, for {plural(short, 'more joint period')}"
