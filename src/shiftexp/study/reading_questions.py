"""Reads what a cell asks besides its effects: ``events`` and ``timing``."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect

import pandas as pd

from shiftexp.errors import DesignError, ShiftexpError, suggest
from shiftexp.policy import LEAST_DRAWS
from shiftexp.policy import read_events as dated_events
from shiftexp.scalars import not_whole
from shiftexp.study.keys import Keys
from shiftexp.study.known import TIMING
from shiftexp.study.reading_estimators import read_estimators
from shiftexp.study.spec import Event, Events, Timing

DATA_PARAMETERS = ("panel", "design")


def read_events(keys: Keys, seed: int) -> Events | None:
    """Return the events of a cell: ``true``, or a table of settings; None where none are asked.

    Parameters
    ----------
    keys : Keys
        The cell.
    seed : int
        The study's seed, for estimators that name none.
    """
    given = keys.anything("events")
    if given is None or isinstance(given, bool):
        return Events() if given else None
    table = keys.table("events")
    found = Events(
        third=table.texts("third") if table.has("third") else None,
        draws=table.whole("draws", Events().draws),
        estimators=read_estimators(table, seed),
        table=tuple(e for e in map(_event, table.tables("table")) if e is not None),
    )
    table.finish()
    remedy = f"leave it out: it is {Events().draws}"
    if short := not_whole("draws", found.draws, LEAST_DRAWS, remedy):
        table.keep(DesignError(short), "draws")
    return found


def read_timing(keys: Keys) -> tuple[Timing, ...]:
    """Return the questions of timing of a cell.

    Parameters
    ----------
    keys : Keys
        The cell.
    """
    read = [_timing(k) for k in keys.named("timing", "name")]
    return tuple(question for question in read if question is not None)


def _event(keys: Keys) -> Event | None:
    """Return one event; its date may be written as a text, a year or a day."""
    given = keys.anything("date")
    read = {name: keys.text(name) for name in ("event", "country", "kind")}
    keys.finish()
    if isinstance(given, bool) or not isinstance(given, str | int | dt.date):
        keys.wrong("date", given, "a year, a month or a day", "write 2012, '2012-05' or 2012-05-01")
        return None
    event = Event(date=str(given), **read)
    try:
        dated_events(pd.DataFrame([dataclasses.asdict(event)]))
    except ShiftexpError as error:
        keys.keep(error)
    return event


def _timing(keys: Keys) -> Timing | None:
    """Return one question with its settings."""
    name = keys.one_of("name", TIMING)
    if not name:
        if not keys.has("name"):
            keys.wrong("name", None, "a question of timing", suggest("", TIMING))
        return None
    known = [p for p in inspect.signature(TIMING[name]).parameters if p not in DATA_PARAMETERS]
    given = {p: keys.anything(p) for p in known if keys.has(p)}
    keys.finish()
    settings = ((p, tuple(v) if isinstance(v, list) else v) for p, v in given.items())
    return Timing(name=name, settings=tuple(settings))
