"""From two vessels to what the data say of detection, and to amounts freed of its drift."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from shiftexp.design import Window
from shiftexp.design.casing import study_cases
from shiftexp.detection import DetectionDrift, DriftEstimate
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.vessel_grid import fixed_terms
from shiftexp.kernels.vessel_nodes import NodePosterior, joined
from shiftexp.kernels.vessel_stack import Stack
from shiftexp.result import SIDES


@dataclass(frozen=True, eq=False)
class FoundDrift:
    """A study in which detection drifts, with the posterior of that.

    Attributes
    ----------
    study : VesselStudy
        The two vessels.
    stack : Stack
        Their engine.
    """

    study: VesselStudy
    stack: Stack

    @cached_property
    def posterior(self) -> NodePosterior:
        """The coefficients of drifts, over all candidates."""
        vessels = self.study.vessels
        fixed = fixed_terms(vessels.seasons, drift=True)
        regressors = [np.concatenate([t.free, vessels.nuisance], axis=2) for t in vessels.terms]
        return joined(tuple(self.stack.drifts(z, fixed) for z in regressors))

    def without(self, window: Window) -> Window:
        """Return a window of the first indicator with the finds of unchanged detection.

        Parameters
        ----------
        window : Window
            What the design sees.
        """
        found, study = self.posterior, self.study
        mean = np.einsum("g,gi->i", found.weight[0], found.mean[0])
        part = slice(study.start, study.start + len(study.vessels.post))
        pair = window.pair.copy()
        pair[:, part] -= study.drifts[:2, :, 0] @ mean * study.scale
        return replace(window, pair=pair)

    def table(
        self, names: tuple[str, ...], units: float, unit: str, level: float
    ) -> DetectionDrift:
        """Return the changes of detection on either side, indicator by indicator.

        Parameters
        ----------
        names : tuple of str
            The indicators.
        units : float
            What those are in level units per year.
        unit : str
            Name of that.
        level : float
            Level of the intervals.
        """
        sums = self.study.drifts[:2, self.study.vessels.post].mean(axis=1)
        rows = [
            self._row(side, name, sums[s, k], float(self.study.observed[s, k]), units, level)
            for s, side in enumerate(SIDES)
            for k, name in enumerate(names)
            if sums[s, k].any()
        ]
        drifting = {row.indicator for row in rows}
        free = tuple(name for name in names if name not in drifting)
        return DetectionDrift(tuple(rows), free, unit, level)

    def _row(
        self, side: str, name: str, a: Floats, observed: float, units: float, level: float
    ) -> DriftEstimate:
        """Return one row: the combination a (d,) of coefficients is what detection added."""
        found, tail = self.posterior, (1 - level) / 2
        mean, sd = (float(v[0]) for v in found.moments(a))
        low, high = (float(found.quantile(a, p)[0]) for p in (tail, 1 - tail))
        declared = float(np.sqrt(a @ a))
        return DriftEstimate(
            side=side,
            indicator=name,
            added=mean * units,
            added_low=low * units,
            added_high=high * units,
            ratio=_ratio(mean, observed),
            ratio_low=_ratio(low, observed),
            ratio_high=_ratio(high, observed),
            learned=max(0.0, 1 - (sd / declared) ** 2),
        )


def drift_found(study: VesselStudy) -> FoundDrift | None:
    """Return what is known of detection's drift, where a study has one.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    """
    engine = study.vessels.engine
    drifts = isinstance(engine, Stack) and study.drifts.shape[3] > 0
    return FoundDrift(study, engine) if isinstance(engine, Stack) and drifts else None


def at_same_detection(
    found: FoundDrift | None, window: Window, cases: Cases
) -> tuple[Window, Cases]:
    """Return the amounts of the first indicator at the detection of before the onset.

    Parameters
    ----------
    found : FoundDrift or None
        The drift, if there is one.
    window, cases : Window, Cases
        What the design sees of it, and that as one case.
    """
    if found is None:
        return window, cases
    same = found.without(window)
    return same, study_cases(same)


def drift_table(
    found: FoundDrift | None, names: tuple[str, ...], annual: float, unit: str, level: float
) -> DetectionDrift | None:
    """Return the changes of detection on either side, if there is a drift.

    Parameters
    ----------
    found : FoundDrift or None
        The drift.
    names : tuple of str
        The indicators.
    annual : float
        Periods in a year for amounts that add.
    unit : str
        Unit of amounts.
    level : float
        Level of the intervals.
    """
    if found is None:
        return None
    return found.table(names, found.study.scale * annual, unit, level)


def _ratio(added: float, observed: float) -> float:
    """Return detection after over before, where it added this much to what is observed."""
    return observed / (observed - added) if added < observed else float("inf")
