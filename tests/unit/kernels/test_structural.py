"""Likelihood, predictions and continuations against dense algebra and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import (
    Form,
    Series,
    Trend,
    Variances,
    differenced,
    filtered,
    forecasts,
    form,
    predictions,
)

PERIODS, BEFORE = 14, 10
TRENDS: tuple[Trend, ...] = ("level", "smooth", "linear")
THEIRS = {"level": "llevel", "smooth": "strend", "linear": "lltrend"}


def operator_matrix(model: Form, periods: int) -> Floats:
    """Return differencing as a matrix."""
    return differenced(np.eye(periods), model.operator)


def component_covariances(model: Form, periods: int) -> list[Floats]:
    """Return covariances of undifferenced components that start at zero."""
    once = np.tril(np.ones((periods, periods)))
    later = np.vstack([np.zeros(periods), once[:-1]])
    known = {"noise": np.eye(periods), "level": once @ once.T}
    known["slope"] = (once @ later) @ (once @ later).T
    return [known[name] for name in model.names]


def example(model: Form, seed: int = 0) -> tuple[Series, Variances]:
    """Return two series with a regressor each, one proper prior, and sampling errors."""
    rng = np.random.default_rng(seed)
    x = np.zeros((PERIODS, 2, 2))
    x[:, [0, 1], [0, 1]] = rng.normal(size=(PERIODS, 1))
    series = Series(
        rng.normal(size=(BEFORE, 2)),
        x,
        np.array([0.0, 0.5]),
        rng.uniform(0, 1, (PERIODS, 2)),
    )
    count = len(model.names)
    sd, r = rng.uniform(0.3, 1, (2, count, 1)), rng.uniform(-0.8, 0.8, (count, 1))
    return series, Variances(sd, r)


class Dense:
    """The same model with every covariance written out."""

    def __init__(self, model: Form, series: Series, variances: Variances) -> None:
        periods, width, _ = series.x.shape
        both = np.kron(operator_matrix(model, periods), np.eye(width))
        self.cov = both @ np.diag(series.known.ravel()) @ both.T
        single = operator_matrix(model, periods)
        for k, covariance in enumerate(component_covariances(model, periods)):
            sd, r = variances.sd[:, k, 0], variances.correlation[k, 0]
            related = np.outer(sd, sd) * np.array([[1, r], [r, 1]])
            self.cov += np.kron(single @ covariance @ single.T, related)
        self.rows = (len(series.y) - model.order) * width
        self.x = both @ series.x.reshape(periods * width, -1)
        self.y = differenced(series.y, model.operator).ravel()
        inverse = np.linalg.inv(self.cov[: self.rows, : self.rows])
        known = self.x[: self.rows]
        self.precision = known.T @ inverse @ known + np.diag(series.precision)
        self.beta = np.linalg.solve(self.precision, known.T @ inverse @ self.y)
        self.inverse = inverse

    def loglik(self, series: Series) -> float:
        """Return the log-likelihood with coefficients integrated out."""
        fitted = self.y @ self.inverse @ self.y - self.beta @ self.precision @ self.beta
        logs = np.linalg.slogdet(self.inverse)[1] - np.linalg.slogdet(self.precision)[1]
        flat = int((series.precision == 0).sum())
        proper = np.log(series.precision[series.precision > 0]).sum()
        return float((logs - fitted + proper - (self.rows - flat) * np.log(2 * np.pi)) / 2)

    def ahead(self) -> tuple[Floats, Floats]:
        """Return mean and covariance of the differences after the onset."""
        gain = self.cov[self.rows :, : self.rows] @ self.inverse
        mean = self.x[self.rows :] @ self.beta + gain @ (self.y - self.x[: self.rows] @ self.beta)
        shift = self.x[self.rows :] - gain @ self.x[: self.rows]
        cov = self.cov[self.rows :, self.rows :] - gain @ self.cov[: self.rows, self.rows :]
        return mean, cov + shift @ np.linalg.inv(self.precision) @ shift.T


def still(series: Series, count: int) -> tuple[Floats, Floats]:
    """Return zeros in place of normals: means."""
    ahead = (len(series.x) - len(series.y)) * series.y.shape[1]
    return np.zeros((count, series.x.shape[2])), np.zeros((ahead, count))


@pytest.mark.parametrize("trend", TRENDS)
def test_two_series_agree_with_dense_algebra(trend: Trend) -> None:
    model = form(trend)
    series, variances = example(model)
    found, dense = filtered(model, series, variances), Dense(model, series, variances)
    assert found.loglik[0] == pytest.approx(dense.loglik(series), abs=1e-10)
    assert found.beta[0] == pytest.approx(dense.beta)
    mean, _ = dense.ahead()
    path = forecasts(model, series, found, np.array([0]), still(series, 1))[:, :, 0]
    whole = np.concatenate([series.y, path])
    assert differenced(whole, model.operator)[BEFORE - model.order :].ravel() == pytest.approx(mean)


@pytest.mark.parametrize("trend", TRENDS)
def test_continuations_have_the_covariance_of_dense_algebra(trend: Trend) -> None:
    model, draws = form(trend), 40_000
    series, variances = example(model)
    found = filtered(model, series, variances)
    rng = np.random.default_rng(5)
    normals = (
        rng.standard_normal((draws, 2)),
        rng.standard_normal((2 * (PERIODS - BEFORE), draws)),
    )
    paths = forecasts(model, series, found, np.zeros(draws, dtype=int), normals)
    start = np.repeat(series.y[:, :, None], draws, axis=2)
    z = differenced(np.concatenate([start, paths]), model.operator)[BEFORE - model.order :]
    _, cov = Dense(model, series, variances).ahead()
    drawn = np.cov(z.reshape(-1, draws))
    scale = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    assert np.abs((drawn - cov) / scale).max() < 5 * np.sqrt(2 / draws)


def test_predictions_leave_the_innovations_of_the_periods_so_far() -> None:
    model = form("linear")
    series, variances = example(model)
    flat = Series(series.y, series.x[:, :, :0], np.zeros(0), series.known)
    path = predictions(model, flat, filtered(model, flat, variances))[:, :, 0]
    assert np.array_equal(path[: model.order], series.y[: model.order])
    for t in (4, 7):
        cut = Series(series.y[:t], flat.x, flat.precision, flat.known)
        ahead = forecasts(model, cut, filtered(model, cut, variances), np.array([0]), still(cut, 1))
        assert path[t] == pytest.approx(ahead[0, :, 0])


def gapped(rng: np.random.Generator, missing: tuple[int, ...]) -> tuple[Floats, Series]:
    """Return a series with gaps as statsmodels takes it, and as we do."""
    y = rng.normal(size=40).cumsum() + rng.normal(size=40)
    columns = np.zeros((46, 1, len(missing)))
    columns[list(missing), 0, range(len(missing))] = 1.0
    gaps = y.copy()
    gaps[list(missing)] = np.nan
    filled = np.nan_to_num(gaps)[:, None]
    return gaps, Series(filled, columns, np.zeros(len(missing)), np.zeros((46, 1)))


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("missing", [(), (5, 6, 20), (38, 39)])
def test_one_series_with_gaps_agrees_with_statsmodels(
    trend: Trend, missing: tuple[int, ...]
) -> None:
    model = form(trend)
    gaps, series = gapped(np.random.default_rng(3), missing)
    theirs = UnobservedComponents(gaps, THEIRS[trend], use_exact_diffuse=True)
    sd = np.array([0.9, 0.5, 0.2])[: len(model.names)]
    candidates = np.stack([sd, 0.6 * sd, sd[::-1]], axis=1)[None]
    found = filtered(model, series, Variances(candidates, np.zeros((len(sd), 3))))
    logs, means = [], []
    for k in range(3):
        told = theirs.smooth(candidates[0, :, k] ** 2)
        logs.append(told.llf)
        means.append(told.forecast(6))
    # The constant of the start differs: half of log 2 pi for each diffuse state.
    constant = model.order * np.log(2 * np.pi) / 2
    assert found.loglik == pytest.approx(np.array(logs) + constant, abs=1e-7)
    path = forecasts(model, series, found, np.arange(3), still(series, 3))
    assert np.allclose(path[:, 0].T, means, rtol=0, atol=1e-7)


def test_a_stochastic_season_agrees_with_statsmodels() -> None:
    model = form("linear", seasons=4)
    _, series = gapped(np.random.default_rng(4), ())
    theirs = UnobservedComponents(series.y[:, 0], "lltrend", seasonal=4, use_exact_diffuse=True)
    sd = np.array([[0.9, 0.7], [0.5, 0.3], [0.1, 0.2], [0.3, 0.6]])
    found = filtered(model, series, Variances(sd[None], np.zeros((4, 2))))
    told = [theirs.smooth(sd[:, k] ** 2) for k in range(2)]
    gap = found.loglik - np.array([each.llf for each in told])
    assert gap == pytest.approx(gap[0], abs=1e-7)
    path = forecasts(model, series, found, np.arange(2), still(series, 2))
    means = [each.forecast(6) for each in told]
    assert np.allclose(path[:, 0].T, means, rtol=0, atol=1e-6)
