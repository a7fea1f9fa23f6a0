"""What a verdict on communicating vessels keeps, declares and claims where the truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shiftexp.estimators.vessel_ends import LIKELY_JUMP
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.sector_weights import smallest_set
from shiftexp.kernels.vessel_ends import EndLevels, end_models
from shiftexp.kernels.vessel_engines import Grid
from shiftexp.kernels.vessel_grid import nodes_of_changes
from shiftexp.kernels.vessel_nodes import FLAT, NodePosterior, joined
from shiftexp.kernels.vessel_terms import Cuts
from shiftexp.plane import SECTOR_NAMES
from shiftexp.sector_weights import LEAST_MASS, MANY_PERIODS, bars
from shiftexp.verdict.readings import HELD_MASS, NULL, NULL_MASS
from tests.recovery import measure_characteristics as totals
from tests.recovery.measure import Cell, Rate
from tests.recovery.measure_characteristics import (
    CLAIMS,
    STEP_SD,
    Asked,
    Said,
    Told,
    below,
    law_of,
    rates,
    series,
    together,
    weighed,
)
from tests.recovery.measure_tested import MARGIN, means_of_truth

TABLE = "weighed-characteristics"
METHOD = "weigh(CommunicatingVessels)"


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells: those of the totals."""
    for cell in totals.cells(seed):
        yield replace(cell, table=TABLE, method=METHOD)


@dataclass(frozen=True, eq=False)
class Means:
    """Mean effects after the onset of every data set, and what a verdict reads beside them.

    Attributes
    ----------
    posterior : NodePosterior
        Mean effects of origin and destination over nodes and lags.
    observed, base : arrays of shape (draws, 2)
        Mean levels after the onset, as observed and without the effects.
    silent : array of shape (draws,)
        Where a side jumps at the onset.
    """

    posterior: NodePosterior
    observed: Floats
    base: Floats
    silent: Booleans

    @property
    def effects(self) -> Floats:
        """Mean effects, shape (draws, 2)."""
        return self.observed - self.base

    @property
    def smallest(self) -> Floats:
        """The smallest changes that matter, shape (draws, 2)."""
        return MARGIN * np.abs(self.base)

    def spread(self, drift: float) -> Floats:
        """Return variances (draws, 2) that a drift of detection adds."""
        level = np.maximum(np.maximum(self.base, 0), np.abs(self.observed))
        return np.asarray((drift * level) ** 2)


def means(asked: Asked, y: Floats) -> Means:
    """Return what the model says of mean effects after the onset."""
    before, seasons = asked.cell.before, asked.length.seasons
    engine = Grid(y, nodes_of_changes(y[:, :2], Cuts(before, seasons)))
    line, nothing = totals.line_of(asked), np.zeros((*y.shape[1:], 0))
    levels = EndLevels.of(y[:, :2], before, seasons)
    models = end_models(engine, asked.terms, line, nothing, levels, STEP_SD)
    parts = []
    for terms in asked.terms:
        found = engine.fit(terms.free, line).coefficients(np.full(2, FLAT))
        times = np.einsum("iti->it", terms.free[:2])[:, before:].mean(axis=1)
        cov = found.cov * np.outer(times, times)
        parts.append(NodePosterior(found.log_weight, found.mean * times, cov))
    posterior, observed = joined(tuple(parts)), y[:, :2, before:].mean(axis=2)
    effects = np.einsum("cg,cgi->ci", posterior.weight, posterior.mean)
    return Means(posterior, observed, observed - effects, models.step_probability > LIKELY_JUMP)


def said(asked: Asked, found: Means) -> Said:
    """Return what a verdict says of every data set."""
    return together(_told(asked, found, case) for case in range(len(found.observed)))


def _told(asked: Asked, found: Means, case: int) -> Told:
    """Return what a verdict says of one data set."""
    if found.silent[case]:
        return np.ones(len(SECTOR_NAMES), dtype=bool), -1, np.ones(len(CLAIMS))
    had, m = asked.had, found.smallest[case]
    asks = bars(
        strict=bool(had.donors) or asked.cell.periods >= MANY_PERIODS,
        indicators=had.indicators,
        drift=had.pooled,
        mean=found.effects[case],
        smallest=(float(m[0]), float(m[1])),
    )
    law = law_of(found.posterior, case, found.spread(had.pooled)[case])
    masses = weighed(law, m)
    best = int(masses.weight.argmax())
    enough = NULL_MASS if SECTOR_NAMES[best] == NULL else LEAST_MASS
    sure = masses.weight[best] >= asks.least(SECTOR_NAMES[best])
    kept = smallest_set(masses.weight, asks.left) | smallest_set(masses.posterior, HELD_MASS)
    return kept, best if sure and masses.posterior[best] >= enough else -1, below(*law)


def characteristics(cell: Cell) -> tuple[Rate, ...]:
    """Measure what is kept, declared and claimed in one cell; effects are means."""
    asked = Asked(cell)
    effects, right = means_of_truth(asked)
    return rates(said(asked, means(asked, series(asked))), right, effects, cell)
