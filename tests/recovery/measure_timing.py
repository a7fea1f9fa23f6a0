"""Tests of timing: how often they reject where neither side leads, and where the origin does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.panels import make_panel

ERROR, BURN_IN = 0.05, 60
NULLS = ("walks", "AR .5", "alike", "opposed", "common factor")
LEADS = ("full offset", "half offset")
CORRELATION = 0.6
PARTS = {"full offset": 1.0, "half offset": 0.5}
RATIOS = PARTS | {"walks": 0.0, "AR .5": 0.0, "alike": -CORRELATION, "opposed": CORRELATION}


@dataclass(frozen=True, kw_only=True)
class TimingCell:
    """Pairs of a world, and how they are asked.

    Attributes
    ----------
    world : str
        "walks" and "AR .5": independent; "alike" and "opposed": walks whose innovations of one
        period correlate by .6 and -.6; "common factor": a walk in both, noise of the same variance
        in each; "full offset" and "half offset": walks, the destination receiving the origin's
        innovations, or half of them, with the sign turned, one period later.
    periods : int
        T.
    per_year : int
        Periods in a year.
    data_sets, draws, seed : int
        Pairs, data sets that each p is counted in, and the seed of both.
    """

    world: str
    periods: int
    per_year: int = 1
    data_sets: int = 500
    draws: int = 199
    seed: int = 1


def pairs(cell: TimingCell) -> Floats:
    """Return the pairs, shape (data sets, 2, T)."""
    rng = np.random.default_rng([cell.seed, cell.periods])
    news = rng.standard_normal((cell.data_sets, 2, cell.periods + BURN_IN))
    shared = rng.standard_normal((cell.data_sets, 1, cell.periods + BURN_IN))
    return _series(cell.world, news, shared, rng)[..., BURN_IN:]


def _series(world: str, news: Floats, shared: Floats, rng: np.random.Generator) -> Floats:
    """Return the pairs of a world with their start."""
    if world == "AR .5":
        return autoregressive_errors(news.shape, 0.5, rng)
    if world == "common factor":
        return np.asarray(shared.cumsum(axis=-1) + news)
    if world in {"alike", "opposed"}:
        signs = np.array([1.0, 1.0 if world == "alike" else -1.0])[:, None]
        news = np.sqrt(1 - CORRELATION) * news + np.sqrt(CORRELATION) * shared * signs
    walks = news.cumsum(axis=-1)
    if world in PARTS:
        walks[:, 1, 1:] -= PARTS[world] * walks[:, 0, :-1]
    return np.asarray(walks)


def studies(cell: TimingCell) -> list[tuple[sx.Panel, sx.Design]]:
    """Return the pairs as studies, far above zero and on the level scale."""
    design = sx.Design(origin="NL", destination="BE", onset=_onset(cell.per_year))
    return [
        (make_panel({"NL": y[0] + 500, "BE": y[1] + 500}, per_year=cell.per_year), design)
        for y in pairs(cell)
    ]


def _onset(per_year: int) -> int | str:
    """Return an onset, which plays no part."""
    return 2010 if per_year == 1 else "2004-01"


Answer = Callable[[sx.Panel, sx.Design, TimingCell], dict[str, float]]


def _lead_lag(panel: sx.Panel, design: sx.Design, cell: TimingCell) -> dict[str, float]:
    """Return p and power of the cross-correlation."""
    found = sx.lead_lag(panel, design, scale="level", draws=cell.draws, rng=cell.seed)
    return {"p": found.p_value, "power": found.power}


def _granger(panel: sx.Panel, design: sx.Design, cell: TimingCell) -> dict[str, float]:
    """Return p-values and power of Toda and Yamamoto's test."""
    found = sx.granger(panel, design, scale="level", draws=cell.draws, rng=cell.seed)
    test = found.forward
    return {
        "p": test.p_negative, "any sign": test.p_value, "chi2": test.p_chi2, "F": test.p_f,
        "power": found.power,
    }  # fmt: skip


def _projections(panel: sx.Panel, design: sx.Design, cell: TimingCell) -> dict[str, float]:
    """Return p, power and whether the sets one to three periods later hold the true ratio."""
    found = sx.local_projections(panel, design, draws=cell.draws, rng=cell.seed)
    part = RATIOS.get(cell.world, np.nan)
    held = {f"held {h}": float(found.offsets[h].contains(part)) for h in (1, 2, 3)}
    return {"p": found.p_value, "power": found.power} | held


def _transfer(panel: sx.Panel, design: sx.Design, cell: TimingCell) -> dict[str, float]:
    """Return p, power and whether the limits of the gain hold the truth, 0 without a lead."""
    found = sx.transfer_function(panel, design, draws=cell.draws, rng=cell.seed)
    part = -PARTS.get(cell.world, 0.0)
    held = float(found.gain.low <= part <= found.gain.high)
    return {"p": found.p_value, "power": found.power, "held": held}


METHODS: dict[str, Answer] = {
    "lead_lag": _lead_lag,
    "granger": _granger,
    "local_projections": _projections,
    "transfer_function": _transfer,
}


@cache
def measured(cell: TimingCell, method: str) -> dict[str, float]:
    """Return rejections at 5 % by p-value, shares held, and the mean power that is told."""
    rows = [METHODS[method](panel, design, cell) for panel, design in studies(cell)]
    every = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    told = {"power"} | {name for name in every if name.startswith("held")}
    return {
        name: float(values.mean() if name in told else (values <= ERROR).mean())
        for name, values in every.items()
    }


def line(method: str, periods: int, per_year: int, data_sets: int) -> str:
    """Return a line of METHODS.md: rejections in per cent by world."""
    cells = [
        TimingCell(world=world, periods=periods, per_year=per_year, data_sets=data_sets)
        for world in (*NULLS, *LEADS)
    ]
    found = [measured(cell, method) for cell in cells]
    rates = [f"{100 * each['p']:.0f}" for each in found]
    return f"| {method} | {periods} | " + " | ".join(rates) + " |"
