"""Rates of count regressions whose power of effort is estimated, effort that moves among them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from shiftexp.estimators.counts import CountDiD
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, NORMAL, draw
from shiftexp.panel import Panel
from tests.recovery.measure import NOMINAL, Cell, Rate, one_side, share
from tests.recovery.measure_fits import quiet_fit

_SERIES, _COUNTS = (
    "CountDiD(effort='coefficient')",
    "CountDiD(effort='coefficient', variance='counts')",
)
METHODS: dict[str, CountDiD] = {
    _SERIES: CountDiD(effort="coefficient"),
    _COUNTS: CountDiD(effort="coefficient", variance="counts"),
}
OWN, MOVED = "effort of its own", "effort doubles at the onset"
_POWER, _MEAN, _RATIO = 0.7, 20.0, 1.5
_EFFORT_SD, _INTENSITY_SD, _COMMON_SD = 0.2, 0.2, 0.1
_DONORS, _SPREAD = 5, (0.6, 1.6)
_NAMES = ("D", *(f"C{j}" for j in range(1, _DONORS + 1)))
_EFFECT = f"rate times {_RATIO:g}"


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table, at 5 %."""
    for method, setting, rho in itertools.product(METHODS, (OWN, MOVED), (0.0, 0.8)):
        yield Cell(
            table="effort",
            method=method,
            before=12,
            after=8,
            process=AUTOREGRESSIVE,
            rho=(rho,),
            setting=setting,
            draws=100,
            seed=seed,
        )


def effort(cell: Cell) -> tuple[Rate, ...]:
    """Measure tests at 5 %: size, power for a ratio, and whether the effect is covered."""
    rng, after = cell.random(), np.arange(cell.periods) >= cell.before
    exposure, logs = _drawn(cell, rng)
    told = np.zeros((2, cell.draws), dtype=bool)
    p = np.full((2, cell.draws, 2), np.nan)
    for k, moved in enumerate((0.0, np.log(_RATIO))):
        means = np.exp(logs + moved * after * (np.arange(len(_NAMES)) == 0)[:, None])
        values = rng.poisson(means).astype(float)
        truth = (values[:, 0] * -np.expm1(-moved))[:, after].mean(axis=1)
        for i, data in enumerate(values):
            panel = _panel(cell, data, exposure[i])
            result, told[k, i] = quiet_fit(METHODS[cell.method], panel, one_side(cell, _NAMES[1:]))
            sides, at = np.array([[0.0, 1.0]] * 2), np.array([0.0, truth[i]])
            law = result.effects.law
            above, below = (law.limit_p(s * sides, s * at, NOMINAL) for s in (1.0, -1.0))
            p[k, i] = np.minimum(above, below)
    return (
        share("size", p[0, :, 0] <= NOMINAL, nominal=NOMINAL),
        share("power", p[1, :, 0] <= NOMINAL, effect=_EFFECT),
        share("coverage", p[1, :, 1] > NOMINAL, effect=_EFFECT, nominal=1 - NOMINAL),
        share("warned", told[0]),
    )


def _drawn(cell: Cell, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return exposures and log means without effect, both of shape (draws, units, T)."""
    shape = (cell.draws, len(_NAMES), cell.periods)
    efforts = _EFFORT_SD * rng.standard_normal(shape)
    if cell.setting == MOVED:
        efforts[:, 0, cell.before :] += np.log(2)
    level = np.log(_MEAN * np.concatenate([np.ones(1), np.linspace(*_SPREAD, _DONORS)]))
    own = _INTENSITY_SD * draw(cell.process, cell.rho[0], NORMAL, shape, rng)
    walk = _COMMON_SD * rng.standard_normal((cell.draws, 1, cell.periods)).cumsum(axis=2)
    return np.exp(efforts), level[:, None] + own + walk + _POWER * efforts


def _panel(cell: Cell, values: Floats, exposure: Floats) -> Panel:
    """Return counts with their exposures."""
    frame = pd.DataFrame(
        {
            "unit": np.repeat(_NAMES, cell.periods),
            "year": np.tile(cell.years, len(_NAMES)),
            "y": values.ravel(),
            "checks": exposure.ravel(),
        }
    )
    return Panel.from_frame(
        frame, unit="unit", period="year", value="y", exposure="checks", unit_of_measure="count"
    )
