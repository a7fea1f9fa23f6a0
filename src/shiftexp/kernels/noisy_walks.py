"""Walks with noise fitted to series one by one, and series drawn from them: nothing in common."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Floats

_RATIOS = np.linspace(0.0, 0.95, 20)


@lru_cache(maxsize=8)
def _roots(count: int) -> tuple[Floats, Floats]:
    """Return roots of the correlations of changes, and their inverses, both (G, n, n)."""
    beside = np.eye(count, k=1) + np.eye(count, k=-1)
    covariances = [np.eye(count) * (1 + ratio**2) - ratio * beside for ratio in _RATIOS]
    roots = np.linalg.cholesky(np.array(covariances))
    inverses = np.linalg.inv(roots)
    roots.setflags(write=False)
    inverses.setflags(write=False)
    return roots, inverses


def noisy_walk_draws(
    y: Floats, draws: int, rng: np.random.Generator, seasons: Floats | None = None
) -> Floats:
    r"""Return series drawn from walks with noise that are fitted to each series, (B, R, T, k).

    .. math:: \Delta y_{it} = \mu_i + s_t + u_{it} - \theta_i u_{i,t-1}, \qquad 0 \le \theta_i < 1

    Innovations of one period are drawn together, so that what is new stays as correlated as it was;
    no combination of the series is stationary.

    Parameters
    ----------
    y : array of shape (B, T, k)
        The series.
    draws : int
        How many for each system.
    rng : numpy Generator
        Source of the draws.
    seasons : array of shape (T, S), optional
        Columns of the seasons.
    """
    changes = np.diff(y, axis=1)
    cases, count, k = changes.shape
    roots, inverses = _roots(count)
    x = np.ones((count, 1))
    if seasons is not None:
        x = np.hstack([x, np.diff(seasons, axis=0)])
    chosen, coefficients, innovations = _fits(changes, x, roots, inverses)
    at = rng.integers(count, size=(cases, draws, count))
    path = np.empty((cases, draws, count + 1, k))
    path[:, :, 0] = y[:, None, 0]
    for i in range(k):
        centred = innovations[:, :, i] - innovations[:, :, i].mean(axis=1, keepdims=True)
        drawn = centred[np.arange(cases)[:, None, None], at]
        steps = drawn @ roots[chosen[:, i]].swapaxes(1, 2) + (coefficients[:, i] @ x.T)[:, None]
        path[:, :, 1:, i] = y[:, None, :1, i] + steps.cumsum(axis=2)
    return path


def _fits(
    changes: Floats, x: Floats, roots: Floats, inverses: Floats
) -> tuple[np.ndarray, Floats, Floats]:
    """Return the likeliest ratios (B, k), coefficients (B, k, c) and innovations (B, n, k)."""
    count, terms = x.shape
    white = inverses @ x
    normal = white.swapaxes(1, 2) @ white
    filtered = np.einsum("gst,bti->bgsi", inverses, changes)
    answers = np.linalg.inv(normal) @ white.swapaxes(1, 2)
    coefficients = np.einsum("gcs,bgsi->bgci", answers, filtered)
    innovations = filtered - np.einsum("gsc,bgci->bgsi", white, coefficients)
    squares = np.maximum((innovations**2).sum(axis=2), np.finfo(float).tiny)
    spread = np.log(np.einsum("gtt->gt", roots)).sum(axis=1) + np.linalg.slogdet(normal)[1] / 2
    likelihood = -(count - terms) / 2 * np.log(squares) - spread[:, None]
    best = likelihood.argmax(axis=1)
    case, side = np.indices(best.shape)
    picked = coefficients.transpose(0, 1, 3, 2)[case, best, side]
    return best, picked, innovations.transpose(0, 1, 3, 2)[case, best, side].swapaxes(1, 2)
