"""Paths made of weighted donors: synthetic controls, left-out blocks, synthetic DiD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Cases, Floats, Integers, lock
from shiftexp.kernels.simplex import simplex_weights

_TIME_RIDGE = 1e-6


@dataclass(frozen=True)
class Weighting:
    """How donors are weighted.

    Attributes
    ----------
    intercept : bool
        Whether a constant gap before the onset is allowed: changes are fitted, not levels.
    augment : float
        Penalty of the ridge regression that takes up what the simplex leaves, relative to the mean
        square of the donors about each other; infinity for none.
    folds : int
        Blocks of the periods before the onset: each has the path of weights that were fitted
        without it; 1 for one fit to all of them.
    """

    intercept: bool
    augment: float
    folds: int


@dataclass(frozen=True, eq=False)
class DonorFit:
    """One side as a weighted mean of donors.

    Attributes
    ----------
    weights : array of shape (J,)
        Weights that sum to 1.
    path : array of shape (T,)
        The weighted mean, with the intercept if there is one.
    error : float
        Root mean square of what is left before the onset.
    spread : float
        Standard deviation of the side about its own mean before the onset.
    """

    weights: Floats
    path: Floats
    error: float
    spread: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def complete_donors(values: Floats, cases: Cases, case: int) -> Integers:
    """Return rows of the donors of one case that are observed in every used period.

    Parameters
    ----------
    values : array of shape (C, U, T)
        Values on the model's scale, NaN where missing.
    cases : Cases
        The batch.
    case : int
        Position in the batch.
    """
    used = cases.learn[case] | cases.treated[case]
    seen = np.isfinite(values[case][:, used]).all(axis=1)
    return np.flatnonzero(cases.donors[case] & seen)


def donor_fit(
    values: Floats, cases: Cases, case: int, side: int, learn: Booleans, how: Weighting
) -> DonorFit:
    """Return the weighted donors that are nearest to one side in given periods.

    Parameters
    ----------
    values : array of shape (C, U, T)
        Values on the model's scale, NaN where missing.
    cases : Cases
        The batch.
    case, side : int
        Position in the batch, and 0 for the origin, 1 for the destination.
    learn : array of shape (T,)
        Periods that weights are fitted to.
    how : Weighting
        How donors are weighted; its folds are not looked at.
    """
    donors = values[case][complete_donors(values, cases, case)]
    target = values[case, cases.focal[case, side]]
    weights, path = _weighted(donors, target, learn, how)
    left = (target - path)[learn]
    return DonorFit(weights, path, float(np.sqrt(np.mean(left**2))), float(target[learn].std()))


def weighted_paths(values: Floats, cases: Cases, how: Weighting) -> Floats:
    """Return weighted donors' paths of both sides of every case, shape (C, 2, T).

    Parameters
    ----------
    values : array of shape (C, U, T)
        Values on the model's scale, NaN where missing.
    cases : Cases
        The batch.
    how : Weighting
        How donors are weighted.

    Notes
    -----
    With several folds a period that weights may learn from has the path of the weights that did
    not learn from it; all others have the mean path.
    """
    paths = np.full((len(cases), 2, values.shape[2]), np.nan)
    for case, focal in enumerate(cases.focal):
        donors = values[case][complete_donors(values, cases, case)]
        for side in np.flatnonzero(focal >= 0):
            target = values[case, focal[side]]
            paths[case, side] = _one_path(donors, target, cases.learn[case], how)
    return paths


def _weighted(
    donors: Floats, target: Floats, learn: Booleans, how: Weighting
) -> tuple[Floats, Floats]:
    """Return weights (J,) of donors (J, T) fitted to the periods learnt from, and the path (T,)."""
    a, b = donors[:, learn].T, target[learn]
    if how.intercept:
        a, b = a - a.mean(axis=0), b - b.mean()
    weights = simplex_weights(a, b)
    if np.isfinite(how.augment):
        weights = weights + _ridge(a, b - a @ weights, how.augment)
    path = weights @ donors
    if how.intercept:
        path = path + (target - path)[learn].mean()
    return weights, path


def _one_path(donors: Floats, target: Floats, learn: Booleans, how: Weighting) -> Floats:
    """Return the path of one side of one case, shape (T,)."""

    def path(others: Booleans) -> Floats:
        return _weighted(donors, target, others, how)[1]

    return held_out(path, learn, how.folds)


def held_out(path: Callable[[Booleans], Floats], learn: Booleans, folds: int) -> Floats:
    """Return a path, shape (..., T), whose periods before the onset are not learnt from themselves.

    Parameters
    ----------
    path : callable
        Makes a path of the periods that it may learn from.
    learn : array of shape (T,)
        Periods before the onset.
    folds : int
        Blocks of these: each has the path that did not learn from it, all other periods the mean
        of these paths; with 1 there is one path.
    """
    if folds == 1:
        return path(learn)
    blocks = np.array_split(np.flatnonzero(learn), folds)
    each = []
    for block in blocks:
        others = learn.copy()
        others[block] = False
        each.append(path(others))
    joined = np.mean(each, axis=0)
    for block, own in zip(blocks, each, strict=True):
        joined[..., block] = own[..., block]
    return np.asarray(joined)


def _ridge(a: Floats, left: Floats, penalty: float) -> Floats:
    """Return weights that sum to zero and take up a part of what is left."""
    about = a - a.mean(axis=1, keepdims=True)
    size = penalty * float((about**2).mean())
    if not size > 0:
        return np.zeros(a.shape[1])
    moved = np.linalg.solve(about @ about.T + size * np.eye(len(a)), left)
    return np.asarray(moved @ about)


@dataclass(frozen=True, eq=False)
class DoubleWeights:
    """Weights of donors and of periods of one side, and the effect that they give.

    Attributes
    ----------
    donors : array of shape (J,)
        Unit weights omega, which sum to 1.
    periods : array of shape (n,)
        Time weights lambda of the n periods before the onset, which sum to 1.
    path : array of shape (T,)
        Counterfactual: weighted donors, at the level of the weighted periods.
    effect : float
        Mean of observed minus counterfactual over the post periods.
    """

    donors: Floats
    periods: Floats
    path: Floats
    effect: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def double_weights(
    donors: Floats,
    target: Floats,
    learn: Booleans,
    post: Booleans,
    periods: Floats | None = None,
) -> DoubleWeights:
    r"""Return the synthetic difference-in-differences of one unit.

    .. math:: \hat\omega = \arg\min \|\omega_0 + Y_0' \omega - y\|^2_{pre} + \zeta^2 n_0
       \|\omega\|^2, \quad \zeta = n_1^{1/4} \hat\sigma, \qquad \hat\lambda = \arg\min
       \|\lambda_0 + Y_{0,pre} \lambda - \bar Y_{0,post}\|^2

    Parameters
    ----------
    donors : array of shape (J, T)
        Complete donors.
    target : array of shape (T,)
        The unit.
    learn, post : arrays of shape (T,)
        Periods before the onset, and periods the effect is averaged over.
    periods : array of shape (n,), optional
        Time weights found before for another unit with the same donors and periods: they do not
        depend on the unit.

    Notes
    -----
    Arkhangelsky et al. (2021) with one treated unit; sigma is the standard deviation of first
    differences of the donors before the onset.
    """
    before, after = donors[:, learn], donors[:, post]
    sigma = float(np.diff(before, axis=1).std(ddof=1)) if before.shape[1] > 1 else 0.0
    n0, n1, count = before.shape[1], after.shape[1], len(donors)
    zeta = n1**0.25 * sigma
    own = target[learn] - target[learn].mean()
    centred = before - before.mean(axis=1, keepdims=True)
    omega = simplex_weights(centred.T, own, zeta**2 * n0)
    if periods is None:
        middle = after.mean(axis=1)
        periods = simplex_weights(
            before - before.mean(axis=0), middle - middle.mean(), (_TIME_RIDGE * sigma) ** 2 * count
        )
    weighted = omega @ donors
    path = weighted + periods @ (target - weighted)[learn]
    return DoubleWeights(omega, periods, path, float((target - path)[post].mean()))
