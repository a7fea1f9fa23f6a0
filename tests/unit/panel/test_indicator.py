"""Unit tests of units of measurement that read like rates: sums must be settled in words."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.panel.indicator import rate_problems
from tests.panels import long_frame, make_panel, read

RATES = (
    "per 1000 inhabitants", "per cent", "percent", "usd_per_g", "%", "price index", "Price",
    "mg per head and day", "rate", "crime_rate", "INDEX", "% of users",
)  # fmt: skip
AMOUNTS = (
    "kg", "count", "visits per year", "kg_per_month", "plants per quarter", "kg per annum",
    "persons", "crates", "percolators", "supervisions",
)  # fmt: skip
SERIES = {"NL": (5.0, 6.0), "BE": (7.0, 8.0)}


@pytest.mark.parametrize("measure", RATES)
def test_what_reads_like_a_rate_is_refused_until_sums_are_settled(measure: str) -> None:
    with pytest.raises(sx.PanelError, match="reads like a rate, a price or a share") as caught:
        make_panel(SERIES, unit_of_measure=measure)
    assert f"unit_of_measure {measure!r}" in str(caught.value)
    assert "additive=False" in str(caught.value)
    for said in (True, False):
        panel = make_panel(SERIES, unit_of_measure=measure, additive=said)
        assert panel.indicators[0].additive is said


@pytest.mark.parametrize("measure", AMOUNTS)
def test_amounts_are_summed_without_a_word(measure: str) -> None:
    assert rate_problems([measure]) == []
    assert make_panel(SERIES, unit_of_measure=measure).indicators[0].additive is True


def test_rates_in_a_column_are_named_once_beside_other_faults() -> None:
    frame = long_frame(SERIES).assign(measure="usd_per_g", name="price")
    frame.loc[0, "amount"] = float("inf")
    with pytest.raises(sx.PanelError) as caught:
        read(frame, unit_of_measure="measure")
    said = str(caught.value)
    assert said.count("'usd_per_g' reads like a rate") == 1
    assert "value inf" in said
    assert len(caught.value.problems) == 2
