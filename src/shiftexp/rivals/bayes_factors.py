"""Bayes factors of inequality and equality constraints, with a fraction of the data as prior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.effect_regions import log_content
from shiftexp.kernels.sector_weights import Piece, sector_masses
from shiftexp.kernels.tails import normal_cdf
from shiftexp.rivals.hypotheses import Hypothesis

TIMES = (1.0, 2.0, 3.0)
CONSTRAINTS = 2  # independent constraints of the hypotheses together
_SIDES = 2
_NODES = 64
Law: TypeAlias = tuple[Floats, Floats]


def fractional_factors(
    hypotheses: Sequence[Hypothesis], mean: Floats, cov: Floats, innovations: int
) -> Floats:
    """Return log Bayes factors of hypotheses against no constraint, at b, 2b and 3b, shape (3, h).

    BF = f / c: what N(mean, cov) puts in the hypothesis over what N(0, cov / b) does, masses where
    there are inequalities and densities where there are equalities; b = J / n.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis
        The constraints.
    mean : array of shape (p,)
        Estimates: origin, destination, and the donors' index where there is one.
    cov : array of shape (p, p)
        Their covariance.
    innovations : int
        n.

    References
    ----------
    Gu, X., Mulder, J. & Hoijtink, H. (2018). Approximated adjusted fractional Bayes factors: A
    general method for testing informative hypotheses. British Journal of Mathematical and
    Statistical Psychology, 71, 229-261. https://doi.org/10.1111/bmsp.12110
    """
    data = [_content(one, (mean, cov)) for one in hypotheses]
    rows = []
    for times in TIMES:
        prior = np.zeros_like(mean), cov * innovations / (times * CONSTRAINTS)
        rows.append([f - _content(h, prior) for f, h in zip(data, hypotheses, strict=True)])
    return np.array(rows)


def _content(hypothesis: Hypothesis, law: Law) -> float:
    """Return the log of what a law puts in a hypothesis."""
    mean, cov = law
    if len(mean) == _SIDES:
        return log_content(hypothesis.region, mean, cov)
    if hypothesis.shared:
        return _shared_content(hypothesis, law)
    index, variance = mean[_SIDES], cov[_SIDES, _SIDES]
    pair = given_index(law, np.zeros(1))
    density = -(index**2 / variance + np.log(2 * np.pi * variance)) / 2
    return log_content(hypothesis.region, pair[0][0], pair[1]) + float(density)


def given_index(law: Law, index: Floats) -> tuple[Floats, Floats]:
    """Return centres (m, 2) and covariance (2, 2) of the pair given values (m,) of the index."""
    mean, cov = law
    slope = cov[:_SIDES, _SIDES] / cov[_SIDES, _SIDES]
    centres = mean[:_SIDES] + (index[:, None] - mean[_SIDES]) * slope
    return centres, cov[:_SIDES, :_SIDES] - np.outer(slope, cov[_SIDES, :_SIDES])


def _shared_content(hypothesis: Hypothesis, law: Law) -> float:
    """Return the log mass of the pair in a region together with an index above zero."""
    from scipy.special import ndtri

    mean, cov = law
    sd = float(np.sqrt(cov[_SIDES, _SIDES]))
    below = float(normal_cdf(np.array([-mean[_SIDES] / sd]))[0])
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    index = mean[_SIDES] + sd * ndtri(below + (1 - below) * (nodes + 1) / 2)
    centres, left = given_index(law, index)
    piece = Piece(hypothesis.region.a, hypothesis.region.at)
    covs = np.broadcast_to(left, (_NODES, _SIDES, _SIDES))
    mass = sector_masses(weights / 2, centres, covs, ((piece,), hypothesis.region.rest))[0]
    return float(np.log(max(mass * (1 - below), np.finfo(float).tiny)))
