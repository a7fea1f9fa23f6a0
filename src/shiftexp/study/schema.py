"""The JSON Schema of a study file, from the same classes and names that the reader knows."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from shiftexp.datasets import NAMES
from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.evidence import About, Direction, Quantity
from shiftexp.robustness import CurveTest
from shiftexp.study.known import ESTIMATORS, TIMING, WRAPPERS
from shiftexp.study.reading import DESIGN_TYPES
from shiftexp.study.reading_further import PLANES
from shiftexp.study.reading_questions import DATA_PARAMETERS
from shiftexp.study.spec import DECIMALS, ROLES, SEPARATORS, Event, Fall, Indicator, Source
from shiftexp.study.spec_further import Rivals
from shiftexp.verdict import LANGUAGES

Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_WHOLE: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_PERIOD: Schema = {"type": ["string", "integer"]}
_INTERVAL: Schema = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
_ESTIMATORS: Schema = {
    "description": "Specifications; the first is the primary one.",
    "type": "array",
    "items": {"$ref": "#/$defs/estimator"},
}


def schema_text() -> str:
    """Return the JSON Schema of study files as text.

    Examples
    --------
    >>> json.loads(schema_text())["required"]
    ['cell']
    """
    return json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n"


def study_schema() -> Schema:
    """Return the JSON Schema of study files.

    Notes
    -----
    What is said of several keys together (a bound without its reason, an onset outside the data)
    is left to ``shiftexp check``: a file that fits the schema may still be refused.
    """
    keys = {
        "title": _TEXT | {"description": "Heading of the report."},
        "language": {"description": "Language of the report.", "enum": list(LANGUAGES)},
        "seed": _WHOLE | {"description": "Seed of every draw."},
        "margin": _positive("Smallest effect of interest, as a share of the level without it."),
        "dataset": {"description": "A bundled data set.", "enum": list(NAMES)},
        "data": _data(),
        "estimators": _ESTIMATORS,
        "cell": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/cell"}},
        "pool": _rows(_pool()),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shiftexp study file",
        **_table(keys, needed=["cell"]),
        "oneOf": [{"required": ["dataset"]}, {"required": ["data"]}],
        "$defs": {
            "cell": _cell(),
            "estimator": _estimator(),
            "inference": _inference(),
            "indicator": _of_texts(Indicator),
        },
    }


def _cell() -> Schema:
    """Return the schema of one [[cell]]."""
    keys = {
        "name": _name("Its name, unique in the file."),
        "design": {"anyOf": [_TEXT, _design()]},
        "page": _name("The cell on whose page it is shown."),
        "title": _TEXT,
        "role": {"enum": list(ROLES)},
        "indicators": _rows({"$ref": "#/$defs/indicator"}),
        "estimators": _ESTIMATORS,
        "detection": _detection(),
        "margin": _positive("Smallest effect of interest."),
        "evidence": _rows(_evidence()),
        "falls": _rows(_of_fields(Fall, needed=["place"])),
        "curve": _curve(),
        "events": {"anyOf": [_FLAG, _events()]},
        "timing": {"type": "array", "items": _timing()},
        "describe": _FLAG | {"description": "Growth, breaks, shares: never evidence."},
        "rivals": {"anyOf": [_FLAG, _rivals(), _rows(_rivals())]},
        "conclusion": _TEXT | {"description": "What earlier work concluded."},
    }
    return _table(keys, needed=["name", "design"])


def _data() -> Schema:
    """Return the schema of [data]."""
    keys = {f.name: _TEXT for f in dataclasses.fields(Source) if isinstance(f.default, str)}
    keys.pop("dataset")
    told = "Whether values add up; to be said where the unit reads like a rate or a price."
    gaps = "Whether a period that no unit has is known to be missing."
    keys |= {"additive": _FLAG | {"description": told}, "comparable": _FLAG}
    keys |= {
        "separator": {"description": "What sets cells apart.", "enum": list(SEPARATORS)},
        "decimal": {"description": "What stands before decimals.", "enum": list(DECIMALS)},
    }
    keys |= {"allow_gaps": _FLAG | {"description": gaps}}
    return _table(keys, needed=["file"])


def _design() -> Schema:
    """Return the schema of a design that is written out."""
    kinds = {
        "a text": _TEXT,
        "a period": _PERIOD,
        "a list of texts": _TEXTS,
        "a list of periods": {"type": "array", "items": _PERIOD},
        "a text or a list of texts": {"anyOf": [_TEXT, _TEXTS]},
        "a period or a list of two periods": {
            "anyOf": [_PERIOD, {"type": "array", "items": _PERIOD, "minItems": 2, "maxItems": 2}]
        },
    }
    words = get_type_hints(Design)["basis"]
    keys = {name: kinds[kind] for name, kind in DESIGN_TYPES.items()}
    return _table(keys | {"basis": {"enum": list(get_args(words))}}, needed=["onset"])


def _detection() -> Schema:
    """Return the schema of a declaration about detection."""
    keys = {f.name: _INTERVAL for f in dataclasses.fields(Detection)}
    return _table(keys | {"drift": _NUMBER, "common": _NUMBER, "because": _TEXT})


def _evidence() -> Schema:
    """Return the schema of one piece of evidence."""
    bound = {
        "quantity": {"enum": list(get_args(Quantity))},
        **dict.fromkeys(("low", "high"), _NUMBER),
        **dict.fromkeys(("unit", "because", "model"), _TEXT),
        "cases": _WHOLE,
        "assumed": _TEXTS,
    }
    keys = {
        "about": {"enum": list(get_args(About))},
        "direction": {"enum": list(get_args(Direction))},
        "bound": _table(bound),
        "p_value": _NUMBER,
        "power": _NUMBER,
        "source": _TEXT,
    }
    return _table(keys, needed=["about"])


def _curve() -> Schema:
    """Return the schema of [cell.curve]."""
    end = {"anyOf": [_PERIOD, {"const": ""}]}
    keys = {
        **dict.fromkeys(("scales", "efforts", "outliers"), _TEXTS),
        "onsets": {"type": "array", "items": _WHOLE},
        "windows": _rows({"type": "array", "items": end, "minItems": 2, "maxItems": 2}),
        "donors": {"type": "object", "additionalProperties": _TEXTS},
        "estimators": _ESTIMATORS,
        "indicators": _rows({"$ref": "#/$defs/indicator"}),
        "tests": _rows(_of_fields(CurveTest)),
    }
    return _table(keys)


def _events() -> Schema:
    """Return the schema of [cell.events]."""
    dated = {f.name: _TEXT for f in dataclasses.fields(Event)}
    # A date of TOML has no type of its own in JSON; validators are given it as a text.
    table = _rows(_table(dated | {"date": _PERIOD}, needed=["date"]))
    return _table({"third": _TEXTS, "draws": _WHOLE, "estimators": _ESTIMATORS, "table": table})


def _timing() -> Schema:
    """Return the schema of one question of timing: its name, or a table with settings."""
    tables = []
    for name, ask in TIMING.items():
        known = [p for p in inspect.signature(ask).parameters if p not in DATA_PARAMETERS]
        tables.append(_table({"name": {"const": name}} | {p: {} for p in known}, needed=["name"]))
    return {"anyOf": [{"enum": list(TIMING)}, *tables]}


def _rivals() -> Schema:
    """Return the schema of [cell.rivals]."""
    ends = {"anyOf": [_NUMBER, _INTERVAL]}
    return _of_fields(Rivals) | {
        "properties": _of_fields(Rivals)["properties"] | {"kappa": ends, "smallest": ends}
    }


def _pool() -> Schema:
    """Return the schema of one [[pool]]."""
    keys = {
        "name": _name("Its name, unique among the pools."),
        "title": _TEXT,
        "cells": _TEXTS | {"description": "Cells of the study.", "minItems": 2},
        "plane": {"enum": list(PLANES)},
        "correlation": {"anyOf": [_NUMBER, {"const": "auto"}]},
        "heterogeneity": _NUMBER,
    }
    return _table(keys, needed=["name", "cells"])


def _estimator() -> Schema:
    """Return the schema of an estimator: its class and its fields."""
    around = {"inference": {"$ref": "#/$defs/inference"}}
    return {"anyOf": [_of_class(name, kind, around) for name, kind in ESTIMATORS.items()]}


def _inference() -> Schema:
    """Return the schema of a wrapper: its class, or a table with its fields."""
    tables = [_of_class(name, kind, {}) for name, kind in WRAPPERS.items()]
    return {"anyOf": [{"enum": list(WRAPPERS)}, *tables]}


def _of_class(name: str, kind: type[Any], more: Mapping[str, Schema]) -> Schema:
    """Return the schema of a table that builds an object of a class."""
    table = _of_fields(kind, needed=["name"])
    table["properties"] = {"name": {"const": name}, **table["properties"], **more}
    return table


def _of_texts(kind: type[Any]) -> Schema:
    """Return the schema of a table of texts, one for each field of a class."""
    return _table({f.name: _TEXT for f in dataclasses.fields(kind)})


def _of_fields(kind: type[Any], *, needed: list[str] | None = None) -> Schema:
    """Return the schema of a table whose keys are the fields of a class."""
    hints = get_type_hints(kind)
    fields = [f for f in dataclasses.fields(kind) if f.name != "model"]
    return _table({f.name: _of_field(hints[f.name], f.default) for f in fields}, needed=needed)


def _of_field(hint: object, default: object) -> Schema:
    """Return the schema of one field, as the reader takes it: like its default, or as hinted."""
    several = get_origin(hint) in {Union, UnionType}
    hints = get_args(hint) if several else (hint,)
    words = [w for h in hints if get_origin(h) is Literal for w in get_args(h)]
    if words and all(isinstance(word, str) for word in words):
        return {"enum": words}
    kinds = {get_origin(h) or h for h in hints}
    found = _like(default)
    if str in kinds and found != _TEXT:
        return {"anyOf": [_TEXT, found]}
    return {"anyOf": [found, {"type": "object"}]} if Mapping in kinds else found


def _like(default: object) -> Schema:
    """Return the schema of values like a default; whole numbers count as numbers."""
    if isinstance(default, tuple):
        return {"type": "array"}
    kinds = {bool: _FLAG, int: _WHOLE, str: _TEXT}
    return kinds.get(type(default), _NUMBER)


def _positive(told: str) -> Schema:
    """Return the schema of a number above zero."""
    return {"description": told, "type": "number", "exclusiveMinimum": 0}


def _name(told: str) -> Schema:
    """Return the schema of a name that can name a file."""
    return {"description": f"{told} Letters, digits, _ and -.", "type": "string", "minLength": 1}


def _rows(entry: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": entry}


def _table(keys: Mapping[str, Schema], *, needed: list[str] | None = None) -> Schema:
    """Return the schema of a table that holds these keys and no others."""
    table: Schema = {
        "type": "object",
        "properties": dict(keys),
        "additionalProperties": False,
    }
    return table | ({"required": needed} if needed else {})
