"""Structural breaks of the Nile against strucchange, and laws against published critical values.

The data are the annual flow of the Nile at Aswan, 1871 to 1970 (Cobb, G. W. (1978), Biometrika 65,
243-251), as shipped with statsmodels. The numbers are those of the R package strucchange 1.5.3 on
the same data (Zeileis, A., Kleiber, C., Kraemer, W. & Hornik, K. (2003), Computational Statistics &
Data Analysis 44, 109-123, who study this series); it names the last year before a break, here it is
the first one after it.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2

import shiftexp as sx
from shiftexp.kernels.breaks import recursive_cusum_p, sup_f_p

RSS = (2835156.75, 1597457.194, 1552923.616, 1538096.513, 1507888.476)
BIC = (1318.2418, 1270.0837, 1276.4667, 1284.7177, 1291.9445)
# Hansen, B. E. (1997), Journal of Business & Economic Statistics 15, 60-67: 1 - chi2(a + b x; v)
# approximates the p of sup-F for one and two terms at 15 % trimming.
HANSEN = {1: (-0.98828874, 1.01604712, 2.96752918), 2: (-1.65273586, 1.05932633, 4.69340428)}


@cache
def nile() -> sx.StructuralBreaks:
    data = sm.datasets.nile.load_pandas().data
    flow = pd.Series(data["volume"].to_numpy(float), data["year"].astype(int), name="Nile")
    return sx.structural_breaks(flow, at=1899, errors="independent")


def test_chow_and_sup_f() -> None:
    chow, largest = nile()["Chow"], nile()["sup-F"]
    assert chow.statistic == pytest.approx(75.9298, abs=5e-5)
    assert chow.p_asymptotic == pytest.approx(7.44e-14, rel=1e-3)
    assert largest.statistic == pytest.approx(75.9298, abs=5e-5)
    assert largest.period == "1899"
    assert largest.p_asymptotic < 2.2e-15


def test_partitions_and_their_criterion() -> None:
    found = nile().partitions
    assert [p.rss for p in found[:5]] == pytest.approx(RSS, rel=1e-9)
    assert [p.bic for p in found[:5]] == pytest.approx(BIC, abs=5e-5)
    assert min(found, key=lambda p: p.bic).breaks == min(found, key=lambda p: p.lwz).breaks == 1


def test_the_date_and_its_limits() -> None:
    (date,) = nile().dates
    assert (date.period, date.low, date.high) == ("1899", "1896", "1903")


def test_cusum_tests() -> None:
    ols, recursive = nile()["OLS-CUSUM"], nile()["Rec-CUSUM"]
    assert ols.statistic == pytest.approx(2.95177, abs=5e-6)
    assert ols.p_asymptotic == pytest.approx(5.4e-8, rel=0.01)
    assert recursive.statistic == pytest.approx(2.06692, abs=5e-6)
    assert recursive.p_asymptotic == pytest.approx(7.5e-8, rel=0.01)


@pytest.mark.parametrize(
    ("terms", "critical"), [(1, (7.12, 8.68, 12.16)), (2, (10.00, 11.72, 15.56))]
)
def test_sup_f_has_the_corrected_critical_values_of_andrews(
    terms: int, critical: tuple[float, ...]
) -> None:
    # Andrews, D. W. K. (2003), Econometrica 71, 395-397, table I, 15 % trimming: 10, 5 and 1 %.
    found = [sup_f_p(x, terms, 0.15) for x in critical]
    assert found == pytest.approx([0.10, 0.05, 0.01], abs=0.0013)


@pytest.mark.parametrize("terms", [1, 2])
@pytest.mark.parametrize("statistic", [8.0, 10.0, 14.0, 20.0])
def test_sup_f_is_near_hansens_approximation(terms: int, statistic: float) -> None:
    constant, slope, df = HANSEN[terms]
    hansen = float(chi2.sf(constant + slope * statistic, df))
    assert sup_f_p(statistic, terms, 0.15) == pytest.approx(hansen, rel=0.15, abs=0.01)


def test_rec_cusum_has_the_critical_values_of_brown_durbin_and_evans() -> None:
    # Brown, R. L., Durbin, J. & Evans, J. M. (1975), JRSS B 37, 149-192: .850, .948, 1.143.
    found = [recursive_cusum_p(x) for x in (0.850, 0.948, 1.143)]
    assert found == pytest.approx([0.10, 0.05, 0.01], rel=0.01)
