"""A fitted vector autoregression as a source of series: nulls without a lead, and alternatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.vector_autoregression import impulse_responses, lagged, restricted_coef


@dataclass(frozen=True, eq=False)
class VarProcess:
    """An autoregression of K series whose innovations are drawn from residuals, periods together.

    Attributes
    ----------
    coef : array of shape (K, q)
        m fixed terms, then K values of lag 1, K of lag 2, ...
    fixed : array of shape (T, m)
        Fixed terms of every period.
    residual : array of shape (K, n)
        Centred residuals, made larger by the degrees of freedom that fitting took.
    start : array of shape (K, p)
        The first values, which every draw shares.
    """

    coef: Floats
    fixed: Floats
    residual: Floats
    start: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def draw(
        self, count: int, rng: np.random.Generator, *, passed: float = 0.0, lag: int = 1
    ) -> Floats:
        """Return series, shape (count, K, T).

        Parameters
        ----------
        count : int
            How many.
        rng : numpy Generator
            Source of the draws.
        passed : float, default 0
            Part of every innovation of the first series that the second receives, with the sign
            turned, ``lag`` periods later: 1 is full offset.
        lag : int, default 1
            When.
        """
        k, lags = self.start.shape
        periods, n = len(self.fixed), self.residual.shape[1]
        picked = rng.integers(n, size=(count, periods - lags))
        news = self.residual[:, picked].swapaxes(0, 1).copy()
        if passed and periods - lags > lag:
            news[:, 1, lag:] -= passed * news[:, 0, : periods - lags - lag].copy()
        level = self.fixed @ self.coef[:, : self.fixed.shape[1]].T
        past = self.coef[:, self.fixed.shape[1] :].reshape(k, lags, k)
        y = np.empty((count, k, periods))
        y[:, :, :lags] = self.start
        for t in range(lags, periods):
            recent = y[:, :, t - lags : t][:, :, ::-1]
            y[:, :, t] = level[t] + news[:, :, t - lags] + np.einsum("kpj,bjp->bk", past, recent)
        return y

    def responses(self, horizon: int) -> Floats:
        """Return responses to an innovation of one of the first series, shape (K, H + 1).

        The others move along as their innovations do in the same period.

        Parameters
        ----------
        horizon : int
            H.
        """
        k, lags = self.start.shape
        past = self.coef[:, self.fixed.shape[1] :].reshape(k, lags, k).swapaxes(0, 1)
        impact = self.residual @ self.residual[0] / (self.residual[0] @ self.residual[0])
        return np.asarray(impulse_responses(past[None], horizon)[0] @ impact).T


def fitted_process(y: Floats, lags: int, fixed: Floats, free: Booleans) -> VarProcess:
    """Return the process that a restricted autoregression of one data set stands for.

    Parameters
    ----------
    y : array of shape (K, T)
        The series.
    lags : int
        p.
    fixed : array of shape (T, m)
        Fixed terms.
    free : array of shape (K, m + K p)
        Coefficients of each equation that are fitted, the others are zero.
    """
    coef = restricted_coef(y, lags, fixed, free)
    x = np.concatenate([fixed[lags:], lagged(y[None], lags)[0]], axis=1)
    residual = y[:, lags:] - coef @ x.T
    n = residual.shape[1]
    larger = np.sqrt(n / np.maximum(n - free.sum(axis=1), 1))
    centred = residual - residual.mean(axis=1, keepdims=True)
    return VarProcess(coef, fixed, centred * larger[:, None], y[:, :lags])


def no_lead(lags: tuple[int, int], most: int, fixed: int) -> Booleans:
    """Return which coefficients are free when either series has its own past alone.

    Parameters
    ----------
    lags : tuple of two int
        Own lags of both series.
    most : int
        Lags of the process, at least as many.
    fixed : int
        m, fixed terms, all free.

    Examples
    --------
    >>> no_lead((1, 0), 1, fixed=1).astype(int).tolist()
    [[1, 1, 0], [1, 0, 0]]
    """
    free = np.zeros((2, fixed + 2 * most), dtype=bool)
    free[:, :fixed] = True
    for side, own in enumerate(lags):
        free[side, fixed + side + 2 * np.arange(own)] = True
    return free
