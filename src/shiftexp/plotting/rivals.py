"""Weights of rival hypotheses under several criteria, a row for each hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.plotting import style
from shiftexp.rivals import RivalModels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS = {
    "AICc": (style.BLUE, "o"),
    "BIC": (style.ORANGE, "s"),
    "fractional Bayes": (style.GREEN, "^"),
    "sector Bayes": (style.VERMILION, "D"),
}
_APART = 0.17  # of a row, between the marks of two criteria


def rivals_data(found: RivalModels) -> pd.DataFrame:
    """Return what is drawn of rival hypotheses.

    Parameters
    ----------
    found : RivalModels
        Hypotheses on one likelihood.

    Returns
    -------
    DataFrame
        hypothesis, criterion, weight, weight_low and weight_high (over b, 2b and 3b, or over prior
        scales; the weight itself elsewhere); a row for each pair, NaN where a hypothesis is no
        sector.
    """
    ranges = {"fractional Bayes": found.bayes_weights, "sector Bayes": found.weights_of_sectors}
    rows = []
    for criterion, weight in found.weights.items():
        every = ranges.get(criterion, weight[None])
        for k, fit in enumerate(found.fits):
            low, high = float(every[:, k].min()), float(every[:, k].max())
            rows.append((fit.name, criterion, float(weight[k]), low, high))
    columns = ["hypothesis", "criterion", "weight", "weight_low", "weight_high"]
    return pd.DataFrame(rows, columns=columns)


def plot_rivals(found: RivalModels, ax: Axes | None = None) -> Axes:
    """Draw a row of marks for each hypothesis, one for each criterion.

    Parameters
    ----------
    found : RivalModels
        Hypotheses on one likelihood.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
        What was drawn on.
    """
    data = rivals_data(found)
    names = [fit.name for fit in found.fits]
    with style.styled():
        panel = style.new_figure(1.6 + 0.42 * len(names)).subplots() if ax is None else ax
        style.dress(panel)
        for k, (criterion, (colour, marker)) in enumerate(_LOOKS.items()):
            part = data[data["criterion"] == criterion]
            y = np.arange(len(names)) + (k - (len(_LOOKS) - 1) / 2) * _APART
            panel.hlines(
                y, part["weight_low"], part["weight_high"], color=colour, lw=1.8, zorder=2,
                label="_range",
            )  # fmt: skip
            panel.plot(
                part["weight"], y, ls="none", marker=marker, ms=5.5, mfc=colour, mec=style.WHITE,
                mew=0.6, zorder=3, label=criterion, clip_on=False,
            )  # fmt: skip
        for row in range(1, len(names)):
            panel.axhline(row - 0.5, color=style.PALE, lw=0.6, zorder=0, label="_row")
        panel.set_yticks(range(len(names)), names)
        panel.set_ylim(len(names) - 0.5, -0.5)
        panel.tick_params(axis="y", length=0, pad=9)
        panel.spines["left"].set_visible(False)
        panel.set_xlim(0, 1)
        panel.set_xlabel("weight among these hypotheses; sector Bayes among nine sectors")
        notes = [
            "lines: fractional Bayes at b to 3b; sector Bayes at half to twice its prior scale",
            "weights are no error rates, and no bound on a flow",
        ]
        style.head(panel, f"Rival hypotheses, {' and '.join(found.names)}", notes)
        style.legend_below([panel], own_figure=ax is None, columns=4)
    return panel
