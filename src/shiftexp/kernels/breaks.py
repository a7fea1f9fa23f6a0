"""Tests for structural breaks of one regression, for many series at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Floats, Integers, lock
from shiftexp.kernels.resampling import upper_p
from shiftexp.kernels.tails import normal_cdf

TESTS = ("Chow", "sup-F", "exp-F", "ave-F", "OLS-CUSUM", "Rec-CUSUM")
_TINY = 1e-24
_SMALL_CUSUM = 0.3  # below it the closed form of Rec-CUSUM falls again: a straight line instead
_LINE = 0.1465


@dataclass(frozen=True, eq=False)
class BreakDesign:
    """One regression whose coefficients may all change, and the dates at which they may.

    Attributes
    ----------
    x : array of shape (T, k)
        Regressors.
    adjust : array of shape (T, T)
        Takes a series to itself without its seasons.
    spent : int
        Terms that the seasons cost.
    positions : array of shape (n,)
        Candidate breaks: positions of the first observation after each.
    directions : array of shape (n, k, T)
        For each candidate an orthonormal basis of what a break there adds to the regression.
    known : array of shape (k, T)
        The same for a known break; no row where there is none.
    basis : array of shape (T, k)
        Orthonormal basis of the regression.
    recursive : array of shape (T - k, T)
        Takes a series to its recursive residuals.
    """

    x: Floats
    adjust: Floats
    spent: int
    positions: Integers
    directions: Floats
    known: Floats
    basis: Floats
    recursive: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def df(self) -> int:
        """Degrees of freedom that a break leaves."""
        return int(len(self.x) - 2 * self.x.shape[1] - self.spent)


@dataclass(frozen=True, eq=False)
class BreakStatistics:
    """The statistics of B series.

    Attributes
    ----------
    f : array of shape (B, n)
        F statistics of all candidates on the chi-square scale: k times the usual F.
    values : array of shape (B, 6)
        Those of `TESTS`, in that order: Chow as the usual F, NaN where no date is known.
    """

    f: Floats
    values: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


def shortest_segment(periods: int, terms: int, trimming: float) -> int:
    """Return how many observations a segment must have.

    Examples
    --------
    >>> shortest_segment(20, 1, 0.15), shortest_segment(15, 2, 0.15)
    (3, 3)
    """
    return max(math.ceil(round(trimming * periods, 9)), terms + 1)


def break_design(
    x: Floats, shortest: int, *, seasons: Floats | None = None, known: int | None = None
) -> BreakDesign:
    """Return everything known before the data.

    Parameters
    ----------
    x : array of shape (T, k)
        Regressors, the constant first; any k observations in a row tell the coefficients.
    shortest : int
        Observations that a segment must have, more than k.
    seasons : array of shape (T, S), optional
        Columns whose coefficients do not change, taken out beforehand; full rank beside ``x``.
    known : int, optional
        Position of the first observation after a break at a known date.
    """
    periods, terms = x.shape
    positions = np.arange(shortest, periods - shortest + 1)
    dates = positions if known is None else np.append(positions, known)
    basis = np.linalg.qr(x)[0]
    directions = np.stack([_direction(x, basis, int(at)) for at in dates])
    adjust, spent = np.eye(periods), 0
    if seasons is not None:
        spent = seasons.shape[1]
        adjust = adjust - seasons @ np.linalg.pinv(np.hstack([x, seasons]))[terms:]
    return BreakDesign(
        x=x,
        adjust=adjust,
        spent=spent,
        positions=positions,
        directions=directions[: len(positions)],
        known=directions[len(positions) :].reshape(-1, periods),
        basis=basis,
        recursive=recursive_rows(x),
    )


def _direction(x: Floats, basis: Floats, at: int) -> Floats:
    """Return an orthonormal basis, (k, T), of what a break adds to the regression."""
    step = np.where(np.arange(len(x))[:, None] >= at, x, 0.0)
    return np.linalg.qr(step - basis @ (basis.T @ step))[0].T


def recursive_rows(x: Floats) -> Floats:
    """Return the rows that take a series to its recursive residuals, shape (T - k, T).

    Each is the standardised error of forecasting an observation from all before it (Brown, Durbin
    & Evans, 1975), so that the sum of the first squares is the residual sum of squares so far.
    """
    periods, terms = x.shape
    rows = np.zeros((periods - terms, periods))
    for t in range(terms, periods):
        weights = np.linalg.pinv(x[:t]).T @ x[t]
        rows[t - terms, :t] = -weights
        rows[t - terms, t] = 1.0
        rows[t - terms] /= math.sqrt(1 + weights @ weights)
    return rows


def break_statistics(design: BreakDesign, y: Floats) -> BreakStatistics:
    """Return the statistics of B series.

    Parameters
    ----------
    design : BreakDesign
        The regression.
    y : array of shape (B, T)
        The series.
    """
    adjusted = y @ design.adjust.T
    residual = adjusted - adjusted @ design.basis @ design.basis.T
    rss = (residual**2).sum(axis=1)
    floor = _TINY * ((y**2).sum(axis=1) + np.finfo(float).tiny)
    f = _chi_square_f(design, adjusted, rss, floor, design.directions)
    chow = np.full(len(y), np.nan)
    if len(design.known):
        terms = design.x.shape[1]
        chow = _chi_square_f(design, adjusted, rss, floor, design.known[None])[:, 0] / terms
    values = (chow, f.max(axis=1), _log_mean_exp(f / 2), f.mean(axis=1))
    cusums = (_ols_cusum(design, residual, rss + floor), _recursive_cusum(design, adjusted, floor))
    return BreakStatistics(f, np.stack([*values, *cusums], axis=1))


def _chi_square_f(
    design: BreakDesign, y: Floats, rss: Floats, floor: Floats, directions: Floats
) -> Floats:
    """Return F statistics on the chi-square scale, shape (B, n)."""
    count, terms, periods = directions.shape
    explained = y @ directions.reshape(-1, periods).T
    gain = (explained**2).reshape(len(y), count, terms).sum(axis=2)
    left = np.maximum(rss[:, None] - gain, floor[:, None])
    return np.asarray(gain / left * design.df)


def _log_mean_exp(values: Floats) -> Floats:
    """Return the log of the mean exponential along the last axis, without overflow."""
    top = values.max(axis=1)
    return np.asarray(np.log(np.exp(values - top[:, None]).mean(axis=1)) + top)


def _ols_cusum(design: BreakDesign, residual: Floats, rss: Floats) -> Floats:
    """Return the largest cumulative sum of least-squares residuals, standardised."""
    periods, terms = design.x.shape
    sd = np.sqrt(rss / (periods - terms - design.spent))
    return np.asarray(np.abs(residual.cumsum(axis=1)).max(axis=1) / (sd * math.sqrt(periods)))


def _recursive_cusum(design: BreakDesign, y: Floats, floor: Floats) -> Floats:
    """Return the largest cumulative sum of recursive residuals over its boundary's shape."""
    w = y @ design.recursive.T
    count = w.shape[1]
    boundary = 1 + 2 * np.arange(1, count + 1) / count
    sd = np.sqrt(w.var(axis=1, ddof=1) + floor)
    return np.asarray((np.abs(w.cumsum(axis=1)) / boundary).max(axis=1) / (sd * math.sqrt(count)))


def asymptotic_p(design: BreakDesign, values: Floats) -> Floats:
    """Return p-values of one series' statistics under independent errors, NaN where none is known.

    Parameters
    ----------
    design : BreakDesign
        The regression.
    values : array of shape (6,)
        The statistics, in the order of `TESTS`.

    Notes
    -----
    Chow: the F law, exact under normal errors. sup-F: the first terms of the law of a squared
    Bessel process over its variance (DeLong, 1981; Estrella, 2003), the law that Hansen (1997)
    approximates by a table. OLS-CUSUM: Kolmogorov's law of a Brownian bridge. Rec-CUSUM: the
    crossing of a straight line by a Brownian motion (Brown, Durbin & Evans, 1975). exp-F and ave-F
    have no closed form; neither have sup-F and OLS-CUSUM with a trend, whose laws are others.

    References
    ----------
    Estrella, A. (2003). Critical values and p values of Bessel process distributions: computation
    and application to structural break tests. Econometric Theory, 19(6), 1128-1143.
    https://doi.org/10.1017/S0266466603196107
    """
    from scipy.special import fdtrc, kolmogorov

    chow, largest, _, _, ols, recursive = values.tolist()
    terms, periods = design.x.shape[1], len(design.x)
    flat = terms == 1
    found = [
        float(fdtrc(terms, design.df, chow)) if math.isfinite(chow) else math.nan,
        sup_f_p(largest, terms, float(design.positions[0]) / periods) if flat else math.nan,
        math.nan,
        math.nan,
        float(kolmogorov(ols)) if flat else math.nan,
        recursive_cusum_p(recursive),
    ]
    return np.array(found)


def sup_f_p(statistic: float, terms: int, trimming: float) -> float:
    """Return the asymptotic p of sup-F on the chi-square scale.

    The first terms of the expansion hold in the tail; below its top, where p is large in any case,
    it is held at its value there.

    Parameters
    ----------
    statistic : float
        The largest F statistic, times the number of terms.
    terms : int
        k, coefficients that change.
    trimming : float
        Share of the periods that is cut off at either end, below 1/2.

    Examples
    --------
    >>> round(sup_f_p(8.68, 1, 0.15), 3)
    0.051
    """
    odds = 2 * math.log((1 - trimming) / trimming)

    def tail(x: float) -> float:
        """Return the expansion at x."""
        height = math.exp(terms / 2 * math.log(x / 2) - x / 2 - math.lgamma(terms / 2))
        return height * ((1 - terms / x) * odds + 2 / x)

    top = terms + 2.0
    return min(tail(max(statistic, top)), 1.0)


def recursive_cusum_p(statistic: float) -> float:
    """Return the asymptotic p of Rec-CUSUM.

    Examples
    --------
    >>> round(recursive_cusum_p(0.948), 3)
    0.05
    """
    x = statistic
    if x < _SMALL_CUSUM:
        return 1 - _LINE * x
    within = normal_cdf(np.array([x, 3 * x, 5 * x]))
    beyond = normal_cdf(np.array([-x, -3 * x, -5 * x]))
    first = math.exp(-4 * x**2) * (within[0] - beyond[2])
    return float(2 * (beyond[1] + first - math.exp(-16 * x**2) * beyond[0]))


def simulated_p(
    design: BreakDesign, values: Floats, root: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    """Return the shares of series without a break whose statistics are as large, shape (6,).

    The statistics know neither coefficients nor variance, so that errors are all there is to draw.

    Parameters
    ----------
    design : BreakDesign
        The regression.
    values : array of shape (6,)
        The statistics, in the order of `TESTS`; NaN where there is none.
    root : array of shape (T, T)
        Root of the errors' correlation.
    draws : int
        Number of series.
    rng : numpy Generator
        Source of the draws.
    """
    errors = rng.standard_normal((draws, len(root))) @ root.T
    return upper_p(values, break_statistics(design, errors).values.T)


def correlation_root(autocorrelation: float, time: Floats) -> Floats:
    """Return the root of the correlation of a stationary AR(1) at these times, shape (T, T)."""
    distance = np.abs(time[:, None] - time)
    return np.linalg.cholesky(np.where(distance == 0, 1.0, autocorrelation**distance))
