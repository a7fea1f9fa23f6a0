"""From a study in Python back to its file: reading what is written gives the same study."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from shiftexp.design import Design
from shiftexp.evidence import Evidence
from shiftexp.result import Estimator
from shiftexp.study.spec import WRAPPERS, Cell, Source, StudySpec


def to_table(spec: StudySpec) -> dict[str, Any]:
    """Return the study as a TOML table; what has its default is left out."""
    table: dict[str, Any] = {"title": spec.title, "seed": spec.seed, "margin": spec.margin}
    if spec.source.dataset:
        table["dataset"] = spec.source.dataset
    else:
        table["data"] = _changed(spec.source, Source())
    if spec.estimators:
        table["estimators"] = [_estimator(e) for e in spec.estimators]
    table["cell"] = [_cell(cell) for cell in spec.cells]
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
        table["detection"] = _plain(dataclasses.asdict(cell.detection))
    lists = {
        "indicators": [_changed(i, type(i)()) for i in cell.indicators],
        "estimators": [_estimator(e) for e in cell.estimators],
        "evidence": [_evidence(e) for e in cell.evidence],
        "falls": [dataclasses.asdict(f) for f in cell.falls],
    }
    return table | {name: rows for name, rows in lists.items() if rows}


def _design(design: Design) -> dict[str, Any]:
    """Return a design written out."""
    blank = Design(origin=design.origin, destination=design.destination, onset=("", "-"))
    return _changed(design, blank) | {
        side: _plain(value)
        for side, value in (("origin", design.origin), ("destination", design.destination))
        if value is not None
    }


def _estimator(estimator: Estimator) -> dict[str, Any]:
    """Return an estimator: its class, its fields, and the wrapper around it."""
    wrapper = type(estimator).__name__
    if wrapper in WRAPPERS:
        return _estimator(estimator.model) | {"inference": wrapper}  # type: ignore[attr-defined]  # a wrapper
    values = {
        f.name: getattr(estimator, f.name)
        for f in dataclasses.fields(estimator)  # type: ignore[arg-type]  # estimators are dataclasses
        if getattr(estimator, f.name) != f.default or f.name == "rng"
    }
    return {"name": wrapper} | _plain(values)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """Return one piece of evidence as a table."""
    return _plain(dataclasses.asdict(evidence))


def _changed(value: Any, blank: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return the fields that differ from those of a blank."""
    names = (f.name for f in dataclasses.fields(value))
    return _plain({n: getattr(value, n) for n in names if getattr(value, n) != getattr(blank, n)})


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value on its way to TOML
    """Return tuples as lists, and leave out what TOML cannot say: None, and an infinite upper limit."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None and v != math.inf}
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value
