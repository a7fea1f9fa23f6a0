"""Levels and errors of a real study, read off what its regression leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem
from shiftexp.kernels.autoregression import (
    LEAST_DF,
    LEAST_PAIRS,
    Autoregression,
    autoregression,
    innovation_correlation,
    neighbours,
)
from shiftexp.kernels.cases import Cases
from shiftexp.kernels.segments import regressors
from shiftexp.panel import Indicator, Panel

_MOST_CORRELATED = 0.95
_TINY = 1e-12


@dataclass(frozen=True)
class Likeness:
    """What a scenario needs to resemble a study.

    Attributes
    ----------
    periods : tuple of two ints
        Periods used before the onset and from it on.
    per_year : int
        Periods in a year.
    level, sd, autocorrelation : tuple of two floats
        Of origin and destination: mean before the onset, and standard deviation of the errors, in
        units per period, and their autocorrelation.
    correlation : float
        Of what is new in the errors of both sides; 0 for one side alone.
    donors : int
        Donors that the design names.
    indicator : Indicator
        What is measured.
    """

    periods: tuple[int, int]
    per_year: int
    level: tuple[float, float]
    sd: tuple[float, float]
    autocorrelation: tuple[float, float]
    correlation: float
    donors: int
    indicator: Indicator


def likeness(panel: Panel, design: Design, *, trend: bool) -> Likeness:
    """Return levels and errors of a study; a one-unit study lends its one side to both.

    Parameters
    ----------
    panel : Panel
        One indicator.
    design : Design
        The study.
    trend : bool
        Whether errors are about straight lines, rather than about means.

    Raises
    ------
    DesignError
        When there are too few periods, or neighbours in time, to tell errors from the regression,
        or a side is constant.
    """
    cases = design.cases(panel)
    used = cases.learn[0] | cases.post[0]
    present = [s for s in (0, 1) if np.isfinite(cases.pair[0, s, used]).all()]
    each = [_errors(cases, side, used, trend=trend) for side in present]
    _check(each, cases, design, present)
    both = len(present) > 1
    # so many units cannot all be correlated below -1 / (units - 1)
    least = -_MOST_CORRELATED / (1 + len(design.donors))
    distance = float(np.diff(cases.time[used]).min())  # the scenario closes what is left out up
    shared = innovation_correlation(each[0], each[1], cases.time[used]) if both else 0.0
    return Likeness(
        periods=(int(cases.learn[0].sum()), int(cases.post[0].sum())),
        per_year=cases.seasons,
        level=_both([float(cases.pair[0, s, cases.learn[0]].mean()) for s in present]),
        sd=_both([errors.sd for errors in each]),
        autocorrelation=_both([errors.rho**distance for errors in each]),
        correlation=float(np.clip(shared, least, _MOST_CORRELATED)),
        donors=len(design.donors),
        indicator=panel.indicators[0],
    )


def _errors(cases: Cases, side: int, used: np.ndarray, *, trend: bool) -> Autoregression:
    """Return the errors of one side about the regression that the estimators fit."""
    x = regressors(cases, 0, trend=trend, seasonal=True).active(side)[used]
    terms = int(np.linalg.matrix_rank(x))
    if len(x) - terms < LEAST_DF:
        given = f"{len(x)} usable periods for {terms} terms (level, trend, season, breaks, effect)"
        needed = f"{LEAST_DF} periods more than terms, to tell errors from them"
        remedy = "widen the window, or write a Scenario with numbers of your own"
        raise DesignError(Problem(given, needed, remedy))
    time = cases.time[used]
    if len(neighbours(time)) < LEAST_PAIRS:
        given = f"{len(neighbours(time))} pairs of periods at the smallest distance in time"
        needed = f"{LEAST_PAIRS} such pairs, to tell how long errors last"
        remedy = "use a design without gaps, or write a Scenario with numbers of your own"
        raise DesignError(Problem(given, needed, remedy))
    return autoregression(cases.pair[0, side, used], x, time)


def _check(each: list[Autoregression], cases: Cases, design: Design, present: list[int]) -> None:
    """Refuse sides without errors beyond those of rounding, all at once."""
    problems = [
        Problem(
            f"{' + '.join(design.sides[side])} is the same in every period but for its steps",
            "errors that a scenario can resemble",
            "check the values, or write a Scenario with numbers of your own",
        )
        for side, errors in zip(present, each, strict=True)
        if errors.sd <= _TINY * np.nanmax(np.abs(cases.pair[0, side]))
    ]
    if problems:
        raise DesignError(problems)


def _both(values: list[float]) -> tuple[float, float]:
    """Return a number for each side; one that is alone stands for both."""
    return values[0], values[-1]
