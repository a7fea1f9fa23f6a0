"""The run of periods that dynamic models read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.dynamics.pair import longest_run, read_pair
from shiftexp.kernels.cases import Floats


def _study(values: Floats) -> tuple[sx.Panel, sx.Design]:
    units = ("O", "D", "A", "B")[: len(values)]
    rows = [
        (unit, 2000 + t, value)
        for unit, series in zip(units, values, strict=True)
        for t, value in enumerate(series)
        if np.isfinite(value)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "year", "y"])
    panel = sx.Panel.from_frame(
        frame, unit="unit", period="year", value="y", unit_of_measure="units", allow_gaps=True
    )
    return panel, sx.Design(origin="O", destination="D", onset=2006, donors=units[2:])


def test_the_longest_run_is_the_latest_of_several() -> None:
    seen = np.array([1, 1, 0, 1, 1, 0], dtype=bool)
    assert longest_run(seen) == slice(3, 5)
    assert longest_run(np.zeros(3, dtype=bool)) == slice(0, 0)


def test_values_donors_and_onset_are_those_of_the_run() -> None:
    values = np.exp(np.arange(48.0).reshape(4, 12) / 10)
    values[0, 2] = np.nan
    values[3, 9] = 0.0
    pair = read_pair(*_study(values), scale="log", least=5)
    assert pair.labels == tuple(str(year) for year in range(2003, 2012))
    assert pair.onsets == (3, 3)
    assert pair.donor_names == ("A",)
    np.testing.assert_allclose(pair.values, np.arange(48).reshape(4, 12)[:2, 3:] / 10)
    assert pair.notes == (
        "2 periods beyond a gap left out",
        "donor B left out: it has values that are not above zero",
    )


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (1, 4, 0.0, "destination 'D' has values that are not above zero"),
        (1, 6, np.nan, "a run of 6 periods without a gap"),
    ],
)
def test_what_does_not_fit_is_named(row: int, column: int, value: float, message: str) -> None:
    values = np.exp(np.arange(24.0).reshape(2, 12) / 10)
    values[row, column] = value
    with pytest.raises(sx.DesignError, match=message):
        read_pair(*_study(values), scale="log", least=8)
