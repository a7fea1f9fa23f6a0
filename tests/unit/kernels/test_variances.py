"""The sampled posterior of variances against a fine grid."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.structural import Form, Series, Variances, filtered, form
from shiftexp.kernels.variances import (
    LEAST_EFFECTIVE,
    Prior,
    VariancePosterior,
    even_choice,
    variance_posterior,
)


def wandering(periods: int, width: int, seed: int, related: float = 0.0) -> Floats:
    """Return series of a level that wanders, with noise; both related between two series."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(np.array([[1, related], [related, 1]]))[:width, :width]
    level, noise = rng.normal(size=(2, periods, width)) @ root.T
    return np.asarray(level.cumsum(axis=0) + 2 * noise)


def bare(y: Floats, ahead: int = 5) -> Series:
    """Return series without regressors."""
    periods, width = len(y) + ahead, y.shape[1]
    return Series(y, np.zeros((periods, width, 0)), np.zeros(0), np.zeros((periods, width)))


def prior_of(y: Floats, model: Form) -> Prior:
    """Return a prior in units of the changes."""
    changes = np.diff(y, axis=0).std(axis=0, ddof=1)
    return Prior(0.8 * changes, np.outer(0.5 * changes, np.ones(len(model.names) - 1)))


def by_grid(model: Form, series: Series, prior: Prior, points: int = 160) -> Floats:
    """Return posterior means of both standard deviations of one series, by a fine grid."""
    axes = np.linspace(-6, 2.5, points)
    logs = np.stack(np.meshgrid(axes, axes, indexing="ij"), axis=-1).reshape(-1, 2)
    found = filtered(model, series, Variances(np.exp(logs).T[None], np.zeros((2, len(logs)))))
    target = found.loglik + prior.log_density(logs[:, None], np.zeros((len(logs), 0)))
    weight = np.exp(target - target.max())
    return np.asarray(weight @ np.exp(logs) / weight.sum())


@pytest.mark.parametrize(("periods", "seed"), [(10, 1), (10, 2), (40, 3), (150, 4)])
def test_one_series_agrees_with_a_fine_grid(periods: int, seed: int) -> None:
    model, y = form("level"), wandering(periods, 1, seed)
    series, prior = bare(y), prior_of(y, form("level"))
    found = variance_posterior(model, series, prior)
    mean = found.variances.sd[0] @ found.weight
    assert mean == pytest.approx(by_grid(model, series, prior), rel=0.05)
    assert found.effective >= LEAST_EFFECTIVE


def correlation_of(found: VariancePosterior, part: int) -> float:
    """Return the posterior mean of a component's correlation."""
    return float(found.variances.correlation[part] @ found.weight)


def test_correlations_are_found_where_there_are_many_periods() -> None:
    model = form("level")
    for related in (-0.8, 0.0, 0.8):
        y = wandering(200, 2, 7, related)
        found = variance_posterior(model, bare(y), prior_of(y, model))
        assert correlation_of(found, 0) == pytest.approx(related, abs=0.2)
        assert correlation_of(found, 1) == pytest.approx(related, abs=0.3)


def test_correlations_stay_near_none_where_there_are_few() -> None:
    model, y = form("linear"), wandering(8, 2, 9, 0.0)
    found = variance_posterior(model, bare(y), prior_of(y, model))
    assert abs(correlation_of(found, 2)) < 0.3


def test_the_unit_of_the_series_plays_no_part() -> None:
    model, y = form("linear"), wandering(20, 2, 5, 0.5)
    here = variance_posterior(model, bare(y), prior_of(y, model))
    there = variance_posterior(model, bare(1000 * y), prior_of(1000 * y, model))
    assert there.weight == pytest.approx(here.weight, rel=1e-6)
    assert there.variances.sd == pytest.approx(1000 * here.variances.sd, rel=1e-8)


def test_an_even_choice_takes_each_in_proportion() -> None:
    weight = np.array([0.5, 0.0, 0.3, 0.2])
    assert np.bincount(even_choice(weight, 100)).tolist() == [50, 0, 30, 20]
