"""Posterior limits of a share counted in cases, independent or in clusters that are alike inside.

Clusters: k_c ~ beta-binomial(n_c, p, r), r the correlation of two cases of one cluster, uniform
over (0, 1) before the data and integrated out at nodes on log r: many cases that are alike leave
only the smallest correlations, where equal steps of r have no node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers

_SHARES, _CORRELATIONS = 1024, 64
_NOTHING = np.finfo(float).eps
_LEAST = 0.01  # of 1 / all cases: below it cases are as good as independent


@dataclass(frozen=True)
class ShareLimits:
    """Limits of a share.

    Attributes
    ----------
    low, high : float
        Equal tails of the posterior; 0 where no case shows it, 1 where all of them do.
    """

    low: float
    high: float


def independent_limits(
    cases: int, total: int, prior: tuple[float, float], level: float
) -> ShareLimits:
    """Return limits of a binomial share under a beta prior.

    Parameters
    ----------
    cases, total : int
        Cases that show it, of how many.
    prior : tuple of two float
        Parameters of the beta prior; (.5, .5) is that of Jeffreys.
    level : float
        Posterior mass between the limits.

    Examples
    --------
    >>> found = independent_limits(20, 59, (0.5, 0.5), 0.95)
    >>> round(found.low, 3), round(found.high, 3)
    (0.228, 0.465)
    """
    from scipy.special import betaincinv

    a, b = prior[0] + cases, prior[1] + total - cases
    tail = (1 - level) / 2
    low, high = (float(betaincinv(a, b, q)) for q in (tail, 1 - tail))
    return _with_ends(low, high, cases, total)


def exact_limits(cases: int, total: int, level: float) -> ShareLimits:
    """Return limits of a binomial share that miss it no oftener than their level on either side.

    Parameters
    ----------
    cases, total : int
        Cases that show it, of how many.
    level : float
        Two-sided confidence level.

    References
    ----------
    Clopper, C. J., & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in
    the case of the binomial. Biometrika, 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> found = exact_limits(1, 1, 0.95)
    >>> round(found.low, 3), found.high
    (0.025, 1.0)
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if cases == 0 else float(betaincinv(cases, total - cases + 1, tail))
    high = 1.0 if cases == total else float(betaincinv(cases + 1, total - cases, 1 - tail))
    return ShareLimits(low, high)


def clustered_limits(
    cases: Integers, totals: Integers, prior: tuple[float, float], level: float
) -> ShareLimits:
    """Return limits of the share behind several clusters, their correlation integrated out.

    Parameters
    ----------
    cases, totals : array of shape (C,)
        Cases that show it, of how many, in each cluster.
    prior : tuple of two float
        Parameters of the beta prior of the share.
    level : float
        Posterior mass between the limits.

    Examples
    --------
    >>> found = clustered_limits(np.array([2, 18]), np.array([30, 29]), (0.5, 0.5), 0.95)
    >>> found.low < 0.2, found.high > 0.5
    (True, True)
    """
    from scipy.special import betaincinv

    # Shares equally probable before the data: the prior needs no weights, its poles no care.
    middle = (np.arange(_SHARES) + 0.5) / _SHARES
    correlations, weights = _correlations(_LEAST / int(totals.sum()))
    shares = np.clip(betaincinv(*prior, middle), _NOTHING, 1 - _NOTHING)
    log_likelihood = _log_likelihood(shares, correlations, cases, totals)
    mass = np.exp(log_likelihood - log_likelihood.max()) @ weights
    cumulated = (np.cumsum(mass) - mass / 2) / mass.sum()
    tail = (1 - level) / 2
    low, high = np.interp([tail, 1 - tail], cumulated, shares)
    return _with_ends(float(low), float(high), int(cases.sum()), int(totals.sum()))


def _correlations(least: float) -> tuple[Floats, Floats]:
    """Return nodes from the least correlation to 1, and their weights under a uniform prior."""
    nodes, weights = np.polynomial.legendre.leggauss(_CORRELATIONS)
    span = -np.log(least)
    found = np.exp(span * (nodes - 1) / 2)
    return found, weights * found * span / 2


def _log_likelihood(
    shares: Floats, correlations: Floats, cases: Integers, totals: Integers
) -> Floats:
    """Return the beta-binomial log likelihood, shape (shares, correlations)."""
    from scipy.special import betaln

    size = 1 / correlations - 1
    a = shares[:, None] * size
    b = (1 - shares)[:, None] * size
    alike, counts = np.unique(np.stack([cases, totals]), axis=1, return_counts=True)
    found = -len(cases) * betaln(a, b)
    for (k, n), count in zip(alike.T, counts, strict=True):
        found += count * betaln(a + k, b + n - k)
    return np.asarray(found)


def _with_ends(low: float, high: float, cases: int, total: int) -> ShareLimits:
    """Return limits that leave out neither nothing nor everything where that is what was seen."""
    return ShareLimits(0.0 if cases == 0 else low, 1.0 if cases == total else high)
