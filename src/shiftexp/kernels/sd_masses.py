"""What is known of one standard deviation before the data and after, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.spread_priors import FARTHEST, SpreadPriors
from shiftexp.kernels.tails import normal_cdf

SpreadKind: TypeAlias = Literal["own", "common", "flow", "noise"]
_CELLS, _LEAST_SD = 36, 0.01


@dataclass(frozen=True)
class SpreadOwner:
    """Whose a standard deviation is.

    Attributes
    ----------
    kind : {"own", "common", "flow", "noise"}
        An own walk's, the common walk's, the unobserved flow's, or the noise's.
    places : tuple of int
        Positions of the places that have it; none where all do.
    indicator : int or None
        Position of the indicator whose noise it is; None for all, and for walks.
    """

    kind: SpreadKind
    places: tuple[int, ...] = ()
    indicator: int | None = None


@dataclass(frozen=True, eq=False)
class SdMasses:
    """Prior and posterior masses of the values of one standard deviation.

    Attributes
    ----------
    owner : SpreadOwner
        Whose it is.
    value, prior, posterior : arrays of shape (k,)
        Values in rising order, and their masses. The posterior's sum to one; the prior's do where
        the values reach over all of it.
    """

    owner: SpreadOwner
    value: Floats
    prior: Floats
    posterior: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def marginal_masses(owner: SpreadOwner, sds: Floats, prior: Floats, posterior: Floats) -> SdMasses:
    """Return masses by distinct value of one of several standard deviations.

    Parameters
    ----------
    owner : SpreadOwner
        Whose it is.
    sds, prior, posterior : arrays of shape (G,)
        Its value at every node, and the masses of the nodes.
    """
    value, which = np.unique(sds, return_inverse=True)
    before, after = (np.zeros(len(value)) for _ in range(2))
    np.add.at(before, which, prior)
    np.add.at(after, which, posterior)
    return SdMasses(owner, value, before, after)


def score_masses(
    owner: SpreadOwner, priors: SpreadPriors, which: int, mean: float, sd: float
) -> SdMasses:
    """Return masses of one whose score is normal after the data.

    Parameters
    ----------
    owner : SpreadOwner
        Whose it is.
    priors : SpreadPriors
        Priors of all standard deviations.
    which : int
        Its position among them.
    mean, sd : float
        Of the score, after the data.
    """
    edges = np.linspace(-FARTHEST, FARTHEST, _CELLS + 1)
    middles = np.repeat((edges[1:] + edges[:-1])[:, None] / 2, len(priors.scale), axis=1)
    prior = np.diff(normal_cdf(edges))
    posterior = np.diff(normal_cdf((edges - mean) / max(sd, _LEAST_SD)))
    return SdMasses(owner, priors.sds(middles)[:, which], prior, posterior / posterior.sum())
