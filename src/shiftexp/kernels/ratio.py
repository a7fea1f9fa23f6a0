"""Fieller's confidence set for a ratio of two normal estimates, in all the shapes it can take."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shiftexp.errors import DesignError, Problem

FloatArray = NDArray[np.float64]

INTERVAL, COMPLEMENT, LINE = 0, 1, 2
KINDS = ("interval", "complement", "line")

_ROUNDING = 1e-9

_NOT_FINITE = Problem(
    "a value that is not finite", "finite estimates and variances", "leave these cases out by name"
)
_NOT_CRITICAL = Problem("a critical value <= 0", "a positive one", "check the level")
_NOT_COVARIANCE = Problem(
    "a covariance that is not positive semidefinite",
    "v11 >= 0, v22 >= 0 and v12^2 <= v11 v22",
    "check the order of the arguments: v11, v22, v12",
)
_NO_DENOMINATOR = Problem(
    "a denominator of exactly 0 with variance 0",
    "a denominator that can differ from 0",
    "report the numerator alone; the ratio does not exist",
)


@dataclass(frozen=True, eq=False)
class FiellerSet:
    """Confidence sets for ratios, one per batch member.

    Attributes
    ----------
    kind : int8 array, shape (...)
        ``INTERVAL`` (0): all r with low <= r <= high, where one end may be infinite;
        ``COMPLEMENT`` (1): everything outside the open interval (low, high);
        ``LINE`` (2): every r, with low = -inf and high = inf.
    low, high : float array, shape (...)
        The two ends.
    """

    kind: NDArray[np.int8]
    low: FloatArray
    high: FloatArray

    @property
    def names(self) -> NDArray[np.str_]:
        """The kinds in words, same shape as ``kind``."""
        return np.asarray(KINDS)[self.kind]

    def contains(self, r: ArrayLike) -> NDArray[np.bool_]:
        """Say which sets hold the ratio r (broadcast against the batch)."""
        ratio = np.asarray(r, dtype=np.float64)
        between = (ratio >= self.low) & (ratio <= self.high)
        outside = (ratio <= self.low) | (ratio >= self.high)
        return np.where(self.kind == COMPLEMENT, outside, between)


def fieller_set(
    x: ArrayLike,
    y: ArrayLike,
    v11: ArrayLike,
    v22: ArrayLike,
    v12: ArrayLike,
    *,
    critical: ArrayLike,
) -> FiellerSet:
    """Invert the test of ``x - r y = 0`` over every ratio r.

    The set is ``{r : (x - r y)^2 <= q^2 (v11 - 2 r v12 + r^2 v22)}``.

    Parameters
    ----------
    x, y : array_like, shape (...)
        Estimates of numerator and denominator.
    v11, v22, v12 : array_like, shape (...)
        Variance of x, variance of y, covariance.
    critical : array_like
        Critical value q > 0, e.g. 1.96.

    Returns
    -------
    FiellerSet
        Kind and ends for each batch member.

    Raises
    ------
    DesignError
        If a number is not finite, a critical value is not positive, or a 2 x 2 covariance is not
        positive semidefinite.
    DesignError
        If the denominator is 0 with variance 0, so that no ratio exists.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical
    Society B 16(2), 175-185. https://doi.org/10.1111/j.2517-6161.1954.tb00159.x

    Examples
    --------
    >>> found = fieller_set(20.0, 40.0, 16.0, 25.0, -4.0, critical=1.959963984540054)
    >>> str(found.names), round(float(found.low), 6), round(float(found.high), 6)
    ('interval', 0.2798, 0.804489)
    """
    inputs = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (x, y, v11, v22, v12, critical))
    )
    num, den, var_num, var_den, cov, q = inputs
    _refuse_impossible(num, den, var_num, var_den, cov, q)
    # the set is {r : a r^2 - 2 b r + c <= 0}
    a = den**2 - q**2 * var_den
    b = num * den - q**2 * cov
    c = num**2 - q**2 * var_num
    discriminant = b**2 - a * c
    first, second = _roots(a, b, c, discriminant)
    kind = np.where(a < 0, np.where(discriminant > 0, COMPLEMENT, LINE), INTERVAL)
    low, high = np.minimum(first, second), np.maximum(first, second)
    # exactly on the boundary the quadratic is a line: half-lines, or everything
    half = a == 0
    low = np.where(half, np.where(b > 0, first, -np.inf), low)
    high = np.where(half, np.where(b < 0, first, np.inf), high)
    kind = np.where(half & (b == 0), LINE, kind)
    whole = kind == LINE
    return FiellerSet(
        kind.astype(np.int8), np.where(whole, -np.inf, low), np.where(whole, np.inf, high)
    )


def _roots(
    a: FloatArray, b: FloatArray, c: FloatArray, discriminant: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Solve a r^2 - 2 b r + c = 0 without cancellation; the first root survives a = 0."""
    # with a > 0 the estimate itself lies in the set: below 0 is rounding only
    root = np.sqrt(np.maximum(discriminant, 0.0))
    pivot = b + np.where(b < 0, -root, root)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first = np.where(pivot == 0, 0.0, c / pivot)
        second = np.where(pivot == 0, 0.0, pivot / a)
    return first, second


def _refuse_impossible(
    x: FloatArray, y: FloatArray, v11: FloatArray, v22: FloatArray, v12: FloatArray, q: FloatArray
) -> None:
    """Refuse numbers that are no estimates with a covariance, all problems at once."""
    finite = np.asarray(np.isfinite(np.stack([x, y, v11, v22, v12, q])).all(axis=0))
    slack = _ROUNDING * np.abs(v11 * v22)
    negative = finite & ((v11 < 0) | (v22 < 0) | (v12**2 > v11 * v22 + slack))
    faults = (
        (~finite, _NOT_FINITE),
        (finite & (q <= 0), _NOT_CRITICAL),
        (negative, _NOT_COVARIANCE),
        (finite & (y == 0) & (v22 == 0), _NO_DENOMINATOR),
    )
    problems = [replace(words, rows=_places(bad)) for bad, words in faults if np.any(bad)]
    if problems:
        raise DesignError(problems)


def _places(flags: ArrayLike) -> tuple[str, ...]:
    """Name the batch members that are at fault; a single case needs no name."""
    bad = np.asarray(flags, dtype=np.bool_)
    if bad.ndim == 0:
        return ()
    return tuple(f"case {','.join(map(str, place))}" for place in np.argwhere(bad).tolist())
