"""Whether a flow that no push sets off varies at all: the ratio of restricted likelihoods.

Without a flow its variance stands on the edge of what is possible: half of such data sets fit best
with none, and in the others twice the log ratio is as good as chi-square with one degree of freedom
(Self and Liang, 1987).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.flow_variance import (
    FlowLikelihood,
    RatioGrid,
    VariableFlow,
    at_walks,
    flow_likelihood,
)
from shiftexp.kernels.tails import normal_cdf
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN

_ROOM = (3.0, 2.0)  # logs below and above the grid that a maximum may lie beyond it
_LEAST_CURVATURE = 1e-3


def flow_statistic(model: VariableFlow, y: Floats, found: FlowLikelihood) -> float:
    """Return twice the log ratio of the likelihoods with and without a flow, for one series.

    Parameters
    ----------
    model : VariableFlow
        What is known before the data.
    y : array of shape (1, n, T)
        The series.
    found : FlowLikelihood
        What the grid says of it: where the search starts.
    """
    best = [_maximum(model, y, found, flowing=flowing) for flowing in (True, False)]
    return max(0.0, 2 * (best[0] - best[1]))


def flow_statistics(found: FlowLikelihood) -> Floats:
    """Return the same for many series, off the grid alone, shape (C,).

    A parabola through the best node and its neighbours stands for what lies between nodes.
    """
    profile = found.profile
    with_flow, without = _summit(profile[..., 1:]), _summit(profile[..., 0])
    return np.asarray(2 * np.maximum(with_flow - without, 0.0))


def chi_bar_p(statistic: Floats, lags: int = 1) -> Floats:
    """Return p-values by half a mass at zero and half a chi-square law with one degree.

    Parameters
    ----------
    statistic : array of any shape
        Largest of so many likelihood ratios.
    lags : int
        How many there are: by Bonferroni, p is as many times larger.

    Examples
    --------
    >>> float(chi_bar_p(np.array(2.706)).round(4))
    0.05
    """
    one = np.where(np.asarray(statistic) > 0, normal_cdf(-np.sqrt(statistic)), 1.0)
    return np.asarray(np.minimum(1.0, lags * one))


def _maximum(model: VariableFlow, y: Floats, found: FlowLikelihood, *, flowing: bool) -> float:
    """Return the largest log likelihood of one series, with a flow or without."""
    from scipy.optimize import minimize

    profile = found.profile[0, ..., 1:] if flowing else found.profile[0, ..., 0]
    axes = [found.grid.walk, found.grid.walk, found.grid.flow[1:]][: profile.ndim]
    best = np.unravel_index(profile.argmax(), profile.shape)
    start = np.log([axis[at] for axis, at in zip(axes, best, strict=True)])
    bounds = [(np.log(axis[0]) - _ROOM[0], np.log(axis[-1]) + _ROOM[1]) for axis in axes]
    series = model.rotated(y)

    def lost(logs: Floats) -> float:
        own, common, *flow = np.exp(logs)
        told = at_walks(model, series, (own, common), np.array(flow or [0.0]))
        return float(model.df * np.log(told.rest[0, 0]) + told.log_det[0]) / 2

    reached = minimize(lost, start, method="L-BFGS-B", bounds=bounds)
    return max(-float(reached.fun), float(profile.max()))


def _summit(profile: Floats) -> Floats:
    """Return the largest value between the nodes of a grid (C, ...), shape (C,)."""
    cases, *shape = profile.shape
    flat = profile.reshape(cases, -1)
    best = np.stack(np.unravel_index(flat.argmax(axis=1), shape), axis=1)
    inner = np.clip(best, 1, np.array(shape) - 2)
    unit = np.eye(len(shape), dtype=int)

    def at(offset: Integers) -> Floats:
        return np.asarray(profile[(np.arange(cases), *(inner + offset).T)])

    centre, size = at(0 * unit[0]), len(shape)
    slope = np.stack([(at(v) - at(-v)) / 2 for v in unit], axis=1)
    bend = np.empty((cases, size, size))
    for i, v in enumerate(unit):
        bend[:, i, i] = at(v) + at(-v) - 2 * centre
        for j, w in enumerate(unit[:i]):
            crossed = (at(v + w) + at(-v - w) - at(v - w) - at(w - v)) / 4
            bend[:, i, j] = bend[:, j, i] = crossed
    values, vectors = np.linalg.eigh(-bend)
    along = np.einsum("cij,ci->cj", vectors, slope) / np.maximum(values, _LEAST_CURVATURE)
    step = np.clip(np.einsum("cij,cj->ci", vectors, along), -1, 1)
    raised = centre + (slope * step).sum(axis=1) + np.einsum("ci,cij,cj->c", step, bend, step) / 2
    return np.asarray(np.maximum(flat.max(axis=1), raised))


def flow_powers(
    models: Sequence[VariableFlow],
    sds: Floats,
    grid: RatioGrid,
    *,
    drawn: int,
    size: float,
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Return how often the test finds flows of stated sizes, shape (S,).

    Parameters
    ----------
    models : sequence of VariableFlow
        Those that are compared, one for each lag.
    sds : array of shape (S, 3)
        Standard deviations of own walk, common walk and flow over that of the noise.
    grid : RatioGrid
        Ratios to try; of those of the flow every second one.
    drawn : int
        Position of the model that data sets are drawn from.
    size : float
        Size of the test.
    count : int
        Data sets for each.
    rng : numpy Generator
        Source of the draws.
    """
    y = np.concatenate([_drawn(models[drawn], each, count, rng) for each in sds])
    coarse = RatioGrid(grid.walk, np.concatenate([[0.0], grid.flow[1::2]]))
    told = (flow_likelihood(model, y, coarse, shown="power") for model in models)
    found = [flow_statistics(each) for each in told]
    rejected = chi_bar_p(np.max(found, axis=0), len(models)) <= size
    return np.asarray(rejected.reshape(len(sds), count).mean(axis=1))


def _drawn(model: VariableFlow, sds: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Return series of the model with noise of variance one, shape (count, n, T)."""
    own, common, flow = sds
    shape = (count, model.places, len(model.fixed))
    walks = own * rng.standard_normal(shape) + common * rng.standard_normal((count, 1, shape[2]))
    left = flow * rng.standard_normal((count, shape[2]))
    walks[:, ORIGIN] -= left
    walks[:, DESTINATION, model.lag :] += left[:, : shape[2] - model.lag]
    return np.asarray(walks.cumsum(axis=2) + rng.standard_normal(shape))
