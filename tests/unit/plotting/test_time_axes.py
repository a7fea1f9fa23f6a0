"""Unit tests of time below a drawing: periods written as the calendar writes them."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from shiftexp.panel import Calendar
from shiftexp.plotting.time_axes import calendar_of, time_axis, years_of


@pytest.mark.parametrize(
    ("labels", "said", "written"),
    [
        (("2010", "2020"), "Year", "2012"),
        (("2010Q1", "2020Q3"), "Quarter", "2012Q1"),
        (("2010-01", "2020-07"), "Month", "2012-01"),
    ],
)
def test_the_axis_is_called_and_written_as_the_calendar(
    labels: tuple[str, str], said: str, written: str
) -> None:
    panel = Figure(figsize=(7, 3)).subplots()
    panel.plot(years_of(labels), [0, 1])
    time_axis(panel, calendar_of(labels))
    panel.figure.canvas.draw()
    assert panel.get_xlabel() == said
    assert written in [text.get_text() for text in panel.get_xticklabels()]


def test_a_calendar_is_told_from_its_labels() -> None:
    assert calendar_of(["2012Q1"]) == Calendar("quarter", 0, 1)
