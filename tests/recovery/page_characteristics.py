"""The page of the operating characteristics, written from their table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from shiftexp.sector_weights import SHIFT, Bars, bars
from tests.recovery.characteristics_designs import (
    A_YEAR,
    BORDERS,
    CORE,
    DONORS,
    DRIFTS,
    FACTOR,
    HAD,
    JUMPS,
    LENGTHS,
    LEVELS,
    ROWS,
    SMALL_A_YEAR,
    TRUTHS,
    UNSEEN,
    Evidence,
)
from tests.recovery.characteristics_targets import (
    CLAIM_TARGETS,
    MET,
    MISSED,
    POSTERIOR,
    TARGETS,
    TESTED,
    WEIGHED,
    WITHIN,
    Target,
    judged,
)
from tests.recovery.measure_characteristics import CLAIMS, STEP_SD
from tests.recovery.page_words import table

Line = dict[str, str]
Cells = Mapping[tuple[str, ...], Line]
_STEPS = tuple(name for name in UNSEEN if "ramp" not in name)
_RAMPS = tuple(name for name in UNSEEN if "ramp" in name)

_INTRODUCTION = """# How often is a verdict right, and how often does it say nothing?

A verdict names what the data leave: one kind of change (*declared*), several (*the set*), or all
nine (*silence*). Nobody knows the truth of real markets. So we invent data in which we do, ask
for the verdict, and count: how often the truth is still among what is left, how often one sector
is declared and rightly so, how often wrongly, and how often nothing at all is said. Silence is
not success: it is shown beside the rest.

Changes here grow from the onset on, but for two truths, "at once", which are there whole. Those
are the honest limit of the first rule: to its model a jump is a step of detection, and a market
that doubles overnight reads as no change. Such fits are flagged, and `weigh` does not use them
(METHODS, Sector weights); the rates here are those without that refusal. The second rule sees
jumps.

Three rules are measured. The *posterior set* is that of
`sector_weights(result, totals=True, smallest=m)` after `CommunicatingVessels`: changes by the end
of the window, freed of a step of detection, m the smallest change that matters. The *tested set*
is that of `weigh(InterruptedTimeSeries().fit(...))` with its defaults: mean effects after the
onset, a margin of 10 % of the level. *A verdict on vessels* is that of
`weigh(CommunicatingVessels().fit(...))` with its defaults: posterior means with that margin, which
knows nothing of the noise: a change of the destination that grows to 20 is 11 on average, 1.6
times the margin.
"""


def page(rows: list[Line]) -> str:
    """Return the whole page.

    Parameters
    ----------
    rows : list of dict
        The table.
    """
    cells: Cells = {
        tuple(row[key] for key in ("rule", "T", "had", "noise", "truth")): row for row in rows
    }
    parts = [
        _INTRODUCTION,
        _provenance(rows),
        *_judgements(rows),
        _measured(rows),
        "## The posterior set",
        *_by_length(cells, POSTERIOR),
        "## The tested set",
        _TESTED_WORDS,
        *_by_length(cells, TESTED),
        "## A verdict on vessels",
        _VERDICT_WORDS,
        *_by_length(cells, WEIGHED),
        "## Weak claims, 20 years",
        _CLAIM_WORDS,
        *_claims(cells),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _provenance(rows: list[Line]) -> str:
    """Say which code, when, and with which seed."""
    if not rows:
        return "Not measured yet.\n"
    runs = dict.fromkeys(
        f"version {row['version']} (source {row['source']}), seed {row['seed']}, {row['date']}"
        for row in rows
    )
    return (
        f"Measured: {'; '.join(runs)}. {len(rows):,} cells in `operating-characteristics.csv`, "
        "written by `make characteristics`; the slow tests measure cells chosen by the commit's "
        "hash again. Thresholds were frozen in a commit before each run, whose seed had not been "
        "used; the verdict on vessels was frozen later than the other two rules. One truth is "
        "called `null`, which pandas takes for a missing value: read the table with "
        "`pd.read_csv(path, keep_default_na=False)`.\n"
    )


def _judgements(rows: list[Line]) -> Iterator[str]:
    """Yield the targets with the worst cell of each, and the weak claims where they do not hold."""
    yield "## Targets\n"
    yield from _judged(TARGETS, rows)
    yield "## Weak claims that do not hold\n"
    yield (
        "How often each is made at most, over truths under which it does not hold, at the error it "
        "is made at. A step of detection by a quarter at the destination that nobody declared is "
        "growth to the test.\n"
    )
    yield from _judged(CLAIM_TARGETS, rows)


def _judged(targets: tuple[Target, ...], rows: list[Line]) -> Iterator[str]:
    """Yield targets with the worst cell of each."""
    found = [(target, judged(target, rows)) for target in targets]
    counts = {v: sum(j.verdict == v for _, j in found) for v in (MET, WITHIN, MISSED)}
    yield (
        "The cell farthest beyond its target (in Monte Carlo errors) or nearest to it; how many "
        "cells are beyond, and by more than two errors; and how many would be by chance alone, "
        f"were every cell exactly on its target. {counts[MET]} met, {counts[WITHIN]} {WITHIN}, "
        f"{counts[MISSED]} missed."
    )
    body = []
    for target, judgement in found:
        value = f"{judgement.value:.3f} ± {judgement.error:.3f}" if judgement.cells else "-"
        beyond = f"{judgement.missing} and {judgement.clearly} of {judgement.cells}"
        body.append(
            [
                target.words,
                _bound(target),
                value,
                judgement.cell,
                beyond,
                "-" if math.isnan(judgement.chance) else f"{judgement.chance:.1f}",
                f"**{judgement.verdict}**",
            ]
        )
    head = ("what", "target", "worst", "where", "cells beyond", "by chance", "")
    yield from table(head, body)


def _bound(target: Target) -> str:
    """Write a bound."""
    return (
        f"at least {target.least:g}" if target.least > float("-inf") else f"at most {target.most:g}"
    )


def _measured(rows: list[Line]) -> str:
    """Say how it was measured."""
    draws = sorted({int(row["draws"]) for row in rows})
    noise = "; ".join(
        f"{name} {n.own:g}/{n.common:g}/{n.noise:g}"
        + (f" with effects {n.times:g} times as large" if n.times != 1 else "")
        for name, n in ROWS.items()
    )
    had = "; ".join(f"{name} ({_asked(h)})" for name, h in HAD.items())
    return f"""## How it was measured

Levels of {LEVELS[0]:g} and {LEVELS[1]:g}, drifts of {DRIFTS[0]:g} and {DRIFTS[1]:g} a year; an
effect grows by {A_YEAR:g} a year from the onset on, m is {SMALL_A_YEAR:g} for every year after
it. A flow arrives a year after it left; the model averages over lags of 0 and 1 year. Standard
deviations a year of own walk, common walk and noise: {noise}. T = 120 are months of 5 + 5 years;
15, 20 and 40 are years. {" or ".join(map(str, draws))} data sets a cell.

What the analyst has, the weights at which a sector is declared and at which a shift is, and the
weight of the sectors left, before they are raised (to .90 and .97 for 40 periods or more, by .05
for effects beyond 10 m): {had}. Drift: every
indicator's detection on either side drifts by itself along a ramp whose log has this standard
deviation at the end; it is declared as it is. {DONORS} donors have a level and drift of their
own. *Detection x{FACTOR:g}* is a step at the destination that nobody declared, *ramp* the same
reached evenly by the end; models with and without a step (sd {STEP_SD:g}) are averaged.

Truths: {"; ".join(_truth(name) for name in TRUTHS)}.

Columns: *right*: declared rightly under each truth; *wrong*: the largest rate of wrong
declarations over these truths, over steps of detection, over truths on and beside borders (on a
border both neighbours are right), over ramps, over changes at once; *kept*: the smallest share
that keeps the truth, in the same order; *sectors* in the set, mean over these truths; *silent*:
all nine kept, the same mean.
"""


def _asked(had: Evidence) -> str:
    """Say at which weight a sector is declared, and a shift, and what the sectors left hold."""
    asked = _bars(had)
    return f"{asked.least('null'):g} and {asked.least(SHIFT):g}, {asked.left:g}"


def _bars(had: Evidence) -> Bars:
    """Return what is asked of sectors before long series or far effects raise it."""
    strict, near = bool(had.donors), np.zeros(2)
    return bars(
        strict=strict, indicators=had.indicators, drift=had.pooled, mean=near, smallest=(1.0, 1.0)
    )


def _truth(name: str) -> str:
    """Say a truth in sizes of an effect."""
    origin, destination = TRUTHS[name].effects
    return f"{name} ({origin:+.3g}, {destination:+.3g})"


_TESTED_WORDS = (
    "The test asks nothing of the errors but that they are AR(1) or levels that drift; it keeps "
    "the truth and seldom declares. Donors do not enter. A step of detection that nobody declared "
    "misleads it, as its growth is growth to it.\n"
)
_VERDICT_WORDS = (
    "Where a side jumps at the onset the verdict is silent, and so it is under steps of detection "
    "that show. Donors are taken as they are; the library brings them to the pair's scale.\n"
)
_CLAIM_WORDS = (
    "How often each claim is made, by the posterior of changes by the end / by the test of means / "
    "by the posterior of means. "
    "*Untrue*: the largest rate over the first eight truths where it does not hold (and over steps "
    "of detection). One-sided 5 %, net expansion 2.5 %.\n"
)


def _by_length(cells: Cells, rule: str) -> Iterator[str]:
    """Yield one table for each length."""
    head = ["analyst has", "noise", *(f"right: {name}" for name in CORE)]
    head += ["wrong", "kept", "sectors", "silent"]
    for length in LENGTHS:
        body = []
        for had in HAD:
            for noise in ROWS:
                named = {
                    t: cells[rule, length, had, noise, t]
                    for t in TRUTHS
                    if (rule, length, had, noise, t) in cells
                }
                if named:
                    body.append([had, noise, *_numbers(named)])
        if body:
            yield f"### T = {length}"
            yield from table(head, body)


def _numbers(named: Mapping[str, Line]) -> list[str]:
    """Return the numbers of one row of a table."""
    groups = (tuple(CORE), _STEPS, tuple(BORDERS), _RAMPS, tuple(JUMPS))
    right = [named[t]["right"] for t in CORE]
    wrong = " / ".join(_extreme(named, group, "wrong", max) for group in groups)
    kept = " / ".join(_extreme(named, group, "kept", min) for group in groups)
    return [
        *(_short(value) for value in right),
        wrong,
        kept,
        f"{_mean(named, 'sectors'):.1f}",
        _short(str(_mean(named, "silent"))),
    ]


def _extreme(named: Mapping[str, Line], truths: Iterable[str], column: str, pick: object) -> str:
    """Return the largest or smallest number of some truths."""
    values = [float(named[t][column]) for t in truths]
    return _short(str(max(values) if pick is max else min(values)))


def _mean(named: Mapping[str, Line], column: str) -> float:
    """Return the mean over the first truths."""
    return sum(float(named[t][column]) for t in CORE) / len(CORE)


def _short(value: str) -> str:
    """Write a share with two digits."""
    return f"{float(value):.2f}"


def _claims(cells: Cells) -> Iterator[str]:
    """Yield how often each weak claim is made, for 20 years."""
    body = []
    for had in HAD:
        for noise in ROWS:
            for claim in CLAIMS:
                row = _claim_row(cells, had, noise, claim)
                if row:
                    body.append([had, noise, claim, *row])
    head = ["analyst has", "noise", "claim", *CORE, "untrue (steps)"]
    yield from table(head, body)


def _claim_row(cells: Cells, had: str, noise: str, claim: str) -> list[str]:
    """Return the rates of a claim under every truth, and the largest where it does not hold."""
    both = {
        rule: {t: cells.get((rule, "20", had, noise, t)) for t in (*CORE, *_STEPS)}
        for rule in (POSTERIOR, TESTED, WEIGHED)
    }
    there = {rule: {t: row for t, row in found.items() if row} for rule, found in both.items()}
    if not there[POSTERIOR]:
        return []
    shown = [" / ".join(_short(found[t][claim]) for found in there.values() if found) for t in CORE]
    untrue = " / ".join(
        f"{_untrue(found, claim, CORE)} ({_untrue(found, claim, _STEPS)})"
        for found in there.values()
        if found
    )
    return [*shown, untrue]


def _untrue(found: Mapping[str, Line], claim: str, truths: Iterable[str]) -> str:
    """Return the largest rate of a claim over truths where it does not hold."""
    directions, _ = CLAIMS[claim]
    values = [
        float(found[t][claim])
        for t in truths
        if not all(
            sum(a * e for a, e in zip(d, TRUTHS[t].effects, strict=True)) > 1e-9 for d in directions
        )
    ]
    return _short(str(max(values))) if values else "-"
