"""Two vessels over time with the flow between them, or what the change of either is made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from shiftexp.kernels.cases import Floats
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.plotting.time_axes import time_axis
from shiftexp.plotting.vessel_parts import parts_data, plot_parts
from shiftexp.result import SIDES
from shiftexp.scalars import not_among, refuse
from shiftexp.vessel_history import VesselHistory

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind: TypeAlias = Literal["paths", "parts"]
_KINDS = ("paths", "parts")
_ARROWS = 6
_MANY = 40  # periods above which marks are smaller


def vessels_data(history: VesselHistory, *, kind: Kind = "paths") -> pd.DataFrame:
    """Return what is drawn of two vessels.

    Parameters
    ----------
    history : VesselHistory
        Both sides over time.
    kind : {"paths", "parts"}, default "paths"
        Both sides over time, or what their change is made of.

    Returns
    -------
    DataFrame
        Of paths: side, unit, period; x, the period's start in years; used, observed, fitted;
        without_change, the path without all that the push added; without_most, that without the
        most that can have flowed; candidate_onset, reporting_break, whether one begins there;
        pushed, whether the push is on at the origin, or
        what it moved arrives at the destination. Of parts: see `parts_data`.

    Raises
    ------
    DesignError
        When the kind is unknown.
    """
    refuse(*not_among(kind=(kind, _KINDS)))
    return parts_data(history) if kind == "parts" else _paths_data(history)


def plot_vessels(history: VesselHistory, ax: Given = None, *, kind: Kind = "paths") -> np.ndarray:
    """Draw two vessels over time with the flow between them, or what their change is made of.

    Parameters
    ----------
    history : VesselHistory
        Both sides over time.
    ax : two Axes, optional
        Where to draw origin and destination; a new figure without it.
    kind : {"paths", "parts"}, default "paths"
        Both sides over time, or what their change is made of.

    Returns
    -------
    array of Axes
        What was drawn on: origin and destination, and of a new figure of paths the strip between
        them.

    Raises
    ------
    DesignError
        When the kind is unknown, or other than two Axes are given.
    """
    refuse(*not_among(kind=(kind, _KINDS)))
    return plot_parts(history, ax) if kind == "parts" else _plot_paths(history, ax)


def _paths_data(history: VesselHistory) -> pd.DataFrame:
    """Return one row for each side and period."""
    most, first, last = history.most * history.unit_flow, *history.onsets
    at = np.arange(history.calendar.size)
    pushed = np.diff(np.abs(history.unit_flow), axis=1, prepend=0.0) > 0
    frames = [
        pd.DataFrame(
            {
                "side": side,
                "unit": name,
                "period": history.calendar.labels,
                "x": (history.calendar.first + at) / history.calendar.per_year,
                "used": history.used,
                "observed": history.observed[k],
                "fitted": history.free.fitted[k],
                "without_change": history.without_change[k],
                "without_most": history.free.fitted[k] - most[k],
                "candidate_onset": (at >= first) & (at <= last),
                "reporting_break": [(k, t) in history.breaks for t in at.tolist()],
                "pushed": pushed[k],
            }
        )
        for k, (side, name) in enumerate(zip(SIDES, history.names, strict=True))
    ]
    return pd.concat(frames, ignore_index=True)


def _plot_paths(history: VesselHistory, ax: Given) -> np.ndarray:
    """Draw origin above, destination below, and between them the flow, later by its lag."""
    data = _paths_data(history)
    parts = [data[data["side"] == side] for side in SIDES]
    with style.styled():
        axes = panels(ax, SIDES, _new_axes)
        for panel, part in zip(axes, parts, strict=False):
            _draw_side(panel, history, part)
        if ax is None:
            _draw_strip(axes[2], history, *parts)
            for panel in (axes[0], axes[2]):
                panel.set_xlabel("")
                panel.tick_params(labelbottom=False)
        style.legend_below(axes[:2], own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _new_axes() -> list[Axes]:
    """Return origin, destination, and the strip between them."""
    figure = style.new_figure(7.2)
    origin, strip, destination = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": (3.0, 0.7, 3.0)}
    )
    return [origin, destination, strip]


def _draw_side(ax: Axes, history: VesselHistory, data: pd.DataFrame) -> None:
    """Draw one side: the change and what of it may be flow, the fit, what was seen."""
    half = 0.5 / history.calendar.per_year
    x, fitted = data["x"].to_numpy(), data["fitted"].to_numpy()
    style.dress(ax)
    ax.grid(visible=True, axis="y", color=style.FAINT, linewidth=0.8, zorder=0)
    ax.set_axisbelow(True)
    _mark_times(ax, history, data, half)
    _draw_change(ax, history, data)
    ax.plot(x, fitted, color=style.INK, lw=1.5, label="fit", zorder=2.4)
    _draw_observed(ax, data)
    ax.set_xlim(x[0] - 1.4 * half, x[-1] + 1.4 * half)
    time_axis(ax, history.calendar)
    style.number_axes(ax.yaxis)
    ax.set_ylabel(history.unit)
    style.head(ax, f"{data['unit'].iloc[0]} ({data['side'].iloc[0]})", _notes(history))


def _draw_change(ax: Axes, history: VesselHistory, data: pd.DataFrame) -> None:
    """Draw what of the change since the onset may be flow, and what is too much to be flow."""
    after = data.iloc[max(history.onsets[0] - 1, 0) :]
    x, fitted = after["x"].to_numpy(), after["fitted"].to_numpy()
    without, most = (after[name].to_numpy() for name in ("without_change", "without_most"))
    edge = np.clip(most, np.minimum(fitted, without), np.maximum(fitted, without))
    ax.fill_between(
        x, edge, without, color=style.PALE, alpha=0.5, lw=0,
        label="own change, whatever flowed", zorder=1.2,
    )  # fmt: skip
    ax.fill_between(
        x, fitted, most, color=style.BLUE, alpha=0.3, lw=0,
        label=f"may be flow, from nothing to this ({100 * history.level:g} %)", zorder=1.4,
    )  # fmt: skip
    ax.plot(
        x, without, color=style.GREEN, lw=1.6, ls=(0, (4, 2)),
        label="fit without the change at the onset", zorder=2.2,
    )  # fmt: skip


def _mark_times(ax: Axes, history: VesselHistory, data: pd.DataFrame, half: float) -> None:
    """Mark the onset, or its range, and reporting breaks, all between periods."""
    x, (first, last) = data["x"].to_numpy(), history.onsets
    begin, end = (history.calendar.labels[k] for k in (first, last))
    if first == last:
        ax.axvline(x[first] - half, color=style.VERMILION, lw=1.4, label=f"onset {begin}", zorder=1)
    else:
        ax.axvspan(
            x[first] - half, x[last] - half, facecolor=style.VERMILION, alpha=0.16, lw=0,
            label=f"onset, {begin} to {end}", zorder=0.3,
        )  # fmt: skip
    for at in x[data["reporting_break"].to_numpy()]:
        ax.axvline(
            at - half, color=style.PURPLE, lw=1.5, ls=(0, (1, 1.2)), label="reporting break",
            zorder=1,
        )  # fmt: skip


def _draw_observed(ax: Axes, data: pd.DataFrame) -> None:
    """Draw what was seen; values that are not used are hollow."""
    x, seen, used = (data[name].to_numpy() for name in ("x", "observed", "used"))
    size = 4.5 if len(x) <= _MANY else 2.5
    ax.plot(
        x[used], seen[used], ls="none", marker="o", ms=size, mfc=style.ORANGE,
        mec=style.INK, mew=0.5, label="observed", zorder=3,
    )  # fmt: skip
    apart = ~used & np.isfinite(seen)
    if apart.any():
        ax.plot(
            x[apart], seen[apart], ls="none", marker="o", ms=size, mfc=style.WHITE,
            mec=style.INK, mew=0.7, label="observed, not used", zorder=3,
        )  # fmt: skip


def _draw_strip(
    ax: Axes, history: VesselHistory, origin: pd.DataFrame, destination: pd.DataFrame
) -> None:
    """Draw the flow between the vessels: what leaves above arrives below, later by the lag."""
    half = 0.5 / history.calendar.per_year
    ax.set_ylim(0, 1)
    ax.set_axis_off()
    leaving, arriving = (
        part.loc[part["pushed"].to_numpy(), "x"].to_numpy() for part in (origin, destination)
    )
    if history.most > 0:
        corners = [
            (leaving[0] - half, 1), (leaving[-1] + half, 1),
            (arriving[-1] + half, 0), (arriving[0] - half, 0),
        ]  # fmt: skip
        ax.fill(*np.transpose(corners), color=style.BLUE, alpha=0.3, lw=0)
        _draw_arrows(ax, history, leaving, float(arriving[-1]))
    lags = ", ".join(f"{lag} ({100 * mass:.0f} %)" for lag, mass in history.lags)
    notes = [f"lag in {history.calendar.frequency}s, with its weight: {lags}"]
    places, end = " to ".join(history.names), history.calendar.labels[-1]
    range_ = f"0 to {style.write_number(float(f'{history.most:.3g}'))} {history.unit}"
    amount = range_ if history.most > 0 else "nothing"
    style.head(ax, f"From {places} by {end}: {amount}", notes)


def _draw_arrows(ax: Axes, history: VesselHistory, leaving: Floats, end: float) -> None:
    """Draw arrows from when something leaves to when it arrives, by the likeliest lag."""
    lag = max(history.lags, key=lambda pair: pair[1])[0] / history.calendar.per_year
    inside = leaving[leaving + lag <= end]
    for start in inside[:: math.ceil(len(inside) / _ARROWS) or 1]:
        ax.annotate(
            "", (start + lag, 0.02), (start, 0.98),
            arrowprops={"arrowstyle": "-|>", "color": style.BLUE, "lw": 1.3},
        )  # fmt: skip


def _notes(history: VesselHistory) -> list[str]:
    """Return what a reader of amounts per year must know of shorter periods."""
    times = history.calendar.per_year
    if times == 1:
        return []
    return [f"amounts of a {history.calendar.frequency} times {times}"]
