"""What estimators on contrast series share: prepare, solve, fit and answer, by what each asks."""

from __future__ import annotations

from abc import ABC, abstractmethod

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.estimators.batches import answer_series
from shiftexp.estimators.contrasts import SeriesSpec, prepare_series, solve_series
from shiftexp.estimators.series import fit_series
from shiftexp.kernels.cases import Answers, Cases, Fit, Floats
from shiftexp.panel import Panel
from shiftexp.result import Result


class SeriesModel(ABC):
    """An estimator that turns each side into one series and tests the change in it."""

    @abstractmethod
    def _spec(self) -> SeriesSpec:
        """Return what is asked of the shared machinery."""

    def _asked(self, design: Design) -> SeriesSpec:
        """Return what is asked, after making sure that there are donors where they are needed."""
        spec = self._spec()
        if spec.against_donors:
            _need_donors(design)
        return spec

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
        return prepare_series(self._asked(design), panel, design)

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
        return fit_series(self._asked(design), panel, design)

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
        return answer_series(self._asked(design), panel, design, y, a, level, sets=sets)


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
