"""Cross-correlations against numpy, and prewhitening against its own regression."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.cross_correlation import cross_correlations, prewhitened


def test_a_lead_is_a_correlation_with_later_values() -> None:
    rng = np.random.default_rng(1)
    first = rng.standard_normal(500)
    second = np.concatenate([np.zeros(2), -first[:-2]]) + 0.1 * rng.standard_normal(500)
    found = cross_correlations(np.stack([first, second])[None], np.arange(-3, 4))[0]
    assert found[5] == pytest.approx(-1, abs=0.02)
    assert np.abs(np.delete(found, 5)).max() < 0.15


def test_both_sides_are_filtered_by_the_first_one() -> None:
    rng = np.random.default_rng(2)
    y = rng.standard_normal((1, 2, 80)).cumsum(axis=2)
    fixed = np.ones((80, 1))
    plain = y[0] - y[0].mean(axis=1, keepdims=True)
    phi = plain[0, 1:] @ plain[0, :-1] / (plain[0, :-1] @ plain[0, :-1])
    expected = plain[:, 1:] - phi * plain[:, :-1]
    np.testing.assert_allclose(prewhitened(y, 1, fixed)[0], expected)
