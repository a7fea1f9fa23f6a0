"""One factor of several series: loadings, the pair's excess, and what is drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.factor import (
    OneFactor,
    correlations_of,
    drawn_changes,
    one_factor,
    partial_correlation,
    repeated,
)

LOADINGS = np.array([0.7, 0.5, 0.8, 0.6, 0.4])


def truth(excess: float) -> OneFactor:
    return OneFactor(LOADINGS[None], 1 - LOADINGS[None] ** 2, np.array([excess]))


@pytest.mark.parametrize("excess", [0.0, 0.4])
def test_a_correlation_matrix_of_one_factor_gives_its_loadings_back(excess: float) -> None:
    model = truth(excess)
    correlations = LOADINGS[:, None] * LOADINGS + model.covariance[0]
    found = one_factor(correlations[None], excess=True)
    assert found.loadings[0] == pytest.approx(LOADINGS, abs=0.02)
    assert found.excess[0] == pytest.approx(excess, abs=0.02)
    alone = one_factor(correlations[None], excess=False)
    assert alone.excess[0] == 0
    if excess:
        assert alone.loadings[0, 0] > LOADINGS[0] + 0.05


def test_series_are_drawn_from_their_model() -> None:
    slopes = np.array([0.5, *[0.2] * 5])
    model = truth(0.4)
    drawn = drawn_changes(repeated(model, 1), slopes, 40_000, np.random.default_rng(1))
    expected = LOADINGS[:, None] * LOADINGS + model.covariance[0]
    assert correlations_of(drawn)[0] == pytest.approx(expected, abs=0.03)
    lagged = np.corrcoef(drawn[0, 0, 1:], drawn[0, 0, :-1])[0, 1]
    assert lagged == pytest.approx(0.49 * 0.5 + 0.51 * 0.2, abs=0.02)
    without = drawn_changes(
        repeated(model, 1, excess=0.0), slopes, 40_000, np.random.default_rng(1)
    )
    assert partial_correlation(drawn)[0] > partial_correlation(without)[0] + 0.15


def test_what_the_donors_hold_is_taken_out_of_the_pair() -> None:
    rng = np.random.default_rng(2)
    common, own = rng.standard_normal((1, 500)), rng.standard_normal((2, 500))
    changes = np.vstack([common + own, common, common])[None]
    centred = own - own.mean(axis=1, keepdims=True)
    expected = np.corrcoef(centred - centred @ _line(common[0]) / 1.0)[0, 1]
    assert partial_correlation(changes)[0] == pytest.approx(expected)


def _line(x: np.ndarray) -> np.ndarray:
    direction = (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).sum())
    return np.outer(direction, direction)
