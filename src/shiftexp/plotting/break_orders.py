"""Two series that break once each: dates with limits, and the periods between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.dynamics import BreakOrder, SideBreak
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels, stacked
from shiftexp.plotting.time_axes import calendar_of, dot, time_axis, years_of
from shiftexp.scalars import plural
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT, _GAP = 1.9, 0.6  # inches: a panel of a series, and that of the gap
_COLOURS, _ROLES = (style.BLUE, style.VERMILION), ("origin", "destination")


def break_order_data(found: BreakOrder) -> pd.DataFrame:
    """Return what is drawn of two breaks.

    Parameters
    ----------
    found : BreakOrder
        What was found.

    Returns
    -------
    DataFrame
        side; layer ("series", "break" or "gap"); x, the period or the first period after a break
        in years, or the gap in periods; value and fitted of a series; low and high, limits of a
        date or of the gap.
    """
    years = years_of(found.labels)
    at = dict(zip(found.labels, years, strict=True))
    sides = (found.origin, found.destination)
    layers = [
        pd.DataFrame({"side": each.name, "layer": "series", "x": years, "value": v, "fitted": f})
        for each, v, f in zip(sides, found.values, found.fitted, strict=True)
    ]
    rows = [(each.name, "break", at[each.period], at[each.low], at[each.high]) for each in sides]
    rows.append(("", "gap", float(found.gap), float(found.conf_low), float(found.conf_high)))
    layers.append(pd.DataFrame(rows, columns=["side", "layer", "x", "low", "high"]))
    data = pd.concat(layers, ignore_index=True)
    return data.reindex(columns=["side", "layer", "x", "value", "fitted", "low", "high"])


def plot_break_order(found: BreakOrder, ax: Given = None) -> np.ndarray:
    """Draw both series with their broken lines and limits of their dates, and the gap below.

    Parameters
    ----------
    found : BreakOrder
        What was found.
    ax : three Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    array of Axes
        Origin, destination, and the periods between their breaks.
    """
    data = break_order_data(found)
    with style.styled():
        axes = panels(ax, [*_ROLES, "gap"], lambda: stacked([_HEIGHT, _HEIGHT, _GAP]))
        sides = (found.origin, found.destination)
        for k, (panel, each) in enumerate(zip(axes, sides, strict=False)):
            _draw_break(panel, data, each, k, found.level)
            panel.set_ylabel(style.unit_on(found.unit, found.scale))
            role = _ROLES[k]
            style.head(panel, f"{each.name} ({role})", [_dated(each, found.level)])
        _draw_gap(axes[2], found)
        style.legend_below(axes, own_figure=ax is None)
    return np.array(axes, dtype=object)


def _draw_break(panel: Axes, data: pd.DataFrame, each: SideBreak, side: int, level: float) -> None:
    """Draw one side, its broken line and the limits of its date."""
    mine = data[data["side"] == each.name]
    line, (date,) = (
        mine[mine["layer"] == "series"],
        mine[mine["layer"] == "break"].to_dict("records"),
    )
    style.dress(panel)
    half = 0.5 / calendar_of([each.period]).per_year
    panel.axvspan(
        float(date["low"]) - half, float(date["high"]) + half, color=style.SKY, alpha=0.25, lw=0,
        zorder=1, label=f"{100 * level:g} % limits of the date",
    )  # fmt: skip
    panel.axvline(
        float(date["x"]), color=style.GREY, lw=1.2, ls="--", zorder=2,
        label="first period after the break",
    )  # fmt: skip
    panel.plot(
        line["x"], line["value"], color=style.INK, lw=0.8, marker="o", ms=dot(len(line)),
        zorder=3, label="observed, seasons taken out",
    )  # fmt: skip
    for part in (line[line["x"] < date["x"]], line[line["x"] >= date["x"]]):
        panel.plot(
            part["x"], part["fitted"], color=_COLOURS[side], lw=2.2, zorder=4,
            label=f"line of the {_ROLES[side]}",
        )  # fmt: skip
    time_axis(panel, calendar_of([each.period]))
    style.number_axes(panel.yaxis)


def _dated(each: SideBreak, level: float) -> str:
    """Say when a side breaks."""
    p = format_number(each.p_value, 2)
    return (
        f"breaks in {each.period} ({100 * level:g} % limits {each.low} to {each.high}) by "
        f"{style.write_number(float(f'{each.jump:.3g}'))}; sup-F p = {p}"
    )


def _draw_gap(panel: Axes, found: BreakOrder) -> None:
    """Draw the periods between both breaks."""
    from matplotlib.ticker import MaxNLocator

    style.dress_row(panel)
    panel.axvline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), zorder=1)
    panel.hlines(0, found.conf_low, found.conf_high, color=style.PURPLE, lw=3, zorder=2,
                 label=f"{100 * found.level:g} % limits of the gap")  # fmt: skip
    panel.plot([found.gap], [0], ls="none", marker="s", ms=7, color=style.PURPLE,
               mec=style.WHITE, zorder=3, label="periods between the breaks")  # fmt: skip
    reach = 1 + max(abs(found.conf_low), abs(found.conf_high), 4)
    panel.set_xlim(-reach, reach)
    panel.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
    panel.set_xlabel("periods from the origin's break to the destination's (below 0: it was first)")
    limits = f"{100 * found.level:g} % limits {found.conf_low} to {found.conf_high}"
    gap = f"{plural(found.gap, 'period')} ({limits})".replace("-", "−")
    test = (
        f"p = {format_number(found.p_value, 2)} of no later break at {found.destination.name}; "
        f"power {found.power:.2f} were it {plural(found.later, 'period')} later"
    )
    style.head(panel, "Periods between the breaks", [gap, test])
