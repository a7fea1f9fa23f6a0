"""Two vessels and a flow between them, for one study: posteriors over lags and onsets, limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.vessel_engines import Engine
from shiftexp.kernels.vessel_flow import (
    FlowDraws,
    FlowModel,
    OwnChanges,
    flow_model,
    free_draws,
    mixed,
)
from shiftexp.kernels.vessel_grid import fixed_terms
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior, joined
from shiftexp.kernels.vessel_paths import VesselParts
from shiftexp.kernels.vessel_room import ARRIVED, LEFT
from shiftexp.kernels.vessel_terms import VesselTerms, vessel_terms

_LEAST_MASS = 1e-4  # of a candidate, over that of the likeliest


class _Given(TypedDict):
    """What models with explicit drifts are given beside series, regressors and nodes."""

    fixed: Floats
    nuisance: Floats
    span: int


@dataclass(frozen=True, eq=False)
class VesselShape:
    """One candidate for how a push acts: when it starts, and with which lag it arrives.

    Attributes
    ----------
    push : array of shape (T,)
        Intensity per period.
    lags : array of shape (L,)
        Parts that arrive after 0, 1, ... periods.
    onsets : array of shape (m,)
        Positions at which places may change by themselves.
    start : int
        Position of the onset, at which detection may change.
    """

    push: Floats
    lags: Floats
    onsets: Integers
    start: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class Vessels:
    """Series of places in units of their changes, with candidates for the push.

    Attributes
    ----------
    engine : Engine
        Series of origin, destination and donors.
    shapes : tuple of VesselShape
        Candidates, all as likely before the data.
    post : array of shape (T,)
        Periods that effects are averaged over.
    seasons : array of shape (T, k)
        Season dummies; k may be 0.
    nuisance : array of shape (n, T, k)
        Steps of reporting breaks, then a one for every missing value; k may be 0.
    steps : int
        How many of these are steps.
    """

    engine: Engine
    shapes: tuple[VesselShape, ...]
    post: Booleans
    seasons: Floats
    nuisance: Floats
    steps: int

    @cached_property
    def terms(self) -> tuple[VesselTerms, ...]:
        """Regressors of every candidate."""
        places = len(self.nuisance)
        return tuple(
            vessel_terms(s.push, s.lags, s.onsets, places, start=s.start) for s in self.shapes
        )

    @cached_property
    def free(self) -> tuple[NodePosterior, ...]:
        """For every candidate: posteriors of what left and what arrived, each free."""
        return tuple(self._drifted(terms.free, self.engine).of([0, 1]) for terms in self.terms)

    @cached_property
    def totals(self) -> NodePosterior:
        """Both totals at the end of the window, nodes of all candidates together."""
        return joined(self.free)

    @cached_property
    def effects(self) -> NodePosterior:
        """Mean effects over the post periods, origin and destination, in units of the series."""
        turned = []
        for terms, posterior in zip(self.terms, self.free, strict=True):
            factor = np.diag(terms.free[:2, self.post].mean(axis=1)[[0, 1], [0, 1]])
            mean = posterior.mean @ factor
            turned.append(
                NodePosterior(posterior.log_weight, mean, factor @ posterior.cov @ factor)
            )
        return joined(tuple(turned))

    @cached_property
    def paths(self) -> tuple[Floats, Floats]:
        """Means and standard deviations of effects by period, each of shape (2, T)."""
        mass = self.totals.weight[0].reshape(len(self.shapes), -1)
        mean, square = np.zeros((2, 2, len(self.post)))
        for terms, posterior, weight in zip(self.terms, self.free, mass, strict=True):
            for side in (0, 1):
                shape = terms.free[side, :, side]
                m, v = posterior.mean[0, :, side], posterior.cov[0, :, side, side]
                mean[side] += (weight @ m) * shape
                square[side] += (weight @ (m**2 + v)) * shape**2
        return mean, np.sqrt(np.maximum(square - mean**2, 0.0))

    def upper(self, tail: float) -> Floats:
        """Return upper limits of what left and of what arrived, shape (2,)."""
        return np.array([self.totals.quantile(a, 1 - tail)[0] for a in (LEFT, ARRIVED)])

    def draws(
        self, own: OwnChanges, detection: Floats, count: int, rng: np.random.Generator
    ) -> FlowDraws:
        """Return draws of the flow under a belief in own changes, over all candidates."""
        models = self._models(own, detection)
        parts = [model.draws(own, count, rng) for model in models]
        return mixed(parts)

    def _models(self, own: OwnChanges, detection: Floats) -> list[FlowModel]:
        """Return the model of every candidate, made once for each kind of own changes."""
        key = (*own.kind, *detection.tolist())
        if key not in self._known:
            self._known[key] = [
                flow_model(few, terms, own, **self._given(shape), detection=detection)
                for shape, terms, few in self._likely
            ]
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[float, ...], list[FlowModel]]:
        """Models that were made before."""
        return {}

    def growth(self, detection: Floats, count: int, rng: np.random.Generator) -> FlowDraws:
        """Return draws in which all that left is the flow, over all candidates."""
        parts = [
            free_draws(few, terms, **self._given(shape), detection=detection, count=count, rng=rng)
            for shape, terms, few in self._likely
        ]
        return mixed(parts)

    def _given(self, shape: VesselShape) -> _Given:
        """Return what all models with explicit drifts are given for a candidate."""
        return {
            "fixed": fixed_terms(self.seasons, drift=False),
            "nuisance": self.nuisance,
            "span": len(self.post) - shape.start,
        }

    def parts(self) -> VesselParts:
        """Return what the fitted places are made of, for the likeliest candidate."""
        best = int(np.argmax([p.log_evidence[0] for p in self.free]))
        terms, few = self.terms[best], self.few[best]
        z, shown = np.concatenate([terms.free, self.nuisance], axis=2), 2 + self.steps
        posterior = self._drifted(terms.free, few)
        return few.parts(z, self._drifting, posterior, shown=shown)

    def _drifted(self, moved: Floats, engine: Engine) -> NodePosterior:
        """Return the posterior of what moved (n, T, k), beside drifts and the nuisance."""
        z = np.concatenate([moved, self.nuisance], axis=2)
        return engine.fit(z, self._drifting).coefficients(np.full(z.shape[2], FLAT))

    @property
    def _drifting(self) -> Floats:
        """What every place has: level, drift, seasons."""
        return fixed_terms(self.seasons, drift=True)

    def fitted(self) -> Floats:
        """Return what both sides were expected to be without noise, shape (2, T)."""
        return self.parts().level[:2]

    @cached_property
    def few(self) -> tuple[Engine, ...]:
        """For every candidate, the engine with the nodes that hold nearly all mass.

        Those of the model without conservation, and those of a flow without own changes, which
        may need larger walks: what is believed of own changes lies between the two.
        """
        return tuple(
            self.engine.heaviest((left.weight + right.weight) / 2)
            for left, right in zip(self.free, self._conserved, strict=True)
        )

    @cached_property
    def _conserved(self) -> tuple[NodePosterior, ...]:
        """For every candidate: the posterior of one flow, without own changes."""
        return tuple(self._drifted(terms.flow, self.engine) for terms in self.terms)

    @property
    def _likely(self) -> list[tuple[VesselShape, VesselTerms, Engine]]:
        """Candidates that some model gives a weight: draws of the others would have none."""
        logs = np.array([[p.log_evidence[0] for p in m] for m in (self.free, self._conserved)])
        mass = np.exp(logs - logs.max(axis=1, keepdims=True))
        kept = np.flatnonzero((mass > _LEAST_MASS).any(axis=0))
        return [(self.shapes[k], self.terms[k], self.few[k]) for k in kept]
