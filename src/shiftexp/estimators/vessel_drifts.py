"""How drifts of detection are declared: which indicators measure enforcement, which do not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from shiftexp.detection import Detection
from shiftexp.errors import Problem, suggest
from shiftexp.estimators.assembling import UNCHANGED
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.vessel_detection import DriftPrior, drift_levels, drift_paths
from shiftexp.scalars import is_number

DriftLike: TypeAlias = float | Mapping[str, float] | None


@dataclass(frozen=True)
class DeclaredDrift:
    """A drift of detection as the user declares it.

    Attributes
    ----------
    drift : float, mapping from indicator to float, or None
        Standard deviations of the change in log detection over the post periods.
    common : float
        The part of their variance that indicators of a side share.
    """

    drift: DriftLike
    common: float

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, whatever the study."""
        given = dict(self.drift) if isinstance(self.drift, Mapping) else {"": self.drift or 0.0}
        needed = "a standard deviation of log detection, from 0 to 1"
        remedy = 'write detection_drift={"seizures": 0.10, "wastewater": 0}, or 0.10 for all'
        found = [
            Problem(f"detection_drift{f'[{name!r}]' if name else ''} = {value!r}", needed, remedy)
            for name, value in given.items()
            if not (is_number(value) and 0 <= value <= 1)
        ]
        if not (is_number(self.common) and 0 <= self.common <= 1):
            said = f"detection_common = {self.common!r}"
            remedy = "use 1 when nobody knows: the whole drift is country-wide"
            found.append(Problem(said, "a share of the drift's variance, 0 to 1", remedy))
        return found

    def misfits(self, names: Sequence[str]) -> list[Problem]:
        """Return indicators that are named and not there, or there and not named."""
        if not isinstance(self.drift, Mapping):
            return []
        unknown = [
            Problem(
                f"a drift of detection of {name!r}",
                f"one of {', '.join(names)}",
                suggest(name, names),
            )
            for name in self.drift
            if name not in names
        ]
        silent = [
            Problem(
                f"no drift of detection of {name!r}",
                "one for every indicator",
                "write 0 for what effort leaves alone, 0.10 where nothing is documented",
            )
            for name in names
            if name not in self.drift
        ]
        return unknown + silent

    def sds(self, names: Sequence[str]) -> Floats:
        """Return the standard deviation of every indicator, shape (K,)."""
        given = self.drift
        several = given if isinstance(given, Mapping) else dict.fromkeys(names, given or 0.0)
        return np.array([float(several[name]) for name in names])

    def columns(self, names: Sequence[str], values: Floats, post: Booleans, onset: int) -> Floats:
        """Return what drifts add to observations, (n, T, K, d), by standard normal coefficients.

        Drifts are shares of a level of the indicators that have any: of the larger of what is seen
        over the post periods and what a line through the periods before leads to.

        Parameters
        ----------
        names : sequence of str
            The indicators.
        values : array of shape (n, T, K)
            Their values, brought to one level; NaN where missing.
        post : array of shape (T,)
            Periods that effects are averaged over.
        onset : int
            Position of the onset.
        """
        sds = self.sds(names)
        if not sds.any():
            return np.zeros((*values.shape, 0))
        levels = drift_levels(values[:2][..., sds > 0], post, onset)
        return DriftPrior(drift_paths(post, onset), levels, sds, float(self.common)).columns(
            len(values)
        )

    def integrated(self, names: Sequence[str]) -> float:
        """Return the drift that effects are free of: of the mean of the indicators with any."""
        sds = self.sds(names)
        several = int((sds > 0).sum())
        if not several:
            return 0.0
        return Detection(drift=float(sds.max()), common=self.common).over(several)

    def said(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return what is said of the first indicator's amounts, and of effort-free ones missing."""
        sds = self.sds(names)
        notes = []
        if sds[0] > 0:
            notes.append(
                f"amounts of {names[0]} are those at the detection of before the onset: what its "
                "drift is estimated to have added is taken off"
            )
        if sds.all():
            notes.append(
                "no indicator is free of effort: the drift of detection is integrated as declared, "
                "and the data say next to nothing of it"
            )
        return tuple(notes)

    def assumptions(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return what must be true of detection."""
        sds = self.sds(names)
        if not sds.any():
            return (UNCHANGED,)
        finds = ", ".join(f"{n} {sd:g}" for n, sd in zip(names, sds, strict=True) if sd)
        free = ", ".join(n for n, sd in zip(names, sds, strict=True) if not sd)
        own = "" if math.isclose(self.common, 1) else f", {self.common:.0%} of it country-wide"
        said = f"detection drifts after the onset (sd of its log: {finds}{own})"
        return (
            f"{said}; in donors it stays as it was",
            *((f"effort leaves {free} alone: detection there stays as it was",) if free else ()),
            "nothing else changed in either place at the onset",
        )
