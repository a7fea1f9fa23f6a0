"""Donors that the event may have reached: what they are checked for, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shiftexp.design import Window
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.estimators.controls import no_steps
from shiftexp.estimators.synthetic import (
    LEAST_DONORS,
    incomplete_donors,
    nearness,
    refuse_poor,
    too_short,
)
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.spillover import Spillover, Unmixed, side_fit, spillover_paths, unmixed
from shiftexp.result import SIDES, Weights
from shiftexp.scalars import plural

# The reciprocal condition number, or determinant, below which effects are not told apart.
_LEAST_CERTAINTY = 1e-6


@dataclass(frozen=True)
class TouchedDonors:
    """Donors some of which the event may have reached, and how effects are told from that.

    Attributes
    ----------
    exposed : tuple of (str, float)
        Units that may be touched, with how much of a shared effect they receive.
    how : Spillover
        How effects are told apart.
    """

    exposed: tuple[tuple[str, float], ...]
    how: Spillover
    anchored: bool = field(default=False, init=False)
    by_period: bool = field(default=True, init=False)

    def paths(self, values: Floats, cases: Cases) -> Floats:
        """Return what is taken off so that effects are left, shape (C, 2, T)."""
        found = spillover_paths(values, cases, self.how)
        lost = np.isnan(found) & (cases.focal[:, :, None] >= 0) & cases.used[:, None, :]
        if lost.any():
            given = f"effects that coincide in {int(lost.any(axis=(1, 2)).sum())} of the studies"
            needed = "units that no effect reaches, in every third of the periods"
            remedy = "name fewer exposed units or more donors, or structure='shared'"
            raise DesignError(Problem(given, needed, remedy))
        return found

    def weights(self, values: Floats, cases: Cases) -> Floats:
        """Return the weights by which all units make these paths, shape (C, 2, U)."""
        found = np.zeros((len(cases), 2, values.shape[1]))
        for case in range(len(cases)):
            solved = unmixed(values, cases, case, cases.learn[case], self.how)
            for k, side in enumerate(np.flatnonzero(cases.focal[case] >= 0)):
                found[case, side, solved.rows] = -solved.coefficients[k]
                found[case, side, solved.rows[k]] += 1.0
        return found

    def problems(self, window: Window) -> list[Problem]:
        """Return steps, unknown exposed units, and too few clean donors."""
        names = [name for name, _ in self.exposed]
        unknown = [name for name in names if name not in window.donor_names]
        broken = [
            *no_steps(window),
            *(
                Problem(
                    f"exposed unit {name!r}",
                    "one of the design's donors: origin and destination always count as reached",
                    suggest(name, window.donor_names),
                    (name,),
                )
                for name in unknown
            ),
        ]
        complete = np.asarray(np.isfinite(window.donors[:, window.joint]).all(axis=1))
        clean = [
            name
            for name, whole in zip(window.donor_names, complete, strict=True)
            if whole and name not in names
        ]
        broken += too_short(window)
        if unknown or len(clean) >= LEAST_DONORS:
            return broken
        given = f"{plural(len(clean), 'donor')} that are complete and not exposed"
        remedy = "name more donors, or fewer exposed units; or use InterruptedTimeSeries"
        return [*broken, Problem(given, f"at least {LEAST_DONORS}", remedy, tuple(clean))]

    def said(self, values: Floats, cases: Cases, window: Window) -> tuple[tuple[str, ...], Weights]:
        """Return how near all come, what happened to the exposed, and the weights."""
        learn = cases.learn[0]
        found = unmixed(values, cases, 0, learn, self.how)
        sides = [int(side) for side in np.flatnonzero(cases.focal[0] >= 0)]
        fits = {side: side_fit(found, values[0], learn, k) for k, side in enumerate(sides)}
        refuse_poor(fits)
        self._refuse_mixed(found)
        units = [*SIDES, *window.donor_names]
        names = [units[row] for row in found.rows]
        notes = [nearness(side, fit, names) for side, fit in fits.items()]
        notes += self._told(found, values[0], cases, window)
        notes += incomplete_donors(values, cases, window)
        weights = self.weights(values, cases)[0]
        listed = [
            (SIDES[side], "donor", units[row], float(weights[side, row]))
            for side in sides
            for row in found.rows[found.rows >= len(SIDES)]
        ]
        return tuple(notes), Weights(tuple(listed))

    def _refuse_mixed(self, found: Unmixed) -> None:
        """Refuse effects that cannot be told apart.

        Raises
        ------
        DesignError
            With how near the system is to one without an answer.
        """
        if found.certainty >= _LEAST_CERTAINTY:
            return
        what = "determinant" if self.how.inclusive else "reciprocal condition number"
        raise DesignError(
            Problem(
                f"effects that nearly coincide ({what} {found.certainty:.2g})",
                f"at least {_LEAST_CERTAINTY:g}: units that no effect reaches",
                "name fewer exposed units or more donors, or structure='shared'",
            )
        )

    def _told(self, found: Unmixed, values: Floats, cases: Cases, window: Window) -> list[str]:
        """Say how surely effects are told apart, and what they are on exposed units."""
        system = "the cross weights" if self.how.inclusive else "the effects' equations"
        what = "determinant" if self.how.inclusive else "reciprocal condition number"
        notes = [f"{what} of {system}: {found.certainty:.3g} (near 0 effects are not told apart)"]
        rows = found.rows[found.rows >= len(SIDES)]
        sizes = cases.exposed[0, rows]
        if not sizes.any():
            return notes
        effects = found.effects(values)[len(found.rows) - len(rows) :]
        moved = effects[:, cases.post[0]].mean(axis=1) - effects[:, cases.learn[0]].mean(axis=1)
        touched = rows[sizes > 0] - len(SIDES)
        each = sizes[sizes > 0] * (moved[0] if self.how.shared else moved)
        shown = ", ".join(
            f"{window.donor_names[j]} {change:.4g}" for j, change in zip(touched, each, strict=True)
        )
        return [*notes, f"mean effect on exposed units, per period on the scale: {shown}"]
