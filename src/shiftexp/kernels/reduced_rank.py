"""Johansen's reduced-rank regression of several series, batched, and series drawn from its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock

Terms: TypeAlias = Literal["constant", "drift", "trend"]
_RESTRICTED: dict[Terms, int] = {"constant": 1, "drift": 0, "trend": 1}
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class ErrorCorrection:
    """Regressions of B systems of k series over n periods, before any rank is imposed.

    Attributes
    ----------
    left : array of shape (B, n, k)
        Changes, the left-hand side.
    levels : array of shape (B, n, m)
        Levels of the period before, followed by what is restricted to the relation.
    short : array of shape (B, n, q)
        Lagged changes, unrestricted constant and seasons.
    s00, s01, s11 : arrays of shapes (B, k, k), (B, k, m), (B, m, m)
        Mean products of changes and levels once ``short`` is taken out of both.
    first : array of shape (B, k)
        First values, which ``levels`` are counted from.
    terms : {"constant", "drift", "trend"}
        Constant in the relation alone; free constant; free constant and a trend in the relation.
    """

    left: Floats
    levels: Floats
    short: Floats
    s00: Floats
    s01: Floats
    s11: Floats
    first: Floats
    terms: Terms

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def count(self) -> int:
        """Periods that take part, n."""
        return int(self.left.shape[1])


@dataclass(frozen=True, eq=False)
class ReducedRank:
    """Squared canonical correlations of changes and levels, and the relations that have them.

    Attributes
    ----------
    values : array of shape (B, k)
        Squared canonical correlations, the largest first.
    vectors : array of shape (B, m, k)
        Relations in columns, of unit variance.
    trace, largest : arrays of shape (B, k)
        Statistics of at most 0, ..., k - 1 relations: against k, and against one more.
    """

    values: Floats
    vectors: Floats
    trace: Floats
    largest: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class VectorModel:
    """Coefficients of a system with some relations, and its residuals.

    Attributes
    ----------
    pull : array of shape (B, k, m)
        How changes answer levels: adjustment times relations; zero without a relation.
    short : array of shape (B, k, q)
        How they answer lagged changes, constant and seasons.
    residuals : array of shape (B, n, k)
        What is left.
    """

    pull: Floats
    short: Floats
    residuals: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def error_correction(
    y: Floats, lags: int, terms: Terms, seasons: Floats | None = None
) -> ErrorCorrection:
    """Return the regressions of B systems.

    Parameters
    ----------
    y : array of shape (B, T, k)
        The series.
    lags : int
        Lags of the levels, K >= 1: K - 1 of the changes.
    terms : {"constant", "drift", "trend"}
        What stands beside the series.
    seasons : array of shape (T, S), optional
        Centred columns of the seasons.
    """
    first = y[:, 0]
    cases, periods, _ = y.shape
    count = periods - lags
    changes = np.diff(y, axis=1)
    level = y[:, lags - 1 : -1] - first[:, None]
    beside = np.zeros((cases, count, _RESTRICTED[terms]))
    beside[...] = 1.0 if terms == "constant" else np.arange(1.0, count + 1)[:, None]
    short = [changes[:, lags - 1 - j : periods - 1 - j] for j in range(1, lags)]
    if terms != "constant":
        short.append(np.ones((cases, count, 1)))
    if seasons is not None:
        short.append(np.broadcast_to(seasons[lags:], (cases, count, seasons.shape[1])))
    left, levels = changes[:, lags - 1 :], np.concatenate([level, beside], axis=2)
    held = np.concatenate(short, axis=2) if short else np.zeros((cases, count, 0))
    s00, s01, s11 = _products(left, levels, held)
    return ErrorCorrection(left, levels, held, s00, s01, s11, first, terms)


def _products(left: Floats, levels: Floats, short: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean products of changes and levels once the rest is taken out of both."""
    both = np.concatenate([left, levels], axis=2)
    if short.shape[2]:
        basis = np.linalg.qr(short)[0]
        both = both - basis @ (basis.swapaxes(1, 2) @ both)
    products = both.swapaxes(1, 2) @ both / left.shape[1]
    k = left.shape[2]
    return products[:, :k, :k], products[:, :k, k:], products[:, k:, k:]


def reduced_rank(regression: ErrorCorrection, restriction: Floats | None = None) -> ReducedRank:
    """Return the canonical correlations, and the statistics of Johansen that they make.

    Parameters
    ----------
    regression : ErrorCorrection
        The regressions.
    restriction : array of shape (m, h) or (B, m, h), optional
        Relations are combinations of its columns; without it any.

    References
    ----------
    Johansen, S. (1991). Estimation and hypothesis testing of cointegration vectors in Gaussian
    vector autoregressive models. Econometrica, 59(6), 1551-1580. https://doi.org/10.2307/2938278
    """
    width = regression.s11.shape[1]
    held = np.eye(width) if restriction is None else restriction
    s01 = regression.s01 @ held
    s11 = np.swapaxes(held, -1, -2) @ regression.s11 @ held
    scale = np.sqrt(np.einsum("bii->bi", s11))
    scale = np.where(scale > 0, scale, 1.0)
    s11 = s11 / (scale[:, :, None] * scale[:, None])
    s01 = s01 / scale[:, None]
    root = np.linalg.cholesky(s11 + _TINY * np.eye(s11.shape[1]))
    white = np.linalg.solve(root, s01.swapaxes(1, 2))
    explained = white @ np.linalg.solve(regression.s00, white.swapaxes(1, 2))
    values, axes = np.linalg.eigh((explained + explained.swapaxes(1, 2)) / 2)
    rank = min(regression.s00.shape[1], values.shape[1])
    values = np.clip(values[:, ::-1][:, :rank], 0.0, 1 - _TINY)
    axes = axes[:, :, ::-1][:, :, :rank]
    vectors = held @ (np.linalg.solve(root.swapaxes(1, 2), axes) / scale[:, :, None])
    largest = -regression.count * np.log1p(-values)
    trace = largest[:, ::-1].cumsum(axis=1)[:, ::-1]
    return ReducedRank(values, vectors, trace, largest)


def vector_model(regression: ErrorCorrection, relations: Floats) -> VectorModel:
    """Return the least-squares coefficients given the relations.

    Parameters
    ----------
    regression : ErrorCorrection
        The regressions.
    relations : array of shape (B, m, r)
        Relations in columns; r = 0 for none.
    """
    width = relations.shape[2]
    right = np.concatenate([regression.levels @ relations, regression.short], axis=2)
    coefficients = np.linalg.pinv(right) @ regression.left
    residuals = regression.left - right @ coefficients
    adjustment = coefficients[:, :width].swapaxes(1, 2)
    short = coefficients[:, width:].swapaxes(1, 2)
    return VectorModel(adjustment @ relations.swapaxes(1, 2), short, residuals)


def likeliest_constant(regression: ErrorCorrection, vectors: Floats) -> Floats:
    """Return relations with their constant counted from zero, not from first values, (B, m, r)."""
    if regression.terms != "constant":
        return vectors
    series = regression.first.shape[1]
    moved = vectors.copy()
    moved[:, series] -= np.einsum("bk,bkr->br", regression.first, vectors[:, :series])
    return moved


def centred_seasons(season: Integers, per_year: int) -> Floats | None:
    """Return centred columns of the seasons, shape (T, S - 1); none for annual series."""
    if per_year == 1:
        return None
    return np.asarray((season[:, None] == np.arange(per_year - 1)) - 1 / per_year)


def recolour(residuals: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return centred residuals drawn with replacement, all series together, (B, draws, n, k).

    Parameters
    ----------
    residuals : array of shape (B, n, k)
        Residuals.
    draws : int
        How many for each system.
    rng : numpy Generator
        Source of the draws.
    """
    cases, count, _ = residuals.shape
    centred = residuals - residuals.mean(axis=1, keepdims=True)
    index = rng.integers(count, size=(cases, draws, count))
    return np.asarray(centred[np.arange(cases)[:, None, None], index])


def drawn_series(
    model: VectorModel,
    regression: ErrorCorrection,
    y: Floats,
    shocks: Floats,
    seasons: Floats | None = None,
) -> Floats:
    """Return series that follow a model from the first values on, shape (B, R, T, k).

    Parameters
    ----------
    model : VectorModel
        The coefficients.
    regression : ErrorCorrection
        The regressions that they come from.
    y : array of shape (B, T, k)
        The series, whose first values are kept.
    shocks : array of shape (B, R, n, k)
        What is new in every period.
    seasons : array of shape (T, S), optional
        Centred columns of the seasons.
    """
    cases, draws, count, k = shocks.shape
    periods = y.shape[1]
    lags = periods - count
    path = np.empty((cases, draws, periods, k))
    path[:, :, :lags] = (y[:, :lags] - y[:, :1])[:, None]
    pull, answers = model.pull[:, :, :k], model.short[:, :, : k * (lags - 1)]
    push = shocks + _pushes(model, regression, seasons)[:, None]
    for t in range(lags, periods):
        before = path[:, :, t - 1]
        change = push[:, :, t - lags] + before @ pull.swapaxes(1, 2)
        if lags > 1:
            late = [path[:, :, t - j] - path[:, :, t - j - 1] for j in range(1, lags)]
            change = change + np.concatenate(late, axis=2) @ answers.swapaxes(1, 2)
        path[:, :, t] = before + change
    return path + y[:, None, :1]


def _pushes(model: VectorModel, regression: ErrorCorrection, seasons: Floats | None) -> Floats:
    """Return what constant, trend and seasons add to the changes, shape (B, n, k)."""
    k = regression.first.shape[1]
    restricted = regression.levels[:, :, k:] @ model.pull[:, :, k:].swapaxes(1, 2)
    extra = int(regression.terms != "constant") + (0 if seasons is None else seasons.shape[1])
    if not extra:
        return np.asarray(restricted)
    free = regression.short[:, :, -extra:] @ model.short[:, :, -extra:].swapaxes(1, 2)
    return np.asarray(restricted + free)
