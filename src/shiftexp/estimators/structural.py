"""Structural time series of both sides together: trends that wander, continued by simulation."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, get_args

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import DrawnLaw, SilentLaw
from shiftexp.errors import Problem, SmallSampleWarning
from shiftexp.estimators.assembling import CLEAN, UNCHANGED, Found, assemble, mean_after, yearly
from shiftexp.estimators.cautions import LEAST_BEFORE, flagged_values, not_used
from shiftexp.estimators.contrasts import (
    post_mean,
    read_study,
    scaled_values,
)
from shiftexp.estimators.controls import Controls, PeriodEffects, whole_donors
from shiftexp.estimators.structural_notes import components, doubts, of_sampling
from shiftexp.kernels.cases import Cases, Fit, Floats
from shiftexp.kernels.scale import Scale, from_scale
from shiftexp.kernels.segments import reference_paths
from shiftexp.kernels.structural import Form, Trend, form
from shiftexp.kernels.structural_paths import Fitted, fit_structural
from shiftexp.kernels.structural_series import (
    Seasonal,
    StudySeries,
    study_series,
)
from shiftexp.panel import Panel
from shiftexp.result import SIDES, Result, Weights
from shiftexp.scalars import is_between, no_level, no_seed, not_among, not_whole, plural, refuse

Regressors: TypeAlias = Literal["none", "mean", "each"]
_LEAST_DRAWS, _LEAST_DF = 1000, 3
_SHORT = 25
_FACTORS = (0.5, 2.0)
_FEWEST = 10.0
_WITHHELD = "withheld (the variances are not found)"
_TRENDS = {
    "level": "a level that wanders",
    "smooth": "a slope that wanders",
    "linear": "a level and a slope that wander",
}


@dataclass(frozen=True, kw_only=True)
class StructuralTimeSeries:
    r"""Continue each side's past with a trend that may wander, origin and destination together.

    .. math:: z_{it} = \mu_{it} + \gamma_{it} + x_t'\beta_i + \varepsilon_{it}, \quad
       \mu_{i,t+1} = \mu_{it} + \nu_{it} + \eta_{it}, \quad \nu_{i,t+1} = \nu_{it} + \zeta_{it},
       \qquad \Delta_i = \operatorname{mean}_{t\,post}\, (y_{it} - y_{it}(0)), \quad i = O, D

    with z the values on the chosen scale and :math:`y_{it}(0)` the continuation of what was before
    the onset. Every innovation has a standard deviation of its own on either side, and a
    correlation between both.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where the model is fitted; effects are always in level units per year.
    trend : {"level", "smooth", "linear"}, default "level"
        A level that is a random walk; a trend whose slope is one; or both.
    seasonal : {"fixed", "stochastic", "none"}, default "fixed"
        Season dummies, a seasonal pattern that wanders, or none. Annual data have none.
    donors : {"none", "mean", "each"}, default "none"
        Regressors: the donors' period effects, or every donor with a coefficient of its own.
        Neither side is ever a regressor of the other.
    prior : float, default 0.8
        Mean of the exponential prior of the level's standard deviation, in units of the standard
        deviation of changes before the onset (of yearly means, carried to one period, where there
        are 5 years of months or quarters); that of slope (by the year) and season is an eighth of
        it, and noise has a half-normal prior of scale 0.8 of the changes.
    draws : int, default 10000
        Continuations that are simulated, at least 1000.
    level : float, default 0.95
        Level of the sets shown.
    rng : int, default 1
        Seed of the draws.

    Raises
    ------
    DesignError
        When ``scale``, ``trend``, ``seasonal`` or ``donors`` is unknown, ``prior`` is no positive
        number, ``draws`` is no whole number from 1000, ``level`` is not strictly between 0 and 1,
        or ``rng`` is no seed; all are listed.

    Notes
    -----
    Start values are exactly diffuse: differencing takes them away, and the likelihood is that of
    the differences, coefficients integrated out. The posterior of the variances is sampled by
    adaptive importance sampling; given them the continuation is normal, and simulated with the
    uncertainty of coefficients, levels and noise. The law of the pair is the posterior. Missing
    periods are bridged, not filled. Before the onset the path is the prediction one period ahead,
    from the periods on that start the trend; known sampling errors are part of the noise.

    An effect may take any shape, so that its interval is wider than that of InterruptedTimeSeries,
    most of all with a slope: a step that the latter finds in 46 to 79 % of data sets is found in 8
    to 58 %, with ``linear`` in 39 % at most (docs/calibration). With few periods the prior counts:
    below 25 periods before the onset a note shows the answers at half and at twice its scale.

    When not to use it: fewer than 6 periods before the onset, or 3 more than terms (both refused);
    reporting breaks fitted as steps after the onset (refused: no model tells them from the effect);
    a level that is nearly all that moves, over few periods (warned of). BlockBootstrap refuses it:
    its path before the onset is one step ahead. Conformal fits it to every null anew, which takes
    minutes.

    References
    ----------
    Harvey, A. C. (1989). Forecasting, structural time series models and the Kalman filter.
    Cambridge University Press. https://doi.org/10.1017/CBO9781107049994
    Brodersen, K. H., Gallusser, F., Koehler, J., Remy, N. & Scott, S. L. (2015). Inferring causal
    impact using Bayesian structural time-series models. Annals of Applied Statistics, 9, 247-274.
    https://doi.org/10.1214/14-AOAS788

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, rng=1)
    >>> result = sx.StructuralTimeSeries().fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    trend: Trend = "level"
    seasonal: Seasonal = "fixed"
    donors: Regressors = "none"
    prior: float = 0.8
    draws: int = 10_000
    level: float = 0.95
    rng: int = 1

    one_step: ClassVar[bool] = True  # paths before the onset are predictions one period ahead

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        positive = is_between(self.prior, 0, math.inf)
        given = f"prior = {self.prior!r}"
        refuse(
            *not_among(
                scale=(self.scale, get_args(Scale)),
                trend=(self.trend, get_args(Trend)),
                seasonal=(self.seasonal, get_args(Seasonal)),
                donors=(self.donors, get_args(Regressors)),
            ),
            *(() if positive else [Problem(given, "a positive number", "leave it at 0.8")]),
            *not_whole("draws", self.draws, _LEAST_DRAWS, "leave it at 10000"),
            *no_level(self.level),
            *no_seed(self.rng),
        )

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case.

        Parameters
        ----------
        panel : Panel
            One indicator.
        design : Design
            The study.

        Raises
        ------
        DesignError
            When the design does not fit the panel, values do not fit the scale, or donors are
            wanted and none is named.
        DesignError
            When there are fewer than 6 periods before the onset, or terms that these cannot tell
            apart, a series that does not vary, or a step of a reporting break after the onset.
        """
        controls: Controls | None = {
            "none": None,
            "mean": PeriodEffects(),
            "each": EveryDonor(),
        }[self.donors]
        if self.donors != "none" and not getattr(design, "donors", True):
            given = f"donors = {self.donors!r} in a study without any"
            remedy = "name donors in the design, or write donors='none'"
            refuse(Problem(given, "donors as regressors", remedy))
        window, cases = read_study(self.scale, controls, panel, design)
        self._check(cases, window)
        return cases

    def _check(self, cases: Cases, window: Window) -> None:
        """Refuse what the model cannot be fitted to."""
        before, last = int(cases.learn[0].sum()), int(np.flatnonzero(cases.learn[0])[-1])
        late = [window.calendar.labels[at] for _, at in window.breaks if at > last]
        problems = []
        if before < LEAST_BEFORE:
            given = f"{plural(before, 'period')} before the onset"
            needed = f"at least {LEAST_BEFORE}"
            problems.append(Problem(given, needed, "widen the window, or use WindowContrast"))
        if late:
            given = f"{len(late)} reporting breaks after the onset, fitted as steps"
            remedy = "write 'split' in place of 'dummy', or use InterruptedTimeSeries"
            problems.append(Problem(given, "series without steps then", remedy, tuple(late)))
        refuse(*problems)
        refuse(*self._problems(cases, 0))

    def _problems(self, cases: Cases, case: int) -> list[Problem]:
        """Return why one case cannot be estimated."""
        study, order = self._study(cases, case), self._form(cases).order
        before, flat = int(study.seen.sum()), study.terms
        problems = []
        if before - order - flat < _LEAST_DF or not study.tells:
            given = (
                f"{before} periods before the onset for {flat} terms beside the trend, which "
                f"{order} periods start"
            )
            needed = f"terms that the periods can tell apart, and {_LEAST_DF} periods more"
            remedy = "leave out seasons or donors, treat fewer breaks, or widen the window"
            problems.append(Problem(given, needed, remedy))
        if study.still.any():
            names = " and ".join(SIDES[side] for side in study.sides[study.still])
            given = f"{names}: no change that a straight trend and the terms beside it leave"
            remedy = "use InterruptedTimeSeries, or WindowContrast for counts"
            problems.append(Problem(given, "a series that varies before the onset", remedy))
        return problems

    def solve(self, cases: Cases) -> Fit:
        """Return posterior means of the continuations of a batch, and the effects against them.

        Parameters
        ----------
        cases : Cases
            The batch.

        Raises
        ------
        DesignError
            When the model cannot be fitted to a case, such as a placebo with too few periods.
        """
        for case in range(len(cases)):
            refuse(*self._problems(cases, case))
        paths = np.stack([self._fitted(cases, case).mean_path() for case in range(len(cases))])
        path = from_scale(paths, self.scale)
        return Fit(
            path=path,
            effect=post_mean(cases.pair - path, cases),
            cov=np.full((len(cases), 2, 2), np.nan),
            df=np.full(len(cases), np.nan),
        )

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the pair of effects with its posterior.

        Parameters
        ----------
        panel : Panel
            One indicator, in its unit per period.
        design : Design
            The study; its donors count only as regressors.

        Raises
        ------
        DesignError
            As in :meth:`prepare`.
        """
        cases, window = self.prepare(panel, design), design.window(panel)
        fitted, annual = self._fitted(cases, 0), yearly(panel, cases)
        effects, blank = self._effects(fitted, cases), np.full(cases.pair[0].shape, np.nan)
        beside = {"none": "", "mean": ", donors' mean", "each": ", each donor"}[self.donors]
        told = fitted.posterior.effective >= _FEWEST
        error = (1 - self.level) / 2
        low, high = np.quantile(effects, [error, 1 - error], axis=2) if told else (blank, blank)
        found = Found(
            law=(
                DrawnLaw(annual * mean_after(effects, cases).T, moments=self.scale == "level")
                if told
                else SilentLaw()
            ),
            counterfactual=np.where(
                cases.used[0], from_scale(fitted.mean_path(), self.scale), np.nan
            ),
            low=low,
            high=high,
            inference=f"posterior, {self.draws} simulated continuations" if told else _WITHHELD,
            notes=(
                *self._said(fitted, cases, annual),
                *flagged_values(window, donors=self.donors != "none", stacklevel=3),
                *not_used(panel, design, sampling=False),
            ),
            weights=self._weights(fitted, window.donor_names),
        )
        return assemble(
            found,
            panel,
            design,
            window,
            cases,
            estimator=self,
            name=f"Structural time series ({self.scale} scale, {_TRENDS[self.trend]}{beside})",
            level=self.level,
            assumptions=(
                (
                    "without the event each side would have gone on as its past and "
                    f"{_TRENDS[self.trend]} let expect ({self.scale} scale)"
                ),
                *((CLEAN,) if self.donors != "none" else ()),
                UNCHANGED,
            ),
            donors=self.donors != "none",
        )

    def _form(self, cases: Cases) -> Form:
        """Return the form of the model for data of this frequency."""
        return form(self.trend, cases.seasons if self.seasonal == "stochastic" else 1)

    def _study(self, cases: Cases, case: int) -> StudySeries:
        """Return the series of one case."""
        one = cases.take(np.array([case]))
        values = scaled_values(self.scale, one)
        if self.donors == "none":
            outside = np.zeros((values.shape[2], 0))
        elif self.donors == "mean":
            outside = reference_paths(values, one)[0].T
        else:
            outside = values[0, one.donors[0]].T
        return study_series(one, self.scale, seasonal=self.seasonal, donors=outside)

    def _fitted(self, cases: Cases, case: int, factor: float = 1.0) -> Fitted:
        """Return the model fitted to one case, at a multiple of the prior scale."""
        prior = factor * self.prior
        return fit_structural(self._form(cases), self._study(cases, case), prior)

    def _effects(self, fitted: Fitted, cases: Cases) -> Floats:
        """Return draws of the effects by period in level units, shape (2, T, draws)."""
        rng = np.random.default_rng(np.random.SeedSequence(self.rng, spawn_key=(0,)))
        paths = from_scale(fitted.simulated(self.draws, rng), self.scale)
        used = np.where(cases.used[0], cases.pair[0], np.nan)
        return np.asarray(used[:, :, None] - paths)

    def _said(self, fitted: Fitted, cases: Cases, annual: float) -> tuple[str, ...]:
        """Warn, and note, what the answer hangs on."""
        study, warned = fitted.study, doubts(self.trend, fitted)
        for note in warned:
            warnings.warn(note, SmallSampleWarning, stacklevel=3)
        notes = [*warned, *of_sampling(study, cases), *components(fitted)]
        if int(study.seen.sum()) < _SHORT:
            notes += self._sensitivity(cases, annual)
        return tuple(notes)

    def _sensitivity(self, cases: Cases, annual: float) -> list[str]:
        """Say what half and twice the prior scale would make of the intervals."""
        ends = []
        for factor in _FACTORS:
            effects = self._effects(self._fitted(cases, 0, factor), cases)
            drawn = annual * mean_after(effects, cases)
            error = (1 - self.level) / 2
            ends.append(np.quantile(drawn, [error, 1 - error], axis=1))
        half, twice = ends
        return [
            f"{SIDES[side]}: interval [{half[0, side]:.4g}, {half[1, side]:.4g}] with half the "
            f"prior scale, [{twice[0, side]:.4g}, {twice[1, side]:.4g}] with twice it"
            for side in np.flatnonzero(cases.focal[0] >= 0)
        ]

    def _weights(self, fitted: Fitted, donors: tuple[str, ...]) -> Weights:
        """Return the coefficients of the donors that are regressors by name."""
        if self.donors != "each":
            return Weights()
        return Weights(
            tuple(
                (SIDES[side], "donor", name, float(value))
                for side, found in zip(fitted.study.sides, fitted.coefficients(), strict=True)
                for name, value in zip(donors, found, strict=True)
            )
        )


@dataclass(frozen=True)
class EveryDonor(PeriodEffects):
    """Donors that are regressors one by one: each must be observed throughout."""

    def problems(self, window: Window) -> list[Problem]:
        """Return the donors with gaps."""
        return whole_donors(window)
