"""Periods in a row, said by their ends: "2021-02 to 2022-11" and not twenty-two months by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def runs(
    labels: Sequence[str], positions: Sequence[int] | npt.NDArray[np.integer]
) -> list[tuple[str, str]]:
    """Return the first and last label of each run of neighbours.

    Parameters
    ----------
    labels : sequence of str
        Periods of a calendar.
    positions : sequence of int
        Which of them, in any order.

    Examples
    --------
    >>> runs(["2001", "2002", "2003", "2004", "2005"], [0, 1, 2, 4])
    [('2001', '2003'), ('2005', '2005')]
    """
    at = np.unique(np.asarray(positions, dtype=int))
    parts = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return [(labels[int(part[0])], labels[int(part[-1])]) for part in parts if part.size]


def told_runs(labels: Sequence[str], positions: Sequence[int] | npt.NDArray[np.integer]) -> str:
    """Return runs of periods in words.

    Parameters
    ----------
    labels : sequence of str
        Periods of a calendar.
    positions : sequence of int
        Which of them, in any order.

    Examples
    --------
    >>> told_runs(["2001", "2002", "2003", "2004", "2005"], [0, 1, 2, 4])
    '2001 to 2003, 2005'
    """
    ends = runs(labels, positions)
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in ends)
