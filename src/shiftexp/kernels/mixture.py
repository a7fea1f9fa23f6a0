"""Bayes-AN: a regression coefficient under AR(1), local-level and AR-plus-noise errors, mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers
from shiftexp.kernels.error_nodes import (
    AUTOREGRESSIVE,
    LOCAL_LEVEL,
    NOISE,
    NOISY,
    PROCESSES,
    ErrorNodes,
    error_nodes,
)
from shiftexp.kernels.tails import t_cdf, t_density, t_quantile

_MASS_AR, _MASS_LEVEL, _MASS_NOISY = 0.5, 0.3, 0.2
_STEPS, _CLOSE = 60, 1e-13
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

    def density(self, at: Floats) -> Floats:
        """Return the posterior density at ``at``, shape (B,)."""
        z = (np.asarray(at)[:, None] - self.location) / self.scale
        return np.asarray((self.weight * t_density(self.df, z) / self.scale).sum(axis=1))

    @staticmethod
    def join(parts: Sequence[Mixture]) -> Mixture:
        """Return several batches with equal numbers of components as one."""
        names = ("weight", "location", "scale", "persistence")
        arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
        return Mixture(**arrays, df=parts[0].df)

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return both ends of the equal-tailed interval, each of shape (B,), in one search."""
        count = len(self.weight)
        ends = np.repeat([(1 - level) / 2, (1 + level) / 2], count)
        low, high = self.take(np.tile(np.arange(count), 2)).quantile(ends).reshape(2, count)
        return low, high

    def quantile(self, probability: float | Floats) -> Floats:
        """Return the coefficient below which this posterior mass lies, shape (B,).

        Newton's steps from where a single Student's t would have it, and a halving of the bracket
        where one would leave it.
        """
        side = np.minimum(probability, 1 - np.asarray(probability))
        tail = t_quantile(self.df, float(np.min(side)) / self.weight.shape[1])
        low = (self.location + tail * self.scale).min(axis=1)
        high = (self.location - tail * self.scale).max(axis=1)
        away = t_quantile(self.df, float(np.min(side))) * np.sign(0.5 - np.asarray(probability))
        apart = (self.location - self.mean[:, None]) ** 2
        spread = np.sqrt((self.weight * (self.scale**2 + apart)).sum(axis=1))
        at = np.clip(self.mean + away * spread, low, high)
        for _ in range(_STEPS):
            excess = self.cdf(at) - probability
            low, high = np.where(excess < 0, at, low), np.where(excess < 0, high, at)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = at - excess / self.density(at)
            inside = (newton >= low) & (newton <= high)  # where it stands still it is done
            before, at = at, np.where(inside, newton, (low + high) / 2)
            if (np.abs(at - before) <= _CLOSE * (spread + np.abs(at))).all():
                break
        return np.asarray(at)


def mixture_design(x: Floats, time: Floats, noise: Floats | None = None) -> MixtureDesign:
    """Prepare the posterior for one regression matrix.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors, full column rank, a constant among them.
    time : array of shape (T,)
        Time stamps in periods; gaps are kept, so a missing period costs correlation, not order.
    noise : array of shape (T,), optional
        Relative variances of the noise, such as squared sampling errors; equal by default.

    Notes
    -----
    The prior over the error processes is that of the project's inference study; where the noise has
    a shape of its own, noise alone shares the mass of independent errors.
    """
    return mixture_of(error_nodes(x, time, noise), shaped=noise is not None)


def mixture_of(nodes: ErrorNodes, *, shaped: bool) -> MixtureDesign:
    """Return the posterior's design from a regression prepared under every error process.

    Parameters
    ----------
    nodes : ErrorNodes
        The regression.
    shaped : bool
        Whether the noise has a shape of its own.
    """
    mass = prior_mass(shaped=shaped)
    known = np.flatnonzero(mass > 0)
    return MixtureDesign(
        whiten=nodes.whiten[known],
        rows=nodes.rows[known],
        cov=nodes.cov[known],
        log_weight=np.log(mass[known]) - nodes.log_det[known] / 2,
        persistent=nodes.persistent[known],
        df=nodes.df,
    )


def prior_mass(*, shaped: bool) -> Floats:
    """Return the prior mass of every process of ``PROCESSES``, zero where there is none.

    Parameters
    ----------
    shaped : bool
        Whether the noise has a shape of its own.
    """
    grid = np.array([process.r for process in AUTOREGRESSIVE])
    edges = np.concatenate([[0.0], (grid[1:] + grid[:-1]) / 2, [1.0]])
    mass = dict(zip(AUTOREGRESSIVE, _MASS_AR * np.diff(edges), strict=True))
    mass |= dict.fromkeys(LOCAL_LEVEL, _MASS_LEVEL / len(LOCAL_LEVEL))
    mass |= dict.fromkeys(NOISY, _MASS_NOISY / len(NOISY))
    if shaped:
        independent = AUTOREGRESSIVE[0]
        mass[independent] = mass[NOISE] = mass[independent] / 2
    return np.array([mass.get(process, 0.0) for process in PROCESSES])


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
