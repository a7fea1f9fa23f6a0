"""Size and power of the default test where the data are not one complete annual series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.error_draws import NORMAL, covariance, draw
from shiftexp.kernels.noise_shapes import nearest_blend, noise_shapes
from shiftexp.kernels.optimal_test import TableKey
from shiftexp.kernels.series_design import series_design
from tests.recovery.measure import GLS_UNITS, NOMINAL, Cell, Rate, share
from tests.recovery.measure_engines import Regression, emw, regression

GAPS = "two years missing"
SAMPLED = "known sampling errors from .5 to 2"
# A share of the noise midway between two of the shapes that are kept: the worst there is.
OPPOSED = "known sampling errors that rise at O and fall at D, O + .775 D"
QUARTERS, MONTHS = "quarterly with seasons", "monthly with seasons"
BREAK = "a reporting break fitted as a step"
ONE_SIDED = "one-sided"
TEN, ONE = "at 10 %", "at 1 %"
SETTINGS = (GAPS, SAMPLED, OPPOSED, QUARTERS, MONTHS, BREAK, ONE_SIDED, TEN, ONE)
_MISSING = (4, 15)
_BREAK_AT = 5
_SAMPLING_RANGE = (0.5, 2.0)
_WEIGHTS = {OPPOSED: (1.0, 0.775)}
_PER_YEAR = {QUARTERS: 4, MONTHS: 12}
_KEYS = {
    ONE_SIDED: TableKey(sides="one"),
    TEN: TableKey(error=0.10),
    ONE: TableKey(error=0.01),
}


@dataclass(frozen=True, eq=False)
class Extended:
    """A regression, the periods of a complete series that it sees, and known sampling variances.

    The series is a sum of independent ones with these weights: one, or one for each side.
    """

    found: Regression
    seen: Integers
    sampling: Floats
    weights: tuple[float, ...] = (1.0,)


def extended(cell: Cell) -> Extended:
    """Return the study of a cell."""
    plain = regression(cell.method, cell.before, cell.after)
    time = np.arange(cell.periods, dtype=float)
    nothing = np.zeros(cell.periods)
    if cell.setting == GAPS:
        seen = np.setdiff1d(np.arange(cell.periods), _MISSING)
        return Extended(_regression(plain.x[seen], time[seen], plain), seen, nothing[seen])
    if cell.setting == SAMPLED:
        shuffled = (7 * np.arange(cell.periods)) % cell.periods  # 7 and T share no divisor
        variance = np.geomspace(*_SAMPLING_RANGE, cell.periods)[shuffled] ** 2
        return Extended(_regression(plain.x, time, plain, variance), time.astype(int), variance)
    if cell.setting == OPPOSED:
        rising = np.geomspace(*_SAMPLING_RANGE, cell.periods) ** 2
        sides, a = np.stack([rising, rising[::-1]]), np.array([_WEIGHTS[OPPOSED]])
        shapes = noise_shapes(sides)
        (k,) = nearest_blend(a, shapes.size, len(shapes.blends))
        known = _regression(plain.x, time, plain, shapes.blends[k])
        return Extended(known, time.astype(int), a[0] ** 2 @ sides, _WEIGHTS[OPPOSED])
    x = plain.x
    if cell.setting in _PER_YEAR:
        season = np.arange(cell.periods) % _PER_YEAR[cell.setting]
        dummies = [(season == s).astype(float) for s in range(1, _PER_YEAR[cell.setting])]
        x = np.column_stack([x, *dummies])
    if cell.setting == BREAK:
        x = np.column_stack([x, time >= _BREAK_AT])
    return Extended(_regression(x, time, plain), time.astype(int), nothing)


def extensions(cell: Cell) -> tuple[Rate, ...]:
    """Measure size and power; coverage is one minus size, as for every test of this kind."""
    study, rng = extended(cell), cell.random()
    shape = (cell.draws, cell.periods)
    sides = [
        weight * draw(cell.process, cell.rho[0], NORMAL, shape, rng) for weight in study.weights
    ]
    whole = np.sum(sides, axis=0)
    noise = rng.standard_normal((cell.draws, len(study.seen))) * np.sqrt(study.sampling)
    null = whole[:, study.seen] + noise
    errors = covariance(cell.process, cell.rho[0], cell.periods)[np.ix_(study.seen, study.seen)]
    errors *= np.square(study.weights).sum()
    effect = GLS_UNITS * study.found.gls_deviation(errors + np.diag(study.sampling))
    key = _KEYS.get(cell.setting, TableKey())
    sizes, powers = (
        emw(study.found.design, y, key) <= key.error
        for y in (null, null + effect * study.found.step)
    )
    nominal = key.error if cell.setting in _KEYS else NOMINAL
    return (
        share("size", sizes, nominal=nominal),
        share("power", powers, effect=f"{GLS_UNITS:g} sd of GLS"),
    )


def _regression(
    x: Floats, time: Floats, plain: Regression, noise: Floats | None = None
) -> Regression:
    """Return a regression whose first columns are those of the plain one."""
    functional = np.eye(x.shape[1])[plain.column]
    shape = None if noise is None else noise / noise.mean()
    return Regression(
        x=x,
        column=plain.column,
        step=plain.step[time.astype(int)],
        design=series_design(x, time, functional, shape),
    )
