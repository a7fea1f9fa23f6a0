"""Sign-restricted shocks: all rotations of orthogonal innovations whose responses fit the signs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock


@dataclass(frozen=True, eq=False)
class RotationSet:
    """Responses of every rotation that fits the signs of all named shocks.

    Attributes
    ----------
    responses : array of shape (R, S, H + 1, K)
        Responses of K variables to S named shocks of one standard deviation.
    shares : array of shape (R, S, K)
        Part of each variable's forecast variance at horizon H that each shock makes.
    accepted : int
        Rotations that fit, each once, in however many orders of its columns it does.
    tried : int
        Rotations that were tried.
    """

    responses: Floats
    shares: Floats
    accepted: int
    tried: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def rotations(count: int, size: int, rng: np.random.Generator) -> Floats:
    """Return orthogonal matrices with the uniform (Haar) law, shape (count, size, size).

    Parameters
    ----------
    count, size : int
        How many, and of how many rows.
    rng : numpy Generator
        Source of the draws.

    References
    ----------
    Rubio-Ramirez, J. F., Waggoner, D. F., & Zha, T. (2010). Structural vector autoregressions:
    theory of identification and algorithms for inference. Review of Economic Studies, 77, 665-696.
    https://doi.org/10.1111/j.1467-937X.2009.00578.x
    """
    q, r = np.linalg.qr(rng.standard_normal((count, size, size)))
    return np.asarray(q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :])


def fitting_rotations(
    psi: Floats, covariance: Floats, q: Floats, signs: Integers, tolerance: float
) -> RotationSet:
    """Return the responses of all rotations under which every named shock has its signs on impact.

    Parameters
    ----------
    psi : array of shape (H + 1, K, K)
        Responses to reduced-form innovations.
    covariance : array of shape (K, K)
        Covariance of these.
    q : array of shape (R, K, K)
        Rotations.
    signs : array of shape (S, K)
        Signs of each named shock: 1, -1, or 0 for about nothing.
    tolerance : float
        How much of a variable's innovation standard deviation is about nothing.
    """
    root = np.linalg.cholesky(covariance)
    impact = (root @ q).swapaxes(1, 2) / np.sqrt(np.diagonal(covariance))
    total = (np.einsum("hij,jk->hik", psi, root) ** 2).sum(axis=(0, 2))
    responses, fitting = [], np.zeros(len(q), dtype=bool)
    for columns in permutations(range(len(covariance)), len(signs)):
        chosen = list(columns)
        turned, fits = _turned(impact[:, chosen], signs, tolerance)
        fitting |= fits
        kept = root @ q[fits][:, :, chosen] * turned[fits][:, None, :]
        responses.append(np.einsum("hij,rjs->rshi", psi, kept))
    found = np.concatenate(responses)
    return RotationSet(found, (found**2).sum(axis=2) / total, int(fitting.sum()), len(q))


def _turned(impact: Floats, signs: Integers, tolerance: float) -> tuple[Floats, Booleans]:
    """Return the orientation of each shock (R, S), and which rotations fit in it (R,)."""
    first = np.abs(signs).argmax(axis=1)
    shocks = np.arange(len(signs))
    turn = np.sign(impact[:, shocks, first]) * signs[shocks, first]
    turn = np.where(turn == 0, 1.0, turn)
    oriented = impact * turn[..., None]
    nothing = np.abs(oriented) <= tolerance
    fits = np.where(signs == 0, nothing, oriented * signs > 0)
    return turn, np.asarray(fits.all(axis=(1, 2)))
