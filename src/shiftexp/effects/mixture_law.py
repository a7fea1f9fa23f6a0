"""The law of a pair of effects that is a mixture of normal laws, such as a posterior on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.effects.laws import AffineLaw, Directional, DriftedLaw, Law, along, questions
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.tails import normal_cdf

_BLOCK = 200


@dataclass(frozen=True, eq=False)
class MixtureLaw(Directional):
    """A mixture of bivariate normal laws.

    Attributes
    ----------
    weight : array of shape (g,)
        Masses that sum to one.
    means : array of shape (g, 2)
        Centres, in level units per year.
    covs : array of shape (g, 2, 2)
        Covariances, in that unit squared.
    """

    weight: Floats
    means: Floats
    covs: Floats

    @property
    def cov(self) -> Floats:
        """Covariance of the mixture, shape (2, 2)."""
        centred = self.means - self.weight @ self.means
        between = np.einsum("g,gi,gj->ij", self.weight, centred, centred)
        return np.asarray(between + np.einsum("g,gij->ij", self.weight, self.covs))

    def p_value(self, a: ArrayLike, at: ArrayLike = 0.0) -> Floats:
        """Return the posterior probability of a . Delta <= at."""
        directions, thresholds = questions(a, at)
        found = [
            self._below(directions[k : k + _BLOCK], thresholds[k : k + _BLOCK])
            for k in range(0, len(directions), _BLOCK)
        ]
        return np.concatenate(found)

    def spread(self, a: ArrayLike) -> Floats:
        """Return standard deviations along directions."""
        directions, _ = questions(a, 0.0)
        pairs = directions[:, :, None] * directions[:, None, :]
        variance = along(pairs.reshape(len(pairs), 4), self.cov.ravel())
        return np.sqrt(np.maximum(variance, np.finfo(float).tiny))

    def _below(self, a: Floats, at: Floats) -> Floats:
        """Return the mass below thresholds, a few at a time."""
        variance = np.einsum("mi,gij,mj->mg", a, self.covs, a)
        z = (at[:, None] - a @ self.means.T) / np.sqrt(np.maximum(variance, np.finfo(float).tiny))
        return np.asarray(normal_cdf(z) @ self.weight)


def mixture_of(law: Law) -> MixtureLaw | None:
    """Return a law as a mixture, its affine maps and drifts carried out; None where it is none.

    Parameters
    ----------
    law : Law
        The law of a pair of effects.
    """
    if isinstance(law, MixtureLaw):
        return law
    if not isinstance(law, AffineLaw | DriftedLaw):
        return None
    inner = mixture_of(law.law)
    if inner is None:
        return None
    if isinstance(law, DriftedLaw):
        return MixtureLaw(inner.weight, inner.means, inner.covs + np.diag(law.sd**2))
    return MixtureLaw(inner.weight, inner.means @ law.m.T + law.b, law.m @ inner.covs @ law.m.T)
