"""What pushes a flow: a step, a pulse, a ramp, or a measured intensity, period by period."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats, Integers

_LARGE = 0.5  # change of the intensity, over its maximum
_LEAST_BETWEEN = 3  # periods from one cut to the next
Push: TypeAlias = Literal["step", "pulse", "ramp"]


def push_shape(push: Push, onset: int, last: int, periods: int) -> Floats:
    """Return the intensity of a push per period, shape (T,).

    Parameters
    ----------
    push : {"step", "pulse", "ramp"}
        On from the onset to the end; on until ``last``; or rising evenly until ``last``.
    onset, last : int
        Positions of the onset, and of the last period of a pulse or of the rise.
    periods : int
        T.

    Examples
    --------
    >>> push_shape("ramp", 1, 2, 4).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    time = np.arange(periods)
    if push == "ramp":
        return np.clip((time - onset + 1) / (last - onset + 1), 0.0, 1.0)
    return np.where((time >= onset) & ((time <= last) | (push == "step")), 1.0, 0.0)


def turns(push: Floats, onset: int) -> Integers:
    """Return the positions after the onset at which the intensity (T,) of a push changes.

    Examples
    --------
    >>> turns(push_shape("pulse", 1, 2, 5), 1).tolist()
    [3]
    """
    changed = np.flatnonzero(np.diff(push)) + 1
    return changed[changed > onset]


def far_turns(push: Floats, onset: int) -> Integers:
    """Return the turns of a push (T,) that are large, and far enough apart to tell changes between.

    A ramp turns a little in every period, and so may an intensity: cuts there would leave nothing.

    Examples
    --------
    >>> far_turns(push_shape("ramp", 1, 8, 9), 1).tolist()
    []
    >>> far_turns(push_shape("pulse", 1, 3, 9), 1).tolist()
    [4]
    """
    found = [onset]
    for turn in turns(push, onset).tolist():
        large = abs(push[turn] - push[turn - 1]) >= _LARGE * push.max()
        if large and min(turn - found[-1], len(push) - turn) >= _LEAST_BETWEEN:
            found.append(turn)
    return np.array(found[1:], dtype=np.int64)


def held(positions: Integers, values: Floats, periods: int) -> Floats:
    """Return a measured intensity per period, shape (T,): each value holds until the next.

    Parameters
    ----------
    positions : array of shape (m,)
        Where the values begin, in order; those outside 0 to T - 1 count by what they hold inside.
    values : array of shape (m,)
        Intensities; before the first there is none.
    periods : int
        T.

    Examples
    --------
    >>> held(np.array([1, 3]), np.array([2.0, 0.0]), 5).tolist()
    [0.0, 2.0, 2.0, 0.0, 0.0]
    """
    last = np.searchsorted(positions, np.arange(periods), side="right")
    return np.concatenate([[0.0], values])[last]
