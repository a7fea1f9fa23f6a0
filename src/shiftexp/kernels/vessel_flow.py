"""The flow between two places, own changes beside it: draws, lower limits, shares of growth."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.vessel_engines import Engine
from shiftexp.kernels.vessel_nodes import FLAT, NodeFit
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN, VesselTerms

FEWEST_KEPT = 30
# Nodes of the scale of own changes among donors, and the scale of its half-normal prior, in units
# of the smallest change that matters.
_TAUS, _TAU_PRIOR = (0.2, 0.8, 1.6, 2.8, 4.4, 6.8, 10.0), 4.0


@dataclass(frozen=True, eq=False)
class OwnChanges:
    """What is believed of changes that places make by themselves at the onsets.

    Attributes
    ----------
    scales : array of shape (k,)
        Standard deviations to average over, in units of the data; one that is 0 for no changes.
    log_prior : array of shape (k,)
        Their log prior masses, up to a constant.
    donors : bool
        Whether donors make such changes too: then they tell the scale.
    wave : bool
        Whether a change of any size is shared by the destination and the donors.
    """

    scales: Floats
    log_prior: Floats
    donors: bool = False
    wave: bool = False

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def kind(self) -> tuple[bool, bool, bool]:
        """Whether there are own changes at all, donors' among them, and a shared one."""
        return bool(self.scales.max() > 0), self.donors, self.wave

    @staticmethod
    def stated(scale: float) -> OwnChanges:
        """Return changes of a stated scale, without donors."""
        return OwnChanges(np.array([scale]), np.zeros(1))

    @staticmethod
    def like_donors(unit: float, *, wave: bool = False) -> OwnChanges:
        """Return changes exchangeable with those of donors, of unknown scale.

        Parameters
        ----------
        unit : float
            The smallest change that matters, in units of the data.
        wave : bool, default False
            Whether destination and donors share a change.
        """
        nodes = np.array(_TAUS)
        width = np.gradient(nodes)
        return OwnChanges(
            nodes * unit, np.log(width) - (nodes / _TAU_PRIOR) ** 2 / 2, donors=True, wave=wave
        )


@dataclass(frozen=True, eq=False)
class FlowDraws:
    """Draws of a flow and of own changes, for a batch of C cases, N draws each.

    Attributes
    ----------
    flow : array of shape (C, N)
        What has arrived by the end of the window.
    own : array of shape (C, N, 2)
        Own changes of origin and destination by then.
    drift : array of shape (C, N)
        What the destination grew by without either, from the onset to the end.
    weight : array of shape (C, N)
        Weights that sum to one; 0 where the origin grew by itself or the destination fell.
    log_evidence : array of shape (C,)
        Log of the mean likelihood over the priors, up to a constant of the data.
    """

    flow: Floats
    own: Floats
    drift: Floats
    weight: Floats
    log_evidence: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def kept(self) -> Floats:
        """Draws with the signs that are assumed, shape (C,)."""
        return np.asarray((self.weight > 0).sum(axis=1))

    @property
    def excess_share(self) -> Floats:
        """The flow as a share of growth beyond drift, shape (C, N)."""
        return share_of_growth(self.flow, self.flow + self.own[..., 1])

    @property
    def total_share(self) -> Floats:
        """The flow as a share of all growth, shape (C, N)."""
        return share_of_growth(self.flow, self.flow + self.own[..., 1] + self.drift)

    def quantile(self, values: Floats, probability: float) -> Floats:
        """Return weighted quantiles of values (C, N), shape (C,); NaN with too few draws."""
        found = [
            _weighted_quantile(v, w, probability) for v, w in zip(values, self.weight, strict=True)
        ]
        return np.where(self.kept >= FEWEST_KEPT, np.array(found), np.nan)


def mixed(parts: list[FlowDraws]) -> FlowDraws:
    """Return draws of several models of the same data, each with the weight of its evidence."""
    logs = np.stack([part.log_evidence for part in parts], axis=1)
    top = logs.max(axis=1, keepdims=True)
    mass = np.exp(logs - top)
    total = mass.sum(axis=1, keepdims=True)
    share = mass / total
    weight = [part.weight * share[:, [k]] for k, part in enumerate(parts)]
    return FlowDraws(
        flow=np.concatenate([part.flow for part in parts], axis=1),
        own=np.concatenate([part.own for part in parts], axis=1),
        drift=np.concatenate([part.drift for part in parts], axis=1),
        weight=np.concatenate(weight, axis=1),
        log_evidence=top[:, 0] + np.log(total[:, 0] / len(parts)),
    )


def share_of_growth(flow: Floats, growth: Floats) -> Floats:
    """Return flow over growth, from 0 to 1; 1 where there is a flow and no growth."""
    grown = growth > 0
    ratio = flow / np.where(grown, growth, 1.0)
    return np.clip(np.where(grown, ratio, np.where(flow > 0, 1.0, 0.0)), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class FlowModel:
    """What the data say of a flow and of own changes, before these have a scale.

    Attributes
    ----------
    fit : NodeFit
        Every node's cross products of the series and the regressors.
    kinds : tuple of (int, float or None, str)
        Regressors in a row: how many, their prior sd, None for that of own changes, and of what.
    span : int
        Periods from the onset to the end.
    """

    fit: NodeFit
    kinds: tuple[tuple[int, float | None, str], ...]
    span: int

    def draws(self, own: OwnChanges, count: int, rng: np.random.Generator) -> FlowDraws:
        """Return normal draws, of which those with the signs that are assumed have a weight.

        Parameters
        ----------
        own : OwnChanges
            What is believed of own changes: of the kind that the model was made for.
        count : int
            Draws for every scale.
        rng : Generator
            Source of the draws.
        """
        place = self._places()
        asked = list(itertools.chain.from_iterable(place.values()))
        parts = list(self._scaled(own, asked, count, rng))
        drawn = np.concatenate([values for values, _ in parts], axis=1)
        place = _renumbered(place)
        outs, ins = drawn[..., place["out"]].sum(axis=2), drawn[..., place["in"]].sum(axis=2)
        ins += drawn[..., place["wave"]].sum(axis=2)
        weight, evidence = _weights([log for _, log in parts], _signed(drawn, place, own), count)
        drift = drawn[..., place["drift"][0]] * self.span
        return FlowDraws(drawn[..., 0], np.stack([outs, ins], axis=2), drift, weight, evidence)

    def _scaled(
        self, own: OwnChanges, asked: list[int], count: int, rng: np.random.Generator
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield draws of the coefficients asked for and log evidence, by scale of own changes."""
        for scale, log_prior in zip(own.scales, own.log_prior, strict=True):
            sds = [np.full(size, scale if sd is None else sd) for size, sd, _ in self.kinds]
            precision = np.maximum(np.concatenate(sds) ** -2.0, FLAT)
            posterior = self.fit.coefficients(precision)
            yield posterior.of(asked).draws(count, rng), posterior.log_evidence + log_prior

    def _places(self) -> dict[str, list[int]]:
        """Return the positions of the coefficients that are asked for, by kind.

        Of the drifts only the destination's: draws of what nobody asks for take most of the time.
        """
        found: dict[str, list[int]] = {"flow": [], "out": [], "in": [], "wave": [], "drift": []}
        start = 0
        for size, _, kind in self.kinds:
            found.get(kind, []).extend(range(start, start + size))
            start += size
        return found | {"drift": [found["drift"][DESTINATION]]}


def flow_model(
    engine: Engine,
    terms: VesselTerms,
    own: OwnChanges,
    *,
    fixed: Floats,
    nuisance: Floats,
    span: int,
    detection: Floats,
) -> FlowModel:
    """Return what the data say of a flow and of own changes of one kind.

    Parameters
    ----------
    engine : Engine
        Series of origin, destination and donors.
    terms : VesselTerms
        Regressors.
    own : OwnChanges
        Of which the kind matters: :attr:`OwnChanges.kind`.
    fixed : array of shape (T, r)
        Level and seasons of every place; drifts are added.
    nuisance : array of shape (n, T, k)
        What else has coefficients of its own, such as a step for every reporting break, and a one
        for every missing value, which takes it out exactly; k may be 0.
    span : int
        Periods from the onset to the end.
    detection : array of shape (2,)
        Prior standard deviations of steps in detection, in units of the data; 0 for none.
    """
    columns = [*_columns(terms, own, detection), (nuisance, np.inf, "nuisance")]
    fit = engine.fit(np.concatenate([z for z, _, _ in columns], axis=2), fixed)
    return FlowModel(fit, tuple((z.shape[2], sd, kind) for z, sd, kind in columns), span)


def free_draws(
    engine: Engine,
    terms: VesselTerms,
    *,
    fixed: Floats,
    nuisance: Floats,
    span: int,
    detection: Floats,
    count: int,
    rng: np.random.Generator,
) -> FlowDraws:
    """Return draws in which all that left the origin is the flow, and the rest own growth.

    Parameters
    ----------
    engine, terms, fixed, nuisance, span, detection
        As of :func:`flow_model`.
    count : int
        Draws.
    rng : Generator
        Source of the draws.
    """
    sides = np.flatnonzero(detection > 0)
    columns = [terms.free, terms.drifts, nuisance, terms.steps[:, :, sides]]
    z = np.concatenate(columns, axis=2)
    precision = np.full(z.shape[2], FLAT)
    precision[z.shape[2] - len(sides) :] = detection[sides] ** -2.0
    posterior = engine.fit(z, fixed).coefficients(precision)
    drawn = posterior.draws(count, rng)
    left, arrived, drift = (drawn[..., k] for k in (0, 1, 2 + DESTINATION))
    own = np.stack([np.zeros_like(left), arrived - left], axis=2)
    weight = np.full(left.shape, 1 / count)
    return FlowDraws(left, own, drift * span, weight, posterior.log_evidence)


def _renumbered(place: dict[str, list[int]]) -> dict[str, list[int]]:
    """Return the same kinds with positions that count on from one to the next."""
    ends = np.cumsum([0, *map(len, place.values())]).tolist()
    return {kind: list(range(ends[k], ends[k + 1])) for k, kind in enumerate(place)}


_Column = tuple[Floats, float | None, str]


def _columns(terms: VesselTerms, own: OwnChanges, detection: Floats) -> list[_Column]:
    """Return regressors with their prior sds, None for that of own changes, and what they are."""
    columns: list[_Column] = [(terms.flow, np.inf, "flow")]
    if own.kind[0]:
        columns.append((terms.breaks[:, :, ORIGIN], None, "out"))
        columns.append((terms.breaks[:, :, DESTINATION], None, "in"))
    if own.wave:
        columns.append((terms.breaks[:, :, DESTINATION:].sum(axis=2), np.inf, "wave"))
    if own.donors:
        several = terms.breaks[:, :, DESTINATION + 1 :]
        columns.append((several.reshape(*several.shape[:2], -1), None, "donor"))
    columns += [
        (terms.steps[:, :, [side]], float(detection[side]), "step")
        for side in (ORIGIN, DESTINATION)
        if detection[side] > 0
    ]
    columns.append((terms.drifts, np.inf, "drift"))
    return columns


def _signed(drawn: Floats, place: dict[str, list[int]], own: OwnChanges) -> Booleans:
    """Return the draws in which the origin did not grow by itself, nor the destination fall."""
    kept = (drawn[..., place["out"]] <= 0).all(axis=2)
    return np.asarray(kept if own.wave else kept & (drawn[..., place["in"]] >= 0).all(axis=2))


def _weights(logs: list[Floats], kept: Booleans, count: int) -> tuple[Floats, Floats]:
    """Return weights of draws, none for those of other signs, and the log evidence of all."""
    every = np.stack(logs, axis=1)
    top = every.max(axis=1, keepdims=True)
    weight = np.repeat(np.exp(every - top), count, axis=1) * kept
    total = np.maximum(weight.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return weight / total, top[:, 0] + np.log(total[:, 0] / count)


def _weighted_quantile(values: Floats, weight: Floats, probability: float) -> float:
    """Return the value below which this part of the weight lies."""
    order = np.argsort(values)
    ends = weight[order].cumsum()
    middle = ends - weight[order] / 2
    return float(np.interp(probability, middle, values[order]))
