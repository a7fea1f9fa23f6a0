"""Conditional and least-favourable hybrid tests of an effect under relative-magnitude limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.trend_sets import relative_rows, step_weights

_DRAWS = 2**13
_GRID = 301
_FINER, _ROUNDS = 17, 6
_SEED = 20_230_508
_NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class RelativeTest:
    """Moment inequalities of every polyhedron of Delta^RM(Mbar), nuisances profiled out.

    Attributes
    ----------
    value : array of shape (S, V)
        Each vertex's moment gamma'A beta before theta is taken off, S = 2 P polyhedra.
    pull : array of shape (S, V)
        How much one unit of theta takes off it.
    cov : array of shape (S, V, V)
        Covariance of the moments within a polyhedron.
    critical : array of shape (S,)
        Least-favourable critical values of the largest moment; infinite for the plain test.
    size : float
        Error left for the conditional test.
    estimate : float
        l'beta, where theta is always accepted.
    reach : float
        Beyond estimate -/+ reach every theta is rejected at the first stage; infinite if there is
        none.
    """

    value: Floats
    pull: Floats
    cov: Floats
    critical: Floats
    size: float
    estimate: float
    reach: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def accepts(self, theta: Floats) -> Booleans:
        """Return whether any polyhedron accepts each theta, same shape as ``theta``."""
        flat = theta.reshape(-1)
        moments = self.value[:, None] - flat[:, None] * self.pull[:, None]
        best = np.argmax(moments, axis=2)
        eta = np.take_along_axis(moments, best[..., None], axis=2)[..., 0]
        polyhedron = np.arange(len(moments))[:, None]
        variance = self.cov[polyhedron, best, best]
        steady = variance < _NOTHING**2
        sd = np.sqrt(np.where(steady, 1.0, variance))
        slope = self.cov[polyhedron, best] / sd[..., None] ** 2
        low, high = truncation(moments, eta, slope)
        first = self.critical[:, None]
        p = truncated_tail(eta / sd, low / sd, np.minimum(high, first) / sd)
        rejects = (eta > first) | ((eta > 0) & (p < self.size) & ~steady)
        return np.asarray((~rejects).any(axis=0)).reshape(theta.shape)


def truncation(moments: Floats, eta: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Return between which values the largest moment stays the largest, both of shape (..., B).

    Parameters
    ----------
    moments : array of shape (..., B, V)
        All moments.
    eta : array of shape (..., B)
        The largest of them.
    slope : array of shape (..., B, V)
        How each moves with it: regression coefficients on it, 1 for itself.
    """
    rest = moments - slope * eta[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = rest / (1 - slope)
    low = np.where(slope < 1 - _NOTHING, meets, -np.inf).max(axis=-1)
    high = np.where(slope > 1 + _NOTHING, meets, np.inf).min(axis=-1)
    return np.minimum(low, eta), np.maximum(high, eta)


def truncated_tail(z: Floats, low: Floats, high: Floats) -> Floats:
    """Return P(Z >= z | low <= Z <= high) of a standard normal, exact far in the tail.

    Examples
    --------
    >>> truncated_tail(np.array([0.0, 40.1]), np.array([-1.0, 40.0]), np.array([1.0, np.inf]))
    array([0.5      , 0.0181789])
    """
    from scipy.special import log_ndtr

    far, near, all_ = log_ndtr(-high), log_ndtr(-z), log_ndtr(-low)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.exp(near - all_) * np.expm1(far - near) / np.expm1(far - all_)
    return np.asarray(np.where(high > z, share, 0.0))


def vertices(rows: Floats, cov: Floats, n_pre: int, weights: Floats) -> tuple[Floats, Floats]:
    r"""Return the vertices of the dual of one polyhedron: gamma'A of shape (V, K), and gamma'a.

    .. math:: \{\gamma \ge 0 : \gamma'\sigma = 1,\ \gamma'X = 0\}

    A vertex weighs the moments so that nuisances cancel. Only weights proportional to those of the
    steps in l'tau do that: all steps up, all steps down, or one step both up and down. So there
    are n + 2 and no linear programme is needed.

    Parameters
    ----------
    rows : array of shape (2 n, P + n)
        A, steps up first, then down.
    cov : array of shape (P + n, P + n)
        Covariance of the coefficients.
    n_pre : int
        P.
    weights : array of shape (n,)
        The estimand l'tau.
    """
    n, w = len(weights), step_weights(weights)
    sd = np.sqrt(np.einsum("rk,kl,rl->r", rows, cov, rows))
    upper, lower = np.arange(n), np.arange(n, 2 * n)
    gamma = np.zeros((n + 2, 2 * n))
    gamma[0, np.where(w > 0, upper, lower)] = np.abs(w)
    gamma[1, np.where(w > 0, lower, upper)] = np.abs(w)
    gamma[2 + upper, upper] = gamma[2 + upper, lower] = 1.0
    gamma /= (gamma @ sd)[:, None]
    directions = gamma @ rows
    return directions, directions[:, n_pre:] @ weights / (weights @ weights)


def relative_test(
    beta: Floats,
    cov: Floats,
    n_pre: int,
    weights: Floats,
    mbar: float,
    level: float,
    *,
    hybrid: bool = True,
) -> RelativeTest:
    r"""Return the test of l'tau = theta under Delta^RM(Mbar), for any theta.

    .. math:: \hat\eta = \max_v \gamma_v'(A\hat\beta - a\theta), \qquad
       \text{reject if } \hat\eta > c_{LF} \text{ or }
       P(N(0, s^2) \ge \hat\eta \mid [v_{lo}, \min(v_{up}, c_{LF})]) <
       \frac{\alpha - \kappa}{1 - \kappa}

    c is the 1 - kappa quantile of the largest moment when all have mean 0, kappa = alpha / 10;
    the truncation is where the same vertex stays the largest. A theta is rejected when every
    choice of the largest step before the reference period, and of its sign, rejects it.

    Parameters
    ----------
    beta : array of shape (P + n,)
        Coefficients relative to the reference period.
    cov : array of shape (P + n, P + n)
        Their covariance.
    n_pre : int
        P >= 1.
    weights : array of shape (n,)
        The estimand l'tau.
    mbar : float
        Limit on the relative size of a step.
    level : float
        Confidence level.
    hybrid : bool, default True
        Whether the least-favourable stage comes first; without it the test is the conditional one.

    References
    ----------
    Andrews, I., Roth, J. & Pakes, A. (2023). Inference for linear conditional moment inequalities.
    Review of Economic Studies, 90, 2763-2791. https://doi.org/10.1093/restud/rdad004 Rambachan, A.
    & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic Studies, 90,
    2555-2591. https://doi.org/10.1093/restud/rdad018
    """
    alpha = 1 - level
    kappa = alpha / 10 if hybrid else 0.0
    polyhedra = relative_rows(n_pre, len(weights), mbar)
    found = [vertices(rows, cov, n_pre, weights) for rows in polyhedra]
    directions, pull = (np.array(part) for part in zip(*found, strict=True))
    value = directions @ beta
    estimate = float(weights @ beta[n_pre:])
    critical = np.full(len(value), np.inf)
    reach = np.inf
    if hybrid:
        # the second half of the polyhedra mirrors the first, and so do the draws
        critical = np.tile(least_favourable(directions[:n_pre], cov, kappa), 2)
        reach = float(_first_stage(value, pull, critical, estimate))
    between = directions @ cov @ directions.swapaxes(1, 2)
    size = (alpha - kappa) / (1 - kappa)
    return RelativeTest(value, pull, between, critical, size, estimate, reach)


def least_favourable(directions: Floats, cov: Floats, kappa: float) -> Floats:
    """Return the 1 - kappa quantile of the largest moment at mean 0, shape (S,), from fixed draws.

    Parameters
    ----------
    directions : array of shape (S, V, K)
        The moments as combinations of the coefficients.
    cov : array of shape (K, K)
        Covariance of the coefficients.
    kappa : float
        Error of the first stage.
    """
    values, axes = np.linalg.eigh(cov)
    noise = _normals(len(cov)) @ (axes * np.sqrt(np.maximum(values, 0.0))).T
    largest = [(noise @ each.T).max(axis=1) for each in directions]
    return np.asarray(np.quantile(largest, 1 - kappa, axis=1))


@lru_cache(maxsize=4)
def _normals(size: int) -> Floats:
    """Return the fixed standard normal draws, each with its mirror image, read-only."""
    half = np.random.default_rng(_SEED).standard_normal((_DRAWS // 2, size))
    draws = np.concatenate([half, -half])
    draws.setflags(write=False)
    return draws


def _first_stage(value: Floats, pull: Floats, critical: Floats, estimate: float) -> float:
    """Return how far from the estimate the first stage still accepts in some polyhedron."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = (value - critical[:, None]) / pull
    return float(np.abs(ends[:, :2] - estimate).max())


def relative_interval(
    beta: Floats, cov: Floats, n_pre: int, weights: Floats, mbar: Floats, level: float
) -> tuple[Floats, Floats]:
    """Return the hull of all theta that the hybrid test accepts: both ends, each of shape (B,).

    Parameters
    ----------
    beta, cov, n_pre, weights, level
        As in :func:`relative_test`.
    mbar : array of shape (B,)
        Limits on the relative size of a step.
    """
    tests = [relative_test(beta, cov, n_pre, weights, float(m), level) for m in mbar]
    ends = np.array([(_end(test, -test.reach), _end(test, test.reach)) for test in tests])
    return ends[:, 0], ends[:, 1]


def _end(test: RelativeTest, reach: float) -> float:
    """Return the outermost accepted theta on one side: a grid, then ever finer ones in its cell."""
    inside, outside = test.estimate, test.estimate + reach
    for points in (_GRID, *[_FINER] * _ROUNDS):
        grid = np.linspace(inside, outside, points)
        last = int(np.flatnonzero(test.accepts(grid)).max(initial=0))
        inside, outside = grid[last], grid[min(last + 1, points - 1)]
    return float(inside)
