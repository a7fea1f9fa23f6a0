"""Sets of parallel-trend violations: smooth ones, and ones no larger than those seen before."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats


def first_differences(n_pre: int, n_post: int) -> Floats:
    """Return the steps of a violation path between neighbours, shape (P + n, P + n).

    Parameters
    ----------
    n_pre, n_post : int
        Coefficients before the reference period and after it, P and n.

    Notes
    -----
    The path delta has P coefficients before the reference period and n after it; the reference is
    0 and has no column. The first P rows are the steps up to the reference, the last n those from
    it on.
    """
    size = n_pre + n_post
    steps = np.eye(size, size + 1, k=1) - np.eye(size, size + 1)
    return np.delete(steps, n_pre, axis=1)


def second_differences(n_pre: int, n_post: int) -> Floats:
    """Return the changes of slope of a violation path, shape (P + n - 1, P + n).

    Parameters
    ----------
    n_pre, n_post : int
        Coefficients before the reference period and after it, P and n.

    Notes
    -----
    The first P - 1 rows bend before the reference period; the last n at it or after it.
    """
    return np.diff(first_differences(n_pre, n_post), axis=0)


def smoothness_rows(n_pre: int, n_post: int) -> Floats:
    """Return the rows A of Delta^SD(M) = {delta : A delta <= M}, shape (2 (P + n - 1), P + n).

    Parameters
    ----------
    n_pre, n_post : int
        Coefficients before the reference period and after it, P and n.

    References
    ----------
    Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
    Studies, 90, 2555-2591. https://doi.org/10.1093/restud/rdad018
    """
    bends = second_differences(n_pre, n_post)
    return np.concatenate([bends, -bends])


def relative_rows(n_pre: int, n_post: int, mbar: float) -> Floats:
    """Return the rows A of Delta^RM(Mbar), the union over C of {delta : A_c delta <= 0}.

    Parameters
    ----------
    n_pre, n_post : int
        Coefficients before the reference period and after it, P and n.
    mbar : float
        Largest step after the reference period over the largest step before it.

    Returns
    -------
    array of shape (2 P, 2 n, P + n)
        One polyhedron for each step before the reference period and each sign of it: the steps
        after it, up in the first n rows and down in the last n, are at most ``mbar`` times that
        signed step.

    Notes
    -----
    The restriction that the named step is the largest is left out: the union is the same, and the
    reference implementation tests the rows of the later steps only.
    """
    steps = first_differences(n_pre, n_post)
    before, after = steps[:n_pre], steps[n_pre:]
    largest = np.concatenate([before, -before])[:, None, :]
    both = np.concatenate([after, -after])
    return both - mbar * largest


def step_weights(weights: Floats) -> Floats:
    """Return how often each later step enters l'delta: w_t = sum of l_j over j >= t, shape (n,)."""
    return np.cumsum(weights[::-1])[::-1]


def bend_weights(weights: Floats) -> Floats:
    """Return how often each later change of slope enters l'delta, shape (n,).

    The change at the reference period comes first: c_j = sum over t > j of l_t (t - j).
    """
    return np.cumsum(step_weights(weights)[::-1])[::-1]


def largest_step(beta: Floats, n_pre: int) -> float:
    """Return the largest absolute step before the reference period."""
    return float(np.abs(np.diff(np.append(beta[:n_pre], 0.0))).max())


def largest_bend(beta: Floats, n_pre: int) -> float:
    """Return the largest absolute change of slope before the reference period; NaN if P < 2."""
    bends = np.abs(np.diff(np.append(beta[:n_pre], 0.0), n=2))
    return float(bends.max()) if bends.size else float("nan")


def relative_set(beta: Floats, n_pre: int, weights: Floats, mbar: Floats) -> tuple[Floats, Floats]:
    """Return the plug-in identified set of l'tau under Delta^RM: both ends, each of shape (B,).

    l'beta -/+ Mbar * sum |w_t| * the largest step before: no programme is needed, because each
    later step meets its own limit.

    Parameters
    ----------
    beta : array of shape (P + n,)
        Coefficients, taken as known.
    n_pre : int
        How many of them lie before the reference period, P.
    weights : array of shape (n,)
        The estimand l'tau.
    mbar : array of shape (B,)
        Limits on the relative size of a step.

    Examples
    --------
    >>> low, high = relative_set(np.array([-1.0, 5.0]), 1, np.ones(1), np.array([0.5]))
    >>> float(low[0]), float(high[0])
    (4.5, 5.5)
    """
    centre = float(weights @ beta[n_pre:])
    half = np.abs(step_weights(weights)).sum() * largest_step(beta, n_pre) * mbar
    return centre - half, centre + half


def smoothness_set(beta: Floats, n_pre: int, weights: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Return the plug-in identified set of l'tau under Delta^SD: both ends, each of shape (B,).

    The last slope before is extrapolated, and each change of slope from the reference period on is
    at most M: half-width M sum |c_j|, so M h (h + 1) / 2 at horizon h.

    Parameters
    ----------
    beta : array of shape (P + n,) or (B, P + n)
        Coefficients, taken as known; one row for each limit where they differ.
    n_pre : int
        How many of them lie before the reference period, P.
    weights : array of shape (n,)
        The estimand l'tau.
    m : array of shape (B,)
        Limits on the change of slope.

    Notes
    -----
    Where the coefficients before bend by more than M the strict set is empty: sampling error alone
    does that at M = 0. Only the later changes of slope are limited here, so give coefficients that
    obey the limit, such as those of :func:`shiftexp.kernels.flci.nearest_smooth`.

    Examples
    --------
    >>> low, high = smoothness_set(np.array([-1.0, 5.0]), 1, np.ones(1), np.array([0.5]))
    >>> float(low[0]), float(high[0])
    (3.5, 4.5)
    """
    slope = -beta[..., n_pre - 1]
    horizon = np.arange(1, len(weights) + 1)
    centre = beta[..., n_pre:] @ weights - slope * float(weights @ horizon)
    half = np.abs(bend_weights(weights)).sum() * m
    return centre - half, centre + half
