"""What both sides are made of, period by period, over all candidates: with and without own changes.

Where :mod:`shiftexp.kernels.vessel_paths` splits the likeliest candidate's fit, here the posterior
means of all candidates are averaged, so that totals and effects are those of the posterior.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_engines import Engine
from shiftexp.kernels.vessel_grid import fixed_terms
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessels import Vessels


@dataclass(frozen=True, eq=False)
class HistoryParts:
    """Posterior means of the parts of origin and destination; all but the noise.

    Attributes
    ----------
    line : array of shape (2, T)
        Level, drift and seasons.
    own, common : arrays of shape (2, T)
        Walk of each side by itself, and the walk of all places together.
    steps : array of shape (2, T)
        Steps of reporting breaks.
    detection : array of shape (2, T)
        Steps of detection at the onset; zero where the model has none.
    moved : array of shape (2, T)
        What the push added: below zero what left, above zero what arrived.
    """

    line: Floats
    own: Floats
    common: Floats
    steps: Floats
    detection: Floats
    moved: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def fitted(self) -> Floats:
        """What both sides were expected to be without noise, shape (2, T)."""
        return np.asarray(sum(getattr(self, part.name) for part in fields(self)))

    def times(self, factor: float) -> HistoryParts:
        """Return the same parts in another unit."""
        return HistoryParts(*(getattr(self, part.name) * factor for part in fields(self)))


def free_history(vessels: Vessels) -> HistoryParts:
    """Return the parts where what left and what arrived have coefficients of their own."""
    none = np.zeros((*vessels.nuisance.shape[:2], 0))
    parts = [
        _candidate(vessels, terms.free, none, np.zeros(0), few)
        for terms, few in zip(vessels.terms, vessels.few, strict=True)
    ]
    return _averaged(parts)


def conserved_history(vessels: Vessels, detection: Floats) -> HistoryParts:
    """Return the parts where all that arrived is what left: one flow, and no own changes.

    Parameters
    ----------
    vessels : Vessels
        The study.
    detection : array of shape (2,)
        Prior standard deviations of steps in detection, in units of the data; 0 for none.
    """
    sides = np.flatnonzero(detection > 0)
    parts = [
        _candidate(vessels, terms.flow, terms.steps[:, :, sides], detection[sides] ** -2.0, few)
        for terms, few in zip(vessels.terms, vessels.few, strict=True)
    ]
    return _averaged(parts)


def unit_flow(vessels: Vessels) -> Floats:
    """Return what a flow adds to both sides per unit arrived by the end, shape (2, T).

    Candidates have the weights of the model without conservation.
    """
    shapes = np.stack([terms.flow[:2, :, 0] for terms in vessels.terms])
    return np.asarray(np.einsum("c,cut->ut", candidate_weights(vessels), shapes))


def candidate_weights(vessels: Vessels) -> Floats:
    """Return posterior masses of the candidates, shape (number of them,)."""
    return np.asarray(vessels.totals.weight[0].reshape(len(vessels.shapes), -1).sum(axis=1))


def _candidate(
    vessels: Vessels, moving: Floats, detection: Floats, precision: Floats, few: Engine
) -> tuple[float, HistoryParts]:
    """Return the log evidence of one candidate, and its parts."""
    z = np.concatenate([moving, detection, vessels.nuisance], axis=2)
    ends = np.cumsum([moving.shape[2], detection.shape[2], vessels.steps])
    every = np.full(z.shape[2], FLAT)
    every[ends[0] : ends[1]] = precision
    fixed = fixed_terms(vessels.seasons, drift=True)
    posterior = few.fit(z, fixed).coefficients(every)
    walks = few.parts(z, fixed, posterior, shown=0)
    added = z[:2] * (posterior.weight[0] @ posterior.mean[0])
    moved, changed, steps = (
        part.sum(axis=2) for part in np.split(added[:, :, : ends[2]], ends[:2], axis=2)
    )
    parts = HistoryParts(
        line=walks.line[:2],
        own=walks.own[:2],
        common=walks.common[:2],
        steps=steps,
        detection=changed,
        moved=moved,
    )
    return float(posterior.log_evidence[0]), parts


def _averaged(found: list[tuple[float, HistoryParts]]) -> HistoryParts:
    """Return the parts of all candidates, weighted by their evidence."""
    logs = np.array([log for log, _ in found])
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    return HistoryParts(
        *(
            np.einsum(
                "c,cut->ut", mass, np.stack([getattr(parts, part.name) for _, parts in found])
            )
            for part in fields(HistoryParts)
        )
    )
