"""What changed on either side, from its strongest study, labelled with what it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.datasets.dataset import is_additive
from shiftexp.panel import Indicator
from shiftexp.plane import DESTINATION, NO_SET, ORIGIN, ConfidenceSet
from shiftexp.report.language import ENGLISH, Words
from shiftexp.report.page import DesignPage, SideStudy
from shiftexp.report.wording import (
    gate_words,
    periods_words,
    place,
    plain,
    side_place,
    span_words,
    unit_words,
)
from shiftexp.result import Result
from shiftexp.verdict.sides import SideChange, side_changes

Basis: TypeAlias = Literal["pair", "alone", "windows", "seen"]
SIDES = ("origin", "destination")
_DIRECTIONS = (ORIGIN, DESTINATION)


@dataclass(frozen=True)
class Change:
    """How one side changed, and what that rests on.

    Attributes
    ----------
    side, place : str
        Origin or destination, and its name.
    before, after : float
        Observed means, in the unit.
    own : float
        Observed less counterfactual, in the unit; NaN where there is no counterfactual.
    answer : ConfidenceSet
        The set of own changes that are not rejected.
    level, drift : float
        Its confidence level, and the drift of detection that is integrated in it.
    settled : bool
        Whether the direction is settled.
    unit, indicator : str
        Unit per year, and what is measured, in words.
    periods : tuple of two str
        Periods before and after.
    basis : {"pair", "alone", "windows", "seen"}
        Both series together, this side alone, two windows of counts, or observed values only.
    rests_on : str
        The same in words.
    direction : str
        The direction in words, where it is settled and the amount is not.
    """

    side: str
    place: str
    before: float
    after: float
    own: float
    answer: ConfidenceSet
    level: float
    drift: float
    settled: bool
    unit: str
    indicator: str
    periods: tuple[str, str]
    basis: Basis
    rests_on: str
    direction: str = ""


def changes(page: DesignPage) -> tuple[Change, ...]:
    """Return the change of each side: as weighed where the gate passed, else the best there is.

    Parameters
    ----------
    page : DesignPage
        One design with everything found under it.
    """
    told = side_changes(page.verdict)
    if told:
        return tuple(_weighed(page, change) for change in told)
    sides = [
        s
        for s in SIDES
        if (page.design.origin_units, page.design.destination_units)[SIDES.index(s)]
    ]
    found = [_best(page, side) for side in sides]
    return tuple(change for change in found if change is not None)


def change_of(
    result: Result, side: str, basis: Basis, rests_on: str, words: Words = ENGLISH
) -> Change:
    """Return what one result says of one side.

    Parameters
    ----------
    result : Result
        The fit.
    side : str
        "origin" or "destination".
    basis : {"pair", "alone", "windows", "seen"}
        What kind of study it is.
    rests_on : str
        The same in words.
    words : Words
        The words of its language.
    """
    answer = result.effects.interval(_DIRECTIONS[SIDES.index(side)], result.level)
    return replace(
        _means_of(result, side, basis, rests_on, words),
        answer=answer,
        settled=answer.kind in {"interval", "hull"} and not answer.low <= 0 <= answer.high,
    )


def _means_of(result: Result, side: str, basis: Basis, rests_on: str, words: Words) -> Change:
    """Return observed means and the estimate of one side, without an interval."""
    i, paths, effects = SIDES.index(side), result.paths, result.effects
    labels = np.array(paths.labels)
    annual = _periods_per_year(paths.labels[0]) if result.indicator.additive else 1
    seen = np.where(np.isfinite(paths.observed[i]), paths.observed[i], np.nan)
    return Change(
        side=side,
        place=place(paths.names[i], words),
        before=annual * float(np.nanmean(seen[paths.pre])),
        after=annual * float(np.nanmean(seen[paths.post])),
        own=float(effects.mean[i]),
        answer=NO_SET,
        level=result.level,
        drift=0.0,
        settled=False,
        unit=unit_words(effects.unit, result.indicator, words),
        indicator=plain(result.indicator.name, words),
        periods=(
            span_words(labels[paths.pre].tolist(), words),
            span_words(labels[paths.post].tolist(), words),
        ),
        basis=basis,
        rests_on=rests_on,
    )


def indicator_of(page: DesignPage) -> Indicator | None:
    """Return what the design measures, from whatever could be fitted; None when nothing could."""
    alone = [study.result for study in page.sides if study.result is not None]
    found = (*page.verdict.results, *alone, *page.contrasts)
    return found[0].indicator if found else None


def overdispersion(result: Result, words: Words = ENGLISH) -> str:
    """Say the overdispersion of a comparison of two windows, from its own note."""
    note = result.notes[0] if result.notes else ""
    said = note.partition("overdispersion ")[2]
    values, _, kind = said.rpartition(" ") if said.endswith("stated") else said.partition(" est")
    shown = words.listed([words.written(v) for v in dict.fromkeys(values.split(" and "))])
    return shown if kind == "stated" else words("windows.estimated", value=shown)


def learnt_after(result: Result, side: str) -> tuple[int, str]:
    """Return from how many periods after the onset an effect is learnt, and what cuts them off.

    Parameters
    ----------
    result : Result
        The fit.
    side : str
        "origin" or "destination".

    Returns
    -------
    tuple of (int, str)
        The periods, and the reporting break after the onset whose free step takes up the rest;
        empty where there is none.
    """
    labels, after = list(result.paths.labels), np.flatnonzero(result.paths.post)
    steps = [labels.index(label) for name, label in result.paths.breaks if name == side]
    first = min((at for at in steps if after.size and at > after[0]), default=None)
    return (after.size, "") if first is None else (int((after < first).sum()), labels[first])


def _step_words(result: Result, side: str, words: Words) -> str:
    """Say that an effect rests on the periods before a later free step; nothing without one."""
    count, period = learnt_after(result, side)
    if not period:
        return ""
    learnt = periods_words(result.paths.labels[0], count, words)
    return words("learnt.step", period=period, learnt=learnt)


def is_windows(result: Result) -> bool:
    """Tell whether a result compares two windows, without a model of what would have been."""
    return result.estimator.startswith("WindowContrast")


def counts_words(result: Result, words: Words = ENGLISH) -> str:
    """Say how many periods lie before and after."""
    before, after = int(result.paths.pre.sum()), int(result.paths.post.sum())
    told = periods_words(result.paths.labels[0], before, words)
    return words("period.before_after", before=told, after=after)


def _weighed(page: DesignPage, told: SideChange) -> Change:
    """Return the change of one side as the verdict weighs it: that which is read out."""
    result, words = page.verdict.results[0], page.words
    rests_on = _pair_words(result, words)
    count, untold = len(page.verdict.results), told.differ and told.way != "open"
    if told.differ:
        key = "untold" if told.answer.kind == "none" else "differ"
        rests_on += words(f"rests.{key}", count=count)
    rests_on += _step_words(result, told.side, words)
    return replace(
        _means_of(result, told.side, "pair", rests_on, words),
        own=math.nan if untold else told.estimate,
        answer=told.answer,
        level=told.level,
        drift=told.drift,
        settled=told.way != "open",
        direction=words(f"grew.{told.way}_untold", count=count) if untold else "",
    )


def _pair_words(result: Result, words: Words) -> str:
    """Say what a fit of the whole design rests on."""
    kind = words("rests.pair" if all(result.paths.names) else "rests.one_side")
    return f"{kind}, {counts_words(result, words)}; {result.name}"


def _best(page: DesignPage, side: str) -> Change | None:
    """Return the change of one side: alone, else two windows of counts, else observed means."""
    for study in page.sides:
        if study.side == side and study.result is not None:
            return _alone(study.result, study, page.words)
    present = [r for r in page.contrasts if r.paths.names[SIDES.index(side)]]
    return _of_windows(present, side, page.words) if present else _seen(page, side)


def _alone(result: Result, study: SideStudy, words: Words) -> Change:
    """Return the change of a side studied alone, by its own past or by two windows of counts."""
    windows, said = is_windows(result), overdispersion(result, words)
    how = words("rests.overdispersion", name=result.name, value=said) if windows else result.name
    gate = ""
    if study.gate != "pass":
        gate = words("rests.own_gate", why=gate_words([study.gate], 1, words))
    counted = counts_words(result, words)
    alone = words("rests.alone", place=place(study.unit, words), counts=counted)
    rests_on = f"{alone}{gate}; {how}{_step_words(result, study.side, words)}"
    return change_of(result, study.side, "windows" if windows else "alone", rests_on, words)


def _of_windows(contrasts: Sequence[Result], side: str, words: Words) -> Change:
    """Return the change between two windows under the overdispersion with the widest interval."""
    found = [
        (change_of(result, side, "windows", "", words), overdispersion(result, words))
        for result in contrasts
    ]
    widest, shown = max(found, key=lambda pair: pair[0].answer.high - pair[0].answer.low)
    tried = ", ".join(phi for _, phi in found)
    counted = counts_words(contrasts[0], words)
    rests_on = words("rests.windows", counts=counted, tried=tried, shown=shown)
    return replace(widest, rests_on=rests_on)


def _seen(page: DesignPage, side: str) -> Change | None:
    """Return observed means before and after the onset, where nothing else exists."""
    words = page.words
    units = page.design.origin_units if side == "origin" else page.design.destination_units
    where = "region" if "region" in page.data.columns else "unit"
    if page.data.empty or not {where, "period", "value"} <= set(page.data.columns):
        return None
    wide = page.data.assign(period=page.data["period"].astype(str))
    wide = wide[wide[where].isin(units)].pivot_table(index="period", columns=where, values="value")
    if set(wide.columns) != set(units):
        return None
    indicator = indicator_of(page) or _named(page.data)
    if indicator is None and len(units) > 1:
        return None  # amounts are summed, rates averaged: nobody said which these are
    additive = indicator is None or indicator.additive
    values = wide.sum(axis=1, min_count=len(units)) if additive else wide.mean(axis=1, skipna=False)
    values = _inside(values.dropna(), page)
    first, last = (str(period) for period in page.design.onset_range)
    before, after = values[values.index < first], values[values.index >= last]
    if before.empty and after.empty:
        return None
    annual = _periods_per_year(str(values.index[0])) if additive else 1
    unit = words("rests.no_unit")
    if indicator is not None:
        per_year = " per year" if additive else ""
        unit = unit_words(indicator.unit_of_measure + per_year, indicator, words)
    return Change(
        side=side,
        place=side_place(page, side),
        before=annual * float(before.mean()) if len(before) else math.nan,
        after=annual * float(after.mean()) if len(after) else math.nan,
        own=math.nan,
        answer=NO_SET,
        level=math.nan,
        drift=0.0,
        settled=False,
        unit=unit,
        indicator="" if indicator is None else plain(indicator.name, words),
        periods=(
            span_words(before.index.tolist(), words),
            span_words(after.index.tolist(), words),
        ),
        basis="seen",
        rests_on=words("rests.seen", before=len(before), after=len(after)),
    )


def _named(data: pd.DataFrame) -> Indicator | None:
    """Return what the values measure, as far as their table says so."""
    measure = "unit" if "region" in data.columns else "unit_of_measure"
    if measure not in data.columns:
        return None
    unit = str(data[measure].iloc[0])
    name = str(data["indicator"].iloc[0]) if "indicator" in data.columns else unit
    return Indicator(name, unit, additive=is_additive(unit))


def _inside(values: pd.Series, page: DesignPage) -> pd.Series:
    """Return the values inside the declared window, exclusions left out."""
    start, end = page.design.start, page.design.end
    kept = ~values.index.isin([str(period) for period in page.design.exclude])
    if start is not None:
        kept &= values.index >= str(start)
    if end is not None:
        kept &= values.index <= str(end)
    return values[kept]


def _periods_per_year(label: str) -> int:
    """Return how many periods a year has, read off a label."""
    return 4 if "Q" in label else 12 if "-" in label else 1
