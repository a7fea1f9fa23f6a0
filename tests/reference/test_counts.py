"""Count regressions against published tables and the seat-belt law of Great Britain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import shiftexp as sx
from shiftexp.effects import LogSeriesLaw, StudentLaw
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.count_regression import count_contrast, count_regression
from tests.panels import make_panel
from tests.reference.test_newey_west import DATA

quiet = pytest.mark.filterwarnings("ignore::shiftexp.errors.SmallSampleWarning")


def logs(result: sx.Result) -> StudentLaw:
    """Return the law in logs of a fit with independent counts."""
    law = result.effects.law
    assert isinstance(law, LogSeriesLaw)
    assert isinstance(law.law, StudentLaw)
    return law.law


@quiet
@pytest.mark.parametrize(
    ("side", "after", "controls", "ratio", "error"),
    [
        # Wheeler & Ratcliffe (2018); the second pair has a control of its own
        ((207, 110), "T", (308, 318), -0.6641900, 0.1425245),
        ((178, 157), "B", (150, 140), -0.0565449, 0.1606142),
        # A. Wheeler, comparing the weighted displacement difference with Wilson's log ratio (2021)
        ((50, 30), "T", (60, 55), -0.4238142, 0.2969542),
    ],
)
def test_log_relative_incidence_rate_ratios(
    side: tuple[int, int], after: str, controls: tuple[int, int], ratio: float, error: float
) -> None:
    panel = make_panel(
        {after: np.array(side, float), "C": np.array(controls, float)}, unit_of_measure="count"
    )
    design = sx.Design(origin=after, destination=None, onset=2001, donors=("C",))
    result = sx.CountDiD(family="poisson", variance="counts").fit(panel, design)
    law = logs(result)
    assert law.mean[0] == pytest.approx(ratio, abs=5e-8)
    assert np.sqrt(law.cov[0, 0]) == pytest.approx(error, abs=5e-8)
    assert result["origin"].estimate == pytest.approx(side[1] * (1 - np.exp(-ratio)), abs=1e-4)


def belts() -> pd.DataFrame:
    """Return the monthly casualties."""
    return pd.read_csv(DATA)


def monthly_terms(frame: pd.DataFrame) -> Floats:
    """Return constant, trend, months and law, shape (T, 14)."""
    month = np.arange(len(frame)) % 12
    dummies = (month[:, None] == np.arange(1, 12)).astype(float)
    trend = np.linspace(-1, 1, len(frame))
    return np.column_stack([np.ones(len(frame)), trend, dummies, frame["law"]])


@pytest.mark.parametrize(
    ("series", "effect", "error"),
    [
        ("front", -0.2395833, 0.0295932),
        ("rear", 0.1102206, 0.0263117),
        ("drivers", -0.1667807, 0.0247752),
    ],
)
def test_quasi_poisson_with_kilometres_as_offset(series: str, effect: float, error: float) -> None:
    frame = belts()
    y = frame[series].to_numpy(float)[None, None]
    offset = np.log(frame["kms"].to_numpy(float))[None, None]
    x = monthly_terms(frame)[None, None]
    fit = count_regression(y, x, offset, np.zeros(1), absorb=False)
    phi = float(((y - fit.mean) ** 2 / fit.mean).sum()) / (y.size - x.shape[-1])
    assert fit.coefficients[0, -1] == pytest.approx(effect, abs=5e-8)
    assert np.sqrt(phi * fit.inverse[0, -1, -1]) == pytest.approx(error, abs=5e-8)


def both_seats() -> sx.Panel:
    """Return front and rear seat casualties as two indicators."""
    seats = belts().assign(country="GB").melt(["country", "month"], ["front", "rear"], "seat", "n")
    return sx.Panel.from_frame(
        seats, unit="country", period="month", value="n", indicator="seat", unit_of_measure="count"
    )


@quiet
@pytest.mark.parametrize(
    ("family", "effect", "error"),
    [
        ({"family": "poisson"}, -0.3500779, 0.0171634),
        (
            {"family": "negative_binomial", "dispersion": 1 / 118.632},
            -0.3531942,
            0.0390066,
        ),
    ],
)
def test_front_seats_against_rear_seats(
    family: dict[str, Any], effect: float, error: float
) -> None:
    model = sx.RatioOfRatios(
        indicator="front", control="rear", trend=True, seasonal=True, variance="counts", **family
    )
    design = sx.Design(origin="GB", destination=None, onset="1983-02")
    result = model.fit(both_seats(), design)
    assert logs(result).mean[0] == pytest.approx(effect, abs=5e-7)
    assert np.sqrt(logs(result).cov[0, 0]) == pytest.approx(error, abs=5e-7)
    share = result["origin"].estimate / result.effects.observed[0]
    assert -np.log1p(-share) == pytest.approx(effect, abs=5e-7)


def test_months_that_both_seats_share_drop_out_of_the_contrast() -> None:
    """A frozen January keeps cars at home: each series falls, the contrast of both does not."""
    frame = belts()
    y = np.stack([frame["front"], frame["rear"]]).astype(float)[None]
    frozen = y.copy()
    frozen[:, :, 24] = np.round(y[:, :, 24] * 0.3)
    x = monthly_terms(frame)
    both = np.concatenate([np.stack([x, x]), np.stack([x, np.zeros_like(x)])], axis=2)[None]
    residuals = []
    for counts in (y, frozen):
        fit = count_regression(counts, both, np.zeros(y.shape), np.zeros(1), absorb=False)
        relative = (counts - fit.mean) / fit.mean
        contrast = count_contrast(counts, fit.mean, np.zeros(1), np.zeros(1, dtype=int))
        residuals.append((relative[0, :, 24], contrast.residual[0, 24]))
    (before, plain), (after, shared) = residuals
    assert (after - before < -0.5).all()
    assert abs(shared - plain) < 0.1
