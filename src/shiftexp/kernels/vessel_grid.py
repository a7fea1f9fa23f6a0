"""Random walks of several places with a common part, averaged over their variances on a grid.

y_u = a_u + d_u t + sum_i theta_i z_ui + own walk + common walk + noise, for places u that share
three standard deviations. Rotating places and periods makes every covariance diagonal, so that a
node of the grid costs a few sums.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock
from shiftexp.kernels.vessel_nodes import NodeFit
from shiftexp.kernels.vessel_terms import Cuts, change_scales, noise_share

_OWN, _COMMON, _NOISE = 9, 8, 12
WALK_ENDS, NOISE_ENDS = (0.03, 6.0), (0.1, 2.6)  # over the scales of their priors
_WALK_SHARE, _WIDE_SHARE, _NOISE_SHARE = 0.2, 0.6, 0.8
_NOISY = 0.6  # least share of noise in yearly changes at which walks do not dominate


@dataclass(frozen=True)
class SdPrior:
    """Priors on the standard deviations, in units of the scale of changes.

    Attributes
    ----------
    walk : float
        Scale of the random walks' priors.
    exponential : bool
        Whether those are exponential with this mean; half-normal with this scale otherwise.
    noise : float
        Scale of the half-normal prior on the noise.
    """

    walk: float = _WALK_SHARE
    exponential: bool = True
    noise: float = _NOISE_SHARE

    def log_mass(self, own: Floats, common: Floats, noise: Floats) -> Floats:
        """Return log prior masses, up to a constant, of log-spaced sds over their scales."""
        walks = (own + common) if self.exponential else (own**2 + common**2) / 2
        return np.asarray(np.log(own * common) - walks + _noise_prior(noise))


_LEAST_MASS = 1e-6  # of the likeliest noise: beyond it no nodes are spent


@dataclass(frozen=True, eq=False)
class SdNodes:
    """Nodes of the grid of standard deviations, for a batch of C cases.

    Attributes
    ----------
    own, common, noise : arrays of shape (C, G)
        Standard deviations per period, in units of the data.
    log_prior : array of shape (C, G)
        Log prior mass, up to a constant: density times the width of a node.
    log_whole : array of shape (C,)
        Log of the prior mass of all there is, in the same unit.
    shape : tuple of int
        Nodes for each of the three, where they are a whole grid; empty otherwise.
    """

    own: Floats
    common: Floats
    noise: Floats
    log_prior: Floats
    log_whole: Floats
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def without_common(self) -> tuple[Floats, Floats, Integers]:
        """Return distinct pairs of own walk and noise, each (C, g), and the pair of every node."""
        every = np.arange(self.own.shape[1])
        if not self.shape:
            return self.own, self.noise, every
        first = every.reshape(self.shape)[:, 0]
        pair = np.arange(first.size).reshape(first.shape)[:, None]
        which = np.broadcast_to(pair, self.shape).ravel()
        return self.own[:, first.ravel()], self.noise[:, first.ravel()], which

    def sharpened(self, weight: Floats) -> SdNodes:
        """Return the grid with its noise where the mass (C, G) of a first fit lies.

        Many periods tell the noise to a few percent, less than the distance of two nodes.
        """
        cases, count = len(weight), self.shape[2]
        axis = self.noise.reshape(cases, -1, count)[:, 0]
        mass = weight.reshape(cases, -1, count).sum(axis=1)
        held = mass > _LEAST_MASS * mass.max(axis=1, keepdims=True)
        lowest = np.maximum(held.argmax(axis=1) - 1, 0)
        highest = np.minimum(count - held[:, ::-1].argmax(axis=1), count - 1)
        row = np.arange(cases)
        finer = np.geomspace(axis[row, lowest], axis[row, highest], count, axis=1)
        noise = np.tile(finer, self.noise.shape[1] // count)
        after, before = (
            _noise_prior(sds / axis[:, :1] * NOISE_ENDS[0]) for sds in (noise, self.noise)
        )
        width = np.log(np.log(finer[:, 1] / finer[:, 0]) / np.log(axis[:, 1] / axis[:, 0]))
        log_prior = self.log_prior + after - before + width[:, None]
        return replace(self, noise=noise, log_prior=log_prior)

    def heaviest(self, weight: Floats, mass: float) -> SdNodes:
        """Return the nodes that hold so much of a posterior mass (C, G), as many in every case."""
        order = np.argsort(-weight, axis=1)
        held = np.take_along_axis(weight, order, axis=1).cumsum(axis=1)
        chosen = order[:, : int((held < mass).sum(axis=1).max()) + 1]
        own, common, noise, prior = (
            np.take_along_axis(values, chosen, axis=1)
            for values in (self.own, self.common, self.noise, self.log_prior)
        )
        return SdNodes(own, common, noise, prior, self.log_whole)


def sd_nodes(
    walk_scale: Floats,
    noise_scale: Floats,
    prior: SdPrior,
    shape: tuple[int, int, int] = (_OWN, _COMMON, _NOISE),
) -> SdNodes:
    """Return the grid: log-spaced nodes for every standard deviation.

    Parameters
    ----------
    walk_scale, noise_scale : arrays of shape (C,)
        Scale of changes per period, for the random walks and for the noise.
    prior : SdPrior
        Priors in units of it.
    shape : tuple of int
        Nodes for own walk, common walk and noise.
    """
    units, log_prior = _unit_nodes(prior, shape)
    scale = np.stack([prior.walk * walk_scale, prior.walk * walk_scale, prior.noise * noise_scale])
    own, common, noise = scale[:, :, None] * units[:, None, :]
    log_whole = np.full(len(own), np.log(np.exp(log_prior).sum()))
    return SdNodes(own, common, noise, np.broadcast_to(log_prior, own.shape), log_whole, shape)


def nodes_of_changes(pair: Floats, cuts: Cuts) -> SdNodes:
    """Return the grid for a pair: wider where its changes look like those of walks.

    Parameters
    ----------
    pair : array of shape (C, 2, T)
        Origin and destination; NaN where a value is missing.
    cuts : Cuts
        Where changes are cut.
    """
    walk, noise = change_scales(pair, cuts)
    usual, wide = (
        sd_nodes(walk, noise, prior_on_sds(walking=walking)) for walking in (False, True)
    )
    walking = (noise_share(pair, cuts, walk) < _NOISY)[:, None]
    own, common, spread, log_prior = (
        np.where(walking, getattr(wide, name), getattr(usual, name))
        for name in ("own", "common", "noise", "log_prior")
    )
    log_whole = np.where(walking[:, 0], wide.log_whole, usual.log_whole)
    return SdNodes(own, common, spread, log_prior, log_whole, usual.shape)


def prior_on_sds(*, walking: bool) -> SdPrior:
    """Return the prior for data whose changes look like those of walks, or do not."""
    return SdPrior(walk=_WIDE_SHARE, exponential=False) if walking else SdPrior()


def walks_dominate(pair: Floats, cuts: Cuts) -> Booleans:
    """Tell where the changes of a pair (C, 2, T) look like those of walks, not of noise."""
    scale = change_scales(pair, cuts)[0]
    return np.asarray(noise_share(pair, cuts, scale) < _NOISY)


@lru_cache(maxsize=16)
def _unit_nodes(prior: SdPrior, shape: tuple[int, int, int]) -> tuple[Floats, Floats]:
    """Return nodes over their scales, shape (3, G), and their log prior masses, shape (G,).

    Nodes run over the noise first, then the common walk: so that nodes with equal own walk and
    noise lie at equal steps.
    """
    ends = (WALK_ENDS, WALK_ENDS, NOISE_ENDS)
    axes = [np.geomspace(*end, count) for end, count in zip(ends, shape, strict=True)]
    own, common, noise = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    return np.stack([own, common, noise]), prior.log_mass(own, common, noise)


def _noise_prior(noise: Floats) -> Floats:
    """Return half-normal log prior masses, up to a constant, of log-spaced sds over their scale."""
    return np.asarray(np.log(noise) - noise**2 / 2)


@lru_cache(maxsize=32)
def walk_rotation(periods: int) -> tuple[Floats, Floats]:
    """Return variances and orthonormal vectors of a random walk's covariance.

    Returns
    -------
    tuple of arrays of shape (T,) and (T, T)
        Variances, and rotations in the columns.
    """
    sums = np.tril(np.ones((periods, periods)))
    variance, vectors = np.linalg.eigh(sums @ sums.T)
    return variance, vectors


@lru_cache(maxsize=32)
def place_rotation(places: int) -> Floats:
    """Return an orthonormal matrix whose first row is the mean of places, shape (n, n)."""
    start = np.eye(places)
    start[:, 0] = 1 / math.sqrt(places)
    vectors = np.linalg.qr(start)[0]
    return np.asarray(vectors.T * np.sign(vectors[0, 0]))


def fixed_terms(seasons: Floats, *, drift: bool) -> Floats:
    """Return level, drift if wanted, and seasons (T, k) as columns, shape (T, r)."""
    line = np.vander(np.linspace(-1, 1, len(seasons)), 1 + drift, increasing=True)
    return np.concatenate([line, seasons], axis=1)


def grid_fit(y: Floats, z: Floats, nodes: SdNodes, fixed: Floats) -> NodeFit:
    """Return what every node of the grid says.

    Parameters
    ----------
    y : array of shape (C, n, T)
        Series of n places, complete.
    z : array of shape (n, T, p)
        Regressors, one part for each place.
    nodes : SdNodes
        Standard deviations to try.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own: its level, a drift, seasons.
    """
    cases, places, _ = y.shape
    variance, vectors, log_det = beyond(np.ascontiguousarray(fixed).tobytes(), len(fixed))
    every = np.broadcast_to(z, (cases, *z.shape))
    series = np.concatenate([y[..., None], every], axis=3)
    turned = vectors.T @ np.einsum("vu,cutk->cvtk", place_rotation(places), series)
    own, noise, which = nodes.without_common()
    apart = own[..., None] ** 2 * variance + noise[..., None] ** 2
    shared = apart[:, which] + places * nodes.common[..., None] ** 2 * variance
    logs = (places - 1) * np.log(apart).sum(axis=2)[:, which] + np.log(shared).sum(axis=2)
    moments = _products(turned[:, 1:], 1 / apart)[:, which] + _products(turned[:, :1], 1 / shared)
    return NodeFit(nodes.log_prior, -(logs + places * log_det) / 2, moments)


@lru_cache(maxsize=32)
def beyond(fixed: bytes, periods: int) -> tuple[Floats, Floats, float]:
    """Return what is left of a random walk's covariance once fixed terms are taken out.

    Both the walks' covariance and the noise's are diagonal there, whatever the fixed terms take.

    Parameters
    ----------
    fixed : bytes
        Fixed terms (T, r), row by row.
    periods : int
        T.

    Returns
    -------
    tuple of arrays of shape (T - r,), (T, T - r), and float
        Variances; orthonormal vectors in the columns; log determinant of the fixed terms' products.
    """
    terms = np.frombuffer(fixed).reshape(periods, -1)
    beside = np.linalg.qr(terms, mode="complete")[0][:, terms.shape[1] :]
    sums = beside.T @ np.tril(np.ones((periods, periods)))
    variance, vectors = np.linalg.eigh(sums @ sums.T)
    return variance, beside @ vectors, float(np.linalg.slogdet(terms.T @ terms)[1])


def _products(series: Floats, weight: Floats) -> Floats:
    """Return weighted cross products of rotated series (C, n, R, k), shape (C, G, k, k).

    Parameters
    ----------
    series : array of shape (C, n, R, k)
        Rotated series.
    weight : array of shape (C, G, R)
        Precisions.
    """
    cases, _, rest, k = series.shape
    squares = np.einsum("cntk,cntl->ctkl", series, series).reshape(cases, rest, k * k)
    return np.asarray((weight @ squares).reshape(cases, -1, k, k))
