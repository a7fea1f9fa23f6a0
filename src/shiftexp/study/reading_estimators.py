"""Reads the estimators of a study file: class, fields and the wrapper around them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from shiftexp.errors import ShiftexpError, suggest
from shiftexp.result import Estimator
from shiftexp.study.keys import Keys
from shiftexp.study.known import ESTIMATORS, WRAPPERS


def read_estimators(keys: Keys, seed: int) -> tuple[Estimator, ...]:
    """Return the estimators of a table.

    Parameters
    ----------
    keys : Keys
        A table with a list ``estimators``.
    seed : int
        The study's seed, for estimators that name none.
    """
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
