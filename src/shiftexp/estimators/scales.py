"""Values that have no place on a model's scale."""

from __future__ import annotations

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.errors import Problem
from shiftexp.kernels.scale import Scale
from shiftexp.scalars import plural


def scale_problems(scale: Scale, window: Window, design: Design, *, donors: bool) -> list[Problem]:
    """Return values that have no place on the scale; donors only where they are used."""
    if scale == "level":
        return []
    others = np.where(window.joint, window.donors, np.nan)[: len(window.donors) * donors]
    names = (*(" + ".join(units) for units in design.sides), *window.donor_names)
    rows = np.vstack([np.where(window.joint, window.pair, np.nan), others])
    if scale == "log":
        wrong, needed = rows <= 0, "positive values"
        remedy = (
            "use scale='log_count' for counts with zeros, scale='level', or leave the period out"
        )
    else:
        wrong, needed = (rows < 0) | (rows != np.round(rows)), "whole numbers from 0 on"
        remedy = "use scale='log' or scale='level' for amounts"
    wrong &= np.isfinite(rows)
    places = [
        f"{names[i]}, {window.calendar.labels[t]}: {rows[i, t]:g}" for i, t in np.argwhere(wrong)
    ]
    if not places:
        return []
    return [
        Problem(f"{plural(len(places), 'value')} on scale {scale!r}", needed, remedy, tuple(places))
    ]
