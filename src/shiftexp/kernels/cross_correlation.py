"""Cross-correlations of two series after both were filtered by the first one's autoregression."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.vector_autoregression import fit_var, lagged


def prewhitened(y: Floats, order: int, fixed: Floats) -> Floats:
    """Return both series less fixed terms, filtered by the first one's AR, (B, 2, T - order).

    Parameters
    ----------
    y : array of shape (B, 2, T)
        The series.
    order : int
        Order of the autoregression of the first.
    fixed : array of shape (T, m)
        Constant, trend, seasons; taken out of both.
    """
    basis, _ = np.linalg.qr(fixed)
    plain = y - (y @ basis) @ basis.T
    coef = fit_var(plain[:, :1], order, np.empty((y.shape[-1], 0))).coef[:, 0]
    found: Floats = plain[:, :, order:].copy()
    for side in (0, 1):
        past = lagged(plain[:, side : side + 1], order)
        found[:, side] -= np.einsum("btp,bp->bt", past, coef)
    return found


def cross_correlations(a: Floats, lags: Integers) -> Floats:
    """Return correlations of the first series with the second so many periods later, (B, L).

    Parameters
    ----------
    a : array of shape (B, 2, n)
        The series; each is centred.
    lags : array of shape (L,)
        Periods by which the first leads; below zero the second leads.

    Examples
    --------
    >>> a = np.array([[[1.0, -1, 0, 0], [0, -1, 1, 0]]])
    >>> cross_correlations(a, np.array([-1, 0, 1]))[0].round(2).tolist()
    [0.0, 0.5, -1.0]
    """
    centred = a - a.mean(axis=-1, keepdims=True)
    first, second = centred[:, 0], centred[:, 1]
    n = a.shape[-1]
    size = np.sqrt((first**2).sum(axis=-1) * (second**2).sum(axis=-1))
    size = np.maximum(size, np.finfo(float).tiny)
    found = np.empty((len(a), len(lags)))
    for i, h in enumerate(lags):
        early = first[:, max(0, -h) : n - max(0, h)]
        late = second[:, max(0, h) : n - max(0, -h)]
        found[:, i] = (early * late).sum(axis=-1) / size
    return found
