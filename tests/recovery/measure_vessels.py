"""Rates of the communicating vessels: flows, own changes and changes of detection, alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_flow import FlowDraws, OwnChanges, flow_model, free_draws
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_nodes import FLAT
from shiftexp.kernels.vessel_terms import VesselTerms, vessel_terms
from tests.recovery.measure import COVERAGE, Cell, Rate, average, share

METHOD = "CommunicatingVessels(lags=(1,))"
PROCESS = "walks and noise"
BASE, DRAWN, PULSE, LIKE_DONORS = "base noise", "noise drawn at random", "3-year pulse", "5 donors"
_SIZE, _TAIL, _DRAWS = 20.0, 0.025, 2000
_BASE_SDS = (1.5, 1.5, 4.0)
_RANGES = ((0.3, 2.0), (0.3, 2.0), (1.0, 5.0))
_LEVELS, _DRIFTS = np.array([100.0, 40.0]), np.array([1.0, 2.0])
_DONOR_LEVEL, _DONOR_DRIFT, _DONORS, _SMALLEST = 60.0, 1.5, 5, 5.0
_SCALES = (0.0, 5.0, 10.0, 20.0)
_DETECTION = 0.1


@dataclass(frozen=True)
class Truth:
    """What happened: a flow, own changes of both sides by the end, a step in detection."""

    flow: float = 0.0
    left: float = 0.0
    grown: float = 0.0
    detection: float = 1.0


TRUTHS = {
    "flow": Truth(flow=_SIZE),
    "flow and own growth": Truth(flow=_SIZE, grown=_SIZE),
    "flow, detection x1.25": Truth(flow=_SIZE, detection=1.25),
    "nothing": Truth(),
    "detection x1.25": Truth(detection=1.25),
    "own growth": Truth(grown=_SIZE),
    "own fall and own growth": Truth(left=-_SIZE, grown=_SIZE),
}
_FEW = ("flow", "own fall and own growth")


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table."""
    for place in (BASE, DRAWN, PULSE, LIKE_DONORS):
        for truth in TRUTHS if place in {BASE, DRAWN} else _FEW:
            yield Cell(
                table="vessels",
                method=METHOD,
                before=10,
                after=10,
                process=PROCESS,
                rho=(0.0,),
                setting=f"{truth}; {place}",
                draws=400,
                seed=seed,
            )


def vessels(cell: Cell) -> tuple[Rate, ...]:
    """Measure whether limits hold, how wide they are, and whether a flow is called proved."""
    name, place = cell.setting.split("; ")
    truth, rng = TRUTHS[name], cell.random()
    terms = _terms(cell, place)
    y = _series(cell, truth, terms, place, rng)
    nodes = nodes_of_changes(y[:, :2], cell.before, 1)
    line, level = (fixed_terms(np.zeros((cell.periods, 0)), drift=d) for d in (True, False))
    engine = Grid(y, nodes)
    free = engine.fit(terms.free, line).coefficients(np.full(2, FLAT))
    few = engine.heaviest(free.weight)
    sides = np.eye(2)
    upper = np.maximum(0, np.min([free.quantile(a, 1 - _TAIL) for a in sides], axis=0))
    nothing = np.zeros((*y.shape[1:], 0))
    whole = free_draws(
        few, terms, fixed=level, nuisance=nothing, span=cell.after, count=_DRAWS, rng=rng
    )
    most = whole.quantile(whole.total_share, 1 - _TAIL)
    exact = np.array([truth.flow - truth.left, truth.flow + truth.grown])
    held = [
        (free.quantile(a, _TAIL) <= v) & (v <= free.quantile(a, 1 - _TAIL))
        for a, v in zip(sides, exact, strict=True)
    ]
    rates = []
    if truth.detection == 1 and (place != PULSE or not truth.grown):  # of the shape of the push
        rates.append(share("effects covered", np.concatenate(held), effect=name, nominal=COVERAGE))
    for words, own in _beliefs(place):
        model = flow_model(
            few,
            terms,
            own,
            fixed=level,
            nuisance=nothing,
            span=cell.after,
            detection=_DETECTION * np.abs(y[:, :2, : cell.before].mean(axis=(0, 2))),
        )
        found = model.draws(own, _DRAWS, rng)
        rates += _limits(found, truth, (upper, most), cell.after, name, words)
    return tuple(rates)


def _limits(
    found: FlowDraws, truth: Truth, most: tuple[Floats, Floats], span: int, name: str, words: str
) -> list[Rate]:
    """Return how limits of the flow and of its share of all growth do under one belief."""
    drift = span * _DRIFTS[1]
    exact = truth.flow / (truth.flow + truth.grown + drift)
    low, part = (
        np.maximum(np.nan_to_num(found.quantile(v, _TAIL)), 0.0)
        for v in (found.flow, found.total_share)
    )
    high, whole = most
    covered = (low <= truth.flow) & (truth.flow <= high)
    shared = (part <= exact) & (exact <= whole)
    return [
        share("flow covered", covered, effect=name, nominal=COVERAGE, given=words),
        share("share covered", shared, effect=name, nominal=COVERAGE, given=words),
        average("share width", np.maximum(whole - part, 0), effect=name, given=words),
        share("flow proved", low > 0, effect=name, given=words),
    ]


def _beliefs(place: str) -> list[tuple[str, OwnChanges]]:
    """Return beliefs in own changes, in words."""
    if place == LIKE_DONORS:
        return [("like donors", OwnChanges.like_donors(_SMALLEST))]
    return [(f"s = {s:g}", OwnChanges.stated(s)) for s in _SCALES]


def _terms(cell: Cell, place: str) -> VesselTerms:
    """Return the regressors of the push, which arrives a year later."""
    time = np.arange(cell.periods)
    last = cell.before + 3 if place == PULSE else cell.periods
    push = np.where((time >= cell.before) & (time < last), 1.0, 0.0)
    places = 2 + (_DONORS if place == LIKE_DONORS else 0)
    return vessel_terms(push, np.array([0.0, 1.0]), np.array([cell.before]), places)


def _series(
    cell: Cell, truth: Truth, terms: VesselTerms, place: str, rng: np.random.Generator
) -> Floats:
    """Return series of the places, shape (draws, n, T)."""
    donors = len(terms.flow) - 2
    shape = (cell.draws, len(terms.flow), cell.periods)
    time = np.arange(cell.periods, dtype=float)
    level = np.concatenate([_LEVELS, np.full(donors, _DONOR_LEVEL)])[:, None]
    mean = level + np.concatenate([_DRIFTS, np.full(donors, _DONOR_DRIFT)])[:, None] * time
    mean = mean + truth.flow * terms.flow[..., 0]
    mean = mean + truth.left * terms.breaks[:, :, 0, 0]
    mean = mean + truth.grown * terms.breaks[:, :, 1, 0]
    sds = np.array([_BASE_SDS] * cell.draws)
    if place == DRAWN:
        sds = np.stack([rng.uniform(*ends, cell.draws) for ends in _RANGES], axis=1)
    own, common, noise = sds.T[:, :, None, None]
    walks = own * rng.standard_normal(shape).cumsum(axis=2)
    walks = walks + common * rng.standard_normal((cell.draws, 1, cell.periods)).cumsum(axis=2)
    seen = np.ones(shape[1:])
    seen[1, cell.before :] = truth.detection
    return np.asarray(seen * (mean + walks) + noise * rng.standard_normal(shape))
