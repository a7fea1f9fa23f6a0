"""The figure of two breaks: its numbers, and the marks on it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes

import shiftexp as sx
from tests.unit.dynamics.studies import study


@cache
def found() -> sx.BreakOrder:
    values = 100 + np.random.default_rng(1).standard_normal((2, 40))
    values[0, 18:] -= 2
    values[1, 22:] += 2
    return sx.break_order(*study(values, onset=1918), simulations=99)


def drawn() -> list[Axes]:
    return list(np.ravel(np.array(sx.plot(found()), dtype=object)))


def test_numbers_are_those_of_series_dates_and_gap() -> None:
    data = sx.plot_data(found())
    for side, values, fitted in zip(
        (found().origin, found().destination), found().values, found().fitted, strict=True
    ):
        mine = data[data["side"] == side.name]
        line = mine[mine["layer"] == "series"]
        np.testing.assert_array_equal(line["x"], np.arange(1900, 1940))
        np.testing.assert_array_equal(line["value"], values)
        np.testing.assert_array_equal(line["fitted"], fitted)
        date = mine[mine["layer"] == "break"].iloc[0]
        assert [date["low"], date["x"], date["high"]] == [
            float(side.low),
            float(side.period),
            float(side.high),
        ]
    gap = data[data["layer"] == "gap"].iloc[0]
    assert (gap["low"], gap["x"], gap["high"]) == (
        found().conf_low,
        found().gap,
        found().conf_high,
    )


def test_lines_are_broken_at_the_dates_that_are_marked() -> None:
    for panel, side in zip(drawn(), (found().origin, found().destination), strict=False):
        early, late = (x for x in panel.lines if str(x.get_label()).startswith("line of"))
        assert np.asarray(early.get_xdata()).max() == float(side.period) - 1
        assert np.asarray(late.get_xdata()).min() == float(side.period)
        step = np.asarray(late.get_ydata())[0] - np.asarray(early.get_ydata())[-1]
        assert step == pytest.approx(side.jump)
        assert any(f"breaks in {side.period}" in text.get_text() for text in panel.texts)
        assert (panel.get_ylabel(), panel.get_xlabel()) == ("units", "Year")


def test_the_gap_has_a_panel_with_zero_in_its_middle() -> None:
    panel = drawn()[2]
    low, high = panel.get_xlim()
    assert low == -high
    assert low < found().conf_low <= found().conf_high < high
    assert "power" in panel.texts[0].get_text()
