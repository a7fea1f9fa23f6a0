"""Levels and errors of a real study, read off its residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design
from shiftexp.kernels.cases import Floats
from shiftexp.panel import Panel

_MOST_AUTOCORRELATED = 0.95


@dataclass(frozen=True)
class Likeness:
    """What a scenario needs to resemble a study.

    Attributes
    ----------
    periods : tuple of two ints
        Periods used before the onset and from it on.
    per_year : int
        Periods in a year.
    level, sd, autocorrelation : tuple of two floats
        Of origin and destination: mean before the onset and standard deviation of the residuals, in
        units per period, and their autocorrelation.
    correlation : float
        Of the residuals of both sides; 0 for one side alone.
    """

    periods: tuple[int, int]
    per_year: int
    level: tuple[float, float]
    sd: tuple[float, float]
    autocorrelation: tuple[float, float]
    correlation: float


def likeness(panel: Panel, design: Design, *, trend: bool) -> Likeness:
    """Return levels and errors of a study; a one-unit study lends its one side to both.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    trend : bool
        Whether residuals are about straight lines, rather than about means.
    """
    cases = design.cases(panel)
    learn, post, pair = cases.learn[0], cases.post[0], cases.pair[0]
    present = np.isfinite(pair[:, learn | post]).all(axis=1)
    pair = np.where(present[:, None], pair, pair[present][:1])
    residual = np.hstack([_residuals(pair[:, part], trend=trend) for part in (learn, post)])
    n, terms = residual.shape[1], 4 if trend else 2
    total = (residual**2).sum(axis=1)
    raw = (residual[:, 1:] * residual[:, :-1]).sum(axis=1) / total
    shared = (residual[0] * residual[1]).sum() / np.sqrt(total.prod()) if present.all() else 0.0
    return Likeness(
        periods=(int(learn.sum()), int(post.sum())),
        per_year=cases.seasons,
        level=_both(pair[:, learn].mean(axis=1)),
        sd=_both(np.sqrt(total / max(n - terms, 1))),
        autocorrelation=_both(np.clip(raw + (1 + 4 * raw) / n, 0.0, _MOST_AUTOCORRELATED)),
        correlation=float(np.clip(shared, 0.0, _MOST_AUTOCORRELATED)),
    )


def _both(values: Floats) -> tuple[float, float]:
    """Return two numbers as plain ones."""
    origin, destination = values.tolist()
    return origin, destination


def _residuals(pair: Floats, *, trend: bool) -> Floats:
    """Return deviations from the mean, or from a straight line, shape (2, n)."""
    n = pair.shape[1]
    columns = np.stack([np.ones(n), np.arange(n)])[: 1 + (trend and n > 1)]
    basis = np.linalg.qr(columns.T)[0]
    return np.asarray(pair - pair @ basis @ basis.T)
