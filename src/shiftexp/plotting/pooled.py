"""Several indicators and what they have in common, as one forest for each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.pooling import Pooled
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIDES = ("origin", "destination")
_ABOVE, _TOP, _A_ROW = 0.14, 2.0, 0.42
_COLUMNS = 40
_KINDS = {
    "alone": ("alone", style.SKY, "s"),
    "among the others": ("among the others", style.BLUE, "o"),
    "in common": ("in common", style.VERMILION, "D"),
    "prediction": ("one more {noun} would show", style.GREY, "D"),
}


def pooled_data(found: Pooled) -> pd.DataFrame:
    """Return what is drawn of pooled indicators.

    Parameters
    ----------
    found : Pooled
        Several indicators.

    Returns
    -------
    DataFrame
        indicator, kind, side, estimate, conf_low, conf_high, weight, unit.
    """
    return found.to_frame()


def plot_pooled(found: Pooled, ax: Given = None) -> np.ndarray:
    """Draw every indicator alone and among the others, what is in common, and a prediction.

    Parameters
    ----------
    found : Pooled
        Several indicators.
    ax : two Axes, optional
        Where to draw origin and destination; a new figure without it.

    Returns
    -------
    array of Axes
        Origin and destination.
    """
    data = pooled_data(found)
    rows = list(dict.fromkeys(data["indicator"]))
    with style.styled():
        axes = panels(ax, list(_SIDES), lambda: _new_axes(len(rows)))
        for panel, side in zip(axes, _SIDES, strict=True):
            _draw(panel, data[data["side"] == side], rows, found.noun)
            panel.set_xlabel(data["unit"].iloc[0])
            style.head(panel, f"Effect at the {side}", columns=_COLUMNS)
        if ax is None:
            axes[0].figure.suptitle(
                _words(found), x=0.012, ha="left", fontsize=style.SMALLEST, color=style.GREY
            )
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _new_axes(rows: int) -> list[Axes]:
    """Return two Axes side by side that share their rows."""
    return list(style.new_figure(_TOP + _A_ROW * rows).subplots(1, 2, sharey=True))


def _draw(ax: Axes, data: pd.DataFrame, rows: list[str], noun: str) -> None:
    """Draw one side."""
    style.dress(ax)
    ax.axvline(0, color=style.GREY, lw=0.9, label="_no change", zorder=1)
    for kind, (label, color, marker) in _KINDS.items():
        part = data[data["kind"] == kind]
        at = part["indicator"].map(rows.index).to_numpy(float)
        at = at + {"alone": -_ABOVE, "among the others": _ABOVE}.get(kind, 0.0)
        ax.hlines(at, part["conf_low"], part["conf_high"], color=color, lw=1.8, zorder=2)
        ax.plot(
            part["estimate"], at, ls="none", marker=marker, ms=5.5, color=color,
            label=label.format(noun=noun), zorder=3,
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), rows)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.margins(x=0.04)
    style.number_axes(ax.xaxis)


def _words(found: Pooled) -> str:
    """Say how far indicators differ."""
    median, low, high = (format_number(value) for value in found.heterogeneity)
    return (
        f"{100 * found.level:g} % intervals, detection drift integrated; between {found.noun}s sd "
        f"{median} ({low} to {high})"
    )
