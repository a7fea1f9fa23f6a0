"""Rival hypotheses on two effects: constraints in words, as parts of the plane, with their cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.detection import Detection
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.effect_regions import Region, box, cone, point, ray

NULL, EXPANSION, MIXED = "null", "expansion", "mixed"
SHIFT = "shift-compatible (full offset)"
PARTIAL, COMMON = "partial displacement", "common growth"
SHARED, DIFFUSION = "common growth, shared with the donors", "diffusion of benefits"
DETECTION = "detection only"
_HALF, _TWICE = 0.5, 2.0


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One constraint on the pair of effects.

    Attributes
    ----------
    name, constraint : str
        What it is called, and what it says of the effects.
    region : Region
        The effects it allows, borders included.
    sector : str
        The sector of the plane that is about the same; "" where there is none.
    example : tuple of two float or None
        A pair of effects inside it whose larger one is about 1, for power.
    shared : bool
        Whether the donors' index has an effect of its own, not below zero.
    """

    name: str
    constraint: str
    region: Region
    sector: str
    example: tuple[float, float] | None
    shared: bool = False

    @property
    def free(self) -> int:
        """Number of effects it leaves free."""
        return self.region.dimension + self.shared


def rival_hypotheses(
    kappa: tuple[float, float], detection: Detection | None, base: Floats, *, donors: bool
) -> tuple[Hypothesis, ...]:
    """Return the hypotheses of a study.

    Parameters
    ----------
    kappa : tuple of two float
        Lowest and highest found at the destination of what the origin's finds lost.
    detection : Detection or None
        The box of what detection may have done.
    base : array of shape (2,)
        Counterfactual levels, which a change of detection multiplies.
    donors : bool
        Whether an index of donors is in the likelihood.
    """
    low, high = kappa
    found = [
        Hypothesis(NULL, "Delta_O = Delta_D = 0", point((0.0, 0.0)), "null", None),
        _shift(low, high),
        Hypothesis(EXPANSION, "Delta_O = 0, Delta_D > 0", ray((0.0, 1.0)), "expansion", (0.0, 1.0)),
        Hypothesis(
            MIXED,
            f"Delta_O < 0, Delta_D > {_times(high)}",
            cone((-1.0, high), (0.0, 1.0)),
            "mixed",
            (-_HALF / high, 1.0),
        ),
        Hypothesis(
            PARTIAL,
            f"Delta_O < 0, 0 < Delta_D < {_times(low)}",
            cone((-1.0, 0.0), (-1.0, low)),
            "partial displacement",
            (-_TWICE / low, 1.0),
        ),
        Hypothesis(
            COMMON,
            "Delta_O > 0, Delta_D > 0",
            cone((1.0, 0.0), (0.0, 1.0)),
            "common growth",
            (1.0, 1.0),
        ),
    ]
    if donors:
        words = "Delta_O > 0, Delta_D > 0, and the donors grew too"
        both = cone((1.0, 0.0), (0.0, 1.0))
        found.append(Hypothesis(SHARED, words, both, "", None, shared=True))
    found.append(
        Hypothesis(
            DIFFUSION,
            "Delta_O < 0, Delta_D < 0",
            cone((-1.0, 0.0), (0.0, -1.0)),
            "diffusion of benefits",
            (-1.0, -1.0),
        )
    )
    return (*found, *_detection_only(detection, base))


def has_box(detection: Detection | None) -> bool:
    """Tell whether a change of detection after the onset is declared to be possible."""
    return detection is not None and any(
        low < high or low != 1 for low, high in (detection.origin, detection.destination)
    )


def _shift(low: float, high: float) -> Hypothesis:
    """Return the hypothesis of full offset, retention fixed or within limits."""
    fixed = low == high
    region = ray((-1.0, low)) if fixed else cone((-1.0, low), (-1.0, high))
    share = f"{low:g}" if fixed else f"{low:g} to {high:g}"
    words = f"Delta_D = -kappa Delta_O > 0, kappa = {share}"
    return Hypothesis(SHIFT, words, region, "shift-compatible", (-_TWICE / (low + high), 1.0))


def _detection_only(detection: Detection | None, base: Floats) -> tuple[Hypothesis, ...]:
    """Return the hypothesis that detection alone changed, where a box is declared."""
    if detection is None or not has_box(detection):
        return ()
    limits = np.array([detection.origin, detection.destination])
    effects = np.maximum(base, 0.0)[:, None] * (limits - 1.0)
    ranges = [f"{low:g} to {high:g}" if low < high else f"{low:g}" for low, high in limits]
    words = f"Delta_i = base_i (r_i - 1), r_O = {ranges[0]}, r_D = {ranges[1]}"
    return (Hypothesis(DETECTION, words, box(effects[:, 0], effects[:, 1]), "", None),)


def _times(kappa: float) -> str:
    """Write minus kappa times the origin's effect."""
    return "-Delta_O" if kappa == 1 else f"-{kappa:g} Delta_O"
