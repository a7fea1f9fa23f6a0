"""Fixed-length confidence intervals under smooth violations: bias traded for variance, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.tails import t_quantile
from shiftexp.kernels.trend_sets import bend_weights, second_differences

_BISECTIONS = 32
_GOLDEN_STEPS = 36
_GOLDEN = (np.sqrt(5) - 1) / 2
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class FixedLength:
    """Fixed-length intervals, one for each limit M.

    Attributes
    ----------
    weights : array of shape (B, P + n)
        The affine estimator a'beta of each limit.
    centre, half : array of shape (B,)
        Its value, and half the length of the interval.
    bias, sd : array of shape (B,)
        Its worst bias over Delta^SD(M), and its standard deviation.
    """

    weights: Floats
    centre: Floats
    half: Floats
    bias: Floats
    sd: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def folded_normal_quantile(bias: Floats, probability: float) -> Floats:
    """Return the quantile of |N(bias, 1)|, same shape as ``bias``.

    Examples
    --------
    >>> folded_normal_quantile(np.array([0.0, 5.0]), 0.95).round(3)
    array([1.96 , 6.645])
    """
    from scipy.special import ndtr

    size = np.abs(bias)
    low = np.maximum(size + t_quantile(np.inf, probability), 0.0)
    high = size + t_quantile(np.inf, (1 + probability) / 2)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = ndtr(middle - size) - ndtr(-middle - size) < probability
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


def lasso_path(quadratic: Floats, linear: Floats) -> Floats:
    """Return the corners of argmin c'Qc / 2 + q'c + penalty |c|_1 from penalty infinity to 0.

    Parameters
    ----------
    quadratic : array of shape (k, k)
        Q, positive definite.
    linear : array of shape (k,)
        q.

    Returns
    -------
    array of shape (S, k)
        The first corner is 0, the last -Q^-1 q; between corners the minimiser is linear in the
        penalty, so that every point of the path is known exactly.

    References
    ----------
    Osborne, M. R., Presnell, B. & Turlach, B. A. (2000). A new approach to variable selection in
    least squares problems. IMA Journal of Numerical Analysis, 20, 389-403.
    https://doi.org/10.1093/imanum/20.3.389
    """
    size = len(linear)
    c, gradient = np.zeros(size), linear.astype(float)
    penalty = float(np.abs(gradient).max(initial=0.0))
    corners = [c]
    if penalty <= 0:
        return np.array(corners)
    active = np.abs(gradient) >= penalty * (1 - _ROUNDING)
    sign = np.where(active, -np.sign(gradient), 0.0)
    least = penalty * _ROUNDING
    while penalty > least:
        move = np.zeros(size)
        move[active] = np.linalg.solve(quadratic[np.ix_(active, active)], sign[active])
        change = quadratic @ move
        step, index = _next_corner(c, gradient, penalty, active, move, change)
        c, gradient, penalty = c + step * move, gradient + step * change, penalty - step
        corners.append(c)
        if index >= 0:
            active[index] = not active[index]
            c[index] = 0.0
            sign[index] = -np.sign(gradient[index]) if active[index] else 0.0
    return np.array(corners)


def _next_corner(
    c: Floats, gradient: Floats, penalty: float, active: Booleans, move: Floats, change: Floats
) -> tuple[float, int]:
    """Return how far the penalty falls to the next corner, and which coefficient turns there."""
    times = np.full(len(c), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        # a coefficient joins where its gradient meets the penalty, from above or from below
        above = np.where(1 + change > _ROUNDING, (penalty - gradient) / (1 + change), np.inf)
        below = np.where(1 - change > _ROUNDING, (penalty + gradient) / (1 - change), np.inf)
        leaves = np.where(move * c < 0, -c / move, np.inf)
    joins = np.minimum(
        np.where(above > penalty * _ROUNDING, above, np.inf),
        np.where(below > penalty * _ROUNDING, below, np.inf),
    )
    times = np.where(active, leaves, joins)
    index = int(np.argmin(times))
    return (float(times[index]), index) if times[index] < penalty else (penalty, -1)


def smoothness_interval(
    beta: Floats, cov: Floats, n_pre: int, weights: Floats, m: Floats, level: float
) -> FixedLength:
    r"""Return the shortest fixed-length intervals of l'tau under Delta^SD(M), one for each M.

    .. math:: a'\hat\beta \pm cv_\alpha(\bar b / s)\, s, \qquad a_{post} = l, \quad
       \bar b = M \textstyle\sum_j |c_j|, \quad s^2 = a' \Sigma a, \quad a = K'c

    where K takes second differences and cv is the quantile of \|N(b, 1)\|. Estimators that do not
    annihilate linear trends have unbounded bias, so a = K'c; l fixes the c of later bends, the
    c of earlier ones are free. The frontier of bias and variance is a lasso path.

    Parameters
    ----------
    beta : array of shape (P + n,)
        Coefficients relative to the reference period.
    cov : array of shape (P + n, P + n)
        Their covariance.
    n_pre : int
        How many lie before the reference period, P >= 1.
    weights : array of shape (n,)
        The estimand l'tau.
    m : array of shape (B,)
        Limits on the change of slope, >= 0.
    level : float
        Confidence level.

    References
    ----------
    Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
    Studies, 90, 2555-2591. https://doi.org/10.1093/restud/rdad018 Armstrong, T. B. & Kolesar, M.
    (2018). Optimal inference in a class of regression models. Econometrica, 86, 655-683.
    https://doi.org/10.3982/ECTA14434
    """
    bends = second_differences(n_pre, len(weights))
    free, later = bends[: n_pre - 1], bend_weights(weights)
    base = bends[n_pre - 1 :].T @ later
    corners = lasso_path(free @ cov @ free.T, free @ cov @ base)

    def estimator(place: Floats) -> FixedLength:
        c = _along(corners, place)
        a = base + c @ free
        bias = m * (np.abs(later).sum() + np.abs(c).sum(axis=1))
        sd = np.sqrt(np.einsum("bi,ij,bj->b", a, cov, a))
        return FixedLength(a, a @ beta, folded_normal_quantile(bias / sd, level) * sd, bias, sd)

    place = _lowest(lambda at: estimator(at).half, len(m), float(len(corners) - 1))
    return estimator(place)


def nearest_smooth(beta: Floats, cov: Floats, n_pre: int, m: Floats) -> Floats:
    r"""Return the likeliest coefficients whose changes of slope before are at most M.

    .. math:: \min_b (\hat\beta - b)' \Sigma^{-1} (\hat\beta - b) \quad \text{s.t. } |K b| \le M
       \qquad\Rightarrow\qquad b = \hat\beta - \Sigma K' c

    c is the point of the lasso path of K beta at penalty M: the programme's multipliers.

    Parameters
    ----------
    beta : array of shape (P + n,)
        Coefficients relative to the reference period.
    cov : array of shape (P + n, P + n)
        Their covariance.
    n_pre : int
        P.
    m : array of shape (B,)
        Limits on the change of slope, >= 0.

    Returns
    -------
    array of shape (B, P + n)
        The coefficients themselves where they obey the limit; at M = 0 those of a straight line
        before, fitted by generalised least squares.
    """
    free = second_differences(n_pre, len(beta) - n_pre)[: n_pre - 1]
    quadratic, linear = free @ cov @ free.T, -free @ beta
    corners = lasso_path(quadratic, linear)
    penalty = np.abs(corners @ quadratic + linear).max(axis=1, initial=0.0)
    rising = corners[::-1].T
    c = np.array([np.interp(m, penalty[::-1], each) for each in rising])
    return np.asarray(beta - c.reshape(len(free), len(m)).T @ free @ cov)


def _along(corners: Floats, place: Floats) -> Floats:
    """Return the points of a path at fractional corner numbers, shape (B, k)."""
    start = np.minimum(place.astype(int), max(len(corners) - 2, 0))
    after = np.minimum(start + 1, len(corners) - 1)
    share = (place - start)[:, None]
    return np.asarray(corners[start] * (1 - share) + corners[after] * share)


def _lowest(length: Callable[[Floats], Floats], count: int, end: float) -> Floats:
    """Return where unimodal functions on [0, end] are lowest, by golden section, shape (B,)."""
    low, high = np.zeros(count), np.full(count, end)
    for _ in range(_GOLDEN_STEPS):
        width = _GOLDEN * (high - low)
        left, right = high - width, low + width
        falls = length(left) > length(right)
        low, high = np.where(falls, left, low), np.where(falls, high, right)
    places = np.stack([np.zeros(count), (low + high) / 2, np.full(count, end)])
    best = np.argmin([length(place) for place in places], axis=0)
    return np.asarray(places[best, np.arange(count)])
