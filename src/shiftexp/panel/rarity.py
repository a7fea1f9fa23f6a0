"""Units that are hardly there and called nearly like another: one mistyped row makes a new unit."""

from __future__ import annotations

import difflib

import numpy as np

from shiftexp.panel.panel import Panel
from shiftexp.scalars import plural

_RARE = 0.1  # of the periods; below it, or in one period alone
_COMMON = 0.5  # of the periods: who may be meant
# A suggestion for a name that is unknown may be far off; a question about one that is not must not:
# 'Arnhern' is 0.77 like 'Arnhem', two towns that share a beginning up to 0.7.
_LIKE = 0.75
_MOST_UNITS = 2000  # beyond these, looking for the nearest takes seconds


def look_again(panel: Panel) -> tuple[str, ...]:
    """Ask of each unit that is hardly there whether it is another one, misspelt.

    Parameters
    ----------
    panel : Panel
        Any panel; a period counts where any indicator has a value.

    Returns
    -------
    tuple of str
        A question for each such unit; nothing is refused or changed.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("Arnhem" if year != 2005 else "Arnhern", year, 1.0) for year in range(2000, 2012)]
    >>> frame = pd.DataFrame(rows, columns=["town", "year", "finds"])
    >>> panel = Panel.from_frame(
    ...     frame, unit="town", period="year", value="finds", unit_of_measure="count"
    ... )
    >>> look_again(panel)
    ("unit 'Arnhern' has values in 1 of 12 periods and differs from 'Arnhem' by little: is it a \
misspelling?",)
    """
    size = panel.calendar.size
    seen = np.isfinite(panel.values).any(axis=0).sum(axis=1)
    common = [u for u, n in zip(panel.units, seen, strict=True) if n > _COMMON * size]
    if len(common) > _MOST_UNITS:
        return ()
    found = []
    for unit, count in zip(panel.units, seen, strict=True):
        if unit in common or not (count == 1 or count < _RARE * size):
            continue
        near = difflib.get_close_matches(unit, common, n=1, cutoff=_LIKE)
        found += [
            f"unit {unit!r} has values in {count} of {plural(size, 'period')} and differs from "
            f"{name!r} by little: is it a misspelling?"
            for name in near
        ]
    return tuple(found)
