"""How often sectors of two effects are declared rightly and wrongly, and kept in the set."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.sector_weights import (
    SectorMasses,
    prior_masses,
    sector_masses,
    smallest_set,
    under_prior,
)
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import fixed_terms, nodes_of_changes
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior, joined
from shiftexp.kernels.vessel_terms import Cuts, VesselTerms, vessel_terms
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import (
    DECLARE,
    DECLARE_STRICTLY,
    LEAST_MASS,
    LEVEL,
    PRIOR_SCALE,
    pieces,
)
from tests.recovery.measure import COVERAGE, Cell, Rate, average, share

METHOD = "sector weights of CommunicatingVessels(lags=(0, 1))"
PROCESS = "walks and noise"
SMALLEST = 5.0
_LEVELS, _DRIFTS = np.array([100.0, 40.0]), np.array([1.0, 2.0])
_BIG = 3.0
# Own walk, common walk and noise per year; and the size of effects in units of those of TRUTHS.
ROWS = {
    "noisy": ((1.5, 1.5, 4.0), 1.0),
    "precise": ((0.3, 0.3, 1.0), 1.0),
    "large effects": ((1.0, 1.0, 2.0), _BIG),
    "walks": ((2.0, 2.0, 1.0), 1.0),
}
DRIFTS = (0.0, 0.05, 0.10)
# Effects at the end of the window, as in the project's study, or the means that a Result has.
END, MEAN = "at the end", "means"


@dataclass(frozen=True)
class Truth:
    """What happened by the end of the window: a flow, own changes, a change of detection."""

    sector: str
    flow: float = 0.0
    left: float = 0.0
    grown: float = 0.0
    detection: float = 1.0
    ramp: bool = False


TRUTHS = {
    "null": Truth("null"),
    "shift": Truth("shift-compatible", flow=20.0),
    "expansion": Truth("expansion", grown=20.0),
    "mixed": Truth("mixed", flow=20.0, grown=20.0),
    "partial": Truth("partial displacement", flow=20.0, left=-22.0),
    "common growth": Truth("common growth", left=20.0, grown=20.0),
    "null, detection x1.25": Truth("null", detection=1.25),
    "shift, detection x1.25": Truth("shift-compatible", flow=20.0, detection=1.25),
    "shift, ramp to x1.25": Truth("shift-compatible", flow=20.0, detection=1.25, ramp=True),
}


def cells(seed: int, draws: int = 100) -> Iterator[Cell]:
    """Yield the cells of the table."""
    for row, truth, read in itertools.product(ROWS, TRUTHS, (END, MEAN)):
        yield Cell(
            table="sectors",
            method=METHOD,
            before=10,
            after=10,
            process=PROCESS,
            rho=(0.0,),
            setting=f"{truth}; {row}; {read}",
            draws=draws,
            seed=seed,
        )


def sector_rates(cell: Cell) -> tuple[Rate, ...]:
    """Measure what is declared and kept, for every drift of detection that is integrated."""
    name, row, read = cell.setting.split("; ")
    (sds, size), truth = ROWS[row], TRUTHS[name]
    terms = [_terms(cell, lag) for lag in (0, 1)]
    y = _series(cell, truth, terms, sds, size)
    posterior = effects_of(cell, y, terms, read)
    level = _levels(cell, y, posterior) if read == MEAN else _LEVELS + _DRIFTS * (cell.periods - 1)
    parts = pieces(SMALLEST, SMALLEST)
    sd = np.full(2, PRIOR_SCALE * SMALLEST)
    prior = prior_masses(sd, parts)
    right = SECTOR_NAMES.index(truth.sector)
    rates = []
    for drift in DRIFTS:
        moved = np.broadcast_to((drift * level) ** 2, (len(y), 2))
        cov = posterior.cov + moved[:, None, :, None] * np.eye(2)
        found = [
            SectorMasses(sector_masses(*under_prior(w, m, c, sd), parts), prior)
            for w, m, c in zip(posterior.weight, posterior.mean, cov, strict=True)
        ]
        weight = np.array([one.weight for one in found])
        raw = np.array([one.posterior for one in found])
        best, row_of = weight.argmax(axis=1), np.arange(len(found))
        kept = np.array([smallest_set(w, LEVEL) for w in weight])
        given = f"drift {drift:g}"
        for least in (DECLARE, DECLARE_STRICTLY):
            said = (weight[row_of, best] >= least) & (raw[row_of, best] >= LEAST_MASS)
            words = f"{given}, weight {least:g}"
            rates.append(
                share("declared rightly", said & (best == right), effect=name, given=words)
            )
            rates.append(
                share("declared wrongly", said & (best != right), effect=name, given=words)
            )
        rates.append(share("kept", kept[:, right], effect=name, nominal=COVERAGE, given=given))
        rates.append(average("sectors kept", kept.sum(axis=1), effect=name, given=given))
    return tuple(rates)


def effects_of(cell: Cell, y: Floats, terms: list[VesselTerms], read: str) -> NodePosterior:
    """Return both effects, at the end of the window or as means, over nodes and lags."""
    line = fixed_terms(np.zeros((cell.periods, 0)), drift=True)
    engine, parts = Grid(y, nodes_of_changes(y, Cuts(cell.before, 1))), []
    for t in terms:
        found = engine.fit(t.free, line).coefficients(np.full(2, FLAT))
        sides = np.einsum("iti->it", t.free)
        times = sides[:, cell.before :].mean(axis=1) if read == MEAN else np.sign(sides[:, -1])
        mean, cov = found.mean * times, found.cov * np.outer(times, times)
        parts.append(NodePosterior(found.log_weight, mean, cov))
    return joined(tuple(parts))


def _levels(cell: Cell, y: Floats, posterior: NodePosterior) -> Floats:
    """Return the levels (draws, 2) that a drift acts on: as observed, or without the effects."""
    observed = y[..., cell.before :].mean(axis=2)
    effects = np.einsum("cg,cgi->ci", posterior.weight, posterior.mean)
    return np.asarray(np.maximum(np.maximum(observed - effects, 0.0), np.abs(observed)))


def _terms(cell: Cell, lag: int) -> VesselTerms:
    """Return the regressors of a step that arrives so many years later."""
    push = np.where(np.arange(cell.periods) >= cell.before, 1.0, 0.0)
    return vessel_terms(push, np.eye(lag + 1)[lag], np.array([cell.before]), 2)


def _series(
    cell: Cell, truth: Truth, terms: list[VesselTerms], sds: tuple[float, ...], size: float
) -> Floats:
    """Return series of origin and destination, shape (draws, 2, T); a flow arrives a year later."""
    rng, time = cell.random(), np.arange(cell.periods, dtype=float)
    mean = _LEVELS[:, None] + _DRIFTS[:, None] * time + size * truth.flow * terms[1].flow[..., 0]
    mean = mean + size * truth.left * terms[0].breaks[:, :, 0, 0]
    mean = mean + size * truth.grown * terms[0].breaks[:, :, 1, 0]
    own, common, noise = sds
    shape = (cell.draws, 2, cell.periods)
    walks = own * rng.standard_normal(shape).cumsum(axis=2)
    walks = walks + common * rng.standard_normal((cell.draws, 1, cell.periods)).cumsum(axis=2)
    seen = np.ones((2, cell.periods))
    since = np.linspace(0, 1, cell.after) if truth.ramp else np.ones(cell.after)
    seen[1, cell.before :] = truth.detection**since
    return np.asarray(seen * (mean + walks) + noise * rng.standard_normal(shape))
