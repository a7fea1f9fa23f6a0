"""Reads what a study file asks for beside effects: ``rivals`` of a cell, and ``[[pool]]``."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.kernels.rival_likelihood import FAMILIES
from shiftexp.pooling.asked import bad_settings
from shiftexp.pooling.pooled import Plane
from shiftexp.rivals.fitting import setting_problems
from shiftexp.rivals.study import SHAPES
from shiftexp.scalars import plural
from shiftexp.study.keys import Keys
from shiftexp.study.spec_further import BOTH_SHAPES, Ends, Pool, Rivals

PLANES: tuple[str, ...] = get_args(Plane)
_LEAST = 2


def read_rivals(keys: Keys) -> tuple[Rivals, ...]:
    """Return the rival hypotheses of a cell: ``true`` for both shapes of the effect, or tables.

    Parameters
    ----------
    keys : Keys
        The cell.
    """
    given = keys.anything("rivals")
    if given is None or isinstance(given, bool):
        return BOTH_SHAPES if given else ()
    if isinstance(given, list):
        return tuple(map(_rivals, keys.tables("rivals")))
    return (_rivals(keys.table("rivals")),)


def _rivals(table: Keys) -> Rivals:
    """Read the settings of one table."""
    plain = Rivals()
    values: dict[str, Any] = {
        "errors": table.one_of("errors", FAMILIES, plain.errors),
        "effect": table.one_of("effect", SHAPES, plain.effect),
        **{n: table.flag(n, default=True) for n in ("trend", "seasonal", "donors")},
        "kappa": _ends(table, "kappa", plain.kappa),
        "smallest": _ends(table, "smallest", plain.smallest),
        "bootstrap": table.whole("bootstrap", plain.bootstrap),
    }
    table.finish()
    found = Rivals(**values)
    _keep(table, setting_problems(found.errors, found.effect, found.kappa, None, found.bootstrap))
    return found


def read_pools(keys: Keys) -> tuple[Pool, ...]:
    """Return what is pooled.

    Parameters
    ----------
    keys : Keys
        The top of the file.
    """
    given = keys.anything("cell", [])
    rows = given if isinstance(given, list) else []  # what is no list is refused with the cells
    named = [row.get("name") for row in rows if isinstance(row, dict)]
    cells = [name for name in named if isinstance(name, str)]
    pools = tuple(_pool(table, cells) for table in keys.tables("pool"))
    names = [pool.name for pool in pools]
    for name in sorted({name for name in names if names.count(name) > 1}):
        keys.wrong("pool", name, "names used once", "rename one of the pools")
    return pools


def _name_cells(given: tuple[str, ...], cells: list[str]) -> str:
    """Say which names are no cells, else how cells are named."""
    strange = [name for name in given if name not in cells]
    if not strange and len(set(cells)) < _LEAST:
        has = plural(len(cells), "cell")
        return f"the study has {has}: write a second [[cell]] with a name of its own, and name both"
    if not strange:
        return f"write for example cells = {json.dumps(cells[:_LEAST], ensure_ascii=False)}"
    return f"{strange[0]!r} is no cell of the study; {suggest(strange[0], cells)}"


def _pool(keys: Keys, cells: list[str]) -> Pool:
    """Read one [[pool]] of some of the cells."""
    plain = Pool(name="")
    number = keys.number("heterogeneity", plain.heterogeneity)
    correlation: Any = keys.anything("correlation", plain.correlation)
    values: dict[str, Any] = {
        "name": keys.text("name"),
        "title": keys.text("title"),
        "cells": keys.texts("cells"),
        "plane": keys.one_of("plane", PLANES) or None,
        "correlation": correlation if isinstance(correlation, str) else _float(correlation),
        "heterogeneity": plain.heterogeneity if number is None else number,
    }
    keys.finish()
    pool = Pool(**values)
    if not re.fullmatch(r"[\w-]+", pool.name):
        keys.wrong("name", pool.name, "letters, digits, _ and -", "name the pool")
    if len(set(pool.cells)) < max(_LEAST, len(pool.cells)):
        needed = "names of two cells or more, each once"
        keys.wrong("cells", list(pool.cells), needed, _name_cells(pool.cells, cells))
    _keep(keys, bad_settings("offset", pool.correlation, pool.heterogeneity, 0.95, {}))
    return pool


def _float(value: object) -> object:
    """Return a whole number as one with a point, anything else as it is."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _ends(keys: Keys, key: str, default: Ends | None) -> Ends | None:
    """Return a number, or an interval [low, high]."""
    if isinstance(keys.anything(key), list):
        return keys.interval(key, (1.0, 1.0))
    return default if isinstance(default, tuple) else keys.number(key, default)


def _keep(keys: Keys, problems: list[Problem]) -> None:
    """Remember problems of settings."""
    if problems:
        keys.keep(DesignError(problems))
