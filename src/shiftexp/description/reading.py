"""A series as users give it: a panel with a unit, a pandas series, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from shiftexp.description.observed import Observed
from shiftexp.errors import DesignError, PanelError, Problem, suggest
from shiftexp.panel import Panel
from shiftexp.scalars import refuse

SeriesLike: TypeAlias = Panel | pd.Series | np.ndarray | Sequence[float]

_SHOWN = 40  # letters of what was given


def read_series(series: SeriesLike, unit: str | None) -> Observed:
    """Return the series that was given.

    Raises
    ------
    DesignError
        When it cannot be read as one.
    """
    if isinstance(series, Panel):
        refuse(*_not_one_series(series, unit))
        return Observed.of(str(unit), series.series(str(unit)), series.calendar)
    refuse(*_not_numbers(series, unit))
    values = np.asarray(series, dtype=float)
    name, index = "series", pd.Index(range(len(values)))
    if isinstance(series, pd.Series):
        index = series.index
        name = name if series.name is None else str(series.name)
    counted = pd.api.types.is_integer_dtype(index) and bool((np.diff(index) == 1).all())
    first = int(index[0]) if counted and len(index) else 0
    season = np.zeros(len(values), dtype=np.int64)
    return Observed(name, tuple(map(str, index)), values, season, 1, first)


def _not_numbers(series: object, unit: str | None) -> list[Problem]:
    """Return what keeps something that is no panel from being one series."""
    problems = []
    kind = type(series).__name__
    if unit is not None:
        given = f"unit = {unit!r} with a {kind}"
        problems.append(Problem(given, "a panel that has this unit", "leave unit out"))
    try:
        values = np.asarray(series, dtype=float)
    except (TypeError, ValueError):
        given = f"a {kind}: {str(series)[:_SHOWN]!r}"
        needed = "a panel with a unit, or numbers"
        return [*problems, Problem(given, needed, "give one series, NaN where missing")]
    if values.ndim != 1:
        given = f"values of shape {values.shape}"
        problems.append(Problem(given, "one series, shape (T,)", "give one row"))
    elif np.isinf(values).any():
        rows = tuple(f"position {t}" for t in np.flatnonzero(np.isinf(values)))
        remedy = "write NaN where missing"
        problems.append(Problem("infinite values", "finite ones", remedy, rows))
    return problems


def _not_one_series(panel: Panel, unit: str | None) -> list[Problem]:
    """Return what keeps a panel and a unit from being one series."""
    problems = []
    if len(panel.indicators) > 1:
        names = ", ".join(i.name for i in panel.indicators)
        pick = f"pick one, as in panel[{panel.indicators[0].name!r}]"
        problems.append(
            Problem(f"a panel of {len(panel.indicators)} indicators ({names})", "one", pick)
        )
    if unit not in panel.units:
        needed = "a unit of the panel"
        problems.append(Problem(f"unit = {unit!r}", needed, suggest(str(unit), panel.units)))
    return problems


def position_of(series: SeriesLike, found: Observed, at: object) -> int:
    """Return the position of a known date among all periods.

    Raises
    ------
    DesignError
        When it is none of them.
    """
    label = str(at)
    if isinstance(series, Panel):
        try:
            label = series.calendar.label(series.calendar.ordinal(at))
        except PanelError as error:
            raise DesignError(error.problems) from error
    if label not in found.labels:
        span = f"a period from {found.labels[0]} to {found.labels[-1]}" if found.labels else "one"
        refuse(Problem(f"at = {at!r}", span, "write it as the series does"))
    return found.labels.index(label)
