"""Interrupted time series: each side against its own past, both together."""

from __future__ import annotations

from dataclasses import dataclass

from shiftexp.design import Design
from shiftexp.estimators.batches import answer_series
from shiftexp.estimators.contrasts import (
    Errors,
    SeriesSpec,
    check_settings,
    prepare_series,
    solve_series,
)
from shiftexp.estimators.series import fit_series
from shiftexp.kernels.cases import Answers, Cases, Fit, Floats
from shiftexp.kernels.scale import Scale
from shiftexp.panel import Panel
from shiftexp.result import Result


@dataclass(frozen=True, kw_only=True)
class InterruptedTimeSeries:
    r"""Compare each side with the continuation of its own past, origin and destination jointly.

    .. math:: z_{it} = a_i + b_i t + c_i 1[t \ge \tau]
       + d_i (t - \bar t_{post}) 1[t \ge \tau] + u_{it}, \quad i = O, D

    with z the values on the chosen scale; the estimand is the mean effect over the post periods,
    :math:`c_i` on the level scale and :math:`\operatorname{mean}_t\, y_{it} (1 - e^{-c_i - d_i (t -
    \bar t)})` on a log scale.

    Parameters
    ----------
    scale : {"level", "log", "log_count"}, default "level"
        Where the counterfactual is fitted; effects are always in level units per year.
        ``log_count`` is log(y + 1/2) for whole numbers.
    trend : bool, default True
        A linear trend before the onset and a change of slope at it; False compares levels.
    seasonal : bool, default True
        Season dummies for monthly and quarterly data.
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
        When ``scale`` or ``errors`` is unknown or ``level`` is not strictly between 0 and 1.

    Notes
    -----
    Every linear combination of the pair is one series, tested by EMW-LL: a nearly optimal test with
    a least favourable mixture of AR(1), local-level and noisy AR(1) errors, guarded by a posterior.
    Intervals invert it; estimates are posterior means. On a log scale half-planes of level effects
    are tested at the point of their border nearest to the estimate. Measured at nominal 5 %: size
    at most 7 % for autocorrelation up to .9, at most 10 % under a random walk with noise. The first
    fit of an uncommon window simulates its tables (half a second), which are kept.

    When not to use it: a trend that bends by itself (p-values and intervals are withheld where the
    data say so, which few periods seldom can); an onset chosen because the series turns
    there, unless it is declared as a range; fewer than 15 periods with a trend (the result is
    marked descriptive); fewer than 6 periods before or 3 after (refused).

    References
    ----------
    Bernal, J. L., Cummins, S. & Gasparrini, A. (2017). Interrupted time series regression for the
    evaluation of public health interventions. International Journal of Epidemiology, 46, 348-355.
    https://doi.org/10.1093/ije/dyw098 Elliott, G., Mueller, U. K. & Watson, M. W. (2015). Nearly
    optimal tests when a nuisance parameter is present under the null hypothesis. Econometrica, 83,
    771-811. https://doi.org/10.3982/ECTA10535

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(origin_effect=-20, destination_effect=40, rng=1)
    >>> result = sx.InterruptedTimeSeries(trend=False).fit(panel, design)
    >>> result["destination"].conf_low < 40 < result["destination"].conf_high
    True
    """

    scale: Scale = "level"
    trend: bool = True
    seasonal: bool = True
    level: float = 0.95
    errors: Errors = "any"
    rng: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that are none."""
        check_settings(self.scale, self.level, self.errors)

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
            When the design does not fit the panel, or values do not fit the scale.
        """
        return prepare_series(self._spec(), panel, design)

    def solve(self, cases: Cases) -> Fit:
        """Return least-squares counterfactuals and effects of a batch, in level units per period.

        Parameters
        ----------
        cases : Cases
            The batch.
        """
        return solve_series(self._spec(), cases)

    def fit(self, panel: Panel, design: Design) -> Result:
        """Return the pair of effects with its joint law.

        Parameters
        ----------
        panel : Panel
            One indicator, in its unit per period.
        design : Design
            The study; donors are not used.

        Raises
        ------
        DesignError
            When the design does not fit the panel, or values do not fit the scale.
        DesignError
            When there are fewer than 6 periods before or 3 after the onset, or fewer than the terms
            need.
        """
        return fit_series(self._spec(), panel, design)

    def answers(
        self, panel: Panel, design: Design, y: Floats, a: Floats, level: float, *, sets: bool
    ) -> Answers:
        """Return estimates, p-values and intervals of many data sets of one study, at once.

        Parameters
        ----------
        panel, design : Panel and Design
            The study; its own values only say what is observed.
        y : array of shape (B, U, T)
            Other values for origin, destination and donors, in units per period.
        a : array of shape (m, 2)
            Directions: (1, 0) asks for the origin, (1, 1) for the net effect.
        level : float
            Confidence level.
        sets : bool
            Whether intervals are wanted beside p-values.

        Raises
        ------
        DesignError
            When the scale is not the level one, the study has one side, or it does not fit the
            panel.
        """
        return answer_series(self._spec(), panel, design, y, a, level, sets=sets)

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        shape = "its own trend" if self.trend else "its own level"
        return SeriesSpec(
            estimator=repr(self),
            title=f"Interrupted time series ({self.scale} scale, against {shape})",
            scale=self.scale,
            trend=self.trend,
            seasonal=self.seasonal,
            against_donors=False,
            least_squares=False,
            level=self.level,
            errors=self.errors,
            rng=self.rng,
            assumptions=(
                f"without the event each side would have kept to {shape} on the {self.scale} scale",
                (
                    "nothing else changed in either place at the onset, detection and recording "
                    "included"
                ),
                "nobody acted ahead of the onset",
            ),
        )
