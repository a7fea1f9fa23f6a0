"""Weights of the nine sectors as bars, with what narrower and wider priors make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from shiftexp.plotting import style
from shiftexp.sector_weights import LEAST_MASS, SectorWeights

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def sector_weights_data(found: SectorWeights) -> pd.DataFrame:
    """Return what is drawn of sector weights.

    Parameters
    ----------
    found : SectorWeights
        What a posterior says of the sectors.

    Returns
    -------
    DataFrame
        sector, weight, weight_low and weight_high (over the three priors), kept; in the order of
        ``sectors``.
    """
    frame = found.to_frame()
    every = frame.filter(regex="^weight")
    return frame[["sector", "weight"]].assign(
        weight_low=every.min(axis=1), weight_high=every.max(axis=1), kept=frame["kept"]
    )


def plot_sector_weights(found: SectorWeights, ax: Axes | None = None) -> Axes:
    """Draw a bar for each sector, those that are left in colour.

    Parameters
    ----------
    found : SectorWeights
        What a posterior says of the sectors.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
        What was drawn on.
    """
    data = sector_weights_data(found)
    with style.styled():
        panel = style.new_figure(3.8).subplots() if ax is None else ax
        style.dress(panel)
        for kept, color, label in (
            (True, style.BLUE, f"left: together at least {found.level:g}"),
            (False, style.GREY, "not left"),
        ):
            part = data[data["kept"] == kept]
            panel.barh(part.index, part["weight"], height=0.6, color=color, label=label, zorder=2)
        panel.hlines(
            data.index, data["weight_low"], data["weight_high"], color=style.INK, lw=1.6, zorder=3,
            label="with a prior half or twice as wide",
        )  # fmt: skip
        panel.axvline(
            found.threshold, color=style.VERMILION, lw=1.2, ls=(0, (3, 2)), zorder=1,
            label=f"declared from {found.threshold:g} on, with a mass of {LEAST_MASS:g}",
        )  # fmt: skip
        panel.set_yticks(data.index, data["sector"])
        panel.invert_yaxis()
        panel.set_xlim(0, 1)
        panel.set_xlabel("weight: posterior over prior mass, summing to one")
        style.head(panel, "Which sectors are left", [_declared_words(found)])
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _declared_words(found: SectorWeights) -> str:
    """Say what is declared, and what is integrated."""
    said = f"declared: {found.declared}" if found.declared else "no sector is declared"
    return f"{said}; detection drift {found.drift:.3g}"
