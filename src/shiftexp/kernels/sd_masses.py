"""What is known of one standard deviation before the data and after, value by value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.tails import normal_cdf

_CELLS, _FARTHEST = 24, 3.0


@dataclass(frozen=True, eq=False)
class SdMasses:
    """Prior and posterior masses of the values of one standard deviation.

    Attributes
    ----------
    kind : str
        "own", "common", "flow" or "noise".
    value, prior, posterior : arrays of shape (k,)
        Values in rising order, and their masses. The posterior's sum to one; the prior's do where
        the values reach over all of it.
    places : array of shape (m,)
        Positions of the places that it belongs to; empty for all.
    indicator : int
        Position of the indicator whose noise it is; -1 for all, and for walks.
    """

    kind: str
    value: Floats
    prior: Floats
    posterior: Floats
    places: tuple[int, ...] = ()
    indicator: int = -1

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def marginal_masses(kind: str, sds: Floats, prior: Floats, posterior: Floats) -> SdMasses:
    """Return masses by distinct value of one of several standard deviations.

    Parameters
    ----------
    kind : str
        Whose it is.
    sds, prior, posterior : arrays of shape (G,)
        Its value at every node, and the masses of the nodes.
    """
    value, which = np.unique(sds, return_inverse=True)
    before, after = (np.bincount(which, mass, len(value)) for mass in (prior, posterior))
    return SdMasses(kind, value, before, after)


def score_masses(
    kind: str, value: Floats, mean: float, sd: float, *, places: tuple[int, ...], indicator: int
) -> SdMasses:
    """Return masses where the prior is standard normal in a score, and the posterior normal.

    Parameters
    ----------
    kind, places, indicator
        Whose it is.
    value : array of shape (k,)
        Values of the standard deviation at :func:`score_cells`.
    mean, sd : float
        Of the score, after the data.
    """
    edges = _edges()
    prior = np.diff(normal_cdf(edges))
    posterior = np.diff(normal_cdf((edges - mean) / sd))
    return SdMasses(kind, value, prior, posterior / posterior.sum(), places, indicator)


def score_cells() -> Floats:
    """Return the scores that masses are told at, shape (k,)."""
    edges = _edges()
    return (edges[1:] + edges[:-1]) / 2


def _edges() -> Floats:
    """Return ends of cells of scores."""
    return np.linspace(-_FARTHEST, _FARTHEST, _CELLS + 1)
