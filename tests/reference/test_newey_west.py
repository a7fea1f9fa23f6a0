"""Rival engines against statsmodels and against the seat-belt law.

The data are `Seatbelts` of base R: road casualties in Great Britain by month, 1969 to 1984, with
the law of February 1983; a series of the UK Department of Transport, published by Harvey, A. C. &
Durbin, J. (1986), Journal of the Royal Statistical Society A 149, 187-227, and Harvey, A. C.
(1989), Forecasting, Structural Time Series Models and the Kalman Filter. Petrol price and van
drivers are left out here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors
from tests.recovery import rivals

DATA = Path(__file__).parent / "data" / "seatbelts.csv"
STEP = np.column_stack([np.ones(20), np.arange(20) >= 12, np.arange(20.0)])


def series(count: int = 4, rho: float = 0.5) -> Floats:
    return autoregressive_errors((count, 20), rho, np.random.default_rng(7))


def seat_belts() -> tuple[Floats, Floats]:
    frame = pd.read_csv(DATA)
    month = np.arange(len(frame)) % 12
    dummies = (month[:, None] == np.arange(1, 12)).astype(float)
    trend = np.arange(1.0, len(frame) + 1)
    x = np.column_stack([np.ones(len(frame)), trend, dummies, frame["law"]])
    return np.log(frame["drivers"].to_numpy(float))[None], x


def test_the_seat_belt_data_are_those_of_the_books() -> None:
    frame = pd.read_csv(DATA)
    assert frame["month"].iloc[[0, -1]].tolist() == ["1969-01", "1984-12"]
    assert frame.loc[frame["law"] == 1, "month"].iloc[0] == "1983-02"
    killed = frame.groupby("law")["DriversKilled"].mean().tolist()
    assert killed == pytest.approx([125.8698, 100.2609], abs=5e-5)
    assert len(frame) == 192


def test_seat_belts_by_least_squares_and_newey_west() -> None:
    y, x = seat_belts()
    plain = rivals.ols_t(y, x, -1)
    robust = rivals.newey_west_t(y, x, -1, lags=12)
    assert plain.estimate[0] == pytest.approx(-0.1640337, abs=1e-7)
    assert plain.std_error[0] == pytest.approx(0.0237570, abs=1e-7)
    assert robust.std_error[0] == pytest.approx(0.0311784, abs=1e-7)


def test_front_against_rear_seats() -> None:
    frame = pd.read_csv(DATA)
    _, x = seat_belts()
    group = np.repeat([1.0, 0.0], len(frame))
    both = np.vstack([x, x])
    counts = np.concatenate([frame["front"], frame["rear"]])
    fit = sm.GLM(
        counts, np.hstack([both, both * group[:, None]]), family=sm.families.Poisson()
    ).fit()
    assert fit.params[-1] == pytest.approx(-0.3500779, abs=1e-7)
    assert fit.bse[-1] == pytest.approx(0.0171634, abs=1e-7)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_least_squares_is_that_of_statsmodels(column: int) -> None:
    y = series()
    found = rivals.ols_t(y, STEP, column)
    peers = [sm.OLS(row, STEP).fit() for row in y]
    assert found.std_error == pytest.approx([p.bse[column] for p in peers], abs=1e-10)
    assert found.p_value == pytest.approx([p.pvalues[column] for p in peers], abs=1e-10)


@pytest.mark.parametrize(("lags", "adjusted"), [(None, False), (0, False), (5, False), (3, True)])
@pytest.mark.parametrize("tail", ["normal", "t"])
def test_newey_west_is_that_of_statsmodels(
    lags: int | None, tail: rivals.Tail, *, adjusted: bool
) -> None:
    y = series()
    found = rivals.newey_west_t(y, STEP, 1, lags=lags, tail=tail, adjusted=adjusted)
    settings = {"maxlags": 2 if lags is None else lags, "use_correction": adjusted}
    peers = [
        sm.OLS(row, STEP).fit(cov_type="HAC", cov_kwds=settings, use_t=tail == "t") for row in y
    ]
    assert found.std_error == pytest.approx([p.bse[1] for p in peers], abs=1e-10)
    assert found.p_value == pytest.approx([p.pvalues[1] for p in peers], abs=1e-10)


def test_automatic_lags() -> None:
    assert [rivals.automatic_lags(t) for t in (15, 20, 40, 100, 120)] == [2, 2, 3, 4, 4]


def test_gls_is_that_of_statsmodels() -> None:
    y, correlation = series(), rivals.ar1_correlation(0.6, 20)
    found = rivals.gls_t(y, STEP, 1, 3 * correlation)
    peers = [sm.GLS(row, STEP, sigma=correlation).fit() for row in y]
    assert found.estimate == pytest.approx([p.params[1] for p in peers], abs=1e-10)
    assert found.p_value == pytest.approx([p.pvalues[1] for p in peers], abs=1e-10)


def test_reml_takes_the_autocorrelation_with_the_largest_restricted_likelihood() -> None:
    y = series(count=3)
    complement = np.linalg.svd(STEP)[0][:, 3:]
    seen = y @ complement

    def likelihood(row: Floats, rho: float) -> float:
        cov = complement.T @ rivals.ar1_correlation(rho, 20) @ complement
        form = row @ np.linalg.solve(cov, row)
        return float(-0.5 * np.linalg.slogdet(cov)[1] - 0.5 * len(row) * np.log(form))

    grid = (-0.3, 0.0, 0.3, 0.6, 0.9)
    best = [max(grid, key=lambda rho: likelihood(row, rho)) for row in seen]
    found = rivals.reml_ar1_t(y, STEP, 1, rho=np.array(grid))
    known = [rivals.gls_t(y, STEP, 1, rivals.ar1_correlation(rho, 20)) for rho in best]
    assert len(set(best)) > 1
    assert found.p_value == pytest.approx([k.p_value[i] for i, k in enumerate(known)])


def test_two_clusters_print_no_error_at_all() -> None:
    pair = autoregressive_errors((5, 2, 20), 0.4, np.random.default_rng(2))
    post = np.arange(20) >= 12
    x = rivals.two_way_regressors(post)
    unit = np.repeat([0, 1], 20)
    peers = [sm.OLS(p.ravel(), x).fit(cov_type="cluster", cov_kwds={"groups": unit}) for p in pair]
    difference = pair[:, 1] - pair[:, 0]
    effect = difference[:, post].mean(axis=1) - difference[:, ~post].mean(axis=1)
    found = rivals.clustered_by_unit_t(pair, post)
    normal = rivals.clustered_by_unit_t(pair, post, tail="normal")
    assert found.estimate == pytest.approx(effect)
    assert found.estimate == pytest.approx([p.params[-1] for p in peers])
    assert max(abs(p.cov_params()[-1, -1]) for p in peers) < 1e-12
    assert found.std_error.max() < 1e-12
    assert found.p_value.max() < 1e-11
    with np.errstate(invalid="ignore"):  # where rounding made the variance negative
        printed = np.array([p.pvalues[-1] for p in peers])
    assert np.isfinite(printed).any()
    assert np.nanmax(printed) == 0 == normal.p_value.max()
