"""Whether a trend bends by itself: errors with a random slope against all the others, by Bayes."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.series_design import Evidence, SeriesDesign

_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97)


def slope_evidence(design: SeriesDesign, time: Floats, y: Floats, found: Evidence) -> Floats:
    """Return the log Bayes factor of a random slope against Bayes-AN errors, shape (B,).

    Parameters
    ----------
    design : SeriesDesign
        A regression that holds a trend.
    time : array of shape (T,)
        Time stamps in periods.
    y : array of shape (B, T)
        The series.
    found : Evidence
        What they say under the other processes.

    Notes
    -----
    The errors with a random slope are an integrated random walk plus noise, their share of the
    variance within the regression spread evenly over a grid. Both likelihoods are restricted ones
    with the same prior on the scale, so their ratio is free of units.
    """
    m = design.nodes.df
    mass = np.where(np.isfinite(design.log_mass), design.log_mass, -np.inf)
    others = np.logaddexp.reduce(mass - m / 2 * np.log(found.rss), axis=1)
    whiten, log_det = _slope_nodes(design, time)
    whitened = np.einsum("nmt,bt->bnm", whiten, y)
    rss = np.maximum((whitened**2).sum(axis=2), np.finfo(float).tiny)
    slopes = np.logaddexp.reduce(-log_det / 2 - m / 2 * np.log(rss), axis=1) - np.log(len(_SHARES))
    return np.asarray(slopes - others)


def _slope_nodes(design: SeriesDesign, time: Floats) -> tuple[Floats, Floats]:
    """Return whitening rows and log determinants under each share of an integrated walk."""
    white = design.nodes.whiten[0]  # independent errors: rows are a basis of the complement
    stamps = (time - time.min()).astype(int)
    ones = np.tril(np.ones((stamps[-1] + 1, stamps[-1] + 1)))
    loading = (ones @ ones)[stamps]
    inner = white @ (loading @ loading.T) @ white.T
    inner *= design.nodes.df / np.trace(inner)
    shares = np.array(_SHARES)[:, None, None]
    root = np.linalg.cholesky(shares * inner + (1 - shares) * np.eye(len(inner)))
    whiten = np.linalg.solve(root, np.broadcast_to(white, (len(root), *white.shape)))
    return whiten, 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
