"""Measures size and power of the permutation test of a specification curve, in batches."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from shiftexp.design import Design
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from shiftexp.robustness.nulls import _draws
from shiftexp.robustness.testing import ALPHA
from shiftexp.simulate import Scenario

NET = np.array([[1.0, 1.0]])
MODELS = (InterruptedTimeSeries(trend=False), InterruptedTimeSeries(trend=True))
SHIFTS = (-1, 0, 1)


def curve_of(panel: Panel, design: Design, y: Floats) -> tuple[Floats, Floats]:
    """Return median effect over the level before, and share significant, of data sets (B, U, T)."""
    onset = int(str(design.onset))
    effects, ps = [], []
    for shift in SHIFTS:
        moved = replace(design, onset=onset + shift)
        before = np.arange(y.shape[2]) < onset + shift - int(panel.calendar.labels[0])
        level = y[:, :2, before].sum(axis=1).mean(axis=1)
        for model in MODELS:
            found = model.answers(panel, moved, y, NET, 0.95, sets=False)
            effects.append(found.estimate[:, 0] / level)
            ps.append(found.p_value[:, 0])
    effect, p = np.array(effects), np.array(ps)
    middle = np.median(effect, axis=0)
    loud = (p <= ALPHA) & (np.sign(effect) == np.sign(middle))
    return middle, loud.mean(axis=0)


def simulated_p(
    panel: Panel, design: Design, y: Floats, draws: int, rng: np.random.Generator, *, trend: bool
) -> tuple[float, float]:
    """Return both p-values of one data set against series drawn like it."""
    known = replace(panel, values=y[None])
    null = np.concatenate([y[None], _draws(known, design, draws, rng, trend=trend)])
    middle, share = curve_of(panel, design, null)
    large = np.abs(middle[1:]) >= np.abs(middle[0])
    return (1 + large.sum()) / (1 + draws), (1 + (share[1:] >= share[0]).sum()) / (1 + draws)


def onset_p(panel: Panel, design: Design, y: Floats) -> tuple[Floats, Floats, int]:
    """Return both p-values of data sets (B, U, T) against earlier onsets, and how many there are."""
    first, onset = int(panel.calendar.labels[0]), int(str(design.onset))
    own = curve_of(panel, design, y)
    end = onset - 2  # what the earliest onset of the curve treats is cut off
    null = []
    for at in range(first + 7, end - 2):
        quiet = replace(design, onset=at, end=end)
        null.append(curve_of(panel, quiet, y[:, :, : end - first + 1]))
    found = []
    for k, mine in enumerate((np.abs(own[0]), own[1])):
        theirs = np.array([np.abs(each[k]) if k == 0 else each[k] for each in null])
        found.append((1 + (theirs >= mine).sum(axis=0)) / (1 + len(null)))
    return found[0], found[1], len(null)


def rates(
    before: int, after: int, rho: float, effect: float, reps: int, draws: int, *, trend: bool
) -> dict[str, float]:
    """Return rejection rates at 5 % of a study of some length."""
    scenario = Scenario(
        periods=(before, after),
        value=(rho, rho),
        sd=(4.0, 4.0),
        base=(100.0, 60.0),
        destination_effect=effect,
    )
    rng = np.random.default_rng(20)
    data = scenario.draw(reps, rng)
    panel, design = scenario.study(data[0])
    p = np.array([simulated_p(panel, design, y, draws, rng, trend=trend) for y in data])
    told = {"median": float((p[:, 0] <= ALPHA).mean()), "share": float((p[:, 1] <= ALPHA).mean())}
    if before > 9:
        median, share, count = onset_p(panel, design, data)
        told |= {
            "onsets": count,
            "onset median": float((median <= max(ALPHA, 1 / (1 + count))).mean()),
            "onset share": float((share <= max(ALPHA, 1 / (1 + count))).mean()),
        }
    return told


if __name__ == "__main__":
    before, after, n, b = map(int, sys.argv[1:5])
    for rho in (0.0, 0.5, 0.8):
        for effect in (0.0, 12.0):
            said = rates(before, after, rho, effect, n, b, trend=False)
            print(before + after, rho, effect, said, flush=True)
