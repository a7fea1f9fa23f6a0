"""The tested sector set under the truths of the operating characteristics: kept, left, claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from shiftexp import Design, InterruptedTimeSeries
from shiftexp.estimators.batches import _bends, _Said
from shiftexp.estimators.contrasts import FAMILIES, series_study
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.optimal_store import null_table
from shiftexp.kernels.optimal_test import TableKey, effect_p
from shiftexp.kernels.tails import normal_nodes
from shiftexp.plane import SECTOR_NAMES, HalfPlane, sectors
from shiftexp.verdict.readings import ALPHA
from tests.recovery import measure_characteristics as posterior
from tests.recovery.characteristics_designs import HAD, holding
from tests.recovery.measure import Cell, Rate, panel_of
from tests.recovery.measure_characteristics import CLAIMS, Asked, Said, levels, rates, series

TABLE = "tested-characteristics"
METHOD = "weigh(InterruptedTimeSeries(trend=True))"
MARGIN = 0.10
_NODES = 41  # of the drift; the library takes 201, which moves no p by more than .001


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells: those of the posterior set, but for donors, which this test does not use."""
    for cell in posterior.cells(seed):
        if not HAD[cell.setting.split("; ")[0]].donors:
            yield replace(cell, table=TABLE, method=METHOD)


@dataclass(frozen=True, eq=False)
class HalfPlaneTests:
    """What the test says of many pairs of series of one design."""

    asked: Asked
    y: Floats

    @cached_property
    def found(self) -> _Said:
        """The law of every data set."""
        cell = self.asked.cell
        panel = panel_of(self.y[0], ("O", "D"), cell.years)
        design = Design(origin="O", destination="D", onset=cell.onset)
        spec = InterruptedTimeSeries(trend=True)._spec()
        law = series_study(spec, panel, design).posterior
        if law is None:
            message = "a design without a test"
            raise ValueError(message)
        return _Said(law, self.y)

    @cached_property
    def told(self) -> Booleans:
        """Data sets whose test is not withheld."""
        return np.asarray(~_bends(self.found.law, self.y))

    @cached_property
    def base(self) -> Floats:
        """Counterfactual levels, shape (draws, 2)."""
        effects = np.stack([self.found.mean(side) for side in np.eye(2)], axis=1)
        return self.observed - effects

    @property
    def observed(self) -> Floats:
        """Mean levels after the onset, shape (draws, 2)."""
        return np.asarray(self.y[..., self.asked.cell.before :].mean(axis=2))

    @cached_property
    def drift(self) -> Floats:
        """What the declared drift adds, sds of shape (draws, 2)."""
        level = np.maximum(np.maximum(self.base, 0), np.abs(self.observed))
        return np.asarray(self.asked.had.pooled * level)

    def p_value(self, a: tuple[float, float], at: Floats) -> Floats:
        """Return the one-sided p of H0: a . Delta <= at (draws,), averaged over the drift."""
        direction = np.array(a)
        design = self.found.law.design_of(direction)
        key = TableKey(family=FAMILIES["any"], sides="one")
        shifts = at + self._shifts(direction)
        nodes, count = shifts.shape
        evidence = self.found.evidence(direction).take(np.tile(np.arange(count), nodes))
        p = effect_p(design, key, null_table(design, key), evidence, shifts.ravel())
        return np.asarray(np.where(self.told, p.reshape(nodes, count).mean(axis=0), np.nan))

    def _shifts(self, direction: Floats) -> Floats:
        """Return nodes of the drift along a direction, shape (nodes, draws)."""
        if not self.asked.had.drift:
            return np.zeros((1, len(self.y)))
        sd = np.sqrt((direction**2 * self.drift**2).sum(axis=1))
        return np.asarray(normal_nodes(_NODES)[:, None] * sd)


def said(tested: HalfPlaneTests) -> Said:
    """Return the sectors that are left and the claims that are made, as a verdict would."""
    one = sectors(1.0, 1.0)
    margins = MARGIN * np.abs(tested.base)
    known: dict[HalfPlane, Floats] = {}

    def p(half: HalfPlane) -> Floats:
        if half not in known:
            known[half] = tested.p_value(half.a, half.at * _margin(half, margins))
        return known[half]

    pieces = [
        [len(piece) * np.min([p(half) for half in piece], axis=0) for piece in sector.pieces]
        for sector in one
    ]
    kept = np.stack([~(np.max(ps, axis=0) <= ALPHA) for ps in pieces], axis=1)
    kept[~kept.any(axis=1)] = True  # contradictory data drop no sector
    left = kept.sum(axis=1)
    claims = {
        name: np.max([p(HalfPlane(a)) for a in directions], axis=0) <= alpha
        for name, (directions, alpha) in CLAIMS.items()
    }
    return Said(kept, np.where(left == 1, kept.argmax(axis=1), -1), claims)


def _margin(half: HalfPlane, margins: Floats) -> Floats:
    """Return the margins (draws,) that a half-plane's threshold counts in."""
    side = 0 if half.a[0] else 1
    return np.asarray(margins[:, side])


def characteristics(cell: Cell) -> tuple[Rate, ...]:
    """Measure what is kept, declared and claimed in one cell; effects are means."""
    asked = Asked(cell)
    effects, right = means_of_truth(asked)
    return rates(said(HalfPlaneTests(asked, series(asked))), right, effects, cell)


def means_of_truth(asked: Asked) -> tuple[tuple[float, float], Booleans]:
    """Return true mean effects after the onset, and the sectors that hold them."""
    post = slice(asked.cell.before, None)
    base = levels(asked, happened=False)[:2, post].mean(axis=1)
    effect = levels(asked)[:2, post].mean(axis=1) - base
    origin, destination = (float(value) for value in effect)
    truth = holding((origin, destination), (MARGIN * float(base[0]), MARGIN * float(base[1])))
    return (origin, destination), np.array([sector in truth for sector in SECTOR_NAMES])
