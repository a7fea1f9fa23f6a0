"""The part of the recovery page on data unlike those the defaults are made for."""

from __future__ import annotations

from tests.recovery.measure_settings import ALL, KINDS
from tests.recovery.page_words import Line, percent, table
from tests.recovery.recovery_designs import FLOW, NOTHING, TRUTHS

TITLE = "Data unlike the defaults', and the settings for them"
_MEASURES = (
    *("flow covered", "share covered", "flow proved", "spread flagged", "flow width"),
    *("origin covered", "destination covered", "origin width", "destination width"),
)


def settings_part(rows: list[Line]) -> list[str]:
    """Return the part, from the rows of its table; that it is not measured where there are none."""
    cells = {(r["process"], r["setting"], r["condition"], r["measure"]): r["value"] for r in rows}
    body = [
        [
            kind,
            f"{truth} ({TRUTHS[truth].code})",
            fit,
            *(percent(cells.get((kind, truth, fit, m), "")) for m in _MEASURES),
        ]
        for kind, asked in KINDS.items()
        for truth in (FLOW, NOTHING)
        for fit in asked.fits
    ]
    draws = max((int(r["draws"]) for r in rows), default=0)
    return [
        "",
        f"## {TITLE}",
        "",
        (
            f"Whole fits as a user makes them, {draws} data sets a cell, in percent, base setting "
            "without donors, the lag known; lower limits at four times the smallest change that "
            "matters. *Destination twice as variable*: its walks and its noise; `variances` is "
            "what stands under fit. *Counts*: of levels 100 and 40, `likelihood`. *Three "
            "indicators*: amounts, three times as many of another kind, and Poisson counts of half "
            f"as many; the first by itself, and {ALL} of them. *Twice the effort*: at the "
            "destination, `effort`: without it the change of effort is taken for growth, and only "
            "the step of detection that the model allows for widens its limits. Widths are in "
            "percent of the flow. *Spread flagged*: the fit warned that changes of a side are of "
            "another size after the onset than before it."
        ),
        *table(("data", "truth", "fit", *_MEASURES), body),
    ]
