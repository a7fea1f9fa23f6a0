"""From two vessels to their changes by the end of the window, in level units."""

from __future__ import annotations

import numpy as np

from shiftexp.effects import Effects, MixtureLaw
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.vessel_ends import EndLevels, end_models
from shiftexp.kernels.vessel_grid import fixed_terms

# A jump is told where it is likelier than none: at .9, steps of detection hidden by common walks
# were called changes in up to .26 of data sets. The response to a pulse is itself a jump, which a
# model with steps explains nearly as well: there it must be nine times as likely.
LIKELY_JUMP, SURE_JUMP = 0.5, 0.9
_USUAL_STEP = 0.10


def ends_found(
    study: VesselStudy, cases: Cases, annual: float, step_sd: float, unit: str, *, pulse: bool
) -> tuple[Effects, bool]:
    """Return changes by the end of the window, freed of steps of detection; whether a side jumps.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    cases : Cases
        The study as one case.
    annual : float
        Periods in a year for amounts that add.
    step_sd : float
        Prior standard deviation of a step in log detection at the onset; where it is 0, changes are
        those of models without one.
    unit : str
        Unit of the effects.
    pulse : bool
        Whether the push is a pulse.
    """
    vessels, units = study.vessels, study.scale * annual
    part = slice(study.start, study.start + len(vessels.post))
    pair = cases.pair[:, :, part] / study.scale
    levels = EndLevels.of(pair, vessels.shapes[0].start, study.seasons)
    models = end_models(
        vessels.engine,
        vessels.terms,
        fixed_terms(vessels.seasons, drift=True),
        vessels.nuisance,
        levels,
        step_sd or _USUAL_STEP,
    )
    found = models.averaged if step_sd else models.plain
    law = MixtureLaw(found.weight[0], found.mean[0] * units, found.cov[0] * units**2)
    mean, last = law.weight @ law.means, levels.last[0] * units
    effects = Effects(law, np.asarray(mean), last - mean, last, unit)
    return effects, bool(models.step_probability[0] > (SURE_JUMP if pulse else LIKELY_JUMP))
