"""Measures size and power of the permutation test of a specification curve, in batches."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from shiftexp.design import Design
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel
from shiftexp.robustness.drawing import draw_alike
from shiftexp.robustness.nulls import donor_pairs
from shiftexp.robustness.testing import ALPHA
from shiftexp.simulate import Scenario

NET = np.array([[1.0, 1.0]])
MODELS = (InterruptedTimeSeries(trend=False), InterruptedTimeSeries(trend=True))
SHIFTS = (-1, 0, 1)


def curve_of(panel: Panel, design: Design, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Return median effect, share significant and mean signed z of data sets (B, U, T)."""
    onset = int(str(design.onset_range[0]))
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
    z = np.mean(np.sign(effect) * ndtri(1 - np.nan_to_num(p, nan=1.0).clip(1e-12) / 2), axis=0)
    return middle, loud.mean(axis=0), z


def simulated_p(
    panel: Panel, design: Design, y: Floats, draws: int, rng: np.random.Generator, *, trend: bool
) -> Floats:
    """Return the p-values of one data set against series drawn like it."""
    rows = [panel.units.index(unit) for unit in ("O", "D")]  # a panel sorts its units
    known = replace(panel, values=y[np.argsort(rows)][None])
    (drawn,) = draw_alike([(known, design)], draws, rng, trend=trend)
    null = np.concatenate([y[None], drawn[:, rows]])
    found = [np.abs(each) for each in curve_of(panel, design, null)]
    return np.array([(each >= each[0]).sum() / (1 + draws) for each in found])


def onset_p(panel: Panel, design: Design, y: Floats) -> tuple[Floats, int]:
    """Return the p-values of data sets against earlier onsets, and how many there are."""
    first, onset = int(panel.calendar.labels[0]), int(str(design.onset_range[0]))
    own = [np.abs(each) for each in curve_of(panel, design, y)]
    end = onset - 2  # what the earliest onset of the curve treats is cut off
    null = []
    for at in range(first + 7, end - 2):
        quiet = replace(design, onset=at, end=end)
        null.append(curve_of(panel, quiet, y[:, :, : end - first + 1]))
    beyond = [(np.abs([e[k] for e in null]) >= own[k]).sum(axis=0) for k in range(len(own))]
    return (1 + np.array(beyond)) / (1 + len(null)), len(null)


def donor_p(panel: Panel, design: Design, y: Floats) -> Floats:
    """Return the p-values of data sets (B, U, T) against all ordered pairs of donors."""
    own = [np.abs(each) for each in curve_of(panel, design, y)]
    null = []
    for world in donor_pairs(panel, design):
        drawn = ("O", "D", *design.donors)
        places = [drawn.index(side[0]) for side in world.design.sides]
        rest = [drawn.index(unit) for unit in world.design.donors]
        null.append(curve_of(panel, world.design, y[:, places + rest]))
    count = len(design.donors)
    shares = [(np.abs([e[k] for e in null]) >= own[k]).mean(axis=0) for k in range(len(own))]
    return np.array([(1 + count * share) / (1 + count) for share in shares])


def correlated(scenario: Scenario, count: int, correlation: float, seed: int) -> Floats:
    """Return indicators of one study correlated on either side, shape (count, 2, T)."""
    rng = np.random.default_rng(seed)
    between = np.full((count, count), correlation)
    np.fill_diagonal(between, 1.0)
    shocks = rng.standard_normal((sum(scenario.periods), 2, count)) @ np.linalg.cholesky(between).T
    return np.array(scenario.base)[:, None] + np.array(scenario.sd)[:, None] * shocks.T


def rates_together(
    count: int, correlation: float, reps: int, draws: int, effect: float = 0.0
) -> dict[str, float]:
    """Return rejection rates at 5 % of a curve over indicators of one study, errors iid."""
    scenario = Scenario(periods=(12, 8), sd=(4.0, 4.0), base=(100.0, 60.0))
    panel, design = scenario.study(scenario.draw(1, 1)[0])
    rows = [panel.units.index(unit) for unit in ("O", "D")]
    grown = effect * (np.arange(20) >= scenario.periods[0])
    rejected = []
    for seed in range(reps):
        y = correlated(scenario, count, correlation, seed)
        y[:, 1] += grown
        known = [(replace(panel, values=each[np.argsort(rows)][None]), design) for each in y]
        null = draw_alike(known, draws, np.random.default_rng(seed), trend=False)
        stack = np.concatenate([y[:, None], np.array(null)[:, :, rows]], axis=1)
        found = _levels_alone(panel, design, stack)
        rejected.append([(each >= each[0]).sum() / (1 + draws) <= ALPHA for each in found])
    return dict(zip(("median", "z"), np.mean(rejected, axis=0).tolist(), strict=True))


def _levels_alone(panel: Panel, design: Design, y: Floats) -> tuple[Floats, Floats]:
    """Return sizes of the median effect and of mean z over indicators (K, B, 2, T), ITS level."""
    flat = y.reshape(-1, *y.shape[2:])
    found = MODELS[0].answers(panel, design, flat, NET, 0.95, sets=False)
    before = np.arange(y.shape[3]) < int(str(design.onset_range[0])) - int(panel.calendar.labels[0])
    level = flat[:, :, before].sum(axis=1).mean(axis=1)
    effect = (found.estimate[:, 0] / level).reshape(y.shape[:2])
    half = np.nan_to_num(found.p_value[:, 0], nan=1.0).clip(1e-12).reshape(y.shape[:2]) / 2
    z = np.sign(effect) * ndtri(1 - half)
    return np.abs(np.median(effect, axis=0)), np.abs(z.mean(axis=0))


def rates(scenario: Scenario, reps: int, draws: int) -> dict[str, float]:
    """Return rejection rates at 5 %, or at the smallest p that onsets or donors can give."""
    rng = np.random.default_rng(20)
    data = scenario.draw(reps, rng)
    panel, design = scenario.study(data[0])
    told: dict[str, float] = {}
    names = ("median", "share", "z")
    if draws:
        p = np.array([simulated_p(panel, design, y, draws, rng, trend=False) for y in data])
        told |= dict(zip(names, (p <= ALPHA).mean(axis=0).tolist(), strict=True))
    if scenario.donors:
        p = donor_p(panel, design, data)
        least = max(ALPHA, 1 / (1 + scenario.donors))
        return {
            f"donors {n}": float((each <= least).mean()) for n, each in zip(names, p, strict=True)
        }
    found, count = onset_p(panel, design, data)
    least = max(ALPHA, 1 / (1 + count))
    return (
        told
        | {"onsets": count}
        | {
            f"onset {n}": float((each <= least).mean())
            for n, each in zip(names, found, strict=True)
        }
    )


def scenarios(before: int, after: int, donors: int) -> list[tuple[str, Scenario]]:
    """Return truths by name: three autocorrelations, a trend and a random walk, and an effect."""
    plain = Scenario(periods=(before, after), sd=(4.0, 4.0), base=(100.0, 60.0), donors=donors)
    named = [(f"rho {rho}", replace(plain, value=(rho, rho))) for rho in (0.0, 0.5, 0.8)]
    named += [
        ("trend of 1", replace(plain, value=(0.0, 0.0), slope=1.0)),
        ("random walk", replace(plain, process="random walk", value=(0.5, 0.5))),
    ]
    grown = [(f"{name}, effect 12", replace(s, destination_effect=12.0)) for name, s in named]
    return [*named, *grown]


def main() -> None:
    """Write a line for each truth: periods before and after, data sets, draws, donors."""
    before, after, reps, draws, donors = map(int, sys.argv[1:6])
    for name, scenario in scenarios(before, after, donors):
        said = rates(scenario, reps, draws)
        sys.stdout.write(f"{before + after} {name} {said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
