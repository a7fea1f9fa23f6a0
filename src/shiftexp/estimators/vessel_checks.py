"""What a study lacks that a flow needs: amounts, whole years, values that vary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shiftexp.design import Design
from shiftexp.errors import Problem
from shiftexp.estimators.cautions import LEAST_AFTER, LEAST_BEFORE
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.vessel_terms import Cuts, change_sds
from shiftexp.panel import Panel
from shiftexp.scalars import plural

_LEAST_YEARS = 3
_STILL = 1e-9  # sd of changes over the largest value, below which it is rounding


def names_of_places(design: Design) -> list[str]:
    """Return the names of origin, destination and donors.

    Parameters
    ----------
    design : Design
        The study.
    """
    return [" + ".join(units) for units in (*design.sides, *((d,) for d in design.donors))]


def not_amounts(panel: Panel, design: Design) -> list[Problem]:
    """Return the problems of a study that cannot have a flow.

    Parameters
    ----------
    panel : Panel
        One indicator.
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


def too_few_periods(before: int, after: int) -> list[Problem]:
    """Return the problem of too few periods before and after the onset.

    Parameters
    ----------
    before, after : int
        How many there are.
    """
    if before >= LEAST_BEFORE and after >= LEAST_AFTER:
        return []
    given = f"{plural(before, 'period')} before and {after} after the onset"
    needed = f"at least {LEAST_BEFORE} and {LEAST_AFTER}"
    return [Problem(given, needed, "widen the window")]


def too_few_years(parts: Sequence[int], seasons: int) -> list[Problem]:
    """Return the problem of seasons with too few years to tell walks from noise.

    Parameters
    ----------
    parts : sequence of int
        Periods in each part that changes are told in, such as before and after the onset.
    seasons : int
        Periods in a year.
    """
    years = [part // seasons for part in parts]
    if seasons == 1 or max(years) >= _LEAST_YEARS:
        return []
    sides = " on either side of the onset" if len(parts) > 1 else ""
    given = f"{' and '.join(map(str, years))} whole years of {seasons} periods{sides}"
    needed = f"{_LEAST_YEARS} whole years together: changes of years tell walks from noise"
    return [Problem(given, needed, "widen the window, or fit yearly totals")]


def still(series: Floats, places: Sequence[str], cuts: Cuts, indicator: str) -> list[Problem]:
    """Return places that change by the same from period to period: they tell no noise.

    Parameters
    ----------
    series : array of shape (n, T)
        Values; NaN where missing.
    places : sequence of str
        Their names, empty for a side that is not asked about.
    cuts : Cuts
        Where changes are cut.
    indicator : str
        What is measured.
    """
    largest = np.abs(np.nan_to_num(series)).max(axis=1)
    straight = change_sds(series, cuts) <= _STILL * largest
    return [
        Problem(
            f"{indicator} of {place}, which changes by as much in every period",
            "values that vary",
            "leave the place or the indicator out",
        )
        for place, found in zip(places, straight, strict=True)
        if found and place
    ]


def empty_before(before: Floats, destination: str) -> list[Problem]:
    """Return the problem of a destination without a level that a change could be a share of.

    Parameters
    ----------
    before : array of shape (t,)
        Its values before the onset.
    destination : str
        Its name, empty where there is none.
    """
    if not destination or np.nanmean(before) > 0:
        return []
    given = f"{destination} with a mean of {np.nanmean(before):g}"
    needed = "a mean above zero before the onset: the smallest change that matters is a part of it"
    return [Problem(given, needed, "use DifferenceInDifferences or InterruptedTimeSeries")]
