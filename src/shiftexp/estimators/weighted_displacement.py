"""Weighted displacement difference on a panel: each side's change less that of summed controls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import StudentLaw
from shiftexp.errors import DesignError, Problem
from shiftexp.estimators.assembling import CLEAN, UNCHANGED
from shiftexp.estimators.contrasts import SeriesSpec, SeriesStudy, check_settings, series_study
from shiftexp.estimators.controls import whole_donors
from shiftexp.estimators.count_laws import (
    CountsLaw,
    Variance,
    by_series,
    independent_counts,
    not_variance,
)
from shiftexp.estimators.series import fit_study
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.estimators.windows import dispersion, need_counts, window_variance
from shiftexp.kernels.cases import Cases, Floats
from shiftexp.panel import Panel
from shiftexp.result import Result, Weights
from shiftexp.scalars import is_between, plural


@dataclass(frozen=True, kw_only=True)
class WeightedDisplacementDifference(SeriesModel):
    r"""Compare the change of each side's counts with that of its control areas together.

    .. math:: \hat\Delta_i = (\bar y_{i,post} - \bar y_{i,pre}) - w (\bar c_{post} - \bar c_{pre}),
       \quad c_t = \sum_j y_{jt}, \quad i = O, D

    per period, so that windows of different length weigh alike; the net effect is the weighted
    displacement difference, treated and displacement area less twice the controls.

    Parameters
    ----------
    area_weight : float, optional
        w, what the controls' summed count is multiplied by: the size of a side over that of all
        controls together. One over the number of controls when it is not given.
    variance : {"auto", "series", "counts"}, default "auto"
        Where p-values and intervals come from: ``series``, the EMW-LL test of the contrast series;
        ``counts``, Poisson counts widened by their overdispersion, of independent periods; ``auto``
        takes the series where it has 6 periods before the onset and 3 after.
    overdispersion : float, optional
        Variance over mean of the counts, phi >= 1, for ``counts``; the larger of 1 and Pearson's
        statistic over its degrees of freedom when it is not given.
    level : float, default 0.95
        Confidence level of the sets shown.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``variance`` is unknown, ``area_weight`` is no positive number, ``overdispersion`` is
        below 1, ``level`` is not strictly between 0 and 1, or ``rng`` is no seed; all are listed.

    Notes
    -----
    Controls are summed, as in the criminology of places: a control with many counts weighs more.
    The two effects share their controls, so their errors under ``counts`` have the covariance
    :math:`w^2 \operatorname{Var}(c)`.

    When not to use it: controls that received the displaced activity; ``counts`` where trends or
    autocorrelation exist (its size is then wrong by factors, and it always warns).

    References
    ----------
    Wheeler, A. P. & Ratcliffe, J. H. (2018). A simple weighted displacement difference test to
    evaluate place based crime interventions. Crime Science, 7, 11.
    https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    >>> WeightedDisplacementDifference(area_weight=0.5).variance
    'auto'
    """

    area_weight: float | None = None
    variance: Variance = "auto"
    overdispersion: float | None = None
    level: float = 0.95
    rng: int = 1

    scale: Literal["level"] = "level"

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        problems = [*not_variance(self.variance)]
        if self.scale != "level":
            problems.append(Problem(f"scale = {self.scale!r}", "counts in levels", "leave it out"))
        if self.area_weight is not None and not is_between(self.area_weight, 0, math.inf):
            given = f"area_weight = {self.area_weight!r}"
            problems.append(Problem(given, "a positive number", "write 1.0, or leave it out"))
        stated = self.overdispersion
        if stated is not None and not (stated == 1 or is_between(stated, 1, math.inf)):
            given = f"overdispersion = {stated!r}"
            problems.append(Problem(given, "a number >= 1", "leave it out to have it estimated"))
        check_settings("level", self.level, "any", self.rng, *problems)

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case.

        Parameters
        ----------
        panel : Panel
            One indicator, counts.
        design : Design
            The study, with controls as donors.

        Raises
        ------
        DesignError
            When the indicator is no count, no donor is named or one has gaps, or the design does
            not fit the panel.
        """
        need_counts(panel, design)
        return super().prepare(panel, design)

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return both changes less that of the controls, with their joint law.

        Parameters
        ----------
        panel : Panel
            One indicator, counts per period.
        design : Design
            The study, with controls as donors.

        Raises
        ------
        DesignError
            As in :meth:`prepare`; and when ``variance="series"`` has fewer than 6 periods before or
            3 after, or ``counts`` fewer than 3 periods, or steps of reporting breaks.
        """
        need_counts(panel, design)
        spec = self._spec()
        study = series_study(spec, panel, design)
        if by_series(self.variance, study):
            return fit_study(spec, study, panel, design)
        return independent_counts(spec, study, panel, design, self._counted(study))

    def _counted(self, study: SeriesStudy) -> CountsLaw:
        """Return the law that takes periods as independent counts."""
        case = study.cases
        if case.breaks.any():
            given = f"{case.breaks.shape[3]} reporting breaks fitted as steps"
            raise DesignError(Problem(given, "counts without steps", "write 'split' in the design"))
        learn, post = case.learn[0], case.post[0]
        summed = np.where(case.donors[0][:, None], case.y[0], 0.0).sum(axis=0)
        rows = np.vstack([case.pair[0], summed])
        phi, df = dispersion(rows, learn, post, self.overdispersion)
        own = window_variance(rows, learn, post, phi)
        weight = self._weight(int(case.donors[0].sum()))
        cov = np.diag(own[:2]) + np.where(np.isfinite(own[:2]), weight**2 * own[2], np.nan)
        note = (
            f"two windows of {int(learn.sum())} and {int(post.sum())} periods taken as "
            f"independent; overdispersion of the controls {phi[2]:.3g}, of the sides "
            + " and ".join(f"{value:.3g}" for value in phi[:2] if np.isfinite(value))
        )
        per_year = cov * study.annual**2
        return CountsLaw(
            of=lambda mean: StudentLaw(mean, per_year, df),
            inference="Poisson, widened by overdispersion",
            note=note,
        )

    def _weight(self, controls: int) -> float:
        """Return what the controls' summed count is multiplied by."""
        return 1 / controls if self.area_weight is None else self.area_weight

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        return SeriesSpec(
            estimator=self,
            title="Weighted displacement difference",
            scale="level",
            trend=False,
            seasonal=False,
            growing=False,
            controls=SummedControls(self.area_weight),
            least_squares=True,
            level=self.level,
            errors="any",
            rng=self.rng,
            assumptions=(
                "without the event each side's counts would have changed as its controls' did",
                CLEAN,
                UNCHANGED,
            ),
        )


@dataclass(frozen=True)
class SummedControls:
    """Controls whose counts are added up, times the weight of their area."""

    weight: float | None
    anchored: bool = False
    by_period: bool = True

    def paths(self, values: Floats, cases: Cases) -> Floats:
        """Return the controls' weighted sum, shape (C, 1, T)."""
        chosen = np.where(cases.donors[:, :, None], values, 0.0)
        return np.asarray(self.weights(values, cases) @ chosen)

    def weights(self, values: Floats, cases: Cases) -> Floats:
        """Return the weight of the area for every control, shape (C, 1, U)."""
        del values
        count = cases.donors.sum(axis=1, keepdims=True)
        weight = 1 / count if self.weight is None else self.weight
        return np.asarray(cases.donors * weight)[:, None]

    def problems(self, window: Window) -> list[Problem]:
        """Return the controls that are not observed in every used period."""
        return whole_donors(window)

    def said(self, values: Floats, cases: Cases, window: Window) -> tuple[tuple[str, ...], Weights]:
        """Return how the controls are weighted."""
        del values, cases
        count = len(window.donor_names)
        weight = 1 / count if self.weight is None else self.weight
        return (f"{plural(count, 'control')} summed, times {weight:.3g}",), Weights()
