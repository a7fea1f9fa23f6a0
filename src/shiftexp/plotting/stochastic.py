"""A flow without a known push: its path, and its share of the innovations before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.plotting.time_axes import time_axis
from shiftexp.variable_flow import StochasticFlow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BARS, _HEADROOM = 20, 1.06
_NAMES = ("flow", "share")


def stochastic_data(found: StochasticFlow) -> pd.DataFrame:
    """Return what is drawn of a flow without a known push.

    Parameters
    ----------
    found : StochasticFlow
        The flow.

    Returns
    -------
    DataFrame
        layer ("flow" or "share"); x, the time in years or the middle of a part of the share's
        range; for the flow mean, low and high, for the share prior and posterior mass of the part.
    """
    calendar, flow = found.calendar, found.parts["flow"]
    time = (calendar.first + np.arange(calendar.size)) / calendar.per_year
    masses = found.masses.reshape(2, _BARS, -1).sum(axis=2)
    middles = (np.arange(_BARS) + 0.5) / _BARS
    path = {"x": time, "mean": flow.mean, "low": flow.low, "high": flow.high}
    share = {"x": middles, "prior": masses[0], "posterior": masses[1]}
    frames = (pd.DataFrame({"layer": n} | v) for n, v in zip(_NAMES, (path, share), strict=True))
    return pd.concat(frames, ignore_index=True)


def plot_stochastic(found: StochasticFlow, ax: Given = None) -> np.ndarray:
    """Draw the path of a flow without a known push, and what is known of its share.

    Parameters
    ----------
    found : StochasticFlow
        The flow.
    ax : two Axes, optional
        Where to draw path and share; a new figure without it.

    Returns
    -------
    array of Axes
        Those of the path and of the share.
    """
    data = stochastic_data(found)
    with style.styled():
        axes = panels(ax, _NAMES, _new_axes)
        _draw_path(axes[0], found, data[data["layer"] == "flow"])
        _draw_share(axes[1], found, data[data["layer"] == "share"])
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _new_axes() -> list[Axes]:
    """Return two Axes side by side, that of the path the wider."""
    return list(style.new_figure(3.9).subplots(1, 2, width_ratios=(1.5, 1)))


def _draw_path(ax: Axes, found: StochasticFlow, data: pd.DataFrame) -> None:
    """Draw the flow of each period with its limits."""
    x, percent = data["x"], f"{100 * found.level:g} % limits"
    style.dress(ax)
    ax.axhline(0, color=style.GREY, lw=0.9, zorder=1)
    ax.fill_between(x, data["low"], data["high"], color=style.BLUE, alpha=0.18, lw=0, label=percent)
    ax.plot(x, data["mean"], color=style.BLUE, lw=1.7, label="flow beside a constant one", zorder=3)
    style.number_axes(ax.yaxis)
    time_axis(ax, found.calendar, most=6)
    ax.set_ylabel(f"left in a {found.calendar.frequency}\n({found.unit})")
    test = "found" if found.found else "not found"
    notes = [
        f"a flow that varies is {test}: p = {found.p_value:.2g}",
        f"power at a share of two thirds: {found.power:.0%}",
    ]
    style.head(ax, f"Flow from {found.names[0]} to {found.names[1]}", notes, columns=58)


def _draw_share(ax: Axes, found: StochasticFlow, data: pd.DataFrame) -> None:
    """Draw prior and posterior masses of the share."""
    edges, share = np.linspace(0, 1, _BARS + 1), found.share
    prior, posterior = data["prior"].to_numpy(), data["posterior"].to_numpy()
    style.dress(ax)
    ax.stairs(posterior, edges, fill=True, color=style.BLUE, alpha=0.45, label="posterior mass")
    ax.stairs(prior, edges, color=style.INK, lw=1.5, ls=(0, (4, 2)), label="prior mass", zorder=3)
    ax.set_ylim(0, _HEADROOM * max(prior.max(), posterior.max()))
    ax.set_xlim(0, 1)
    style.number_axes(ax.yaxis)
    ax.set_xlabel("share of the destination's\ninnovations")
    ax.set_ylabel(f"mass of a step of {1 / _BARS:g}")
    notes = [
        f"median {share.median:.0%}, {share.low:.0%} to {share.high:.0%}",
        f"before the data {found.prior.median:.0%}",
    ]
    style.head(ax, "Share of the flow", notes, columns=40)
