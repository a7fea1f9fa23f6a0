"""What the recovery study is to reach, and whether it does: computed from the table's rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tests.recovery.measure_recovery import EFFECTS, FLAG, TOTALS
from tests.recovery.page_words import Line
from tests.recovery.recovery_designs import (
    ALL_FLOW,
    ANNUAL,
    COINCIDENT,
    FLOW,
    FLOW_SEEN,
    HIGH_JUMP,
    JUMP,
    MONTHLY,
    MUCH_GROWTH,
    NOTHING,
    OWN_GROWTH,
    PRECISE,
    PULSE,
    SECTIONS,
    SEEN,
    TWO_OWN,
    UNSEEN_STEP,
    WALKING,
    WALKING_MONTHS,
)

MET, MISSED, WITHIN, UNKNOWN = "met", "missed", "missed by under two errors", "-"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A number that every one of some cells, or all of them together, is to reach.

    Attributes
    ----------
    words : str
        What is asked, in words.
    measure : str
        Which number.
    designs, truths : tuple of str
        In which cells; no truths for all.
    belief : str
        Under which belief in own changes; empty for what depends on none.
    least, most : float
        The bounds.
    pooled : bool
        Whether cells are put together, each with as many data sets as were flagged.
    """

    words: str
    measure: str
    designs: tuple[str, ...]
    truths: tuple[str, ...] = ()
    belief: str = "s = 1"
    least: float = -math.inf
    most: float = math.inf
    pooled: bool = False


@dataclass(frozen=True)
class Judged:
    """A number beside its target: the value, its Monte Carlo error, where, and the judgement."""

    value: float
    error: float
    cell: str
    verdict: str


_MAIN = (FLOW, COINCIDENT, FLOW_SEEN, NOTHING, SEEN, OWN_GROWTH, TWO_OWN)
_STUDY = (*(name for name in SECTIONS["A lasting push"] if name != PRECISE), PULSE)
_DONORS = (*SECTIONS["Donors"],)
_WALKS = tuple(SECTIONS["Walks that outweigh the noise"])
_YEARS, _MONTHS = (
    tuple(name for name in _WALKS if name.startswith(start)) for start in (WALKING, WALKING_MONTHS)
)


def _covers(designs: tuple[str, ...], words: str, least: float) -> tuple[Target, ...]:
    """Return the targets of coverage of the flow and of its share."""
    return tuple(
        Target(
            words=f"{words}: {name} covered",
            measure=f"{name} covered",
            designs=designs,
            truths=_MAIN,
            least=least,
        )
        for name in ("flow", "share")
    )


def _flagged(designs: tuple[str, ...], words: str, least: float) -> tuple[Target, ...]:
    """Return the targets of coverage where walks outweigh the noise."""
    asked = (("flow covered", "s = 1"), (EFFECTS, ""))
    flagged = tuple(
        Target(
            words=f"{words}, flag on: {measure}",
            measure=f"{measure}, {FLAG}",
            designs=designs,
            belief=belief,
            least=least,
            pooled=True,
        )
        for measure, belief in asked
    )
    return flagged + tuple(
        Target(
            words=f"{words}, flagged or not: {measure}",
            measure=measure,
            designs=designs,
            belief=belief,
            least=least,
        )
        for measure, belief in asked
    )


def _pulse(belief: str, words: str) -> tuple[Target, ...]:
    """Return the targets of what a pulse proves."""
    return (
        Target(
            words=f"3-year pulse{words}: a flow is proved where there is one",
            measure="flow proved",
            designs=(PULSE,),
            truths=(FLOW,),
            belief=belief,
            least=0.97,
        ),
        Target(
            words=f"3-year pulse{words}: a flow is proved where both sides changed alone",
            measure="flow proved",
            designs=(PULSE,),
            truths=(TWO_OWN,),
            belief=belief,
            most=0.05,
        ),
    )


def _alone() -> tuple[Target, ...]:
    """Return the targets of what a change of the destination alone may prove."""
    designs = (ANNUAL, PRECISE, MONTHLY, PULSE)
    asked = (("s = 0.5", designs), ("s = 1", designs), ("like donors", _DONORS))
    return tuple(
        Target(
            words=f"the destination alone changed, up to 3 times the flow: proved, {belief}",
            measure="flow proved",
            designs=where,
            truths=(OWN_GROWTH, MUCH_GROWTH, JUMP, HIGH_JUMP),
            belief=belief,
            most=0.05,
        )
        for belief, where in asked
    )


def _widths() -> tuple[Target, ...]:
    """Return the targets of how wide limits of the share are."""
    return tuple(
        Target(
            words=f"20 years, {truth}: width of the limits of the share",
            measure="share width",
            designs=(ANNUAL,),
            truths=(truth,),
            most=most,
        )
        for truth, most in ((FLOW, 0.95), (COINCIDENT, 0.82))
    )


TARGETS = (
    *_covers((ANNUAL,), "20 years", 0.94),
    *_covers((MONTHLY,), "120 months", 0.93),
    *_widths(),
    *_alone(),
    *_pulse("s = 1", ""),
    *_pulse(UNSEEN_STEP, ", no detection step"),
    *(
        Target(
            words=f"A1 to A7, M1, M3, E, AX: {measure}",
            measure=measure,
            designs=_STUDY,
            truths=(*_MAIN, ALL_FLOW),
            belief="",
            least=0.93,
        )
        for measure in (EFFECTS, TOTALS)
    ),
    *_flagged(_YEARS, "walks outweigh the noise, 20 years", 0.90),
    *_flagged(_MONTHS, "walks outweigh the noise, 120 months", 0.88),
)


def judged(target: Target, rows: Iterable[Line], half: str) -> Judged:
    """Return the worst of a target's cells, or their mean, with the judgement."""
    mine = [row for row in rows if row["setting"].endswith(f"; {half}")]
    asked = [
        row
        for row in mine
        if row["measure"] == target.measure
        and row["process"] in target.designs
        and row["condition"] == target.belief
        and (not target.truths or row["effect"] in target.truths)
        and row["value"]
    ]
    if not asked:
        return Judged(math.nan, math.nan, "", UNKNOWN)
    if target.pooled:
        value, error = _together(asked, mine)
        return Judged(value, error, "all", _verdict(target, value, error))
    worst = max(asked, key=lambda row: _excess(target, float(row["value"])))
    value, error = float(worst["value"]), float(worst["mc_error"])
    several = len(asked) > 1
    cell = f"{worst['process']}: {worst['effect']}" if several else ""
    return Judged(value, error, cell, _verdict(target, value, error))


def _excess(target: Target, value: float) -> float:
    """Return by how much a value misses its target; below zero where it does not."""
    return max(target.least - value, value - target.most)


def _verdict(target: Target, value: float, error: float) -> str:
    """Return whether a value is where it should be."""
    excess = _excess(target, value)
    if excess <= 0:
        return MET
    return WITHIN if excess < 2 * error else MISSED


def _together(asked: list[Line], rows: list[Line]) -> tuple[float, float]:
    """Return the mean over flagged data sets of several cells, and its Monte Carlo error."""
    flagged = {
        (row["process"], row["effect"]): float(row["value"]) * float(row["draws"])
        for row in rows
        if row["measure"] == FLAG
    }
    weight = [flagged[row["process"], row["effect"]] for row in asked]
    values = [float(row["value"]) for row in asked]
    errors = [float(row["mc_error"]) for row in asked]
    mean = sum(w * v for w, v in zip(weight, values, strict=True)) / sum(weight)
    return mean, math.hypot(*(w * e for w, e in zip(weight, errors, strict=True))) / sum(weight)
