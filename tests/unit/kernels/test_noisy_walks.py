"""Series drawn from walks with noise: as noisy as those given, and as correlated."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.noisy_walks import noisy_walk_draws


def changes(y: Floats, seasons: Floats | None = None) -> Floats:
    drawn = noisy_walk_draws(y[None], 300, np.random.default_rng(1), seasons)
    assert np.all(drawn[0, :, 0] == y[0])
    return np.diff(drawn[0], axis=1)


def test_changes_are_as_wide_as_correlated_and_as_anticorrelated_in_time() -> None:
    rng = np.random.default_rng(3)
    steps, noise = rng.standard_normal((2, 200, 2))
    steps[:, 1] = 0.6 * steps[:, 0] + 0.8 * steps[:, 1]
    y = (0.3 + steps).cumsum(axis=0) + np.array([0.0, 2.0]) * noise
    given, drawn = np.diff(y, axis=0), changes(y)
    assert drawn.std(axis=(0, 1)) == pytest.approx(given.std(axis=0), rel=0.1)
    assert drawn.mean(axis=(0, 1)) == pytest.approx(given.mean(axis=0), abs=0.1)
    lagged = [np.corrcoef(drawn[:, 1:, i].ravel(), drawn[:, :-1, i].ravel())[0, 1] for i in (0, 1)]
    own = [np.corrcoef(given[1:, i], given[:-1, i])[0, 1] for i in (0, 1)]
    assert lagged == pytest.approx(own, abs=0.1)
    assert lagged[1] < -0.3
    assert np.corrcoef(drawn[..., 0].ravel(), drawn[..., 1].ravel())[0, 1] > 0.1


def test_seasons_come_back() -> None:
    season = np.arange(80) % 4
    columns = (season[:, None] == np.arange(3)) - 0.25
    y = np.random.default_rng(1).standard_normal((80, 2)).cumsum(axis=0) / 5
    drawn = changes(y + 10.0 * (season == 2)[:, None], columns)
    means = [drawn[:, season[1:] == s].mean() for s in range(4)]
    assert means == pytest.approx([0, 0, 10, -10], abs=0.5)
