"""Tails and quantiles of the normal and t laws; scipy is loaded at the first use, not at import."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shiftexp.kernels.cases import Floats


def t_cdf(df: float, x: ArrayLike) -> Floats:
    """Return the distribution function of Student's t; infinite ``df`` is the normal law.

    Examples
    --------
    >>> round(float(t_cdf(np.inf, 1.96)), 3)
    0.975
    """
    from scipy.special import stdtr

    return np.asarray(stdtr(df, x))


def t_quantile(df: float, probability: float) -> float:
    """Return the quantile of Student's t; infinite ``df`` is the normal law.

    Examples
    --------
    >>> round(t_quantile(np.inf, 0.975), 2)
    1.96
    """
    from scipy.special import ndtri, stdtrit

    return float(ndtri(probability) if np.isinf(df) else stdtrit(df, probability))
