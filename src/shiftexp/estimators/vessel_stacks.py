"""Readings of several indicators, or of places unlike each other, as stacked observations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.errors import Problem
from shiftexp.estimators.vessel_readings import Reading
from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.spread_priors import SpreadPriors
from shiftexp.kernels.vessel_detection import level_paths
from shiftexp.kernels.vessel_grid import fixed_terms, prior_on_sds
from shiftexp.kernels.vessel_rows import Likelihood, VesselRows
from shiftexp.kernels.vessel_stack import Stack, stack_nodes, together_nodes
from shiftexp.kernels.vessel_terms import Cuts, change_scales, without_seasons
from shiftexp.scalars import refuse

_DONOR = 2  # origin, destination and donors are three groups of places


@dataclass(frozen=True, eq=False)
class Scaled:
    """Readings of n places over T periods, in units of the changes of the first indicator.

    Attributes
    ----------
    values : array of shape (n, T, K)
        Observations; NaN where missing.
    variance : array of shape (n, T, K)
        Their sampling variances; 0 where unknown.
    exposure : array of shape (n, T, K)
        What values are multiplied by to be counts.
    likelihoods : tuple of str
        Of the indicators.
    """

    values: Floats
    variance: Floats
    exposure: Floats
    likelihoods: tuple[Likelihood, ...]

    @property
    def general(self) -> bool:
        """Whether this is more than complete series with one unknown variance of the noise."""
        return self.likelihoods != ("normal",) or bool(self.variance.any())

    @property
    def index(self) -> Floats:
        """The mean of the indicators that are there, shape (n, T)."""
        known = np.isfinite(self.values)
        total = np.nansum(self.values, axis=2)
        return np.where(known.any(axis=2), total / np.maximum(known.sum(axis=2), 1), np.nan)

    def without_seasons(self, seasons: Floats, onset: int) -> Scaled:
        """Return the same without seasons (T, k), beside a line on either side of the onset."""
        parts = [without_seasons(self.values[..., k], seasons, onset) for k in self._indicators]
        return replace(self, values=_deep(parts))

    @property
    def _indicators(self) -> range:
        """Positions of the indicators."""
        return range(len(self.likelihoods))

    @staticmethod
    def of(
        readings: tuple[Reading, ...],
        part: slice,
        onset: int,
        size: Floats,
        places: Sequence[str],
    ) -> Scaled:
        """Return readings over the periods used.

        Parameters
        ----------
        readings : tuple of Reading
            The indicators. Those after the first are brought to its level before the onset, each
            place by a factor of its own: what an indicator catches of the level is not known.
        part : slice
            Periods used.
        onset : int
            Position of the onset among these.
        size : array of shape (n, 1)
            What the first indicator's values are multiplied by.
        places : sequence of str
            Their names.

        Raises
        ------
        DesignError
            When an indicator has no positive mean before the onset somewhere.
        """
        before = [r.values[:, part][:, :onset] for r in readings]
        levels = np.stack([_levels(before[0], other) for other in before])
        refuse(*_without_level(readings, levels, places))
        several = len(readings) > 1
        ratio = levels[:, 0] / levels[:, 1] if several else np.ones_like(levels[:, 0])
        factors = size * ratio[..., None]
        return Scaled(
            values=_deep([r.values[:, part] * f for r, f in zip(readings, factors, strict=True)]),
            variance=_deep(
                [r.sampling[:, part] * f**2 for r, f in zip(readings, factors, strict=True)]
            ),
            exposure=_deep([r.effort[:, part] / f for r, f in zip(readings, factors, strict=True)]),
            likelihoods=tuple(reading.likelihood for reading in readings),
        )


def stacked(
    scaled: Scaled,
    models: Sequence[Floats],
    seasons: Floats,
    cuts: Cuts,
    drifts: Floats,
    *,
    own: bool,
    walking: bool,
) -> Stack:
    """Return the engine for stacked observations.

    Parameters
    ----------
    scaled : Scaled
        Readings.
    models : sequence of arrays of shape (n, T, p)
        Regressors of the models that tell the nodes, in equal parts.
    seasons : array of shape (T, k)
        Season dummies.
    cuts : Cuts
        Where changes are cut.
    drifts : array of shape (n, T, K, d)
        What changes of detection add, by coefficients that are standard normal; d may be 0.
    own : bool
        Whether origin, destination and donors have standard deviations of their own.
    walking : bool
        Whether walks dominate: their priors are wider then.
    """
    calm = scaled.without_seasons(seasons, cuts.onset)
    index = calm.index
    group = np.minimum(np.arange(len(index)), _DONOR) if own else np.zeros(len(index), dtype=int)
    walks = np.array([_scale(index[group == g], cuts) for g in np.unique(group)])
    together = _scale(index[:_DONOR], cuts)
    sizes = np.array([_scale(index[[u]], cuts) for u in range(len(index))])
    loadings = sizes / together if own else np.ones(len(index))
    rows, noise = _rows(scaled, group, loadings, drifts, cuts.onset)
    spread = np.array([_noise_scale(calm, *g, cuts) for g in noise])
    priors = SpreadPriors.of(np.append(walks, together), spread, prior_on_sds(walking=walking))
    fixed = fixed_terms(seasons, drift=True)
    nodes = [stack_nodes(rows, z, fixed, priors) for z in models]
    return Stack(rows, together_nodes(nodes), priors)


def _rows(
    scaled: Scaled, group: Integers, loadings: Floats, drifts: Floats, onset: int
) -> tuple[VesselRows, list[tuple[int, Integers]]]:
    """Return the rows, and for every group of noise its indicator and its places."""
    place, period, indicator = np.nonzero(np.isfinite(scaled.values))
    several = int(group.max()) + 1
    unknown = np.array([law != "poisson" for law in scaled.likelihoods])
    key = indicator * several + group[place]
    found, noise_group = np.unique(np.where(unknown[indicator], key, -1), return_inverse=True)
    noise_group = noise_group - int(found[0] < 0)
    at = place, period, indicator
    # An error of the factors matters where indicators are told apart by how far they rose.
    drifting = drifts.shape[3] > 0
    offsets = level_paths(scaled.values, onset) if drifting else np.ones_like(scaled.values)
    rows = VesselRows(
        value=scaled.values[at],
        place=place,
        period=period,
        indicator=indicator,
        variance=scaled.variance[at],
        noise_group=noise_group,
        loadings=loadings,
        own_group=group,
        periods=scaled.values.shape[1],
        likelihoods=scaled.likelihoods,
        exposure=scaled.exposure[at],
        drifts=drifts[at],
        offsets=offsets[at],
    )
    groups = [divmod(int(k), several) for k in found if k >= 0]
    return rows, [(k, np.flatnonzero(group == g)) for k, g in groups]


def _noise_scale(scaled: Scaled, indicator: int, places: Integers, cuts: Cuts) -> float:
    """Return the scale of changes that the noise of some places has its prior from."""
    return float(change_scales(scaled.values[None, places, :, indicator], cuts)[1][0])


def _scale(series: Floats, cuts: Cuts) -> float:
    """Return the scale of changes that walks of series (n, T) have their prior from."""
    return float(change_scales(series[None], cuts)[0][0])


def _levels(first: Floats, other: Floats) -> Floats:
    """Return means of two indicators (n, T) over periods with both, shape (2, n); NaN without."""
    both = np.isfinite(first) & np.isfinite(other)
    known = both.sum(axis=1)
    sums = np.where(both, np.stack([first, other]), 0.0).sum(axis=2)
    return np.where(known > 0, sums / np.maximum(known, 1), np.nan)


def _deep(parts: list[Floats]) -> Floats:
    """Return arrays (n, T) side by side, shape (n, T, K)."""
    return np.stack(parts, axis=2)


def _without_level(
    readings: tuple[Reading, ...], levels: Floats, places: Sequence[str]
) -> list[Problem]:
    """Return indicators that cannot be brought to the level of the first."""
    if len(readings) == 1:
        return []
    lowest = levels.min(axis=1)
    return [
        Problem(
            f"{reading.name}: no mean above zero before the onset in "
            + ", ".join(place for place, level in zip(places, own, strict=True) if not level > 0),
            "amounts of every indicator in every place before the onset, in years of the first",
            "leave the indicator or the place out, or fit the indicators apart",
        )
        for reading, own in zip(readings, lowest, strict=True)
        if not (own > 0).all()
    ]
