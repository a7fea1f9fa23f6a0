"""Long-run relations: how often one is claimed where there is none, and where there is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.relation_tests import RelationTests, likeliest_lags, relation_tests
from tests.unit.dynamics.studies import related

ERROR, MOST_LAGS, SHORT = 0.05, 4, 40


@dataclass(frozen=True, kw_only=True)
class RelationCell:
    """Pairs of series, and how they are asked.

    Attributes
    ----------
    truth : str
        "walks", "noisy walks" (noise twice the steps), "stationary", "substitution" or "common
        growth", the last two with deviations that halve in a period.
    periods : int
        T.
    pairs, draws, seed : int
        Pairs, series drawn for each null, and the seed.
    """

    truth: str
    periods: int
    pairs: int = 200
    draws: int = 149
    seed: int = 7


def series(cell: RelationCell, rng: np.random.Generator) -> Floats:
    """Return the pairs, shape (pairs, T, 2)."""
    shape = (cell.pairs, cell.periods, 2)
    if cell.truth in {"substitution", "common growth"}:
        sign = 1.0 if cell.truth == "substitution" else -1.0
        return related(cell.periods, sign, 0.5, rng, cell.pairs)
    steps = rng.standard_normal(shape)
    if cell.truth == "walks":
        return steps.cumsum(axis=1)
    if cell.truth == "noisy walks":
        return 0.5 * steps.cumsum(axis=1) + rng.standard_normal(shape)
    for t in range(1, cell.periods):
        steps[:, t] += 0.8 * steps[:, t - 1]
    return steps


def answers(cell: RelationCell) -> RelationTests:
    """Return the tests of a cell."""
    rng = np.random.default_rng(cell.seed)
    y = series(cell, rng)
    most = MOST_LAGS if cell.periods >= SHORT else 2
    return relation_tests(y, likeliest_lags(y, most, "drift"), "drift", cell.draws, rng)


def claimed(cell: RelationCell) -> tuple[float, float]:
    """Return the shares of pairs with substitution and with common growth claimed."""
    tests = answers(cell)
    found = tests.claims(ERROR)
    return float((found & (tests.beta > 0)).mean()), float((found & (tests.beta < 0)).mean())
