"""Time below a drawing: periods in years, the first of a year written, marks where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.panel import Calendar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_MARKS, _MARK = 60, 3.5


def calendar_of(labels: Sequence[str]) -> Calendar:
    """Return a calendar that reads these labels."""
    frequency: Literal["year", "quarter", "month"] = (
        "quarter" if "Q" in labels[0] else "month" if "-" in labels[0][1:] else "year"
    )
    return Calendar(frequency, 0, 1)


def years_of(labels: Sequence[str]) -> Floats:
    """Return the starts of periods in years.

    Examples
    --------
    >>> years_of(["2012Q1", "2012Q3"]).tolist()
    [2012.0, 2012.5]
    """
    calendar = calendar_of(labels)
    return np.array([calendar.ordinal(label) for label in labels]) / calendar.per_year


def dot(count: int) -> float:
    """Return the size of the marks of so many periods: none where they would run together."""
    return _MARK if count <= _MOST_MARKS else 0.0


def time_axis(panel: Axes, calendar: Calendar, most: int = 9) -> None:
    """Write the first periods of whole years below a panel, as the calendar writes them.

    Parameters
    ----------
    panel : Axes
        The panel, its x in years.
    calendar : Calendar
        That of the periods.
    most : int, default 9
        Steps between the periods written.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True, steps=[1, 2, 5, 10]))
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: calendar.label(round(x * calendar.per_year)))
    )
    panel.set_xlabel(calendar.frequency.capitalize())
