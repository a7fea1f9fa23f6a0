"""The part of the recovery page on detection that drifts, beside an effort-free indicator."""

from __future__ import annotations

from tests.recovery.measure_detection import ALONE, BESIDE, DRIFT, FITS, FREE, IGNORED, cells
from tests.recovery.page_words import Line, percent, table

TITLE = "Detection that drifts, and an indicator that effort leaves alone"
_MEASURES = (
    *("origin covered", "destination covered", "origin width", "destination width"),
    *("origin detection covered", "destination detection covered", "destination detection width"),
)


def detection_part(rows: list[Line]) -> list[str]:
    """Return the part, from the rows of its table; that it is not measured where there are none."""
    told = {(r["process"], r["setting"], r["condition"], r["measure"]): r["value"] for r in rows}
    body = [
        [
            cell.process,
            cell.setting,
            fit,
            *(percent(told.get((cell.process, cell.setting, fit, m), "")) for m in _MEASURES),
        ]
        for cell in cells(0)
        for fit in FITS
    ]
    draws = max((int(r["draws"]) for r in rows), default=0)
    return [
        "",
        f"## {TITLE}",
        "",
        (
            f"Whole fits, {draws} data sets a cell, in percent; 20 years, walks of .3 and .3, an "
            "effect of 20 by the end, the lag known. Two indicators of enforcement with noise of "
            "1, one that effort leaves alone with noise of 3. In truth detection of the first two "
            "at the destination stays, rises evenly to a quarter more, or does so at once; in the "
            "last rows the third rises with them, although it was declared not to. "
            f"*{BESIDE.capitalize()}*: `detection_drift` of {DRIFT:g} and 0. *{ALONE.capitalize()}*"
            f": the same drift, as a verdict adds it. *{FREE.capitalize()}*, and *{IGNORED}*, as "
            "they are. Widths are in percent of the effect; that of detection in points of its "
            "ratio, after over before."
        ),
        *table(("true detection", "truth", "fit", *_MEASURES), body),
    ]
