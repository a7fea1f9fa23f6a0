"""Ordinary least squares for many regressions at once, with the classical covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shiftexp.errors import DesignError, Problem

FloatArray = NDArray[np.float64]

# a column whose part not explained by earlier columns is this small, relative to its length,
# carries no information in double precision
_DEPENDENT = 1e-11


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Fitted regressions, one per batch member.

    Attributes
    ----------
    coef, std_error : array, shape (..., k)
        Coefficients and their classical standard errors.
    residual : array, shape (..., n)
        Observed minus fitted, unit of y.
    df : int
        Residual degrees of freedom, n - k.
    cov : array, shape (..., k, k)
        Classical covariance of the coefficients.
    """

    coef: FloatArray
    std_error: FloatArray
    residual: FloatArray
    df: int
    cov: FloatArray

    @property
    def variance(self) -> FloatArray:
        """Residual variance, shape (...): sum of squared residuals over df."""
        return np.asarray(np.sum(self.residual**2, axis=-1) / self.df, dtype=np.float64)


def least_squares(x: ArrayLike, y: ArrayLike) -> LeastSquares:
    """Regress y on the columns of x, ``coef = (x'x)^-1 x'y``, by a QR decomposition.

    Parameters
    ----------
    x : array_like, shape (..., n, k)
        Regressors, the constant included as a column; leading axes broadcast against y, so that
        one x serves many y at the price of one decomposition.
    y : array_like, shape (..., n)
        Outcomes.

    Returns
    -------
    LeastSquares
        Coefficients, classical standard errors and covariance, residuals, degrees of freedom.

    Raises
    ------
    DesignError
        If the shapes do not agree, or there are not more rows than columns.
    DesignError
        If a number is not finite.
    DesignError
        If a column is a linear combination of the columns before it; the message names it.

    Notes
    -----
    Assumes errors that are independent with one variance. With serially correlated series the
    standard errors are too small; the inference of the library does not use them there.

    Examples
    --------
    >>> fit = least_squares([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 5.0])
    >>> fit.coef.round(6).tolist(), fit.df
    ([1.0, 2.0], 1)
    """
    regressors = np.asarray(x, dtype=np.float64)
    outcome = np.asarray(y, dtype=np.float64)
    _refuse_shapes(regressors, outcome)
    # unit-length columns make the rank test free of the columns' units
    length = np.sqrt(np.sum(regressors**2, axis=-2))
    scaled = regressors / np.where(length == 0, 1.0, length)[..., None, :]
    q, r = np.linalg.qr(scaled)
    _refuse_dependent(r)
    projected = np.matmul(outcome[..., None, :], q)[..., 0, :]
    inverse = np.linalg.inv(r) / length[..., :, None]
    coef = np.matmul(inverse, projected[..., None])[..., 0]
    residual = outcome - np.matmul(q, projected[..., None])[..., 0]
    df = regressors.shape[-2] - regressors.shape[-1]
    variance = np.sum(residual**2, axis=-1) / df
    cov = variance[..., None, None] * (inverse @ np.swapaxes(inverse, -1, -2))
    std_error = np.sqrt(np.diagonal(cov, axis1=-2, axis2=-1))
    return LeastSquares(coef, std_error, residual, df, cov)


def _refuse_shapes(x: FloatArray, y: FloatArray) -> None:
    """Refuse arrays that are no regression, before any arithmetic."""
    shapes = f"x of shape {x.shape} with y of shape {y.shape}"
    needed = "x (..., n, k) and y (..., n) with n > k >= 1"
    if x.ndim < 2 or y.ndim < 1 or x.shape[-2] != y.shape[-1] or x.shape[-1] < 1:
        raise DesignError(Problem(shapes, needed, "give one row of x per value of y"))
    problems: list[Problem] = []
    if x.shape[-2] <= x.shape[-1]:
        problems.append(Problem(shapes, needed, "use more rows or fewer columns"))
    for name, array in (("x", x), ("y", y)):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        if bad:
            given = f"{bad} value(s) in {name} that are not finite"
            problems.append(Problem(given, "finite numbers", "leave those rows out by name"))
    if problems:
        raise DesignError(problems)


def _refuse_dependent(r: FloatArray) -> None:
    """Refuse regressors of which one repeats the others, naming its position."""
    pivot = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    dependent = (pivot <= _DEPENDENT).reshape(-1, pivot.shape[-1])
    if not dependent.any():
        return
    columns = np.flatnonzero(dependent.any(axis=0)).tolist()
    cases = int(dependent.any(axis=1).sum())
    raise DesignError(
        Problem(
            f"column position(s) {columns} of x depend on the columns before them, "
            f"in {cases} of {dependent.shape[0]} regression(s)",
            "linearly independent columns",
            "drop these columns",
            rows=tuple(f"column {column}" for column in columns),
        )
    )
