"""What is left of an effect as trends may part by more, and where nothing is left for sure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem
from shiftexp.plotting import style
from shiftexp.sensitivity import TrendSensitivity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 56  # of text above a panel of half the page's width, marks of symbols included
_ALIKE = 2.0  # panels whose axes differ by less than this factor get the same one
_FAR = 2.0  # a breakdown value beyond so many times the largest limit stays off the axis
_POINT = 1e-9  # a set shorter than this share of the axis is drawn as a point
_TITLE = "What is left of the effect when trends part"
_SMOOTHNESS = "smoothness"
_PANELS = {
    _SMOOTHNESS: ("Smoothness", "M"),
    "relative magnitudes": ("Relative magnitudes", "M\u0304"),
}


def trends_data(found: TrendSensitivity) -> pd.DataFrame:
    """Return what is drawn of a sensitivity to trends: a row for each limit, with the breakdown."""
    data = found.to_frame()
    smooth = data["kind"] == _SMOOTHNESS
    data["breakdown"] = np.where(smooth, found.breakdown_smoothness, found.breakdown_relative)
    return data


def plot_trends(
    found: TrendSensitivity, ax: Axes | Sequence[Axes] | np.ndarray | None = None
) -> Axes | np.ndarray:
    """Draw plug-in sets and intervals by limit, smoothness beside relative magnitudes.

    Parameters
    ----------
    found : TrendSensitivity
        What :func:`shiftexp.sensitivity.trend_sensitivity` returned.
    ax : Axes or one Axes for each kind of limit, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes or array of Axes
        One for each kind of limit in the table.

    Raises
    ------
    DesignError
        When there are more or fewer axes than kinds of limits.
    """
    data = trends_data(found)
    kinds = [kind for kind in _PANELS if (data["kind"] == kind).any()]
    with style.styled():
        axes = _axes(ax, len(kinds))
        for panel, kind in zip(axes, kinds, strict=True):
            _draw_kind(panel, data[data["kind"] == kind], found)
        if ax is None:
            _finish(axes)
        style.legend_below(axes, own_figure=ax is None)
    return axes[0] if len(axes) == 1 else np.array(axes, dtype=object)


def _axes(ax: Axes | Sequence[Axes] | np.ndarray | None, count: int) -> list[Axes]:
    """Return one Axes for each kind of limit, new ones side by side when none are given."""
    if ax is None:
        grid = style.new_figure(3.9).subplots(1, count, squeeze=False)
        return [cast("Axes", panel) for panel in grid[0]]
    given = list(np.ravel(np.array(ax, dtype=object)))
    if len(given) != count:
        remedy = "give one for each, or ask for one kind with smoothness=[] or relative=[]"
        words = f"{len(given)} Axes for {count} kinds of limits"
        raise DesignError(Problem(words, "one Axes for each kind", remedy))
    return given


def _finish(axes: Sequence[Axes]) -> None:
    """Give a figure its title, and its panels one axis where their effects are of one size."""
    title = _TITLE
    if len(axes) > 1:
        ends = np.array([panel.get_ylim() for panel in axes])
        spans = ends[:, 1] - ends[:, 0]
        if spans.max() <= _ALIKE * spans.min():
            for panel in axes:
                panel.set_ylim(ends[:, 0].min(), ends[:, 1].max())
            axes[1].set_ylabel("")
        else:
            title += " (mind the two scales)"
    figure = axes[0].figure
    figure.suptitle(title, x=0.012, ha="left", fontsize=style.TITLE, color=style.GREY)


def _draw_kind(panel: Axes, data: pd.DataFrame, found: TrendSensitivity) -> None:
    """Draw one kind of limit."""
    name, symbol = _PANELS[data["kind"].iloc[0]]
    style.dress(panel)
    panel.axhline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), label="no effect", zorder=1)
    panel.axhline(
        found.estimate, color=style.GREEN, lw=1.2, ls=(0, (1, 1.5)),
        label="effect under parallel trends", zorder=1,
    )  # fmt: skip
    _draw_bars(panel, data, found.level)
    _draw_breakdown(panel, data, symbol)
    style.number_axes(panel.xaxis, panel.yaxis)
    unit = (found.unit or "units of the effect").replace("_", " ")
    panel.set_xlabel(_limit_words(data, symbol, unit))
    panel.set_ylabel(f"effect ({unit})")
    style.head(panel, name, [_breakdown_words(data, symbol)], columns=_COLUMNS)


def _draw_bars(panel: Axes, data: pd.DataFrame, level: float) -> None:
    """Draw the interval at each limit and, thicker within it, the plug-in set."""
    limit, low, high = (data[name].to_numpy() for name in ("limit", "plug_low", "plug_high"))
    point = high - low <= _POINT * max(np.ptp(data[["conf_low", "conf_high"]].to_numpy()), _POINT)
    panel.vlines(
        limit, data["conf_low"], data["conf_high"], color=style.BLUE, lw=2.0, zorder=3,
        label=f"{100 * level:g} % interval",
    )  # fmt: skip
    panel.vlines(
        limit, low, high, color=style.SKY, lw=7.0, zorder=2,
        label="effects possible if the coefficients were exact",
    )  # fmt: skip
    panel.plot(
        limit[point], low[point], ls="none", marker="D", ms=6, color=style.SKY, mec=style.WHITE,
        zorder=4, label="_a single effect possible",
    )  # fmt: skip


def _draw_breakdown(panel: Axes, data: pd.DataFrame, symbol: str) -> None:
    """Mark the limit from which on the interval holds no effect, where it is near enough."""
    at, most = float(data["breakdown"].iloc[0]), float(data["limit"].max())
    shown = _on_axis(at, most)
    end = max(most, at) if shown else most
    panel.set_xlim(-0.06 * end if end else -0.5, 1.08 * end if end else 0.5)
    if not shown:
        return
    panel.axvline(at, color=style.VERMILION, lw=1.4, zorder=1.5, label="breakdown value")
    left = at > np.mean(panel.get_xlim())
    panel.annotate(
        f"{symbol} = {_short(at)}",
        xy=(at, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        fontsize=style.SMALLEST,
        color=style.VERMILION,
    )


def _limit_words(data: pd.DataFrame, symbol: str, unit: str) -> str:
    """Return what the limit means, in its unit."""
    if data["kind"].iloc[0] == _SMOOTHNESS:
        return f"largest change of slope from one period\nto the next, {symbol} ({unit})"
    return f"largest step after the onset over the\nlargest step before it, {symbol} (ratio)"


def _on_axis(at: float, most: float) -> bool:
    """Tell whether a breakdown value is near enough to the limits to be drawn."""
    return 0 < at <= _FAR * most


def _breakdown_words(data: pd.DataFrame, symbol: str) -> str:
    """Say from where on the interval holds zero."""
    at = float(data["breakdown"].iloc[0])
    if at <= 0:
        return f"the interval reaches 0 already at {symbol} = 0"
    if math.isinf(at):
        return "the interval reaches 0 at no limit looked at"
    off = "" if _on_axis(at, float(data["limit"].max())) else " (off the axis)"
    return f"the interval reaches 0 from {symbol} = {_short(at)} on{off}"


def _short(value: float) -> str:
    """Write a number with three digits."""
    return style.write_number(float(f"{value:.3g}"))
