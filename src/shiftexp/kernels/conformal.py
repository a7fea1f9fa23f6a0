"""Moving-block conformal tests: signed sums of post-onset residuals against shifts in time."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats

_ROUNDING = 1e-9


def shifted_sums(residuals: Floats, post: Booleans) -> Floats:
    """Return the post-onset sums of residuals under every cyclic shift in time.

    Parameters
    ----------
    residuals : array of shape (..., n)
        Residuals under the null, fitted on all n periods.
    post : array of shape (n,)
        Periods after the onset.

    Returns
    -------
    array of shape (..., n)
        Position 0 is the sum as observed.
    """
    size = residuals.shape[-1]
    start = np.arange(size)
    orders = (start[None, :] - start[:, None]) % size
    return np.asarray(residuals @ post[orders].T.astype(float))


def share_as_large(sums: Floats) -> Floats:
    """Return the p of a signed sum: the share of shifts with an absolute sum at least as large.

    Parameters
    ----------
    sums : array of shape (..., n)
        Position 0 is the sum as observed.
    """
    size = np.abs(sums)
    return np.asarray((size >= size[..., :1] * (1 - _ROUNDING)).mean(axis=-1))
