"""From two vessels to the pair of effects with its law and paths, in level units."""

from __future__ import annotations

import numpy as np

from shiftexp.effects import MixtureLaw
from shiftexp.estimators.assembling import Found
from shiftexp.estimators.vessel_series import VesselStudy
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.vessel_engines import Grid


def effects_found(
    study: VesselStudy, cases: Cases, annual: float, level: float, notes: tuple[str, ...]
) -> Found:
    """Return the law of the pair and the paths.

    Parameters
    ----------
    study : VesselStudy
        The two vessels.
    cases : Cases
        The study as one case.
    annual : float
        Periods in a year for amounts that add.
    level : float
        Level of the intervals.
    notes : tuple of str
        What is said of the fit.
    """
    effects = study.vessels.effects
    units = study.scale * annual
    mean, sd = study.vessels.paths
    wide = sd * -t_quantile(np.inf, (1 - level) / 2)
    size, before = cases.pair.shape[2], study.start
    fitted = study.vessels.fitted()
    after = np.arange(size) >= before + study.vessels.shapes[0].start
    effect = _over_window(mean * study.scale, size, before)
    path = _over_window(fitted * study.scale, size, before)
    return Found(
        law=MixtureLaw(effects.weight[0], effects.mean[0] * units, effects.cov[0] * units**2),
        counterfactual=np.where(after, cases.pair[0] - effect, path),
        low=_over_window((mean - wide) * study.scale, size, before),
        high=_over_window((mean + wide) * study.scale, size, before),
        inference=f"posterior, random walks and noise averaged over {_nodes(study)}",
        notes=notes,
    )


def _nodes(study: VesselStudy) -> str:
    """Say what standard deviations are averaged over."""
    return "a grid" if isinstance(study.vessels.engine, Grid) else "a composite design"


def _over_window(values: Floats, size: int, start: int) -> Floats:
    """Return values (2, T) at their place in a window of so many periods; NaN elsewhere."""
    every = np.full((2, size), np.nan)
    every[:, start : start + values.shape[1]] = values
    return every
