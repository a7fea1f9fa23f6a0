"""Polygons of a drawing: clipping to half-planes, and where a word fits without touching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.plane import HalfPlane

_GRID = 61
_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


@dataclass(frozen=True)
class Box:
    """A rectangle on the drawing, in points from its lower left corner.

    Attributes
    ----------
    x, y : float
        The middle.
    width, height : float
        The size.
    """

    x: float
    y: float
    width: float
    height: float


def frame_polygon(limits: tuple[float, float, float, float]) -> Floats:
    """Return the corners of the frame (x from, x to, y from, y to), shape (4, 2)."""
    x0, x1, y0, y1 = limits
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float)


def clip(polygon: Floats, planes: Iterable[HalfPlane]) -> Floats:
    """Return the part of a convex polygon in all half-planes, shape (k, 2); empty if none.

    Examples
    --------
    >>> square = frame_polygon((-1, 1, -1, 1))
    >>> clip(square, [HalfPlane((1.0, 0.0), 0.0)]).max(axis=0)
    array([0., 1.])
    """
    for plane in planes:
        beyond = polygon @ np.array(plane.a) - plane.at
        kept: list[Floats] = []
        for i, point in enumerate(polygon):
            following, here, there = (
                (i + 1) % len(polygon),
                beyond[i],
                beyond[(i + 1) % len(polygon)],
            )
            if here <= 0:
                kept.append(point)
            if here * there < 0:
                kept.append(point + (polygon[following] - point) * here / (here - there))
        polygon = np.array(kept).reshape(-1, 2)
    return polygon


def area(polygon: Floats) -> float:
    """Return the area of a polygon."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def along_edges(polygon: Floats, step: float) -> Floats:
    """Return points on the outline of a polygon, at most ``step`` apart, shape (n, 2)."""
    pieces = []
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        count = int(np.ceil(np.hypot(*(end - start)) / step)) + 1
        pieces.append(start + (end - start) * np.linspace(0, 1, count)[:, None])
    return np.concatenate(pieces) if pieces else np.empty((0, 2))


def place(
    size: tuple[float, float],
    pieces: Sequence[Floats],
    taken: Sequence[Box],
    hard: Floats,
    soft: Floats,
) -> Box | None:
    """Return the roomiest place of a word inside one of the pieces, or None when it fits in none.

    Parameters
    ----------
    size : tuple of two floats
        Width and height of the word, in points.
    pieces : sequence of arrays of shape (k, 2)
        Convex polygons, in points.
    taken : sequence of Box
        Words already placed.
    hard, soft : arrays of shape (n, 2)
        Points that must stay visible, and lines that had better.
    """
    best, best_score = None, -np.inf
    for piece in pieces:
        middles = _grid(piece)
        room = _room(middles, size, piece)
        free = (room >= 0) & ~_covered(middles, size, taken, hard)
        off = np.hypot(*(middles - piece.mean(axis=0)).T)
        score = np.minimum(room, 12.0) - 3.0 * _count(middles, size, soft) - 0.02 * off
        score = np.where(free, score, -np.inf)
        if score.max() > best_score:
            best_score = float(score.max())
            best = _box(middles[np.argmax(score)], size)
    return best


def place_near(
    size: tuple[float, float], target: Floats, frame: Floats, taken: Sequence[Box], hard: Floats
) -> Box | None:
    """Return the free place of a word nearest to a point, for words too long for their sector."""
    middles = _grid(frame)
    apart = np.hypot(*(middles - target).T)
    free = (_room(middles, size, frame) >= 0) & ~_covered(middles, size, taken, hard)
    if not free.any():
        return None
    return _box(middles[np.argmin(np.where(free, apart, np.inf))], size)


def _box(middle: Floats, size: tuple[float, float]) -> Box:
    """Return the rectangle of a size around a point."""
    return Box(float(middle[0]), float(middle[1]), *size)


def _grid(polygon: Floats) -> Floats:
    """Return points all over the surroundings of a polygon, shape (n, 2)."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    x, y = (np.linspace(low[i], high[i], _GRID) for i in range(2))
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


def _room(middles: Floats, size: tuple[float, float], polygon: Floats) -> Floats:
    """Return how deep rectangles lie inside a convex polygon; negative when they stick out."""
    corners = middles[:, None, :] + np.array(size) / 2 * _CORNERS
    depth = _depth(polygon, corners.reshape(-1, 2)).reshape(len(middles), 4)
    return np.asarray(depth.min(axis=1))


def _covered(
    middles: Floats, size: tuple[float, float], taken: Sequence[Box], hard: Floats
) -> Booleans:
    """Tell which rectangles meet another one or hide a point that must stay visible."""
    covered = _count(middles, size, hard) > 0
    for box in taken:
        apart = np.abs(middles - [box.x, box.y]) * 2
        covered |= (apart < np.add(size, [box.width, box.height])).all(axis=1)
    return np.asarray(covered)


def _count(middles: Floats, size: tuple[float, float], points: Floats) -> Floats:
    """Return how many points lie in each rectangle."""
    beside, level = (
        np.abs(points[:, axis] - middles[:, axis, None]) * 2 <= size[axis] for axis in range(2)
    )
    return np.asarray((beside & level).sum(axis=1), dtype=float)


def _depth(polygon: Floats, points: Floats) -> Floats:
    """Return how deep points lie inside a convex polygon, in its unit; negative outside."""
    following = np.roll(polygon, -1, axis=0)
    edge = following - polygon
    length = np.hypot(edge[:, 0], edge[:, 1])
    real = length > 1e-9 * max(1.0, float(length.max()))
    edge, start, length = edge[real], polygon[real], length[real]
    turn = 1.0 if _signed_area(polygon) > 0 else -1.0
    offset = points[:, None, :] - start
    depth = turn * (edge[:, 0] * offset[..., 1] - edge[:, 1] * offset[..., 0]) / length
    return np.asarray(depth.min(axis=1))


def _signed_area(polygon: Floats) -> float:
    """Return the area, negative for a clockwise polygon."""
    x, y = polygon.T
    return float((x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
