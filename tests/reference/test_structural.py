"""Published maximum likelihood estimates of structural models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.structural import UnobservedComponents

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import Form, Series, Variances, filtered, form

SEATBELTS = Path(__file__).with_name("data") / "seatbelts.csv"


def logliks(model: Form, y: Floats, variances: Floats) -> Floats:
    """Return log-likelihoods of one series at candidates, shape (N,), variances (N, K)."""
    periods, parts = len(y), variances.shape[1]
    series = Series(y[:, None], np.zeros((periods, 1, 0)), np.zeros(0), np.zeros((periods, 1)))
    candidates = Variances(np.sqrt(variances).T[None], np.zeros((parts, len(variances))))
    return filtered(model, series, candidates).loglik


def most_likely(model: Form, y: Floats, start: Floats) -> tuple[Floats, float]:
    """Return maximum likelihood variances of one series and the log-likelihood there."""

    def minus(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return -float(logliks(model, y, np.exp(logs)[None])[0])

    found = minimize(
        minus,
        np.log(start).tolist(),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000},
    )
    return np.exp(found.x), -float(found.fun)


def test_the_nile_has_the_variances_of_the_textbook() -> None:
    # Durbin & Koopman (2012), Time Series Analysis by State Space Methods, 2.2.5 (15099, 1469.1);
    # R's StructTS 15098.58, 1469.15; statsmodels with an exact diffuse start and a tight tolerance
    # 15098.52, 1469.18, log-likelihood -633.464564, and with its defaults 15078.01, 1478.81.
    y = nile.load_pandas().data["volume"].to_numpy(float)
    variances, loglik = most_likely(form("level"), y, np.array([10_000.0, 2_000.0]))
    assert variances == pytest.approx([15098.52, 1469.18], abs=0.01)
    assert loglik - np.log(2 * np.pi) / 2 == pytest.approx(-633.464564, abs=1e-6)


def test_the_seat_belt_series_has_its_most_likely_variances() -> None:
    # log(drivers), monthly 1969-84, Harvey & Durbin (1986), doi 10.2307/2981553. With an exactly
    # diffuse start statsmodels ends at irregular .00346783, level .00100094, slope and season 0,
    # log-likelihood 171.7018 (a constant lower than ours). R's StructTS (BSM) gives irregular
    # .0014640, level .0022052, season .0014325: its start is not exactly diffuse, and under this
    # likelihood it lies 22 below the maximum.
    y = np.log(np.loadtxt(SEATBELTS, delimiter=",", skiprows=1, usecols=2))
    model = form("linear", seasons=12)
    best = np.array([3.46783e-3, 1.00094e-3, 1e-12, 1e-12])
    moved = np.tile(best, (6, 1))
    moved[[0, 1, 2, 3, 4, 5], [0, 0, 1, 1, 2, 3]] = [3.4e-3, 3.5e-3, 0.98e-3, 1.02e-3, 1e-6, 1e-6]
    of_r = np.array([0.0014640, 0.0022052, 1e-12, 0.0014325])
    highest, *others, elsewhere = logliks(model, y, np.vstack([best, moved, of_r]))
    assert highest == pytest.approx(188.6178, abs=1e-4)
    assert max(others) < highest
    assert highest - elsewhere == pytest.approx(22.1, abs=0.1)
    theirs = UnobservedComponents(y, "lltrend", seasonal=12, use_exact_diffuse=True)
    gap = theirs.loglike(best) - theirs.loglike(of_r)
    assert gap == pytest.approx(highest - elsewhere, abs=1e-6)
