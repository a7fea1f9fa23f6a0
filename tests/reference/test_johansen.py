"""Johansen's tests and relations against urca and statsmodels.

denmark.csv: money demand of Denmark, 1974Q1 to 1987Q3 (Johansen, S., & Juselius, K. (1990), Oxford
Bulletin of Economics and Statistics 52, 169-210), columns of the data set ``denmark`` of the R
package urca 1.3-3 (Debian r-cran-urca). The numbers are those of its ``ca.jo(ecdet="const", K=2,
spec="longrun")``, with ``season=4`` for the four series, and of its ``blrtest``; those of the
German interest and inflation rates are statsmodels' own, which it checks against JMulTi.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.reduced_rank import (
    centred_seasons,
    error_correction,
    likeliest_constant,
    reduced_rank,
    vector_model,
)
from shiftexp.kernels.relation_tests import ratio_of
from tests.reference.test_newey_west import DATA


@cache
def denmark() -> Floats:
    frame = pd.read_csv(DATA.with_name("denmark.csv"))
    return frame[["LRM", "LRY", "IBO", "IDE"]].to_numpy()[None]


def test_four_series_with_seasons() -> None:
    seasons = centred_seasons(np.arange(55) % 4, 4)
    regression = error_correction(denmark(), 2, "constant", seasons)
    found = reduced_rank(regression)
    assert found.trace[0] == pytest.approx([49.1444, 19.0569, 8.6950, 2.3522], abs=5e-5)
    assert found.largest[0] == pytest.approx([30.0875, 10.3620, 6.3427, 2.3522], abs=5e-5)
    relation = likeliest_constant(regression, found.vectors)[0, :, 0]
    expected = [1, -1.0329488, 5.2069187, -4.2158794, -6.0599317]
    assert relation / relation[0] == pytest.approx(expected, abs=1e-6)
    pull = vector_model(regression, found.vectors[:, :, :1] / found.vectors[:, :1, :1]).pull
    assert pull[0, :, 0] == pytest.approx(
        [-0.212954944, 0.115022042, 0.023177240, 0.029411088], abs=1e-7
    )


def test_two_series_their_relation_and_the_test_of_a_unit_coefficient() -> None:
    regression = error_correction(denmark()[:, :, :2], 2, "constant")
    found = reduced_rank(regression)
    assert found.trace[0] == pytest.approx([9.421672570, 2.009013068], abs=1e-7)
    relation = likeliest_constant(regression, found.vectors)[0, :, 0]
    assert relation / relation[0] == pytest.approx([1, -2.60342602, 3.78459855], abs=1e-6)
    ratio = ratio_of(regression, np.array([1.0, -1.0]), found.values[:, 0])
    assert ratio == pytest.approx([4.608558171], abs=1e-7)


def test_an_unrestricted_constant() -> None:
    found = reduced_rank(error_correction(denmark()[:, :, :2], 2, "drift"))
    assert found.trace[0] == pytest.approx([6.6627027174742, 0.0005365398955], abs=1e-7)


def test_interest_and_inflation() -> None:
    data = sm.datasets.interest_inflation.load_pandas().data[["R", "Dp"]].to_numpy()
    seasons = centred_seasons(np.arange(len(data)) % 4, 4)
    regression = error_correction(data[None], 4, "constant", seasons)
    vectors = reduced_rank(regression).vectors[:, :, :1]
    relation = likeliest_constant(regression, vectors)[0, :, 0]
    assert relation / relation[0] == pytest.approx([1, -3.986706, -0.0425606], abs=1e-6)
    pull = vector_model(regression, vectors / vectors[:, :1]).pull
    assert pull[0, :, 0] == pytest.approx([-0.0996426, 0.1584641], abs=1e-6)
