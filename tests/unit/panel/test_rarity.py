"""Unit tests of units that are hardly there and called nearly like another."""

from __future__ import annotations

import pandas as pd

from shiftexp.panel import Panel, look_again

MONTHS = [f"{year}-{month:02}" for year in range(2012, 2022) for month in range(1, 13)]


def towns(rare: str, periods: list[str], *, renamed: bool = True) -> Panel:
    """Return months of two towns, one of them called otherwise in some."""
    rows = [
        (rare if town == "Arnhem" and month in periods and renamed else town, month, 5.0 + i)
        for town in ("Arnhem", "Nijmegen")
        for i, month in enumerate(MONTHS)
    ]
    if not renamed:
        rows += [(rare, month, 5.0) for month in periods]
    frame = pd.DataFrame(rows, columns=["town", "month", "burglaries"])
    return Panel.from_frame(
        frame, unit="town", period="month", value="burglaries", unit_of_measure="count"
    )


def test_a_mistyped_row_is_asked_about() -> None:
    (asked,) = look_again(towns("Arnhern", ["2016-07"]))
    assert asked == (
        "unit 'Arnhern' has values in 1 of 120 periods and differs from 'Arnhem' by little: is it "
        "a misspelling?"
    )


def test_a_name_that_is_another_is_not() -> None:
    assert look_again(towns("Zwolle", ["2016-07"])) == ()


def test_a_unit_that_is_often_there_is_not() -> None:
    assert look_again(towns("Arnhern", MONTHS[:11]))
    assert look_again(towns("Arnhern", MONTHS[:12])) == ()


def test_both_names_in_one_month_are_asked_about_too() -> None:
    assert look_again(towns("Arnhern", ["2016-07"], renamed=False))
