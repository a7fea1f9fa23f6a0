"""Non-nested tests of a distributed lag: R package lmtest, data USDistLag.

US consumption and gross national product, 1963 to 1982, billions of 1972 dollars: Greene, W. H.
(1993), Econometric Analysis, 2nd edition, table 7.7; as distributed with lmtest
(https://doi.org/10.32614/CRAN.package.lmtest), whose jtest, coxtest and encomptest print these
numbers for con ~ gnp + con1 against con ~ gnp + gnp1, the last letter a lag.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx

DATA = Path(__file__).parent / "data" / "us_distributed_lag.csv"
NAMES = ("lagged consumption", "lagged product")


@pytest.fixture(scope="module")
def found() -> sx.NonNested:
    frame = pd.read_csv(DATA)
    con, gnp = frame["consumption"].to_numpy(), frame["gnp"].to_numpy()
    one = np.ones(len(frame) - 1)
    first = np.column_stack([one, gnp[1:], con[:-1]])
    second = np.column_stack([one, gnp[1:], gnp[:-1]])
    return sx.non_nested(first, second, outcome=con[1:], names=NAMES, bootstrap=0)


@pytest.mark.parametrize(
    ("null", "coefficient", "t", "p"),
    [(NAMES[0], -2.70413, -3.54535, 0.0029371), (NAMES[1], 2.74360, 5.20506, 0.00010672)],
)
def test_j(found: sx.NonNested, null: str, coefficient: float, t: float, p: float) -> None:
    row = found["J", null]
    assert row.coefficient == pytest.approx(coefficient, abs=5e-6)
    assert row.statistic == pytest.approx(t, abs=5e-6)
    assert row.p_value == pytest.approx(p, rel=1e-4)


def test_cox(found: sx.NonNested) -> None:
    assert found["Cox", NAMES[0]].statistic == pytest.approx(2.19602, abs=5e-6)
    assert found["Cox", NAMES[1]].statistic == pytest.approx(-5.57269, abs=5e-6)


def test_encompassing(found: sx.NonNested) -> None:
    assert found["encompassing F", NAMES[0]].statistic == pytest.approx(12.5695, abs=5e-5)
    assert found["encompassing F", NAMES[1]].statistic == pytest.approx(27.0926, abs=5e-5)
