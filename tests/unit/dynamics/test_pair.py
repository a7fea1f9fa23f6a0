"""The run of periods that dynamic models read."""

from __future__ import annotations

from dataclasses import replace

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


def test_no_run_goes_through_a_cut() -> None:
    seen = np.array([0, 1, 1, 1, 1, 1, 0, 1], dtype=bool)
    assert longest_run(seen, (3,)) == slice(3, 6)
    assert longest_run(seen, (1, 5, 6)) == slice(1, 5)
    assert longest_run(seen[1:6], (0,)) == slice(0, 5)


def test_an_excluded_period_is_a_gap_and_is_named() -> None:
    panel, design = _study(np.arange(24.0).reshape(2, 12))
    pair = read_pair(panel, replace(design, exclude=(2003,)), scale="level", least=5)
    assert pair.labels == tuple(str(year) for year in range(2004, 2012))
    assert pair.notes == (
        "2003: excluded by the design",
        "3 periods beyond a gap left out",
    )
    with pytest.raises(sx.DesignError, match=r"(?s)a run of 8 periods.*2003: excluded"):
        read_pair(panel, replace(design, exclude=(2003,)), scale="level", least=9)


@pytest.mark.parametrize(
    ("treatment", "period", "years", "notes"),
    [
        (
            "dummy", 2003, (2003, 2012),
            (
                "reporting break of the destination in 2003: no run goes through it",
                "3 periods beyond a gap or a break left out",
            ),
        ),
        (
            "dummy", 2010, (2000, 2010),
            (
                "reporting break of the destination in 2010: no run goes through it",
                "2 periods beyond a gap or a break left out",
            ),
        ),
        ("split", 2003, (2003, 2012), ("3 periods beyond a split break left out",)),
        ("split", 2009, (2000, 2009), ("3 periods beyond a split break left out",)),
    ],
)  # fmt: skip
def test_no_run_goes_through_a_reporting_break(
    treatment: str, period: int, years: tuple[int, int], notes: tuple[str, ...]
) -> None:
    panel, design = _study(np.arange(24.0).reshape(2, 12))
    broken = replace(design, breaks=(f"{period}:D:{treatment}",))
    pair = read_pair(panel, broken, scale="level", least=5)
    assert pair.labels == tuple(str(year) for year in range(*years))
    assert pair.notes == notes


def test_candidates_for_the_onset_take_part() -> None:
    panel, design = _study(np.arange(24.0).reshape(2, 12))
    pair = read_pair(panel, replace(design, onset=(2004, 2007)), scale="level", least=12)
    assert (pair.count, pair.onsets, pair.notes) == (12, (4, 7), ())


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
