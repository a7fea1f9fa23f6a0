"""The table of what fits left out of the data: which periods, why, and how many of the fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from shiftexp.panel import look_again, runs
from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, phrased
from shiftexp.report.wording import NO_VALUE, span_words
from shiftexp.result import Result

_BEYOND = "beyond the break"  # says of a run of periods what no period says of itself
_NO_REASON = "used neither before nor after"


def left_out_sheet(page: DesignPage) -> Sheet:
    """Return what was left out, runs of periods as one row; without rows where nothing was.

    Parameters
    ----------
    page : DesignPage
        One design with everything found under it; where nothing was weighed, what each side alone
        and two windows of counts left out.
    """
    words = page.words
    alone = [side.result for side in page.sides if side.result is not None]
    fits = page.verdict.results or (*alone, *page.contrasts)
    counted = Counter(row for result in fits for row in _rows(result))
    return phrased(
        "left_out",
        words,
        [
            (words.told(reason), span_words(run, words) if run else NO_VALUE,
             words("left_out.of", count=count, all=len(fits)))
            for (reason, run), count in counted.items()
        ],
        name=page.name,
        wide=(0,),
    )  # fmt: skip


def _rows(result: Result) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Return each reason of one fit with the ends of each run of its periods."""
    labels = list(result.paths.labels)
    found: dict[str, list[int]] = {}
    whole = []
    for note in result.dropped:
        period, _, reason = note.partition(": ")
        if reason and period in labels:
            found.setdefault(reason, []).append(labels.index(period))
        else:
            whole.append(note)
    named = {at for reason, several in found.items() for at in several}
    used = result.paths.pre | result.paths.post
    if result.fitted is not None:
        whole += look_again(result.fitted.panel)
    silent = [int(at) for at in np.flatnonzero(~used) if int(at) not in named]
    if silent and not any(note.startswith(_BEYOND) for note in whole):
        found[_NO_REASON] = silent
    rows = [(reason, run) for reason, at in found.items() for run in runs(labels, at)]
    return dict.fromkeys([*rows, *((note, ()) for note in whole)])
