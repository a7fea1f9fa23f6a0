"""Runs what stands beside effects: a description, rival hypotheses, sector weights, pools."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Mapping

from shiftexp.description import Description, describe
from shiftexp.detection import Detection
from shiftexp.errors import QualityWarning, ShiftexpError, SmallSampleWarning
from shiftexp.flow import flow_in
from shiftexp.identification import JUMP
from shiftexp.plane import NET
from shiftexp.pooling import pool
from shiftexp.report.further import Further, PoolAnswer, Weighed
from shiftexp.report.page import DesignPage
from shiftexp.result import Result
from shiftexp.rivals import RivalModels, rival_models
from shiftexp.sector_weights import sector_weights
from shiftexp.study.fitting import Case
from shiftexp.study.spec_further import Ends, Pool, Rivals
from shiftexp.verdict import Verdict
from shiftexp.verdict.readings import smallest_changes

_DESCRIPTION, _RIVALS = "description", "rival hypotheses"


def run_further(case: Case, verdict: Verdict, seed: int) -> Further:
    """Return what a cell asks beside its effects, refusals in their own words.

    Parameters
    ----------
    case : Case
        The cell.
    verdict : Verdict
        What was weighed: its posteriors are shown under other priors, too.
    seed : int
        The study's seed.
    """
    refusals: list[tuple[str, str]] = []
    description: Description | None = None
    rivals: list[tuple[str, RivalModels]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        warnings.simplefilter("ignore", QualityWarning)
        if case.cell.describe:
            try:
                description = describe(case.panel, case.design, rng=seed)
            except ShiftexpError as error:
                refusals.append((_DESCRIPTION, str(error)))
        for asked in case.cell.rivals:
            try:
                rivals.append((asked.label, _rivals(asked, case, verdict, seed)))
            except ShiftexpError as error:
                refusals.append((_RIVALS, str(error)))
    weights, silent = _weights(verdict)
    every = tuple(dict.fromkeys((*refusals, *silent)))
    return Further(description, tuple(rivals), weights, every)


def _rivals(asked: Rivals, case: Case, verdict: Verdict, seed: int) -> RivalModels:
    """Return the rival hypotheses of a cell, the smallest change that matters as in its verdict."""
    settings = {f.name: getattr(asked, f.name) for f in dataclasses.fields(asked)}
    settings["smallest"] = asked.smallest or _smallest(verdict)
    return rival_models(case.panel, case.design, detection=case.detection, rng=seed, **settings)


def _smallest(verdict: Verdict) -> Ends | None:
    """Return the smallest change of either side that the verdict weighs; None where it has none."""
    if verdict.effects is None:
        return None
    found = smallest_changes(verdict.effects, verdict.margin)
    return found if min(found) > 0 and all(map(math.isfinite, found)) else None


def _weights(verdict: Verdict) -> tuple[tuple[Weighed, ...], tuple[tuple[str, str], ...]]:
    """Return sector weights of the posteriors that are weighed, and why others are silent."""
    found, silent = [], []
    for result, reading in zip(verdict.results, verdict.readings, strict=True):
        flow = flow_in(result)
        doubts = {n.flag: n.sentence for n in flow.notes if n.severity == "doubt"} if flow else {}
        if JUMP in doubts:
            silent.append((f"sector weights of {result.name}", f"flagged: {doubts[JUMP]}"))
        elif reading.how == "posterior":
            m = smallest_changes(result.effects, verdict.margin)
            weighed = sector_weights(result, smallest=m, drift=verdict.drift_of(result))
            found.append((result.name, weighed, tuple(doubts.values())))
    return tuple(found), tuple(silent)


def run_pool(asked: Pool, pages: Mapping[str, DesignPage]) -> PoolAnswer:
    """Return what cells say together by their first specifications, or why they cannot.

    Parameters
    ----------
    asked : Pool
        What the file declares.
    pages : mapping of str to DesignPage
        Every cell of the study.
    """
    chosen = {name: pages[name] for name in asked.cells}
    results = {n: p.verdict.results[0] for n, p in chosen.items() if p.verdict.results}
    left_out = tuple((n, _without(p)) for n, p in chosen.items() if n not in results)
    answer = PoolAnswer(asked.name, asked.title or asked.name, asked.cells, left_out=left_out)
    try:
        found = pool(
            results,
            plane=asked.plane or ("offset" if _addable(results) else "percent"),
            detection={n: chosen[n].verdict.detection or Detection() for n in results},
            correlation=asked.correlation,
            heterogeneity=asked.heterogeneity,
        )
    except ShiftexpError as error:
        return dataclasses.replace(answer, refusal=str(error))
    return dataclasses.replace(answer, found=found)


def _addable(results: Mapping[str, Result]) -> bool:
    """Tell whether the sides of every result can be added and compared."""
    return all(result.effects.answers(NET) for result in results.values())


def _without(page: DesignPage) -> str:
    """Say why a cell has no result."""
    if not page.gate.passed:
        return f"data gate {page.gate}"
    return "; ".join(reason for _, reason in page.refusals)
