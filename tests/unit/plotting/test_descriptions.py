"""Drawings of a description: series, broken lines, dates with their limits."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.plotting.descriptions import description_data, plot_description
from tests.panels import make_panel


@cache
def moved() -> sx.Description:
    panel, design = sx.simulate_pair(flow=30, sd=1, donors=1, rng=1)
    return sx.describe(panel, design, trend=False, simulations=99)


@cache
def nile_like() -> sx.StructuralBreaks:
    y = np.random.default_rng(1).standard_normal(40) + 6.0 * (np.arange(40) >= 15)
    return sx.structural_breaks(pd.Series(y, range(1980, 2020), name="flow"), simulations=99)


def test_the_numbers_drawn_are_series_lines_and_dates() -> None:
    data = sx.plot_data(nile_like())
    assert data.equals(description_data(nile_like()))
    line, dates = (data[data["layer"] == layer] for layer in ("series", "break"))
    assert line["x"].tolist() == list(range(1980, 2020))
    assert line["value"].to_numpy() == pytest.approx(nile_like().series.values)
    assert line["fitted"].to_numpy() == pytest.approx(nile_like().fitted)
    (date,) = nile_like().dates
    assert dates[["x", "low", "high"]].to_numpy(float).tolist() == [
        [float(date.period), float(date.low), float(date.high)]
    ]


def test_of_a_design_both_sides_and_their_logs_are_drawn_unless_others_are_named() -> None:
    names = ["O", "D", "log total, O + D", "log ratio, D over O"]
    assert description_data(moved())["series"].unique().tolist() == names
    assert description_data(moved(), series="C1")["series"].unique().tolist() == ["C1"]
    assert len(plot_description(moved())) == 4
    with pytest.raises(DesignError, match="series 'FR'"):
        sx.plot(moved(), series=["D", "FR"])


def test_of_many_units_six_are_drawn() -> None:
    rng = np.random.default_rng(2)
    panel = make_panel({f"U{i}": rng.lognormal(3, 0.2, 15) for i in range(8)})
    assert len(plot_description(sx.describe(panel, simulations=99))) == 6


def test_every_panel_says_that_it_is_no_evidence_and_what_it_measures() -> None:
    axes = plot_description(moved())
    for ax in axes:
        assert "no evidence of a shift" in " ".join(t.get_text() for t in ax.texts)
    assert [ax.get_ylabel() for ax in axes] == ["units", "units", "logarithm", "logarithm"]
    labels = {label for ax in axes for label in ax.get_legend_handles_labels()[1]}
    assert {"observed", "first period after a break", "95 % limits of its date"} <= labels


def test_lines_stop_at_breaks() -> None:
    (ax,) = plot_description(nile_like())
    parts = [line for line in ax.lines if line.get_label() == "line between breaks"]
    assert len(parts) == 2
    assert np.asarray(parts[0].get_xdata())[-1] == 1994
    assert np.asarray(parts[1].get_xdata())[0] == 1995


def test_axes_of_the_reader_are_drawn_on() -> None:
    ax = Figure().subplots()
    assert plot_description(nile_like(), ax)[0] is ax
    with pytest.raises(DesignError, match="2 Axes for 1 panels"):
        plot_description(nile_like(), Figure().subplots(1, 2))


def test_where_no_series_has_breaks_tested_nothing_is_drawn() -> None:
    found = sx.describe(make_panel({"BE": [1.0, 2.0, 3.0]}))
    with pytest.raises(DesignError, match="no series with enough values"):
        sx.plot(found)
