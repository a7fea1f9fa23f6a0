"""What the change of either vessel is made of, under each belief in the flow: bars that add up."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.result import SIDES
from shiftexp.vessel_history import PARTS, VesselHistory

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOK = {
    "own_growth": ("own growth: drift and own walk", style.SKY),
    "common_growth": ("growth in common", style.GREEN),
    "flow": ("flow", style.BLUE),
    "own_change": ("own change at the onset", style.ORANGE),
    "detection": ("change of detection", style.PURPLE),
    "reporting_breaks": ("reporting breaks", style.YELLOW),
    "noise": ("noise", style.PALE),
}
_WRAP = 22  # letters on a line of a belief
_VISIBLE = 0.002  # share of the axis below which a part is not named in the legend
_ROOM = 0.11  # share of the axis from which on an amount has room in its bar
_THICK, _BELOW = 0.62, 0.41  # of the distance between bars: their height, and marks of sums below


def parts_data(history: VesselHistory) -> pd.DataFrame:
    """Return what the change of both vessels is made of, a row for each part.

    Parameters
    ----------
    history : VesselHistory
        Both sides over time.

    Returns
    -------
    DataFrame
        belief, side, unit, part, value; start, where its bar begins: bars that add start at zero
        and go on to the right, those that take off to the left; change, the sum of the parts.
    """
    wide = history.decomposition().drop(columns="assumptions")
    keys = ["belief", "side", "unit", "change"]
    data = wide.melt(keys, list(PARTS), var_name="part")
    groups, value = [data["belief"], data["side"]], data["value"]
    for signed in (value.clip(lower=0), value.clip(upper=0)):
        before = signed.groupby(groups, sort=False).cumsum() - signed
        data.loc[signed != 0, "start"] = before
    data["start"] = data["start"].fillna(0.0)
    return data[["belief", "side", "unit", "part", "value", "start", "change"]]


def plot_parts(history: VesselHistory, ax: Given = None) -> np.ndarray:
    """Draw what the change of both vessels is made of, a bar for each belief in the flow.

    Parameters
    ----------
    history : VesselHistory
        Both sides over time.
    ax : two Axes, optional
        Where to draw origin and destination; a new figure without it.

    Returns
    -------
    array of Axes
        Origin and destination.
    """
    data = parts_data(history)
    with style.styled():
        axes = panels(ax, SIDES, _new_axes)
        for panel, side in zip(axes, SIDES, strict=True):
            _draw_side(panel, history, data[data["side"] == side], _width(data))
        if ax is None:
            axes[0].set_xlabel("")
        style.legend_below(axes, own_figure=ax is None)
    return np.array(axes, dtype=object)


def _new_axes() -> list[Axes]:
    """Return origin above destination, on one scale."""
    figure = style.new_figure(5.4)
    return list(figure.subplots(2, 1, sharex=True))


def _width(data: pd.DataFrame) -> float:
    """Return the distance from the leftmost end of a bar to the rightmost."""
    ends = data["start"] + data["value"]
    return float(max(ends.max(), 0.0) - min(ends.min(), 0.0))


def _draw_side(ax: Axes, history: VesselHistory, data: pd.DataFrame, width: float) -> None:
    """Draw one side: a stacked bar for each belief, and where it ends."""
    beliefs = list(dict.fromkeys(data["belief"]))
    style.dress(ax)
    ax.axvline(0, color=style.GREY, lw=0.9, zorder=2.5)
    for part, (label, colour) in _LOOK.items():
        rows = data[data["part"] == part]
        shown = rows["value"].abs().max() > _VISIBLE * width
        ax.barh(
            [beliefs.index(belief) for belief in rows["belief"]], rows["value"],
            left=rows["start"], height=_THICK, color=colour, edgecolor=style.WHITE,
            lw=0.6, label=label if shown else f"_{label}", zorder=2,
        )  # fmt: skip
    _write_values(ax, data, beliefs, width)
    totals = data.drop_duplicates("belief")
    ax.plot(
        totals["change"], np.arange(len(beliefs)) + _BELOW, ls="none", marker="^", ms=6,
        mfc=style.INK, mec=style.INK, label="change: the sum of its parts", zorder=3,
    )  # fmt: skip
    ax.set_yticks(range(len(beliefs)), [textwrap.fill(belief, _WRAP) for belief in beliefs])
    ax.invert_yaxis()
    style.number_axes(ax.xaxis)
    ax.set_xlabel(f"change ({history.unit})")
    before, after = (_span(history, where) for where in history.compared)
    title = f"{data['unit'].iloc[0]} ({data['side'].iloc[0]}): what its change is made of"
    style.head(ax, title, [f"from {before} to {after}"])


def _write_values(ax: Axes, data: pd.DataFrame, beliefs: list[str], width: float) -> None:
    """Write the amount into every bar that has room for it."""
    for belief, part, value, start in zip(
        *(data[name] for name in ("belief", "part", "value", "start")), strict=True
    ):
        if abs(value) > _ROOM * width:
            ax.text(
                start + value / 2, beliefs.index(belief),
                style.write_number(float(f"{value:.3g}")), ha="center", va="center",
                fontsize=style.SMALLEST, color=style.WHITE if part == "flow" else style.INK,
                zorder=4,
            )  # fmt: skip


def _span(history: VesselHistory, where: tuple[int, ...]) -> str:
    """Return the periods in words: one, or the mean from the first to the last."""
    first, last = (history.calendar.labels[k] for k in (where[0], where[-1]))
    return first if first == last else f"the mean of {first} to {last}"
