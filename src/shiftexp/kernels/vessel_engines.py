"""How what a model adds is weighed against data: the same questions to every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.sd_masses import SdMasses, SpreadKind, SpreadOwner, marginal_masses
from shiftexp.kernels.vessel_grid import SdNodes, grid_fit
from shiftexp.kernels.vessel_nodes import FLAT, NodeFit, NodePosterior
from shiftexp.kernels.vessel_paths import VesselParts, vessel_parts

_MASS = 0.9999


class Engine(Protocol):
    """Data of n places over T periods, with the standard deviations to average over."""

    def fit(self, z: Floats, fixed: Floats) -> NodeFit:
        """Return what every node says of regressors.

        Parameters
        ----------
        z : array of shape (n, T, p)
            Regressors, one part for each place.
        fixed : array of shape (T, r)
            What every place has with coefficients of its own: its level, a drift, seasons.
        """

    def heaviest(self, weight: Floats) -> Engine:
        """Return the same data with the nodes that hold nearly all of a posterior mass (C, G)."""

    def spreads(self, weight: Floats) -> tuple[SdMasses, ...]:
        """Return what is known of every standard deviation, for a single case.

        Parameters
        ----------
        weight : array of shape (G,)
            Posterior mass of the nodes.
        """

    def parts(
        self, z: Floats, fixed: Floats, posterior: NodePosterior, *, shown: int
    ) -> VesselParts:
        """Return what the places are made of, period by period, for a single case.

        Parameters
        ----------
        z, fixed
            As of :meth:`fit`.
        posterior : NodePosterior
            Coefficients of ``z``.
        shown : int
            How many of the regressors are part of the places.
        """


@dataclass(frozen=True, eq=False)
class Grid:
    """Complete series of places that share three standard deviations.

    Attributes
    ----------
    y : array of shape (C, n, T)
        Series, in units of their changes.
    nodes : SdNodes
        The grid.
    """

    y: Floats
    nodes: SdNodes

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def fit(self, z: Floats, fixed: Floats) -> NodeFit:
        """Return what every node says of regressors (n, T, p), beside fixed terms (T, r)."""
        return grid_fit(self.y, z, self.nodes, fixed)

    def sharpened(self, z: Floats, fixed: Floats) -> Grid:
        """Return the same data on a grid whose noise lies where a model of regressors puts it."""
        posterior = self.fit(z, fixed).coefficients(np.full(z.shape[2], FLAT))
        return Grid(self.y, self.nodes.sharpened(posterior.weight))

    def spreads(self, weight: Floats) -> tuple[SdMasses, ...]:
        """Return what is known of own walk, common walk and noise, for a single case."""
        nodes = self.nodes
        prior = np.exp(nodes.log_prior[0] - nodes.log_whole[0])
        kinds: tuple[SpreadKind, ...] = ("own", "common", "noise")
        return tuple(
            marginal_masses(SpreadOwner(kind), getattr(nodes, kind)[0], prior, weight)
            for kind in kinds
        )

    def heaviest(self, weight: Floats) -> Grid:
        """Return the same data with the nodes that hold nearly all of a mass (C, G)."""
        return Grid(self.y, self.nodes.heaviest(weight, _MASS))

    def parts(
        self, z: Floats, fixed: Floats, posterior: NodePosterior, *, shown: int
    ) -> VesselParts:
        """Return what the places are made of, period by period, for a single case."""
        return vessel_parts(self.y[0], z, fixed, self.nodes, posterior, shown=shown)
