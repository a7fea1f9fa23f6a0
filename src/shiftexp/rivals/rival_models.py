"""RivalModels: hypotheses on one likelihood with their criteria and weights; no evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from shiftexp.kernels.cases import Floats, lock
from shiftexp.plane import SECTOR_NAMES
from shiftexp.rivals.hypotheses import SHIFT
from shiftexp.sector_weights import PRIOR_TIMES, SectorWeights
from shiftexp.table import Table, format_number

CRITERIA = ("AICc", "BIC", "fractional Bayes", "sector Bayes")
_NO_REWARD = (
    "signs are not rewarded by AICc and BIC: a hypothesis with two free effects costs two "
    "parameters, whatever inequalities say of them; Bayes weights reward them"
)
_NO_RATES = (
    "weights compare these hypotheses with one another: they are no error rates, and one is "
    "heaviest even where none is true"
)
_DISAGREE = (
    "the criteria disagree: AICc and BIC look at the best fit and charge for free effects, Bayes "
    "weights average over all effects that a hypothesis allows; none of them decides alone"
)
_NO_BOUND = (
    "a likelihood is no lower bound on a flow: full offset is compatible with a shift, and this "
    "table is no Evidence"
)


@dataclass(frozen=True)
class RivalFit:
    """One hypothesis at its maximum.

    Attributes
    ----------
    name, constraint : str
        What it is called, and what it says of the effects.
    sector : str
        The sector of the plane that is about the same; "" where there is none.
    parameters : int
        Free parameters: effects, coefficients of all series, errors.
    log_likelihood : float
        The maximum.
    origin, destination : float
        Effects there, in level units per year.
    error : float
        Autocorrelation there, or variance of a walk's steps over that of the noise.
    p_value : float
        Parametric bootstrap p of its likelihood ratio over the null; NaN where none was asked for.
    power : float
        How often that p is at most .05 where the larger effect is the smallest that matters; NaN
        for hypotheses that are not about the size of effects of their own.
    """

    name: str
    constraint: str
    sector: str
    parameters: int
    log_likelihood: float
    origin: float
    destination: float
    error: float
    p_value: float = math.nan
    power: float = math.nan


@dataclass(frozen=True, eq=False, repr=False)
class RivalModels(Table):
    """Rival hypotheses as constraints on one likelihood, a row for each.

    Attributes
    ----------
    fits : tuple of RivalFit
        The hypotheses.
    free : RivalFit
        The same likelihood without a constraint.
    factors : array of shape (3, h)
        Log fractional Bayes factors against no constraint, at b, 2b and 3b.
    sector_weights : SectorWeights
        The nine sectors under the posterior of the same likelihood.
    innovations : int
        n of AICc, BIC and b: one for each series and period.
    fraction : float
        b.
    names : tuple of two str
        Origin and destination.
    indicator, unit, window : str
        What was compared, the unit of effects, the periods.
    errors : str
        The family of errors, one for all hypotheses.
    notes : tuple of str
        What is to be said of this comparison.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(flow=20, sd=1, rng=1)
    >>> found = sx.rival_models(panel, design, trend=False)
    >>> found.best["AICc"]
    'shift-compatible (full offset)'
    """

    fits: tuple[RivalFit, ...]
    free: RivalFit
    factors: Floats
    sector_weights: SectorWeights
    innovations: int
    fraction: float
    names: tuple[str, str]
    indicator: str
    unit: str
    window: str
    errors: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    def __getitem__(self, name: str) -> RivalFit:
        """Return one hypothesis by its name.

        Raises
        ------
        KeyError
            When there is none of that name; those there are are listed.
        """
        found = {fit.name: fit for fit in self.fits}
        if name not in found:
            message = f"no hypothesis {name!r}; there are {', '.join(map(repr, found))}"
            raise KeyError(message)
        return found[name]

    @property
    def aicc(self) -> Floats:
        """AIC + 2 k (k + 1) / (n - k - 1) of every hypothesis, shape (h,)."""
        k, n = self._parameters, self.innovations
        return np.asarray(self._deviance + 2 * k + 2 * k * (k + 1) / (n - k - 1))

    @property
    def bic(self) -> Floats:
        """BIC of every hypothesis, shape (h,)."""
        return np.asarray(self._deviance + self._parameters * math.log(self.innovations))

    @property
    def akaike_weights(self) -> Floats:
        """Akaike weights, shape (h,)."""
        return _normalised(-self.aicc / 2)

    @property
    def bic_weights(self) -> Floats:
        """BIC weights, shape (h,)."""
        return _normalised(-self.bic / 2)

    @property
    def bayes_weights(self) -> Floats:
        """Weights of hypotheses as likely before the data, at b, 2b and 3b, shape (3, h)."""
        return np.array([_normalised(row) for row in self.factors])

    @cached_property
    def weights_of_sectors(self) -> Floats:
        """Sector Bayes weights at half, once and twice the prior scale, shape (3, h); NaN: none."""
        found = np.full((len(PRIOR_TIMES), len(self.fits)), np.nan)
        for column, fit in enumerate(self.fits):
            if fit.sector:
                found[:, column] = self.sector_weights.weights[:, SECTOR_NAMES.index(fit.sector)]
        return found

    @property
    def weights(self) -> Mapping[str, Floats]:
        """Weights by criterion, Bayes weights at b and at the prior scale itself.

        In the order of ``fits``; ``to_frame`` has them beside the names of the hypotheses.
        """
        once = PRIOR_TIMES.index(1.0)
        found = self.akaike_weights, self.bic_weights, self.bayes_weights[0]
        return dict(zip(CRITERIA, (*found, self.weights_of_sectors[once]), strict=True))

    @property
    def best(self) -> dict[str, str]:
        """The heaviest hypothesis by criterion."""
        return {
            name: self.fits[int(np.nanargmax(weight))].name for name, weight in self.weights.items()
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each hypothesis."""
        bayes, sector = self.bayes_weights, self.weights_of_sectors
        named = ["name", "constraint", "parameters", "log_likelihood", "origin", "destination"]
        frame = pd.DataFrame([{key: getattr(f, key) for key in named} for f in self.fits])
        frame = frame.rename(columns={"name": "hypothesis"}).assign(
            aicc=self.aicc,
            aicc_weight=self.akaike_weights,
            bic=self.bic,
            bic_weight=self.bic_weights,
            bayes_weight=bayes[0],
            bayes_weight_2b=bayes[1],
            bayes_weight_3b=bayes[2],
            sector_weight=sector[1],
            sector_weight_half=sector[0],
            sector_weight_twice=sector[2],
        )
        return frame.assign(
            p_value=[fit.p_value for fit in self.fits], power=[fit.power for fit in self.fits]
        )

    def summary(self) -> str:
        """Return what is heaviest by each criterion, and how to read that, in words."""
        sides = " and ".join(self.names)
        lines = [f"Rival hypotheses on {self.indicator}, {sides}, {self.window}"]
        lines += [
            f"  {criterion}: {name} (weight {format_number(float(np.nanmax(weight)), 2)})"
            for (criterion, name), weight in zip(
                self.best.items(), self.weights.values(), strict=True
            )
        ]
        if len(set(self.best.values())) > 1:
            lines.append(f"  {_DISAGREE}")
        if SHIFT in self.best.values():
            lines.append(f"  {SHIFT}: compatible with a shift, never shown to be one")
        return "\n".join((*lines, "Keep in mind:", *(f"  - {note}" for note in self.remarks)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What holds of every such comparison, and what is to be said of this one."""
        scale = self.sector_weights
        b = format_number(self.fraction, 2)
        counted = (
            f"n = {self.innovations} innovations, one for each series and period; errors in every "
            f"hypothesis: {self.errors}"
        )
        bayes = (
            f"Bayes weights: fraction b = {b}, then 2b and 3b; sector weights assume that effects "
            f"are mostly up to {scale.prior_scale:g} times the smallest that matters (prior sd; "
            f"then half and twice that) and a detection drift of {scale.drift:g}; they sum to one "
            "over nine sectors, whose borders are not those of these hypotheses"
        )
        return (counted, bayes, _NO_REWARD, _NO_RATES, _NO_BOUND, *self.notes)

    @property
    def _parameters(self) -> Floats:
        """Free parameters of every hypothesis."""
        return np.array([fit.parameters for fit in self.fits], dtype=float)

    @property
    def _deviance(self) -> Floats:
        """Minus twice the maximised log-likelihoods."""
        return -2 * np.array([fit.log_likelihood for fit in self.fits])


def _normalised(log_weight: Floats) -> Floats:
    """Return weights that sum to one."""
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())
