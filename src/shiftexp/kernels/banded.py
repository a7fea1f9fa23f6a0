"""Cholesky roots of many banded covariances at once: what series with a short memory need."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats


def banded_root(bands: Floats) -> Floats:
    """Return lower triangular roots L of banded matrices V = L L'.

    LAPACK takes one such matrix at a time; here N of them go through each step together.

    Parameters
    ----------
    bands : array of shape (n, b + 1, N)
        Row i of V from column i - b to the diagonal; entries left of column 0 are not read.

    Returns
    -------
    array of shape (n, b + 1, N)
        Row i of L in the same layout, zeros left of column 0.

    Examples
    --------
    >>> root = banded_root(np.array([[[0.0], [4.0]], [[2.0], [5.0]]]))
    >>> root[:, :, 0].tolist()
    [[0.0, 2.0], [1.0, 2.0]]
    """
    rows, width, count = bands.shape
    b = width - 1
    root = np.zeros((rows, width, count))
    for i in range(rows):
        row = root[i]
        for m in range(min(i, b), 0, -1):
            above = root[i - m]
            row[b - m] = bands[i, b - m]
            if m < b:
                row[b - m] -= np.einsum("jn,jn->n", row[: b - m], above[m:b])
            row[b - m] /= above[b]
        row[b] = np.sqrt(bands[i, b] - np.einsum("jn,jn->n", row[:b], row[:b]))
    return root


def whiten(root: Floats, columns: Floats) -> Floats:
    """Return L^-1 of columns, shape (m, k, N).

    Parameters
    ----------
    root : array of shape (n, b + 1, N)
        What :func:`banded_root` returns.
    columns : array of shape (m, k)
        Columns over the first m <= n rows, the same for all matrices.
    """
    b, count = root.shape[1] - 1, root.shape[2]
    white = np.zeros((b + len(columns), columns.shape[1], count))  # b rows of zeros come first
    for i, row in enumerate(columns):
        told = np.einsum("jn,jkn->kn", root[i, :b], white[i : i + b])
        white[b + i] = (row[:, None] - told) / root[i, b]
    return white[b:]
