"""Unit tests of periods in a row, said by their ends."""

from __future__ import annotations

from shiftexp.panel import runs, told_runs


def test_runs_are_cut_where_a_period_lies_between() -> None:
    assert runs(["a", "b", "c"], []) == []
    assert runs(["a", "b", "c"], [2, 0, 2]) == [("a", "a"), ("c", "c")]


def test_a_run_is_told_by_its_ends() -> None:
    months = [f"2021-{month:02}" for month in range(1, 13)]
    assert told_runs(months, [*range(1, 9), 11]) == "2021-02 to 2021-09, 2021-12"
    assert told_runs(months, []) == ""
