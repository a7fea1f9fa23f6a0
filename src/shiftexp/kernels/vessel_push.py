"""What pushes a flow: a step, a pulse, a ramp, or a measured intensity, period by period."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats

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
