"""Several tests at once: combined p-values of dependent tests, step-down max-T p-values."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats

_NODES, _WIDTH = 161, 4.6
_LEAST_LANDAU, _FAR_LANDAU = -3.0, 1e100
MOST_SCORED = 0.99
_TINY = 1e-12


def cauchy_p(p: Floats, weights: Floats) -> Floats:
    r"""Return the Cauchy combination of p-values along the last axis.

    .. math:: T = \sum_i w_i \tan[(1/2 - p_i) \pi], \qquad p = 1/2 - \arctan(T) / \pi

    Parameters
    ----------
    p : array of shape (..., K)
        P-values above 0, however small.
    weights : array of shape (K,)
        Weights that sum to 1.

    Notes
    -----
    At 1 the tangent is minus infinity, and near 1 so low that one p hides all others: p above .99
    counts as .99: truncated as Fang et al. (2023) propose, at a point of our choice.

    References
    ----------
    Liu, Y. & Xie, J. (2020). Cauchy combination test: a powerful test with analytic p-value
    calculation under arbitrary dependency structures. Journal of the American Statistical
    Association, 115, 393-402. https://doi.org/10.1080/01621459.2018.1554485
    Fang, Y., Chang, C., Park, Y. & Tseng, G. C. (2023). Heavy-tailed distribution for combining
    dependent p-values with asymptotic robustness. Statistica Sinica, 33, 1115-1142.
    https://doi.org/10.5705/ss.202022.0046

    Examples
    --------
    >>> round(float(cauchy_p(np.array([0.01, 0.02, 0.03, 0.2, 0.6]), np.full(5, 0.2))), 7)
    0.0267552
    """
    inside = np.minimum(p, MOST_SCORED)
    # Scores in units of the largest one, which itself may be too large for a float; and the
    # cotangent of a small p keeps the digits that 1/2 - p would lose.
    least = inside.min(axis=-1, keepdims=True)
    tiny = inside < _TINY
    scores = np.where(
        tiny, least / inside / np.pi, least / np.tan(np.where(tiny, 0.5, inside) * np.pi)
    )
    statistic = (weights * scores).sum(axis=-1)
    return np.asarray(np.arctan2(least[..., 0], statistic) / np.pi)


def harmonic_mean(p: Floats, weights: Floats) -> Floats:
    """Return the weighted harmonic mean of p-values along the last axis: no p-value as it stands.

    Examples
    --------
    >>> round(float(harmonic_mean(np.array([0.01, 0.02, 0.03, 0.2, 0.6]), np.full(5, 0.2))), 7)
    0.0263158
    """
    least = p.min(axis=-1, keepdims=True)  # in its units no reciprocal is too large for a float
    return np.asarray(least[..., 0] / (weights * (least / p)).sum(axis=-1))


def harmonic_p(mean: Floats, count: int) -> Floats:
    r"""Return the asymptotically exact p of a harmonic mean of ``count`` p-values.

    .. math:: p = 1 - F_{Landau}\left(1 / \bar p - \log K - 1 + \gamma\right)

    with :math:`\gamma` Euler's constant and F the law of :func:`landau_tail`.

    Parameters
    ----------
    mean : array
        Harmonic means.
    count : int
        The number K of p-values in each.

    References
    ----------
    Wilson, D. J. (2019). The harmonic mean p-value for combining dependent tests. Proceedings of
    the National Academy of Sciences, 116, 1195-1200. https://doi.org/10.1073/pnas.1814092116

    Examples
    --------
    >>> round(float(harmonic_p(np.array(0.0397), 10)), 2)
    0.05
    """
    far = np.asarray(mean) < 1 / _FAR_LANDAU  # where the correction is far below the rounding
    safe = np.where(far, 1.0, mean)
    corrected = landau_tail(1 / safe - np.log(count) - 1 + np.euler_gamma)
    return np.where(far, mean, corrected)


def landau_tail(x: Floats) -> Floats:
    r"""Return the upper tail of Landau's law.

    .. math:: 1 - F(x) = \frac{1}{\pi} \int_0^\infty e^{-t \log t - x t} \frac{\sin \pi t}{t} dt

    Parameters
    ----------
    x : array
        Points; below -3, where less than 1 in 2,000 lies, the answer is 1; beyond 1e100 it is the
        first term of its expansion, 1/x.

    Notes
    -----
    The nodes are those of the double-exponential rule for integrals that fall like exp(-u), with
    u = max(x, 1) t.

    Examples
    --------
    >>> round(float(landau_tail(np.array(22.450278078872782))), 9)
    0.05
    """
    at = np.minimum(np.asarray(x, dtype=float), _FAR_LANDAU)[..., None]
    s = np.linspace(-_WIDTH, _WIDTH, _NODES)
    u = np.exp(s - np.exp(-s))
    step = (s[1] - s[0]) * u * (1 + np.exp(-s))
    scale = np.maximum(at, 1.0)
    t = u / scale
    safe = np.maximum(at, _LEAST_LANDAU)
    heights = np.exp(-t * np.log(t) - safe * t) * np.pi * np.sinc(t)
    tail = (heights * step / scale).sum(axis=-1) / np.pi
    near = np.where(at[..., 0] < _LEAST_LANDAU, 1.0, np.clip(tail, 0.0, 1.0))
    return np.where(at[..., 0] < _FAR_LANDAU, near, 1 / np.maximum(x, _FAR_LANDAU))


def step_down_max_t(observed: Floats, draws: Floats) -> Floats:
    """Return Westfall and Young's step-down adjusted p-values of K statistics.

    The largest statistic is referred to the largest of all K in each draw, the next to the largest
    of the others, and so on; no adjusted p is below that of a larger statistic.

    Parameters
    ----------
    observed : array of shape (K,)
        Statistics, large when data speak against the null; NaN has no p and takes no part.
    draws : array of shape (B, K)
        The same statistics under all nulls, one row for each joint draw; a NaN counts as large.

    Returns
    -------
    array of shape (K,)
        (1 + number of draws as large) / (B + 1), so never below 1 / (B + 1).

    References
    ----------
    Westfall, P. H. & Young, S. S. (1993). Resampling-Based Multiple Testing. New York: Wiley,
    algorithm 2.8.

    Examples
    --------
    >>> step_down_max_t(np.array([3.0, 1.0]), np.array([[2.0, 0.5], [0.1, 2.5], [0.3, 0.2]]))
    array([0.25, 0.5 ])
    """
    order = np.argsort(-observed, kind="stable")[: int(np.isfinite(observed).sum())]
    given = np.where(np.isnan(draws), np.inf, draws)[:, order]
    largest = np.maximum.accumulate(given[:, ::-1], axis=1)[:, ::-1]
    p = (1 + (largest >= observed[order]).sum(axis=0)) / (len(draws) + 1)
    adjusted = np.full(len(observed), np.nan)
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted


def step_t(effect: Floats, gap: Floats, before: Booleans, after: Booleans) -> Floats:
    """Return effects over their standard errors as if errors were independent: a common scale.

    Parameters
    ----------
    effect : array of shape (C,)
        Mean effects after the onset.
    gap : array of shape (C, T)
        Observed minus counterfactual.
    before, after : array of shape (C, T)
        Periods the counterfactual learned from, and periods the effect is averaged over.

    Returns
    -------
    array of shape (C,)
        No t statistic to look up: it only makes effects of different units comparable.
    """
    n_before, n_after = before.sum(axis=1), after.sum(axis=1)
    middle = np.where(after, gap, 0.0).sum(axis=1) / n_after
    residual = np.where(before, gap, np.where(after, gap - middle[:, None], 0.0))
    variance = (residual**2).sum(axis=1) / (n_before + n_after - 2)
    return np.asarray(effect / np.sqrt(variance * (1 / n_before + 1 / n_after)))
