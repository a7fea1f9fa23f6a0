"""The page of the recovery study: what it is, targets beside what was reached, and the tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from tests.recovery import (
    measure_detection,
    measure_settings,
    measure_stochastic,
    recovery_data,
    recovery_designs,
)
from tests.recovery.measure_recovery import EFFECTS, FLAG, TABLE, TOTALS
from tests.recovery.page_detection import detection_part
from tests.recovery.page_settings import settings_part
from tests.recovery.page_stochastic import undated_section
from tests.recovery.page_words import Line, percent, table, unique
from tests.recovery.recovery_designs import (
    DESIGNS,
    DRAWN,
    DRIFTS,
    FIXED,
    GROUPS,
    HIGHER,
    LEVEL,
    LEVELS,
    MONTHLY,
    SDS,
    SECTIONS,
    SETTINGS_SEED,
    SIZE,
    TRUTHS,
    YEARS,
    Design,
)
from tests.recovery.recovery_targets import MET, MISSED, TARGETS, WITHIN, Judged, Target, judged

HALVES = (FIXED, DRAWN)
_LIMITS = (
    *("flow covered", "share covered", "excess covered", "flow width", "share width"),
    *("flow proved", "signs rejected"),
)
_ESTIMATES = ("flow bias", "flow RMSE", "share bias", "share RMSE", f"flow covered, {FLAG}")
_EFFECTS = (EFFECTS, TOTALS, FLAG, f"{EFFECTS}, {FLAG}")
_Cells = dict[tuple[str, str, str, str], str]  # design, setting, belief, measure -> value


def page(tables: Mapping[str, list[Line]]) -> str:
    """Return the whole page, from the rows of its tables."""
    rows = tables.get(TABLE, [])
    cells: _Cells = {
        (r["process"], r["setting"], r["condition"], r["measure"]): r["value"] for r in rows
    }
    parts = [*_what(), _stamp(rows), *_targets(rows), *_how()]
    for name, designs in SECTIONS.items():
        parts += _section(name, designs, cells)
    parts += settings_part(tables.get(measure_settings.TABLE, []))
    parts += detection_part(tables.get(measure_detection.TABLE, []))
    parts += undated_section(tables.get(measure_stochastic.TABLE, []))
    return "\n".join(parts)


def _what() -> list[str]:
    """Say what the page is, to those who do not do statistics."""
    return [
        "# Does the communicating-vessels model find the flow that was put in?",
        "",
        (
            "An activity falls in one country and grows in the next after a known date, such as "
            "that of a new law. How much of it moved? `CommunicatingVessels` answers with "
            "limits. Whether such limits can be trusted cannot be seen in real data, where "
            "nobody knows what moved. So we invent data in which we do know: we decide how much "
            "moved, what each country did on its own, and how much chance there is, let the "
            "model look, and compare. We do so thousands of times, in easy and in hard cases, "
            "also in cases that the model was not made for."
        ),
        "",
        (
            "Read the tables like this. *Covered* is how often the limits held the true number; "
            "limits that are said to hold in 95 of 100 cases should do so. *Proved* is how often "
            "the model said that something must have moved: that should be often where something "
            "did, and rarely where nothing did. *Width* says how much the limits leave open. The "
            "hardest case is two countries that changed on their own at the same time, one down "
            "and one up: it looks just like a move, and a model can only tell the two apart when "
            "the push also ended, or when you say how large own changes may be (*s*). What you "
            "believe there, you put in; the tables show what becomes of a belief that is wrong."
        ),
        "",
    ]


def _stamp(rows: list[Line]) -> str:
    """Say which code, seed and date the numbers have."""
    words = unique(rows, "version", "source", "seed", "date")
    made = "; ".join(f"version {v} (source {s}), seed {seed}, {day}" for v, s, seed, day in words)
    cells = len(unique(rows, "process", "setting"))
    return (
        f"Measured: {made}. {len(rows)} numbers of {cells} cells in `recovery.csv`, with those of "
        "whole fits in `recovery_settings.csv`; written by `make recovery`; the slow tests "
        "recompute cells chosen by the commit's hash."
    )


def _targets(rows: list[Line]) -> list[str]:
    """Return the table of targets, with what was reached in both halves."""
    body, counts = [], {half: Counter[str]() for half in HALVES}
    for target in TARGETS:
        found = {half: judged(target, rows, half) for half in HALVES}
        for half in HALVES:
            counts[half][found[half].verdict] += 1
        body.append([target.words, _bound(target), *(_reached(found[half]) for half in HALVES)])
    met = "; ".join(
        f"{half}: " + ", ".join(f"{counts[half][v]} {v}" for v in (MET, WITHIN, MISSED))
        for half in HALVES
    )
    return [
        "",
        "## Targets",
        "",
        (
            "In percent, with Monte Carlo errors; the worst of several cells, or all flagged "
            f"data sets together. {met[0].upper()}{met[1:]}."
        ),
        *table(("what", "target", *HALVES), body),
    ]


def _bound(target: Target) -> str:
    """Write the bound of a target."""
    if target.least > 0:
        return f"at least {100 * target.least:g}"
    return f"at most {100 * target.most:g}"


def _reached(found: Judged) -> str:
    """Write what was reached, and whether that is enough."""
    if math.isnan(found.value):
        return "- (no data set)"
    where = f", {found.cell}" if found.cell else ""
    return f"{100 * found.value:.1f} ± {100 * found.error:.1f}{where}: **{found.verdict}**"


def _how() -> list[str]:
    """Say how data sets and settings came about, and what the columns are."""
    years, months = DESIGNS[recovery_designs.ANNUAL], DESIGNS[MONTHLY]
    own, common, noise = years.sds
    return [
        "",
        "## How it was measured",
        "",
        (
            f"Base setting (*{FIXED}*): {years.years[0]} years before and {years.years[1]} after "
            f"the onset, levels of {_both(LEVELS)}, drifts of {_both(DRIFTS)} a year, own and "
            f"common random walks of sd {own:g} and {common:g} a year, noise of {noise:g}; a flow "
            f"that has grown to {years.size:g} units by the end and arrives a year later, own "
            f"changes as large. Months: {months.years[0]} + {months.years[1]} years, a flow of "
            f"{months.size:g}, {months.lag} months later, the same walks and noise of a year. "
            "What differs from this is in the name of a row."
        ),
        "",
        (
            f"Half of the cells have settings *{DRAWN}* at random: {GROUPS} groups of data sets, "
            "each with its own. Every standard deviation is its base value times a number from "
            f"{SDS[0]:g} to {SDS[1]:g}; the length times one from {YEARS[0]:g} to {YEARS[1]:g}; "
            f"the destination's level lies from {LEVEL[0]:g} to {LEVEL[1]:g}, the origin's is "
            f"{HIGHER[0]:g} to {HIGHER[1]:g} times as high; the flow is {_flows(years)} of the "
            f"destination's level ({_flows(months)} for months); the lag is as much as "
            f"{recovery_designs.LAG_ROOM} periods longer or shorter than the base's, but by no "
            f"more than that itself. All are uniform, and drawn with seed {SETTINGS_SEED}, which "
            "is part of the code; T in `recovery.csv` is that of the base setting. The model is "
            "told the lag, and the onset unless a row says otherwise."
        ),
        "",
        (
            f"{_draws()}. s: the scale of own changes that is believed in, in sizes of the flow; "
            "at s = 0 nothing else changed, and limits are both ends of the posterior. *Like "
            "donors*: s is that of the donors' own changes; at s = 0 donors only tell the common "
            "walk. A step of detection (sd 10 % of the level) is allowed for on either side, "
            "unless a row says otherwise. *Share*: of all growth of the destination since the "
            "onset; *excess*: of its growth beyond drift. Widths, biases and root mean squared "
            "errors (RMSE) of the flow are in percent of its size; those of estimates are of the "
            "posterior median, and at s = 0 that is the estimate *if nothing else changed*. "
            "*Signs rejected*: too few draws had the signs assumed, and the lower limit was set "
            f"to zero. *{FLAG.capitalize()}*: the model warned that random walks outweigh the "
            "noise. *Effects*: means after the onset, *totals*: at the end of the window, of "
            "both sides; not measured where detection changed, or where own changes have another "
            "shape than the push."
        ),
        "",
        (
            "Beyond the study: negative binomial counts have a variance of their mean plus "
            f"{recovery_data.DISPERSION:g} times its square; lumpy weights are sums of a Poisson "
            f"number ({recovery_data.LUMPS:g} a year) of lognormal lumps with the noise's "
            f"variance; {recovery_data.PAIRS} pairs of near places each have a walk of their own "
            "beside their country's, and the same noise in their mean as one pair; less as many "
            "far places, without a flow, the countries' walks and drifts are gone."
        ),
    ]


def _both(numbers: tuple[float, float]) -> str:
    """Write a number of either side."""
    return " and ".join(f"{number:g}" for number in numbers)


def _flows(design: Design) -> str:
    """Write the range of flows as a share of the destination's level."""
    base = design.size / LEVELS[1]
    return " to ".join(f"{100 * base * times:g}" for times in SIZE) + " %"


def _draws() -> str:
    """Say how many data sets a cell has."""
    many, few = (DESIGNS[name].draws for name in (recovery_designs.ANNUAL, MONTHLY))
    return f"{many} data sets a cell, {few} of months; numbers are in percent, {FIXED}/{DRAWN}"


def _section(name: str, designs: Iterable[str], cells: _Cells) -> list[str]:
    """Return the three tables of some designs."""
    limits, estimates, effects = [], [], []
    for design in designs:
        for truth in DESIGNS[design].truths:
            named = [design, f"{truth} ({TRUTHS[truth].code})"]
            effects.append([*named, *_pairs(cells, design, truth, "", _EFFECTS)])
            for belief in DESIGNS[design].beliefs:
                key = (cells, design, truth, belief)
                limits.append([*named, belief, *_pairs(*key, _LIMITS)])
                estimates.append([*named, belief, *_pairs(*key, _ESTIMATES)])
    return [
        "",
        f"## {name}",
        *table(("design", "truth", "belief", *_LIMITS), limits),
        *table(("design", "truth", "belief", *_ESTIMATES), estimates),
        *table(("design", "truth", *_EFFECTS), effects),
    ]


def _pairs(
    cells: _Cells, design: str, truth: str, belief: str, measures: Iterable[str]
) -> list[str]:
    """Return numbers of both halves, a column for each measure."""
    return [
        "/".join(percent(cells.get((design, f"{truth}; {h}", belief, m), "")) for h in HALVES)
        for m in measures
    ]
