"""Counts, and noise that grows with the level, in stacked observations: Laplace's approximation.

The level of a place is normal and adds up with the flow; a count has it times an exposure as its
mean. By Fisher scoring at each node: given levels, counts over exposures are as good as normal
about the level with the variance that a count has there; that gives new levels, until these stay.
What the likelihood of the counts has beyond that normal one, there, is added to the evidence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_cells import cell_systems
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_rows import VesselRows

# A variance has to be positive, and a normal level need not be. Counts cannot tell an expectation
# below half of one from none; for what is no count, the least is a share of the indicator's mean.
_FEWEST, _LEAST_SHARE = 0.5, 0.01
_MOST_ROUNDS, _CLOSE = 50, 1e-5
_LEAST_OVERDISPERSION = 1e-8  # below it a negative binomial law is Poisson to rounding


class WorkingNoise(NamedTuple):
    """The normal likelihoods that stand for those of the rows.

    Attributes
    ----------
    variance : array of shape (G, N)
        Variances of the rows about their levels at every node.
    log_ratio : array of shape (G,)
        Log of the likelihood over the normal one, at the levels found, up to a constant.
    """

    variance: Floats
    log_ratio: Floats


def working_noise(
    rows: VesselRows, walks: Floats, sds: Floats, z: Floats, fixed: Floats
) -> WorkingNoise:
    """Return the normal likelihoods that stand for those of the rows, at every node.

    Parameters
    ----------
    rows : VesselRows
        Observations.
    walks : array of shape (G, J)
        Standard deviations of the walks.
    sds : array of shape (G, N)
        Of the noise of the rows; 0 for none.
    z : array of shape (n, T, p)
        Regressors, with flat priors.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own.
    """
    if set(rows.likelihoods) <= {"normal"}:
        return WorkingNoise(sds**2 + rows.variance, np.zeros(len(sds)))
    kinds = (rows.fixed_columns(fixed), rows.of_rows(z), rows.drift_columns)
    series = np.concatenate([*kinds, rows.value[:, None]], axis=1)
    precision = np.repeat([0.0, FLAT, 1.0], [kind.shape[1] for kind in kinds])
    mean, least = _mean_levels(rows), _least_levels(rows)
    varying = ~rows.with_likelihood("normal")
    level = np.broadcast_to(np.maximum(mean, least), sds.shape)
    for _ in range(_MOST_ROUNDS):
        before, variance = level, _variances(rows, sds, level, mean)
        level = np.maximum(_levels(rows, walks, variance, series, precision), least)
        if (np.abs(level - before) <= _CLOSE * mean)[:, varying].all():
            break
    variance = _variances(rows, sds, level, mean)
    return WorkingNoise(variance, _log_ratio(rows, sds, level, variance, mean))


def _mean_levels(rows: VesselRows) -> Floats:
    """Return the mean of the indicator of each row, shape (N,); 1 where it is not positive."""
    counted = np.maximum(np.bincount(rows.indicator), 1)
    means = np.bincount(rows.indicator, rows.value) / counted
    return np.asarray(np.where(means > 0, means, 1.0)[rows.indicator])


def _least_levels(rows: VesselRows) -> Floats:
    """Return the least level that each row's variance may be taken at, shape (N,)."""
    counts = rows.with_likelihood("poisson", "negative binomial")
    share = rows.with_likelihood("proportional")
    least = np.where(share, _LEAST_SHARE * _mean_levels(rows), -np.inf)
    return np.where(counts, _FEWEST / rows.exposure, least)


def _variances(rows: VesselRows, sds: Floats, level: Floats, mean: Floats) -> Floats:
    """Return variances of rows with these levels (G, N), shape (G, N)."""
    counts = rows.with_likelihood("poisson", "negative binomial")
    squared, share = rows.with_likelihood("negative binomial"), rows.with_likelihood("proportional")
    relative = level / mean
    growth = np.where(squared, relative**2, np.where(share, relative, 1.0))
    return np.asarray(rows.variance + sds**2 * growth + np.where(counts, level / rows.exposure, 0))


def _levels(
    rows: VesselRows, walks: Floats, variance: Floats, series: Floats, precision: Floats
) -> Floats:
    """Return posterior means of the rows' levels, shape (G, N), the last series explained."""
    found, row, count = [], rows.cells[1], len(precision)
    for systems in cell_systems(rows, walks, variance, series):
        information = systems.gram[:, :count, :count] + np.diag(precision)
        coefficients = np.linalg.solve(information, systems.gram[:, :count, count:])[..., 0]
        ones = np.ones((len(coefficients), 1))
        levels = systems.levels(np.concatenate([-coefficients, ones], axis=1))
        found.append(coefficients @ series[:, :count].T + levels[:, row])
    return np.concatenate(found)


def _log_ratio(
    rows: VesselRows, sds: Floats, level: Floats, variance: Floats, mean: Floats
) -> Floats:
    """Return logs of likelihoods over the normal ones at these levels, shape (G,)."""
    counts = rows.with_likelihood("poisson", "negative binomial")
    expected = np.where(counts, rows.exposure * level, 1.0)
    observed = rows.exposure * rows.value
    size = 1 / np.maximum((sds / mean) ** 2, _LEAST_OVERDISPERSION)
    overdispersed = _log_negative_binomial(observed, expected, size)
    poisson = observed * np.log(expected) - expected
    several = rows.with_likelihood("negative binomial")
    log_density = np.where(several, overdispersed, poisson)
    normal = -np.log(variance) / 2 - (rows.value - level) ** 2 / (2 * variance)
    return np.asarray(np.where(counts, log_density - normal, 0.0).sum(axis=1))


def _log_negative_binomial(observed: Floats, expected: Floats, size: Floats) -> Floats:
    """Return log probabilities of counts, up to a constant of these; size is 1 / alpha."""
    from scipy.special import gammaln

    total = size + expected
    ways = gammaln(observed + size) - gammaln(size)
    return np.asarray(ways + observed * np.log(expected / total) - size * np.log1p(expected / size))
