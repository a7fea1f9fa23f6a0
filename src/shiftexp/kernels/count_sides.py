"""Each side's counts regressed against its controls, for many cases: effects, contrasts, laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from shiftexp.kernels.cases import Booleans, Cases, Floats, lock
from shiftexp.kernels.count_regression import (
    CountContrast,
    CountFit,
    count_contrast,
    count_regression,
    own_less_others,
)
from shiftexp.kernels.segments import alike, regressors

Family: TypeAlias = Literal["poisson", "quasi", "negative_binomial"]
Effort: TypeAlias = Literal["none", "offset", "coefficient"]

# A guess at alpha that weighs as much as this many periods: rates that vary by a fifth.
PRIOR_ALPHA, PRIOR_PERIODS = 0.04, 6
_ALPHAS = (1e-6, 1e2)
_BISECTIONS = 50
_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class CountTerms:
    """What the regressions of both sides hold.

    Attributes
    ----------
    family : {"poisson", "quasi", "negative_binomial"}
        The variance of a count of mean mu: mu, phi mu, or mu + alpha mu^2.
    dispersion : float or None
        Phi or alpha where it is stated; estimated otherwise.
    effort : {"none", "offset", "coefficient"}
        How exposures enter: not at all, to a known power, to an estimated one.
    exponent : float
        The known power.
    trend, seasonal, growing : bool
        Terms of a side beside its level and the step.
    paired : bool
        Whether each side has one control of its own, two rows below it, and both of them level,
        trend, season and step; otherwise all donors are controls and every period has an effect.
    """

    family: Family
    dispersion: float | None
    effort: Effort = "none"
    exponent: float = 1.0
    trend: bool
    seasonal: bool
    growing: bool = False
    paired: bool = False

    def controls(self, cases: Cases) -> Booleans:
        """Return which rows each side is compared with, shape (C, 2, U)."""
        if not self.paired:
            return np.repeat(cases.donors[:, None], 2, axis=1)
        below = np.where(cases.focal < 0, -1, cases.focal + 2)
        return np.asarray(np.arange(cases.y.shape[1]) == below[:, :, None])


@dataclass(frozen=True, eq=False)
class SideFits:
    """What the regressions say of both sides; NaN on an absent side and where there is no fit.

    Attributes
    ----------
    path : array of shape (C, 2, T)
        Fitted counts without the effect.
    effect : array of shape (C, 2, T)
        Effects on the log mean, zero before the onset.
    step : array of shape (C, 2)
        Mean effects on the log mean over the post periods.
    cov : array of shape (C, 2, 2)
        Their covariance where counts are independent: shared controls make them covary.
    residual : array of shape (C, 2, T)
        Contrasts with the controls beyond the fit.
    phi, alpha : array of shape (C, 2)
        Dispersion of the family.
    df : array of shape (C, 2)
        Periods with a contrast less terms they tell apart, behind the dispersion; at least 0.
    exponent, exponent_error : array of shape (C, 2)
        Estimated power of the exposure and its standard error.
    beside : array of shape (C, 2, T)
        Log exposure less the controls' weighted mean of it: what an error of the exponent adds to
        a contrast; 0 where there is none.
    converged : array of shape (C, 2)
        Whether a maximum of the likelihood was found.
    told : array of shape (C, 2)
        Whether it tells the effect, and the power of the exposure, from the other terms.
    """

    path: Floats
    effect: Floats
    step: Floats
    cov: Floats
    residual: Floats
    phi: Floats
    alpha: Floats
    df: Floats
    exponent: Floats
    exponent_error: Floats
    beside: Floats
    converged: Booleans
    told: Booleans

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)


@dataclass(frozen=True, eq=False)
class _Side:
    """The regression of one side, in cases that share their periods."""

    y: Floats
    x: Floats
    offset: Floats
    own: np.ndarray
    effects: Floats
    first: int
    used: Booleans
    series: Floats
    absorb: bool

    def fit(self, alpha: Floats) -> CountFit:
        """Return the regression with a quadratic overdispersion."""
        return count_regression(self.y, self.x, self.offset, alpha, absorb=self.absorb)

    def contrast(self, fit: CountFit, alpha: Floats) -> CountContrast:
        """Return the contrast with the controls."""
        return count_contrast(self.y, fit.mean, alpha, self.own)

    def known(self, contrast: CountContrast) -> Booleans:
        """Return the used periods that have a contrast, shape (C, T)."""
        return np.asarray(self.used & np.isfinite(contrast.residual))

    def df(self, contrast: CountContrast, terms: CountTerms) -> Floats:
        """Return known periods less the terms that they tell apart, shape (C,), at least 0."""
        known = self.known(contrast)
        patterns, which = np.unique(known, axis=0, return_inverse=True)
        ranks = np.array(
            [np.linalg.matrix_rank(self.series[p]) if p.any() else 0 for p in patterns]
        )
        told = ranks[which.ravel()] + (terms.effort == "coefficient")
        return np.asarray(np.maximum(known.sum(axis=1) - told, 0), dtype=float)


def fit_sides(cases: Cases, terms: CountTerms) -> SideFits:
    """Return what the regressions say of both sides of every case.

    Parameters
    ----------
    cases : Cases
        The batch; cases that share their periods are fitted together.
    terms : CountTerms
        What the regressions hold.
    """
    count, _, periods = cases.pair.shape
    found = _blank(count, periods)
    for group in alike(cases):
        for start in range(0, len(group), _CHUNK):
            at = group[start : start + _CHUNK]
            for name, values in _fit_group(cases.take(at), terms).items():
                found[name][at] = values
    converged = np.asarray(found.pop("converged") == 1)
    return SideFits(**found, converged=converged, told=np.isfinite(found["step"]))


def _blank(count: int, periods: int) -> dict[str, Floats]:
    """Return the arrays of fits, without a number yet."""
    series = dict.fromkeys(("path", "effect", "residual", "beside"), (count, 2, periods))
    single = ("step", "phi", "alpha", "df", "exponent", "exponent_error", "converged")
    shapes = {**series, **dict.fromkeys(single, (count, 2)), "cov": (count, 2, 2)}
    return {name: np.full(shape, np.nan) for name, shape in shapes.items()}


def _fit_group(cases: Cases, terms: CountTerms) -> dict[str, Floats]:
    """Return the fits of cases that share their periods and breaks, by name."""
    sides = {s: _side(cases, terms, s) for s in (0, 1) if (cases.focal[:, s] >= 0).all()}
    alpha = _quadratic(sides, terms, len(cases))
    fits = {s: side.fit(alpha) for s, side in sides.items()}
    found = _blank(len(cases), cases.y.shape[2])
    for s, side in sides.items():
        for name, values in _of_side(side, fits[s], alpha, terms).items():
            found[name][:, s] = values
    root = np.sqrt(found["phi"])
    found["cov"] = _covariance(sides, fits, alpha) * root[:, :, None] * root[:, None, :]
    return found


def _of_side(side: _Side, fit: CountFit, alpha: Floats, terms: CountTerms) -> dict[str, Floats]:
    """Return what one regression says, by name; NaN where it has no maximum that tells the step."""
    contrast = side.contrast(fit, alpha)
    effect = fit.coefficients[:, side.first :][:, : side.effects.shape[1]] @ side.effects.T
    df = side.df(contrast, terms)
    phi = _linear(side, contrast, df, terms)
    told = fit.converged
    if side.effects.any():  # not where a null is imposed and every period is learnt from
        told = told & fit.told[:, side.first]
    found = {
        "path": fit.mean[np.arange(len(alpha)), side.own] * np.exp(-effect),
        "effect": effect,
        "step": fit.coefficients[:, side.first],
        "residual": contrast.residual,
        "phi": phi,
        "alpha": alpha,
        "df": df,
        "beside": np.zeros_like(contrast.residual),
    }
    if terms.effort == "coefficient":
        told = told & fit.told[:, -1]
        found["exponent"] = fit.coefficients[:, -1]
        found["exponent_error"] = np.sqrt(phi * fit.inverse[:, -1, -1])
        found["beside"] = own_less_others(side.x[..., -1], fit.mean, alpha, side.own)
    shown = {
        name: np.where(told if values.ndim == 1 else told[:, None], values, np.nan)
        for name, values in found.items()
    }
    return shown | {"converged": fit.converged.astype(float)}


def _side(cases: Cases, terms: CountTerms, side: int) -> _Side:
    """Return the regression of one side."""
    count, units, periods = cases.y.shape
    matrices = regressors(
        cases, 0, trend=terms.trend, seasonal=terms.seasonal, growing=terms.growing
    )
    own = matrices.x[side][:, 1:]
    effect = matrices.effect - 1
    row = np.arange(units) == cases.focal[:, side, None]
    every = np.eye(units)[None, :, None, :].repeat(periods, axis=2)
    parts = [
        np.broadcast_to(every, (count, units, periods, units)),
        row[:, :, None, None] * own,
    ]
    if terms.paired:
        parts.append(np.broadcast_to(own, (count, units, *own.shape)))
    taking_part = (row | terms.controls(cases)[:, side])[:, :, None] & cases.used[:, None]
    y, offset = np.where(taking_part, cases.y, np.nan), np.zeros(cases.y.shape)
    if terms.effort != "none":
        exposed = np.log(np.where(taking_part & (cases.exposure > 0), cases.exposure, np.nan))
        y, level = np.where(np.isfinite(exposed), y, np.nan), np.nan_to_num(exposed)
        if terms.effort == "offset":
            offset = terms.exponent * level
        else:
            parts.append(level[..., None])
    return _Side(
        y=y,
        x=np.concatenate(parts, axis=3),
        offset=offset,
        own=cases.focal[:, side],
        effects=own[:, effect:],
        first=units + effect,
        used=cases.used,
        series=matrices.x[side],
        absorb=not terms.paired,
    )


def _linear(side: _Side, contrast: CountContrast, df: Floats, terms: CountTerms) -> Floats:
    """Return phi: that of the contrast, so that shocks shared with the controls do not count."""
    if terms.family != "quasi":
        return np.ones(len(df))
    if terms.dispersion is not None:
        return np.full(len(df), terms.dispersion)
    spread = contrast.pearson(side.known(contrast)) / np.maximum(df, 1)
    return np.where(df < 1, np.nan, np.maximum(1.0, spread))


def _quadratic(sides: dict[int, _Side], terms: CountTerms, count: int) -> Floats:
    """Return alpha: moments of both contrasts together, drawn towards a guess."""
    if terms.family != "negative_binomial":
        return np.zeros(count)
    if terms.dispersion is not None:
        return np.full(count, terms.dispersion)
    fits = {s: side.fit(np.zeros(count)) for s, side in sides.items()}
    contrasts = {s: side.contrast(fits[s], np.zeros(count)) for s, side in sides.items()}
    every = [side.df(contrasts[s], terms) for s, side in sides.items()]
    df: Floats = np.sum(every, axis=0)

    def excess(alpha: Floats) -> Floats:
        total = np.zeros(count)
        for s, side in sides.items():
            contrast = side.contrast(fits[s], alpha)
            total += contrast.pearson(side.known(contrast))
        return total - df

    low, high = (np.full(count, np.log(end)) for end in _ALPHAS)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        over = excess(np.exp(middle)) > 0
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    moment = np.where((df > 0) & (excess(np.zeros(count)) > 0), np.exp(high), 0.0)
    return np.asarray((df * moment + PRIOR_PERIODS * PRIOR_ALPHA) / (df + PRIOR_PERIODS))


def _covariance(sides: dict[int, _Side], fits: dict[int, CountFit], alpha: Floats) -> Floats:
    """Return the covariance of both steps before it is widened, shape (C, 2, 2)."""
    cov = np.full((len(alpha), 2, 2), np.nan)
    for s, side in sides.items():
        cov[:, s, s] = fits[s].inverse[:, side.first, side.first]
    if len(sides) == 2:
        mean = np.sqrt(np.nan_to_num(fits[0].mean) * np.nan_to_num(fits[1].mean))
        spread = mean + alpha[:, None, None] * mean**2
        first, second = (fits[s].influence(sides[s].first) for s in (0, 1))
        cov[:, 0, 1] = cov[:, 1, 0] = (first * second * spread).sum(axis=(1, 2))
    return cov
