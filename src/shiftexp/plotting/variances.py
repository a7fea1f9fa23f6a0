"""Standard deviations of walks and noise: masses before the data and after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.kernels.cases import Floats
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.vessel_history import VesselVariances

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEADROOM = 1.06
_LEAST_SHOWN = 0.002  # mass below which values lie beyond the axis
_TITLE_COLUMNS = 34
_A_ROW, _TOP, _ROW_HEIGHT = 3, 0.6, 2.6
_FEWEST_TICKS, _MOST_TICKS = 2, 3


def variances_data(found: VesselVariances) -> pd.DataFrame:
    """Return what is drawn of standard deviations.

    Parameters
    ----------
    found : VesselVariances
        Prior and posterior masses.

    Returns
    -------
    DataFrame
        spread ("own walk", "common walk", "noise" and whose), value, prior, posterior, unit.
    """
    return found.to_frame()


def plot_variances(found: VesselVariances, ax: Given = None) -> np.ndarray:
    """Draw prior and posterior masses of every standard deviation.

    Parameters
    ----------
    found : VesselVariances
        Prior and posterior masses.
    ax : one Axes for each, optional
        Where to draw own walks, common walk and noise; a new figure without it.

    Returns
    -------
    array of Axes
        One for each standard deviation.
    """
    data = variances_data(found)
    said = list(found.spreads)
    with style.styled():
        axes = panels(ax, said, lambda: _new_axes(len(said)))
        for panel, name in zip(axes, said, strict=True):
            _draw(panel, found, data[data["spread"] == name])
        if ax is None:
            _share(axes, found)
        style.legend_below(axes, own_figure=ax is None)
    return np.array(axes, dtype=object)


def _new_axes(count: int) -> list[Axes]:
    """Return so many Axes, three in a row."""
    rows = math.ceil(count / _A_ROW)
    figure = style.new_figure(_TOP + _ROW_HEIGHT * rows)
    axes = figure.subplots(rows, _A_ROW, sharey=True, squeeze=False).ravel()
    for spare in axes[count:]:
        spare.set_axis_off()
    return list(axes[:count])


def _draw(ax: Axes, found: VesselVariances, data: pd.DataFrame) -> None:
    """Draw one standard deviation on a log scale: the prior as an outline."""
    value, prior, posterior = (data[c].to_numpy() for c in ("value", "prior", "posterior"))
    edges = _edges(value)
    style.dress(ax)
    ax.set_xscale("log")
    ax.stairs(posterior, edges, fill=True, color=style.BLUE, alpha=0.45, label="posterior mass")
    ax.stairs(prior, edges, color=style.INK, lw=1.5, ls=(0, (4, 2)), label="prior mass", zorder=3)
    ax.set_ylim(0, _HEADROOM * max(prior.max(), posterior.max()))
    style.number_axes(ax.yaxis)
    held = np.flatnonzero(np.maximum(prior, posterior) > _LEAST_SHOWN)
    low, high = float(edges[held[0]]), float(edges[held[-1] + 1])
    ax.set_xlim(low, high)
    _number_log_axis(ax, low, high)
    name = data["spread"].iloc[0]
    ax.set_xlabel(f"standard deviation\n({found.unit})")
    ax.set_ylabel("mass of a value")
    style.head(ax, name, columns=_TITLE_COLUMNS)


def _share(axes: list[Axes], found: VesselVariances) -> None:
    """Give all one vertical axis, and say what the masses are of."""
    masses = found.to_frame()[["prior", "posterior"]].to_numpy()
    axes[0].set_ylim(0, _HEADROOM * masses.max())
    for at, panel in enumerate(axes):
        if at % _A_ROW:
            panel.set_ylabel("")
    axes[0].figure.suptitle(
        f"Standard deviations of a {found.period}'s step of the walks, and of its noise",
        x=0.012, ha="left", fontsize=style.TITLE, color=style.GREY,
    )  # fmt: skip


def _number_log_axis(ax: Axes, low: float, high: float) -> None:
    """Put numbers on a log axis at powers of ten, or at 1, 2 and 5 where these are few."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    tens, finer = (
        ticks[(ticks >= low) & (ticks <= high)]
        for ticks in (powers, (powers[:, None] * [1, 2, 5]).ravel())
    )
    ticks = tens if len(tens) >= _FEWEST_TICKS else finer
    step = math.ceil(len(ticks) / _MOST_TICKS) or 1
    ax.xaxis.set_major_locator(FixedLocator(ticks[::step].tolist()))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(style.write_number))


def _edges(value: Floats) -> Floats:
    """Return ends of cells around values, halfway between them on a log scale."""
    log = np.log(value)
    middle = (log[1:] + log[:-1]) / 2
    ends = np.concatenate([[2 * log[0] - middle[0]], middle, [2 * log[-1] - middle[-1]]])
    return np.asarray(np.exp(ends))
