"""From a study file to its Python form; all its problems are named at once, each with its key."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from shiftexp.datasets import NAMES
from shiftexp.design import Design
from shiftexp.detection import DEFAULT_DRIFT, Detection
from shiftexp.errors import Problem, ShiftexpError, StudyError
from shiftexp.evidence import About, Bound, Direction, Evidence, Quantity
from shiftexp.study.asking import QUESTIONS
from shiftexp.study.keys import Keys, Problems
from shiftexp.study.reading_curves import read_curve, read_indicator
from shiftexp.study.reading_estimators import read_estimators
from shiftexp.study.reading_further import read_pools, read_rivals
from shiftexp.study.reading_leaves import find_unsayable
from shiftexp.study.reading_questions import read_events, read_timing
from shiftexp.study.spec import (
    A_MARGIN,
    DECIMALS,
    ROLES,
    SEPARATORS,
    Cell,
    Fall,
    Indicator,
    Source,
    StudySpec,
    indicator_line,
    wrong_fields,
)
from shiftexp.texts import likeness
from shiftexp.verdict import LANGUAGES

_UNITS, _PERIOD, _TEXTS = "a text or a list of texts", "a period", "a list of texts"
DESIGN_TYPES = {
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
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits are a ValueError
        named = re.search(r"\bline [0-9]", str(error))
        remedy = "mend the line named" if named else "close what is open; shorten what is endless"
        if _begins_below_no_cell(text):
            remedy = "write tables such as [cell.curve] below the [[cell]] they belong to"
        problem = Problem(f"unreadable TOML: {error}", "valid TOML", remedy)
        raise StudyError(problem) from error
    if not table:
        raise StudyError(Problem("an empty study file", "cells", "write at least one [[cell]]"))
    problems = Problems()
    find_unsayable(table, problems)
    if problems.found:
        raise StudyError([p for _, p in problems.found], key=problems.found[0][0])
    spec = _study(Keys(table, "", problems))
    if problems.found:
        raise StudyError([p for _, p in problems.found], key=problems.found[0][0])
    return spec


def _begins_below_no_cell(text: str) -> bool:
    """Tell whether a table of a cell stands above the first [[cell]], which no TOML may."""
    first = re.search(r"^[ \t]*\[+cell\b(.?)", text, re.MULTILINE)
    return first is not None and first[1] == "."


def read_file(path: str | Path) -> str:
    """Return the text of a study file.

    Raises
    ------
    StudyError
        When the file cannot be read as text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # no UTF-8, or a name that no file can have
        said = getattr(error, "strerror", None) or error  # the path is not said twice
        problem = Problem(f"file {str(path)!r}: {said}", "a readable text file", "check the path")
        raise StudyError(problem) from error


def _study(keys: Keys) -> StudySpec:
    """Read the top of the file."""
    title, seed = keys.text("title", "Study"), keys.whole("seed", 1)
    margin = keys.number("margin", 0.10) or 0.0
    language = keys.one_of("language", LANGUAGES, "en")
    if not 0 < margin < 1:
        keys.wrong("margin", margin, A_MARGIN, "write 0.10 for 10 %")
    estimators = read_estimators(keys, seed)
    tables = keys.tables("cell")
    given = [k.anything("name") for k in tables]
    names = [name for name in given if isinstance(name, str)]
    read = [_cell(k, seed, names) for k in tables]
    cells = tuple(c for c in read if c is not None)
    source, pools = _source(keys), read_pools(keys)
    if not read:
        keys.wrong("cell", [], "at least one [[cell]]", "write one for each study")
    _refuse_alike(keys, [c.name for c in cells])
    named = {name: _under_its_cell(name) for name in names}
    keys.finish(**named | {question: _below_a_cell(question) for question in QUESTIONS})
    return StudySpec(
        title=title,
        seed=seed,
        source=source,
        margin=margin,
        estimators=estimators,
        cells=cells,
        pools=pools,
        language=language,
    )


def _refuse_alike(keys: Keys, names: list[str]) -> None:
    """Remember names that are used twice, or that many file systems take for one."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        keys.wrong("cell", name, "names used once", "rename one of the cells")
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(likeness(name), []).append(name)
    for group in alike.values():
        if len(group) > 1:
            needed = "names that do not differ in capitals alone, since they name files"
            keys.wrong("cell", group, needed, "rename one of the cells")


def _source(keys: Keys) -> Source:
    """Read ``dataset`` or the table ``data``."""
    if keys.has("dataset"):
        return Source(dataset=keys.one_of("dataset", NAMES))
    data = keys.table("data")
    if not data.has("file"):
        keys.wrong("data", {}, "dataset = a bundled one, or [data] with a file", f"known: {NAMES}")
    plain = Source()
    words = {"dataset", "separator", "decimal"}
    texts = [f.name for f in dataclasses.fields(Source) if isinstance(f.default, str)]
    read: dict[str, Any] = {n: data.text(n, getattr(plain, n)) for n in texts if n not in words}
    read["separator"] = data.one_of("separator", SEPARATORS, plain.separator) or plain.separator
    read["decimal"] = data.one_of("decimal", DECIMALS, plain.decimal) or plain.decimal
    read["additive"] = data.flag("additive", default=True) if data.has("additive") else None
    read["comparable"] = data.flag("comparable", default=True)
    read["allow_gaps"] = data.flag("allow_gaps", default=False)
    data.finish()
    return Source(**read)


def _below_a_cell(question: str) -> Callable[[object], str]:
    """Return what says where a question at the top of the file belongs."""
    return lambda _: f"write [cell.{question}] below the [[cell]] that asks it, before the next one"


def _under_its_cell(name: str) -> Callable[[object], str]:
    """Return what says how a table of a cell that is named is written."""
    return lambda _: (
        f"a table belongs to the last [[cell]] above it: write [cell.curve] and its like below the "
        f"[[cell]] named {name!r}, before the next one"
    )


def _cell(keys: Keys, seed: int, names: list[str]) -> Cell | None:
    """Read one [[cell]]."""
    values: dict[str, Any] = {
        "name": keys.text("name"),
        "design": _design(keys),
        "page": keys.text("page"),
        "title": keys.text("title"),
        "role": keys.one_of("role", ROLES),
        "indicators": _indicators(keys),
        "estimators": read_estimators(keys, seed),
        "detection": _detection(keys.table("detection")) if keys.has("detection") else None,
        "margin": keys.number("margin", None),
        "evidence": tuple(e for e in map(_evidence, keys.tables("evidence")) if e),
        "falls": tuple(_fall(k) for k in keys.tables("falls")),
        "curve": read_curve(keys.table("curve"), seed) if keys.has("curve") else None,
        "events": read_events(keys, seed),
        "timing": read_timing(keys),
        "describe": keys.flag("describe", default=False),
        "rivals": read_rivals(keys),
        "conclusion": keys.text("conclusion"),
    }
    elsewhere = {name: _under_its_cell(name) for name in names}
    keys.finish(**elsewhere | {"indicator": _write_indicator})
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
        if _fits(value, DESIGN_TYPES[name]):
            values[name] = tuple(value) if isinstance(value, list) else value
        else:
            wrong = True
            table.wrong(name, value, DESIGN_TYPES[name], f"change it to {DESIGN_TYPES[name]}")
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
    return tuple(read_indicator(k) for k in keys.tables("indicators"))


def _write_indicator(given: object) -> str:
    """Say the line that names a series, of several the first: a cell is about one."""
    name = given[0] if isinstance(given, list) and given else given
    return f"write {indicator_line(str(name))}"


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
