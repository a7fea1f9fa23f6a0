"""Stacked observations of communicating vessels, averaged over any number of variances."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.central_composite import composite_nodes
from shiftexp.kernels.sd_masses import SdMasses, score_masses
from shiftexp.kernels.spread_priors import SpreadPriors
from shiftexp.kernels.vessel_cells import cell_systems, without_fixed
from shiftexp.kernels.vessel_counts import WorkingNoise, working_noise
from shiftexp.kernels.vessel_detection import without_normal
from shiftexp.kernels.vessel_nodes import FLAT, NodeFit, NodePosterior
from shiftexp.kernels.vessel_paths import VesselParts
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_stack_paths import FlowPath, flow_path, stack_parts

_MASS = 0.9999


@dataclass(frozen=True, eq=False)
class StackNodes:
    """Standard deviations to average over.

    Attributes
    ----------
    walks : array of shape (G, J)
        Of the own walks, the common walk and, where there is one, the unobserved flow.
    noise : array of shape (G, B)
        Of the groups of noise.
    log_prior : array of shape (G,)
        Log prior mass, up to a constant: density times the volume of a node.
    """

    walks: Floats
    noise: Floats
    log_prior: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def of_rows(self, noise_group: Integers) -> Floats:
        """Return the standard deviations of rows of these groups (N,), shape (G, N); 0 for -1."""
        none = np.zeros((len(self.noise), 1))
        return np.concatenate([self.noise, none], axis=1)[:, noise_group]


@dataclass(frozen=True, eq=False)
class Stack:
    """Stacked observations, and the standard deviations to average over.

    Attributes
    ----------
    rows : VesselRows
        Observations, in units of changes.
    nodes : StackNodes
        As of :func:`stack_nodes`.
    priors : SpreadPriors
        Priors of the standard deviations.
    """

    rows: VesselRows
    nodes: StackNodes
    priors: SpreadPriors

    def fit(self, z: Floats, fixed: Floats) -> NodeFit:
        """Return what every node says of regressors (n, T, p), beside fixed terms (T, r)."""
        return stack_fit(self.rows, z, self.nodes, fixed)

    def drifts(self, z: Floats, fixed: Floats) -> NodePosterior:
        """Return the posterior of the coefficients of drifts, beside flat ones of regressors."""
        noise = _noise(self.rows, self.nodes, z, fixed)
        fit = _whole_fit(self.rows, z, self.nodes, fixed, noise)
        free, own = z.shape[2], self.rows.drifts.shape[1]
        precision = np.repeat([FLAT, 1.0], [free, own])
        return fit.coefficients(precision).of(list(range(free, free + own)))

    def heaviest(self, weight: Floats) -> Stack:
        """Return the same data with the nodes that hold nearly all of a mass (1, G)."""
        order = np.argsort(-weight[0])
        chosen = order[: int((weight[0, order].cumsum() < _MASS).sum()) + 1]
        found = (getattr(self.nodes, name)[chosen] for name in ("walks", "noise", "log_prior"))
        return replace(self, nodes=StackNodes(*found))

    def spreads(self, weight: Floats) -> tuple[SdMasses, ...]:
        """Return what is known of every standard deviation, were its score normal.

        Parameters
        ----------
        weight : array of shape (G,)
            Posterior mass of the nodes.
        """
        scores = self.priors.scores(np.concatenate([self.nodes.walks, self.nodes.noise], axis=1))
        mean = weight @ scores
        sd = np.sqrt(weight @ (scores - mean) ** 2)
        return tuple(
            score_masses(owner, self.priors, which, float(mean[which]), float(sd[which]))
            for which, owner in enumerate(self.rows.spread_owners)
        )

    def parts(
        self, z: Floats, fixed: Floats, posterior: NodePosterior, *, shown: int
    ) -> VesselParts:
        """Return what the places are made of, period by period."""
        noise = _noise(self.rows, self.nodes, z, fixed).variance
        return stack_parts(self.rows, self.nodes.walks, noise, z, fixed, posterior, shown=shown)

    def flow_path(self, z: Floats, fixed: Floats, posterior: NodePosterior) -> FlowPath:
        """Return the path of the unobserved flow, given the coefficients of ``z``."""
        steps = self.rows.flow_steps
        noise = _noise(self.rows, self.nodes, z, fixed)
        both = np.concatenate([z, steps], axis=2)
        fit = _normal_fit(self.rows, both, self.nodes, fixed, noise)
        return flow_path(fit, self.nodes.walks[:, -1], steps, posterior)


def together_nodes(several: list[StackNodes]) -> StackNodes:
    """Return the nodes of several models of the same data, each design with an equal part.

    Where a model is contradicted it needs larger walks than the others, which have no nodes there.
    """
    log_prior = np.concatenate([nodes.log_prior for nodes in several]) - np.log(len(several))
    walks, noise = (
        np.concatenate([getattr(nodes, name) for nodes in several]) for name in ("walks", "noise")
    )
    return StackNodes(walks, noise, log_prior)


def stack_fit(rows: VesselRows, z: Floats, nodes: StackNodes, fixed: Floats) -> NodeFit:
    """Return what every node says.

    Parameters
    ----------
    rows : VesselRows
        Observations.
    z : array of shape (n, T, p)
        Regressors, one part for each place.
    nodes : StackNodes
        Standard deviations to try.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own: its level, a drift, seasons.
    """
    return _normal_fit(rows, z, nodes, fixed, _noise(rows, nodes, z, fixed))


def _noise(rows: VesselRows, nodes: StackNodes, z: Floats, fixed: Floats) -> WorkingNoise:
    """Return the normal likelihoods that stand for those of the rows."""
    return working_noise(rows, nodes.walks, nodes.of_rows(rows.noise_group), z, fixed)


def _normal_fit(
    rows: VesselRows, z: Floats, nodes: StackNodes, fixed: Floats, noise: WorkingNoise
) -> NodeFit:
    """Return what every node says with these normal likelihoods, drifts integrated out."""
    whole = _whole_fit(rows, z, nodes, fixed, noise)
    moments, added = without_normal(whole.moments[0], rows.drifts.shape[1])
    return NodeFit(whole.log_prior, whole.evidence - added / 2, moments[None])


def _whole_fit(
    rows: VesselRows, z: Floats, nodes: StackNodes, fixed: Floats, noise: WorkingNoise
) -> NodeFit:
    """Return what every node says of regressors, then of drifts."""
    columns = rows.fixed_columns(fixed)
    series = np.concatenate(
        [columns, rows.value[:, None], rows.of_rows(z), rows.drift_columns], axis=1
    )
    found = list(cell_systems(rows, nodes.walks, noise.variance, series))
    moments, fixed_det = without_fixed(np.concatenate([s.gram for s in found]), columns.shape[1])
    logs = np.concatenate([s.log_det for s in found]) + fixed_det
    return NodeFit(nodes.log_prior[None], (noise.log_ratio - logs / 2)[None], moments[None])


def stack_nodes(
    rows: VesselRows,
    z: Floats,
    fixed: Floats,
    priors: SpreadPriors,
) -> StackNodes:
    """Return the standard deviations that the posterior of a base model should be averaged over.

    A central composite design in the scores of their priors: a standard deviation at probability
    p of its prior has the normal quantile of p. So priors are standard normal, one that the data
    do not know stays so, and there is no boundary at a standard deviation of zero. Against
    thousands of nodes, standard deviations of a flow come out 1 percent small on average with
    three unknown ones, and 4 percent with six.

    Parameters
    ----------
    rows : VesselRows
        Observations.
    z : array of shape (n, T, p)
        Regressors of the base model.
    fixed : array of shape (T, r)
        Its fixed terms.
    priors : SpreadPriors
        Priors of the standard deviations.
    """
    flat = np.full(z.shape[2], FLAT)

    def at(scores: Floats, log_volume: Floats) -> StackNodes:
        walks, noise = np.split(priors.sds(scores), [rows.walk_sds], axis=1)
        return StackNodes(walks, noise, log_volume - (scores**2).sum(axis=1) / 2)

    def log_mass(scores: Floats) -> Floats:
        found = stack_fit(rows, z, at(scores, np.zeros(len(scores))), fixed)
        return np.asarray(found.coefficients(flat).log_weight[0])

    design = composite_nodes(log_mass, np.zeros(len(priors.scale)))
    return at(design.points, design.log_volume)
