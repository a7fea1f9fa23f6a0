"""Series with the broken lines through them: where breaks are dated, and how surely."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.description import Description, StructuralBreaks
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.plotting import style
from shiftexp.plotting.panels import Given, panels
from shiftexp.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS, _HEIGHT, _ROOM = 2, 2.2, 1.0
_MOST = 6  # panels that a page takes when none are named
_ACROSS, _WHOLE = 44, 92  # letters of a line above one of two panels side by side, and above one


def description_data(
    found: Description | StructuralBreaks, *, series: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return what is drawn of series and their breaks.

    Parameters
    ----------
    found : Description or StructuralBreaks
        What was described.
    series : str or sequence of str, optional
        These series alone; without it the first six that have breaks tested.

    Returns
    -------
    DataFrame
        series; layer ("series" or "break"); x, the period or the first period after a break, in
        years; value and fitted of a series; low and high, the limits of a break's date; jump.

    Raises
    ------
    DesignError
        When a series is unknown, or none has its breaks tested.
    """
    return pd.concat(map(_data, _chosen(found, series)), ignore_index=True)


def _data(breaks: StructuralBreaks) -> pd.DataFrame:
    """Return what is drawn of one series."""
    series = breaks.series
    line = pd.DataFrame({"x": series.years, "value": series.values, "fitted": breaks.fitted})
    year = dict(zip(series.labels, series.years, strict=True))
    dates = pd.DataFrame(
        [(year[d.period], year[d.low], year[d.high], d.jump) for d in breaks.dates],
        columns=["x", "low", "high", "jump"],
    )
    layers = [line.assign(layer="series"), dates.assign(layer="break")]
    data = pd.concat([layer for layer in layers if len(layer)], ignore_index=True)
    columns = ["series", "layer", "x", "value", "fitted", "low", "high", "jump"]
    return data.assign(series=series.name).reindex(columns=columns)


def _chosen(
    found: Description | StructuralBreaks, series: str | Sequence[str] | None
) -> list[StructuralBreaks]:
    """Return the series that are drawn.

    Raises
    ------
    DesignError
        When one is unknown, or there is none.
    """
    every = (found,) if isinstance(found, StructuralBreaks) else found.breaks
    known = {breaks.series.name: breaks for breaks in every}
    if not known:
        given = "no series with enough values for breaks"
        raise DesignError(Problem(given, "at least one", "read the table, which says why"))
    if series is None:
        return _first(found, known)
    names = [series] if isinstance(series, str) else list(series)
    problems = [
        Problem(f"series {name!r}", "a series that has its breaks tested", suggest(name, known))
        for name in dict.fromkeys(map(str, names))
        if name not in known
    ]
    if problems:
        raise DesignError(problems)
    return [known[name] for name in dict.fromkeys(map(str, names))]


def _first(
    found: Description | StructuralBreaks, known: dict[str, StructuralBreaks]
) -> list[StructuralBreaks]:
    """Return both sides with their log total and log ratio, or the first series of all."""
    pair = found.pair if isinstance(found, Description) else None
    if pair is None:
        return list(known.values())[:_MOST]
    wanted = (*pair.names, *(breaks.series.name for breaks in pair.breaks))
    return [known[name] for name in wanted if name in known]


def plot_description(
    found: Description | StructuralBreaks,
    ax: Given = None,
    *,
    series: str | Sequence[str] | None = None,
) -> np.ndarray:
    """Draw series with the broken lines through them and the limits of every break's date.

    Parameters
    ----------
    found : Description or StructuralBreaks
        What was described.
    ax : one Axes for each series, optional
        Where to draw; a new figure without it.
    series : str or sequence of str, optional
        These series alone; without it both sides of a design, their log total and log ratio, or
        the first six that have breaks tested.

    Returns
    -------
    array of Axes
        One for each series.
    """
    chosen = _chosen(found, series)
    unit = found.unit if isinstance(found, Description) else ""
    own = {d.series.name for d in found.series} if isinstance(found, Description) else set()
    with style.styled():
        names = [breaks.series.name for breaks in chosen]
        axes = panels(ax, names, lambda: _new_axes(len(names)))
        for panel, breaks in zip(axes, chosen, strict=True):
            measured = unit if breaks.series.name in own or not own else "logarithm"
            _draw(panel, breaks, measured, _WHOLE if len(names) == 1 else _ACROSS)
        style.legend_below(axes, own_figure=ax is None, columns=2)
    return np.array(axes, dtype=object)


def _new_axes(count: int) -> list[Axes]:
    """Return as many Axes as there are series, two side by side."""
    rows, columns = -(-count // _COLUMNS), min(count, _COLUMNS)
    figure = style.new_figure(_ROOM + _HEIGHT * rows)
    axes = list(np.ravel(np.array(figure.subplots(rows, columns), dtype=object)))
    for empty in axes[count:]:
        empty.remove()
    return axes[:count]


def _draw(panel: Axes, breaks: StructuralBreaks, unit: str, columns: int) -> None:
    """Draw one series, its line and its breaks."""
    data = _data(breaks)
    line, dates = (data[data["layer"] == layer] for layer in ("series", "break"))
    style.dress(panel)
    for low, high in dates[["low", "high"]].to_numpy(float):
        panel.axvspan(
            low, high, color=style.SKY, alpha=0.25, lw=0, zorder=1,
            label=f"{100 * breaks.level:g} % limits of its date",
        )  # fmt: skip
    for x in dates["x"]:
        panel.axvline(
            x, color=style.BLUE, lw=1.2, ls="--", zorder=2, label="first period after a break"
        )
    panel.plot(line["x"], line["value"], color=style.PALE, lw=0.9, zorder=2)
    panel.plot(
        line["x"], line["value"], ls="none", marker="o", ms=3.2, color=style.INK, zorder=4,
        label="observed",
    )  # fmt: skip
    for first, last in itertools.pairwise([-np.inf, *dates["x"], np.inf]):
        part = line[(line["x"] >= first) & (line["x"] < last) & line["fitted"].notna()]
        panel.plot(
            part["x"],
            part["fitted"],
            color=style.VERMILION,
            lw=1.6,
            zorder=3,
            label="line between breaks",
        )
    style.number_axes(panel.yaxis)
    _whole_years(panel)
    panel.set_ylabel(unit)
    style.head(panel, breaks.series.name, [_said(breaks)], columns=columns)


def _whole_years(panel: Axes) -> None:
    """Write years without separators."""
    from matplotlib.ticker import MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _said(breaks: StructuralBreaks) -> str:
    """Return what the test of a break says, and what it does not."""
    largest = breaks["sup-F"]
    return f"sup-F p = {format_number(largest.p_value, 2)}; no evidence of a shift"
