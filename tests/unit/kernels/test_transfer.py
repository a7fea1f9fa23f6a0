"""Transfer functions against least squares by hand, and a gain that is known."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.transfer import DELTAS, PHIS, profile, smoothed


def test_inputs_have_unit_gain() -> None:
    x = np.concatenate([np.zeros(5), np.ones(200)])[None]
    found = smoothed(x, 2)
    assert found.shape == (10, 1, 205)
    np.testing.assert_allclose(found[:, 0, -1], 1, atol=1e-6)
    np.testing.assert_array_equal(found[0, 0, :7], 0)
    assert found[0, 0, 7] == 1


def test_a_place_of_the_grid_is_a_regression() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((2, 1, 50))
    found = profile(y, x, 1, np.ones((50, 1)))
    d, p = 5, int(np.flatnonzero(PHIS == 0.5)[0])
    s = smoothed(x, 1)[d, 0]
    into, out = s[2:] - 0.5 * s[1:-1], y[0, 2:] - 0.5 * y[0, 1:-1]
    coef, rss, *_ = np.linalg.lstsq(np.column_stack([into, np.ones(48)]), out, rcond=None)
    assert found.gain[0, d, p] == pytest.approx(coef[0])
    assert found.rss[0, d, p] == pytest.approx(float(rss[0]))
    assert found.df == 50 - 2 - 1 - 3


def test_a_known_gain_denominator_and_noise_are_found_within_limits() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1, 400)).cumsum(axis=1)
    noise = np.zeros(400)
    for t in range(1, 400):
        noise[t] = 0.6 * noise[t - 1] + 0.3 * rng.standard_normal()
    y = -0.7 * smoothed(x, 1)[4] + noise
    found = profile(y, x, 1, np.ones((400, 1)))
    gain, delta, phi = (float(v[0]) for v in found.best)
    assert gain == pytest.approx(-0.7, abs=0.1)
    assert delta == pytest.approx(DELTAS[4], abs=0.11)
    assert phi == pytest.approx(0.6, abs=0.15)
    limits = found.limits(4.0)
    assert limits[0, 0] < -0.7 < limits[0, 1]
    assert (limits[:, 1] - limits[:, 0] < 0.5).all()
    wide = found.limits(16.0)
    assert (wide[:, 0] <= limits[:, 0]).all()
    assert (wide[:, 1] >= limits[:, 1]).all()
