"""The data gate: whether enough jointly observed periods stand on both sides of the onset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from shiftexp.design.declaration import Declaration
from shiftexp.design.places import locate
from shiftexp.design.reading import (
    focal_breaks,
    joint_periods,
    keep_regime,
    refuse_unknown_names,
)
from shiftexp.design.words import Break
from shiftexp.panel import Panel
from shiftexp.scalars import plural

LEAST_BEFORE = 8
LEAST_AFTER = 3


@dataclass(frozen=True)
class Gate:
    """The answer of the data gate.

    Attributes
    ----------
    before, after : int
        Jointly observed periods before the first and from the last candidate onset on.
    reasons : tuple of str
        Why no model-based claim may be made; empty when the gate is passed.
    sides : int, default 2
        How many sides were studied: origin and destination, or 1, whose periods alone are counted.
    treatable : tuple of str
        What would treat each reporting break that is not treated and does not lie at the onset, as
        a design takes it.
    """

    before: int
    after: int
    reasons: tuple[str, ...] = ()
    sides: int = 2
    treatable: tuple[str, ...] = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        """Tell whether model-based claims may be made."""
        return not self.reasons

    @property
    def remedy(self) -> str:
        """What to write into the design where a reporting break is not treated; empty without."""
        if not self.treatable:
            return ""
        named = json.dumps(list(self.treatable), ensure_ascii=False)
        return (
            f'say breaks = {named} in the design, or breaks = "dummy" for every break: a free '
            "step is fitted there"
        )

    def __str__(self) -> str:
        """Write the answer the way declared designs do."""
        return "pass" if self.passed else "fail: " + ", ".join(self.reasons)


def data_gate(design: Declaration, panel: Panel) -> Gate:
    """Count jointly observed periods and say what is missing.

    At least 8 before the first candidate onset (each fitted break before it costs one; a split
    leaves the periods beyond it out) and 3 from
    the last one on; no untreated break, none at the onset, and 3 between the onset and every
    treated break.
    """
    refuse_unknown_names(design, panel)
    first, last = (locate(panel, p) for p in design.onset_range)
    flagged = focal_breaks(design, panel)
    treated = flagged if design.breaks in {"dummy", "split"} else design.declared_breaks
    seen = np.zeros(panel.calendar.size, dtype=bool)
    seen[joint_periods(design, panel)] = True
    joint = np.flatnonzero(keep_regime(design, panel, treated, seen))
    before, after = int((joint < first).sum()), int((joint >= last).sum())
    spent = sum(b.treatment == "dummy" and locate(panel, b.period) < first for b in treated)
    reasons = []
    if before - spent < LEAST_BEFORE:
        less = f" less {spent} for breaks" if spent else ""
        reasons.append(f"{plural(before, 'joint period')} before{less}")
    if after < LEAST_AFTER:
        reasons.append(f"{plural(after, 'joint period')} after")
    named = {(b.period, b.unit) for b in treated}
    open_breaks = sorted({(b.period, b.unit) for b in flagged} - named)
    reasons += [f"break {period} of {unit} not treated" for period, unit in open_breaks]
    reasons += _near_breaks(panel, treated, joint, first, last)
    treatable = tuple(
        f"{period}:{unit}:dummy"
        for period, unit in open_breaks
        if not first <= locate(panel, period) <= last
    )
    return Gate(before, after, tuple(reasons), sum(map(bool, design.sides)), treatable)


def _near_breaks(
    panel: Panel, treated: tuple[Break, ...], joint: np.ndarray, first: int, last: int
) -> Iterator[str]:
    """Say which treated breaks lie at the onset or too near to it."""
    for declared in treated:
        at = locate(panel, declared.period)
        if first <= at <= last:
            yield f"break {declared.period} of {declared.unit} at the onset"
            continue
        between = (at <= joint) & (joint < first) if at < first else (first <= joint) & (joint < at)
        if between.sum() < LEAST_AFTER:
            where = f"the onset and the break {declared.period} of {declared.unit}"
            yield f"{plural(int(between.sum()), 'joint period')} between {where}"
