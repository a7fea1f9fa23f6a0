"""Draws a whole specification curve: every estimate with its interval, and its choices below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem
from shiftexp.plotting import style
from shiftexp.robustness import SpecificationCurve
from shiftexp.scalars import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.19  # inches: a line of the matrix of choices
_CURVE, _AROUND, _GAP = 2.9, 1.9, 0.7  # inches: the curve, what stands around it, axis names
_BEYOND = 1.5  # of the range of the estimates: intervals that reach further are cut, and counted
_WIDE, _LETTERS = 54, 60  # letters of a choice, and of a note above the curve
_ESTIMANDS = {
    "net": "net expansion",
    "destination": "effect at the destination",
    "origin": "effect at the origin",
    "offset_ratio": "offset ratio",
}


def curve_data(found: SpecificationCurve, *, estimand: str = "net") -> pd.DataFrame:
    """Return all specifications, those that answer by estimate, then those without one.

    Parameters
    ----------
    found : SpecificationCurve
        The curve.
    estimand : str, default "net"
        "net", "destination", "origin" or "offset_ratio".

    Returns
    -------
    DataFrame
        Place on the curve, number, choices, estimate, interval, p and refusal.

    Raises
    ------
    DesignError
        When there is no such estimand.
    """
    values = found.values(estimand)
    choices = pd.DataFrame([row.specification.choices for row in found.rows])
    frame = pd.concat([choices, values], axis=1)
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    frame["refused"] = [row.refusal for row in found.rows]
    frame = frame.sort_values("estimate", kind="stable", na_position="last", ignore_index=True)
    frame.insert(0, "place", np.arange(1, len(frame) + 1))
    return frame


def plot_curve(
    found: SpecificationCurve, ax: Axes | None = None, *, estimand: str = "net"
) -> np.ndarray:
    """Draw every estimate with its interval, sorted, and below each its choices.

    Parameters
    ----------
    found : SpecificationCurve
        The curve.
    ax : None
        The drawing has two parts, so it makes its own figure.
    estimand : str, default "net"
        "net", "destination", "origin" or "offset_ratio".

    Returns
    -------
    array of Axes
        The curve and the choices.

    Raises
    ------
    DesignError
        When axes are given, or there is no such estimand.
    """
    if ax is not None:
        problem = Problem("ax with a specification curve", "a figure of its own", "leave ax out")
        raise DesignError(problem)
    data = curve_data(found, estimand=estimand)
    lines = _lines(data)
    below = _ROW * len(lines)
    with style.styled():
        figure = style.new_figure(_CURVE + below + _GAP + _AROUND)
        upper, lower = figure.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": [_CURVE, below + 0.2]}
        )
        notes = _draw_curve(upper, data, found, estimand)
        models = {row.specification.errors: row.specification.model for row in found.rows}
        _draw_choices(lower, data, lines, models)
        upper.set_xlim(0.2, len(data) + 0.8)
        style.head(upper, f"Specification curve: {_ESTIMANDS[estimand]}", notes, columns=_LETTERS)
        style.legend_below([upper, lower], own_figure=True)
    return np.array([upper, lower])


def _draw_curve(
    ax: Axes, data: pd.DataFrame, found: SpecificationCurve, estimand: str
) -> list[str]:
    """Draw estimates and intervals, and return what the figure must say."""
    style.dress(ax)
    ax.axhline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), zorder=1, label="_no change")
    known = data[data["estimate"].notna()]
    notes = [_counted(data, known)]
    if len(known):
        low, high = _ends(known)
        notes += _draw_intervals(ax, known, low, high, _level_words(found))
        small = known["p_value"].le(0.05)
        for chosen, fill, label in (
            (known[~small], style.WHITE, "estimate"),
            (known[small], style.BLUE, "estimate with p at most .05"),
        ):
            if len(chosen):
                ax.plot(
                    chosen["place"], chosen["estimate"], ls="none", marker="o", ms=5, mfc=fill,
                    mec=style.BLUE, mew=1.0, zorder=4, label=label,
                )  # fmt: skip
        ax.axhline(
            found.median(estimand), color=style.VERMILION, lw=1.2, zorder=2, label="median of all"
        )
        ax.set_ylim(low, high)
    style.number_axes(ax.yaxis)
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel(f"{_ESTIMANDS[estimand]}\n({found.unit_of(estimand)})")
    return notes


def _counted(data: pd.DataFrame, known: pd.DataFrame) -> str:
    """Say how many specifications there are, and how many say nothing."""
    refused = int((data["refused"] != "").sum())
    silent = len(data) - len(known) - refused
    said = f"{plural(len(data), 'specification')} declared; {len(known)} have an estimate"
    said += f", {refused} refuse" if refused else ", none refuses"
    said += f", {silent} do not yield it" if silent else ""
    return f"{said}. Sorted by estimate; neither end is the answer."


def _ends(known: pd.DataFrame) -> tuple[float, float]:
    """Return ends of the axis that hold zero, every estimate and what is not far beyond them."""
    low, high = min(0.0, known["estimate"].min()), max(0.0, known["estimate"].max())
    room = _BEYOND * (high - low)
    bottom = max(min(low, known["conf_low"].min(skipna=True)), low - room)
    top = min(max(high, known["conf_high"].max(skipna=True)), high + room)
    bottom, top = (low if np.isnan(bottom) else bottom), (high if np.isnan(top) else top)
    edge = 0.06 * (top - bottom) or 1.0
    return bottom - edge, top + edge


def _level_words(found: SpecificationCurve) -> str:
    """Name the intervals with the levels that the models were asked for."""
    given = (getattr(row.specification.estimator, "level", None) for row in found.answered)
    inner = (getattr(row.specification.estimator, "model", None) for row in found.answered)
    known = {level for level in (*given, *(getattr(m, "level", None) for m in inner)) if level}
    told = " or ".join(f"{100 * level:g}" for level in sorted(known))
    return f"{told} % interval" if told else "interval"


def _draw_intervals(ax: Axes, known: pd.DataFrame, low: float, high: float, name: str) -> list[str]:
    """Draw the intervals, arrows where they run off the axis, and return what to say of them."""
    told = known[known["conf_low"].notna() & known["conf_high"].notna()]
    ax.vlines(
        told["place"], told["conf_low"].clip(low, high), told["conf_high"].clip(low, high),
        color=style.GREY, lw=1.1, zorder=3, label=name,
    )  # fmt: skip
    notes = []
    off = (told["conf_low"] < low) | (told["conf_high"] > high)
    for beyond, at, marker in (
        (told["conf_low"] < low, low, "v"),
        (told["conf_high"] > high, high, "^"),
    ):
        if beyond.any():  # an empty line that is not clipped takes all room from the drawing
            ax.plot(
                told.loc[beyond, "place"], np.full(int(beyond.sum()), at), ls="none", ms=4,
                marker=marker, color=style.GREY, clip_on=False, zorder=3, label="_off",
            )  # fmt: skip
    if many := int(off.sum()):
        run = "runs" if many == 1 else "run"
        notes.append(f"▲▼ {plural(many, 'interval')} {run} off the axis.")
    without = len(known) - len(told)
    if without:
        notes.append(
            f"{plural(without, 'estimate')} without an interval: none is told, or it has no ends."
        )
    return notes


def _lines(data: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the choices that vary, axis by axis, as (axis, choice)."""
    axes = ["indicator", "window", "onset", "donors", "effort", "errors", "scale", "outliers"]
    return [
        (axis, choice)
        for axis in axes
        if len(set(data[axis])) > 1
        for choice in dict.fromkeys(data.sort_values("number")[axis])
    ]


def _draw_choices(
    ax: Axes, data: pd.DataFrame, lines: list[tuple[str, str]], models: dict[str, str]
) -> None:
    """Draw a mark for the choice of every specification on every axis that varies.

    The column ``errors`` holds whole models: they are named as such.
    """
    style.dress(ax)
    refused = data["refused"] != ""
    for row, (axis, choice) in enumerate(lines):
        if list(dict.fromkeys(a for a, _ in lines)).index(axis) % 2 == 0:
            ax.axhspan(row - 0.5, row + 0.5, color=style.FAINT, lw=0, zorder=0, label="_band")
        chosen = data[axis] == choice
        for which, marker, label in ((~refused, "|", "chosen"), (refused, "x", "chosen, refused")):
            at = data.loc[chosen & which, "place"]
            if len(at):
                ax.plot(
                    at, np.full(len(at), row), ls="none", marker=marker, ms=5.5, mew=1.3,
                    color=style.INK if marker == "|" else style.VERMILION, label=label, zorder=3,
                )  # fmt: skip
    names = [
        f"model: {models[choice]}" if axis == "errors" else f"{axis}: {choice}"
        for axis, choice in lines
    ]
    short = [n if len(n) <= _WIDE else f"{n[: _WIDE - 1]}…" for n in names]
    ax.set_yticks(range(len(lines)), short, fontsize=style.SMALLEST)
    ax.set_ylim(len(lines) - 0.5 if lines else 0.5, -0.5)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    ax.set_xlabel("specifications, by estimate; those without one last")
    ax.set_xticks([])
