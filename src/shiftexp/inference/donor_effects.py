"""Effects of donors one at a time and in pairs, and what their variance may go with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.errors import DesignError, Problem
from shiftexp.inference.placebo_effects import (
    FEW,
    moments_before,
    placebo_cases,
    solve_observed,
)
from shiftexp.inference.wrapping import Prepared
from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.scalars import plural

Variance: TypeAlias = Literal["level", "exposure"]
_LEAST = 2


@dataclass(frozen=True, eq=False)
class DonorEffects:
    """What the model finds at each donor, studied against the others.

    Attributes
    ----------
    rows : array of shape (J,)
        Which of the design's donors they are.
    effects : array of shape (J, 2)
        Their effects in the role of origin and of destination, in the unit they are compared in.
    squares : array of shape (J + 1, 2)
        Mean squared residuals before the onset, of the study first.
    """

    rows: Integers
    effects: Floats
    squares: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def donor_effects(wrapped: Prepared) -> DonorEffects:
    """Return the donors that can be studied against the others, with their effects.

    A donor has the steps of the side whose place it takes, so it has an effect for either.

    Raises
    ------
    DesignError
        When there are fewer than two.
    """
    study = wrapped.case
    rows = np.flatnonzero(study.donors[0])
    if len(rows) < _LEAST:
        raise DesignError(
            Problem(
                f"{plural(len(rows), 'donor')}",
                f"at least {_LEAST}, so that each can be studied against the others",
                "name more donors, or use a wrapper that needs none (Conformal, BlockBootstrap)",
            )
        )
    observed = np.isfinite(study.y[0][rows])
    many = study.repeat(len(rows))
    donor = np.arange(study.y.shape[1]) == rows[:, None]
    cases = replace(
        many,
        focal=np.where(wrapped.present, rows[:, None], -1),
        donors=many.donors & ~donor,
        learn=many.learn & observed,
        treated=many.treated & observed,
        post=many.post & observed,
    )
    kept, fit = solve_observed(wrapped, cases)
    moments = moments_before(wrapped, kept, fit)
    return DonorEffects(
        rows=kept.focal.max(axis=1) - rows[0],
        effects=wrapped.effects_of(kept, fit),
        squares=np.diagonal(moments, axis1=1, axis2=2),
    )


def pair_effects(wrapped: Prepared, found: DonorEffects, ratio: Floats) -> Floats | None:
    """Return effects of ordered pairs of donors, shape (k, 2); None where the study has one side.

    Both sides of a study share their controls. With few donors a donor is a large part of what
    another is compared with, which would make pairs of single effects vary less than the study: so
    each pair is studied anew, against the rest.
    """
    if not wrapped.present.all():
        return None
    count = len(found.rows)
    if count >= FEW:
        chosen = np.array(list(permutations(range(count), 2)))
        scaled = found.effects * ratio
        return np.stack([scaled[chosen[:, 0], 0], scaled[chosen[:, 1], 1]], axis=1)
    kept, fit = solve_observed(wrapped, placebo_cases(wrapped, "units"))
    factors = np.full((int(wrapped.case.donors.sum()), 2), np.nan)
    factors[found.rows] = ratio
    own = np.stack([factors[kept.focal[:, side], side] for side in (0, 1)], axis=1)
    known = np.isfinite(own).all(axis=1)
    return np.asarray((wrapped.effects_of(kept, fit) * own)[known])


def unit_sizes(wrapped: Prepared, donors: Integers, variance: Variance) -> tuple[Floats, Floats]:
    """Return M of origin and destination, shape (2,), and of these donors, shape (J,).

    M is NaN on an absent side.

    Raises
    ------
    DesignError
        When a unit has no positive size before the onset; all are named.
    """
    study, window, sides = wrapped.case, wrapped.window, wrapped.design.sides
    rows = [0, 1, *(donors + len(sides))]
    named = [(name,) for name in window.donor_names]
    units = [(*sides, *named)[row] for row in rows]
    values = study.y[0][rows] if variance == "level" else _exposures(wrapped, units)
    seen = study.learn[0] & np.isfinite(values)
    sizes = np.where(seen, values, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    wrong = [" + ".join(u) for u, size in zip(units, sizes, strict=True) if u and not size > 0]
    if wrong:
        raise DesignError(
            Problem(
                f"{plural(len(wrong), 'unit')} without a positive {variance} before the onset",
                f"a positive {variance} of every unit",
                "use ConleyTaber, or another variance",
                tuple(wrong),
            )
        )
    present = [bool(side) for side in sides]
    return np.where(present, sizes[:2], np.nan), sizes[2:]


def _exposures(wrapped: Prepared, units: list[tuple[str, ...]]) -> Floats:
    """Return the exposure of each side or donor over the window, several units summed."""
    panel, calendar = wrapped.panel, wrapped.window.calendar
    start = calendar.first - panel.calendar.first
    inside = panel.exposure[0][:, start : start + calendar.size]
    return np.stack([inside[[panel.units.index(u) for u in names]].sum(axis=0) for names in units])
