"""What both sides are compared with: the donors' period effects, or weighted donors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.segments import reference_paths
from shiftexp.result import Weights
from shiftexp.scalars import plural


class Controls(Protocol):
    """How the donors make what is taken off both sides."""

    @property
    def anchored(self) -> bool:
        """Whether their path is the counterfactual as it is, without a level fitted to it."""

    @property
    def by_period(self) -> bool:
        """Whether every period has an effect of its own, rather than all the same."""

    def paths(self, values: Floats, cases: Cases) -> Floats:
        """Return what is taken off, shape (C, 1 or 2, T), of values (C, U, T) on the scale."""

    def weights(self, values: Floats, cases: Cases) -> Floats:
        """Return the weights by which donors make these paths, shape (C, 1 or 2, U)."""

    def problems(self, window: Window) -> list[Problem]:
        """Return why these donors cannot serve, before any number."""

    def said(self, values: Floats, cases: Cases, window: Window) -> tuple[tuple[str, ...], Weights]:
        """Return notes on how well they serve, and their weights.

        Raises
        ------
        DesignError
            When they serve too badly for a counterfactual.
        """


@dataclass(frozen=True)
class PeriodEffects:
    """The donors' period effects of a unit-and-period fit: every donor counts alike.

    Attributes
    ----------
    steps : bool, default True
        Whether the method can tell reporting breaks that are fitted as steps.
    """

    steps: bool = True
    anchored: bool = False
    by_period: bool = False

    def paths(self, values: Floats, cases: Cases) -> Floats:
        """Return the donors' period effects, shape (C, 1, T)."""
        return reference_paths(values, cases)

    def weights(self, values: Floats, cases: Cases) -> Floats:
        """Return equal weights, as of donors without gaps, shape (C, 1, U)."""
        del values
        return np.asarray(cases.donors / cases.donors.sum(axis=1, keepdims=True))[:, None]

    def problems(self, window: Window) -> list[Problem]:
        """Return steps, and used periods whose change from the first no chain of donors tells."""
        seen = np.isfinite(window.donors) & window.joint
        reached = window.joint & (np.cumsum(window.joint) == 1)
        for _ in range(len(reached)):
            linked = seen[(seen & reached).any(axis=1)].any(axis=0)
            reached = reached | linked
        apart = window.joint & ~reached
        broken = [] if self.steps else no_steps(window)
        if not apart.any():
            return broken
        labels = tuple(window.calendar.labels[t] for t in np.flatnonzero(apart))
        return [
            *broken,
            Problem(
                f"{len(labels)} periods that no donor, nor a chain of donors, connects to the "
                "first",
                "donors observed on both sides of every gap",
                "name donors that are observed then, or exclude the periods",
                labels,
            ),
        ]

    def said(self, values: Floats, cases: Cases, window: Window) -> tuple[tuple[str, ...], Weights]:
        """Return nothing: all donors weigh the same."""
        del values, cases, window
        return (), Weights()


def no_steps(window: Window) -> list[Problem]:
    """Return the problem of reporting breaks fitted as steps, where no weights can tell them."""
    if not window.breaks:
        return []
    rows = tuple(window.calendar.labels[at] for _, at in window.breaks)
    remedy = "write 'split' in place of 'dummy', or use DifferenceInDifferences"
    given = f"{plural(len(rows), 'reporting break')} fitted as steps"
    return [Problem(given, "series without steps", remedy, rows)]


def whole_donors(window: Window) -> list[Problem]:
    """Return the problem of donors that are not observed in every used period."""
    gaps = np.asarray(~np.isfinite(window.donors[:, window.joint]).all(axis=1))
    rows = tuple(n for n, gap in zip(window.donor_names, gaps, strict=True) if gap)
    if not rows:
        return []
    given = f"{plural(len(rows), 'donor')} with missing periods"
    remedy = "leave them or the periods out, or use DifferenceInDifferences"
    return [Problem(given, "values of every donor in every used period", remedy, rows)]


def need_donors(design: object) -> None:
    """Refuse a study without donors.

    Raises
    ------
    DesignError
        With the doubling explained and what to use instead.
    """
    if not isinstance(design, Design) or design.donors:
        return  # what is no design is refused with the panel
    raise DesignError(
        Problem(
            f"no donors: {design.destination!r} could only be compared with {design.origin!r}",
            "clean donors for each side; the difference between the two measures A_D - X_O + 2F, "
            "so a flow F from one to the other is counted twice and neither effect is identified",
            "name donors in the design, or use InterruptedTimeSeries, which compares each side "
            "with its own past",
        )
    )
