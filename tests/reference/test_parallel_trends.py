"""Published intervals of Rambachan & Roth's package HonestDiD: the Medicaid expansion, for 2014.

Carey, Miller & Wherry's data as in the README of the package; https://doi.org/10.1093/restud/rdad018.
The covariance has the small-sample factor of the source: standard errors are .93399 times those of
statsmodels. The source takes its relative intervals from a grid of 1000 points over 40 standard
errors, that is steps of .00037, and its critical values from 1000 draws.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shiftexp.kernels.arp import relative_interval
from shiftexp.kernels.flci import smoothness_interval
from shiftexp.kernels.trend_sets import largest_step, relative_set

FILE = Path(__file__).parent / "data" / "medicaid_event_study.csv"
FRAME = pd.read_csv(FILE, index_col=0)
BETA = FRAME["coef"].to_numpy(float)
COV = FRAME.drop(columns="coef").to_numpy(float)
N_PRE, FIRST = 5, np.array([1.0, 0.0])
STATSMODELS_ERRORS = [0.009265, 0.009127, 0.007610, 0.006774, 0.007913, 0.009799, 0.011082]


def test_the_data_carry_the_factor_of_the_source() -> None:
    assert np.sqrt(np.diag(COV)) == pytest.approx(0.93399 * np.array(STATSMODELS_ERRORS), rel=1e-4)


def test_smoothness() -> None:
    m = np.array([0.0, 0.01, 0.02, 0.03])
    found = smoothness_interval(BETA, COV, N_PRE, FIRST, m, 0.95)
    low = [0.0259, 0.0132, 0.00286, -0.00714]
    high = [0.0607, 0.0787, 0.0907, 0.101]
    assert found.centre - found.half == pytest.approx(low, abs=1e-4)
    assert found.centre + found.half == pytest.approx(high, abs=5e-4)


def test_relative_magnitudes() -> None:
    low, high = relative_interval(BETA, COV, N_PRE, FIRST, np.array([0.5, 1.0, 1.5, 2.0]), 0.95)
    assert low == pytest.approx([0.0241, 0.0171, 0.00859, -0.00107], abs=6e-4)
    assert high == pytest.approx([0.0673, 0.0720, 0.0796, 0.0883], abs=6e-4)


def test_plug_in_set() -> None:
    assert largest_step(BETA, N_PRE) == pytest.approx(0.0086213, abs=5e-8)
    low, high = relative_set(BETA, N_PRE, FIRST, np.ones(1))
    assert (low[0], high[0]) == pytest.approx((0.03783, 0.05507), abs=5e-6)
