"""Whole fits of finds whose detection drifts, with and without an indicator that effort leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

import shiftexp as sx
from shiftexp.effects import Effects
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.kernels.cases import Floats
from tests.recovery.measure import COVERAGE, Cell, Rate, average, share
from tests.recovery.measure_fits import quiet_fit
from tests.recovery.recovery_designs import DRIFTS, LEVELS

TABLE, METHOD = "recovery_detection", "CommunicatingVessels, detection drifts"
DRIFT, SIZE, RISE = 0.10, 20.0, 1.25
BESIDE, ALONE, FREE, IGNORED = (
    "effort-free beside enforcement",
    "enforcement, drift integrated afterwards",
    "effort-free by itself",
    "all, detection ignored",
)
FITS = (BESIDE, ALONE, FREE, IGNORED)
TRUTHS = {"nothing": (0.0, 0.0), "flow": (-SIZE, SIZE), "own growth": (0.0, SIZE)}
STABLE, RAMP, STEP = "stable", "ramp x1.25", "step x1.25"
FALSE_FREE = "ramp x1.25, effort-free too"
DETECTIONS = (STABLE, RAMP, STEP, FALSE_FREE)
_FOUND, _FREE = ("seizures", "labs"), "wastewater"
_WALK, _NOISE = 0.3, {"seizures": 1.0, "labs": 1.0, _FREE: 3.0}
_SIDES = (("origin", (1.0, 0.0)), ("destination", (0.0, 1.0)))


class World(NamedTuple):
    """One data set: indicators with values (2, T), true effects and true detection, each (2,)."""

    seen: dict[str, Floats]
    effects: Floats
    ratio: Floats


@dataclass(frozen=True)
class Fit:
    """What one way of reading the indicators gives."""

    effects: Effects
    result: VesselsResult


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table."""
    for detection in DETECTIONS:
        for truth in TRUTHS:
            if detection in {RAMP, FALSE_FREE} or truth == "flow":
                yield Cell(
                    table=TABLE,
                    method=METHOD,
                    before=10,
                    after=10,
                    process=detection,
                    rho=(0.0,),
                    setting=truth,
                    draws=100,
                    seed=seed,
                )


def detection_rates(cell: Cell) -> tuple[Rate, ...]:
    """Measure what every way finds in the same data sets; widths in percent of the effect."""
    rng = cell.random()
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(cell.draws):
        world = drawn(cell, rng)
        for name, fit in fits(cell, world).items():
            for measure, value in _said(fit, world).items():
                found.setdefault((measure, name), []).append(value)
    return tuple(_rate(*key, np.array(values), cell.setting) for key, values in found.items())


def drawn(cell: Cell, rng: np.random.Generator) -> World:
    """Return one data set: the precise noise of the project's study, row r3."""
    time, (after, size) = np.arange(cell.periods), (cell.after, (2, cell.periods))
    arrived = np.maximum(time - cell.before + 1, 0) / after
    walks = rng.normal(0, _WALK, (3, cell.periods)).cumsum(axis=1)
    effects = np.outer(TRUTHS[cell.setting], arrived)
    level = np.outer(LEVELS, np.ones(cell.periods)) + np.outer(DRIFTS, time) + effects
    level += walks[:2] + walks[2]
    ratio = np.ones(size)
    if cell.process != STABLE:
        path = np.ceil(arrived) if cell.process == STEP else arrived
        ratio[1] = RISE**path
    seen = {
        name: level * (1 if name == _FREE and cell.process != FALSE_FREE else ratio)
        + rng.normal(0, sd, size)
        for name, sd in _NOISE.items()
    }
    post = slice(cell.before, None)
    grown = (level * ratio)[:, post].mean(axis=1) / level[:, post].mean(axis=1)
    return World(seen, effects[:, post].mean(axis=1), grown)


def fits(cell: Cell, world: World) -> dict[str, Fit]:
    """Return what is found in a data set, by the way of reading it."""
    panel = _panel(cell.years, world.seen)
    drifts = dict.fromkeys(_FOUND, DRIFT) | {_FREE: 0.0}
    asked = {
        BESIDE: (panel, _model(detection_drift=drifts, reference=_FOUND[0])),
        ALONE: (
            _panel(cell.years, {name: world.seen[name] for name in _FOUND}),
            _model(reference=_FOUND[0]),
        ),
        FREE: (panel[_FREE], _model()),
        IGNORED: (panel, _model(reference=_FOUND[0])),
    }
    design = sx.Design(origin="O", destination="D", onset=cell.onset)
    found = {}
    for name, (given, model) in asked.items():
        result = quiet_fit(model, given, design)[0]
        assert isinstance(result, VesselsResult)
        effects = result.effects
        found[name] = Fit(effects.drifted(DRIFT) if name == ALONE else effects, result)
    return found


def _model(**options: object) -> sx.CommunicatingVessels:
    """Return the model with the lag known, and few draws."""
    return sx.CommunicatingVessels(lags=(0,), draws=1000, **options)  # type: ignore[arg-type]  # passed on


def _panel(years: list[int], seen: dict[str, Floats]) -> sx.Panel:
    """Return the panel of indicators with values (2, T)."""
    frames = [
        pd.DataFrame(
            {
                "place": np.repeat(["O", "D"], len(years)),
                "year": np.tile(years, 2),
                "indicator": name,
                "value": values.ravel(),
            }
        )
        for name, values in seen.items()
    ]
    return sx.Panel.from_frame(
        pd.concat(frames),
        unit="place",
        period="year",
        value="value",
        indicator="indicator",
        unit_of_measure="kg",
    )


def _said(fit: Fit, world: World) -> dict[str, float]:
    """Return whether intervals hold what is true, and how wide they are."""
    found = {}
    for k, (side, direction) in enumerate(_SIDES):
        interval = fit.effects.interval(direction)
        found[f"{side} covered"] = float(interval.contains(float(world.effects[k])))
        found[f"{side} width"] = (interval.high - interval.low) / SIZE
    if fit.result.drift is not None:
        rows = [row for row in fit.result.drift.rows if row.indicator == _FOUND[0]]
        for k, row in enumerate(rows):
            covered = row.ratio_low <= world.ratio[k] <= row.ratio_high
            found[f"{row.side} detection covered"] = float(covered)
            found[f"{row.side} detection width"] = row.ratio_high - row.ratio_low
    return found


def _rate(measure: str, name: str, values: Floats, truth: str) -> Rate:
    """Return the share of data sets in which something held, or a mean width."""
    if measure.endswith("width"):
        return average(measure, values, effect=truth, given=name)
    return share(measure, values > 0, effect=truth, nominal=COVERAGE, given=name)
