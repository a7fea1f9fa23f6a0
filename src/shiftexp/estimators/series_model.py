"""What estimators on contrast series share: prepare, solve, fit and answer, by what each asks."""

from __future__ import annotations

from abc import ABC, abstractmethod

from shiftexp.design import Design
from shiftexp.estimators.batches import answer_series, estimate_series
from shiftexp.estimators.contrasts import (
    SeriesSpec,
    prepare_series,
    series_study,
    solve_series,
)
from shiftexp.estimators.controls import PeriodEffects
from shiftexp.estimators.series import fit_study
from shiftexp.kernels.cases import Answers, Booleans, Cases, Fit, Floats
from shiftexp.panel import Panel
from shiftexp.result import Result


class SeriesModel(ABC):
    """An estimator that turns each side into one series and tests the change in it."""

    @abstractmethod
    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""

    @property
    def title(self) -> str:
        """Its name in words, with its scale, as results bear it."""
        return self._spec().title

    @property
    def proportional(self) -> bool:
        """Whether residuals move in proportion to what is taken off a side: nothing is weighed."""
        spec = self._spec()
        fixed = spec.controls is None or isinstance(spec.controls, PeriodEffects)
        return spec.scale == "level" and spec.regression is None and fixed

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
            When donors are needed and none is named, the design does not fit the panel, or values
            do not fit the scale.
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
            The study; donors count only for methods that compare with them.

        Raises
        ------
        DesignError
            When donors are needed and none is named: the only control left would be the suspect.
        DesignError
            When the design does not fit the panel, or values do not fit the scale.
        DesignError
            When there are too few periods for the terms of a method that stands on them alone.
        """
        spec = self._spec()
        return fit_study(spec, series_study(spec, panel, design), panel, design)

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

    def estimates(self, panel: Panel, design: Design, y: Floats) -> tuple[Floats, Booleans]:
        """Return estimates of many data sets of one study, for a law that is put around them.

        Parameters
        ----------
        panel, design : Panel and Design
            The study; its own values only say what is observed.
        y : array of shape (B, U, T)
            Other values for origin, destination and donors, in units per period.

        Returns
        -------
        tuple of array (B, 2) and array (B,)
            Effects per year; and False where the trend bends by itself, so that nothing is tested.

        Raises
        ------
        DesignError
            As in :meth:`answers`.
        """
        return estimate_series(self._spec(), panel, design, y)
