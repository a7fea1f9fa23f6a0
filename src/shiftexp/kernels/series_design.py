"""One series seen through one regression: what it says under every error process, and Bayes-AN."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.error_nodes import (
    NOISE,
    PROCESSES,
    ErrorNodes,
    Process,
    error_nodes,
)
from shiftexp.kernels.mixture import MixtureDesign, mixture_of, prior_mass
from shiftexp.kernels.tails import quick_t_cdf

_TINY = 1e-24
_IDENTIFYING = [PROCESSES.index(Process(0.5)), PROCESSES.index(NOISE)]


@dataclass(frozen=True, eq=False)
class SeriesDesign:
    """One regression and the effect that is tested: everything known before the data.

    Attributes
    ----------
    nodes : ErrorNodes
        The regression under every error process.
    functional : array of shape (k,)
        Weights of the coefficients in the effect.
    shaped : bool
        Whether the noise has a shape of its own (known sampling errors).
    """

    nodes: ErrorNodes
    functional: Floats
    shaped: bool = False

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @cached_property
    def mixture(self) -> MixtureDesign:
        """The design of the Bayes-AN posterior."""
        return mixture_of(self.nodes, shaped=self.shaped)

    @cached_property
    def digest(self) -> str:
        """A name for the design: the same whatever the columns that span its regression.

        Rounded in units of an irrational number, because simple fractions would lie on the border
        between two roundings.
        """
        whiten, rows = self.nodes.whiten[0], self.functional @ self.nodes.rows[0]
        parts = (whiten.T @ whiten, rows, self.nodes.omega[_IDENTIFYING])
        rounded = [np.round(part * (np.pi * 1e5)).astype(np.int64).tobytes() for part in parts]
        shape = np.asarray([len(rows), self.nodes.df, int(self.shaped)]).tobytes()
        return hashlib.sha256(shape + b"".join(rounded)).hexdigest()[:16]

    @cached_property
    def whiten(self) -> Floats:
        """Rows of all processes side by side, shape (T, n m)."""
        n, m, size = self.nodes.whiten.shape
        return np.ascontiguousarray(self.nodes.whiten.reshape(n * m, size).T)

    @cached_property
    def rows(self) -> Floats:
        """Generalised-least-squares rows of the effect, shape (T, n)."""
        return np.ascontiguousarray((self.functional @ self.nodes.rows).T)

    @cached_property
    def variance(self) -> Floats:
        """Variance of the effect's estimate for unit error variance, shape (n,)."""
        f = self.functional
        return np.asarray(np.einsum("i,nij,j->n", f, self.nodes.cov, f))

    @cached_property
    def log_mass(self) -> Floats:
        """Log prior mass of Bayes-AN less half the log determinants; -inf where there is none."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(prior_mass(shaped=self.shaped)) - self.nodes.log_det / 2)

    @cached_property
    def massive(self) -> Integers | slice:
        """Where there is mass; everything, which need not be copied, where it is everywhere."""
        there = np.isfinite(self.log_mass)
        return slice(None) if there.all() else np.flatnonzero(there)

    @cached_property
    def density(self) -> Floats:
        """Log density of an effect's estimate and residuals, the part without data, shape (n,)."""
        return np.asarray(-self.nodes.log_det / 2 - np.log(self.variance) / 2)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a batch of B series says: all that the tests and the posterior need.

    Attributes
    ----------
    rss, tau : array of shape (B, n)
        Residual sum of squares and estimate of the effect under every error process.
    """

    rss: Floats
    tau: Floats

    def take(self, index: Integers | Booleans) -> Evidence:
        """Return the evidence at these positions of the batch."""
        return Evidence(self.rss[index], self.tau[index])


def series_design(
    x: Floats, time: Floats, functional: Floats, noise: Floats | None = None
) -> SeriesDesign:
    """Return one regression and the effect that is tested; the answer is cached.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors, full column rank, a constant among them.
    time : array of shape (T,)
        Time stamps in periods, gaps kept.
    functional : array of shape (k,)
        Weights of the coefficients in the effect.
    noise : array of shape (T,), optional
        Relative variances of the noise, such as squared sampling errors.
    """
    arrays = (x, time, functional) if noise is None else (x, time, functional, noise)
    parts = tuple(np.ascontiguousarray(part, dtype=float) for part in arrays)
    return _cached_design(tuple((part.tobytes(), part.shape) for part in parts))


@lru_cache(maxsize=64)
def _cached_design(parts: tuple[tuple[bytes, tuple[int, ...]], ...]) -> SeriesDesign:
    """Prepare a design and keep it: specifications of one study share theirs."""
    x, time, functional, *noise = (np.frombuffer(b).reshape(shape) for b, shape in parts)
    nodes = error_nodes(x, time, noise[0] if noise else None)
    return SeriesDesign(nodes, functional, shaped=bool(noise))


def evidence(design: SeriesDesign, y: Floats) -> Evidence:
    """Return what a batch of series says.

    Parameters
    ----------
    design : SeriesDesign
        The regression.
    y : array of shape (B, T)
        The series, in any unit.
    """
    n = len(design.nodes.whiten)
    whitened = (y @ design.whiten).reshape(len(y), n, design.nodes.df)
    rss = np.einsum("bnm,bnm->bn", whitened, whitened)
    floor = _TINY * np.einsum("bt,bt->b", y, y) + np.finfo(float).tiny
    return Evidence(np.maximum(rss, floor[:, None]), y @ design.rows)


def posterior_cdf(design: SeriesDesign, found: Evidence, at: Floats) -> Floats:
    """Return the Bayes-AN probability of an effect at most ``at`` (B,), shape (B,)."""
    weight, tau, variance = _posterior(design, found)
    z = (at[:, None] - tau) / np.sqrt(variance)
    return np.asarray((weight * quick_t_cdf(design.nodes.df, z)).sum(axis=1))


def posterior_moments(design: SeriesDesign, found: Evidence) -> tuple[Floats, Floats]:
    """Return the Bayes-AN mean and standard deviation of the effect, each of shape (B,)."""
    weight, tau, variance = _posterior(design, found)
    m = design.nodes.df
    mean = (weight * tau).sum(axis=1)
    around = variance * (m / (m - 2)) + (tau - mean[:, None]) ** 2
    return mean, np.sqrt((weight * around).sum(axis=1))


def _posterior(design: SeriesDesign, found: Evidence) -> tuple[Floats, Floats, Floats]:
    """Return mass, centre and squared scale of each Student component, each of shape (B, n)."""
    m, known = design.nodes.df, design.massive
    rss = found.rss[:, known]
    log_weight = design.log_mass[known] - m / 2 * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    return weight, found.tau[:, known], rss * (design.variance[known] / m)


def positions(processes: tuple[Process, ...]) -> Integers:
    """Return the positions of processes on the grid."""
    return np.array([PROCESSES.index(process) for process in processes])
