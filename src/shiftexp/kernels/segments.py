"""Segmented regression of contrast series: level, trend, season, reporting breaks, effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Cases, Floats

ORIGIN_ONLY, DESTINATION_ONLY, BOTH = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Regressors:
    """Regression matrices of one case for the origin, the destination, and combinations of both.

    Attributes
    ----------
    x : array of shape (3, T, K)
        Columns: nuisance (constant, trend, season), breaks, then the effect (step, and slope after
        it).
    effect : int
        First effect column; the ones before it make the counterfactual.
    """

    x: Floats
    effect: int

    def active(self, kind: int) -> Floats:
        """Return the columns that are not zero throughout for one kind of series, shape (T, k)."""
        return np.asarray(self.x[kind][:, self.columns(kind)])

    def columns(self, kind: int) -> list[int]:
        """Return the positions of the columns that say something: not zero, not said before."""
        matrix = self.x[kind]
        kept: list[int] = []
        for k in range(matrix.shape[1]):
            known = [np.zeros(len(matrix)), *(matrix[:, j] for j in kept)]
            if not any(np.array_equal(matrix[:, k], column) for column in known):
                kept.append(k)
        return kept


def regressors(
    cases: Cases, case: int, *, trend: bool, seasonal: bool, growing: bool | None = None
) -> Regressors:
    """Return the regression matrices of one case.

    Parameters
    ----------
    cases : Cases
        The batch.
    case : int
        Position in the batch.
    trend : bool
        Adds a linear trend.
    seasonal : bool
        Adds season dummies where a year has several seasons.
    growing : bool, optional
        Adds a change of slope after the onset: an effect that grows along a line. When it is not
        given, where there is a trend.
    """
    time = cases.time
    step = (cases.treated[case] & ~cases.learn[case]).astype(float)
    nuisance = [np.ones_like(time)]
    effect = [step]
    if trend:
        nuisance.append(time - time.mean())
    if trend if growing is None else growing:
        centre = time[cases.post[case]].mean() if cases.post[case].any() else time.mean()
        effect.append(step * (time - centre))
    if seasonal and cases.seasons > 1:
        nuisance += [(cases.season == s).astype(float) for s in range(1, cases.seasons)]
    own = np.stack(nuisance, axis=1)
    steps = cases.breaks[case]
    shared = np.stack(effect, axis=1)
    kinds = [steps[0], steps[1], steps.sum(axis=0)]
    x = np.stack([np.concatenate([own, breaks, shared], axis=1) for breaks in kinds])
    return Regressors(x, own.shape[1] + steps.shape[2])


def solve_segments(
    z: Floats, cases: Cases, *, trend: bool, seasonal: bool, growing: bool | None = None
) -> tuple[Floats, Floats]:
    """Return least-squares counterfactuals and effect paths of contrast series.

    Parameters
    ----------
    z : array of shape (C, 2, T)
        Contrast series on the model's scale.
    cases : Cases
        The batch; cases with the same periods share one factorisation.
    trend, seasonal, growing : bool
        As in :func:`regressors`.

    Returns
    -------
    tuple of two arrays of shape (C, 2, T)
        Counterfactual of the contrast, and effect on the model's scale (zero before the onset).
    """
    path, effect = np.full_like(z, np.nan), np.full_like(z, np.nan)
    for group in alike(cases):
        first = int(group[0])
        matrices = regressors(cases, first, trend=trend, seasonal=seasonal, growing=growing)
        used = cases.used[first]
        for side in (ORIGIN_ONLY, DESTINATION_ONLY):
            x = matrices.x[side]
            inverse = np.linalg.pinv(x[used])
            coefficients = z[group, side][:, used] @ inverse.T
            split = matrices.effect
            path[group, side] = coefficients[:, :split] @ x[:, :split].T
            effect[group, side] = coefficients[:, split:] @ x[:, split:].T
    return path, effect


def period_effects(values: Floats, rows: Booleans) -> Floats:
    """Return what the donors say of every period: the period effects of a unit-and-period fit.

    Parameters
    ----------
    values : array of shape (U, T)
        Values on the model's scale, NaN where missing.
    rows : array of shape (U,)
        The donors.

    Returns
    -------
    array of shape (T,)
        Least-squares period effects with mean zero over the observed periods: for a complete panel
        the donors' mean less its average; NaN where no donor is observed.
    """
    donors = values[rows]
    seen = np.isfinite(donors)
    known = seen.any(axis=0)
    if np.array_equal(seen.all(axis=0), known) and known.any():  # no gaps: no equations to solve
        means = donors.mean(axis=0)
        return np.asarray(means - means[known].mean())
    filled = np.where(seen, donors, 0.0)
    per_unit = np.maximum(seen.sum(axis=1), 1)
    weights = seen / per_unit[:, None]
    within = np.where(seen, donors - filled.sum(axis=1)[:, None] / per_unit[:, None], 0.0)
    normal = np.diag(seen.sum(axis=0).astype(float)) - seen.T.astype(float) @ weights
    effects = np.linalg.pinv(normal, rcond=1e-10, hermitian=True) @ within.sum(axis=0)
    return np.where(known, effects - effects[known].mean() if known.any() else 0.0, np.nan)


def reference_paths(values: Floats, cases: Cases) -> Floats:
    """Return the donors' period effects for every case, shape (C, 1, T)."""
    shared = bool((cases.donors == cases.donors[0]).all())
    first = np.broadcast_to(values[:1], values.shape)
    if shared and np.array_equal(values, first, equal_nan=True):
        one = period_effects(values[0], cases.donors[0])
        return np.broadcast_to(one, (len(cases), 1, len(one)))
    each = [period_effects(v, rows) for v, rows in zip(values, cases.donors, strict=True)]
    return np.stack(each)[:, None, :]


def alike(cases: Cases) -> list[np.ndarray]:
    """Return positions of the cases that share their periods and breaks."""
    keys: dict[bytes, list[int]] = {}
    flat = [
        a.reshape(len(cases), -1) for a in (cases.learn, cases.treated, cases.post, cases.breaks)
    ]
    for case in range(len(cases)):
        keys.setdefault(b"".join(a[case].tobytes() for a in flat), []).append(case)
    return [np.array(members) for members in keys.values()]
