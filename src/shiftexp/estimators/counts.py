"""Difference-in-differences of counts: each side's rate against its donors', on the ratio scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.errors import Problem, suggest
from shiftexp.estimators.assembling import CLEAN, UNCHANGED
from shiftexp.estimators.contrasts import SeriesSpec, check_settings, read_study, study_of
from shiftexp.estimators.controls import PeriodEffects
from shiftexp.estimators.count_laws import Variance, by_series, independent_counts, not_variance
from shiftexp.estimators.count_series import (
    CountRegression,
    not_family,
    stated_in_vain,
    zero_problems,
)
from shiftexp.estimators.series import fit_study
from shiftexp.estimators.series_model import SeriesModel
from shiftexp.estimators.windows import need_counts
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.count_sides import CountTerms, Effort, Family
from shiftexp.panel import Panel
from shiftexp.result import Result
from shiftexp.scalars import is_finite, plural, refuse


@dataclass(frozen=True, kw_only=True)
class CountDiD(SeriesModel):
    r"""Compare the change of each side's rate with that of its donors, by a regression of counts.

    .. math:: E\, y_{it} = E_{it}^{\beta} \exp(a_i + g_t + \tau_i 1[t \ge onset]), \qquad
       \hat\Delta_i = \operatorname{mean}_{post}\, y_{it} (1 - e^{-\hat\tau_i}), \quad i = O, D

    with donors :math:`E\, y_{jt} = E_{jt}^{\beta} \exp(a_j + g_t)` and E an exposure; the other
    side never takes part. With complete counts and no exposure :math:`\hat\tau_i` is the log
    relative incidence rate ratio, :math:`\ln(y_{i1}/y_{i0}) - \ln(C_1/C_0)` of summed counts.

    Parameters
    ----------
    family : {"poisson", "quasi", "negative_binomial"}, default "quasi"
        Variance of a count: its mean, phi times its mean, or its mean plus alpha times its square.
        Poisson and quasi have the same estimates.
    effort : {"none", "offset", "coefficient"}, default "none"
        How the panel's exposure (controls, checks, hours, population) enters: not at all, which a
        note says where there is one; to the power ``exponent``; or to a power that is estimated,
        which takes seconds for every data set.
    exponent : float, default 1.0
        Beta of ``effort="offset"``, 0 to 1: below 1 further effort finds less.
    trend : bool, default False
        Whether each side may have a trend of its own beside the donors'.
    seasonal : bool, default False
        Whether each side may have a season of its own (monthly and quarterly counts).
    growing : bool, default False
        Whether the effect may grow or shrink along a line after the onset.
    variance : {"auto", "series", "counts"}, default "auto"
        Where p-values and intervals come from: ``series``, the EMW-LL test of the regression's
        contrast series; ``counts``, the regression's own covariance, of independent periods;
        ``auto`` takes the series where it has 6 periods before the onset and 3 after.
    dispersion : float, optional
        Phi (>= 1) or alpha (>= 0) of the family, where it is known; phi is for
        ``variance="counts"``, the series need none.
    level : float, default 0.95
        Confidence level of the sets shown.
    rng : int, default 1
        Seed of the posterior draws.

    Raises
    ------
    DesignError
        When ``family``, ``effort`` or ``variance`` is unknown, ``exponent`` is not 0 to 1 or comes
        without ``effort="offset"``, ``dispersion`` does not suit the family, ``level`` is not
        strictly between 0 and 1, a switch is neither true nor false, or ``rng`` is no seed; all are
        listed.

    Notes
    -----
    The contrast series is the working response of the regression less everything but the effect,
    :math:`\hat\tau_i 1[t \ge onset] + (y_{it} - \mu_{it})/\mu_{it}` less the donors' weighted mean
    of the same; zeros are no obstacle in it. Phi is Pearson's statistic of that contrast, so that
    shocks shared with the donors do not count. Alpha is the moment estimate of both contrasts,
    drawn towards .04 with the weight of 6 periods, because few periods estimate it badly.

    When not to use it: donors that received the activity; amounts and rates (refused); a side
    without a single count before or after (refused: its ratio is infinite);
    ``variance="counts"`` for series, whose intensities are autocorrelated: its size is then wrong
    by factors, and it always warns.

    References
    ----------
    Wilson, D. B. (2022). The relative incident rate ratio effect size for count-based impact
    evaluations: When an odds ratio is not an odds ratio. Journal of Quantitative Criminology, 38,
    323-341. https://doi.org/10.1007/s10940-021-09494-w

    Examples
    --------
    >>> CountDiD(family="poisson", effort="offset", exponent=0.5).variance
    'auto'
    """

    family: Family = "quasi"
    effort: Effort = "none"
    exponent: float = 1.0
    trend: bool = False
    seasonal: bool = False
    growing: bool = False
    variance: Variance = "auto"
    dispersion: float | None = None
    level: float = 0.95
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        problems = [*not_variance(self.variance), *not_family(self.family, self.dispersion)]
        if self.effort not in get_args(Effort):
            remedy = suggest(str(self.effort), get_args(Effort))
            problems.append(Problem(f"effort = {self.effort!r}", "a known effort", remedy))
        given = f"exponent = {self.exponent!r}"
        if not (is_finite(self.exponent) and 0 <= self.exponent <= 1):
            problems.append(Problem(given, "a number from 0 to 1", "write exponent=0.5, or 1.0"))
        elif self.exponent != 1 and self.effort != "offset":
            problems.append(Problem(given, "effort='offset'", "write effort='offset' beside it"))
        flags = {"trend": self.trend, "seasonal": self.seasonal, "growing": self.growing}
        check_settings("log", self.level, "any", self.rng, *problems, **flags)

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case.

        Parameters
        ----------
        panel : Panel
            One indicator, counts.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            When the indicator is no count, no donor is named, the design does not fit the panel, an
            exposure that is asked for is missing, or a side or its donors have not one count before
            or after the onset.
        """
        return self._read(panel, design)[1]

    def _read(self, panel: Panel, design: Design) -> tuple[Window, Cases]:
        """Return what the design sees, and that as one case."""
        need_counts(panel, design)
        window, cases = read_study("log_count", PeriodEffects(), panel, design)
        names = (" + ".join(design.sides[0]), " + ".join(design.sides[1]))
        refuse(
            *zero_problems(cases, self._terms, names, window.calendar.labels),
            *(() if self.effort == "none" else without_exposure(window, names)),
        )
        return window, cases

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the pair of effects with its joint law.

        Parameters
        ----------
        panel : Panel
            One indicator, counts per period.
        design : Design
            The study, with donors.

        Raises
        ------
        DesignError
            As in :meth:`prepare`; when ``variance="series"`` has fewer than 6 periods before or 3
            after; and when the likelihood has no maximum, or none that tells the effect and the
            power of the exposure from the other terms.
        """
        spec = self._spec()
        study = study_of(spec, *self._read(panel, design), panel)
        if by_series(self.variance, study):
            result = fit_study(spec, study, panel, design)
            return replace(result, notes=(*result.notes, *stated_in_vain(self._terms)))
        law = CountRegression(self._terms).law(study.cases, study.annual)
        return independent_counts(spec, study, panel, design, law)

    @property
    def _terms(self) -> CountTerms:
        """What the regressions hold."""
        return CountTerms(
            family=self.family,
            dispersion=self.dispersion,
            effort=self.effort,
            exponent=self.exponent,
            trend=self.trend,
            seasonal=self.seasonal,
            growing=self.growing,
        )

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        own = [word for word, on in (("trend", self.trend), ("season", self.seasonal)) if on]
        apart = f", but for {' and '.join(own)} of their own" if own else ""
        effort = {
            "none": "",
            "offset": f", exposure to the power {self.exponent:g}",
            "coefficient": ", exposure to a power of its own",
        }[self.effort]
        rate = "count" if self.effort == "none" else "count at equal exposure"
        return SeriesSpec(
            estimator=self,
            title=f"Difference-in-differences of counts ({self.family}, against donors{effort})",
            scale="log",
            trend=self.trend,
            seasonal=self.seasonal,
            growing=self.growing,
            controls=None,
            least_squares=True,
            level=self.level,
            errors="any",
            rng=self.rng,
            assumptions=(
                (
                    f"without the event each side's {rate} would have changed by the same factor "
                    f"as its donors'{apart}"
                ),
                CLEAN,
                UNCHANGED,
            ),
            regression=CountRegression(self._terms),
        )


def without_exposure(window: Window, names: tuple[str, str]) -> list[Problem]:
    """Return values without an exposure.

    Parameters
    ----------
    window : Window
        What the design sees.
    names : tuple of two str
        Origin and destination.
    """
    values = np.vstack([window.pair, window.donors])
    bare = np.isfinite(values) & window.joint & ~np.isfinite(window.exposure)
    if not np.isfinite(window.exposure).any():
        remedy = "read one with Panel.from_frame(..., exposure='its column'), or effort='none'"
        return [Problem("a panel without exposures", "an exposure for every value", remedy)]
    units = (*names, *window.donor_names)
    rows = tuple(f"{units[u]}, {window.calendar.labels[t]}" for u, t in np.argwhere(bare))
    if not rows:
        return []
    given = f"{plural(len(rows), 'value')} without exposure"
    return [Problem(given, "an exposure for every value", "add them, or effort='none'", rows)]
