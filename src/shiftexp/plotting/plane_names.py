"""Names on the plane: each stands where it hides nothing, with a pointer when it does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.plotting import style
from shiftexp.plotting.geometry import Box, along_edges, area, frame_polygon, place, place_near
from shiftexp.plotting.plane_data import Picture, frame, sector_pieces, status_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WRAPPED = {
    "shift-compatible": "shift-\ncompatible",
    "partial displacement": "partial\ndisplacement",
    "common growth": "common\ngrowth",
    "origin growth": "origin\ngrowth",
    "diffusion of benefits": "diffusion\nof benefits",
}
_MARK = 15.0  # points that a marker needs around itself


@dataclass(frozen=True, eq=False)
class _Sheet:
    """The drawing in points: what is taken, what must be seen, and what had better be seen."""

    taken: tuple[Box, ...]
    hard: Floats
    soft: Floats
    whole: Floats


def name_sectors(ax: Axes, picture: Picture) -> None:
    """Write the names of all visible sectors, the smallest sector first.

    Parameters
    ----------
    ax : Axes
        The plane, drawn and of its final size.
    picture : Picture
        What stands on it.
    """
    shown = {
        name: [_in_points(ax, piece) for piece in pieces]
        for name, pieces in sector_pieces(picture).items()
        if pieces
    }
    sheet = _sheet(ax, picture)
    for name in sorted(shown, key=lambda n: max(map(area, shown[n]))):
        box = _write(ax, name, shown[name], sheet, kept=status_of(picture, name))
        sheet = _Sheet((*sheet.taken, box), sheet.hard, sheet.soft, sheet.whole)


def _sheet(ax: Axes, picture: Picture) -> _Sheet:
    """Return the drawing before any name stands on it."""
    whole = _in_points(ax, frame_polygon(frame(picture)))
    marks = _in_points(ax, np.vstack([picture.effects.mean[None, :], picture.images]))
    outlines = [_in_points(ax, p) for p in (picture.region, picture.hull) if len(p)]
    ends = frame_polygon(frame(picture))[[0, 1]]
    diagonal = _in_points(ax, np.column_stack([ends[:, 0], -ends[:, 0]]))
    axes = [_in_points(ax, np.array(line)) for line in _axis_lines(picture)]
    soft = np.vstack([along_edges(line, 5.0) for line in (*outlines, *axes, diagonal)])
    inside = ((soft >= whole.min(axis=0)) & (soft <= whole.max(axis=0))).all(axis=1)
    taken = tuple(_square(mark, _MARK) for mark in marks)
    return _Sheet(taken, marks, soft[inside], whole)


def _axis_lines(picture: Picture) -> tuple[list[tuple[float, float]], ...]:
    """Return the two lines of no change."""
    x0, x1, y0, y1 = frame(picture)
    return [(x0, 0.0), (x1, 0.0)], [(0.0, y0), (0.0, y1)]


def _in_points(ax: Axes, xy: Floats) -> Floats:
    """Return data coordinates as points of the page."""
    return np.asarray(ax.transData.transform(xy) * _point(ax))


def _point(ax: Axes) -> float:
    """Return the length of a pixel in points."""
    figure = ax.get_figure(root=True)
    return 1.0 if figure is None else 72.0 / figure.dpi


def _write(ax: Axes, name: str, pieces: list[Floats], sheet: _Sheet, *, kept: str) -> Box:
    """Write one name inside its sector, or beside it with a pointer; return where."""
    from matplotlib.patheffects import Normal, Stroke

    weight, colour = ("bold", style.BLACK) if kept == "kept" else ("normal", style.INK)
    texts = dict.fromkeys((name, _WRAPPED.get(name, name)))
    for text in texts:
        size = _size(ax, text, weight)
        if box := place(size, pieces, sheet.taken, sheet.hard, sheet.soft):
            break
    else:
        target = max(pieces, key=area).mean(axis=0)
        taken = (*sheet.taken, _square(target, 2 * _MARK))
        hard = np.vstack([sheet.hard, sheet.soft])
        box = place_near(size, target, sheet.whole, taken, hard) or Box(*_pair(target), *size)
        _point_to(ax, box, target)
    at = ax.transData.inverted().transform(np.array([box.x, box.y]) / _point(ax))
    halo = [Stroke(linewidth=2.4, foreground="white"), Normal()]
    ax.text(
        *_pair(at), text, ha="center", va="center", fontsize=style.TEXT, fontweight=weight,
        color=colour, linespacing=1.25, zorder=6, path_effects=halo, clip_on=True,
        label="_sector name",
    )  # fmt: skip
    return box


def _pair(point: Floats) -> tuple[float, float]:
    """Return a point as two numbers."""
    return float(point[0]), float(point[1])


def _square(point: Floats, side: float) -> Box:
    """Return the square around a point."""
    return Box(*_pair(point), side, side)


def _size(ax: Axes, text: str, weight: str) -> tuple[float, float]:
    """Return width and height of a name in points, with air around it."""
    probe = ax.text(0, 0, text, fontsize=style.TEXT, fontweight=weight, linespacing=1.25)
    extent = probe.get_window_extent()
    probe.remove()
    return extent.width * _point(ax) + 5.0, extent.height * _point(ax) + 4.0


def _point_to(ax: Axes, box: Box, target: Floats) -> None:
    """Draw a thin line from a name to the sector it belongs to."""
    inverse = ax.transData.inverted()
    start, end = (inverse.transform(np.array(p) / _point(ax)) for p in ((box.x, box.y), target))
    arrow = {
        "arrowstyle": "-",
        "color": style.INK,
        "lw": 0.8,
        "shrinkA": box.height / 2,
        "shrinkB": 0,
    }
    ax.annotate("", xy=_pair(end), xytext=_pair(start), arrowprops=arrow, zorder=5.5)
    ax.plot(
        *end[:, None], ls="none", marker="o", ms=2.5, color=style.INK, zorder=5.5, label="_pointer"
    )
