"""From a study file to its Python form; all its problems are named at once, each with its key."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any, get_args

from shiftexp.datasets import NAMES
from shiftexp.design import Design
from shiftexp.detection import DEFAULT_DRIFT, Detection
from shiftexp.errors import Problem, ShiftexpError, StudyError, suggest
from shiftexp.evidence import About, Bound, Direction, Evidence, Quantity
from shiftexp.result import Estimator
from shiftexp.study.keys import Keys, Problems
from shiftexp.study.spec import (
    ESTIMATORS,
    ROLES,
    WRAPPERS,
    Cell,
    Fall,
    Indicator,
    Source,
    StudySpec,
)


def read_text(text: str) -> StudySpec:
    """Return the study a TOML text says.

    Raises
    ------
    StudyError
        When the text is no TOML, or keys, types or values are wrong; all are listed with their
        keys.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(f"unreadable TOML: {error}", "valid TOML", "mend the line named")
        raise StudyError(problem) from error
    if not table:
        raise StudyError(Problem("an empty study file", "cells", "write at least one [[cell]]"))
    problems = Problems()
    spec = _study(Keys(table, "", problems))
    if problems.found:
        raise StudyError([p for _, p in problems.found], key=problems.found[0][0])
    return spec


def read_file(path: str | Path) -> str:
    """Return the text of a study file.

    Raises
    ------
    StudyError
        When the file cannot be read as text.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(f"file {str(path)!r}: {error}", "a readable text file", "check the path")
        raise StudyError(problem) from error


def _study(keys: Keys) -> StudySpec:
    """Read the top of the file."""
    title, seed = keys.text("title", "Study"), keys.whole("seed", 1)
    margin = keys.number("margin", 0.10) or 0.0
    if not margin > 0:
        keys.wrong("margin", margin, "a positive share of the level", "write 0.10 for 10 %")
    estimators = _estimators(keys, seed)
    cells = tuple(_cell(k, seed) for k in keys.tables("cell"))
    source = _source(keys)
    if not cells:
        keys.wrong("cell", [], "at least one [[cell]]", "write one for each study")
    for name in sorted({c.name for c in cells if [d.name for d in cells].count(c.name) > 1}):
        keys.wrong("cell", name, "names used once", "rename one of the cells")
    keys.finish()
    return StudySpec(
        title=title, seed=seed, source=source, margin=margin, estimators=estimators, cells=cells
    )


def _source(keys: Keys) -> Source:
    """Read ``dataset`` or the table ``data``."""
    if keys.has("dataset"):
        return Source(dataset=keys.one_of("dataset", NAMES))
    data = keys.table("data")
    if not data.has("file"):
        keys.wrong("data", {}, "dataset = a bundled one, or [data] with a file", f"known: {NAMES}")
    plain = Source()
    texts = (f.name for f in dataclasses.fields(Source) if isinstance(f.default, str))
    read: dict[str, Any] = {n: data.text(n, getattr(plain, n)) for n in texts if n != "dataset"}
    for name in ("additive", "comparable"):
        read[name] = data.flag(name, default=True)
    data.finish()
    return Source(**read)


def _cell(keys: Keys, seed: int) -> Cell:
    """Read one [[cell]]."""
    name = keys.text("name")
    if not name:
        keys.wrong("name", name, "a name", 'write name = "..."')
    cell = Cell(
        name=name,
        design=_design(keys),
        page=keys.text("page"),
        title=keys.text("title"),
        role=keys.one_of("role", ROLES),
        indicators=tuple(_indicator(k) for k in keys.tables("indicators")),
        estimators=_estimators(keys, seed),
        detection=_detection(keys.table("detection")) if keys.has("detection") else None,
        margin=keys.number("margin", None),
        evidence=tuple(e for e in map(_evidence, keys.tables("evidence")) if e),
        falls=tuple(_fall(k) for k in keys.tables("falls")),
        conclusion=keys.text("conclusion"),
    )
    keys.finish()
    return cell


def _design(keys: Keys) -> str | Design:
    """Read a design by name, or written out."""
    given = keys.anything("design")
    if isinstance(given, str):
        return given
    if not isinstance(given, dict):
        keys.wrong("design", given, "a name or a table { origin = ... }", "declare the study")
        return ""
    fields = {f.name for f in dataclasses.fields(Design)}
    table = keys.table("design")
    values = {name: _tuple(table.anything(name)) for name in fields if table.has(name)}
    table.finish()
    values.setdefault("origin", None)
    values.setdefault("destination", None)
    if "onset" not in values:
        table.wrong("onset", None, "a first treated period or a range", "write onset = 2015")
        return ""
    try:
        return Design(**values)
    except ShiftexpError as error:
        table.keep(error)
    except TypeError as error:
        table.wrong("onset", values["onset"], "periods as numbers or texts", str(error))
    return ""


def _tuple(value: Any) -> Any:  # noqa: ANN401 - a value of the file
    """Return lists as tuples."""
    return tuple(value) if isinstance(value, list) else value


def _indicator(keys: Keys) -> Indicator:
    """Read one entry of ``indicators``."""
    names = (f.name for f in dataclasses.fields(Indicator))
    read = {name: keys.text(name, getattr(Indicator(), name)) for name in names}
    keys.finish()
    return Indicator(**read)


def _estimators(keys: Keys, seed: int) -> tuple[Estimator, ...]:
    """Read a list of estimators."""
    read = [_estimator(k, seed) for k in keys.tables("estimators")]
    return tuple(e for e in read if e is not None)


def _estimator(keys: Keys, seed: int) -> Estimator | None:
    """Read one estimator: ``name`` is its class, keys are its fields, ``inference`` its wrapper."""
    name = keys.one_of("name", ESTIMATORS)
    wrapper = keys.one_of("inference", WRAPPERS)
    if not name:
        if not keys.has("name"):
            keys.wrong("name", None, "the class of an estimator", suggest("", ESTIMATORS))
        return None
    kind = ESTIMATORS[name]
    fields = {f.name: f for f in dataclasses.fields(kind)}
    values = {n: keys.anything(n) for n in fields if keys.has(n)}
    for field_name, value in list(values.items()):
        default = fields[field_name].default
        if default is not None and not _same_kind(value, default):
            keys.wrong(field_name, value, f"a value like {default!r}", "change its type")
            return None
    if "rng" in fields:
        values.setdefault("rng", seed)
    keys.finish()
    try:
        model: Any = kind(**values)
        return WRAPPERS[wrapper](model, rng=seed) if wrapper else model
    except (ShiftexpError, TypeError) as error:
        if isinstance(error, ShiftexpError):
            keys.keep(error)
        else:
            keys.wrong("inference", wrapper, "a wrapper that fits the estimator", str(error))
    return None


def _same_kind(value: object, default: object) -> bool:
    """Tell whether a value has its default's type; whole numbers count as numbers."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))


def _detection(keys: Keys) -> Detection | None:
    """Read a declaration about detection."""
    drift = keys.number("drift", DEFAULT_DRIFT)
    boxes = {n: keys.interval(n, (1.0, 1.0)) for n in ("ratio", "origin", "destination")}
    because = keys.text("because")
    keys.finish()
    try:
        return Detection(drift=DEFAULT_DRIFT if drift is None else drift, because=because, **boxes)
    except ShiftexpError as error:
        keys.keep(error)
    return None


def _evidence(keys: Keys) -> Evidence | None:
    """Read one piece of evidence."""
    about = keys.one_of("about", get_args(About))
    direction = keys.one_of("direction", get_args(Direction), "for")
    numbers = {n: keys.number(n, None) for n in ("p_value", "power")}
    source = keys.text("source")
    try:
        bound = _bound(keys.table("bound")) if keys.has("bound") else None
        keys.finish()
        return Evidence(
            about=about,  # type: ignore[arg-type]  # one_of has checked it against the words
            direction=direction,  # type: ignore[arg-type]  # likewise
            bound=bound,
            source=source,
            **numbers,
        )
    except ShiftexpError as error:
        keys.keep(error)
    return None


def _bound(keys: Keys) -> Bound:
    """Read a bound."""
    quantity = keys.one_of("quantity", get_args(Quantity), "flow")
    low, high = keys.number("low", 0.0) or 0.0, keys.number("high", None)
    unit, because = keys.text("unit"), keys.text("because")
    keys.finish()
    upper = float("inf") if high is None else high
    return Bound(quantity, low=low, high=upper, unit=unit, because=because)  # type: ignore[arg-type]  # checked


def _fall(keys: Keys) -> Fall:
    """Read a counted fall of the dataset."""
    quitting, rerouting = keys.number("quitting", 1.0), keys.number("rerouting", 0.0)
    fall = Fall(
        place=keys.text("place"),
        quitting=1.0 if quitting is None else quitting,
        rerouting=rerouting or 0.0,
        part=keys.number("part", None),
    )
    keys.finish()
    return fall
