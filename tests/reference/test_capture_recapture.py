"""Worked numbers of capture and recapture: opiate users of Bangkok, and typed frequencies.

Mastro, T. D., and others (1994). Estimating the number of HIV-infected injection drug users in
Bangkok: a capture-recapture method. American Journal of Public Health, 84, 1094-1099: 4,064 in
methadone treatment, 1,540 arrested, 171 on both lists, "36,600". Frequencies 100, 30, 20: the
formulas of Chao (1987), Biometrics 43, 783-791, and Zelterman (1988), Journal of Statistical
Planning and Inference 18, 225-237, with the variance of Boehning (2008), Statistical Methodology 5,
410-423, computed apart from this library. Limits for 3 found once, 3 twice, 3 more often: those of
EstimateS (Colwell), as the tests of scikit-bio quote them to two decimals.
"""

from __future__ import annotations

from typing import Any

import pytest

import shiftexp as sx
from shiftexp.capture import Method

BANGKOK: dict[str, Any] = {"first": 4064, "second": 1540, "both": 171}
FREQUENCIES = (100, 30, 20)


def test_lincoln_petersen_of_bangkok() -> None:
    found = sx.capture_recapture(**BANGKOK, method="lincoln-petersen")
    assert found.size == pytest.approx(36599.766, abs=5e-4)
    assert round(found.size, -2) == 36600
    assert found.found == 4064 + 1540 - 171


def test_chapman_of_bangkok() -> None:
    found = sx.capture_recapture(**BANGKOK, method="chapman")
    assert found.size == pytest.approx(36418.564, abs=5e-4)
    assert found.se == pytest.approx(2554.018, abs=5e-4)


@pytest.mark.parametrize(
    ("method", "size", "variance"),
    [
        ("chao", 316.6667, 2203.7037),
        ("chao bias-corrected", 309.6774, None),
        ("zelterman", 332.4554, 54.36412**2),
    ],
)
def test_typed_frequencies(method: Method, size: float, variance: float | None) -> None:
    found = sx.capture_recapture(frequencies=FREQUENCIES, method=method)
    assert found.found == 150
    assert found.size == pytest.approx(size, abs=5e-5)
    if variance is not None:
        assert found.se**2 == pytest.approx(variance, rel=1e-6)


@pytest.mark.parametrize(
    ("method", "low", "high"), [("chao bias-corrected", 9.07, 17.45), ("chao", 9.17, 21.89)]
)
def test_log_normal_limits_of_estimates(method: Method, low: float, high: float) -> None:
    found = sx.capture_recapture(frequencies=(3, 3, 0, 2, 1), method=method)
    # EstimateS takes 1.96 for the normal quantile.
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)
