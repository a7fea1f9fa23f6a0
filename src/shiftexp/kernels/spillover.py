"""Synthetic controls whose donors may be touched: every unit on all others, solved jointly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Cases, Floats, Integers, lock
from shiftexp.kernels.simplex import simplex_weights
from shiftexp.kernels.synthetic import DonorFit, complete_donors, held_out

_LARGEST_CONDITION = 1e10


@dataclass(frozen=True)
class Spillover:
    """How effects are told from what they do to the donors.

    Attributes
    ----------
    inclusive : bool
        Whether the gaps of the affected units alone are solved; otherwise those of all units, by
        least squares.
    shared : bool
        Whether exposed units share one effect, in proportion to their exposure; each has its own
        otherwise.
    intercept : bool
        Whether a constant gap before the onset is allowed.
    folds : int
        Blocks of the periods before the onset, as in :class:`Weighting`.
    """

    inclusive: bool
    shared: bool
    intercept: bool
    folds: int


@dataclass(frozen=True, eq=False)
class Unmixed:
    """All units of one case on each other, and effects as linear in their values.

    Attributes
    ----------
    rows : array of shape (n,)
        The units: sides that are present, then donors.
    cross : array of shape (n, n)
        Weights of every unit's synthetic control, zero on the diagonal.
    fitted : array of shape (n, T)
        The synthetic controls.
    constant : array of shape (n,)
        Their intercepts.
    solver : array of shape (k, n)
        What makes k effects of the n gaps: sides first, then exposed units.
    certainty : float
        Determinant of the cross weights' matrix for the inclusive kind, reciprocal condition number
        of the normal equations otherwise; near zero effects cannot be told apart.
    """

    rows: Integers
    cross: Floats
    fitted: Floats
    constant: Floats
    solver: Floats
    certainty: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def coefficients(self) -> Floats:
        """What each unit's value adds to each effect, shape (k, n)."""
        return np.asarray(self.solver @ (np.eye(len(self.rows)) - self.cross))

    def effects(self, values: Floats) -> Floats:
        """Return effects by period, shape (k, T), of values of shape (U, T)."""
        gaps = values[self.rows] - self.fitted
        return np.asarray(self.solver @ gaps)


def unmixed(values: Floats, cases: Cases, case: int, learn: Booleans, how: Spillover) -> Unmixed:
    r"""Return every unit on all others, and what solves the effects.

    Parameters
    ----------
    values : array of shape (C, U, T)
        Values on the model's scale, NaN where missing.
    cases : Cases
        The batch; ``exposed`` says which donors are touched.
    case : int
        Position in the batch.
    learn : array of shape (T,)
        Periods that weights are fitted to.
    how : Spillover
        How effects are told apart.

    Notes
    -----
    With units' gaps :math:`(I - B) Y_t - a = (I - B) A \gamma_t + u_t` the effects are
    :math:`\gamma_t = (A'MA)^{-1} A'(I - B)'[(I - B) Y_t - a]`, :math:`M = (I - B)'(I - B)`, A the
    structure of the effects (Cao & Dowd). The inclusive kind solves :math:`g = \Omega \theta` for
    the affected units alone, :math:`\Omega` their part of :math:`I - B` (Di Stefano & Mellace).
    """
    present = cases.focal[case][cases.focal[case] >= 0]
    rows = np.concatenate([present, complete_donors(values, cases, case)])
    y = values[case][rows]
    cross = np.zeros((len(rows), len(rows)))
    constant = np.zeros(len(rows))
    for i in range(len(rows)):
        others = np.arange(len(rows)) != i
        cross[i, others], constant[i] = _on_others(y[others][:, learn], y[i, learn], how.intercept)
    shape = _structure(len(present), cases.exposed[case, rows], shared=how.shared)
    solver, certainty = _solver(shape, np.eye(len(rows)) - cross, inclusive=how.inclusive)
    return Unmixed(rows, cross, cross @ y + constant[:, None], constant, solver, certainty)


def spillover_paths(values: Floats, cases: Cases, how: Spillover) -> Floats:
    """Return what is taken off both sides of every case so that their effects are left: (C, 2, T).

    Parameters
    ----------
    values, cases, how : array of shape (C, U, T), Cases and Spillover
        As in :func:`unmixed`.

    Notes
    -----
    A period that weights may learn from has the effect of the weights that did not learn from it,
    all others the mean of these.
    """
    paths = np.full((len(cases), 2, values.shape[2]), np.nan)
    for case in range(len(cases)):
        sides = np.flatnonzero(cases.focal[case] >= 0)

        def left(learn: Booleans, case: int = case, count: int = len(sides)) -> Floats:
            return unmixed(values, cases, case, learn, how).effects(values[case])[:count]

        effects = held_out(left, cases.learn[case], how.folds)
        paths[case, sides] = values[case][cases.focal[case, sides]] - effects
    return paths


def side_fit(found: Unmixed, values: Floats, learn: Booleans, position: int) -> DonorFit:
    """Return the synthetic control of one unit, as :func:`donor_fit` does.

    Parameters
    ----------
    found : Unmixed
        All units on each other.
    values : array of shape (U, T)
        Values on the model's scale.
    learn : array of shape (T,)
        Periods before the onset.
    position : int
        Which of the units.
    """
    own = values[found.rows[position], learn]
    path = found.fitted[position]
    error = float(np.sqrt(np.mean((own - path[learn]) ** 2)))
    return DonorFit(found.cross[position], path, error, float(own.std()))


def _on_others(donors: Floats, target: Floats, intercept: bool) -> tuple[Floats, float]:  # noqa: FBT001 - one of the two numbers that a fit gives
    """Return weights and intercept of one unit on the others (J, n)."""
    a, b = donors.T, target
    if intercept:
        a, b = a - a.mean(axis=0), b - b.mean()
    weights = simplex_weights(a, b)
    return weights, float((target - weights @ donors).mean()) if intercept else 0.0


def _structure(sides: int, exposure: Floats, *, shared: bool) -> Floats:
    """Return the structure of the effects, shape (n, k): a column for every side, then the rest."""
    touched = np.flatnonzero(exposure > 0)
    own = np.eye(len(exposure))[:, :sides]
    rest = np.diag(exposure)[:, touched]
    return np.hstack([own, rest.sum(axis=1, keepdims=True) if shared and touched.size else rest])


def _solver(shape: Floats, gap: Floats, *, inclusive: bool) -> tuple[Floats, float]:
    """Return what makes effects of gaps, and how surely; NaN where they cannot be told apart.

    How surely is said of columns whose largest entry is one: it does not depend on the unit in
    which exposure is measured.
    """
    largest = shape.max(axis=0)
    shape = shape / largest
    if inclusive:
        affected = shape.any(axis=1)
        omega = gap[affected] @ shape
        certainty = float(abs(np.linalg.det(omega)))
        pick = np.eye(len(gap))[affected]
        system = omega
    else:
        mixed = gap @ shape
        system, pick = mixed.T @ mixed, mixed.T
        certainty = float(1 / np.linalg.cond(system))
    if certainty < 1 / _LARGEST_CONDITION:
        return np.full((shape.shape[1], len(gap)), np.nan), certainty
    return np.asarray(np.linalg.solve(system, pick) / largest[:, None]), certainty
