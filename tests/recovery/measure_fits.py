"""Rates measured through ``fit``: log scales, joint regions, counts, conformal tests."""

from __future__ import annotations

import warnings

import numpy as np

from shiftexp import displacement
from shiftexp.design import Design
from shiftexp.errors import SmallSampleWarning
from shiftexp.estimators.windows import WindowContrast
from shiftexp.inference.conformal import Conformal
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import NORMAL, autoregressive_errors, draw
from shiftexp.panel import Panel
from shiftexp.result import Estimator, Result
from tests.recovery.measure import (
    BAYES,
    COVERAGE,
    GLS_UNITS,
    NOMINAL,
    Cell,
    Rate,
    average,
    one_side,
    panel_of,
    share,
)
from tests.recovery.measure_series import pair_series

LOG_BASE, LOG_SD, LOG_EFFECT = 40.0, 0.2, 0.4
PAIR_EFFECT = (-4.0, 8.0)
COUNT_MEAN, NEGATIVE_BINOMIAL_SIZE, INTENSITY_SD = 40.0, 10.0, 0.3
CONFORMAL_LEVEL = 0.10
SHIFT_UNITS = (0.0, 3.0, 30.0)
FAR_AT = 20  # periods at which the farthest effect is tried: on this scale it moves nothing else
POISSON, OVERDISPERSED, AUTOCORRELATED = "Poisson", "negative binomial", "AR(1) counts"

CONFORMAL: dict[str, Conformal] = {
    f"Conformal({name})": Conformal(BAYES[name])
    for name in ("InterruptedTimeSeries(trend=False)", "InterruptedTimeSeries(trend=True)")
}


def quiet_fit(estimator: Estimator, panel: Panel, design: Design) -> tuple[Result, bool]:
    """Return a fit and whether it came with a SmallSampleWarning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = estimator.fit(panel, design)
    return result, any(issubclass(w.category, SmallSampleWarning) for w in caught)


def log_scale(cell: Cell) -> tuple[Rate, ...]:
    """Measure the effect in level units of a model in logs; it is known by draws."""
    estimator, after = BAYES[cell.method], np.arange(cell.periods) >= cell.before
    noise = cell.sd * draw(
        cell.process, cell.rho[0], NORMAL, (cell.draws, cell.periods), cell.random()
    )
    covered, rejected, told = (np.empty((2, cell.draws), bool) for _ in range(3))
    for k, effect in enumerate((0.0, LOG_EFFECT)):
        values = LOG_BASE * np.exp(noise + effect * after)
        truth = (values * (1 - np.exp(-effect * after)))[:, after].mean(axis=1)
        for i, series in enumerate(values):
            panel = panel_of(series, ("D",), cell.years)
            result, told[k, i] = quiet_fit(estimator, panel, one_side(cell))
            covered[k, i] = result.effects.interval((0.0, 1.0)).contains(float(truth[i]))
            rejected[k, i] = result.effects.two_sided_p((0.0, 1.0)) <= NOMINAL
    words = f"{LOG_EFFECT:g} in logs"
    return (
        share("size", rejected[0], nominal=NOMINAL),
        share("coverage", covered[0], nominal=COVERAGE),
        share("coverage", covered[1], effect=words, nominal=COVERAGE),
        share("power", rejected[1], effect=words),
        share("warned", told[0]),
    )


def joint_sets(cell: Cell) -> tuple[Rate, ...]:
    """Measure the joint region of the pair and the set of the offset ratio."""
    after = np.arange(cell.periods) >= cell.before
    truth = np.array(PAIR_EFFECT)
    values = 50 + pair_series(cell, cell.draws) + truth[:, None] * after
    design = Design(origin="O", destination="D", onset=cell.onset)
    inside, ratio, bounded = (np.empty(cell.draws, bool) for _ in range(3))
    for i, pair in enumerate(values):
        panel = panel_of(pair, ("O", "D"), cell.years)
        effects = quiet_fit(BAYES[cell.method], panel, design)[0].effects
        inside[i] = within(effects.region(), truth)
        found = effects.offset_ratio_set()
        ratio[i] = found.contains(float(-truth[0] / truth[1]))
        bounded[i] = found.bounded
    words = f"O {truth[0]:g}, D {truth[1]:g} sd"
    return (
        share("coverage, joint region", inside, effect=words, nominal=COVERAGE),
        share("coverage, offset ratio", ratio, effect=words, nominal=COVERAGE),
        share("offset ratio bounded", bounded, effect=words),
    )


def within(corners: Floats, point: Floats) -> bool:
    """Tell whether a point lies in a convex region given by its corners, counter-clockwise."""
    edges = np.roll(corners, -1, axis=0) - corners
    away = point - corners
    return bool((edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= 0).all())


def counts(cell: Cell, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return counts around a mean of 40: Poisson, overdispersed, or with an AR(1) intensity."""
    if cell.process == POISSON:
        return rng.poisson(COUNT_MEAN, shape).astype(float)
    if cell.process == OVERDISPERSED:
        size = NEGATIVE_BINOMIAL_SIZE
        return rng.negative_binomial(size, size / (size + COUNT_MEAN), shape).astype(float)
    log_intensity = INTENSITY_SD * autoregressive_errors(shape, cell.rho[0], rng)
    mean = COUNT_MEAN * np.exp(log_intensity - INTENSITY_SD**2 / 2)
    return rng.poisson(mean).astype(float)


def count_windows(cell: Cell) -> tuple[Rate, ...]:
    """Measure two windows of counts; power is for an added Poisson count of 2.8 of its own sd."""
    rng = cell.random()
    null = counts(cell, (cell.draws, cell.periods), rng)
    spread = np.sqrt(COUNT_MEAN * (1 / cell.before + 1 / cell.after))
    added = rng.poisson(GLS_UNITS * spread, null.shape) * (np.arange(cell.periods) >= cell.before)
    rejected = np.empty((2, cell.draws), bool)
    told = np.empty((2, cell.draws), bool)
    for k, values in enumerate((null, null + added)):
        for i, series in enumerate(values):
            panel = panel_of(series, ("D",), cell.years, "count")
            result, told[k, i] = quiet_fit(WindowContrast(), panel, one_side(cell))
            rejected[k, i] = result.effects.two_sided_p((0.0, 1.0)) <= NOMINAL
    return (
        share("size", rejected[0], nominal=NOMINAL),
        share("power", rejected[1], effect=f"{GLS_UNITS:g} Poisson sd"),
        share("warned", told[0]),
    )


def _total(table: Floats, name: str) -> float:
    """Return the p of a measure for counts (before, after) of four areas in rows."""
    control, treated, near_control, near = [(int(a), int(b)) for a, b in table]
    if name == "wdd":
        return displacement.wdd(control, treated, near_control, near)["total"].p_value
    if name == "tne":
        return displacement.tne(treated, near, control).rows[-1].p_value
    return displacement.rirr(control, treated).rows[0].p_value


def closed_forms(cell: Cell) -> tuple[Rate, ...]:
    """Measure a closed form on the counts of two windows in four areas."""
    drawn = counts(cell, (cell.draws, 4, cell.periods), cell.random())
    before, after = drawn[:, :, : cell.before].sum(axis=2), drawn[:, :, cell.before :].sum(axis=2)
    name = cell.method.removeprefix("displacement.")
    tables = np.stack([before, after], axis=2)
    if name == "e_test":
        p = [displacement.e_test(int(t[0, 0]), int(t[0, 1])).rows[0].p_value for t in tables]
    else:
        p = [_total(table, name) for table in tables]
    return (share("size", np.array(p) <= NOMINAL, nominal=NOMINAL),)


def conformal(cell: Cell) -> tuple[Rate, ...]:
    """Measure the conformal wrapper at 10 %: size, power, and its interval; a far effect too."""
    rng, after = cell.random(), np.arange(cell.periods) >= cell.before
    noise = 50 + draw(cell.process, cell.rho[0], NORMAL, (cell.draws, cell.periods), rng)
    units = SHIFT_UNITS if cell.periods == FAR_AT else SHIFT_UNITS[:-1]
    shape = (len(units), cell.draws)
    covered, bounded, told = (np.empty(shape, bool) for _ in range(3))
    p, stated = np.empty(shape), np.empty(shape)
    for k, effect in enumerate(units):
        for i, series in enumerate(noise + effect * after):
            panel = panel_of(series, ("D",), cell.years)
            result, told[k, i] = quiet_fit(CONFORMAL[cell.method], panel, one_side(cell))
            found = result.effects.interval((0.0, 1.0), 1 - CONFORMAL_LEVEL)
            covered[k, i], bounded[k, i] = found.contains(effect), found.bounded
            p[k, i] = result.effects.two_sided_p((0.0, 1.0))
            stated[k, i] = float(result.notes[0].rsplit(maxsplit=1)[1])
    held = np.isfinite(p)  # elsewhere the model withholds its test, and so does the wrapper
    rates = [share("size", p[0] <= CONFORMAL_LEVEL, nominal=CONFORMAL_LEVEL)]
    for k, effect in enumerate(units):
        words = f"{effect:g} sd of a period" if effect else "0"
        rates.append(
            share("coverage", covered[k][held[k]], effect=words, nominal=1 - CONFORMAL_LEVEL)
        )
        rates.append(share("interval bounded", bounded[k], effect=words))
        if effect:
            rates.append(share("power", p[k] <= CONFORMAL_LEVEL, effect=words))
    every = "all together"
    return (
        *rates,
        share("warned", told[0]),
        average("smallest p met", np.full(2, np.nanmin(p)), effect=every),
        average("smallest p stated", stated.ravel(), effect=every),
    )
