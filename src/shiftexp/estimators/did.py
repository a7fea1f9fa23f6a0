"""Difference-in-differences of each side against clean donors, and its path by event time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.estimators.assembling import CLEAN, UNCHANGED
from shiftexp.estimators.contrasts import (
    Errors,
    SeriesSpec,
    SeriesStudy,
    check_settings,
    series_study,
)
from shiftexp.estimators.controls import PeriodEffects
from shiftexp.estimators.series import fit_study
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.kernels.event_time import EventPath, event_path
from shiftexp.kernels.noise_shapes import noise_shape
from shiftexp.kernels.scale import Scale, level_effect
from shiftexp.panel import Panel
from shiftexp.result import Estimator, Result
from shiftexp.scalars import not_whole

_LEAST_DRAWS = 1000


@dataclass(frozen=True, kw_only=True)
class DifferenceInDifferences(SeriesModel):
    r"""Compare each side with clean donors, so that neither side is ever the control of the other.

    .. math:: \hat\Delta_i = (\bar y_{i,post} - \bar y_{i,pre})
       - (\bar y_{donors,post} - \bar y_{donors,pre}), \quad i = O, D

    on the level scale, with the donors' period effects of a unit-and-period fit where donors have
    gaps; on a log scale the same for log y, and :math:`\operatorname{mean}_t\, y_{it} (1 - e^{-\hat
    d_i})` in level units.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where trends are taken to be parallel. They cannot be parallel on two scales: run both,
        report both.
    growing : bool, default False
        Whether the effect may grow or shrink along a line after the onset; without it the effect
        is taken as the same in every period, which finds more where it is true. On the level scale
        the estimate is the same, the interval is not.
    level : float, default 0.95
        Confidence level of the sets shown.
    errors : {"any", "stationary"}, default "any"
        Errors under which p-values and intervals hold their level: AR(1) and levels that drift, or
        stationary AR(1) errors alone, which finds more where it is true and errs where it is not.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``scale`` or ``errors`` is unknown, ``level`` is not strictly between 0 and 1, or
        ``rng`` is no seed; all are listed.

    Notes
    -----
    With donors observed throughout the estimate is the two-way fixed-effects one. With one origin
    and one destination there is no cross-section to sample from: inference is serial, the EMW-LL
    test of the contrast with the donors, as in InterruptedTimeSeries. With fewer than 6 periods
    before or 3 after there is none, and standard errors, p-values and intervals are NaN.

    When not to use it: no donors (a DiD of the destination against the origin counts displacement
    twice); donors that may have received the flow; donors on another trend.

    References
    ----------
    Donald, S. G. & Lang, K. (2007). Inference with difference-in-differences and other panel data.
    Review of Economics and Statistics, 89, 221-233. https://doi.org/10.1162/rest.89.2.221

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=5, rng=2)
    >>> result = sx.DifferenceInDifferences().fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    growing: bool = False
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        check_settings(self.scale, self.level, self.errors, self.rng, growing=self.growing)

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        grows = ", effect may grow" if self.growing else ""
        return _against_donors(
            self,
            f"Difference-in-differences ({self.scale} scale, against donors{grows})",
            controls=PeriodEffects(),
            scale=self.scale,
            growing=self.growing,
            level=self.level,
            errors=self.errors,
            rng=self.rng,
        )


@dataclass(frozen=True, kw_only=True)
class EventStudy(SeriesModel):
    r"""Show the effect of every period on each side against clean donors, with bands.

    .. math:: z_{it} = a_i + \sum_{s \ge \tau} b_{is} 1[t = s] + u_{it}, \qquad
       \hat\Delta_i = \bar z_{i,post} - \bar z_{i,pre}, \quad i = O, D

    with z a side less the donors' period effects; a period before the onset has an effect against
    the other ones before it.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where trends are taken to be parallel.
    level : float, default 0.95
        Level of sets, pointwise intervals and the band.
    draws : int, default 10000
        Posterior draws for the band, at least 1000.
    rng : int, default 1
        Their seed.

    Raises
    ------
    DesignError
        When ``scale`` is unknown, ``level`` is not strictly between 0 and 1, ``draws`` is no whole
        number from 1000, or ``rng`` no seed; all are listed.

    Notes
    -----
    With one origin and one destination a period has one contrast and one coefficient: nothing is
    left to judge it by but the periods before the onset. Their errors - AR(1), local levels, AR(1)
    with noise, mixed as for the estimates of InterruptedTimeSeries - make intervals and the band;
    ``augment`` has both, the band in ``joint_low`` and ``joint_high`` for the periods from the
    onset on. The mean effect is estimated and tested as in
    ``DifferenceInDifferences(growing=True)``, by least squares; effects by period are posterior
    means, whose mean is near it, not the same; on a log scale it holds the noise of the periods
    too, which the mean effect does not.

    When not to use it: to search the path for the periods that look significant (the band holds all
    of them together); fewer than 6 periods before the onset or 3 after, or reporting breaks fitted
    as steps (both refused).

    References
    ----------
    Freyaldenhoven, S., Hansen, C., Perez Perez, J. & Shapiro, J. M. (2021). Visualization,
    identification, and estimation in the linear panel event-study design.
    https://doi.org/10.3386/w29170

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=40, donors=5, rng=2)
    >>> path = sx.EventStudy().fit(panel, design).augment()
    >>> {"effect", "conf_low", "joint_low"} <= set(path.columns)
    True
    """

    scale: Scale = "level"
    level: float = 0.95
    draws: int = 10_000
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        draws = not_whole("draws", self.draws, _LEAST_DRAWS, "leave it at 10000")
        check_settings(self.scale, self.level, "any", self.rng, *draws)

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the effects by period, and their mean with its joint law.

        Parameters
        ----------
        panel : Panel
            One indicator, in its unit per period.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            When no donor is named, or the design does not fit the panel.
        DesignError
            When there are fewer than 6 periods before or 3 after the onset, or reporting breaks are
            fitted as steps.
        """
        spec = self._spec()
        study = series_study(spec, panel, design)
        result = fit_study(spec, study, panel, design)
        if study.posterior is None:
            before, after = study.counts
            given = f"{before} usable periods before and {after} after the onset"
            remedy = "widen the window, or use DifferenceInDifferences"
            raise DesignError(Problem(given, "at least 6 before and 3 after", remedy))
        pair, used = study.cases.pair[0], study.cases.used[0]
        parts = np.full((5, *pair.shape), np.nan)
        for side in study.posterior.sides:
            found = self._path(study, side)
            for part, values in zip(parts[:, side], vars(found).values(), strict=True):
                part[used] = values
        effect, low, high, joint_low, joint_high = level_effect(pair, parts, self.scale)
        paths = replace(
            result.paths,
            counterfactual=pair - effect,
            effect=effect,
            conf_low=low,
            conf_high=high,
            joint_low=joint_low,
            joint_high=joint_high,
        )
        return replace(result, paths=paths)

    def _path(self, study: SeriesStudy, side: int) -> EventPath:
        """Return the effects of one side by period, on the model's scale."""
        used = study.cases.used[0]
        rng = np.random.default_rng(np.random.SeedSequence(self.rng, spawn_key=(side,)))
        return event_path(
            study.z[side, used],
            study.cases.learn[0, used],
            study.cases.time[used],
            self.level,
            self.draws,
            rng,
            noise_shape(study.noise[side, used]),
        )

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        return _against_donors(
            self,
            f"Event study ({self.scale} scale, against donors)",
            controls=PeriodEffects(steps=False),
            scale=self.scale,
            growing=True,
            level=self.level,
            errors="any",
            rng=self.rng,
        )


def _against_donors(
    estimator: Estimator,
    title: str,
    *,
    controls: PeriodEffects,
    scale: Scale,
    growing: bool,
    level: float,
    errors: Errors,
    rng: int,
) -> SeriesSpec:
    """Return what a comparison with the donors' period effects asks of the shared machinery."""
    return SeriesSpec(
        estimator=estimator,
        title=title,
        scale=scale,
        trend=False,
        seasonal=False,
        growing=growing,
        controls=controls,
        least_squares=True,
        level=level,
        errors=errors,
        rng=rng,
        assumptions=(
            (
                "without the event each side would have moved in parallel with the donors "
                f"({scale} scale)"
            ),
            CLEAN,
            UNCHANGED,
        ),
    )
