"""Published numbers on several tests: Holm, Benjamini-Hochberg, Cauchy, harmonic mean, Landau.

Landau quantiles: T. Yoshimura, LandauDistribution (2024), computed to 64 digits. Thresholds of the
harmonic mean: Wilson, D. J. (2019), Proceedings of the National Academy of Sciences 116, table 1.
"""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.inference.multiplicity import adjust, combine
from shiftexp.kernels.combination import harmonic_p, landau_tail

P = (0.01, 0.02, 0.03, 0.2, 0.6)
LANDAU = {
    0.01: -2.10489790934939769338,
    0.05: -1.49825415177780273396,
    0.1: -1.09225452805484635423,
    0.25: -0.20464065154575316905,
    0.5: 1.35578042099080132503,
    0.75: 4.45839461019464834851,
    0.9: 11.649284684474405569996,
    0.95: 22.450278078872781782888,
    0.99: 104.156361812207433543595,
}


def test_holm() -> None:
    assert adjust(P, "holm").adjusted == pytest.approx([0.05, 0.08, 0.09, 0.40, 0.60])


def test_benjamini_hochberg() -> None:
    assert adjust(P, "bh").adjusted == pytest.approx([0.05, 0.05, 0.05, 0.25, 0.60])


def test_cauchy() -> None:
    assert combine(P, "cauchy").p_value == pytest.approx(0.0267552, abs=5e-8)


def test_raw_harmonic_mean() -> None:
    assert combine(P, "harmonic").raw == pytest.approx(0.0263158, abs=5e-8)


@pytest.mark.parametrize("below", LANDAU)
def test_landau_quantiles(below: float) -> None:
    assert landau_tail(np.array(LANDAU[below])) == pytest.approx(1 - below, abs=1e-13)


@pytest.mark.parametrize(
    ("level", "count", "threshold"),
    [
        (0.05, 10, 0.040),
        (0.05, 100, 0.036),
        (0.05, 1_000, 0.034),
        (0.05, 10_000, 0.031),
        (0.05, 100_000, 0.029),
        (0.01, 10, 0.0094),
        (0.01, 100, 0.0092),
        (0.01, 1_000, 0.0090),
        (0.01, 10_000, 0.0088),
    ],
)
def test_harmonic_thresholds(level: float, count: int, threshold: float) -> None:
    half = 0.5 * 10.0 ** -(3 if level == 0.05 else 4)
    below, above = (float(harmonic_p(np.array(threshold + d), count)) for d in (-half, half))
    assert below < level < above
