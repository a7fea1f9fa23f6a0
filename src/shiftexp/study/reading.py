"""From a study file to its Python form; all its problems are named at once, each with its key."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

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
    indicator_line,
    wrong_fields,
)

_UNITS, _PERIOD, _TEXTS = "a text or a list of texts", "a period", "a list of texts"
_DESIGN_TYPES = {
    "origin": _UNITS,
    "destination": _UNITS,
    "onset": "a period or a list of two periods",
    "basis": "a text",
    "start": _PERIOD,
    "end": _PERIOD,
    "exclude": "a list of periods",
    "breaks": _UNITS,
    "donors": _TEXTS,
    "allow": _TEXTS,
    "quality": _TEXTS,
    "event": "a text",
    "because": "a text",
}


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
    read = [_cell(k, seed) for k in keys.tables("cell")]
    cells = tuple(c for c in read if c is not None)
    source = _source(keys)
    if not read:
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
    read["additive"] = data.flag("additive", default=True) if data.has("additive") else None
    read["comparable"] = data.flag("comparable", default=True)
    data.finish()
    return Source(**read)


def _cell(keys: Keys, seed: int) -> Cell | None:
    """Read one [[cell]]."""
    values: dict[str, Any] = {
        "name": keys.text("name"),
        "design": _design(keys),
        "page": keys.text("page"),
        "title": keys.text("title"),
        "role": keys.one_of("role", ROLES),
        "indicators": _indicators(keys),
        "estimators": _estimators(keys, seed),
        "detection": _detection(keys.table("detection")) if keys.has("detection") else None,
        "margin": keys.number("margin", None),
        "evidence": tuple(e for e in map(_evidence, keys.tables("evidence")) if e),
        "falls": tuple(_fall(k) for k in keys.tables("falls")),
        "conclusion": keys.text("conclusion"),
    }
    keys.finish(indicator=_write_indicator)
    wrong = wrong_fields(values["name"], values["page"], values["margin"])
    for fault in wrong:
        keys.wrong(*fault)
    return None if wrong else Cell(**values)


def _design(keys: Keys) -> str | Design:
    """Read a design by name, or written out."""
    given = keys.anything("design")
    if isinstance(given, str):
        return given
    if not isinstance(given, dict):
        keys.wrong("design", given, "a name or a table { origin = ... }", "declare the study")
        return ""
    table = keys.table("design")
    values: dict[str, Any] = {"origin": None, "destination": None}
    wrong = False
    for name in (f.name for f in dataclasses.fields(Design)):
        if not table.has(name):
            continue
        value = table.anything(name)
        if _fits(value, _DESIGN_TYPES[name]):
            values[name] = tuple(value) if isinstance(value, list) else value
        else:
            wrong = True
            table.wrong(name, value, _DESIGN_TYPES[name], f"change it to {_DESIGN_TYPES[name]}")
    table.finish()
    if "onset" not in values and not wrong:
        table.wrong("onset", None, "a first treated period or a range", "write onset = 2015")
    if wrong or "onset" not in values:
        return ""
    try:
        return Design(**values)
    except ShiftexpError as error:
        table.keep(error)
    return ""


def _fits(value: object, needed: str) -> bool:
    """Tell whether a value of the file is of a kind named in words, such as "a text or a list"."""
    if isinstance(value, list):
        entry = "period" if "period" in needed else "text"
        return " list " in needed and all(_fits(v, f"a {entry}") for v in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return "a period" in needed
    return isinstance(value, str) and not needed.startswith("a list")


def _indicators(keys: Keys) -> tuple[Indicator, ...]:
    """Read ``indicators``; where they are names alone, say the line that is meant."""
    given = keys.anything("indicators", [])
    names = given if isinstance(given, list) else [given]
    if names and all(isinstance(name, str) for name in names):
        keys.wrong("indicators", given, "one series, in a table", _write_indicator(given))
        return ()
    return tuple(_indicator(k) for k in keys.tables("indicators"))


def _write_indicator(given: object) -> str:
    """Say the line that names a series, of several the first: a cell is about one."""
    name = given[0] if isinstance(given, list) and given else given
    return f"write {indicator_line(str(name))}"


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
    given = keys.anything("name")
    if isinstance(given, str) and given in WRAPPERS:
        remedy = f'write inference = "{given}" beside the name of the estimator it wraps'
        keys.wrong("name", given, "the class of an estimator", remedy)
        return None
    name = keys.one_of("name", ESTIMATORS)
    if not name:
        if not keys.has("name"):
            keys.wrong("name", None, "the class of an estimator", suggest("", ESTIMATORS))
        return None
    wrapped = keys.has("inference")
    around = _wrapper(keys, seed) if wrapped else None
    model = _built(keys, ESTIMATORS[name], seed)
    keys.finish()
    if model is None or not wrapped:
        return model
    try:
        return around(model) if around else None
    except TypeError as error:
        keys.wrong("inference", name, "an estimator that can be wrapped", str(error))
    except ShiftexpError as error:
        keys.keep(error, "inference")
    return None


def _wrapper(keys: Keys, seed: int) -> Callable[[Any], Estimator] | None:
    """Read the wrapper around an estimator: its class, or a table with its class and fields."""
    given = keys.anything("inference")
    if isinstance(given, str):
        name = keys.one_of("inference", WRAPPERS)
        return partial(WRAPPERS[name], rng=seed) if name else None
    table = keys.table("inference")
    name = table.one_of("name", WRAPPERS)
    if not name:
        table.wrong("name", None, "the class of a wrapper", suggest("", WRAPPERS))
        return None
    values = _fields(table, WRAPPERS[name], seed)
    table.finish()
    return None if values is None else partial(WRAPPERS[name], **values)


def _built(keys: Keys, kind: type[Any], seed: int) -> Estimator | None:
    """Build an estimator from the fields of a table."""
    values = _fields(keys, kind, seed)
    if values is None:
        return None
    try:
        built: Estimator = kind(**values)
    except ShiftexpError as error:
        keys.keep(error)
        return None
    return built


def _fields(keys: Keys, kind: type[Any], seed: int) -> dict[str, Any] | None:
    """Return the fields of a class that a table gives, None after remembering a wrong type."""
    fields = {f.name: f for f in dataclasses.fields(kind) if f.name != "model"}
    given = {name: keys.anything(name) for name in fields if keys.has(name)}
    values = {n: _as_python(v) for n, v in given.items()}
    hints = get_type_hints(kind)
    wrong = [n for n, v in values.items() if not _takes(hints[n], fields[n].default, v)]
    for name in wrong:
        keys.wrong(name, given[name], _needed(fields[name].default), "change its type")
    if "rng" in fields:
        values.setdefault("rng", seed)
    return None if wrong else values


def _as_python(value: object) -> object:
    """Return a list as a tuple, a table with keys that are whole numbers as such."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {int(key) if key.isdigit() else key: entry for key, entry in value.items()}
    return value


def _needed(default: object) -> str:
    """Say what a field takes in a study file."""
    if isinstance(default, tuple):
        return "a list"
    return "a number" if default is None else f"a value like {default!r}"


def _takes(hint: object, default: object, value: object) -> bool:
    """Tell whether a value is a text or a table where a field may be one, or like its default."""
    several = get_origin(hint) in {Union, UnionType}
    kinds = {get_origin(kind) or kind for kind in (get_args(hint) if several else (hint,))}
    if isinstance(value, str) and str in kinds:
        return True
    if isinstance(value, dict):
        return Mapping in kinds
    return _same_kind(value, default)


def _same_kind(value: object, default: object) -> bool:
    """Tell whether a value has its default's type; whole numbers count as numbers."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if default is None or isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))


def _detection(keys: Keys) -> Detection | None:
    """Read a declaration about detection."""
    drift, common = keys.number("drift", DEFAULT_DRIFT), keys.number("common", 1.0)
    boxes = {n: keys.interval(n, (1.0, 1.0)) for n in ("ratio", "origin", "destination")}
    because = keys.text("because")
    keys.finish()
    try:
        return Detection(
            drift=DEFAULT_DRIFT if drift is None else drift,
            common=1.0 if common is None else common,
            ratio=boxes["ratio"],
            origin=boxes["origin"],
            destination=boxes["destination"],
            because=because,
        )
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
    unit, because, model = keys.text("unit"), keys.text("because"), keys.text("model")
    cases = keys.whole("cases", 0) if keys.has("cases") else None
    assumed = keys.texts("assumed")
    keys.finish()
    most = 1.0 if quantity == "shift_share" else float("inf")
    upper = most if high is None else high
    return Bound(
        quantity,  # type: ignore[arg-type]  # one_of has checked it against the words
        low=low,
        high=upper,
        unit=unit,
        because=because,
        cases=cases,
        assumed=assumed,
        model=model,
    )


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
