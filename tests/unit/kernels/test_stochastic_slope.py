"""Unit tests of the Bayes factor for a slope that wanders: direction, units, missing periods."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.series_design import SeriesDesign, evidence, series_design
from shiftexp.kernels.stochastic_slope import slope_evidence

T, ONSET = 40, 24


def trend_design(time: Floats) -> SeriesDesign:
    """Return the regression of a trend with a change of level and slope."""
    step = (time >= ONSET).astype(float)
    x = np.column_stack([np.ones_like(time), time, step, step * (time - 31.5)])
    return series_design(x, time, np.eye(4)[2])


def factor(y: Floats, time: Floats) -> Floats:
    """Return log Bayes factors of series observed at some periods."""
    design = trend_design(time)
    return slope_evidence(design, time, y, evidence(design, y))


def test_wandering_slopes_are_told_from_noise_and_from_walks() -> None:
    rng, time = np.random.default_rng(1), np.arange(float(T))
    bends = np.cumsum(np.cumsum(rng.normal(size=(50, T)), axis=1), axis=1)
    walks = np.cumsum(rng.normal(size=(50, T)), axis=1)
    noise = rng.normal(size=(50, T))
    assert (factor(bends, time) > 2).mean() > 0.6
    assert (factor(walks, time) > 2).mean() < 0.15
    assert (factor(noise, time) > 0).mean() < 0.2


def test_units_and_trends_do_not_matter() -> None:
    rng, time = np.random.default_rng(2), np.arange(float(T))
    y = rng.normal(size=(3, T))
    plain = factor(y, time)
    assert factor(1e4 * y + 50 - 3 * time, time) == pytest.approx(plain, abs=1e-6)


def test_missing_periods_keep_their_place() -> None:
    seen = np.delete(np.arange(T), [5, 6, 30]).astype(float)
    y = np.random.default_rng(3).normal(size=(2, len(seen)))
    assert np.isfinite(factor(y, seen)).all()
