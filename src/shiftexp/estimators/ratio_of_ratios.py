"""Ratio of ratios: the change of one indicator beside that of another, on either side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from shiftexp.design import Design, Window
from shiftexp.effects import Effects, LogSeriesLaw
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.estimators.cautions import flagged_values
from shiftexp.estimators.contrasts import SeriesSpec, check_settings, study_of
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
from shiftexp.kernels.count_sides import CountTerms, Family
from shiftexp.panel import Panel
from shiftexp.result import Fitted, Result, check_inputs
from shiftexp.scalars import plural, refuse

_DIFFERENCE = (-1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class RatioOfRatios(SeriesModel):
    r"""Compare each side's counts of one indicator with its own counts of another one.

    .. math:: E\, y_{kit} = \exp(a_{ki} + b_{ki} t + season + \tau_{ki} 1[t \ge onset]), \qquad
       d_i = \tau_{1i} - \tau_{2i}, \qquad \hat\Delta_i = \operatorname{mean}_{post}\, y_{1it} (1 -
       e^{-\hat d_i}), \quad i = O, D

    so that effort and recording that both indicators of a country share drop out; :math:`d_D -
    d_O` is the triple difference, which a note reports.

    Parameters
    ----------
    indicator : str
        The indicator that is asked about; effects are in its unit.
    control : str
        The one it is compared with, found by the same effort and not moved by the event.
    family : {"poisson", "quasi", "negative_binomial"}, default "quasi"
        Variance of a count, as in CountDiD.
    trend : bool, default False
        Whether each series may have a trend of its own, and so the ratio.
    seasonal : bool, default True
        Whether each series may have a season of its own (monthly and quarterly counts).
    variance : {"auto", "series", "counts"}, default "auto"
        Where p-values and intervals come from, as in CountDiD.
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
        When ``indicator`` or ``control`` is no name, or both are the same; ``family`` or
        ``variance`` is unknown, ``dispersion`` does not suit the family, ``level`` is not strictly
        between 0 and 1, a switch is neither true nor false, or ``rng`` is no seed; all are listed.

    Notes
    -----
    ``fit`` takes a panel with both indicators (``Panel.stack`` joins two). Donors of the design
    take no part: the control of a side is its own second indicator. A reporting break of either
    indicator that is fitted as a step is a step of the ratio. The contrast series is
    :math:`\hat d_i 1[t \ge onset] + (y_{1it} - \mu_{1it})/\mu_{1it} - (y_{2it} -
    \mu_{2it})/\mu_{2it}`, from which a shock to both indicators drops out.

    When not to use it: a control indicator that the event moved too, or that is found in another
    way (its own effort is then taken for an effect); ``variance="counts"`` for series, whose ratios
    are autocorrelated (its size is then wrong by factors, and it always warns).

    References
    ----------
    Olden, A. & Moen, J. (2022). The triple difference estimator. The Econometrics Journal, 25,
    531-553. https://doi.org/10.1093/ectj/utac010

    Examples
    --------
    >>> RatioOfRatios(indicator="labs", control="thefts", trend=True).variance
    'auto'
    """

    two_indicators: ClassVar[bool] = True

    indicator: str = ""
    control: str = ""
    family: Family = "quasi"
    trend: bool = False
    seasonal: bool = True
    variance: Variance = "auto"
    dispersion: float | None = None
    level: float = 0.95
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        names: dict[str, object] = {"indicator": self.indicator, "control": self.control}
        problems = [
            Problem(f"{role} = {name!r}", "the name of an indicator", "name one of the panel's")
            for role, name in names.items()
            if not isinstance(name, str) or not name
        ]
        if not problems and self.indicator == self.control:
            given = f"indicator = control = {self.control!r}"
            problems.append(Problem(given, "two indicators", "name another control"))
        problems += [*not_variance(self.variance), *not_family(self.family, self.dispersion)]
        flags = {"trend": self.trend, "seasonal": self.seasonal}
        check_settings("log", self.level, "any", self.rng, *problems, **flags)

    def prepare(self, panel: Panel, design: Design) -> Cases:
        """Return the study as one case: two rows of the indicator, and below them the control's.

        Parameters
        ----------
        panel : Panel
            Both indicators, counts.
        design : Design
            The study; its donors take no part.

        Raises
        ------
        DesignError
            When the panel lacks an indicator or one is no count, the design does not fit it, the
            places of one side are averaged, no period before or after the onset has both, or a
            series has not one count before or after it.
        """
        own, other = self._panels(panel, design)
        design = _alone(design)
        window = design.window(own)
        cases, control = design.cases(own), design.cases(other)
        joint = cases.used & control.used
        both = replace(
            cases,
            y=np.concatenate([cases.pair, control.pair], axis=1),
            donors=np.array([[False, False, True, True]]),
            exposed=np.zeros((1, 4)),
            sampling=np.concatenate([cases.pair_sampling, control.pair_sampling], axis=1),
            breaks=np.concatenate([cases.breaks, control.breaks], axis=3),
            learn=cases.learn & joint,
            treated=cases.treated & joint,
            post=cases.post & joint,
            exposure=np.full((1, 4, cases.y.shape[2]), np.nan),
        )
        before, after = int(both.learn.sum()), int(both.post.sum())
        if not (before and after):
            there = f"{plural(before, 'period')} before and {after} after the onset"
            given = f"{there} with both indicators"
            raise DesignError(Problem(given, "at least one of each", "widen the window"))
        names = (" + ".join(design.sides[0]), " + ".join(design.sides[1]))
        refuse(*zero_problems(both, self._terms, names, window.calendar.labels))
        return both

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the pair of effects on the indicator, with its joint law.

        Parameters
        ----------
        panel : Panel
            Both indicators, counts per period.
        design : Design
            The study; its donors take no part.

        Raises
        ------
        DesignError
            As in :meth:`prepare`; when ``variance="series"`` has fewer than 6 periods before or 3
            after; and when the likelihood has no maximum.
        """
        cases, alone = self.prepare(panel, design), _alone(design)
        own, other = self._panels(panel, design)
        spec = self._spec()
        study = study_of(spec, alone.window(own), cases, own)
        if by_series(self.variance, study):
            result = fit_study(spec, study, own, alone)
            result = replace(result, notes=(*result.notes, *stated_in_vain(self._terms)))
        else:
            law = CountRegression(self._terms).law(study.cases, study.annual)
            result = independent_counts(spec, study, own, alone, law)
        other_window = alone.window(other)
        return replace(
            result,
            design=design,
            fitted=Fitted(self, panel),
            notes=(
                *self._differences(result, study.contrasts.effect[0], cases),
                *result.notes,
                *(f"{self.control}, {note}" for note in flagged_values(other_window, stacklevel=3)),
                *(("donors of the design take no part",) if design.donors else ()),
            ),
            dropped=(*result.dropped, *self._missing(other_window, result)),
        )

    def _panels(self, panel: Panel, design: Design) -> tuple[Panel, Panel]:
        """Return the panels of the indicator and of its control."""
        check_inputs(panel, design)
        known = [indicator.name for indicator in panel.indicators]
        refuse(
            *(
                Problem(
                    f"a panel without the {role} {name!r}",
                    "a panel with both indicators",
                    f"join them with Panel.stack(...); {suggest(name, known)}",
                )
                for role, name in (("indicator", self.indicator), ("control", self.control))
                if name not in known
            )
        )
        own, other = panel[self.indicator], panel[self.control]
        for each in (own, other):
            need_counts(each, design)
        return own, other

    def _missing(self, other_window: Window, result: Result) -> tuple[str, ...]:
        """Say which periods the control indicator lacks, where the indicator does not."""
        return tuple(
            f"{note} ({self.control})"
            for note in other_window.dropped
            if note not in result.dropped
        )

    def _differences(self, result: Result, effect: np.ndarray, cases: Cases) -> tuple[str, ...]:
        """Say the triple difference: log ratios, destination less origin, with its set."""
        step = effect[:, cases.post[0]].mean(axis=1)
        law = result.effects.law
        if np.isnan(step).any():
            return ()
        said = f"triple difference, destination less origin in logs: {step[1] - step[0]:.3g}"
        if not isinstance(law, LogSeriesLaw):
            return (said,)
        logs = Effects(law.law, step, np.zeros(2), step, "log ratio")
        found, p = logs.interval(_DIFFERENCE, self.level), logs.two_sided_p(_DIFFERENCE, self.level)
        return (f"{said} ({self.level:.0%} set {found.low:.3g} to {found.high:.3g}, p = {p:.2g})",)

    @property
    def _terms(self) -> CountTerms:
        """What the regressions hold."""
        return CountTerms(
            family=self.family,
            dispersion=self.dispersion,
            trend=self.trend,
            seasonal=self.seasonal,
            paired=True,
        )

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        kept = "continued its trend" if self.trend else "stayed the same"
        ratio = f"the ratio of {self.indicator} to {self.control}"
        return SeriesSpec(
            estimator=self,
            title=f"Ratio of ratios ({self.family}, {self.indicator} against {self.control})",
            scale="log",
            trend=self.trend,
            seasonal=self.seasonal,
            growing=False,
            controls=None,
            least_squares=True,
            level=self.level,
            errors="any",
            rng=self.rng,
            assumptions=(
                f"without the event {ratio} would have {kept} on each side",
                f"effort and recording act on both parts of {ratio} by the same factor",
                f"the event did not move {self.control}",
                "nothing else changed in either place at the onset that moved only one of both",
            ),
            regression=CountRegression(self._terms),
        )


def _alone(design: Design) -> Design:
    """Return the design without its donors."""
    return replace(design, donors=(), allow=())
