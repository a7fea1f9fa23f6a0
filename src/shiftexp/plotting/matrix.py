"""The verdict matrix: markets by sectors; excluded, undecided and gate-failed never look alike."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shiftexp.errors import DesignError, Problem
from shiftexp.plane import SECTOR_NAMES
from shiftexp.plotting import style
from shiftexp.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ("kept", "excluded", "undecided", "no claim")
_WORDS = {
    "kept": "sector not excluded",
    "excluded": "sector excluded",
    "undecided": "undecided: none of the nine can be excluded",
    "no claim": "data gate failed, or no result: no model-based claim",
}
_NAME_WIDTH, _ROW = 26, 0.42
_NO_RESULT = "no result to weigh"


def matrix_data(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return what `plot(verdicts)` draws: one row for each verdict and sector.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One for each market.

    Returns
    -------
    DataFrame
        verdict, state, said (the state, or why there is none), sector; mark ("kept", "excluded",
        "undecided" or "no claim"); x, y, the cell, first verdict at y = 0.

    Raises
    ------
    DesignError
        When there is no verdict.
    """
    if not verdicts:
        raise DesignError(Problem("no verdicts", "at least one", "weigh results first"))
    rows = []
    for y, verdict in enumerate(verdicts):
        state, kept, said = verdict.state, verdict.sectors, _said(verdict)
        name = verdict.name or f"verdict {y + 1}"
        for x, sector in enumerate(SECTOR_NAMES):
            mark = _mark(state, in_sectors=sector in kept)
            rows.append((name, state, said, sector, mark, float(x), float(y)))
    return pd.DataFrame(rows, columns=["verdict", "state", "said", "sector", "mark", "x", "y"])


def plot_matrix(verdicts: Sequence[Verdict], ax: Axes | None = None) -> Axes:
    """Draw verdicts against the nine sectors.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One row for each market.
    ax : Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    Axes
        The matrix, the first verdict on top.

    Raises
    ------
    DesignError
        When there is no verdict.

    Examples
    --------
    >>> import shiftexp as sx
    >>> bound = sx.Bound(
    ...     "flow", low=0, high=1000, unit="visits per year", because="counted, no caps"
    ... )
    >>> verdict = sx.weigh(
    ...     evidence=[sx.Evidence(about="shift", bound=bound, source="survey")], name="shops"
    ... )
    >>> [label.get_text() for label in plot_matrix([verdict]).get_yticklabels()]
    ['shops']
    """
    data = matrix_data(verdicts)
    count = len(verdicts)
    with style.styled():
        panel = style.new_figure(2.35 + _ROW * count).subplots() if ax is None else ax
        _lay_grid(panel, data, count)
        for mark in MARKS:
            _draw_mark(panel, mark, data[data["mark"] == mark])
        style.head(panel, "Which sectors the data exclude, market by market")
        style.legend_below([panel], own_figure=ax is None, columns=2)
    return panel


def _said(verdict: Verdict) -> str:
    """Return a verdict's state in words."""
    if verdict.state == "declared":
        return f"declared: {verdict.sector}"
    if verdict.state == "narrowed":
        return f"{len(SECTOR_NAMES) - len(verdict.sectors)} of {len(SECTOR_NAMES)} excluded"
    if verdict.state == "undecided":
        return "undecided"
    gates = [r.gate for r in verdict.results] if verdict.gate is None else [verdict.gate]
    reasons = list(dict.fromkeys(reason for gate in gates for reason in gate.reasons))
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return reasons[0] + more if reasons else _NO_RESULT


def _mark(state: str, *, in_sectors: bool) -> str:
    """Return what is drawn in a cell."""
    if state == "gate failed":
        return "no claim"
    if state == "undecided":
        return "undecided"
    return "kept" if in_sectors else "excluded"


def _lay_grid(ax: Axes, data: pd.DataFrame, count: int) -> None:
    """Draw rows, columns, their names, and the state of every row in words."""
    style.dress(ax)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlim(-0.5, len(SECTOR_NAMES) - 0.5)
    ax.set_ylim(count - 0.5, -0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(
        range(len(SECTOR_NAMES)), SECTOR_NAMES, rotation=40, ha="left", rotation_mode="anchor"
    )
    rows = data.drop_duplicates("y")
    ax.set_yticks(rows["y"], [textwrap.fill(str(n), _NAME_WIDTH) for n in rows["verdict"]])
    ax.tick_params(length=0, pad=3, labelcolor=style.INK)
    for line in np.arange(count + 1) - 0.5:
        ax.axhline(line, color=style.PALE, lw=0.6, zorder=0.5, label="_row")
    for y, said in zip(rows["y"], rows["said"], strict=True):
        ax.annotate(
            textwrap.fill(said, 22),
            xy=(1, y),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALLEST,
            color=style.INK,
            annotation_clip=False,
            label="_state",
        )


def _draw_mark(ax: Axes, mark: str, cells: pd.DataFrame) -> None:
    """Draw all cells of one mark; marks differ in shape and texture, not in colour alone."""
    if cells.empty:
        return
    if mark == "no claim":
        _draw_strips(ax, cells)
        return
    (line,) = ax.plot(cells["x"], cells["y"], ls="none", label=_WORDS[mark], zorder=3)
    if mark == "kept":
        line.set(marker="s", markersize=13, color=style.BLUE)
    elif mark == "excluded":
        line.set(marker="x", markersize=6, color=style.GREY, markeredgewidth=1.2)
    else:
        line.set(marker="o", markersize=10, color=style.ORANGE, markerfacecolor=style.WHITE)
        line.set_markeredgewidth(2.0)


def _draw_strips(ax: Axes, cells: pd.DataFrame) -> None:
    """Draw a hatched strip across every row whose data carry no model, and say so on it."""
    from matplotlib.patches import Rectangle

    for i, (y, row) in enumerate(cells.groupby("y")):
        left, right = float(row["x"].min()) - 0.45, float(row["x"].max()) + 0.45
        ax.add_patch(
            Rectangle(
                (left, float(str(y)) - 0.36),
                right - left,
                0.72,
                facecolor=style.WHITE,
                edgecolor=style.PALE,
                hatch="/////",
                lw=0.8,
                zorder=1,
                label=("_" if i else "") + _WORDS["no claim"],
            )
        )
        words = "no model-based claim" if (row["said"] == _NO_RESULT).any() else "data gate failed"
        ax.text(
            (left + right) / 2, float(str(y)), words, ha="center", va="center",
            fontsize=style.TEXT, color=style.INK, zorder=4, label="_no claim",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.5},
        )  # fmt: skip
