"""Unit tests of the shapes of known sampling noise: alone, combined, alike, unknown."""

from __future__ import annotations

import numpy as np
import pytest

from shiftexp.kernels.noise_shapes import nearest_blend, noise_shapes

RISING = np.linspace(0.5, 1.5, 8)


def test_a_combination_has_the_noise_of_its_parts() -> None:
    shapes = noise_shapes(np.stack([2 * RISING, 3 * RISING[::-1]]))
    a = np.array([[1.0, 0.25], [0.25, 1.0], [1.0, -1.0]])
    expected = a**2 @ np.stack([2 * RISING, 3 * RISING[::-1]])
    chosen = nearest_blend(a, shapes.size, len(shapes.blends))
    for k, whole in zip(chosen, expected, strict=True):
        shape = shapes.blends[k]
        own = whole / whole.mean()
        assert np.abs((np.ones(8) if shape is None else shape) - own).max() <= 0.125 + 1e-12
    assert list(chosen) == [0, 4, 2]


def test_sides_that_agree_need_one_shape() -> None:
    shapes = noise_shapes(np.stack([RISING, 5 * RISING]))
    assert len(shapes.blends) == 1
    assert shapes.blends[0] == pytest.approx(RISING / RISING.mean())
    assert list(nearest_blend(np.ones((3, 2)), shapes.size, 1)) == [0, 0, 0]


def test_one_side_without_noise_leaves_the_shape_to_the_other() -> None:
    shapes = noise_shapes(np.stack([np.zeros(8), RISING]))
    assert shapes.origin is None
    assert len(shapes.blends) == 1
    assert shapes.blends[0] == pytest.approx(RISING / RISING.mean())


@pytest.mark.parametrize("other", [np.full(8, np.nan), np.full(8, 2.0)])
def test_unknown_and_equal_noise_has_no_shape_of_its_own(other: np.ndarray) -> None:
    shapes = noise_shapes(np.stack([other, RISING]))
    assert shapes.origin is None
    assert shapes.destination is not None
    if np.isnan(other).any():
        assert shapes.blends == (None,)
    else:
        assert shapes.blends[0] is None
        assert shapes.blends[-1] == pytest.approx(RISING / RISING.mean())
