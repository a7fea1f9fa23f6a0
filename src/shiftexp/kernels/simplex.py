"""Least squares over the simplex: weights that are not negative and sum to one, exactly."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats

_TINY = np.finfo(float).tiny
_PRECISION = np.finfo(float).eps
_STEPS = 30


def simplex_weights(a: Floats, b: Floats, ridge: float = 0.0) -> Floats:
    r"""Return the weights that bring a weighted mean of columns nearest to a target.

    .. math:: \hat w = \arg\min_{w \ge 0,\ 1'w = 1} \|A w - b\|^2 + ridge \|w\|^2

    Parameters
    ----------
    a : array of shape (n, J)
        Columns, such as the donors before the onset.
    b : array of shape (n,)
        The target, in the same unit.
    ridge : float, default 0
        Penalty, in that unit squared.

    Returns
    -------
    array of shape (J,)
        Weights that sum to 1. Where several sets of weights are equally near (more donors than
        periods and a perfect fit) it is one of them, with at most n + 1 donors.

    Notes
    -----
    With weights that sum to one :math:`A w - b = (A - b 1') w`: what is sought is the point of a
    polytope nearest to the origin. It is a non-negative least-squares problem, :math:`\min_{x \ge
    0} \|P x\|^2 + (1'x - 1)^2`, whose solution is proportional to the weights (Lawson & Hanson,
    1974, chapter 23), solved by their active-set method, which ends at the exact solution.

    References
    ----------
    Lawson, C. L. & Hanson, R. J. (1974). Solving Least Squares Problems. Prentice-Hall.
    https://doi.org/10.1137/1.9781611971217

    Examples
    --------
    >>> simplex_weights(np.array([[0.0, 4.0], [0.0, 4.0]]), np.array([1.0, 1.0]))
    array([0.75, 0.25])
    """
    from scipy.optimize import nnls

    points = a - b[:, None]
    if ridge > 0:
        points = np.vstack([points, np.sqrt(ridge) * np.eye(a.shape[1])])
    lengths = np.einsum("ij,ij->j", points, points)
    scale = np.sqrt(max(lengths.min(), _PRECISION * lengths.max(), _TINY))
    system = np.ones((len(points) + 1, a.shape[1]))
    np.divide(points, scale, out=system[:-1])
    target = np.zeros(len(system))
    target[-1] = 1.0
    found = nnls(system, target, maxiter=_STEPS * len(lengths))[0]
    return np.asarray(found / found.sum())


def stationarity(a: Floats, b: Floats, weights: Floats, ridge: float = 0.0) -> float:
    """Return how far weights are from the conditions of Karush, Kuhn and Tucker, without unit.

    Zero at the solution: no column has a steeper descent than those that carry weight.

    Parameters
    ----------
    a, b, ridge : arrays of shape (n, J) and (n,), float
        The problem.
    weights : array of shape (J,)
        Weights on the simplex.
    """
    gradient = a.T @ (a @ weights - b) + ridge * weights
    size = max(float(np.abs(a.T @ a).max() + np.abs(a.T @ b).max() + ridge), _TINY)
    return float(weights @ gradient - gradient.min()) / size
