"""What stacked observations say of paths: the parts of the places, and an unobserved flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_cells import cell_systems
from shiftexp.kernels.vessel_nodes import NodeFit, NodePosterior
from shiftexp.kernels.vessel_paths import VesselParts
from shiftexp.kernels.vessel_rows import VesselRows
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN


@dataclass(frozen=True, eq=False)
class FlowPath:
    """Posterior means and standard deviations of an unobserved flow, period by period.

    Attributes
    ----------
    flow, flow_sd : arrays of shape (T,)
        What leaves in each period, beside the known push.
    left, left_sd : arrays of shape (T,)
        What has left until then.
    arrived, arrived_sd : arrays of shape (T,)
        What has arrived until then.
    """

    flow: Floats
    flow_sd: Floats
    left: Floats
    left_sd: Floats
    arrived: Floats
    arrived_sd: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def flow_path(
    fit: NodeFit, flow_sd: Floats, flow_steps: Floats, posterior: NodePosterior
) -> FlowPath:
    """Return the path of the unobserved flow, averaged over the nodes.

    Parameters
    ----------
    fit : NodeFit
        Of the model's regressors, then ``flow_steps``: what those would explain of the series
        tells the flow.
    flow_sd : array of shape (G,)
        Standard deviations of the flow at the nodes.
    flow_steps : array of shape (n, T, T)
        What a unit that leaves in a period adds to each place by each.
    posterior : NodePosterior
        Coefficients of the model's regressors.
    """
    periods = flow_steps.shape[2]
    moments, first = fit.moments[0, :, -periods:], 1 + posterior.mean.shape[2]
    variance = flow_sd[:, None] ** 2
    of_z, of_steps = moments[:, :, 1:first], moments[:, :, first:]
    mean = variance * (moments[:, :, 0] - np.einsum("gtp,gp->gt", of_z, posterior.mean[0]))
    known = of_steps - of_z @ posterior.cov[0] @ np.swapaxes(of_z, 1, 2)
    cov = variance[..., None] * np.eye(periods) - variance[..., None] ** 2 * known
    found = []
    for turn in (np.eye(periods), -flow_steps[ORIGIN], flow_steps[DESTINATION]):
        spread = np.einsum("ts,gsr,tr->gt", turn, cov, turn)
        found += [*_mixture(posterior.weight[0], mean @ turn.T, spread)]
    return FlowPath(*found)


def _mixture(weight: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of a mixture of G parts, each of shape (T,)."""
    middle = weight @ mean
    return middle, np.sqrt(np.maximum(weight @ (variance + (mean - middle) ** 2), 0.0))


def stack_parts(
    rows: VesselRows,
    walks: Floats,
    noise: Floats,
    z: Floats,
    fixed: Floats,
    posterior: NodePosterior,
    *,
    shown: int,
) -> VesselParts:
    """Return the parts of the places, averaged over the nodes.

    Lines are those of the first indicator of each place; noise is the mean over its indicators,
    NaN where nothing was observed.

    Parameters
    ----------
    rows : VesselRows
        Observations.
    walks : array of shape (G, J)
        Standard deviations of the walks.
    noise : array of shape (G, N)
        Variances of the rows about their levels.
    z : array of shape (n, T, p)
        Regressors.
    fixed : array of shape (T, r)
        Level, drift and seasons.
    posterior : NodePosterior
        Coefficients of the regressors.
    shown : int
        How many of the regressors are part of the places; the others are taken off.
    """
    theta, mass = posterior.mean[0], posterior.weight[0]
    terms, regressors = rows.fixed_columns(fixed), rows.of_rows(z)
    columns = np.concatenate([terms, rows.drift_columns], axis=1)
    precision = np.repeat([0.0, 1.0], [terms.shape[1], rows.drifts.shape[1]])
    series = np.concatenate([columns, rows.value[:, None], regressors], axis=1)
    lines, held, start = [], [], 0
    for systems in cell_systems(rows, walks, noise, series):
        part = theta[start : start + len(systems.gram)]
        known = np.concatenate([np.ones((len(part), 1)), -part], axis=1)
        line = _beside(systems.gram, known, precision)
        lines.append(line)
        held.append(systems.held(np.concatenate([-line, known], axis=1)))
        start += len(part)
    line, theta = mass @ np.concatenate(lines), mass @ theta
    found = _walks(rows, walks, np.concatenate(held), mass)
    level = np.sum(list(found.values()), axis=0)[rows.place, rows.period]
    rest = rows.value - columns @ line - regressors @ theta - level
    of_places = rows.place_columns(fixed)
    return VesselParts(
        line=of_places @ line[: of_places.shape[2]],
        terms=z[..., :shown] @ theta[:shown],
        noise=_mean_by_cell(rows, rest),
        **found,
    )


def _beside(gram: Floats, known: Floats, precision: Floats) -> Floats:
    """Return coefficients of the first columns, for combinations (G, k) of the others."""
    count = len(precision)
    score = gram[:, :count, count:] @ known[..., None]
    return np.asarray(np.linalg.solve(gram[:, :count, :count] + np.diag(precision), score)[..., 0])


def _walks(rows: VesselRows, walks: Floats, held: Floats, mass: Floats) -> dict[str, Floats]:
    """Return the means of own walks, common walk and unobserved flow, each of shape (n, T)."""
    spread = np.zeros((len(walks), rows.places * rows.periods))
    spread[:, rows.cells[0]] = held
    cells = spread.reshape(-1, rows.places, rows.periods)
    time = np.arange(rows.periods)
    walk = np.minimum.outer(time, time) + 1.0
    own = np.einsum("g,gn,gnt->nt", mass, walks[:, rows.own_group] ** 2, cells)
    common = np.einsum("g,n,gnt->t", mass * walks[:, rows.own_sds] ** 2, rows.loadings, cells)
    found = {"own": own @ walk, "common": np.outer(rows.loadings, common @ walk)}
    if rows.flow_lag is not None:
        moved = np.einsum("g,gnt,nts->s", mass * walks[:, -1] ** 2, cells, rows.flow_steps)
        found["flow"] = rows.flow_steps @ moved
    return found


def _mean_by_cell(rows: VesselRows, values: Floats) -> Floats:
    """Return the means of values (N,) by place and period, shape (n, T); NaN without any."""
    cells, row = rows.cells
    found = np.full(rows.places * rows.periods, np.nan)
    found[cells] = np.bincount(row, values) / np.bincount(row)
    return found.reshape(rows.places, rows.periods)
