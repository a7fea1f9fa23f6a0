"""Difference-in-differences of each side against clean donors, both together."""

from __future__ import annotations

from dataclasses import dataclass

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
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
class DifferenceInDifferences:
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
            The study, with donors.

        Raises
        ------
        DesignError
            When no donor is named, the design does not fit the panel, or values do not fit the
            scale.
        """
        _need_donors(design)
        return prepare_series(self._spec(), panel, design)

    def solve(self, cases: Cases) -> Fit:
        """Return two-way counterfactuals and effects of a batch, in level units per period.

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
            The study, with donors.

        Raises
        ------
        DesignError
            When no donor is named: the only control left would be the suspect.
        DesignError
            When the design does not fit the panel, or values do not fit the scale.
        """
        _need_donors(design)
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
        _need_donors(design)
        return answer_series(self._spec(), panel, design, y, a, level, sets=sets)

    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""
        return SeriesSpec(
            estimator=repr(self),
            title=f"Difference-in-differences ({self.scale} scale, against donors)",
            scale=self.scale,
            trend=False,
            seasonal=False,
            against_donors=True,
            least_squares=True,
            level=self.level,
            errors=self.errors,
            rng=self.rng,
            assumptions=(
                (
                    "without the event each side would have moved in parallel with the donors "
                    f"({self.scale} scale)"
                ),
                "the donors received none of the activity and lost none of it",
                (
                    "nothing else changed in either place at the onset, detection and recording "
                    "included"
                ),
            ),
        )


def _need_donors(design: object) -> None:
    """Refuse a study without donors.

    Raises
    ------
    DesignError
        With the doubling explained and what to use instead.
    """
    if not isinstance(design, Design) or design.donors:
        return  # what is no design is refused with the panel
    raise DesignError(
        Problem(
            f"no donors: {design.destination!r} could only be compared with {design.origin!r}",
            "clean donors for each side; the difference between the two measures A_D - X_O + 2F, "
            "so a flow F from one to the other is counted twice and neither effect is identified",
            "name donors in the design, or use InterruptedTimeSeries, which compares each side "
            "with its own past",
        )
    )
