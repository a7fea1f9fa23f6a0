"""Worked ratios: Fieller's sets in their three shapes, and the detection box in exact arithmetic.

Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical
Society B, 16, 175-185. https://doi.org/10.1111/j.2517-6161.1954.tb00159.x. The four sets solve
(x - r y)^2 = q^2 (v11 - 2 r v12 + r^2 v22) with q = 1.959964; the roots are reproduced below.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from shiftexp.detection import Detection
from shiftexp.effects import Effects, StudentLaw
from shiftexp.plane import ConfidenceSet, fieller

LINE = (-math.inf, math.inf)
CASES = [  # x, y, v11, v22, v12 -> kind, low, high
    ((20, 40, 16, 25, -4), "interval", 0.2798004, 0.8044890),
    ((2, 10, 1, 1, 0), "interval", 0.0040020, 0.4119777),
    ((20, 5, 16, 25, 0), "complement", -4.0052978, 1.1898426),
    ((1, 1, 0.5625, 0.5625, 0), "line", *LINE),
]


def from_effects(
    x: float, y: float, v11: float, v22: float, v12: float, df: float = math.inf
) -> ConfidenceSet:
    """Return the offset-ratio set of effects whose ratio -O / D is x / y."""
    mean = np.array([-x, y], dtype=float)
    cov = np.array([[v11, -v12], [-v12, v22]], dtype=float)
    one = np.ones(2)
    return Effects(StudentLaw(mean, cov, df), mean, one, one, "kg per year").offset_ratio_set()


@pytest.mark.parametrize(("given", "kind", "low", "high"), CASES)
def test_published_shapes(
    given: tuple[float, float, float, float, float], kind: str, low: float, high: float
) -> None:
    x, y, v11, v22, v12 = given
    closed = fieller(x, y, ((v11, v12), (v12, v22)))
    inverted = from_effects(*given)
    assert closed.kind == inverted.kind == kind
    if kind != "line":
        assert (closed.low, closed.high) == pytest.approx((low, high), abs=5e-8)
        assert (inverted.low, inverted.high) == pytest.approx((low, high), abs=5e-8)


@pytest.mark.parametrize("given", [case[0] for case in CASES])
def test_closed_form_and_inversion_agree_for_student_laws(
    given: tuple[float, float, float, float, float],
) -> None:
    x, y, v11, v22, v12 = given
    closed = fieller(x, y, ((v11, v12), (v12, v22)), df=7)
    inverted = from_effects(*given, df=7)
    assert closed.kind == inverted.kind
    assert (inverted.low, inverted.high) == pytest.approx((closed.low, closed.high), rel=1e-7)


@pytest.mark.parametrize("sharpness", [1e-1, 1e-2, 1e-3, 1e-4])
def test_precise_estimates_have_narrow_sets_not_none(sharpness: float) -> None:
    v = (16 * sharpness**2, 25 * sharpness**2, -4 * sharpness**2)
    closed = fieller(20, 40, ((v[0], v[2]), (v[2], v[1])))
    inverted = from_effects(20, 40, *v)
    assert inverted.kind == closed.kind == "interval"
    assert (inverted.low, inverted.high) == pytest.approx((closed.low, closed.high), rel=1e-7)


def test_roots_satisfy_their_equation() -> None:
    q = 1.959963984540054
    for (x, y, v11, v22, v12), kind, low, high in CASES:
        if kind != "line":
            for r in (low, high):
                gap = (x - r * y) ** 2 - q**2 * (v11 - 2 * r * v12 + r**2 * v22)
                assert gap == pytest.approx(0, abs=2e-4)


def test_worked_detection_box() -> None:
    # 100 -> 80 at the origin, 40 -> 80 at the destination; exact: 5/27 and 25/22
    mean = np.array([-20.0, 40.0])
    effects = Effects(
        StudentLaw(mean, np.eye(2)),
        mean,
        np.array([100.0, 40.0]),
        np.array([80.0, 80.0]),
        "plants per year",
    )
    found = Detection(origin=(0.9, 1.1), destination=(0.8, 1.25)).offset_range(effects)
    assert (found.low, found.high) == pytest.approx((0.1851852, 1.1363636), abs=5e-8)
    assert effects.offset_ratio == 0.5
