"""Whole fits of data that the defaults are not made for: by default, and with the right setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

import shiftexp as sx
from shiftexp.estimators.vessels import VesselsResult
from shiftexp.kernels.cases import Floats
from tests.recovery.measure import COVERAGE, Cell, Rate, average, share
from tests.recovery.measure_fits import quiet_fit
from tests.recovery.recovery_data import DISPERSION, added, growth, series
from tests.recovery.recovery_designs import FLOW, LEVELS, NOTHING, TRUTHS, Design, Setting

TABLE, METHOD = "recovery_settings", "CommunicatingVessels, whole fits"
ALL = "all"
BELIEF = 3  # the scale of own changes of four times the smallest change that matters
_ORIGIN, _DESTINATION, _FIRST, _DRAWS = "O", "D", "seizures", 2000
_NOISE = 4.0
Seen = dict[str, tuple[Floats, str]]  # indicator -> values (2, T) and their unit


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of data, with the fits that are compared.

    Attributes
    ----------
    observed : callable
        Indicators of levels (2, T), with their units.
    fits : mapping from str to CommunicatingVessels
        By what they are called; only "all" is given more than the first indicator.
    unequal : float
        The destination's standard deviations over the origin's.
    exposure : callable
        Exposures of levels (2, T).
    """

    observed: Callable[[Floats, np.random.Generator], Seen]
    fits: dict[str, sx.CommunicatingVessels]
    unequal: float = 1.0
    exposure: Callable[[Floats], Floats] = np.ones_like


def _model(**options: object) -> sx.CommunicatingVessels:
    """Return the model with the lag known, and few draws."""
    return sx.CommunicatingVessels(lags=(1,), draws=_DRAWS, **options)  # type: ignore[arg-type]  # passed on


def _unequal(level: Floats, rng: np.random.Generator) -> Seen:
    """Return amounts with noise that is twice as large at the destination."""
    noise = _NOISE * np.array([[1.0], [2.0]])
    return {_FIRST: (level + noise * rng.standard_normal(level.shape), "kg")}


def _poisson(level: Floats, rng: np.random.Generator) -> Seen:
    """Return Poisson counts."""
    return {_FIRST: (rng.poisson(np.maximum(level, 0)).astype(float), "count")}


def _overdispersed(level: Floats, rng: np.random.Generator) -> Seen:
    """Return negative binomial counts."""
    rates = rng.gamma(1 / DISPERSION, DISPERSION, level.shape)
    return _poisson(level * rates, rng)


def _three(level: Floats, rng: np.random.Generator) -> Seen:
    """Return amounts, three times as many of another kind, and counts of half as many."""
    first, second = (level + _NOISE * rng.standard_normal(level.shape) for _ in range(2))
    counts = rng.poisson(np.maximum(level / 2, 0)).astype(float)
    return {_FIRST: (first, "kg"), "arrests": (3 * second, "persons"), "labs": (counts, "count")}


def _effort(level: Floats) -> Floats:
    """Return inspections: twice as many at the destination from the onset on."""
    effort = np.full(level.shape, 200.0)
    effort[1, level.shape[1] // 2 :] *= 2
    return effort


def _inspected(level: Floats, rng: np.random.Generator) -> Seen:
    """Return amounts found by those inspections."""
    effort = _effort(level)
    return {_FIRST: ((level + _NOISE * rng.standard_normal(level.shape)) * effort / 200, "kg")}


def _wilder(level: Floats, rng: np.random.Generator) -> Seen:
    """Return amounts with noise that is three times as large from the onset on."""
    noise = np.full(level.shape, _NOISE)
    noise[:, level.shape[1] // 2 :] *= 3
    return {_FIRST: (level + noise * rng.standard_normal(level.shape), "kg")}


KINDS = {
    "destination twice as variable": Kind(
        observed=_unequal,
        fits={v: _model(variances=v) for v in ("equal", "own", "auto")},
        unequal=2.0,
    ),
    "Poisson counts": Kind(
        observed=_poisson,
        fits={law: _model(likelihood=law) for law in ("normal", "poisson")},
    ),
    "negative binomial counts": Kind(
        observed=_overdispersed,
        fits={law: _model(likelihood=law) for law in ("normal", "negative binomial")},
    ),
    "three indicators": Kind(
        observed=_three,
        fits={
            "the first": _model(),
            ALL: _model(likelihood={"labs": "poisson"}, reference=_FIRST),
        },
    ),
    "twice the effort from the onset on": Kind(
        observed=_inspected,
        fits={effort: _model(effort=effort) for effort in ("none", "offset")},
        exposure=_effort,
    ),
    "three times the noise from the onset on": Kind(observed=_wilder, fits={"default": _model()}),
}


def cells(seed: int) -> Iterator[Cell]:
    """Yield the cells of the table."""
    for name in KINDS:
        for truth in (FLOW, NOTHING):
            yield Cell(
                table=TABLE,
                method=METHOD,
                before=Design().years[0],
                after=Design().years[1],
                process=name,
                rho=(0.0,),
                setting=truth,
                draws=200,
                seed=seed,
            )


def recovery_settings(cell: Cell) -> tuple[Rate, ...]:
    """Measure what every fit finds in the same data sets."""
    kind, truth, rng = KINDS[cell.process], TRUTHS[cell.setting], cell.random()
    usual = Design(unequal=kind.unequal)
    own, common, _ = usual.sds
    setting = Setting(
        before=cell.before,
        after=cell.after,
        lag=usual.lag,
        levels=LEVELS,
        size=usual.size,
        sds=(own, common, 0.0),
    )
    flow = truth.flow * setting.size
    exact = {"flow": flow, "share": flow / growth(usual, setting, truth)}
    effects = added(usual, setting, truth)[:, cell.before :].mean(axis=1)
    found: dict[tuple[str, str], list[float]] = {}
    for level in series(usual, setting, truth, cell.draws, rng):
        panel = _panel(cell.years, kind, level, rng)
        for name, model in kind.fits.items():
            given = panel if name == ALL else panel[_FIRST]
            for measure, value in _found(model, given, cell.onset, exact, effects).items():
                found.setdefault((measure, name), []).append(value)
    return tuple(_rate(*key, np.array(values), cell.setting) for key, values in found.items())


def _panel(years: list[int], kind: Kind, level: Floats, rng: np.random.Generator) -> sx.Panel:
    """Return the panel of what is observed of levels (2, T)."""
    frames = [
        pd.DataFrame(
            {
                "place": np.repeat([_ORIGIN, _DESTINATION], len(years)),
                "year": np.tile(years, 2),
                "indicator": name,
                "unit": unit,
                "value": values.ravel(),
                "effort": kind.exposure(level).ravel(),
            }
        )
        for name, (values, unit) in kind.observed(level, rng).items()
    ]
    return sx.Panel.from_frame(
        pd.concat(frames),
        unit="place",
        period="year",
        value="value",
        indicator="indicator",
        exposure="effort",
        unit_of_measure="unit",
        additive=True,
    )


def _found(
    model: sx.CommunicatingVessels,
    panel: sx.Panel,
    onset: int,
    exact: dict[str, float],
    effects: Floats,
) -> dict[str, float]:
    """Return whether limits hold and how wide they are; flows in units of the base flow."""
    design = sx.Design(origin=_ORIGIN, destination=_DESTINATION, onset=onset)
    result = quiet_fit(model, panel, design)[0]
    assert isinstance(result, VesselsResult)
    limits = result.flow.by_scale[BELIEF][1]
    ends = {"flow": limits.flow, "share": limits.total}
    found = {f"{k} covered": float(ends[k][0] <= exact[k] <= ends[k][1]) for k in exact}
    found["flow proved"] = float(limits.flow[0] > 0)
    found["spread flagged"] = float("spread-changed" in result.flow.flags)
    found["flow width"] = (limits.flow[1] - limits.flow[0]) / Design().size
    sides = (("origin", (1.0, 0.0)), ("destination", (0.0, 1.0)))
    for k, (side, direction) in enumerate(sides):
        interval = result.effects.interval(direction)
        found[f"{side} covered"] = float(interval.contains(float(effects[k])))
        found[f"{side} width"] = (interval.high - interval.low) / Design().size
    return found


def _rate(measure: str, name: str, values: Floats, truth: str) -> Rate:
    """Return the share of data sets in which something held, or a mean width."""
    if measure.endswith("width"):
        return average(measure, values, effect=truth, given=name)
    nominal = COVERAGE if measure.endswith("covered") else np.nan
    return share(measure, values > 0, effect=truth, nominal=nominal, given=name)
