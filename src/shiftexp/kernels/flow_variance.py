"""Likelihoods of a flow that no push sets off, by the standard deviations of walks, flow and noise.

y_u = fixed terms + own walk + common walk + flow_u + noise, for places u that share the standard
deviations of own walks and of noise. What leaves the origin in a period is normal about a constant,
which the drifts take up, and arrives a number of periods later. Rotating places and periods makes
all but the flow diagonal. The flow has as many shocks as there are periods: their covariance given
the data is decomposed once for a pair of walks, and then serves for any size of the flow.

How large donors are beside the pair is not known, or a pair that varies by a flow would look like
one whose walks are large. All donors have one factor, at its likeliest whatever the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.vessel_grid import NOISE_ENDS, WALK_ENDS, SdPrior, beyond, place_rotation
from shiftexp.kernels.vessel_terms import DESTINATION, ORIGIN

_WALKS, _FLOWS = 20, 40
_PAIR = 2


@dataclass(frozen=True, eq=False)
class VariableFlow:
    """What is known before the data: n places over T periods.

    Attributes
    ----------
    places : int
        Origin, destination and donors.
    fixed : array of shape (T, r)
        What every place has with coefficients of its own: level, drift, seasons.
    nuisance : array of shape (n, T, p)
        Regressors with coefficients of their own: steps, a one for every missing value.
    lag : int
        Periods after which what leaves the origin arrives.
    """

    places: int
    fixed: Floats
    nuisance: Floats
    lag: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def df(self) -> int:
        """Numbers that are left once the coefficients are taken out."""
        periods, terms = self.fixed.shape
        return int(self.places * (periods - terms) - self.nuisance.shape[2])

    @cached_property
    def basis(self) -> tuple[Floats, Floats]:
        """Variances (R,) and vectors (T, R) of a random walk beside the fixed terms."""
        return beyond(np.ascontiguousarray(self.fixed).tobytes(), len(self.fixed))[:2]

    @cached_property
    def steps(self) -> Floats:
        """What a unit that leaves in a period adds to the rotated places, shape (n, R, T)."""
        sums = np.tril(np.ones((len(self.fixed),) * 2))
        turn, vectors = place_rotation(self.places), self.basis[1]
        left, arrived = vectors.T @ sums, vectors.T @ np.tril(sums, -self.lag)
        return np.multiply.outer(turn[:, DESTINATION], arrived) - np.multiply.outer(
            turn[:, ORIGIN], left
        )

    @property
    def donor_df(self) -> int:
        """Those of them that are the donors'."""
        periods, terms = self.fixed.shape
        taken = np.abs(self.nuisance[_PAIR:]).sum(axis=(0, 1)) > 0
        return int((self.places - _PAIR) * (periods - terms) - taken.sum())

    def rotated(self, y: Floats) -> Floats:
        """Return series (C, n, T) rotated, pair and donors apart, (n, R, 2 C + p).

        The pair of every case, the donors of every case, then the nuisance.
        """
        series = np.moveaxis(y, 0, 2)
        donors = np.arange(self.places)[:, None, None] >= _PAIR
        parts = [np.where(donors, 0.0, series), np.where(donors, series, 0.0), self.nuisance]
        series = np.concatenate(parts, axis=2)
        turned = np.einsum("vu,utk->vtk", place_rotation(self.places), series)
        return np.asarray(self.basis[1].T @ turned)


@dataclass(frozen=True, eq=False)
class RatioGrid:
    """Standard deviations over that of the noise.

    Attributes
    ----------
    walk : array of shape (A,)
        Of either walk, evenly spaced in logs.
    flow : array of shape (F,)
        Of the flow: 0 first, then evenly spaced in logs.
    """

    walk: Floats
    flow: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def ratio_grid(noise_scale: float, prior: SdPrior) -> RatioGrid:
    """Return ratios as far apart as the priors let standard deviations be.

    Parameters
    ----------
    noise_scale : float
        Scale of changes per period for the noise, over that for the walks.
    prior : SdPrior
        Priors in units of these scales.
    """
    over = prior.walk / (prior.noise * noise_scale)
    low, high = over * WALK_ENDS[0] / NOISE_ENDS[1], over * WALK_ENDS[1] / NOISE_ENDS[0]
    flow = np.concatenate([[0.0], np.geomspace(low, high, _FLOWS)])
    return RatioGrid(np.geomspace(low, high, _WALKS), flow)


@dataclass(frozen=True, eq=False)
class FlowLikelihood:
    """What the data say of every ratio, for a batch of C series.

    Attributes
    ----------
    grid : RatioGrid
        The ratios.
    rest : array of shape (C, A, A, F)
        Sums of squares left over where the noise has variance one, by own walk, common walk, flow.
    log_det : array of shape (A, A, F)
        Log determinants of the covariance and of the coefficients' information together.
    df : int
        Numbers left once the coefficients are taken out.
    """

    grid: RatioGrid
    rest: Floats
    log_det: Floats
    df: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def profile(self) -> Floats:
        """Restricted log likelihoods at the likeliest noise, (C, A, A, F), up to a constant."""
        return np.asarray(-self.df / 2 * np.log(self.rest) - self.log_det / 2)


def flow_likelihood(
    model: VariableFlow, y: Floats, grid: RatioGrid, *, shown: str = ""
) -> FlowLikelihood:
    """Return what the data say of every ratio of the grid.

    Parameters
    ----------
    model : VariableFlow
        What is known before the data.
    y : array of shape (C, n, T)
        Series; missing values are any finite number.
    grid : RatioGrid
        Ratios to try.
    shown : str
        What a progress bar says on a terminal; none without it.
    """
    from tqdm import tqdm

    series = model.rotated(y)
    shape = (len(grid.walk), len(grid.walk), len(grid.flow))
    rest, log_det = np.empty((len(y), *shape)), np.empty(shape)
    bar = tqdm(grid.walk, desc=shown, unit="walk", disable=None if shown else True, leave=False)
    for i, own in enumerate(bar):
        for j, common in enumerate(grid.walk):
            found = at_walks(model, series, (own, common), grid.flow)
            rest[:, i, j], log_det[i, j] = found.rest, found.log_det
    return FlowLikelihood(grid, rest, log_det, model.df)


class WalksFit(NamedTuple):
    """What C series say at one pair of walks.

    Attributes
    ----------
    rest : array of shape (C, F)
        Sums of squares left over; times donors ** (-2 donor_df / df), the density of donors being
        that of donors as they are given.
    log_det : array of shape (F,)
        Log determinants.
    donors : array of shape (C, F)
        What donors are multiplied by; 1 where there are none.
    """

    rest: Floats
    log_det: Floats
    donors: Floats


def at_walks(
    model: VariableFlow, series: Floats, walks: tuple[float, float], flow: Floats
) -> WalksFit:
    """Return what the data say at one pair of walks.

    Parameters
    ----------
    model : VariableFlow
        What is known before the data.
    series : array of shape (n, R, 2 C + p)
        As of :meth:`VariableFlow.rotated`.
    walks : tuple of two float
        Standard deviations of own and common walk over that of the noise.
    flow : array of shape (F,)
        Of the flow over that of the noise.
    """
    rows, steps = series.reshape(-1, series.shape[2]), model.steps.reshape(-1, len(model.fixed))
    precision = _precision(model, walks).reshape(-1, 1)
    weighted = rows * precision
    value, vectors = np.linalg.eigh(steps.T @ (steps * precision))
    value = np.maximum(value, 0.0)
    told = vectors.T @ (steps.T @ weighted)
    squares = flow[:, None] ** 2
    taken = squares / (1 + squares * value)
    log_det = np.log1p(squares * value).sum(axis=1) - np.log(precision).sum()
    count = (rows.shape[1] - model.nuisance.shape[2]) // 2
    pair, donors, nuisance = slice(count), slice(count, 2 * count), slice(2 * count, None)
    score = weighted[:, nuisance].T @ rows - (taken[:, None] * told[:, nuisance].T) @ told
    gram = score[..., nuisance]
    solved = np.linalg.solve(gram, score)
    log_det += np.linalg.slogdet(gram)[1]

    def product(one: slice, other: slice) -> Floats:
        whole = (rows[:, one] * weighted[:, other]).sum(axis=0)
        beside = (score[..., one] * solved[..., other]).sum(axis=1)
        return np.asarray((whole - taken @ (told[:, one] * told[:, other]) - beside).T)

    own, crossed, theirs = product(pair, pair), product(pair, donors), product(donors, donors)
    factor = _donor_factor(own, crossed, theirs, model)
    rest = (own + 2 * factor * crossed + factor**2 * theirs) * factor ** (
        -2 * model.donor_df / model.df
    )
    return WalksFit(rest, log_det, factor)


def _donor_factor(own: Floats, crossed: Floats, theirs: Floats, model: VariableFlow) -> Floats:
    """Return what donors are multiplied by where that is likeliest, of the shape of ``own``.

    The restricted likelihood of own + 2 k crossed + k^2 theirs, times k to the donors' numbers, is
    largest at the positive root of a quadratic equation.
    """
    if model.places == _PAIR:
        return np.ones_like(own)
    of_pair, of_donors = model.df - model.donor_df, model.donor_df
    half = (of_donors - of_pair) * crossed / 2
    root = np.sqrt(half**2 + of_pair * of_donors * theirs * own)
    return np.asarray((half + root) / (of_pair * theirs))


def _precision(model: VariableFlow, walks: tuple[float, float]) -> Floats:
    """Return precisions of rotated places and periods without a flow, shape (n, R)."""
    own, common = walks
    shared = np.where(np.arange(model.places) == 0, model.places * common**2, 0.0)
    return np.asarray(1 / (1 + (own**2 + shared[:, None]) * model.basis[0]))
