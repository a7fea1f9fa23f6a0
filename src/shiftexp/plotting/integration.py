"""What two places hold to each other: a common factor, a price gap, a long-run relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.dynamics import Cointegration, CommonFactor, PriceGap
from shiftexp.dynamics.common_factor import STATED
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels, stacked
from shiftexp.plotting.time_axes import calendar_of, dot, time_axis, years_of
from shiftexp.scalars import plural
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT, _ALONE, _ROW, _PAIR = 1.9, 4.0, 0.34, 0.6  # inches: panels, a figure of one, rows
_COLOURS, _MARKS = (style.BLUE, style.VERMILION), ("o", "D")


def common_factor_data(found: CommonFactor) -> pd.DataFrame:
    """Return the shares of every place, and the pair's correlation beside the factor.

    Parameters
    ----------
    found : CommonFactor
        What was found.

    Returns
    -------
    DataFrame
        layer ("share", "correlation", "expected" or "critical"), place, value, low and high.
    """
    shares = pd.DataFrame(
        {"place": found.names, "value": found.shares, "low": found.low, "high": found.high}
    )
    pair = " and ".join(found.names[:2])
    numbers = {"correlation": found.correlation, "expected": found.expected,
               "critical": found.critical}  # fmt: skip
    rows = pd.DataFrame([(k, pair, v) for k, v in numbers.items()],
                        columns=["layer", "place", "value"])  # fmt: skip
    data = pd.concat([shares.assign(layer="share"), rows], ignore_index=True)
    return data[["layer", "place", "value", "low", "high"]]


def plot_common_factor(found: CommonFactor, ax: Given = None) -> np.ndarray:
    """Draw the factor's share of every place, and what the pair has in common beside it.

    Parameters
    ----------
    found : CommonFactor
        What was found.
    ax : two Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    array of Axes
        Shares, and the pair's correlation.
    """
    rows = len(found.names)
    with style.styled():
        axes = panels(ax, ["shares", "correlation"], lambda: stacked([_ROW * (1 + rows), _PAIR]))
        _draw_shares(axes[0], found)
        _draw_correlation(axes[1], found)
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _draw_shares(panel: Axes, found: CommonFactor) -> None:
    """Draw a row for each place."""
    style.dress(panel)
    places = np.arange(len(found.names))
    limits = f"{100 * found.level:g} % limits"
    for rows, colour, mark, label in (
        (slice(0, 1), _COLOURS[0], _MARKS[0], "origin"),
        (slice(1, 2), _COLOURS[1], _MARKS[1], "destination"),
        (slice(2, None), style.GREY, "s", "donor"),
    ):
        panel.plot(
            found.shares[rows], places[rows], ls="none", marker=mark, ms=6, color=colour,
            mec=style.WHITE, zorder=3, label=label,
        )  # fmt: skip
    panel.hlines(places, found.low, found.high, color=style.INK, lw=1.3, zorder=2, label=limits)
    panel.set_yticks(places, found.names)
    panel.set_ylim(len(places) - 0.4, -0.6)
    panel.set_xlim(-0.02, 1.02)
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    style.number_axes(panel.xaxis)
    panel.set_xlabel("share of the variance of changes of logs that is the factor's")
    said = f"one factor of {plural(len(places), 'place')}, {plural(found.periods, 'change')}"
    style.head(panel, "What all places have in common", [said])


def _draw_correlation(panel: Axes, found: CommonFactor) -> None:
    """Draw the pair's correlation beside the factor, and from where on the test rejects."""
    style.dress_row(panel)
    panel.axvline(0, color=style.GREY, lw=0.8, zorder=1)
    panel.axvspan(found.critical, 1, color=style.SKY, alpha=0.25, lw=0, zorder=0.5,
                  label="here the test finds more")  # fmt: skip
    panel.axvline(found.expected, color=style.GREEN, lw=1.6, ls="--", zorder=2,
                  label="expected of the factor alone")  # fmt: skip
    panel.plot([found.correlation], [0], ls="none", marker="P", ms=9, color=style.PURPLE,
               mec=style.WHITE, zorder=4, label="correlation beside the donors")  # fmt: skip
    panel.set_xlim(-1, 1)
    panel.set_xlabel("correlation of changes, the donors' main component held")
    test = f"p = {format_number(found.p_value, 2)} of no more; power {found.power:.2f} where what "
    said = [f"{test}the factor leaves is correlated by {STATED}"]
    if np.isfinite(found.p_rising):
        said.append(
            f"slope on the factor {_signed(found.before)} before the onset, {_signed(found.after)} "
            f"from it on (p of no rise {format_number(found.p_rising, 2)})"
        )
    pair = " and ".join(found.names[:2])
    style.head(panel, f"What {pair} have in common beside it", said)


def _signed(value: float) -> str:
    """Write a number with a true minus sign."""
    return format_number(value, 2).replace("-", "−")


def price_gap_data(found: PriceGap) -> pd.DataFrame:
    """Return the gap by period, its place before or after the onset, and the mean of its size.

    Parameters
    ----------
    found : PriceGap
        What was found.

    Returns
    -------
    DataFrame
        x, the period in years; gap; part ("before", "onset range" or "after"); size, the mean
        absolute gap of that part.
    """
    at = np.arange(len(found.labels))
    first, last = found.onsets
    part = np.where(at < first, "before", np.where(at < last, "onset range", "after"))
    size = pd.Series(part).map({"before": found.before, "after": found.after})
    return pd.DataFrame(
        {"x": years_of(found.labels), "gap": found.gap, "part": part, "size": size.astype(float)}
    )


def plot_price_gap(found: PriceGap, ax: Axes | None = None) -> Axes:
    """Draw the log gap of two prices over time, and its mean size before and after the onset.

    Parameters
    ----------
    found : PriceGap
        What was found.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    data = price_gap_data(found)
    o, d = found.names
    with style.styled():
        panel = style.new_figure(_ALONE).subplots() if ax is None else ax
        style.dress(panel)
        panel.axhline(0, color=style.GREY, lw=1.0, zorder=1, label="no gap")
        half = 0.5 / found.per_year
        _sizes(panel, data, half)
        panel.plot(
            data["x"], data["gap"], color=style.INK, lw=1.3, marker="o", ms=dot(len(data)),
            zorder=4, label="log gap",
        )  # fmt: skip
        _onset(panel, data, half)
        time_axis(panel, calendar_of(found.labels))
        style.number_axes(panel.yaxis)
        panel.set_ylabel("log price of the origin less\nthat of the destination")
        style.head(panel, f"Price gap of {o} and {d}", _closing(found))
        style.legend_below([panel], own_figure=ax is None)
    return panel


def _sizes(panel: Axes, data: pd.DataFrame, half: float) -> None:
    """Draw the mean absolute gaps, on the sides of zero where gaps are."""
    below, above = float(data["gap"].min() < 0), float(data["gap"].max() > 0)
    for name, colour, hatch in (("before", style.SKY, ""), ("after", style.ORANGE, "///")):
        rows = data[data["part"] == name]
        if len(rows):
            size = float(rows["size"].iloc[0])
            panel.fill_between(
                [rows["x"].min() - half, rows["x"].max() + half], -size * below, size * above,
                facecolor=colour, alpha=0.3, hatch=hatch, edgecolor=colour, lw=0, zorder=1.5,
                label=f"mean size {name} the onset",
            )  # fmt: skip


def _onset(panel: Axes, data: pd.DataFrame, half: float) -> None:
    """Mark the onset, or shade the range of its candidates."""
    tried = data.loc[data["part"] == "onset range", "x"]
    starts = data.loc[data["part"] == "after", "x"]
    if len(tried):
        panel.axvspan(
            tried.min() - half, tried.max() + half, color=style.VERMILION, alpha=0.16, lw=0,
            zorder=0.5, label="onset, its candidates",
        )  # fmt: skip
    elif 0 < len(starts) < len(data):
        panel.axvline(
            starts.iloc[0] - half, color=style.VERMILION, lw=1.4, ls="--", zorder=2, label="onset"
        )


def _closing(found: PriceGap) -> list[str]:
    """Say whether and how fast a gap closes."""
    numbers = [format_number(x, 2) for x in found.half_life]
    middle, low, high = (f"{n} year" if n == "1" else f"{n} years" for n in numbers)
    ended = np.isfinite(found.half_life)
    lasts = middle if ended[0] else "without end"
    limits = f"{low} to {high}" if ended[2] else f"{low} or more" if ended[1] else "without end"
    said = f"half-life of a deviation: {lasts} ({100 * found.level:g} % limits: {limits})"
    test = (
        f"p = {format_number(found.p_value, 2)} of a gap that never closes; power "
        f"{found.power:.2f} at a half-life of one year"
    )
    return [said, test]


def cointegration_data(found: Cointegration) -> pd.DataFrame:
    """Return both series and the deviation from their long-run relation.

    Parameters
    ----------
    found : Cointegration
        What was found.

    Returns
    -------
    DataFrame
        x, the period in years; origin, destination; deviation, O + beta D less its mean.
    """
    origin, destination = found.values
    return pd.DataFrame(
        {"x": years_of(found.labels), "origin": origin, "destination": destination,
         "deviation": found.deviations}
    )  # fmt: skip


def plot_cointegration(found: Cointegration, ax: Given = None) -> np.ndarray:
    """Draw both series, and how far they are from their long-run relation.

    Parameters
    ----------
    found : Cointegration
        What was found.
    ax : two Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    array of Axes
        Series, and deviations.
    """
    data, unit = cointegration_data(found), style.unit_on(found.unit, found.scale)
    o, d = found.names
    with style.styled():
        axes = panels(ax, ["series", "deviation"], lambda: stacked([_HEIGHT, _HEIGHT]))
        for k, side in enumerate(("origin", "destination")):
            axes[0].plot(
                data["x"], data[side], color=_COLOURS[k], lw=1.5, marker=_MARKS[k],
                ms=dot(len(data)), ls=("-", "--")[k], zorder=3, label=f"{found.names[k]} ({side})",
            )  # fmt: skip
        style.head(axes[0], f"{o} and {d}", [found.summary().partition("\n")[0]])
        axes[1].axhline(0, color=style.GREY, lw=1.0, zorder=1)
        axes[1].plot(data["x"], data["deviation"], color=style.PURPLE, lw=1.5, zorder=3,
                     marker="s", ms=dot(len(data)), label="deviation")  # fmt: skip
        style.head(axes[1], "Deviation from the long-run relation", _related(found))
        for panel in axes:
            style.dress(panel)
            style.number_axes(panel.yaxis)
            panel.set_ylabel(unit)
            time_axis(panel, calendar_of(found.labels))
        style.legend_below(axes, own_figure=ax is None)
    return np.array(axes, dtype=object)


def _related(found: Cointegration) -> list[str]:
    """Say which relation the deviations are from, and who takes them back, where there is one."""
    if found.relations != 1:
        return ["no such relation is found: its coefficient and its sign have no meaning"]
    beta, low, high = (_signed(v) for v in (found.beta, found.conf_low, found.conf_high))
    back = " and ".join(
        f"{name} {_signed(float(part))}"
        for name, part in zip(found.names, found.adjustment, strict=True)
    )
    relation = (
        f"{found.names[0]} + beta {found.names[1]} less its mean, beta = {beta} "
        f"({100 * found.level:g} % {low} to {high}): {found.sign}"
    )
    return [relation, f"taken back in a period: {back}"]
