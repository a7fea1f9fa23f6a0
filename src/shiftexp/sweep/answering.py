"""Fits of a shard: those of one shape in one call of the kernels, the others one by one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from shiftexp.effects import DIRECTIONS, Effects
from shiftexp.errors import (
    ConvergenceWarning,
    EstimandNotIdentified,
    QualityWarning,
    ShiftexpError,
    SmallSampleWarning,
)
from shiftexp.estimators.assembling import unit_of_effects
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.inference.conformal import Conformal
from shiftexp.kernels.cases import Cases
from shiftexp.panel import Indicator
from shiftexp.result import Estimator
from shiftexp.robustness.posing import Posed
from shiftexp.sweep.declared import Fit, Shard
from shiftexp.sweep.rows import ANSWERED, FAILED, REFUSED, WITHHELD, Row, blank
from shiftexp.table import one_line

_Many: TypeAlias = SeriesModel | Conformal
_BROKEN = (ArithmeticError, LookupError, ValueError)


@dataclass(frozen=True, eq=False)
class _Ready:
    """A fit with its data, that may be solved together with others of its shape."""

    fit: Fit
    posed: Posed
    many: _Many
    case: Cases
    row: Row

    @property
    def shape(self) -> tuple[object, ...]:
        """What fits must have in common to be solved in one call."""
        case, indicator = self.case, self.posed.panel.indicators[0]
        arrays = (case.learn, case.treated, case.post, case.breaks, np.isfinite(case.y))
        return (
            self.fit.position,
            indicator.additive,
            indicator.comparable,
            case.seasons,
            case.season.tobytes(),
            *((array.shape, array.tobytes()) for array in arrays),
        )


def answer(shard: Shard) -> list[Row]:
    """Return the row of every fit of a shard, in order: what it says, or why it says nothing.

    Parameters
    ----------
    shard : Shard
        The fits.
    """
    rows: dict[int, Row] = {}
    alike: dict[tuple[object, ...], list[_Ready]] = {}
    with warnings.catch_warnings():
        for caution in (ConvergenceWarning, QualityWarning, SmallSampleWarning):
            warnings.simplefilter("ignore", caution)  # of every fit; Sweep.fit gives them again
        for fit in shard.fits:
            ready = _ready(fit, shard)
            if ready is None:
                rows[fit.number] = _alone(fit, shard)
            else:
                alike.setdefault(ready.shape, []).append(ready)
        for members in alike.values():
            for ready, row in zip(
                members, _together(members, intervals=shard.intervals), strict=True
            ):
                rows[ready.fit.number] = row or _alone(ready.fit, shard)
    return [rows[fit.number] for fit in shard.fits]


def _many(estimator: Estimator | None, *, intervals: bool) -> _Many | None:
    """Return an estimator that answers many data sets at once exactly as it fits one; or None.

    Only where no step of the fit weighs or refuses by the values themselves.
    """
    if isinstance(estimator, Conformal):
        return estimator if estimator.together and not intervals else None
    return estimator if isinstance(estimator, SeriesModel) and estimator.proportional else None


def _ready(fit: Fit, shard: Shard) -> _Ready | None:
    """Return a fit with its data; None where it is to be fitted alone."""
    many = _many(fit.specification.estimator, intervals=shard.intervals)
    if many is None:
        return None
    try:
        posed = fit.pose(shard.panels, shard.design)
        model = many.model if isinstance(many, Conformal) else many
        case = model.prepare(posed.panel, posed.design)
        row = blank(fit) | {
            "gate": str(posed.design.gate(posed.panel)),
            "n_pre": int(case.learn.sum()),
            "n_post": int(case.post.sum()),
            "unit": unit_of_effects(posed.panel),
            "notes": "; ".join(posed.notes),
        }
    except _BROKEN:
        return None  # alone it says why
    return None if np.isfinite(case.sampling).any() else _Ready(fit, posed, many, case, row)


def _together(members: Sequence[_Ready], *, intervals: bool) -> list[Row | None]:
    """Return the rows of fits of one shape; None for those that must be fitted alone."""
    first = members[0]
    asked = _directions(first.posed.panel.indicators[0])
    a = np.array(list(asked.values()))
    y = np.concatenate([ready.case.y for ready in members])
    study, level = (first.posed.panel, first.posed.design), _level(first.many)
    try:
        told = first.many.answers(*study, y, a, level, sets=intervals)
    except _BROKEN:
        return [None] * len(members)
    parts = {"effect": told.estimate, "p": told.p_value, "low": told.low, "high": told.high}
    whole = np.isfinite(np.concatenate([told.estimate, told.p_value], axis=1)).all(axis=1)
    rows: list[Row | None] = []
    for i, ready in enumerate(members):
        numbers = {
            f"{name}_{part}": float(values[i, k])
            for part, values in parts.items()
            for k, name in enumerate(asked)
        }
        row = ready.row | numbers | {"state": ANSWERED}
        if "net_effect" in numbers:
            row["offset_ratio"] = _ratio(row["origin_effect"], row["destination_effect"])
        rows.append(row if whole[i] else None)
    return rows


def _alone(fit: Fit, shard: Shard) -> Row:
    """Return the row of one fit."""
    row = blank(fit)
    try:
        posed = fit.pose(shard.panels, shard.design)
        result = fit.estimator.fit(posed.panel, posed.design)
        numbers = _numbers(result.effects, result.level, intervals=shard.intervals)
    except ShiftexpError as refusal:
        return row | {"state": REFUSED, "reason": one_line(str(refusal))}
    except _BROKEN as error:  # a fault of ours or of a package: shown, and the rest goes on
        reason = one_line(f"{type(error).__name__}: {error}")
        return row | {"state": FAILED, "reason": reason}
    silent = math.isnan(numbers["origin_p"]) and math.isnan(numbers["destination_p"])
    return (
        row
        | numbers
        | {
            "state": WITHHELD if silent else ANSWERED,
            "reason": f"inference: {result.inference}" if silent else "",
            "gate": str(result.gate),
            "n_pre": int(result.paths.pre.sum()),
            "n_post": int(result.paths.post.sum()),
            "unit": result.effects.unit,
            "notes": "; ".join(posed.notes),
        }
    )


def _numbers(effects: Effects, level: float, *, intervals: bool) -> dict[str, float]:
    """Return effects, p-values and, where they are wanted, ends of intervals."""
    asked = {name: a for name, a in DIRECTIONS.items() if effects.answers(a)}
    found = {}
    for name, a in asked.items():
        found[f"{name}_effect"] = effects.estimate(a)
        found[f"{name}_p"] = effects.two_sided_p(a, level)
    if intervals:
        sets = effects.intervals(list(asked.values()), level)
        for name, one in zip(asked, sets, strict=True):
            found |= {f"{name}_low": one.low, f"{name}_high": one.high}
    try:
        found["offset_ratio"] = effects.offset_ratio
    except EstimandNotIdentified:
        found["offset_ratio"] = math.nan
    return found


def _directions(indicator: Indicator) -> dict[str, tuple[float, float]]:
    """Return the estimands that have a meaning for an indicator: sums only of what adds up."""
    both = indicator.additive and indicator.comparable
    return {name: a for name, a in DIRECTIONS.items() if both or 0.0 in a}


def _level(estimator: object) -> float:
    """Return the confidence level of an estimator, or of the model that it wraps."""
    return float(getattr(getattr(estimator, "model", estimator), "level", 0.95))


def _ratio(origin: float, destination: float) -> float:
    """Return the offset ratio; NaN where the destination did not change."""
    return -origin / destination if destination else math.nan
