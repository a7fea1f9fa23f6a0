"""The one likelihood of a study: maxima under hypotheses, posterior, bootstrap of ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shiftexp.kernels.cases import Floats, lock
from shiftexp.kernels.effect_regions import point
from shiftexp.kernels.resampling import upper_p
from shiftexp.kernels.rival_likelihood import (
    ConstrainedFit,
    FreeFit,
    RivalDesign,
    constrained_fit,
    draw_errors,
    effect_covariances,
    free_fit,
    held,
    node_weights,
    shared_fit,
)
from shiftexp.rivals.hypotheses import NULL, Hypothesis

LEAST_DRAWS = 99
_SIDES = 2
_ALPHA = 0.05
_BLOCK = 500  # data sets at once: what is whitened of 500 long series fits in memory
_ROUNDING = 1e-9
_NOTHING = Hypothesis(NULL, "", point((0.0, 0.0)), "", None)


@dataclass(frozen=True, eq=False)
class RivalLikelihood:
    """The likelihood of origin, destination and, where there is one, an index of donors.

    Attributes
    ----------
    design : RivalDesign
        The regression.
    y : array of shape (p, T)
        The series.
    """

    design: RivalDesign
    y: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def nuisance(self) -> int:
        """Parameters beside the effects: coefficients, covariance, the errors' own."""
        p = len(self.y)
        return self.design.coefficients * p + p * (p + 1) // 2 + 1

    @cached_property
    def fit(self) -> FreeFit:
        """The likelihood without a constraint."""
        return free_fit(self.design, self.y[None])

    @cached_property
    def posterior(self) -> tuple[Floats, Floats, Floats]:
        """Weights, centres and covariances of the pair's effects, by value of the errors' own.

        The donors' index has no effect in it.
        """
        pair = _of_pair(self.design, self.fit)
        weight = node_weights(self.design, pair)[0]
        return weight, pair.effect[0], effect_covariances(self.design, pair)[0]

    @cached_property
    def moments(self) -> tuple[Floats, Floats]:
        """Posterior mean (p,) and covariance (p, p) of all effects."""
        weight = node_weights(self.design, self.fit)[0]
        means, covs = self.fit.effect[0], effect_covariances(self.design, self.fit)[0]
        mean = weight @ means
        around = means - mean
        between = np.einsum("n,ni,nj->ij", weight, around, around)
        return mean, np.asarray(np.einsum("n,nij->ij", weight, covs) + between)

    def maximum(self, hypothesis: Hypothesis) -> ConstrainedFit:
        """Return the maximum under a hypothesis."""
        return _maximum(self.design, self.fit, hypothesis)

    def chances(
        self,
        hypotheses: Sequence[Hypothesis],
        smallest: tuple[float, float],
        draws: int,
        rng: int,
    ) -> list[tuple[float, float]]:
        """Return p and power of each hypothesis' likelihood ratio over the null; NaN without draws.

        Data are drawn without effects, errors' values and Sigma as the likelihood without a
        constraint has them: effects that are there would make them look persistent. Power is that
        at 5 % where the hypothesis' example holds, its larger effect the smallest that matters.

        Parameters
        ----------
        hypotheses : sequence of Hypothesis
            What is compared with the null.
        smallest : tuple of two float
            The smallest change that matters, origin and destination.
        draws : int
            Data sets.
        rng : int
            Seed.
        """
        if not draws:
            return [(math.nan, math.nan)] * len(hypotheses)
        errors = self._errors(draws, np.random.default_rng(rng))
        observed = self._ratios(self.y[None], hypotheses)[0]
        drawn = self._ratios(errors, hypotheses)
        p = upper_p(observed - _ROUNDING, drawn.T)
        critical = np.quantile(drawn, 1 - _ALPHA, axis=0)
        found = []
        for k, one in enumerate(hypotheses):
            if one.name == NULL or one.region.dimension == 0:
                found.append((math.nan, math.nan))
                continue
            found.append((float(p[k]), self._power(errors, one, smallest, float(critical[k]))))
        return found

    def _errors(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return errors under the null, shape (draws, p, T)."""
        weight = node_weights(self.design, self.fit)[0]
        node = rng.choice(len(weight), draws, p=weight)
        return draw_errors(self.design, node, self.fit.spread[0, node] / self.design.df, rng)

    def _ratios(self, y: Floats, hypotheses: Sequence[Hypothesis]) -> Floats:
        """Return twice the log-likelihood of each hypothesis over the null, (B, h)."""
        found = []
        for start in range(0, len(y), _BLOCK):
            fit = free_fit(self.design, y[start : start + _BLOCK])
            base = _maximum(self.design, fit, _NOTHING).log_likelihood
            rows = [_maximum(self.design, fit, one).log_likelihood - base for one in hypotheses]
            found.append(2 * np.stack(rows, axis=1))
        return np.concatenate(found)

    def _power(
        self, errors: Floats, hypothesis: Hypothesis, smallest: tuple[float, float], critical: float
    ) -> float:
        """Return how often the ratio is beyond its critical value where the example holds."""
        if hypothesis.example is None:
            return math.nan
        along = np.array(hypothesis.example)
        effect = np.zeros(len(self.y))
        effect[:_SIDES] = along * (np.array(smallest) / np.abs(along).max()).min()
        found = self._ratios(errors + effect[:, None] * self.design.shape, [hypothesis])
        return float((found > critical).mean())


def _maximum(design: RivalDesign, fit: FreeFit, hypothesis: Hypothesis) -> ConstrainedFit:
    """Return maxima under a hypothesis."""
    if hypothesis.shared:
        return shared_fit(design, fit, hypothesis.region)
    return constrained_fit(design, _of_pair(design, fit), hypothesis.region)


def _of_pair(design: RivalDesign, fit: FreeFit) -> FreeFit:
    """Return the likelihood of the pair; an index of donors has no effect in it."""
    return fit if fit.effect.shape[-1] == _SIDES else held(design, fit)
