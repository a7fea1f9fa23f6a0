"""Effects without a plane: a row with its interval for each side, for rates and one side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shiftexp.plotting import style
from shiftexp.plotting.plane_data import Picture, forest_ends, forest_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_forest(picture: Picture, ax: Axes | None, title: str) -> Axes:
    """Draw one row for each effect.

    Parameters
    ----------
    picture : Picture
        A pair that does not add, or one side alone.
    ax : Axes, optional
        Where to draw; a new figure without it.
    title : str
        Said of the figure; the words on the plane are replaced.
    """
    data = forest_frame(picture)
    with style.styled():
        panel = style.new_figure(1.8 + 0.55 * len(data)).subplots() if ax is None else ax
        style.dress(panel)
        low, high = forest_ends(data, picture.effects)
        panel.set_xlim(low, high)
        panel.set_ylim(-0.6, len(data) - 0.4)
        panel.axvline(0, color=style.GREY, lw=1.0, ls=(0, (3, 2)), label="_no change", zorder=1)
        notes = [*picture.said, *_why(picture)]
        for row in data.itertuples(index=False):
            notes += _draw_row(panel, row, (low, high), picture)
        panel.plot(
            data["estimate"], data["y"], ls="none", marker="o", ms=7, mfc=style.BLACK,
            mec=style.WHITE, label="estimate", zorder=4,
        )  # fmt: skip
        panel.set_yticks(data["y"], [_row_name(s, n) for s, n in data[["side", "name"]].to_numpy()])
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0, pad=9)
        style.number_axes(panel.xaxis)
        panel.set_xlabel(f"effect ({picture.effects.unit})")
        style.head(panel, title.replace(" on the shift-expansion plane", ", side by side"), notes)
        style.legend_below([panel], own_figure=ax is None)
    return panel


def _row_name(side: str, name: str) -> str:
    """Return what a row is called."""
    return side if side == name else f"{name} ({side})"


def _why(picture: Picture) -> list[str]:
    """Say why there is no plane."""
    effects = picture.effects
    if not effects.answers((1.0, 0.0)) or not effects.answers((0.0, 1.0)):
        return ["a study of one side: net expansion and sectors are not defined"]
    if not effects.additive:
        return [f"values in {effects.unit} do not add: each side for itself, no sectors"]
    return ["levels are not comparable between the sides: only the sign of each effect counts"]


def _draw_row(
    ax: Axes, row: tuple[object, ...], ends: tuple[float, float], picture: Picture
) -> list[str]:
    """Draw one interval, an arrow where it runs off the axis, and return what to say of it."""
    record = dict(zip(("side", "name", "estimate", "low", "high", "kind", "y"), row, strict=True))
    y, low, high = (float(str(record[key])) for key in ("y", "low", "high"))
    if record["kind"] == "none":
        return [f"{record['side']}: no interval, this fit has no law"]
    shown = max(low, ends[0]), min(high, ends[1])
    label = f"{100 * picture.level:g} % interval"
    label = "_" * any(line.get_label() == label for line in ax.lines) + label
    ax.plot(shown, (y, y), color=style.INK, lw=2.2, solid_capstyle="butt", label=label, zorder=3)
    notes = []
    for beyond, at, marker, arrow in (
        (low < ends[0], ends[0], "<", "◀"),
        (high > ends[1], ends[1], ">", "▶"),
    ):
        if beyond:
            ax.plot(
                [at],
                [y],
                ls="none",
                marker=marker,
                ms=8,
                color=style.INK,
                clip_on=False,
                label="_off",
            )
            value = low if marker == "<" else high
            words = f"{style.write_number(float(f'{value:.3g}'))} {picture.effects.unit}"
            ends_at = f", to {words}" if math.isfinite(value) else " without end"
            notes.append(f"{arrow} interval of the {record['side']} runs off the axis{ends_at}")
    return notes
