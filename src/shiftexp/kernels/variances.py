"""The posterior of a structural model's variances, by importance sampling that adapts itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from shiftexp.kernels.cases import Floats, Integers
from shiftexp.kernels.structural import Filtered, Form, Series, Variances, filtered

NODES = 1024
_LONG = 100  # periods that leave little to say about the variances: fewer candidates do
_FEWER = 256
_DF = 5.0
_ROUNDS, _MORE = 12, 6
LEAST_EFFECTIVE = 100.0
_ENOUGH = 0.5
_WIDER = 1.2
_LEAST_SD = 0.05


@dataclass(frozen=True, eq=False)
class Prior:
    """Weakly informative priors, in units of the series' own changes.

    Attributes
    ----------
    noise : array of shape (p,)
        Scale of the half-normal prior of each series' noise sd.
    moving : array of shape (p, K - 1)
        Means of the exponential priors of the other components' sds.
    """

    noise: Floats
    moving: Floats

    def log_density(self, logs: Floats, z: Floats) -> Floats:
        """Return log densities of log sds (N, p, K) and Fisher's z of correlations (N, R)."""
        sd = np.exp(logs)
        noise = -0.5 * (sd[:, :, 0] / self.noise) ** 2
        moving = -sd[:, :, 1:] / self.moving
        jacobian = logs.sum(axis=(1, 2))
        # A correlation has density (1 - r^2): extreme ones need data.
        related = -4 * np.log(np.cosh(z)).sum(axis=1)
        return np.asarray(noise.sum(axis=1) + moving.sum(axis=(1, 2)) + jacobian + related)

    @property
    def start(self) -> Floats:
        """Where the search begins, shape (p, K): log sds in the middle of the prior."""
        middle = np.concatenate([0.6 * self.noise[:, None], 0.5 * self.moving], axis=1)
        return np.asarray(np.log(middle))


@dataclass(frozen=True, eq=False)
class VariancePosterior:
    """Weighted candidates.

    Attributes
    ----------
    variances : Variances
        The candidates.
    weight : array of shape (N,)
        Their posterior weights.
    found : Filtered
        What they make of the series.
    """

    variances: Variances
    weight: Floats
    found: Filtered

    @property
    def effective(self) -> float:
        """Number of equally weighted candidates that would say as much."""
        return float(1 / (self.weight**2).sum())


def variance_posterior(model: Form, series: Series, prior: Prior) -> VariancePosterior:
    """Return candidates for the variances of one case, with their weights.

    Proposals are multivariate t, first around the middle of the prior; each round moves them to
    where the last one found the posterior, tempered until enough candidates carry weight. The same
    quasi-random numbers serve every case, so that the answer depends on the data alone.

    Parameters
    ----------
    model : Form
        The model.
    series : Series
        The data.
    prior : Prior
        The prior.
    """
    width, parts = prior.start.shape
    related = parts if width > 1 else 0
    centre = np.concatenate([prior.start.ravel(), np.zeros(related)])
    root = np.diag(np.concatenate([np.full(width * parts, 1.0), np.full(related, 0.7)]))
    reached, learnt = 0.0, series.learnt()
    for _ in range(_ROUNDS):
        draws = centre + _standard(len(centre), _FEWER) @ root.T
        target, proposal, _ = _densities(model, learnt, prior, draws, centre, root)
        temper, weight = _tempered(target, proposal)
        centre, root = _moments(draws, weight)
        done = reached == 1 and temper == 1
        reached = temper
        if done:
            break
    count = NODES if len(series.y) < _LONG else NODES // 2
    best: VariancePosterior | None = None
    for _ in range(_MORE):
        draws = centre + _standard(len(centre), count) @ root.T
        target, proposal, found = _densities(model, series, prior, draws, centre, root)
        weight = _normalized(target - proposal)
        posterior = VariancePosterior(_variances(draws, width, parts), weight, found)
        if best is None or posterior.effective > best.effective:
            best = posterior
        if best.effective >= LEAST_EFFECTIVE:
            break
        centre, root = _moments(draws, weight)
    assert best is not None  # noqa: S101 - there is a round
    return best


def _variances(draws: Floats, width: int, parts: int) -> Variances:
    """Return proposals (N, D) as standard deviations and correlations."""
    sd = np.exp(draws[:, : width * parts]).T.reshape(width, parts, -1)
    z = draws[:, width * parts :].T
    return Variances(sd, np.tanh(z) if width > 1 else np.zeros((parts, len(draws))))


def _densities(
    model: Form, series: Series, prior: Prior, draws: Floats, centre: Floats, root: Floats
) -> tuple[Floats, Floats, Filtered]:
    """Return log posterior and log proposal densities up to constants, and the filter behind."""
    width, parts = prior.start.shape
    found = filtered(model, series, _variances(draws, width, parts))
    logs = draws[:, : width * parts].reshape(-1, width, parts)
    target = found.loglik + prior.log_density(logs, draws[:, width * parts :])
    away = np.linalg.solve(root, (draws - centre).T)
    proposal = -(_DF + len(centre)) / 2 * np.log1p((away**2).sum(axis=0) / _DF)
    return target, proposal, found


def _normalized(logs: Floats) -> Floats:
    """Return weights that add up to one."""
    raw = np.exp(logs - logs.max())
    return np.asarray(raw / raw.sum())


def _tempered(target: Floats, proposal: Floats) -> tuple[float, Floats]:
    """Return the largest temper, of halvings of 1, at which enough candidates carry weight."""
    temper, enough = 1.0, _ENOUGH * len(target) / 4
    weight = _normalized(target - proposal)
    while 1 / (weight**2).sum() < enough and temper > 1e-6:
        temper /= 2
        weight = _normalized(temper * (target - proposal))
    return temper, weight


def _moments(draws: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return centre and root of the next proposal, somewhat wider than what was found."""
    centre = weight @ draws
    away = draws - centre
    cov = (away * weight[:, None]).T @ away * _WIDER**2 * (_DF - 2) / _DF
    floor = np.diag(np.full(len(centre), _LEAST_SD**2))
    return centre, np.asarray(np.linalg.cholesky(cov + floor))


def even_choice(weight: Floats, draws: int) -> Integers:
    """Return positions in proportion to weights, in order, shape (draws,)."""
    middles = (np.arange(draws) + 0.5) / draws
    return np.searchsorted(np.cumsum(weight)[:-1], middles)


@lru_cache(maxsize=8)
def _standard(dimensions: int, count: int) -> Floats:
    """Return standard multivariate t numbers, shape (count, dimensions), evenly spread."""
    from scipy.special import gammaincinv, ndtri
    from scipy.stats.qmc import Sobol

    even = Sobol(dimensions + 1, rng=np.random.default_rng(1)).random(count)
    even = np.clip(even, 1e-9, 1 - 1e-9)
    spread = 2 * gammaincinv(_DF / 2, even[:, -1]) / _DF
    return np.asarray(ndtri(even[:, :-1]) / np.sqrt(spread)[:, None])
