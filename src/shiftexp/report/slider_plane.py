"""The plane of the detection slider: a frame that holds every position, sectors, the region."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from shiftexp.effects import Effects
from shiftexp.kernels.cases import Floats
from shiftexp.plane import sectors
from shiftexp.plotting.geometry import area, clip, frame_polygon
from shiftexp.verdict import Verdict

_FAR = 2.5  # times the levels concerned: a region that reaches further runs off the frame
_PAD = 0.06
_SEEN = 1e-6


def plane_of(
    verdict: Verdict, ratios: Sequence[float], percents: tuple[int, int]
) -> dict[str, object]:
    """Return what is drawn: corners of the region, the frame, and the sectors for every ratio.

    Parameters
    ----------
    verdict : Verdict
        One with a pair that can be added.
    ratios : sequence of float
        Detection at the destination over detection at the origin before the onset, k0.
    percents : tuple of two int
        Changes of detection that the frame has to hold.
    """
    effects = verdict.specifications[0]
    region = effects.region(verdict.results[0].level)
    region = region[~np.isnan(region).any(axis=1)]
    ends = _frame(effects, region, percents)
    return {
        "region": region.tolist(),
        "frame": list(ends),
        "sectors": [_sectors(effects, verdict.margin, k0, ends) for k0 in ratios],
    }


def _frame(
    effects: Effects, region: Floats, percents: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return a square that holds no change, the region, and the estimate at every corner."""
    changes = [1 + p / 100 for p in percents]
    corners = [effects.under(1.0, *corner).mean for corner in product(changes, changes)]
    far = _FAR * float(np.abs([effects.mean, effects.base, effects.observed]).max())
    points = np.vstack([np.zeros((1, 2)), effects.mean[None, :], corners, region])
    points = np.clip(points, -far, far)
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) * (0.5 + _PAD) or 1.0
    x, y = (float(v) for v in (low + high) / 2)
    return x - half, x + half, y - half, y + half


def _sectors(
    effects: Effects, margin: float, k0: float, ends: tuple[float, float, float, float]
) -> list[list[object]]:
    """Return the visible pieces of every sector: its name and the corners of each."""
    whole = frame_polygon(ends)
    smallest = margin * np.abs(effects.base * [1.0, 1.0 / k0])
    shown: list[list[object]] = []
    for sector in sectors(float(smallest[0]), float(smallest[1])):
        pieces = [clip(whole, piece) for piece in sector.pieces]
        kept = [p for p in pieces if len(p) > 2 and area(p) > _SEEN * area(whole)]
        shown.append([sector.name, [_rounded(p, ends) for p in kept]])
    return shown


def _rounded(polygon: Floats, ends: tuple[float, float, float, float]) -> list[list[float]]:
    """Return corners to a thousandth of the frame, which no eye can tell apart."""
    digits = 3 - int(np.floor(np.log10(ends[1] - ends[0])))
    return [[float(v) for v in point] for point in np.round(polygon, digits)]
