"""What part of the destination's innovations a flow makes: before the data, and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.flow_variance import FlowLikelihood, RatioGrid
from shiftexp.kernels.vessel_grid import SdPrior

CELLS = 100
_QUANTILES = 60
_NOISES, _FARTHEST = 9, 3.5  # nodes for the noise at a ratio, and how many sds they reach


@dataclass(frozen=True, eq=False)
class FlowPosterior:
    """What a batch of C series says of the ratios of a grid.

    Attributes
    ----------
    mass : array of shape (C, A, A, F)
        Posterior masses of own walk, common walk and flow over the noise; none without a flow.
    log_evidence : array of shape (C,)
        Log of the mean likelihood over the prior, up to a constant of the data.
    """

    mass: Floats
    log_evidence: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def sds(self, grid: RatioGrid) -> Floats:
        """Return own walk, common walk and flow over the noise, (C, 3): means of their logs."""
        axes = (grid.walk, grid.walk, grid.flow[1:])
        mass = self.mass[..., 1:]
        logs = [
            mass.sum(axis=tuple(k for k in (1, 2, 3) if k != at + 1)) @ np.log(axis)
            for at, axis in enumerate(axes)
        ]
        return np.asarray(np.exp(np.stack(logs, axis=1)))

    def cells(self, grid: RatioGrid) -> Floats:
        """Return masses of equal parts of the range from 0 to 1, shape (C, CELLS)."""
        squares = grid.walk**2
        share = _share(squares[:, None, None], squares[:, None], grid.flow**2)
        return _in_cells(share, self.mass)


def flow_posterior(found: FlowLikelihood, noise_scale: Floats, prior: SdPrior) -> FlowPosterior:
    """Return the posterior over the grid, the standard deviation of the noise integrated out.

    Parameters
    ----------
    found : FlowLikelihood
        What the data, in units of their walks' scale, say of the ratios.
    noise_scale : array of shape (C,)
        Scale of changes for the noise, in these units.
    prior : SdPrior
        Priors; the flow has that of a walk.
    """
    grid, df = found.grid, found.df
    flow = grid.flow[1:]
    z = np.linspace(-_FARTHEST, _FARTHEST, _NOISES) / np.sqrt(2 * df)
    masses, evidence = [], []
    for rest, scale in zip(found.rest[..., 1:], noise_scale, strict=True):
        noise = np.sqrt(rest / df)[..., None] * np.exp(z)
        log = -found.log_det[..., 1:, None] / 2 - df * np.log(noise)
        log -= df / 2 * np.exp(-2 * z)
        for ratio in (grid.walk[:, None, None], grid.walk[:, None], flow):
            log += _log_walk(noise * ratio[..., None], prior)
        log += _log_noise(noise / (prior.noise * scale))
        top = log.max()
        mass = np.exp(log - top).sum(axis=3)
        evidence.append(top + np.log(mass.sum()))
        masses.append(mass / mass.sum())
    return FlowPosterior(np.pad(masses, [(0, 0)] * 3 + [(1, 0)]), np.array(evidence))


@lru_cache(maxsize=2)
def prior_cells(*, exponential: bool) -> Floats:
    """Return prior masses of equal parts of the range from 0 to 1, shape (CELLS,).

    Walks and flow have one prior, so that the share's has no scale.

    Parameters
    ----------
    exponential : bool
        Whether it is exponential; half-normal otherwise.
    """
    from scipy.special import ndtri

    at = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    squares = (np.log1p(-at) if exponential else ndtri((1 + at) / 2)) ** 2
    share = _share(squares[:, None, None], squares[:, None], squares)
    return np.asarray(_in_cells(share, np.full((1, *share.shape), share.size**-1.0))[0])


def share_quantile(cells: Floats, probability: float) -> Floats:
    """Return quantiles of shares, shape (C,).

    Parameters
    ----------
    cells : array of shape (C, K)
        Masses of equal parts of the range from 0 to 1.
    probability : float
        How much of the mass lies below.
    """
    edges = np.linspace(0, 1, cells.shape[1] + 1)
    below = np.pad(cells.cumsum(axis=1), [(0, 0), (1, 0)])
    return np.array([np.interp(probability, each / each[-1], edges) for each in below])


def _share(own: Floats, common: Floats, flow: Floats) -> Floats:
    """Return the part that a flow makes of the sum of three variances."""
    return np.asarray(flow / (own + common + flow))


def _in_cells(share: Floats, mass: Floats) -> Floats:
    """Return masses (C, ...) of shares (...) by equal parts of the range, shape (C, CELLS)."""
    cell = np.minimum((CELLS * share.ravel()).astype(int), CELLS - 1)
    flat = mass.reshape(len(mass), -1)
    return np.stack([np.bincount(cell, each, minlength=CELLS) for each in flat])


def _log_walk(sd: Floats, prior: SdPrior) -> Floats:
    """Return log prior masses, up to a constant, of log-spaced sds of walks."""
    scaled = sd / prior.walk
    return np.asarray(np.log(scaled) - (scaled if prior.exponential else scaled**2 / 2))


def _log_noise(scaled: Floats) -> Floats:
    """Return half-normal log prior masses, up to a constant, of log-spaced sds over their scale."""
    return np.asarray(np.log(scaled) - scaled**2 / 2)
