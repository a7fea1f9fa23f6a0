"""Which came first, the chicken or the egg: Granger tests of lmtest, by our own.

Thurman, W. N., & Fisher, M. E. (1988). Chickens, eggs, and causality, or which came first?
American Journal of Agricultural Economics, 70, 237-238: chickens and eggs (millions of dozens) in
the United States, 1930 to 1983. The data are `ChickEgg` of the R package lmtest 0.9-40 (Zeileis,
A., & Hothorn, T. (2002), R News 2(3), 7-10; licence GPL-2 or GPL-3; figures of the US Department of
Agriculture), the numbers those of its `grangertest(order = 3)`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shiftexp as sx

DATA = Path(__file__).parent / "data" / "chickegg.csv"


@pytest.fixture(scope="module")
def found() -> sx.Granger:
    wide = pd.read_csv(DATA)
    rows = wide.melt(id_vars="year", var_name="unit", value_name="amount")
    panel = sx.Panel.from_frame(
        rows, unit="unit", period="year", value="amount", unit_of_measure="heads or dozens"
    )
    design = sx.Design(origin="egg", destination="chicken", onset=1960)
    return sx.granger(panel, design, lags=3, integration=0, scale="level", trend=False, draws=499)


def test_eggs_before_chickens(found: sx.Granger) -> None:
    test = found.forward
    assert (test.cause, test.effect, found.df) == ("egg", "chicken", 44)
    assert test.f == pytest.approx(5.40498, abs=5e-6)
    assert test.p_f == pytest.approx(0.0029664, abs=5e-8)
    assert test.p_value < 0.05


def test_not_chickens_before_eggs(found: sx.Granger) -> None:
    test = found.backward
    assert test.f == pytest.approx(0.59162, abs=5e-6)
    assert test.p_f == pytest.approx(0.62379, abs=5e-6)
    assert test.p_value > 0.3


def test_eggs_do_not_displace_chickens(found: sx.Granger) -> None:
    assert found.forward.response > 0
    assert found.evidence.p_value == 1
