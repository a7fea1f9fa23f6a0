"""What a study lacks that two vessels need: amounts, a level before the onset, whole years."""

from __future__ import annotations

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import Problem
from shiftexp.estimators.vessel_readings import Reading
from shiftexp.panel import Panel

_LEAST_YEARS = 3


def too_few_years(reading: Reading) -> list[Problem]:
    """Return the problem of seasons with too few years to tell walks from noise.

    Parameters
    ----------
    reading : Reading
        The indicator that effects are told in.
    """
    seasons, used = reading.cases.seasons, np.flatnonzero(reading.cases.used[0])
    onset = int(reading.window.onsets[0])
    years = [(onset - used[0]) // seasons, (used[-1] + 1 - onset) // seasons]
    if seasons == 1 or max(years) >= _LEAST_YEARS:
        return []
    given = f"{years[0]} whole years before and {years[1]} after the onset, {seasons} periods each"
    needed = f"{_LEAST_YEARS} whole years on one side: changes of years tell walks from noise"
    return [Problem(given, needed, "widen the window, or fit yearly totals")]


def empty_before(reading: Reading, design: Design) -> list[Problem]:
    """Return the problem of a destination without a level that a change could be a share of.

    Parameters
    ----------
    reading : Reading
        The indicator that effects are told in.
    design : Design
        The study.
    """
    before = reading.values[1][reading.cases.learn[0]]
    if not design.destination_units or np.nanmean(before) > 0:
        return []
    given = f"{' + '.join(design.destination_units)} with a mean of {np.nanmean(before):g}"
    needed = "a mean above zero before the onset: the smallest change that matters is a part of it"
    return [Problem(given, needed, "use DifferenceInDifferences or InterruptedTimeSeries")]


def not_amounts(panel: Panel, design: Design) -> list[Problem]:
    """Return the problems of a study that cannot have a flow.

    Parameters
    ----------
    panel : Panel
        The indicator that effects are told in.
    design : Design
        The study.
    """
    indicator, problems = panel.indicator, []
    if not all(design.sides):
        given = "a study of one side"
        problems.append(Problem(given, "an origin and a destination", "name the other side"))
    if not (indicator.additive and indicator.comparable):
        given = f"{indicator.name!r}, which does not add up over both sides"
        remedy = "use panel.totals(...), or another estimator"
        problems.append(Problem(given, "amounts that can flow", remedy))
    return problems
