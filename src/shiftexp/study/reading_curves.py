"""Reads [cell.curve]: the axes of a specification curve and its tests, declared in advance."""

from __future__ import annotations

import dataclasses
from typing import Any

from shiftexp.errors import ShiftexpError
from shiftexp.robustness import CurveTest, Specifications
from shiftexp.study.keys import Keys
from shiftexp.study.reading_estimators import read_estimators
from shiftexp.study.spec import Curve, Indicator


def read_curve(keys: Keys, seed: int) -> Curve | None:
    """Return a curve, None after remembering what is wrong with it.

    Parameters
    ----------
    keys : Keys
        The table.
    seed : int
        The study's seed, for estimators and tests that name none.
    """
    plain = Specifications()
    values: dict[str, Any] = {
        name: keys.texts(name, getattr(plain, name)) for name in ("scales", "efforts", "outliers")
    }
    values["onsets"] = keys.entries("onsets", plain.onsets)
    values["windows"] = tuple(_window(entry) for entry in keys.entries("windows"))
    values["donors"] = _pools(keys)
    if keys.has("estimators"):
        values["estimators"] = read_estimators(keys, seed)
    indicators = tuple(read_indicator(k) for k in keys.tables("indicators"))
    tests = [_test(k, seed) for k in keys.tables("tests")]
    keys.finish()
    try:
        axes = Specifications(**values)
    except ShiftexpError as error:
        keys.keep(error)
        return None
    return Curve(
        axes=axes,
        named=keys.has("estimators"),
        indicators=indicators,
        tests=tuple(t for t in tests if t is not None),
    )


def read_indicator(keys: Keys) -> Indicator:
    """Return one entry of a list of indicators.

    Parameters
    ----------
    keys : Keys
        The entry.
    """
    names = (f.name for f in dataclasses.fields(Indicator))
    read = {name: keys.text(name, getattr(Indicator(), name)) for name in names}
    keys.finish()
    return Indicator(**read)


def _window(entry: object) -> object:
    """Return a pair of periods, "" standing for the end of the data; anything else as it is."""
    if not isinstance(entry, list):
        return entry
    return tuple(None if period == "" else period for period in entry)


def _pools(keys: Keys) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return named sets of donors."""
    given = keys.anything("donors", {})
    if not isinstance(given, dict):
        keys.wrong("donors", given, "named sets", 'write { far = ["AT", "CH"] }')
        return ()
    table = keys.table("donors")
    return tuple((name, table.texts(name)) for name in given)


def _test(keys: Keys, seed: int) -> CurveTest | None:
    """Return one test, None after remembering what is wrong with it."""
    plain = CurveTest()
    values: dict[str, Any] = {
        "over": keys.text("over", plain.over),
        "estimand": keys.text("estimand", plain.estimand),
        "draws": keys.whole("draws", plain.draws),
        "trend": keys.flag("trend", default=plain.trend),
        "rng": keys.whole("rng", seed),
    }
    keys.finish()
    try:
        return CurveTest(**values)
    except ShiftexpError as error:
        keys.keep(error)
    return None
