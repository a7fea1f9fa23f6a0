"""Published maximum likelihood estimates of structural models."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from statsmodels.datasets import nile

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import Form, Series, Variances, filtered, form


def most_likely(model: Form, y: Floats, start: Floats) -> tuple[Floats, float]:
    """Return maximum likelihood variances of one series and the log-likelihood there."""
    periods = len(y)
    series = Series(y[:, None], np.zeros((periods, 1, 0)), np.zeros(0), np.zeros((periods, 1)))

    def minus(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        sd = np.exp(logs / 2)[None, :, None]
        return -float(filtered(model, series, Variances(sd, np.zeros((len(logs), 1)))).loglik[0])

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
