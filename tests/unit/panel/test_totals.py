"""Unit tests of totals: rates times exposure can be added, and nothing is made up."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from shiftexp.errors import PanelError
from shiftexp.panel import Panel

RATES = pd.DataFrame(
    {
        "city": ["a", "a", "b", "b"],
        "year": [2012, 2013, 2012, 2013],
        "load": [2.0, 3.0, 5.0, 0.0],
        "error": [0.1, 0.2, 0.3, 0.4],
        "people": [10.0, 20.0, 100.0, 100.0],
    }
)


def rates(frame: pd.DataFrame = RATES) -> Panel:
    """Return loads per head with their populations."""
    return Panel.from_frame(
        frame, unit="city", period="year", value="load", std_error="error", exposure="people",
        unit_of_measure="mg per head and day", additive=False,
    )  # fmt: skip


def test_totals_are_values_times_exposure() -> None:
    found = rates().totals("mg per day")
    assert found.series("a").tolist() == [20.0, 60.0]
    assert found.series("b").tolist() == [500.0, 0.0]
    assert found.std_error[0].ravel().tolist() == pytest.approx([1.0, 4.0, 30.0, 40.0])


def test_totals_can_be_added_and_say_what_they_count() -> None:
    found = rates().totals("mg per day")
    assert (found.indicator.additive, found.indicator.unit_of_measure) == (True, "mg per day")
    assert not rates().indicator.additive
    assert found.units == rates().units


def test_a_missing_rate_stays_missing() -> None:
    found = rates(RATES.iloc[:3]).totals("mg per day")
    assert math.isnan(found.series("b")[1])
    assert np.isfinite(found.values).sum() == 3


def test_values_without_exposure_are_all_named() -> None:
    bare = RATES.assign(people=[10.0, math.nan, math.nan, 100.0])
    with pytest.raises(PanelError, match="2 values without exposure") as caught:
        rates(bare).totals("mg per day")
    assert caught.value.rows == ("a, 2013", "b, 2012")
