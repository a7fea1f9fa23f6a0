"""Error processes on a grid, and a regression prepared under each: all that does not need the data.

A process is sigma^2 Omega(r, w) with Omega = w K_r + (1 - w) D: K_r the correlation of an AR(1)
(a random walk for r = 1), D the noise. Every kernel is scaled to trace(N'KN) = m, with N a basis of
the complement of the regressors, so that shares mean the same in every design.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, lock

_AUTOREGRESSIONS = (*(float(r) for r in np.round(np.arange(0.0, 0.91, 0.05), 2)), 0.94, 0.97, 0.99)
_LEVEL_RATIOS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_NOISY = tuple((r, w) for r in (0.6, 0.8, 0.9, 0.96) for w in (0.35, 0.65))
_TESTED_ONLY = (0.95, -0.6, -0.3, -0.15)
_PERSISTENT_AR, _PERSISTENT_LEVEL = 0.9, 1.0


@dataclass(frozen=True)
class Process:
    """One error process, known up to its variance.

    Attributes
    ----------
    r : float
        Autocorrelation of the correlated part, above -1; 1 is a random walk.
    share : float
        Part w of the correlated kernel; the rest is noise.
    ratio : float or None
        For a local level, the variance of the walk's steps over that of the noise; it sets the
        share.
    """

    r: float
    share: float = 1.0
    ratio: float | None = None

    @property
    def persistent(self) -> bool:
        """Whether a level shift and a drift can hardly be told apart under it."""
        if self.ratio is not None:
            return self.ratio >= _PERSISTENT_LEVEL
        return self.share > 0 and self.r >= _PERSISTENT_AR


AUTOREGRESSIVE = tuple(Process(r) for r in (*_AUTOREGRESSIONS, 1.0))
LOCAL_LEVEL = tuple(Process(1.0, ratio=q) for q in _LEVEL_RATIOS)
NOISY = tuple(Process(r, w) for r, w in _NOISY)
NOISE = Process(0.0, 0.0)
PRIOR = (*AUTOREGRESSIVE, *LOCAL_LEVEL, *NOISY)
PROCESSES = (*PRIOR, *(Process(r) for r in _TESTED_ONLY), NOISE)


@dataclass(frozen=True, eq=False)
class ErrorNodes:
    """One regression under n error processes.

    Attributes
    ----------
    omega : array of shape (n, T, T)
        Error covariances for unit variance.
    whiten : array of shape (n, m, T)
        Rows A with residual sum of squares |A y|^2.
    rows : array of shape (n, k, T)
        Generalised-least-squares rows: coefficients are ``rows @ y``.
    cov : array of shape (n, k, k)
        Covariance of the coefficients for unit error variance.
    log_det : array of shape (n,)
        Log determinant of N' Omega N.
    persistent : array of shape (n,)
        Processes in which a level shift and a drift can hardly be told apart.
    df : int
        m = T - k, degrees of freedom.
    """

    omega: Floats
    whiten: Floats
    rows: Floats
    cov: Floats
    log_det: Floats
    persistent: Booleans
    df: int

    def __post_init__(self) -> None:
        """Make the arrays read-only: they are shared."""
        lock(self)


def error_nodes(x: Floats, time: Floats, noise: Floats | None = None) -> ErrorNodes:
    """Prepare one regression under every process of ``PROCESSES``.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors, full column rank, a constant among them.
    time : array of shape (T,)
        Time stamps in periods; gaps are kept, so a missing period costs correlation, not order.
    noise : array of shape (T,), optional
        Relative variances of the noise, such as squared sampling errors; equal by default.
    """
    noise = np.ones(len(x)) if noise is None else noise
    complement = np.linalg.qr(x, mode="complete")[0][:, x.shape[1] :]
    omega = covariances(time, noise, complement)
    root = np.linalg.cholesky(complement.T @ omega @ complement)
    whiten = np.linalg.solve(root, np.broadcast_to(complement.T, (len(omega), *complement.T.shape)))
    projection = np.eye(len(x)) - omega @ np.swapaxes(whiten, 1, 2) @ whiten
    rows = np.linalg.pinv(x) @ projection
    return ErrorNodes(
        omega=omega,
        whiten=whiten,
        rows=rows,
        cov=rows @ omega @ np.swapaxes(rows, 1, 2),
        log_det=2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1),
        persistent=np.array([process.persistent for process in PROCESSES]),
        df=complement.shape[1],
    )


def covariances(time: Floats, noise: Floats, complement: Floats) -> Floats:
    """Return Omega of every process, shape (n, T, T).

    Parameters
    ----------
    time, noise : array of shape (T,)
        Time stamps and relative variances of the noise; the periods learnt from come first.
    complement : array of shape (t, m)
        Basis of the complement of the regressors in the t <= T periods learnt from.
    """
    learnt, size = complement.shape
    stamps = time - time.min() + 1
    distance = np.abs(stamps[:, None] - stamps[None, :])
    walk = np.minimum(stamps[:, None], stamps[None, :])

    def trace(kernel: Floats) -> float:
        return float(np.trace(complement.T @ kernel[:learnt, :learnt] @ complement))

    white = np.diag(noise) * size / trace(np.diag(noise))
    steps = trace(walk) / size

    def omega(process: Process) -> Floats:
        kernel = walk if process.r >= 1 else process.r**distance
        share = process.share
        if process.ratio is not None:
            share = process.ratio * steps / (1 + process.ratio * steps)
        return np.asarray(share * kernel * size / trace(kernel) + (1 - share) * white)

    return np.array([omega(process) for process in PROCESSES])
