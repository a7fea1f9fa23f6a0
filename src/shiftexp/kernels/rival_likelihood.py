"""One likelihood of two series with own paths and a step, maximised under constraints on the steps.

Y = B X' + Delta s' + U, the rows of U correlated by Sigma, its columns by R: Cov(U) = Sigma x R(v),
R of an AR(1) or of a random walk with noise. At a value v of R everything else has a closed form:
the likelihood at Delta is that at the best Delta times (1 + nu d' S^-1 d)^(-T/2), d their distance,
so that under a constraint the best Delta is the nearest one in the metric S^-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.effect_regions import Region, bilinear, nearest

Errors: TypeAlias = Literal["ar1", "local level"]
FAMILIES: tuple[str, ...] = get_args(Errors)
_SIDES = 2
_NODES = 41
_LEAST, _MOST = -0.6, 0.97
_RATIOS = np.concatenate([[0.0], np.logspace(-3, 2, _NODES - 1)])


@dataclass(frozen=True, eq=False)
class RivalDesign:
    """A regression prepared under n values of the errors' parameter: all that needs no data.

    Attributes
    ----------
    values : array of shape (n,)
        Autocorrelation of AR(1) errors, or the variance of a walk's steps over that of the noise.
    prior : array of shape (n,)
        Prior masses of the values: flat in the autocorrelation, or in the log of the ratio.
    root : array of shape (n, T, T)
        Cholesky factors of R.
    whiten : array of shape (n, T - k, T)
        Rows A with residual cross-products (A Y')' (A Y') under the regressors alone.
    shape : array of shape (T,)
        The effect of one unit.
    step : array of shape (n, T - k)
        The same, whitened.
    log_det, log_information : array of shape (n,)
        log |R|, and log |X' R^-1 X| with the step among X, up to a constant.
    """

    values: Floats
    prior: Floats
    root: Floats
    whiten: Floats
    shape: Floats
    step: Floats
    log_det: Floats
    log_information: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def periods(self) -> int:
        """Number of periods, T."""
        return int(self.whiten.shape[2])

    @property
    def df(self) -> int:
        """Degrees of freedom beside the step, T - k - 1."""
        return int(self.whiten.shape[1]) - 1

    @property
    def coefficients(self) -> int:
        """Number of coefficients of each series beside the step, k."""
        return self.periods - self.df - 1

    @property
    def size(self) -> Floats:
        """What a unit of the step weighs, nu, shape (n,)."""
        return np.asarray(np.einsum("nm,nm->n", self.step, self.step))


@dataclass(frozen=True, eq=False)
class FreeFit:
    """The likelihood of B data sets without a constraint, at every value of the errors' parameter.

    Attributes
    ----------
    effect : array of shape (B, n, p)
        The best effects.
    spread : array of shape (B, n, p, p)
        S, residual cross-products.
    log_det : array of shape (B, n)
        log |S| of all series, those held at no effect among them.
    series : int
        Number of series in the likelihood.
    """

    effect: Floats
    spread: Floats
    log_det: Floats
    series: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class ConstrainedFit:
    """Maxima of the likelihood of B data sets under one constraint.

    Attributes
    ----------
    log_likelihood : array of shape (B,)
        The maxima.
    effect : array of shape (B, 2)
        Effects there.
    node : array of shape (B,)
        Position of the errors' parameter there.
    """

    log_likelihood: Floats
    effect: Floats
    node: Integers

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def rival_design(x: Floats, step: Floats, time: Floats, errors: Errors) -> RivalDesign:
    """Return a regression prepared under every value of the errors' parameter.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors of either side, full column rank, a constant among them.
    step : array of shape (T,)
        Effect of one unit; no combination of the regressors.
    time : array of shape (T,)
        Time stamps in periods; gaps are kept.
    errors : {"ar1", "local level"}
        The family of errors.
    """
    values, kernels = _kernels(time, errors)
    complement = np.linalg.qr(x, mode="complete")[0][:, x.shape[1] :]
    within = np.asarray(np.linalg.cholesky(complement.T @ kernels @ complement), dtype=float)
    whiten = np.linalg.solve(
        within, np.broadcast_to(complement.T, (len(values), *complement.T.shape))
    )
    root = np.asarray(np.linalg.cholesky(kernels), dtype=float)
    log_det = 2 * _log_diagonal(root)
    step_white = whiten @ step
    # |N' R N| = |R| |X' R^-1 X| for an orthonormal basis [X, N]
    information = 2 * _log_diagonal(within) - log_det
    return RivalDesign(
        values=values,
        prior=np.gradient(values) if errors == "ar1" else np.ones(len(values)),
        root=root,
        whiten=whiten,
        shape=step,
        step=step_white,
        log_det=log_det,
        log_information=information + np.log(np.einsum("nm,nm->n", step_white, step_white)),
    )


def free_fit(design: RivalDesign, y: Floats) -> FreeFit:
    """Return the likelihood of data sets without a constraint.

    Parameters
    ----------
    design : RivalDesign
        The regression.
    y : array of shape (B, p, T)
        The series of each data set: origin, destination, and an index of donors where there is one.
    """
    white = np.einsum("nmt,bit->bnim", design.whiten, y, optimize=True)
    effect = np.einsum("bnim,nm->bni", white, design.step) / design.size[:, None]
    left = white - effect[..., None] * design.step[:, None, :]
    spread = left @ np.swapaxes(left, -1, -2)
    return FreeFit(effect, spread, np.linalg.slogdet(spread)[1], y.shape[1])


def held(design: RivalDesign, fit: FreeFit) -> FreeFit:
    """Return the likelihood of the pair's effects where the donors' index has none, exactly.

    The pair's effects are then net of what the index predicts by its correlation with both sides.
    """
    index = fit.effect[..., _SIDES]
    variance = fit.spread[..., _SIDES, _SIDES]
    slope = fit.spread[..., :_SIDES, _SIDES] / variance[..., None]
    cross = slope[..., :, None] * fit.spread[..., None, _SIDES, :_SIDES]
    farther = design.size * index**2 / variance
    return FreeFit(
        effect=fit.effect[..., :_SIDES] - slope * index[..., None],
        spread=(fit.spread[..., :_SIDES, :_SIDES] - cross) * (1 + farther)[..., None, None],
        log_det=fit.log_det + np.log1p(farther),
        series=fit.series,
    )


def released(fit: FreeFit) -> FreeFit:
    """Return the likelihood of the pair's effects where the donors' index may have any."""
    pair = fit.effect[..., :_SIDES], fit.spread[..., :_SIDES, :_SIDES]
    return FreeFit(*pair, fit.log_det, fit.series)


def constrained_fit(design: RivalDesign, fit: FreeFit, region: Region) -> ConstrainedFit:
    """Return maxima of the likelihood over the effects of a region.

    Parameters
    ----------
    design : RivalDesign
        The regression.
    fit : FreeFit
        What it says without a constraint.
    region : Region
        The effects that are allowed.
    """
    effect, found = _nearest_fit(design, fit, region)
    return _best(effect, found)


def shared_fit(design: RivalDesign, fit: FreeFit, region: Region) -> ConstrainedFit:
    """Return maxima over the effects of a region where the donors' index grew too, or not at all.

    Parameters
    ----------
    design : RivalDesign
        The regression.
    fit : FreeFit
        Of three series, without a constraint.
    region : Region
        The effects of the pair that are allowed.
    """
    free, still = released(fit), held(design, fit)
    effect, found = _nearest_fit(design, free, region)
    moved = np.linalg.solve(free.spread, (effect - free.effect)[..., None])[..., 0]
    follows = np.einsum("bni,bni->bn", fit.spread[..., _SIDES, :_SIDES], moved)
    grew = fit.effect[..., _SIDES] + follows >= 0
    other, below = _nearest_fit(design, still, region)
    return _best(np.where(grew[..., None], effect, other), np.where(grew, found, below))


def node_weights(design: RivalDesign, fit: FreeFit) -> Floats:
    """Return posterior masses of the errors' values under flat effects, shape (B, n).

    Flat in the autocorrelation, or in the log of the variance ratio; flat in coefficients and
    effects, |Sigma|^(-(p + 1) / 2) in the covariance.
    """
    log = -design.df / 2 * fit.log_det + np.log(design.prior)
    log = log - fit.series / 2 * (design.log_det + design.log_information)
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def effect_covariances(design: RivalDesign, fit: FreeFit) -> Floats:
    """Return covariances of the effects at every value of the errors' parameter, (B, n, 2, 2).

    Those of the Student law that the posterior is.
    """
    df = design.df - fit.series - 1
    return np.asarray(fit.spread / (design.size * df)[:, None, None])


def draw_errors(
    design: RivalDesign, node: Integers, cov: Floats, rng: np.random.Generator
) -> Floats:
    """Return errors of data sets, shape (B, p, T).

    Parameters
    ----------
    design : RivalDesign
        The regression.
    node : array of shape (B,)
        Positions of the errors' values.
    cov : array of shape (B, p, p)
        Sigma of each.
    rng : numpy Generator
        Source of the draws.
    """
    white = rng.standard_normal((*cov.shape[:2], design.periods))
    mixed = np.linalg.cholesky(cov) @ white
    return np.asarray(np.einsum("bts,bis->bit", design.root[node], mixed))


def _nearest_fit(design: RivalDesign, fit: FreeFit, region: Region) -> tuple[Floats, Floats]:
    """Return the best effects of a region and their log-likelihoods, (B, n, 2) and (B, n)."""
    (a, b), (_, c) = np.moveaxis(fit.spread, (-2, -1), (0, 1))
    turned = np.stack([np.stack([c, -b], axis=-1), np.stack([-b, a], axis=-1)], axis=-2)
    metric = turned / (a * c - b * b)[..., None, None]
    effect = nearest(region, fit.effect, metric)
    gap = effect - fit.effect
    distance = design.size * bilinear(metric, gap, gap)
    t, p = design.periods, fit.series
    constant = p * (1 + np.log(2 * np.pi / t))
    free = -t / 2 * (fit.log_det + constant) - p / 2 * design.log_det
    return effect, np.asarray(free - t / 2 * np.log1p(distance))


def _best(effect: Floats, log_likelihood: Floats) -> ConstrainedFit:
    """Return the maxima over the errors' values."""
    node = log_likelihood.argmax(axis=1)
    case = np.arange(len(node))
    return ConstrainedFit(log_likelihood[case, node], effect[case, node], node)


def _kernels(time: Floats, errors: Errors) -> tuple[Floats, Floats]:
    """Return values of the errors' parameter and R at each."""
    stamps = time - time.min() + 1
    if errors == "ar1":
        values = np.tanh(np.linspace(np.arctanh(_LEAST), np.arctanh(_MOST), _NODES))
        distance = np.abs(stamps[:, None] - stamps)
        return values, values[:, None, None] ** np.rint(distance)
    walk = np.minimum(stamps[:, None], stamps)
    return _RATIOS, np.eye(len(time)) + _RATIOS[:, None, None] * walk


def _log_diagonal(root: Floats) -> Floats:
    """Return sums of the logs of diagonals."""
    return np.asarray(np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1))
