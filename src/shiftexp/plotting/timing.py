"""Who came first: cross-correlations by lead, and what follows a shock on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.dynamics import (
    Granger,
    GrangerTest,
    LeadLag,
    LocalProjections,
    SignRestricted,
    TransferFunction,
)
from shiftexp.dynamics.timing import said_power
from shiftexp.kernels.cases import Floats
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels, stacked
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT, _LINE, _ACROSS, _AFTER = 3.2, 0.5, 44, 8
_LOGS = {"level": "", "log": " (logs)"}
_COLOURS = {"origin": style.BLUE, "destination": style.VERMILION}


def lead_lag_data(found: LeadLag) -> pd.DataFrame:
    """Return correlations with their limits by lead, and which were tested.

    Parameters
    ----------
    found : LeadLag
        What was found.
    """
    return found.to_frame()


def plot_lead_lag(found: LeadLag, ax: Axes | None = None) -> Axes:
    """Draw cross-correlations by how long the origin comes first.

    Parameters
    ----------
    found : LeadLag
        What was found.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    o, d = found.names
    with style.styled():
        panel = style.new_figure(_HEIGHT).subplots() if ax is None else ax
        style.dress(panel)
        panel.fill_between(
            *_steps(found), color=style.SKY, alpha=0.3, lw=0,
            label=f"{100 * found.level:g} % of series without a lead",
        )  # fmt: skip
        panel.axhline(0, color=style.GREY, lw=0.8)
        for z in (-found.band, found.band):
            panel.axhline(z, color=style.GREY, lw=0.8, ls=":", label="usual band")
        tested = np.isin(found.leads, found.lags)
        for chosen, colour, mark, label in (
            (~tested, style.INK, "o", "not tested"),
            (tested, style.VERMILION, "D", "tested"),
        ):
            at, r = found.leads[chosen], found.correlation[chosen]
            panel.vlines(at, 0, r, color=colour, lw=1.4, zorder=3)
            panel.plot(at, r, ls="none", marker=mark, ms=4.5, color=colour, zorder=4, label=label)
        style.number_axes(panel.xaxis, whole=True)
        style.number_axes(panel.yaxis)
        panel.set_xlabel(f"periods by which {o} leads {d}; below zero {d} leads")
        panel.set_ylabel("cross-correlation")
        said = f"one-sided p = {format_number(found.p_value, 2)} of no lead; "
        said += said_power(found.power, found.offset, found.lags[0])
        style.head(panel, f"What is new at {o} and, later, at {d}", [said])
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _steps(found: LeadLag) -> tuple[Floats, Floats, Floats]:
    """Return the edges of the limits, half a period to either side of every lead."""
    edges = np.stack([found.leads - 0.5, found.leads + 0.5], axis=1).ravel()
    return edges, np.repeat(found.low, 2), np.repeat(found.high, 2)


def projections_data(found: LocalProjections) -> pd.DataFrame:
    """Return responses and offset ratios with their limits by horizon.

    Parameters
    ----------
    found : LocalProjections
        What was found.
    """
    return found.to_frame()


def plot_projections(found: LocalProjections, ax: Given = None) -> np.ndarray:
    """Draw both responses, and the dynamic offset ratio where it has a meaning.

    Parameters
    ----------
    found : LocalProjections
        What was found.
    ax : two Axes, optional
        Where to draw; a new figure without it. One where there is no offset ratio.

    Returns
    -------
    array of Axes
        Responses, and offset ratios if there are any.
    """
    data = found.to_frame()
    meant = bool((data["offset_kind"] != "none").any())
    names = ["responses", "offset ratio"][: 1 + meant]
    with style.styled():
        axes = panels(ax, names, lambda: _row(len(names)))
        for side, name in zip(_COLOURS, found.names, strict=True):
            _band(axes[0], data, side, name)
        axes[0].set_ylabel("response to a shock of one")
        said = f"p = {format_number(found.p_value, 2)} of no response at {found.names[1]}"
        style.head(axes[0], "What follows a shock", [said], columns=_ACROSS)
        if meant:
            _ratios(axes[1], data, found.level)
        for panel in axes:
            _horizons(panel)
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _row(count: int) -> list[Axes]:
    """Return new Axes side by side."""
    figure = style.new_figure(_HEIGHT)
    return list(np.ravel(np.array(figure.subplots(1, count), dtype=object)))


def _horizons(panel: Axes) -> None:
    """Dress a panel with horizons below it."""
    from matplotlib.ticker import MaxNLocator

    style.dress(panel)
    style.number_axes(panel.yaxis)
    panel.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    panel.axhline(0, color=style.GREY, lw=0.8, zorder=1)
    panel.set_xlabel("periods after the shock")


def _band(panel: Axes, data: pd.DataFrame, side: str, name: str) -> None:
    """Draw one side's response with its limits."""
    colour, mark = _COLOURS[side], {"origin": "o", "destination": "D"}[side]
    panel.fill_between(
        data["horizon"], data[f"{side}_low"], data[f"{side}_high"], color=colour, alpha=0.15, lw=0
    )
    panel.plot(
        data["horizon"], data[side], color=colour, lw=1.6, marker=mark, ms=4, zorder=3,
        label=f"{name}, with limits",
    )  # fmt: skip


def _ratios(panel: Axes, data: pd.DataFrame, level: float) -> None:
    """Draw offset ratios; sets that are no intervals have no bar, and say so."""
    bounded = data["offset_kind"].eq("interval")
    kept = data[bounded]
    panel.vlines(
        kept["horizon"], kept["offset_low"], kept["offset_high"], color=style.PURPLE, lw=2,
        label=f"{100 * level:g} % set", zorder=2,
    )  # fmt: skip
    panel.plot(
        kept["horizon"], kept["offset_ratio"], ls="none", marker="s", ms=4.5, color=style.PURPLE,
        label="offset ratio", zorder=3,
    )  # fmt: skip
    panel.axhline(1, color=style.GREEN, lw=1, ls="--", label="all of it arrives", zorder=1)
    open_ended = ", ".join(map(str, data["horizon"][~bounded]))
    said = [f"no interval after {open_ended} periods"] if open_ended else []
    panel.set_xlim(-0.4, float(data["horizon"].max()) + 0.4)
    panel.set_ylabel("share that turns up")
    style.head(panel, "Dynamic offset ratio", said, columns=_ACROSS)


def sign_sets_data(found: SignRestricted) -> pd.DataFrame:
    """Return the ends of the set of responses by shock, horizon and series.

    Parameters
    ----------
    found : SignRestricted
        What was found.
    """
    return found.responses_frame()


def plot_sign_sets(found: SignRestricted, ax: Given = None) -> np.ndarray:
    """Draw the set of responses of every series to every named shock; no line within a set.

    Parameters
    ----------
    found : SignRestricted
        What was found.
    ax : one Axes for each shock, optional
        Where to draw; a new figure without it.

    Returns
    -------
    array of Axes
        One for each shock.
    """
    with style.styled():
        axes = panels(ax, found.shocks, lambda: _row(len(found.shocks)))
        for panel, shock, low, high in zip(axes, found.shocks, found.low, found.high, strict=True):
            _sets(panel, found.names, low, high)
            style.head(panel, shock, columns=_ACROSS)
            _horizons(panel)
        axes[0].set_ylabel("response to one standard deviation")
        style.legend_below(axes, own_figure=ax is None)
    return np.array(axes, dtype=object)


def _sets(panel: Axes, names: tuple[str, ...], low: Floats, high: Floats) -> None:
    """Draw the sets of one shock."""
    colours = (style.BLUE, style.VERMILION, style.GREEN)
    hatches = ("///", "\\\\\\", "...")
    for k, name in enumerate(names):
        panel.fill_between(
            np.arange(len(low)), low[:, k], high[:, k], facecolor=(*_rgb(colours[k]), 0.25),
            edgecolor=colours[k], hatch=hatches[k], lw=1.0, zorder=2 + k, label=f"{name}: the set",
        )  # fmt: skip


def _rgb(colour: str) -> tuple[float, float, float]:
    """Return a colour as numbers."""
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def granger_data(found: Granger) -> pd.DataFrame:
    """Return each direction's response, and where it lies in series without such a cause.

    Parameters
    ----------
    found : Granger
        What was found.
    """
    return found.to_frame()


def plot_granger(found: Granger, ax: Given = None) -> np.ndarray:
    """Draw the cumulated response of each direction, and where chance alone puts it.

    Parameters
    ----------
    found : Granger
        What was found.
    ax : two Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    array of Axes
        Origin before destination, and destination before origin.
    """
    with style.styled():
        axes = panels(ax, ["forward", "backward"], lambda: stacked([_LINE, _LINE]))
        power = said_power(found.power, found.offset, 1)
        _response(axes[0], found, found.forward, style.VERMILION, [power])
        _response(axes[1], found, found.backward, style.BLUE, [])
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _response(panel: Axes, found: Granger, test: GrangerTest, colour: str, more: list[str]) -> None:
    """Draw one direction."""
    style.dress_row(panel)
    panel.axvline(0, color=style.GREY, lw=1.0, zorder=1)
    panel.axvspan(
        test.without_low, test.without_high, color=style.SKY, alpha=0.3, lw=0, zorder=0.5,
        label=f"{100 * found.level:g} % of series without such a cause",
    )  # fmt: skip
    panel.plot(
        [test.response], [0], ls="none", marker="D", ms=7, color=colour, mec=style.WHITE, zorder=3,
        label=f"response of {test.effect}",
    )  # fmt: skip
    news = f"{test.effect}'s response over all lags to a unit of news"
    panel.set_xlabel(f"{news}{_LOGS[found.scale]}")
    said = (
        f"no such cause: p = {format_number(test.p_value, 2)} against any sign, "
        f"{format_number(test.p_negative, 2)} against a negative response"
    )
    style.head(panel, f"Does the past of {test.cause} foretell {test.effect}?", [said, *more])


def transfer_data(found: TransferFunction) -> pd.DataFrame:
    """Return what has arrived by period after a lasting change, and the gain with its limits.

    Parameters
    ----------
    found : TransferFunction
        What was found.

    Returns
    -------
    DataFrame
        layer ("arrived" or "gain"); periods after the change, infinite for the gain; estimate,
        and low and high of the gain.
    """
    periods = np.arange(found.lag + _AFTER + 1)
    path = pd.DataFrame({"periods": periods, "estimate": found.arrived(int(periods[-1]))})
    gain = found.gain
    end = {"layer": "gain", "periods": np.inf, "estimate": gain.estimate, "low": gain.low,
           "high": gain.high}  # fmt: skip
    data = pd.concat([path.assign(layer="arrived"), pd.DataFrame([end])], ignore_index=True)
    return data[["layer", "periods", "estimate", "low", "high"]]


def plot_transfer(found: TransferFunction, ax: Axes | None = None) -> Axes:
    """Draw what a lasting change at the origin does at the destination, and in the end.

    Parameters
    ----------
    found : TransferFunction
        What was found.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    data = transfer_data(found)
    path, last = data[data["layer"] == "arrived"], found.lag + _AFTER
    o, d = found.names
    with style.styled():
        panel = style.new_figure(_HEIGHT + 0.6).subplots() if ax is None else ax
        style.dress(panel)
        panel.axhline(0, color=style.GREY, lw=1.0, zorder=1)
        if found.is_share:
            panel.axhline(-1, color=style.GREEN, lw=1, ls="--", zorder=1,
                          label=f"all that leaves {o} arrives")  # fmt: skip
        panel.plot(path["periods"], path["estimate"], color=style.VERMILION, lw=1.6, marker="o",
                   ms=4, zorder=3, label=f"change at {d}, estimate")  # fmt: skip
        at, gain = last + 1.5, found.gain
        panel.vlines(at, gain.low, gain.high, color=style.PURPLE, lw=3, zorder=2,
                     label=f"gain, {100 * found.level:g} % limits")  # fmt: skip
        panel.plot([at], [gain.estimate], ls="none", marker="s", ms=7, color=style.PURPLE,
                   mec=style.WHITE, zorder=4, label="gain, in the end")  # fmt: skip
        step = 1 if last <= 12 else 2
        ticks = list(range(0, last + 1, step))
        panel.set_xlim(-0.5, at + 1)
        panel.set_xticks([*ticks, at], [*map(str, ticks), "in the end"])
        style.number_axes(panel.yaxis)
        panel.set_xlabel(f"periods after a lasting change of one at {o}{_LOGS[found.scale]}")
        panel.set_ylabel(f"change at {d}{_LOGS[found.scale]}")
        style.head(panel, f"What of a change at {o} is found at {d}", _told(found))
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _told(found: TransferFunction) -> list[str]:
    """Say what the test says, and what is left after a period."""
    delta, low, high = (
        format_number(v, 2) for v in (found.delta.estimate, found.delta.low, found.delta.high)
    )
    return [
        f"one-sided p = {format_number(found.p_value, 2)} of no gain",
        said_power(found.power, found.offset, found.lag),
        f"of what is still to come {delta} is left after a period ({low} to {high})",
    ]
