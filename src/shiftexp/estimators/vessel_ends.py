"""From two vessels to their changes by the end of the window, in level units."""

from __future__ import annotations

import numpy as np

from shiftexp.effects import Effects, MixtureLaw
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.vessel_ends import EndLevels, end_changes
from shiftexp.kernels.vessel_grid import fixed_terms


def ends_found(
    study: VesselStudy, cases: Cases, annual: float, step_sd: float, unit: str
) -> Effects:
    """Return changes of both sides by the end of the window, freed of steps of detection.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    cases : Cases
        The study as one case.
    annual : float
        Periods in a year for amounts that add.
    step_sd : float
        Prior standard deviation of a step in log detection at the onset.
    unit : str
        Unit of the effects.
    """
    vessels, units = study.vessels, study.scale * annual
    part = slice(study.start, study.start + len(vessels.post))
    pair = cases.pair[:, :, part] / study.scale
    levels = EndLevels.of(pair, vessels.shapes[0].start, study.seasons)
    found = end_changes(
        vessels.engine,
        vessels.terms,
        fixed_terms(vessels.seasons, drift=True),
        vessels.nuisance,
        levels,
        step_sd,
    )
    law = MixtureLaw(found.weight[0], found.mean[0] * units, found.cov[0] * units**2)
    mean, last = law.weight @ law.means, levels.last[0] * units
    return Effects(law, np.asarray(mean), last - mean, last, unit)
