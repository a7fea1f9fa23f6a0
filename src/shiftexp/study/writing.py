"""From a study in Python back to its file: reading what is written gives the same study."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from shiftexp.design import Design
from shiftexp.evidence import Evidence
from shiftexp.result import Estimator
from shiftexp.robustness import Specifications
from shiftexp.study.known import WRAPPERS
from shiftexp.study.spec import (
    Cell,
    Curve,
    Event,
    Events,
    Indicator,
    Source,
    StudySpec,
    Timing,
)
from shiftexp.study.spec_further import Pool, Rivals

_Fields: TypeAlias = Source | Indicator | Design | Event | Rivals | Pool


def to_table(spec: StudySpec) -> dict[str, Any]:
    """Return the study as a TOML table; what has its default is left out."""
    table: dict[str, Any] = {"title": spec.title, "seed": spec.seed, "margin": spec.margin}
    if spec.language != "en":
        table["language"] = spec.language
    if spec.source.dataset:
        table["dataset"] = spec.source.dataset
    else:
        table["data"] = _changed(spec.source, Source())
    if spec.estimators:
        table["estimators"] = [_estimator(e) for e in spec.estimators]
    table["cell"] = [_cell(cell) for cell in spec.cells]
    if spec.pools:
        table["pool"] = [{"name": p.name} | _changed(p, Pool(name=p.name)) for p in spec.pools]
    return table


def _cell(cell: Cell) -> dict[str, Any]:
    """Return one cell as a table."""
    table: dict[str, Any] = {"name": cell.name}
    table["design"] = cell.design if isinstance(cell.design, str) else _design(cell.design)
    table |= {
        k: getattr(cell, k) for k in ("page", "title", "role", "conclusion") if getattr(cell, k)
    }
    if cell.margin is not None:
        table["margin"] = cell.margin
    if cell.detection is not None:
        table["detection"] = _table(dataclasses.asdict(cell.detection))
    if cell.curve is not None:
        table["curve"] = _curve(cell.curve)
    if cell.events is not None:
        table["events"] = _events(cell.events) or True
    if cell.timing:
        table["timing"] = [_timing(question) for question in cell.timing]
    if cell.describe:
        table["describe"] = True
    if cell.rivals:
        table["rivals"] = [_changed(asked, Rivals()) for asked in cell.rivals]
    lists = {
        "indicators": [_changed(i, type(i)()) for i in cell.indicators],
        "estimators": [_estimator(e) for e in cell.estimators],
        "evidence": [_evidence(e) for e in cell.evidence],
        "falls": [_plain(dataclasses.asdict(f)) for f in cell.falls],
    }
    return table | {name: rows for name, rows in lists.items() if rows}


def _curve(curve: Curve) -> dict[str, Any]:
    """Return a curve: its axes where they differ from their defaults, and its tests."""
    axes, plain = curve.axes, Specifications()
    table: dict[str, Any] = {
        name: list(getattr(axes, name))
        for name in ("scales", "onsets", "efforts", "outliers")
        if getattr(axes, name) != getattr(plain, name)
    }
    if curve.named or axes.estimators != plain.estimators:
        table["estimators"] = [_estimator(e) for e in axes.estimators]
    if axes.windows:
        table["windows"] = [["" if p is None else p for p in window] for window in axes.windows]
    if axes.donors:
        table["donors"] = {name: list(units) for name, units in axes.donors}
    if curve.indicators:
        table["indicators"] = [_changed(i, Indicator()) for i in curve.indicators]
    if curve.tests:
        table["tests"] = [dataclasses.asdict(test) for test in curve.tests]
    return table


def _events(events: Events) -> dict[str, Any]:
    """Return what is asked of dated events, where it differs from the defaults."""
    table: dict[str, Any] = {} if events.third is None else {"third": list(events.third)}
    if events.draws != Events().draws:
        table["draws"] = events.draws
    if events.estimators:
        table["estimators"] = [_estimator(e) for e in events.estimators]
    if events.table:
        table["table"] = [_changed(event, Event(date="")) for event in events.table]
    return table


def _timing(question: Timing) -> str | dict[str, Any]:
    """Return a question of timing: its name, or a table with its settings."""
    if not question.settings:
        return question.name
    return {"name": question.name} | _table(dict(question.settings))


def _design(design: Design) -> dict[str, Any]:
    """Return a design written out."""
    required = {n: getattr(design, n) for n in ("origin", "destination", "onset")}
    told = {name: _plain(value) for name, value in required.items() if value is not None}
    return _changed(design, Design(**required)) | told


def _estimator(estimator: Estimator) -> dict[str, Any]:
    """Return an estimator: its class, its fields, and the wrapper around it."""
    name = type(estimator).__name__
    wrappers = tuple(WRAPPERS.values())
    values = {
        f.name: getattr(estimator, f.name)
        for f in dataclasses.fields(estimator)  # type: ignore[arg-type]  # estimators are dataclasses
        if f.name != "model" and (getattr(estimator, f.name) != f.default or f.name == "rng")
    }
    if isinstance(estimator, wrappers):
        return _estimator(estimator.model) | {"inference": {"name": name} | _table(values)}
    return {"name": name} | _table(values)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """Return one piece of evidence as a table."""
    return _table(dataclasses.asdict(evidence))


def _changed(value: _Fields, blank: _Fields) -> dict[str, Any]:
    """Return the fields that differ from those of a blank."""
    names = (f.name for f in dataclasses.fields(value))
    return _table({n: getattr(value, n) for n in names if getattr(value, n) != getattr(blank, n)})


def _table(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values without what TOML cannot say: None, and an infinite upper limit."""
    return {str(k): _plain(v) for k, v in values.items() if v is not None and v != math.inf}


def _plain(value: object) -> object:
    """Return tuples as lists and mappings as tables."""
    if isinstance(value, dict):
        return _table(value)
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value
