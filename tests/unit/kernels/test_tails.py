"""Tails and quantiles against scipy's distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from shiftexp.kernels.tails import t_cdf, t_quantile


@pytest.mark.parametrize("df", [1.0, 7.5, 40.0])
def test_student(df: float) -> None:
    x = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(t_cdf(df, x), stats.t.cdf(x, df), rtol=1e-12)
    assert t_quantile(df, 0.975) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-9)


def test_infinite_degrees_of_freedom_are_normal() -> None:
    assert t_cdf(math.inf, 1.3) == pytest.approx(stats.norm.cdf(1.3), rel=1e-12)
    assert t_quantile(math.inf, 0.9) == pytest.approx(stats.norm.ppf(0.9), rel=1e-12)
