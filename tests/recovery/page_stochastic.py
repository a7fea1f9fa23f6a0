"""The section of the recovery page on flows of unknown date."""

from __future__ import annotations

from tests.recovery.measure_stochastic import (
    COMMON,
    COVERED,
    LIKELIEST,
    MEDIAN,
    PARTS,
    REJECTED,
    UNDATED,
    WIDTH,
)
from tests.recovery.page_words import Line, percent, table, unique

_TITLE = "## A flow of unknown date"
_RANGES = (MEDIAN, LIKELIEST)


def undated_section(rows: list[Line]) -> list[str]:
    """Return the section, from the rows of its table; without any it says so."""
    if not rows:
        return ["", _TITLE, "", "Not measured yet.", ""]
    words = unique(rows, "version", "source", "seed", "date")
    made = "; ".join(f"version {v} (source {s}), seed {seed}, {day}" for v, s, seed, day in words)
    return [
        "",
        _TITLE,
        "",
        (
            "Flows that come and go without a push that is known, as `stochastic_flow` looks for "
            "them. *Share*: the part of the flow in the variance of the destination's innovations, "
            "in percent. *Rejected*: how often the test at 5 % says that there is such a flow; "
            "where there is none it should be 5 or fewer, elsewhere it is the power. *Covered*: "
            "how often the limits of the share hold the true one: they begin at zero unless the "
            "test rejects. *Median share*: posterior medians, the middle one of all data sets "
            "with 10 % and 90 %; *likeliest*: the same by restricted likelihood. Where the data "
            "say little, medians stay near that of the prior (about 21 or 25)."
        ),
        "",
        _how(),
        *table(("design", "true share", REJECTED, COVERED, WIDTH, *_RANGES), _body(rows)),
        f"Measured: {made}. Numbers in `stochastic.csv`.",
        "",
    ]


def _how() -> str:
    """Say how data sets came about."""
    base, months = UNDATED["annual"], UNDATED["monthly, one donor"]
    return (
        f"Own and common random walks of sd {base.own[0]:g} and {COMMON:g} a year, noise of "
        f"{base.noise:g} (precise: {UNDATED['monthly, precise'].noise:g}); {base.years} years with "
        f"a lag of {base.lag}, or {months.years} years of months with a lag of {months.lag}, which "
        f"the analyst knows unless a row says otherwise. {base.draws} data sets a cell, "
        f"{months.draws} of months. The test is read off one grid for all data sets of a cell; for "
        "a single study it looks between the nodes."
    )


def _body(rows: list[Line]) -> list[list[str]]:
    """Return a row for each cell."""
    cells = {(r["process"], r["setting"], r["measure"]): r["value"] for r in rows}
    return [
        [
            design,
            percent(part),
            *(percent(cells[design, part, m]) for m in (REJECTED, COVERED, WIDTH)),
            *(_range(cells, design, part, m) for m in _RANGES),
        ]
        for design, part in unique(rows, "process", "setting")
    ]


def _range(cells: dict[tuple[str, str, str], str], design: str, part: str, measure: str) -> str:
    """Write the middle one of estimates, with how far most of them scatter."""
    low, middle, high = (percent(cells[design, part, f"{measure}, {word}"]) for word in PARTS)
    return f"{middle} ({low} to {high})"
