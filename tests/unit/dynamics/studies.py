"""Annual panels of given series, and pairs with a known long-run relation or known breaks."""

from __future__ import annotations

import numpy as np
import pandas as pd

import shiftexp as sx
from shiftexp.kernels.cases import Floats


def study(
    values: Floats, *, onset: int = 1910, additive: bool = True
) -> tuple[sx.Panel, sx.Design]:
    """Return the panel of origin, destination and donors, shape (units, T), from 1900 on."""
    donors = tuple(f"C{j}" for j in range(1, len(values) - 1))
    rows = [
        (unit, 1900 + t, value)
        for unit, series in zip(("O", "D", *donors), values, strict=True)
        for t, value in enumerate(series)
        if np.isfinite(value)
    ]
    panel = sx.Panel.from_frame(
        pd.DataFrame(rows, columns=["unit", "year", "y"]),
        unit="unit", period="year", value="y", unit_of_measure="units", additive=additive,
        allow_gaps=True,
    )  # fmt: skip
    return panel, sx.Design(origin="O", destination="D", onset=onset, donors=donors)


def related(periods: int, sign: float, half: float, rng: np.random.Generator, pairs: int) -> Floats:
    """Return O + sign D that keeps a part ``half`` of a deviation each period, (pairs, T, 2)."""
    shocks = rng.standard_normal((pairs, periods + 50, 2))
    path = np.zeros_like(shocks)
    pull = (half - 1) / 2 * np.array([1.0, sign])
    for t in range(1, periods + 50):
        deviation = path[:, t - 1, 0] + sign * path[:, t - 1, 1]
        path[:, t] = path[:, t - 1] + deviation[:, None] * pull + shocks[:, t]
    return path[:, 50:]
