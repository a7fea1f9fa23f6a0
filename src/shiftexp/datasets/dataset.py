"""Dataset: many series with their sources, events, regions, flows and pre-declared designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from shiftexp.datasets.customers import counted_fall
from shiftexp.datasets.selection import SERIES, picked
from shiftexp.design import Design
from shiftexp.detection import Detection
from shiftexp.errors import DesignError, Problem, suggest
from shiftexp.evidence import CountedFall
from shiftexp.panel import Excerpt, Panel
from shiftexp.table import Table

KEY = ("region", *SERIES)

# Offences are counted under national law and police registration: the Dutch level is five to
# eight times below the Belgian per head, so only the sign of a change can be set side by side.
COUNTED_UNDER_NATIONAL_LAW = frozenset(
    {
        "drug_arrests",
        "drug_offences",
        "drug_offences_emcdda",
        "drug_offences_police",
        "drug_suspects",
        "possession_offences",
        "production_offences",
        "recorded_burglary",
        "recorded_robbery",
        "sale_offences",
    }
)

_DESIGN_LEVEL = {
    "country": "country",
    "city": "wastewater_site",
    "port": "port",
    "unit": "police_unit",
}
_NEAR = "near donor"
_FAR = "far donor"


def is_additive(unit_of_measure: str) -> bool:
    """Tell whether values in a unit of measurement may be summed over units and periods.

    Prices, concentrations and shares may not; neither may counts stated per day, week or month,
    which are rates over time.

    Examples
    --------
    >>> is_additive("kg"), is_additive("usd_per_g"), is_additive("percent"), is_additive("per_year")
    (True, False, False, True)
    """
    return unit_of_measure == "per_year" or not (
        "per_" in unit_of_measure or unit_of_measure == "percent"
    )


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Table):
    """A collection of series with everything needed to judge them.

    Parameters
    ----------
    name : str
        What the collection is called.
    frames : mapping of str to pandas.DataFrame
        The tables indicators, sources, events, cells, designs, flows and regions.

    Notes
    -----
    Every table is handed out as a copy, so a dataset cannot be changed through it. A series is one
    combination of region, market, segment, indicator, substance and unit. Values flagged suspect
    or recalled are kept with their flag; a :class:`Design` says which flags take part.

    Examples
    --------
    >>> from shiftexp.datasets import load_dataset
    >>> data = load_dataset("benelux")
    >>> data
    Dataset('benelux': 19,215 values, 1,338 series, 232 sources)
    >>> data.panel(market="cocaine", segment="wholesale", indicator="seized_kg").series("BE")[-1]
    np.float64(123026.4)
    """

    name: str
    frames: Mapping[str, pd.DataFrame]

    @property
    def indicators(self) -> pd.DataFrame:
        """The values: one row for each series and period, with quality, source and note."""
        return self.frames["indicators"].copy()

    @property
    def sources(self) -> pd.DataFrame:
        """Publisher, title, place, address and licence of every source."""
        return self.frames["sources"].copy()

    @property
    def events(self) -> pd.DataFrame:
        """Dated policies, enforcement actions, shocks and changes of measurement."""
        return self.frames["events"].copy()

    @property
    def cells(self) -> pd.DataFrame:
        """The six market cells: series, donors, windows and how far the data reach."""
        return self.frames["cells"].copy()

    @property
    def designs(self) -> pd.DataFrame:
        """The designs declared in advance, one row each, as text."""
        return self.frames["designs"].copy()

    @property
    def flows(self) -> pd.DataFrame:
        """Counted cross-border customers, as intervals."""
        return self.frames["flows"].copy()

    @property
    def regions(self) -> pd.DataFrame:
        """Level, name and role of every region."""
        return self.frames["regions"].copy()

    @property
    def far(self) -> tuple[str, ...]:
        """The countries that are far donors, in alphabetical order."""
        regions = self.frames["regions"]
        chosen = regions["role"].str.startswith(_FAR) & (regions["level"] == "country")
        return tuple(sorted(regions.loc[chosen, "region"]))

    @property
    def near(self) -> frozenset[str]:
        """All regions that are near donors: they may receive diverted flow."""
        regions = self.frames["regions"]
        return frozenset(regions.loc[regions["role"].str.startswith(_NEAR), "region"])

    def panel(
        self,
        *,
        market: str | None = None,
        segment: str | None = None,
        indicator: str | None = None,
        substance: str | None = None,
        unit: str | None = None,
        level: str | None = "country",
        units: Sequence[str] | None = None,
    ) -> Panel:
        """Return one kind of series as a panel of regions over time.

        Parameters
        ----------
        market, segment, indicator, substance, unit : str, optional
            What to pick; together they must leave one combination. ``unit`` is the unit of
            measurement, such as "kg".
        level : str or None
            The level of the regions: country, port, wastewater_site, police_unit, ...; None for
            all of them, when they are of one level.
        units : sequence of str, optional
            The regions to keep; all by default.

        Returns
        -------
        Panel
            All values with standard error and quality flag; a year in which no region has a value
            is missing. Prices, concentrations and shares are not additive; offences counted under
            national law are not comparable between countries.

        Raises
        ------
        PanelError
            If a name is not known, no value is left, several combinations are left, or the regions
            are of mixed levels.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> load_dataset("benelux").panel(indicator="waste_dumps", unit="count", units=["BE", "NL"])
        Panel(waste_dumps [count]; 2 units, 15 years 2010 to 2024; 17 of 30 values)
        """
        asked = {"market": market, "segment": segment, "indicator": indicator}
        asked |= {"substance": substance, "unit": unit, "level": level}
        wanted = {column: value for column, value in asked.items() if value is not None}
        return self._read(wanted, units=units)

    def _read(
        self,
        wanted: Mapping[str, str],
        *,
        units: Sequence[str] | None = None,
        additive: bool | None = None,
        comparable: bool | None = None,
    ) -> Panel:
        """Return the panel of one kind of values, read once: a panel cannot be changed."""
        asked = (units,) if isinstance(units, str) else tuple(units or ())
        key = (*wanted.items(), asked, additive, comparable)
        if key not in self._panels:
            self._panels[key] = self._read_anew(
                wanted, asked, additive=additive, comparable=comparable
            )
        return self._panels[key]

    @cached_property
    def _panels(self) -> dict[tuple[object, ...], Panel]:
        """Panels that were asked for before: designs share series, and a study asks again."""
        return {}

    def _read_anew(
        self,
        wanted: Mapping[str, str],
        asked: tuple[str, ...],
        *,
        additive: bool | None,
        comparable: bool | None,
    ) -> Panel:
        """Pick the values of one kind, and read them as a panel."""
        kept = picked(self.frames["indicators"], self.frames["regions"], wanted, asked)
        measure, what = str(kept["unit"].iloc[0]), str(kept["indicator"].iloc[0])
        if additive is None:
            additive = is_additive(measure)
        if comparable is None:
            comparable = what not in COUNTED_UNDER_NATIONAL_LAW
        return Panel.from_frame(
            kept.rename(columns={"value": what}),
            unit="region",
            period="period",
            value=what,
            std_error="std_error",
            quality="quality",
            unit_of_measure=measure,
            additive=additive,
            comparable=comparable,
            near=self.near & set(kept["region"]),
            allow_gaps=True,
            source=f"{self.name}: {', '.join(sorted(set(kept['source_id'])))}",
        )

    def design_row(self, name: str) -> dict[str, str]:
        """Return a declared design as its row of text.

        Parameters
        ----------
        name : str
            The name of the design.

        Returns
        -------
        dict of str to str
            Column to cell.

        Raises
        ------
        DesignError
            If there is no such design.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> load_dataset("benelux").design_row("cocaine_wholesale")["onset_last"]
        '2015'
        """
        designs = self.frames["designs"]
        chosen = designs[designs["design"] == name]
        if chosen.empty:
            raise DesignError(
                Problem(
                    f"design {name!r}",
                    f"a design of {self.name}",
                    suggest(str(name), designs["design"]),
                )
            )
        return {str(column): str(cell) for column, cell in chosen.iloc[0].items()}

    @property
    def design_rows(self) -> tuple[dict[str, str], ...]:
        """All declared designs as rows of text, in the order declared."""
        return tuple(map(self.design_row, self.frames["designs"]["design"]))

    def design(self, name: str) -> Design:
        """Return a design that was declared in advance.

        Parameters
        ----------
        name : str
            The name of the design; the primary design of a cell bears the cell's name.

        Returns
        -------
        Design
            The study as declared.

        Raises
        ------
        DesignError
            If there is no such design.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> load_dataset("benelux").design("cocaine_wholesale").destination
        'BE'
        """
        return Design.from_row(self.design_row(name), near=self.near)

    def detection(self, name: str) -> Detection:
        """Return what a declared design says of detection; DesignError if there is none."""
        return Detection.from_row(self.design_row(name))

    def design_panel(self, name: str) -> Panel:
        """Return the panel a declared design is about.

        Parameters
        ----------
        name : str
            The name of the design.

        Returns
        -------
        Panel
            Its series for all regions of its level; additive and comparable as the design says.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> load_dataset("benelux").design_panel("cocaine_price").indicator.additive
        False
        """
        row = self.design_row(name)
        wanted = {column: row[column] for column in SERIES} | {"level": _DESIGN_LEVEL[row["level"]]}
        return self._read(
            wanted, additive=row["additive"] == "1", comparable=row["comparable"] == "1"
        )

    def counted_fall(self, place: str) -> CountedFall:
        """Return the counted fall in cross-border customers at a place.

        Parameters
        ----------
        place : str
            A place of ``flows`` with a number of customers and its change.

        Raises
        ------
        DesignError
            When the place is unknown, or has no fall that was counted.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> fall = load_dataset("benelux").counted_fall("NL:terneuzen")
        >>> round(fall.low), round(fall.high)
        (775625, 1040250)
        """
        return counted_fall(self.frames["flows"], place)

    def to_frame(self) -> pd.DataFrame:
        """Return all values with the publisher and title of their source.

        Returns
        -------
        pandas.DataFrame
            The columns of ``indicators``, then source_publisher and source_title.

        Examples
        --------
        >>> from shiftexp.datasets import load_dataset
        >>> load_dataset("benelux").to_frame().shape
        (19215, 15)
        """
        sources = self.frames["sources"][["source_id", "publisher", "title"]]
        names = {"publisher": "source_publisher", "title": "source_title"}
        return self.frames["indicators"].merge(
            sources.rename(columns=names), on="source_id", how="left", validate="m:1"
        )

    def __repr__(self) -> str:
        """Say in one line what the dataset holds."""
        values = self.frames["indicators"]
        series = values.groupby(list(KEY), sort=False).ngroups
        sources = len(self.frames["sources"])
        return (
            f"Dataset({self.name!r}: {len(values):,} values, {series:,} series, {sources} sources)"
        )

    def __str__(self) -> str:
        """Show the first values on a terminal."""
        return str(Excerpt(repr(self), self.to_frame()))

    def _repr_html_(self) -> str:
        """Show the first values in a notebook."""
        return Excerpt(repr(self), self.to_frame())._repr_html_()
