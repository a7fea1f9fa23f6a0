"""The figure of dated events."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.plotting.events import _row_name as row_name
from shiftexp.plotting.events import events_data, plot_events
from shiftexp.plotting.style import WHITE
from tests.unit.policy.test_events import DESIGN, MODEL, PANEL, found


@pytest.mark.slow
def test_a_row_for_each_studied_event_and_side() -> None:
    data = sx.plot_data(found())
    table = found().to_frame().set_index("event")
    assert len(data) == 2 * len(found().usable)
    ban = data[(data["event"] == "ban") & (data["side"] == "destination")].iloc[0]
    assert ban["estimate"] == table.loc["ban", "destination"]
    assert ban["p_adjusted"] == table.loc["ban", "destination_p_adjusted"]
    assert data["y"].max() == len(found().usable) - 1


def test_places_keep_their_mark_whatever_the_direction() -> None:
    panel = plot_events(found())
    labels = panel.get_legend_handles_labels()[1]
    assert labels == ["BE, 95 % interval", "NL, 95 % interval"]
    ticks = [tick.get_text() for tick in panel.get_yticklabels()]
    assert any(tick.startswith("from 2014, reverse (dated 2") for tick in ticks)
    assert panel.get_xlabel() == "effect (kg per year)"


@pytest.mark.slow
def test_the_notes_name_the_marks_that_are_drawn_and_no_others() -> None:
    data = events_data(found())
    assert "arrow" not in _note(plot_events(found()))
    assert "hollow" not in _note(plot_events(found()))
    shown = sx.load_dataset("benelux")
    withheld = plot_events(sx.events(shown, "cocaine_wholesale", third=(), draws=99))
    assert "hollow: an estimate whose interval and test are withheld" in _note(withheld)
    hollow = [line for line in withheld.lines if line.get_label() == "_withheld"]
    assert sum(len(np.asarray(line.get_xdata())) for line in hollow) > 0
    assert all(line.get_markerfacecolor() == WHITE for line in hollow)
    assert not data[["low", "high"]].isna().to_numpy().any()


def test_the_axis_reaches_as_far_as_the_intervals() -> None:
    data = events_data(found())
    reach = max(plot_events(found()).get_xlim())
    assert reach <= 1.1 * np.abs(data[["estimate", "low", "high"]].to_numpy(dtype=float)).max()


def test_the_axis_leaves_no_half_empty_and_keeps_zero() -> None:
    panel = plot_events(found())
    drawn = events_data(found())[["estimate", "low", "high"]].to_numpy(dtype=float)
    low, high = panel.get_xlim()
    assert low <= min(drawn.min(), 0) <= max(drawn.max(), 0) <= high
    assert high - low <= 1.2 * (max(drawn.max(), 0) - min(drawn.min(), 0))


def test_a_long_name_takes_two_lines_before_it_is_cut() -> None:
    long = "the customs drug team of the port doubled"
    names = [row_name("2018", "", "2018-01-01", name) for name in (long, f"{long}, {long}")]
    assert names[0].splitlines()[1:] == ["the customs drug team of the port", "doubled"]
    assert names[1].endswith("…")
    assert len(names[1].splitlines()) == 3


def _note(panel: Axes) -> str:
    """Return all text beside the axes."""
    return " ".join(text.get_text() for text in panel.texts) + panel.get_title(loc="left")


def test_events_without_a_study_cannot_be_drawn() -> None:
    none = sx.events(PANEL, DESIGN, table=["2023-10-01"], estimator=MODEL, third=())
    with pytest.raises(DesignError, match="without a study"):
        sx.plot(none)
