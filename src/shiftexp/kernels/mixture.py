"""Bayes-AN: a regression coefficient under AR(1), local-level and AR-plus-noise errors, mixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers
from shiftexp.kernels.tails import t_cdf, t_quantile

_AR_GRID = np.array([*np.arange(0.0, 0.91, 0.05), 0.94, 0.97, 0.99, 1.0])
_LEVEL_RATIOS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_NOISY_AR = tuple((r, w) for r in (0.6, 0.8, 0.9, 0.96) for w in (0.35, 0.65))
_MASS_AR, _MASS_LEVEL, _MASS_NOISY = 0.5, 0.3, 0.2
_PERSISTENT_AR, _PERSISTENT_LEVEL = 0.9, 1.0
_BISECTIONS = 60
_TINY = 1e-24


@dataclass(frozen=True, eq=False)
class MixtureDesign:
    """The part of the posterior that does not depend on the data, one entry per error process.

    Attributes
    ----------
    whiten : array of shape (n, m, T)
        Rows A with RSS = |A y|^2.
    rows : array of shape (n, k, T)
        Generalised-least-squares rows: coefficients are ``rows @ y``.
    cov : array of shape (n, k, k)
        Covariance of the coefficients for unit error variance.
    log_weight : array of shape (n,)
        Log prior mass minus half the log determinant of the error covariance.
    persistent : array of shape (n,)
        True for processes in which a level shift and a drift can hardly be told apart.
    df : int
        m = T - k, degrees of freedom.
    """

    whiten: Floats
    rows: Floats
    cov: Floats
    log_weight: Floats
    persistent: Booleans
    df: int


@dataclass(frozen=True, eq=False)
class Mixture:
    """Posterior of one coefficient for a batch of B series: a mixture of n Student t laws each.

    Attributes
    ----------
    weight, location, scale : array of shape (B, n)
        Posterior mass, centre and scale of each component.
    persistence : array of shape (B,)
        Posterior mass on persistent errors.
    df : int
        Degrees of freedom shared by the components.
    """

    weight: Floats
    location: Floats
    scale: Floats
    persistence: Floats
    df: int

    def take(self, index: Integers) -> Mixture:
        """Return the posteriors at these positions of the batch."""
        return Mixture(
            weight=self.weight[index],
            location=self.location[index],
            scale=self.scale[index],
            persistence=self.persistence[index],
            df=self.df,
        )

    @property
    def mean(self) -> Floats:
        """Posterior mean, shape (B,)."""
        return np.asarray((self.weight * self.location).sum(axis=1))

    @property
    def std(self) -> Floats:
        """Posterior standard deviation, shape (B,)."""
        inner = self.scale**2 * self.df / (self.df - 2)
        second = (self.weight * (inner + self.location**2)).sum(axis=1)
        return np.asarray(np.sqrt(np.maximum(second - self.mean**2, 0.0)))

    def cdf(self, at: Floats) -> Floats:
        """Return the posterior probability of a coefficient at most ``at``, shape (B,)."""
        z = (np.asarray(at)[:, None] - self.location) / self.scale
        return np.asarray((self.weight * t_cdf(self.df, z)).sum(axis=1))

    def quantile(self, probability: float) -> Floats:
        """Return the coefficient below which this posterior mass lies, shape (B,)."""
        tail = t_quantile(self.df, min(probability, 1 - probability) / self.weight.shape[1])
        low = (self.location + tail * self.scale).min(axis=1)
        high = (self.location - tail * self.scale).max(axis=1)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            below = self.cdf(middle) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)


def mixture_design(x: Floats, time: Floats) -> MixtureDesign:
    """Prepare the posterior for one regression matrix.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors, full column rank, a constant among them; C-contiguous floats.
    time : array of shape (T,)
        Time stamps in periods; gaps are kept, so a missing period costs correlation, not order.

    Notes
    -----
    Errors are sigma^2 Omega(r, w), Omega = w K_r + (1 - w) I, every K scaled to trace(N'KN) = m
    with N a basis of the complement of x. The prior over (r, w) is that of the project's inference
    study.
    """
    matrix = np.ascontiguousarray(x, dtype=float)
    stamps = np.ascontiguousarray(time, dtype=float)
    return _cached_design(matrix.tobytes(), (len(x), x.shape[1]), stamps.tobytes())


@lru_cache(maxsize=256)
def _cached_design(x_bytes: bytes, shape: tuple[int, int], time_bytes: bytes) -> MixtureDesign:
    """Prepare the posterior and keep it: specifications of one study share their periods."""
    x = np.frombuffer(x_bytes).reshape(shape)
    complement = np.linalg.qr(x, mode="complete")[0][:, shape[1] :]
    omega = _error_covariances(np.frombuffer(time_bytes), complement)
    root = np.linalg.cholesky(complement.T @ omega @ complement)
    whiten = np.linalg.solve(root, np.broadcast_to(complement.T, (len(omega), *complement.T.shape)))
    projection = np.eye(shape[0]) - omega @ np.swapaxes(whiten, 1, 2) @ whiten
    rows = np.linalg.pinv(x) @ projection
    log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    log_prior, persistent = _prior()
    return MixtureDesign(
        whiten=whiten,
        rows=rows,
        cov=rows @ omega @ np.swapaxes(rows, 1, 2),
        log_weight=log_prior - log_det / 2,
        persistent=persistent,
        df=complement.shape[1],
    )


def posterior(design: MixtureDesign, y: Floats, functional: Floats) -> Mixture:
    """Return the posterior of one linear functional of the coefficients for a batch of series.

    Parameters
    ----------
    design : MixtureDesign
        The regression matrix, prepared.
    y : array of shape (B, T)
        The series.
    functional : array of shape (k,) or (B, k)
        Weights of the coefficients; a unit vector asks for one of them.
    """
    weight, variance = node_weights(design, y)
    asked = np.broadcast_to(functional, (len(y), functional.shape[-1]))
    spread = np.einsum("bi,nij,bj->bn", asked, design.cov, asked)
    coefficients = np.einsum("nkt,bt->bnk", design.rows, y)
    return Mixture(
        weight=weight,
        location=np.einsum("bk,bnk->bn", asked, coefficients),
        scale=np.sqrt(variance * spread),
        persistence=weight[:, design.persistent].sum(axis=1),
        df=design.df,
    )


def node_weights(design: MixtureDesign, y: Floats) -> tuple[Floats, Floats]:
    """Return posterior mass and error variance of every error process, each of shape (B, n)."""
    whitened = np.einsum("nmt,bt->bnm", design.whiten, y)
    floor = _TINY * ((y**2).sum(axis=1) + np.finfo(float).tiny)
    rss = np.maximum((whitened**2).sum(axis=2), floor[:, None])
    log_weight = design.log_weight - design.df / 2 * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True), rss / design.df


def error_correlation(design: MixtureDesign, pair: Floats) -> float:
    """Return the correlation of the errors of two series, averaged over the error processes.

    Parameters
    ----------
    design : MixtureDesign
        One regression matrix for both.
    pair : array of shape (2, T)
        The two series.
    """
    weight, _ = node_weights(design, pair)
    u, v = np.einsum("nmt,bt->bnm", design.whiten, pair)
    product = (u * v).sum(axis=1)
    length = np.sqrt((u**2).sum(axis=1) * (v**2).sum(axis=1))
    correlation = product / np.maximum(length, np.finfo(float).tiny)
    return float(weight.mean(axis=0) @ correlation)


def draw_coefficients(
    design: MixtureDesign, y: Floats, columns: tuple[int, ...], normals: Floats, uniforms: Floats
) -> Floats:
    """Return posterior draws of several coefficients of one series, shape (draws, len(columns)).

    Parameters
    ----------
    design : MixtureDesign
        The regression matrix, prepared.
    y : array of shape (T,)
        The series.
    columns : tuple of int
        The coefficients.
    normals : array of shape (draws, len(columns) + df)
        Independent standard normals; the last df of a row make its chi-squared.
    uniforms : array of shape (draws,)
        Independent uniforms on [0, 1) that choose the error process.
    """
    weight, variance = node_weights(design, y[None, :])
    node = np.minimum(np.searchsorted(np.cumsum(weight[0]), uniforms), weight.shape[1] - 1)
    k = len(columns)
    pick = np.ix_(range(len(design.cov)), columns, columns)
    root = np.linalg.cholesky(design.cov[pick] * variance[0][:, None, None])
    chi_squared = (normals[:, k:] ** 2).sum(axis=1)
    stretch = np.sqrt(design.df / chi_squared)
    shock = np.einsum("dij,dj->di", root[node], normals[:, :k])
    centre = np.einsum("nkt,t->nk", design.rows[:, list(columns)], y)
    return np.asarray(centre[node] + shock * stretch[:, None])


def mean_coefficients(design: MixtureDesign, y: Floats) -> Floats:
    """Return posterior means of all coefficients for a batch of series, shape (B, k)."""
    weight, _ = node_weights(design, y)
    return np.asarray(np.einsum("bn,nkt,bt->bk", weight, design.rows, y))


def _error_covariances(time: Floats, complement: Floats) -> Floats:
    """Return Omega of every error process in the order of the prior, shape (n, T, T)."""
    size = complement.shape[1]
    eye = np.eye(len(time))
    stamps = time - time.min() + 1
    distance = np.abs(stamps[:, None] - stamps[None, :])
    walk = np.minimum(stamps[:, None], stamps[None, :])
    walk_trace = float(np.trace(complement.T @ walk @ complement)) / size

    def scaled(r: float) -> Floats:
        kernel = walk if r >= 1 else r**distance
        return np.asarray(kernel * size / np.trace(complement.T @ kernel @ complement))

    autoregressive = [scaled(r) for r in _AR_GRID]
    shares = [q * walk_trace / (1 + q * walk_trace) for q in _LEVEL_RATIOS]
    levels = [w * scaled(1.0) + (1 - w) * eye for w in shares]
    noisy = [w * scaled(r) + (1 - w) * eye for r, w in _NOISY_AR]
    return np.array([*autoregressive, *levels, *noisy])


def _prior() -> tuple[Floats, Booleans]:
    """Return log prior mass of the error processes and which of them are persistent."""
    edges = np.concatenate([[0.0], (_AR_GRID[1:] + _AR_GRID[:-1]) / 2, [1.0]])
    mass = np.concatenate(
        [
            _MASS_AR * np.diff(edges),
            np.full(len(_LEVEL_RATIOS), _MASS_LEVEL / len(_LEVEL_RATIOS)),
            np.full(len(_NOISY_AR), _MASS_NOISY / len(_NOISY_AR)),
        ]
    )
    persistent = np.concatenate(
        [
            _AR_GRID >= _PERSISTENT_AR - 1e-9,
            np.array(_LEVEL_RATIOS) >= _PERSISTENT_LEVEL,
            np.array([r for r, _ in _NOISY_AR]) >= _PERSISTENT_AR,
        ]
    )
    return np.log(mass), persistent
