"""Drawings of a flow without a known push: its path, and its share before and after the data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.panel import Calendar
from shiftexp.plotting.stochastic import plot_stochastic, stochastic_data
from tests.unit.test_variable_flow import FOUND


def test_the_numbers_drawn_are_those_of_path_and_masses() -> None:
    rising = np.stack([np.full(100, 0.01), np.arange(100) / np.arange(100).sum()])
    found = replace(FOUND, masses=rising)
    data = sx.plot_data(found)
    assert data.equals(stochastic_data(found))
    flow, share = (data[data["layer"] == name] for name in ("flow", "share"))
    assert flow["x"].tolist() == [2001, 2002, 2003, 2004]
    assert flow["high"].tolist() == [3.0] * 4
    assert len(share) == 20
    assert share["prior"].to_numpy() == pytest.approx(np.full(20, 0.05))
    assert share["posterior"].iloc[-1] == pytest.approx(rising[1, -5:].sum())
    assert share["posterior"].sum() == pytest.approx(1)


def test_both_panels_say_what_was_found_and_how_weak_the_test_is() -> None:
    path, share = plot_stochastic(FOUND)
    assert path.get_title(loc="left") == "Flow from NL to BE"
    assert "kg per year" in path.get_ylabel()
    said = " ".join(t.get_text() for ax in (path, share) for t in ax.texts)
    for words in ("is found: p = 0.023", "power at a share of two thirds: 85%", "median 50%"):
        assert words in said
    missed = plot_stochastic(replace(FOUND, p_value=0.4))[0]
    assert "is not found" in " ".join(t.get_text() for t in missed.texts)
    assert share.get_xlim() == (0, 1)


def test_months_stand_at_their_part_of_the_year() -> None:
    months = replace(FOUND, calendar=Calendar("month", 12 * 2001 + 6, 4))
    assert stochastic_data(months)["x"].iloc[0] == 2001.5
    assert "left in a month" in plot_stochastic(months)[0].get_ylabel()


def test_axes_of_the_reader_are_drawn_on() -> None:
    axes = Figure().subplots(1, 2)
    assert list(plot_stochastic(FOUND, axes)) == list(axes)
    with pytest.raises(DesignError, match="flow, share"):
        plot_stochastic(FOUND, axes[0])
