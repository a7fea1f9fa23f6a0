"""Priors of any number of standard deviations, each standard normal in a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.vessel_grid import SdPrior

FARTHEST = 4.5  # score beyond which a prior has no mass to speak of, and no matrix is regular


@dataclass(frozen=True, eq=False)
class SpreadPriors:
    """Priors of the standard deviations of J walks and B groups of noise.

    Attributes
    ----------
    scale : array of shape (J + B,)
        Scales of the priors, walks first, in units of the data.
    exponential : array of shape (J + B,)
        Whether a prior is exponential with this mean; half-normal with this scale otherwise.
    """

    scale: Floats
    exponential: Booleans

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @staticmethod
    def of(walk_scale: Floats, noise_scale: Floats, prior: SdPrior) -> SpreadPriors:
        """Return the priors for these scales of changes.

        Parameters
        ----------
        walk_scale : array of shape (J,)
            Scales of changes per period for the own walks, the common walk and, where there is
            one, the unobserved flow.
        noise_scale : array of shape (B,)
            The same for the groups of noise.
        prior : SdPrior
            Priors in units of these; the unobserved flow has that of a walk.
        """
        walk = np.arange(len(walk_scale) + len(noise_scale)) < len(walk_scale)
        share = np.where(walk, prior.walk, prior.noise)
        scale = share * np.concatenate([walk_scale, noise_scale])
        return SpreadPriors(scale, walk & prior.exponential)

    def sds(self, scores: Floats) -> Floats:
        """Return standard deviations (..., J + B) at normal scores of their priors."""
        from scipy.special import log_ndtr, ndtr, ndtri

        held = np.clip(scores, -FARTHEST, FARTHEST)
        ratio = np.where(self.exponential, -log_ndtr(-held), -ndtri(ndtr(-held) / 2))
        return np.asarray(self.scale * ratio)

    def scores(self, sds: Floats) -> Floats:
        """Return normal scores of standard deviations (..., J + B)."""
        from scipy.special import ndtr, ndtri

        ratio = sds / self.scale
        beyond = np.where(self.exponential, np.exp(-ratio), 2 * ndtr(-ratio))
        return np.clip(-ndtri(beyond), -FARTHEST, FARTHEST)
