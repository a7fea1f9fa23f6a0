"""Polygons of a drawing: clipping to half-planes, and where a word fits without touching anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.plane import HalfPlane

_GRID = 61


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

    @property
    def corners(self) -> Floats:
        """The four corners, shape (4, 2)."""
        dx, dy = self.width / 2, self.height / 2
        return np.array([self.x, self.y]) + np.array([[-dx, -dy], [dx, -dy], [dx, dy], [-dx, dy]])

    def meets(self, other: Box) -> bool:
        """Tell whether two rectangles overlap."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )

    def holds(self, points: Floats) -> Booleans:
        """Tell which points, shape (n, 2), lie in the rectangle."""
        middle, size = np.array([self.x, self.y]), np.array([self.width, self.height])
        return np.asarray((np.abs(points - middle) * 2 <= size).all(axis=1))


def frame_polygon(limits: tuple[float, float, float, float]) -> Floats:
    """Return the corners of the frame (x from, x to, y from, y to), counter-clockwise, shape (4, 2)."""
    x0, x1, y0, y1 = limits
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float)


def clip(polygon: Floats, planes: Iterable[HalfPlane]) -> Floats:
    """Return the part of a convex polygon that lies in all half-planes, shape (k, 2); empty when there is none.

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
            following, here, there = (i + 1) % len(polygon), beyond[i], beyond[(i + 1) % len(polygon)]
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
    size: tuple[float, float], pieces: Sequence[Floats], taken: Sequence[Box], hard: Floats, soft: Floats
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
        low, high = piece.min(axis=0), piece.max(axis=0)
        for x in np.linspace(low[0], high[0], _GRID):
            for y in np.linspace(low[1], high[1], _GRID):
                box = Box(float(x), float(y), *size)
                room = float(_depth(piece, box.corners).min())
                if room < 0 or any(box.meets(other) for other in taken) or box.holds(hard).any():
                    continue
                score = min(room, 12.0) - 3.0 * float(box.holds(soft).sum())
                if score > best_score:
                    best, best_score = box, score
    return best


def place_near(
    size: tuple[float, float], target: Floats, frame: Floats, taken: Sequence[Box], hard: Floats
) -> Box | None:
    """Return the free place of a word nearest to a point, for words that do not fit into their own sector."""
    low, high = frame.min(axis=0), frame.max(axis=0)
    best, nearest = None, np.inf
    for x in np.linspace(low[0], high[0], _GRID):
        for y in np.linspace(low[1], high[1], _GRID):
            box = Box(float(x), float(y), *size)
            apart = float(np.hypot(x - target[0], y - target[1]))
            free = not any(box.meets(other) for other in taken) and not box.holds(hard).any()
            fits = float(_depth(frame, box.corners).min()) >= 0
            if apart < nearest and free and fits:
                best, nearest = box, apart
    return best


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
