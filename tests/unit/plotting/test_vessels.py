"""Drawings of two vessels: the numbers drawn, the flow between them, bars that add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Calendar
from shiftexp.plotting.vessel_parts import parts_data, plot_parts
from shiftexp.plotting.vessels import plot_vessels, vessels_data
from tests.unit.test_vessel_history import HISTORY


def lines(ax: object) -> dict[str, Floats]:
    """Return the lines of Axes by their labels."""
    return {str(line.get_label()): line.get_xydata() for line in ax.lines}  # type: ignore[attr-defined]  # matplotlib's types lack it


def test_the_paths_drawn_are_those_of_the_fit() -> None:
    data = vessels_data(HISTORY)
    assert sx.plot_data(HISTORY).equals(data)
    arrives = data[(data["side"] == "destination") & data["pushed"]]
    leaves = data[(data["side"] == "origin") & data["pushed"]]
    assert arrives["period"].tolist() == ["2005", "2006"]
    assert leaves["period"].tolist() == ["2004", "2005", "2006"]
    assert data[data["reporting_break"]][["side", "period"]].to_numpy().tolist() == [
        ["origin", "2003"]
    ]
    gap = (data["fitted"] - data["without_most"]).to_numpy().reshape(2, -1)
    assert gap == pytest.approx(35 * HISTORY.unit_flow)
    origin, destination, strip = plot_vessels(HISTORY)
    for ax, side in ((origin, 0), (destination, 1)):
        drawn = lines(ax)
        assert drawn["fit"][:, 1] == pytest.approx(HISTORY.free.fitted[side])
        assert drawn["observed"][:, 1] == pytest.approx(HISTORY.observed[side])
        last = drawn["fit without the change at the onset"][-1, 1]
        assert last == pytest.approx(HISTORY.without_change[side, -1])
        assert ax.get_ylabel() == "kg per year"
    assert origin.get_title(loc="left") == "NL (origin)"
    assert strip.get_title(loc="left") == "From NL to BE by 2006: 0 to 35 kg per year"


def test_the_shaded_gap_is_the_most_that_can_have_flowed() -> None:
    _, destination, _ = plot_vessels(HISTORY)
    (band,) = (c for c in destination.collections if "may be flow" in str(c.get_label()))
    corners = band.get_paths()[0].vertices
    at_end = corners[corners[:, 0] == 2006][:, 1]
    assert np.ptp(at_end) == pytest.approx(35)


def test_own_change_is_shaded_only_beyond_what_may_be_flow() -> None:
    for most, left in ((10.0, 20.0), (35.0, 0.0)):
        _, destination, _ = plot_vessels(replace(HISTORY, most=most))
        (band,) = (c for c in destination.collections if "own change" in str(c.get_label()))
        corners = band.get_paths()[0].vertices
        assert np.ptp(corners[corners[:, 0] == 2006][:, 1]) == pytest.approx(left)


def test_arrows_lead_from_what_leaves_to_what_arrives_by_the_likeliest_lag() -> None:
    *_, strip = plot_vessels(HISTORY)
    arrows = [t for t in strip.texts if getattr(t, "arrow_patch", None) is not None]
    assert [(t.xyann[0], t.xy[0]) for t in arrows] == [(2004, 2005), (2005, 2006)]
    assert "1 (80 %)" in " ".join(t.get_text() for t in strip.texts)


def test_without_a_flow_nothing_leads_over() -> None:
    *_, strip = plot_vessels(replace(HISTORY, most=0.0))
    assert not strip.patches
    assert strip.get_title(loc="left").endswith("nothing")


def test_periods_not_used_are_hollow_and_a_range_of_onsets_is_a_band() -> None:
    used = np.arange(6) != 4
    origin, *_ = plot_vessels(replace(HISTORY, used=used, onsets=(2, 3)))
    assert lines(origin)["observed, not used"][:, 0].tolist() == [2005]
    assert "onset, 2003 to 2004" in [str(p.get_label()) for p in origin.patches]


def test_amounts_of_months_are_said_to_be_multiplied() -> None:
    monthly = replace(HISTORY, calendar=Calendar("month", 12 * 2001, 6))
    origin, *_ = plot_vessels(monthly)
    assert "amounts of a month times 12" in [t.get_text() for t in origin.texts]


def test_bars_that_add_start_at_zero_and_end_at_their_sum() -> None:
    data = parts_data(HISTORY)
    assert sx.plot_data(HISTORY, kind="parts").equals(data)
    for _, rows in data.groupby(["belief", "side"]):
        up, down = rows[rows["value"] > 0], rows[rows["value"] < 0]
        for bars in (up, down):
            ends = (bars["start"] + bars["value"]).tolist()
            assert bars["start"].tolist() == pytest.approx([0.0, *ends[:-1]][: len(bars)])
        assert up["value"].sum() + down["value"].sum() == pytest.approx(rows["change"].iloc[0])


def test_a_bar_stands_for_each_belief_with_a_mark_at_its_sum() -> None:
    origin, destination = plot_parts(HISTORY)
    said = [t.get_text().replace("\n", " ") for t in destination.get_yticklabels()]
    assert said == [
        "no flow",
        "the most that can have flowed",
        "if nothing else changed at the onset",
    ]
    change = HISTORY.observed[1, 5] - HISTORY.observed[1, 2]
    marks = lines(destination)["change: the sum of its parts"]
    assert marks[:, 0] == pytest.approx(np.full(3, change))
    assert "from 2003 to 2006" in [t.get_text() for t in origin.texts]
    assert destination.get_xlabel() == "change (kg per year)"
    # no reporting break in the years compared: its part is not in the legend
    names = [str(bars.get_label()) for bars in origin.containers]
    assert "_reporting breaks" in names
    assert "own growth: drift and own walk" in names


def test_axes_of_the_reader_are_drawn_on() -> None:
    figure = Figure()
    axes = figure.subplots(2, 1)
    for kind in ("paths", "parts"):
        found = sx.plot(HISTORY, axes, kind=kind)
        assert isinstance(found, np.ndarray)
        assert list(found) == list(axes)
    with pytest.raises(DesignError, match="1 Axes for 2 panels"):
        plot_parts(HISTORY, axes[0])


def test_an_unknown_kind_is_refused_by_name() -> None:
    for call in (sx.plot, sx.plot_data):
        with pytest.raises(DesignError, match="kind = 'path'"):
            call(HISTORY, kind="path")
