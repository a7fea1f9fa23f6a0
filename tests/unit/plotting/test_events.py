"""The figure of dated events."""

from __future__ import annotations

import pytest

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.plotting.events import plot_events
from tests.unit.policy.test_events import DESIGN, MODEL, PANEL, found


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


def test_events_without_a_study_cannot_be_drawn() -> None:
    none = sx.events(PANEL, DESIGN, table=["2023-10-01"], estimator=MODEL, third=())
    with pytest.raises(DesignError, match="without a study"):
        sx.plot(none)
