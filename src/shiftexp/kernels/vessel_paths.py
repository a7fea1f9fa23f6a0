"""What the fitted places are made of, period by period: level, drift, flow, own and common walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_grid import SdNodes, place_rotation, walk_rotation
from shiftexp.kernels.vessel_nodes import NodePosterior


@dataclass(frozen=True, eq=False)
class VesselParts:
    """Posterior means of the parts of n places over T periods; with the noise they add up.

    Attributes
    ----------
    line : array of shape (n, T)
        Level, drift and seasons.
    terms : array of shape (n, T)
        What the regressors add.
    own, common : array of shape (n, T)
        Walks of the places by themselves, and of all together.
    noise : array of shape (n, T)
        What is left.
    flow : array of shape (n, T) or None
        What an unobserved flow adds, where the model has one.
    """

    line: Floats
    terms: Floats
    own: Floats
    common: Floats
    noise: Floats
    flow: Floats | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def level(self) -> Floats:
        """All parts but the noise together, shape (n, T)."""
        known = self.line + self.terms + self.own + self.common
        return known if self.flow is None else known + self.flow


def vessel_parts(
    y: Floats,
    z: Floats,
    fixed: Floats,
    nodes: SdNodes,
    posterior: NodePosterior,
    *,
    shown: int,
) -> VesselParts:
    """Return the parts of one case, averaged over its nodes.

    Parameters
    ----------
    y : array of shape (n, T)
        Series.
    z : array of shape (n, T, p)
        Regressors.
    fixed : array of shape (T, r)
        Level, drift and seasons.
    nodes : SdNodes
        The grid, of one case.
    posterior : NodePosterior
        Coefficients at its nodes.
    shown : int
        How many of the regressors are part of the places; the others are taken off, such as ones
        for missing values.
    """
    places, periods = y.shape
    variance, vectors = walk_rotation(periods)
    turn = place_rotation(places)
    mass, coefficients = posterior.weight[0], posterior.mean[0]
    own, common, noise = (
        getattr(nodes, n)[0][:, None, None] ** 2 for n in ("own", "common", "noise")
    )
    shared = np.where(np.arange(places)[:, None] == 0, places * common, 0.0)
    walk = (own + shared) * variance
    precision = 1 / (walk + noise)
    added = np.einsum("utk,gk->gut", z, coefficients)
    rest = turn @ (y - added) @ vectors
    turned = vectors.T @ fixed
    gram = np.einsum("gut,tr,ts->gurs", precision, turned, turned)
    score = np.einsum("gut,tr,gut->gur", precision, turned, rest)
    lines = np.linalg.solve(gram, score[..., None])[..., 0] @ turned.T
    held = (rest - lines) * precision * variance
    back = {
        "line": lines,
        "own": held * own,
        "common": held * shared,
        "noise": (rest - lines) * precision * noise,
    }
    found = {
        name: turn.T @ np.einsum("g,gut->ut", mass, part) @ vectors.T for name, part in back.items()
    }
    part = np.einsum("utk,gk->gut", z[..., :shown], coefficients[:, :shown])
    return VesselParts(terms=np.einsum("g,gut->ut", mass, part), **found)
