"""Banded roots of many matrices against dense ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shiftexp.kernels.banded import banded_root, whiten
from shiftexp.kernels.cases import Floats


def bands_of(matrices: Floats, b: int) -> Floats:
    """Return the lower bands of matrices (N, n, n), row by row."""
    count, rows, _ = matrices.shape
    bands = np.full((rows, b + 1, count), np.nan)  # what lies outside is never read
    for i in range(rows):
        for m in range(min(i, b) + 1):
            bands[i, b - m] = matrices[:, i, i - m]
    return bands


def banded_matrices(rows: int, b: int, count: int, rng: np.random.Generator) -> Floats:
    """Return positive definite matrices with b lower bands."""
    root = np.tril(np.triu(rng.normal(size=(count, rows, rows)), -b))
    return np.asarray(root @ np.swapaxes(root, 1, 2) + 0.1 * np.eye(rows))


@given(rows=st.integers(1, 9), b=st.integers(0, 4), seed=st.integers(0, 99))
def test_roots_and_whitened_columns_are_those_of_dense_algebra(
    rows: int, b: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    matrices = banded_matrices(rows, b, 3, rng)
    columns = rng.normal(size=(rows, 2))
    root = banded_root(bands_of(matrices, b))
    white = whiten(root, columns)
    for k, matrix in enumerate(matrices):
        dense = np.linalg.cholesky(matrix)
        assert np.allclose(root[:, b, k], np.diag(dense))
        assert np.allclose(white[:, :, k], np.linalg.solve(dense, columns))


def test_columns_may_end_before_the_matrix() -> None:
    rng = np.random.default_rng(1)
    matrices = banded_matrices(6, 2, 2, rng)
    root = banded_root(bands_of(matrices, 2))
    columns = rng.normal(size=(6, 1))
    assert np.array_equal(whiten(root, columns[:4]), whiten(root, columns)[:4])
