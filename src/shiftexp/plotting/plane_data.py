"""What the plane shows: estimate, joint region, sectors, images of the detection box."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from shiftexp.detection import Detection
from shiftexp.effects import Effects
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.cases import Floats
from shiftexp.plane import sectors
from shiftexp.plotting.geometry import area, clip, frame_polygon
from shiftexp.scalars import check_level
from shiftexp.verdict import Verdict

_FAR = 3.0  # what lies further out than this many times the levels concerned is cut off ...
_CUT = 1.5  # ... and the frame then ends here
_AROUND = 0.24  # least part of the frame on every side of "no change", so that every sector is seen
_BOTH = np.array([[-1.0], [1.0]])
_A_LINE = 2  # corners, so no area
_SEEN = 1e-3  # least part of the joint region that is told to lie in a sector
_EDGE = 0.06  # part of half the frame that stays free at its edges


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything that stands on one plane.

    Attributes
    ----------
    effects : Effects
        The pair, its law as the picture shows it.
    names : tuple of two str
        Origin and destination.
    level : float
        Level of the joint region.
    detection : Detection or None
        The box whose images are drawn.
    margins : tuple of two floats
        Smallest effects of interest, in level units per year.
    kept : tuple of str or None
        Sectors not excluded; None if nothing was weighed, empty if no claim may be made.
    said : tuple of str
        What must be told besides.
    """

    effects: Effects
    names: tuple[str, str]
    level: float
    detection: Detection | None
    margins: tuple[float, float]
    kept: tuple[str, ...] | None = None
    said: tuple[str, ...] = ()

    @property
    def flat(self) -> bool:
        """Tell whether the pair has no plane: one side, or sides that do not add or compare."""
        return not self.effects.answers((1.0, 1.0))

    @cached_property
    def region(self) -> Floats:
        """Corners of the joint region, shape (k, 2); none where the law is silent."""
        corners = self.effects.region(self.level)
        return corners[~np.isnan(corners).any(axis=1)]

    @cached_property
    def images(self) -> Floats:
        """The estimate at each corner of the detection box, shape (k, 2); none without a box."""
        box = self.detection
        if box is None or len(box.corners) < 2:
            return np.empty((0, 2))
        return np.array([self.effects.under(*corner).mean for corner in box.corners])

    @property
    def hull(self) -> Floats:
        """The rectangle that the detection box becomes, shape (4, 2): each side moves by itself."""
        images = self.images
        if not len(images):
            return images
        (x0, y0), (x1, y1) = images.min(axis=0), images.max(axis=0)
        return frame_polygon((x0, x1, y0, y1))


def picture_of_effects(
    effects: Effects,
    *,
    detection: Detection | None = None,
    margin: float = 0.10,
    level: float = 0.95,
    names: tuple[str, str] = ("origin", "destination"),
) -> Picture:
    """Return the picture of a pair of effects.

    Raises
    ------
    DesignError
        When ``level`` is not strictly between 0 and 1, or ``margin`` is negative.
    """
    check_level(level)
    if not margin >= 0:
        raise DesignError(Problem(f"margin = {margin!r}", "a share >= 0", "write 0.10 for 10 %"))
    m_o, m_d = (margin * abs(float(base)) for base in effects.base)
    return Picture(effects, names, level, detection, (m_o, m_d))


def picture_of_verdict(verdict: Verdict, *, level: float = 0.95) -> Picture:
    """Return the picture of a verdict's primary result, detection drift included.

    Raises
    ------
    DesignError
        When the verdict rests on no result.
    """
    effects = verdict.effects
    if effects is None:
        given = f"verdict {verdict.name!r} without a result"
        remedy = "weigh a result, or show several verdicts as a matrix: plot([verdict])"
        raise DesignError(Problem(given, "the effects of a result", remedy))
    drift = verdict.drift_of(verdict.results[0])
    origin, destination = verdict.results[0].paths.names
    plain = picture_of_effects(effects, margin=verdict.margin, level=level)
    failed = verdict.state == "gate failed"
    said = [f"detection drift of {drift:g} is part of the region"] if drift else []
    if failed:
        gates = [r.gate for r in verdict.results] if verdict.gate is None else [verdict.gate]
        reasons = ", ".join(dict.fromkeys(reason for gate in gates for reason in gate.reasons))
        said = [f"data gate failed: {reasons}; no sector can be excluded or declared", *said]
    return Picture(
        effects=effects.drifted(drift),
        names=(origin or "origin", destination or "destination"),
        level=level,
        detection=verdict.detection,
        margins=plain.margins,
        kept=() if failed else verdict.sectors,
        said=tuple(said),
    )


def frame(picture: Picture) -> tuple[float, float, float, float]:
    """Return the ends (x from, x to, y from, y to) of a square with the pair and no change."""
    effects = picture.effects
    margins = np.array(picture.margins)
    levels = np.concatenate([effects.mean, effects.base, effects.observed, 2 * margins])
    size = float(np.nanmax(np.abs(levels))) or 1.0
    low, high = np.zeros(2), np.zeros(2)
    for points in (effects.mean[None, :], 2.5 * margins * _BOTH, picture.region, picture.images):
        if len(points):
            lowest, highest = points.min(axis=0), points.max(axis=0)
            low = np.minimum(low, np.where(lowest < -_FAR * size, -_CUT * size, lowest))
            high = np.maximum(high, np.where(highest > _FAR * size, _CUT * size, highest))
    beside = (
        2 - 2 * _AROUND - _EDGE
    )  # how far from no change a point may lie, in halves of the frame
    needed = [(high - low).max() / (2 - 2 * _EDGE), high.max() / beside, -low.min() / beside]
    half = float(max(needed)) or 1.0
    most = half * (1 - 2 * _AROUND)
    x, y = np.clip((low + high) / 2, -most, most)
    return float(x - half), float(x + half), float(y - half), float(y + half)


def runs_off(points: Floats, ends: tuple[float, float, float, float]) -> tuple[str, ...]:
    """Say on which sides of the frame points lie beyond it."""
    x0, x1, y0, y1 = ends
    x, y = points.T
    beyond = {"left": x < x0, "right": x > x1, "below": y < y0, "above": y > y1}
    return tuple(side for side, out in beyond.items() if out.any())


def sector_pieces(picture: Picture) -> dict[str, list[Floats]]:
    """Return the visible convex pieces of every sector."""
    whole = frame_polygon(frame(picture))
    least = 1e-9 * area(whole)
    shown = {}
    for sector in sectors(*picture.margins):
        pieces = [clip(whole, piece) for piece in sector.pieces]
        shown[sector.name] = [p for p in pieces if len(p) > 2 and area(p) > least]
    return shown


def reached(picture: Picture) -> tuple[str, ...]:
    """Return the excluded sectors into which the joint region visibly reaches."""
    region = picture.region
    if len(region) <= _A_LINE:
        return ()
    least = _SEEN * area(region)
    return tuple(
        sector.name
        for sector in sectors(*picture.margins)
        if status_of(picture, sector.name) == "excluded"
        and any(
            len(part) > _A_LINE and area(part) > least
            for part in (clip(region, piece) for piece in sector.pieces)
        )
    )


def plane_frame(picture: Picture) -> pd.DataFrame:
    """Return every point of the plane: layer, name, piece, status, x (origin), y (destination)."""
    rows: list[tuple[str, str, int, str, float, float]] = []

    def add(layer: str, name: str, piece: int, status: str, points: Floats) -> None:
        rows.extend((layer, name, piece, status, float(x), float(y)) for x, y in points)

    for name, pieces in sector_pieces(picture).items():
        for i, polygon in enumerate(pieces):
            add("sector", name, i, status_of(picture, name), polygon)
    x0, x1, *_ = frame(picture)
    add("full offset", "", 0, "", np.array([[x0, -x0], [x1, -x1]]))
    add("detection", "", 0, "", picture.images)
    add("detection hull", "", 0, "", picture.hull)
    add("region", f"{100 * picture.level:g} %", 0, "", picture.region)
    add("estimate", "", 0, "", picture.effects.mean[None, :])
    return pd.DataFrame(rows, columns=["layer", "name", "piece", "status", "x", "y"])


def status_of(picture: Picture, sector: str) -> str:
    """Return "kept", "excluded", "no claim", or "" when nothing was weighed."""
    if picture.kept is None:
        return ""
    if not picture.kept:
        return "no claim"
    return "kept" if sector in picture.kept else "excluded"


def forest_frame(picture: Picture) -> pd.DataFrame:
    """Return one row for each effect of a pair that has no plane."""
    rows = []
    sides = (("origin", (1.0, 0.0)), ("destination", (0.0, 1.0)))
    present = [
        (s, a, n)
        for (s, a), n in zip(sides, picture.names, strict=True)
        if picture.effects.answers(a)
    ]
    for i, (side, a, name) in enumerate(present):
        answer = picture.effects.interval(a, picture.level)
        rows.append(
            {
                "side": side,
                "name": name,
                "estimate": picture.effects.estimate(a),
                "conf_low": answer.low,
                "conf_high": answer.high,
                "conf_kind": answer.kind,
                "y": float(len(present) - 1 - i),
            }
        )
    return pd.DataFrame(rows)


def picture_frame(picture: Picture) -> pd.DataFrame:
    """Return the points of a plane, or the rows of effects that have none."""
    return forest_frame(picture) if picture.flat else plane_frame(picture)


def forest_ends(data: pd.DataFrame, effects: Effects) -> tuple[float, float]:
    """Return the ends of an axis on which intervals do not squash the estimates."""
    levels = np.concatenate([effects.mean, effects.base, effects.observed])
    size = float(np.nanmax(np.abs(levels))) or 1.0
    values = np.append(data[["estimate", "conf_low", "conf_high"]].to_numpy().ravel(), 0.0)
    values = values[~np.isnan(values)]
    low, high = float(values.min()), float(values.max())
    low = -_CUT * size if low < -_FAR * size else low
    high = _CUT * size if high > _FAR * size else high
    pad = 0.08 * (high - low) or 1.0
    return (low - pad, high + pad) if math.isfinite(low + high) else (-size, size)
