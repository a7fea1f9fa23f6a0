"""Panel: indicators x units x periods on one calendar, validated and immutable."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shiftexp.errors import DesignError, PanelError, Problem, suggest
from shiftexp.panel.aggregation import yearly
from shiftexp.panel.arrays import (
    ARRAYS,
    Arrays,
    array_problems,
    content_digest,
    not_given,
    own_arrays,
)
from shiftexp.panel.calendar import Calendar
from shiftexp.panel.columns import read_columns
from shiftexp.panel.excerpt import Excerpt
from shiftexp.panel.indicator import Indicator, rate_problems
from shiftexp.panel.layout import lay_out, spread, stack_problems
from shiftexp.panel.validation import frame_problems, measures
from shiftexp.table import Table

Axes: TypeAlias = tuple[tuple[Indicator, ...], tuple[str, ...], Calendar]


@dataclass(frozen=True, eq=False, repr=False)
class Panel(Table):
    """Values of one or more indicators for units over a calendar; a missing value is NaN, not zero.

    Parameters
    ----------
    indicators : tuple of Indicator
        The I indicators.
    units : tuple of str
        The U units, in alphabetical order when read from a frame.
    calendar : Calendar
        The T periods.
    values : array of float, shape (I, U, T)
        The values in each indicator's unit of measurement; NaN where nothing was observed.
    std_error, exposure : array of float, shape (I, U, T), optional
        Sampling error of each value and what it was exposed to; NaN where not given (default).
    quality : array of str, shape (I, U, T), optional
        One of ok (default), approximate, break, recalled, suspect; "" where the value is missing.
    near : frozenset of str
        Units known to be near donors: they may receive diverted flow.
    source : str
        Where the data came from, in words.

    Raises
    ------
    PanelError
        If shapes disagree, names repeat, a value is infinite or a quality flag is unknown.

    Notes
    -----
    The arrays are copied and read-only. Every problem is listed at once.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["BE", "NL", "NL"], "at": [2012, 2012, 2013], "kg": [1, 0, 2]})
    >>> panel = Panel.from_frame(frame, unit="who", period="at", value="kg", unit_of_measure="kg")
    >>> panel
    Panel(kg [kg]; 2 units, 2 years 2012 to 2013; 3 of 4 values)
    >>> panel.series("BE")
    array([ 1., nan])
    """

    indicators: tuple[Indicator, ...]
    units: tuple[str, ...]
    calendar: Calendar
    values: NDArray[np.float64]
    std_error: NDArray[np.float64] = field(default_factory=not_given)
    exposure: NDArray[np.float64] = field(default_factory=not_given)
    quality: NDArray[np.str_] = field(default_factory=not_given)
    near: frozenset[str] = frozenset()
    source: str = ""

    def __post_init__(self) -> None:
        """Copy the arrays, check them, and close them to writing."""
        object.__setattr__(self, "indicators", tuple(self.indicators))
        object.__setattr__(self, "units", tuple(self.units))
        object.__setattr__(self, "near", frozenset(self.near))
        given = {name: getattr(self, name) for name in ARRAYS}
        for name, array in own_arrays(given).items():
            object.__setattr__(self, name, array)
        names = [indicator.name for indicator in self.indicators]
        problems = array_problems(
            self.arrays, names, self.units, self.calendar.size, near=self.near
        )
        if problems:
            raise PanelError(problems)
        for array in self.arrays.values():
            array.setflags(write=False)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The four arrays by name."""
        return {name: getattr(self, name) for name in ARRAYS}

    @classmethod
    def from_frame(  # noqa: PLR0913 - one name for each column of a frame, all keyword-only
        cls,
        df: object,
        *,
        unit: str,
        period: str,
        value: str,
        indicator: str | None = None,
        exposure: str | None = None,
        std_error: str | None = None,
        quality: str | None = None,
        unit_of_measure: str,
        additive: bool | None = None,
        comparable: bool = True,
        near: Collection[str] = (),
        allow_gaps: bool = False,
        source: str = "",
    ) -> Panel:
        """Read a panel from a tidy frame: one row for each unit, period and indicator observed.

        Parameters
        ----------
        df : pandas.DataFrame, polars.DataFrame or pyarrow.Table
            The data, rows in any order. Periods without a row are missing, not zero.
        unit, period, value : str
            Names of the columns that hold the unit (text), the period and the value.
            Periods are years, ``"2012Q3"``, ``"2012-03"``, or dates that all stand at the first
            (or all at the last) day of their year, quarter or month.
        indicator : str, optional
            Column of indicator names; without it there is one, named as the value column.
        exposure, std_error, quality : str, optional
            Columns of exposures, standard errors (either may have empty cells) and quality flags.
        unit_of_measure : str
            Such as "kg"; or the name of a text column that holds it row by row.
        additive : bool, optional
            Whether values may be summed; must be said where the unit reads like a rate or price.
        comparable : bool
            Whether levels may be compared between units.
        near : collection of str
            Units that are near donors.
        allow_gaps : bool
            Whether a period inside the range that no unit has is accepted.
        source : str
            Where the data came from.

        Returns
        -------
        Panel
            Units and indicators in alphabetical order, whatever the order of the rows.

        Raises
        ------
        PanelError
            If anything in the frame is wrong; all problems are listed, with their rows.

        Notes
        -----
        Dates are read at the longest period they fit: 1 January alone means years. A monthly
        series observed in one month a year has to be labelled ``"2012-01"``.

        Examples
        --------
        >>> frame = pd.DataFrame({"who": ["NL", "BE"], "at": [2012, 2012], "kg": [1.5, 2.5]})
        >>> panel = Panel.from_frame(
        ...     frame, unit="who", period="at", value="kg", unit_of_measure="kg"
        ... )
        >>> panel.units
        ('BE', 'NL')
        """
        asked = {"unit": unit, "period": period, "value": value, "indicator": indicator}
        asked |= {"exposure": exposure, "std_error": std_error, "quality": quality}
        names = {role: name for role, name in asked.items() if name is not None}
        columns = read_columns(df, names, unit_of_measure=unit_of_measure)
        near = (near,) if isinstance(near, str) else tuple(near)
        problems = frame_problems(columns, unit_of_measure, near=near, allow_gaps=allow_gaps)
        measured = measures(columns, unit_of_measure)
        problems += rate_problems(measured) if additive is None else []
        if problems:
            raise PanelError(problems)
        layout = lay_out(columns)
        measure = dict(zip(columns.indicator, measured, strict=True))
        sums = additive is not False
        indicators = tuple(
            Indicator(name, str(measure[name]), sums, comparable) for name in layout.indicators
        )
        axes = (indicators, layout.units, layout.calendar)
        return _panel(layout.arrays, axes, near=frozenset(near), source=source)

    @staticmethod
    def stack(*panels: Panel) -> Panel:
        """Join panels of different indicators over the union of their units and periods.

        Parameters
        ----------
        *panels : Panel
            Panels of one frequency; no indicator in two of them.

        Raises
        ------
        PanelError
            If there is no panel, an indicator occurs twice, or frequencies differ.

        Examples
        --------
        >>> frame = pd.DataFrame({"who": ["BE"], "at": [2012], "kg": [3.5], "labs": [7]})
        >>> read = {"unit": "who", "period": "at"}
        >>> kg = Panel.from_frame(frame, **read, value="kg", unit_of_measure="kg")
        >>> labs = Panel.from_frame(frame, **read, value="labs", unit_of_measure="count")
        >>> [i.name for i in Panel.stack(kg, labs).indicators]
        ['kg', 'labs']
        """
        indicators = tuple(indicator for panel in panels for indicator in panel.indicators)
        frequencies = [panel.calendar.frequency for panel in panels]
        problems = stack_problems([indicator.name for indicator in indicators], frequencies)
        if problems:
            raise PanelError(problems)
        units = tuple(sorted({unit for panel in panels for unit in panel.units}))
        first = min(panel.calendar.first for panel in panels)
        last = max(panel.calendar.last for panel in panels)
        calendar = Calendar(frequencies[0], first, last - first + 1)
        parts = [spread(p.arrays, (p.units, p.calendar), (units, calendar)) for p in panels]
        return _panel(
            {name: np.concatenate([part[name] for part in parts]) for name in ARRAYS},
            (indicators, units, calendar),
            near=frozenset().union(*(panel.near for panel in panels)),
            source="; ".join(dict.fromkeys(panel.source for panel in panels if panel.source)),
        )

    def __getitem__(self, indicator: str) -> Panel:
        """Return the panel of one indicator over the same axes; PanelError if there is none."""
        names = [known.name for known in self.indicators]
        if indicator not in names:
            given, needed = f"indicator {indicator!r}", "an indicator of the panel"
            raise PanelError(Problem(given, needed, suggest(str(indicator), names)))
        i = names.index(indicator)
        arrays = {name: array[i : i + 1] for name, array in self.arrays.items()}
        axes = ((self.indicators[i],), self.units, self.calendar)
        return _panel(arrays, axes, near=self.near, source=self.source)

    def __len__(self) -> int:
        """Return the number of values observed."""
        return int(np.isfinite(self.values).sum())

    @property
    def indicator(self) -> Indicator:
        """The one indicator of the panel; a PanelError names them when there are several."""
        if len(self.indicators) > 1:
            names = [known.name for known in self.indicators]
            given = f"a panel of {len(names)} indicators: {', '.join(names)}"
            raise PanelError(
                Problem(given, "one indicator", f"pick one, such as panel[{names[0]!r}]")
            )
        return self.indicators[0]

    @property
    def units_of_measure(self) -> tuple[str, ...]:
        """The unit of measurement of each indicator."""
        return tuple(indicator.unit_of_measure for indicator in self.indicators)

    def position(self, unit: str) -> int:
        """Return the place of a unit along the second axis; DesignError if there is none."""
        if unit not in self.units:
            given, needed = f"unit {unit!r}", "a unit of the panel"
            raise DesignError(Problem(given, needed, suggest(str(unit), self.units)))
        return self.units.index(unit)

    def series(self, unit: str) -> NDArray[np.float64]:
        """Return the values of one unit, shape (T,); PanelError if there are several indicators."""
        _ = self.indicator
        view: NDArray[np.float64] = self.values[0, self.position(unit)]
        return view

    def aggregate(self, to: Literal["year"] = "year") -> Panel:
        """Turn months or quarters into years, complete years only.

        Parameters
        ----------
        to : {"year"}
            The frequency wanted.

        Returns
        -------
        Panel
            Sums of additive indicators, means of others (weighted by exposure where it is given);
            missing unless all periods of the year are observed. Quality is the worst of the year.

        Raises
        ------
        PanelError
            If ``to`` is not "year", or no unit has a complete year.

        Examples
        --------
        >>> frame = pd.DataFrame({"who": "BE", "at": [f"2012Q{q}" for q in range(1, 5)], "kg": 2.5})
        >>> read = {"unit": "who", "period": "at", "value": "kg", "unit_of_measure": "kg"}
        >>> Panel.from_frame(frame, **read).aggregate("year").series("BE")
        array([10.])
        """
        if to != "year":
            given = f"aggregate({to!r})"
            raise PanelError(Problem(given, "'year'", "aggregate the frame before reading it"))
        if self.calendar.frequency == "year":
            return self
        additive = np.array([indicator.additive for indicator in self.indicators])
        calendar, arrays = yearly(self.arrays, self.calendar, additive)
        axes = (self.indicators, self.units, calendar)
        return _panel(arrays, axes, near=self.near, source=self.source)

    def totals(self, unit_of_measure: str) -> Panel:
        """Turn rates into totals, value x exposure, so that both sides can be added.

        Parameters
        ----------
        unit_of_measure : str
            What the totals count, such as "mg per day" for a load per head and a population.

        Raises
        ------
        PanelError
            If a value has no exposure; all are listed.
        """
        bare = np.argwhere(np.isfinite(self.values) & ~np.isfinite(self.exposure))
        rows = tuple(f"{self.units[u]}, {self.calendar.labels[t]}" for _, u, t in bare)
        if rows:
            given = f"{len(rows)} values without exposure"
            raise PanelError(Problem(given, "an exposure for every value", "add them", rows))
        sums = (replace(i, unit_of_measure=unit_of_measure, additive=True) for i in self.indicators)
        return replace(
            self,
            indicators=tuple(sums),
            values=self.values * self.exposure,
            std_error=self.std_error * self.exposure,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the observed values, one row for each indicator, unit and period.

        Returns
        -------
        pandas.DataFrame
            Columns indicator, unit, period (label), value, std_error, exposure, quality.
        """
        i, u, t = np.nonzero(np.isfinite(self.values))
        names = np.array([indicator.name for indicator in self.indicators])
        axes = {"indicator": names[i], "unit": np.array(self.units)[u]}
        axes["period"] = np.array(self.calendar.labels)[t]
        cells = {name: array[i, u, t] for name, array in self.arrays.items()}
        return pd.DataFrame(axes | cells).rename(columns={"values": "value"})

    def digest(self) -> str:
        """Return a SHA-256 of the content, whatever the order of units and indicators.

        Returns
        -------
        str
            64 hexadecimal digits; ``source`` takes no part, since it changes no result.
        """
        rows = sorted(range(len(self.indicators)), key=lambda i: self.indicators[i].name)
        columns = sorted(range(len(self.units)), key=lambda u: self.units[u])
        head = {
            "indicators": [vars(self.indicators[i]) for i in rows],
            "units": [self.units[u] for u in columns],
            "calendar": [self.calendar.frequency, self.calendar.first, self.calendar.size],
            "near": sorted(self.near),
        }
        arrays = {name: array[rows][:, columns] for name, array in self.arrays.items()}
        return content_digest(json.dumps(head, sort_keys=True), arrays)

    def __repr__(self) -> str:
        """Say in one line what the panel holds."""
        said = ", ".join(f"{i.name} [{i.unit_of_measure}]" for i in self.indicators)
        frequency, labels = self.calendar.frequency, self.calendar.labels
        units = f"{len(self.units)} unit{'s' if len(self.units) > 1 else ''}"
        periods = f"{self.calendar.size} {frequency}{'s' if self.calendar.size > 1 else ''}"
        span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
        return f"Panel({said}; {units}, {periods} {span}; {len(self)} of {self.values.size} values)"

    def __str__(self) -> str:
        """Show the first rows on a terminal."""
        return str(Excerpt(repr(self), self.to_frame()))

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        return Excerpt(repr(self), self.to_frame())._repr_html_()


def _panel(arrays: Arrays, axes: Axes, *, near: frozenset[str], source: str) -> Panel:
    """Build a panel from its arrays by name."""
    indicators, units, calendar = axes
    numbers = (arrays["values"], arrays["std_error"], arrays["exposure"])
    return Panel(indicators, units, calendar, *numbers, arrays["quality"], near, source)
