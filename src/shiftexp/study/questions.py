"""Runs what a cell asks besides its effects: dated events, and questions of timing."""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from functools import partial

import pandas as pd

from shiftexp.datasets import Dataset
from shiftexp.design import Design
from shiftexp.errors import QualityWarning, ShiftexpError, SmallSampleWarning
from shiftexp.panel import Panel
from shiftexp.policy import PolicyEvents, events
from shiftexp.report.page import TimingAnswer
from shiftexp.study.fitting import Case
from shiftexp.study.known import TIMING
from shiftexp.study.spec import Events, Timing

_NOTE = "- "  # how a summary marks what to keep in mind


def run_events(asked: Events, case: Case, data: Dataset | None, seed: int) -> PolicyEvents:
    """Return every dated event of a cell, studied or not.

    Parameters
    ----------
    asked : Events
        What the file declares.
    case : Case
        The cell.
    data : Dataset or None
        The bundled dataset; the events of its cell are those of a cell that writes out none.
    seed : int
        The study's seed.
    """
    named = case.cell.design
    table = pd.DataFrame([dataclasses.asdict(event) for event in asked.table])
    ask = partial(
        events,
        table=None if table.empty else table,
        estimator=asked.estimators or case.estimators,
        third=asked.third,
        detection=case.detection,
        margin=case.margin,
        draws=asked.draws,
        rng=seed,
    )
    if data is not None and isinstance(named, str) and not case.cell.indicators:
        return ask(data, named)
    return ask(case.panel, case.design)


def run_timing(
    asked: tuple[Timing, ...], panel: Panel, design: Design, seed: int
) -> tuple[TimingAnswer, ...]:
    """Return the answer to every question of timing, refusals in their own words.

    Parameters
    ----------
    asked : tuple of Timing
        What the file declares.
    panel, design : Panel and Design
        The series and the study.
    seed : int
        The study's seed, for questions that name none.
    """
    return tuple(_answer(question, panel, design, seed) for question in asked)


def _answer(question: Timing, panel: Panel, design: Design, seed: int) -> TimingAnswer:
    """Return the answer to one question."""
    ask = TIMING[question.name]
    seeded = {"rng": seed} if "rng" in inspect.signature(ask).parameters else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallSampleWarning)
            warnings.simplefilter("ignore", QualityWarning)
            found = ask(panel, design, **(seeded | dict(question.settings)))
    except ShiftexpError as error:
        return TimingAnswer(question.name, refusal=str(error))
    lines = found.summary().splitlines()
    said = tuple(line for line in lines if line and not line.startswith(_NOTE))
    return TimingAnswer(question.name, found.evidence, said, found.notes)
