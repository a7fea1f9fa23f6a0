"""Poisson and negative binomial regressions of many cases at once, period effects taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.kernels.cases import Booleans, Floats, Integers, lock

_STEPS, _HALVINGS = 100, 30
_CLOSE = 1e-10
_FLED = -40.0  # of a linear predictor: below it a maximum is fled from, not approached
_LONGEST = 10.0  # of a step in a linear predictor
_CUT = 1e-11
_BENT = 0.5  # of 1 / alpha below zero: at 1 the curvature of a cell turns
_TOLD = 1e-6


@dataclass(frozen=True, eq=False)
class CountFit:
    """Log-linear regressions of counts, K terms each.

    Attributes
    ----------
    mean : array of shape (C, R, T)
        Fitted means; NaN where there is no value, 0 where a row or a period holds only zeros.
    weight : array of shape (C, R, T)
        What a cell tells of its log mean: mu / (1 + alpha mu); 0 where it tells nothing.
    within : array of shape (C, R, T, K)
        The terms less their weighted period means, if period effects were taken out.
    coefficients : array of shape (C, K)
        Maximum likelihood; the shortest one where several are as likely.
    inverse : array of shape (C, K, K)
        Inverse of the information: the covariance of independent counts with these variances.
    told : array of shape (C, K)
        Which coefficients the counts can tell from the others.
    converged : array of shape (C,)
        Whether the maximum was found.
    """

    mean: Floats
    weight: Floats
    within: Floats
    coefficients: Floats
    inverse: Floats
    told: Booleans
    converged: Booleans

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def influence(self, term: int) -> Floats:
        """Return the derivatives of a coefficient with respect to the counts, shape (C, R, T)."""
        along = np.einsum("crtk,ck->crt", self.within, self.inverse[:, term])
        known = self.weight > 0
        return np.where(known, along * self.weight / np.where(known, self.mean, 1.0), 0.0)


def count_regression(
    y: Floats, x: Floats, offset: Floats, alpha: Floats, *, absorb: bool
) -> CountFit:
    r"""Fit :math:`E y_{rt} = \exp(g_t + x_{rt}'b + o_{rt})` with variance mu + alpha mu^2.

    Newton steps as weighted least squares. Effects of periods are taken out exactly, by weighted
    means within each period, so that their number costs nothing.

    Parameters
    ----------
    y : array of shape (C, R, T)
        Counts of R rows; NaN where there is none. Imposed nulls can make some fall below zero: a
        case is not fitted where the likelihood would then not be concave.
    x : array of shape (C or 1, R, T, K)
        Terms, effects of rows among them.
    offset : array of shape (C, R, T)
        What is added to the log mean, such as the logarithm of an exposure.
    alpha : array of shape (C,)
        Quadratic overdispersion; 0 is Poisson.
    absorb : bool
        Whether every period has an effect g_t of its own.

    References
    ----------
    Stammann, A. (2018). Fast and feasible estimation of generalized linear models with
    high-dimensional k-way fixed effects. https://doi.org/10.48550/arXiv.1707.01815
    """
    x = np.broadcast_to(x, (*y.shape, x.shape[-1]))
    bent = np.asarray((alpha[:, None, None] * np.nan_to_num(y) < -_BENT).any(axis=(1, 2)))
    y = np.where(bent[:, None, None], np.nan, y)
    informative = _informative(y, absorb=absorb)
    counts = np.where(informative, y, 0.0)
    start = (counts + counts.mean(axis=2, keepdims=True)) / 2
    eta = np.log(np.maximum(start, 0.0) + 0.1)
    coefficients = np.zeros((len(y), x.shape[-1]))
    converged = np.zeros(len(y), dtype=bool)
    for step in range(_STEPS):
        at = np.flatnonzero(~converged)
        if not at.size:
            break
        model = _Model(counts[at], x[at], offset[at], alpha[at], informative[at], absorb)
        new, found = model.step(eta[at]) if step else model.start(eta[at])
        if step:
            share = model.shortened(eta[at], new)
            new = eta[at] + share[:, None, None] * (new - eta[at])
            found = coefficients[at] + share[:, None] * (found - coefficients[at])
        move = model.longest(eta[at], new)
        eta[at], coefficients[at] = new, found
        converged[at] = (move < _CLOSE) & (step > 0)
    model = _Model(counts, x, offset, alpha, informative, absorb)
    return model.fit(y, eta, coefficients, converged & ~bent)


@dataclass(frozen=True, eq=False)
class _Model:
    """The regressions of some cases; cells that are not informative have no weight."""

    y: Floats
    x: Floats
    offset: Floats
    alpha: Floats
    informative: Booleans
    absorb: bool

    def start(self, eta: Floats) -> tuple[Floats, Floats]:
        """Return linear predictors and coefficients nearest to rough ones.

        From here on every step can be shortened until the likelihood rises; the first one from
        rough predictors, which no coefficients have, could not.
        """
        return self.regress(self.informative.astype(float), eta - self.offset)

    def step(self, eta: Floats) -> tuple[Floats, Floats]:
        """Return linear predictors and coefficients after a Newton step.

        The likelihood is concave, so its own curvature serves; expected weights need hundreds of
        steps where counts vary more than alpha says.
        """
        mean = np.exp(eta)
        spread = 1 + self._alpha * mean
        weight = mean * (1 + self._alpha * self.y) / spread**2
        weight = np.where(self.informative, weight, 0.0)
        slope = np.where(self.informative, self.y - mean, 0.0) / spread
        return self.regress(weight, eta - self.offset + slope / np.where(weight > 0, weight, 1.0))

    def regress(self, weight: Floats, working: Floats) -> tuple[Floats, Floats]:
        """Return linear predictors and coefficients of a weighted regression."""
        within, inverse, _ = self.normal(weight)
        centred = working[..., None] - self.period(weight, working[..., None])
        score = np.einsum("crtk,crt->ck", within, weight * centred[..., 0])
        found = np.einsum("ckl,cl->ck", inverse, score)
        fitted = np.einsum("crtk,ck->crt", self.x, found)
        rest = self.period(weight, (working - fitted)[..., None])[..., 0]
        return fitted + rest + self.offset, found

    def moments(self, eta: Floats) -> tuple[Floats, Floats]:
        """Return means and weights."""
        mean = np.exp(eta)
        return mean, np.where(self.informative, mean / (1 + self._alpha * mean), 0.0)

    def normal(self, weight: Floats) -> tuple[Floats, Floats, Booleans]:
        """Return centred terms, the inverse of their information, and which terms it tells."""
        within = self.x - self.period(weight, self.x)
        cases, terms = len(weight), self.x.shape[-1]
        flat = within.reshape(cases, -1, terms)
        weighted = flat * weight.reshape(cases, -1, 1)
        information = np.swapaxes(weighted, 1, 2) @ flat
        size = np.sqrt(np.diagonal(information, axis1=1, axis2=2))
        raw = np.einsum("crtk,crt,crtk->ck", self.x, weight, self.x)
        size = np.where(size**2 > _CUT * raw, size, np.inf)
        scaled = information / (size[:, :, None] * size[:, None, :])
        inverse = np.linalg.pinv(scaled, rcond=_CUT, hermitian=True)
        told = np.asarray(np.abs(np.diagonal(inverse @ scaled, axis1=1, axis2=2) - 1) < _TOLD)
        return within, inverse / (size[:, :, None] * size[:, None, :]), told

    def period(self, weight: Floats, values: Floats) -> Floats:
        """Return weighted means within periods of values (C, R, T, K); 0 without their effects."""
        if not self.absorb:
            return np.zeros((1, 1, 1, 1))
        total = weight.sum(axis=1)
        summed = np.einsum("crt,crtk->ctk", weight, values)
        return np.asarray((summed / np.where(total > 0, total, 1.0)[..., None])[:, None])

    def shortened(self, old: Floats, new: Floats) -> Floats:
        """Return the part of each step, halved until the likelihood does not fall."""
        share = _LONGEST / np.maximum(self.longest(old, new), _LONGEST)
        start = self.likelihood(old)
        slack = 1e-9 * (1 + np.abs(start))
        for _ in range(_HALVINGS):
            falls = self.likelihood(old + share[:, None, None] * (new - old)) < start - slack
            if not falls.any():
                break
            share = np.where(falls, share / 2, share)
        return share

    def longest(self, old: Floats, new: Floats) -> Floats:
        """Return the largest move of each case, cells aside that flee without end."""
        near = self.informative & (np.maximum(old, new) > _FLED)
        return np.asarray(np.where(near, np.abs(new - old), 0.0).max(axis=(1, 2)))

    def likelihood(self, eta: Floats) -> Floats:
        """Return log likelihoods less a constant, in which small gains would drown."""
        mean = np.exp(eta)
        safe = np.where(self._alpha > 0, self._alpha, 1.0)
        quadratic = -self.y * np.logaddexp(0, -eta - np.log(safe)) - np.log1p(safe * mean) / safe
        most = np.maximum(self.y, 0.0) * np.log(np.where(self.y > 0, self.y, 1.0)) - self.y
        cell = np.where(self._alpha > 0, quadratic, self.y * eta - mean - most)
        return np.asarray(np.where(self.informative, cell, 0.0).sum(axis=(1, 2)))

    def fit(self, y: Floats, eta: Floats, found: Floats, converged: Booleans) -> CountFit:
        """Return what was found."""
        mean, weight = self.moments(eta)
        within, inverse, told = self.normal(weight)
        empty = np.where(np.isfinite(y), 0.0, np.nan)
        return CountFit(
            mean=np.where(self.informative, mean, empty),
            weight=weight,
            within=within,
            coefficients=found,
            inverse=inverse,
            told=told,
            converged=converged,
        )

    @property
    def _alpha(self) -> Floats:
        """Overdispersion of every cell's case."""
        return np.asarray(self.alpha[:, None, None])


def _informative(y: Floats, *, absorb: bool) -> Booleans:
    """Return the cells that bear on coefficients: an effect of only zeros has no finite value."""
    seen = np.isfinite(y)
    total = np.where(seen, y, 0.0)
    known = seen & (total.sum(axis=2, keepdims=True) > 0)
    return np.asarray(known & (total.sum(axis=1, keepdims=True) > 0)) if absorb else known


@dataclass(frozen=True, eq=False)
class CountContrast:
    """What one row's counts say against the others, period by period, beyond the regression.

    Attributes
    ----------
    residual : array of shape (C, T)
        Relative residual of the row less the weighted mean of those of the others: to first order
        the logarithm of their ratio, less its fit.
    variance : array of shape (C, T)
        Its variance for independent counts with the variances of the regression.
    """

    residual: Floats
    variance: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def pearson(self, used: Booleans) -> Floats:
        """Return Pearson's statistics over used periods (C, T), shape (C,)."""
        square = np.where(used, self.residual**2 / np.where(used, self.variance, 1.0), 0.0)
        return np.asarray(square.sum(axis=1))


def count_contrast(y: Floats, mean: Floats, alpha: Floats, own: Integers) -> CountContrast:
    """Return the contrast of one row with the others.

    With period effects taken out of Poisson counts it is the working residual of the binomial
    regression of the row's share.

    Parameters
    ----------
    y, mean : array of shape (C, R, T)
        Counts and fitted means; NaN where there is none.
    alpha : array of shape (C,)
        Quadratic overdispersion.
    own : array of shape (C,)
        Position of the row.
    """
    known = np.isfinite(y) & (mean > 0)
    safe = np.where(known, mean, 1.0)
    relative = np.where(known, (y - safe) / safe, 0.0)
    heavy, others = _weights(mean, alpha, own)
    told = (heavy > 0) & (others > 0)
    variance = 1 / np.where(told, heavy, 1.0) + 1 / np.where(told, others, 1.0)
    return CountContrast(
        residual=own_less_others(relative, mean, alpha, own),
        variance=np.where(told, variance, np.nan),
    )


def own_less_others(values: Floats, mean: Floats, alpha: Floats, own: Integers) -> Floats:
    """Return one row's values less the weighted mean of the others', NaN without either.

    Parameters
    ----------
    values, mean : array of shape (C, R, T)
        Finite values, and fitted means, NaN where there is none.
    alpha : array of shape (C,)
        Quadratic overdispersion, behind the weights.
    own : array of shape (C,)
        Position of the row.
    """
    case, weight = np.arange(len(own)), _weight(mean, alpha)
    heavy, others = _weights(mean, alpha, own)
    first = values[case, own]
    rest = np.einsum("crt,crt->ct", weight, values) - heavy * first
    told = (heavy > 0) & (others > 0)
    return np.where(told, first - rest / np.where(told, others, 1.0), np.nan)


def _weight(mean: Floats, alpha: Floats) -> Floats:
    """Return what cells tell of their log mean: 0 where there is none."""
    safe = np.nan_to_num(mean)
    return np.asarray(safe / (1 + alpha[:, None, None] * safe))


def _weights(mean: Floats, alpha: Floats, own: Integers) -> tuple[Floats, Floats]:
    """Return the weight of a row, and that of the others together, each of shape (C, T)."""
    weight = _weight(mean, alpha)
    heavy = weight[np.arange(len(own)), own]
    return heavy, np.maximum(weight.sum(axis=1) - heavy, 0.0)
