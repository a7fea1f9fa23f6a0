"""Dated events one below the other: the effect on either side with its interval."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem
from shiftexp.plotting import style
from shiftexp.policy import PolicyEvents
from shiftexp.result import SIDES
from shiftexp.scalars import error_rate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OFFSETS = (0.16, -0.16)
_MARKS = (("o", style.BLUE), ("s", style.VERMILION))
_REACH = 3.0  # of the largest estimate: an interval beyond runs off the axis
_MARGIN = 1.08  # of room beyond the last end
_REVERSE = "destination side"
_LETTERS, _LINES = 36, 2  # of an event's name below its dates
_COLUMNS = 60  # of text above axes that share the page with the names of events


def events_data(found: PolicyEvents) -> pd.DataFrame:
    """Return what is drawn of a table of events: a row for each studied event and side.

    Raises
    ------
    DesignError
        When no event has a study.
    """
    rows = [
        {
            "event": row.dated.name,
            "date": row.dated.date,
            "onset": row.onset,
            "direction": row.direction,
            "side": side,
            "unit": name,
            "estimate": estimate.estimate,
            "low": estimate.conf_low,
            "high": estimate.conf_high,
            "p_adjusted": found.adjusted_p(row, side),
            "y": float(place),
        }
        for place, row in enumerate(reversed(found.usable))
        for side, name in zip(SIDES, row.names, strict=True)
        if (estimate := row.estimate(side)) is not None and not math.isnan(estimate.estimate)
    ]
    if not rows:
        remedy = "read summary(): it says why each event has none"
        raise DesignError(Problem("events without a study", "at least one with a study", remedy))
    return pd.DataFrame(rows)


def plot_events(found: PolicyEvents, ax: Axes | None = None) -> Axes:
    """Draw the effect of every studied event on either side.

    Parameters
    ----------
    found : PolicyEvents
        What :func:`shiftexp.policy.events` returned.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    data = events_data(found)
    places = data.drop_duplicates("y")
    named = places[["onset", "direction", "date", "event"]]
    with style.styled():
        panel = style.new_figure(2.0 + 0.6 * len(places)).subplots() if ax is None else ax
        style.dress(panel)
        reach = _reach(data)
        panel.set_xlim(*_ends(data, reach))
        panel.set_ylim(-0.6, places["y"].max() + 0.6)
        panel.axvline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), label="_no change", zorder=1)
        for place, name in enumerate(sorted(set(data["unit"]))):
            _draw_place(panel, data[data["unit"] == name], place, reach, found.level)
        panel.set_yticks(places["y"], [_row_name(*row) for row in named.to_numpy()])
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0, pad=9)
        style.number_axes(panel.xaxis)
        panel.set_xlabel(f"effect ({found.unit.replace('_', ' ')})")
        title = f"{found.name}: effects of dated events"
        style.head(panel, title, _notes(found, data, reach), columns=_COLUMNS)
        style.legend_below([panel], own_figure=ax is None)
    return panel


def _draw_place(panel: Axes, data: pd.DataFrame, place: int, reach: float, level: float) -> None:
    """Draw the estimates of one place with their intervals, arrows where they run off the axis."""
    marker, color = _MARKS[place]
    y = data["y"].to_numpy() + _OFFSETS[place]
    low, high = (data[end].to_numpy() for end in ("low", "high"))
    panel.hlines(
        y, low.clip(-reach, reach), high.clip(-reach, reach), color=color, lw=1.8, zorder=2
    )
    for beyond, at, arrow in ((low < -reach, -reach, "<"), (high > reach, reach, ">")):
        if beyond.any():  # an empty mark that is not clipped would take room below the axes
            panel.plot(
                [at] * int(beyond.sum()), y[beyond], ls="none", marker=arrow, ms=6, color=color,
                clip_on=False, label="_off",
            )  # fmt: skip
    told = ~(np.isnan(low) & np.isnan(high))
    label = f"{data['unit'].iloc[0]}, {100 * level:g} % interval"
    for chosen, face, edge, name in (
        (told, color, style.WHITE, label),
        (~told, style.WHITE, color, "_withheld"),
    ):
        panel.plot(
            data["estimate"][chosen], y[chosen], ls="none", marker=marker, ms=6, mfc=face, mec=edge,
            color=color, zorder=3, label=name,
        )  # fmt: skip


def _reach(data: pd.DataFrame) -> float:
    """Return how far the axis reaches: to the furthest end of an interval that is not far off."""
    largest = max(float(data["estimate"].abs().max()), 1e-300)
    ends = data[["estimate", "low", "high"]].abs().to_numpy()
    return min(_REACH * largest, _MARGIN * float(ends[np.isfinite(ends)].max(initial=largest)))


def _ends(data: pd.DataFrame, reach: float) -> tuple[float, float]:
    """Return the ends of the axis: no room where nothing is drawn, and 0 always in sight."""
    drawn = data[["estimate", "low", "high"]].to_numpy(float).clip(-reach, reach)
    low, high = min(np.nanmin(drawn), 0.0), max(np.nanmax(drawn), 0.0)
    edge = (_MARGIN - 1) * (high - low)
    return max(low - edge, -reach), min(high + edge, reach)


def _row_name(onset: str, direction: str, date: str, name: str) -> str:
    """Return what a row is called: onset and date, then as much of the event's name as fits."""
    lines = textwrap.wrap(name, _LETTERS, max_lines=_LINES, placeholder="…")
    reverse = ", reverse" if direction == _REVERSE else ""
    return f"from {onset}{reverse} (dated {date})\n" + "\n".join(lines)


def _notes(found: PolicyEvents, data: pd.DataFrame, reach: float) -> list[str]:
    """Say how many events have no study, which effects stand among all tests, what marks mean."""
    alpha = error_rate(found.level)
    firm = data[data["p_adjusted"] <= alpha]
    names = ", ".join(f"{row.unit} {row.onset}" for row in firm.itertuples())
    without = len(found.rows) - len(found.usable)
    ends = data[["low", "high"]]
    off, withheld = ((ends.abs() > reach).any(axis=None), ends.isna().any(axis=None))
    marks = {
        "arrow: the interval runs off the axis": off,
        "hollow: an estimate whose interval and test are withheld": withheld,
        "reverse: a shock on the destination's side": _REVERSE in set(data["direction"]),
    }
    return [
        f"{without} of {len(found.rows)} events have no study",
        f"at {100 * alpha:g} % among all tests: {names or 'none'}",
        *(mark for mark, drawn in marks.items() if drawn),
    ]
