"""The table of what fits left out of the data: which periods, why, and how many of the fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from shiftexp.report.page import DesignPage
from shiftexp.report.sheet import Sheet, phrased
from shiftexp.report.wording import span_words
from shiftexp.result import Result

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
            (words.told(reason), span_words(run, words) if run else words("left_out.several"),
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
    silent = [int(at) for at in np.flatnonzero(~used) if int(at) not in named]
    if silent and not whole:
        found[_NO_REASON] = silent
    rows = [(reason, run) for reason, at in found.items() for run in runs(labels, at)]
    return dict.fromkeys([*rows, *((note, ()) for note in whole)])


def runs(labels: Sequence[str], positions: Sequence[int]) -> list[tuple[str, str]]:
    """Return the first and last label of each run of neighbours.

    Examples
    --------
    >>> runs(["2001", "2002", "2003", "2004", "2005"], [0, 1, 2, 4])
    [('2001', '2003'), ('2005', '2005')]
    """
    at = np.unique(np.asarray(positions, dtype=int))
    parts = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return [(labels[int(part[0])], labels[int(part[-1])]) for part in parts if part.size]
