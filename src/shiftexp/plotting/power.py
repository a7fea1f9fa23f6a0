"""Power by size of the effect, and what a calibration found beside what was promised."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.plotting import style
from shiftexp.power import Calibration, Power

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 62  # of text above a panel whose rows have long names
_SPREAD = 2.0  # Monte Carlo standard deviations that the bars reach
_VERDICT_PARTS = (
    ("declared_rightly", "the true sector alone is left", style.GREEN, ""),
    ("several", "several left, the true one among them", style.SKY, ""),
    ("undecided", "all nine left: silence", style.PALE, ""),
    ("lost", "several left, the true one not", style.ORANGE, "//"),
    ("declared_wrongly", "another sector alone is left", style.VERMILION, "xx"),
)


def power_data(power: Power) -> pd.DataFrame:
    """Return what is drawn of a power curve: a row for each effect, with both ends of its bar."""
    data = power.to_frame()
    data["low"] = (data["power"] - _SPREAD * data["error"]).clip(lower=0)
    data["high"] = (data["power"] + _SPREAD * data["error"]).clip(upper=1)
    return data


def plot_power(power: Power, ax: Axes | None = None) -> Axes:
    """Draw power by size of the effect, the target, and the smallest effect that reaches it.

    Parameters
    ----------
    power : Power
        What :func:`shiftexp.power.power` returned.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    data = power_data(power)
    size, error = data["effect"].abs(), 1 - power.level
    with style.styled():
        panel = style.new_figure(3.6).subplots() if ax is None else ax
        style.dress(panel)
        panel.axhline(error, color=style.GREY, lw=1.0, ls=(0, (1, 2)), label="error allowed")
        panel.axhline(
            power.target, color=style.GREY, lw=1.0, ls=(0, (4, 3)), label="power aimed at"
        )
        panel.vlines(size, data["low"], data["high"], color=style.BLUE, lw=1.4, alpha=0.6)
        panel.plot(
            size, data["power"], color=style.BLUE, marker="o", ms=5, mec=style.WHITE, zorder=4,
            label="power (bars: two Monte Carlo errors)",
        )  # fmt: skip
        panel.set_ylim(0, 1.03)
        panel.set_xlim(left=0)
        if math.isfinite(power.mde):
            _mark_smallest(panel, power)
        style.number_axes(panel.xaxis)
        fall = "fall of the origin" if power.estimand == "origin" else f"effect: {power.estimand}"
        panel.set_xlabel(f"{fall} ({power.unit})")
        panel.set_ylabel("share of data sets found")
        style.head(panel, "How often an effect of each size is found", _power_notes(power))
        style.legend_below([panel], own_figure=ax is None)
    return panel


def _mark_smallest(panel: Axes, power: Power) -> None:
    """Mark the minimum detectable effect and write it beside the line."""
    panel.plot(
        [power.mde] * 2, [0, power.target], color=style.VERMILION, lw=1.4,
        label="smallest effect found often enough",
    )  # fmt: skip
    left = power.mde > np.mean(panel.get_xlim())
    size = style.write_number(float(f"{power.mde:.3g}"))
    most = "at most " if power.at_most else ""
    share = f"{100 * power.mde_share:.0f} % of the level before"
    panel.annotate(
        f"{most}{size}\n{share}",
        xy=(power.mde, 0.5 * power.target),
        xytext=(-6 if left else 6, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=style.SMALLEST,
        color=style.INK,
    )


def _power_notes(power: Power) -> list[str]:
    """Say what the curve rests on."""
    small = [r for r in power.rows if r.effect and r.power > 0]
    told = [f"{power.scenario}; {power.n:,} data sets for each effect"]
    if small and math.isfinite(small[0].type_m):
        told.append(
            f"at the smallest effect tried, estimates that are found are {small[0].type_m:.1f} "
            f"times too large, {100 * small[0].type_s:.0f} % with the wrong sign"
        )
    return told


def calibration_data(found: Calibration) -> pd.DataFrame:
    """Return what is drawn of a calibration: its rows, with the parts of a verdict's bar."""
    data = found.to_frame()
    if "kept" in data:
        data["several"] = (data["kept"] - data["declared_rightly"] - data["undecided"]).clip(0)
        data["lost"] = (1 - data["kept"] - data["declared_wrongly"]).clip(0)
    return data


def plot_calibration(found: Calibration, ax: Axes | None = None) -> Axes:
    """Draw how often a method rejects and covers, or what a verdict leaves.

    Parameters
    ----------
    found : Calibration
        What :func:`shiftexp.power.calibrate` returned.
    ax : Axes, optional
        Where to draw; a new figure without it.
    """
    data = calibration_data(found)
    verdict = "kept" in data
    with style.styled():
        panel = style.new_figure(1.9 + 0.36 * len(data)).subplots() if ax is None else ax
        style.dress(panel)
        draw: Callable[[Axes, pd.DataFrame, Calibration], None] = (
            _draw_verdicts if verdict else _draw_rates
        )
        draw(panel, data, found)
        panel.set_yticks(np.arange(len(data)), _row_names(data))
        panel.set_ylim(len(data) - 0.4, -0.6)
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0)
        panel.set_xlim(0, 1)
        panel.set_xlabel("share of data sets")
        title = (
            "What the verdict leaves where the truth is known"
            if verdict
            else ("What the method says where the truth is known")
        )
        notes = [found.method, f"{int(data['n'].iloc[0]):,} data sets a row"]
        style.head(panel, title, notes, columns=_COLUMNS)
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _draw_rates(panel: Axes, data: pd.DataFrame, found: Calibration) -> None:
    """Draw rejections and coverage as points with their Monte Carlo errors."""
    for at, label in (
        (1 - found.level, "promised: error and coverage"),
        (found.level, "_coverage"),
    ):
        panel.axvline(at, color=style.GREY, lw=1.0, ls=(0, (4, 3)), label=label)
    y = np.arange(len(data))
    size = (data["measure"] == "size").to_numpy()
    marks = (
        ("rejected", size, "size: no effect rejected where there is none", style.VERMILION, "o"),
        ("rejected", ~size, "power: no effect rejected where there is one", style.BLUE, "^"),
        ("covered", data["covered"].notna().to_numpy(), "coverage", style.GREEN, "s"),
    )
    for name, chosen, label, colour, marker in marks:
        if chosen.any():
            value, error = data[name][chosen], _SPREAD * data[f"{name}_error"][chosen]
            panel.hlines(y[chosen], value - error, value + error, color=colour, lw=1.4, alpha=0.6)
            panel.plot(
                value, y[chosen], ls="none", marker=marker, ms=6, color=colour, mec=style.WHITE,
                zorder=4, label=label,
            )  # fmt: skip
    silent = data["silent"].to_numpy()
    if silent.max() > 0:
        panel.plot(
            silent, y, ls="none", marker="x", ms=6, color=style.INK, label="silent or refused"
        )


def _draw_verdicts(panel: Axes, data: pd.DataFrame, _found: Calibration) -> None:
    """Draw what a verdict leaves as parts of a whole."""
    y, left = np.arange(len(data)), np.zeros(len(data))
    for name, label, colour, hatch in _VERDICT_PARTS:
        width = data[name].to_numpy()
        panel.barh(
            y, width, 0.62, left=left, color=colour, edgecolor=style.WHITE, hatch=hatch, label=label
        )
        left = left + width


def _row_names(data: pd.DataFrame) -> list[str]:
    """Return what each row is called: the scenario, and what was asked or is true."""
    import textwrap

    second = data["estimand"] if "estimand" in data else data["true_sector"]
    return [
        textwrap.fill(f"{scenario}: {what}".replace("_", " "), 44)
        for scenario, what in zip(data["scenario"], second, strict=True)
    ]
