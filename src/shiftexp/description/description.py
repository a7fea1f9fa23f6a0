"""The type of a description: a row for each series, its breaks, and the accounts of a pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.description.growth import Growth
from shiftexp.description.observed import Observed
from shiftexp.description.pairs import PairDescription
from shiftexp.description.structural import StructuralBreaks
from shiftexp.table import Table


@dataclass(frozen=True, eq=False)
class SeriesDescription:
    """What is said of one series.

    Attributes
    ----------
    series : Observed
        The series.
    growth : Growth
        Its mean growth rate.
    breaks : StructuralBreaks or None
        Its breaks; None where it has too few values or never changes.
    notes : tuple of str
        What it does not have, and why.
    """

    series: Observed
    growth: Growth
    breaks: StructuralBreaks | None
    notes: tuple[str, ...]

    def row(self) -> dict[str, object]:
        """Return the series as a row of the table."""
        seen = np.flatnonzero(self.series.seen)
        labels, values = self.series.labels, self.series.values
        ends = (labels[seen[0]], labels[seen[-1]]) if len(seen) else ("", "")
        amounts = (float(values[seen[0]]), float(values[seen[-1]])) if len(seen) else (np.nan,) * 2
        dates = self.breaks.dates if self.breaks else ()
        largest = self.breaks["sup-F"] if self.breaks else None
        return {
            "series": self.series.name,
            "observed": len(seen),
            "first_period": ends[0],
            "last_period": ends[1],
            "first": amounts[0],
            "last": amounts[1],
            "growth_percent": self.growth.percent,
            "conf_low": self.growth.low,
            "conf_high": self.growth.high,
            "breaks": ", ".join(f"{d.period} ({d.low} to {d.high})" for d in dates),
            "sup_f_period": largest.period if largest else "",
            "sup_f_p": largest.p_value if largest else np.nan,
        }


@dataclass(frozen=True, eq=False, repr=False)
class Description(Table):
    """What series are like, in numbers: a description, no evidence that anything moved.

    Attributes
    ----------
    indicator, unit : str
        What is measured, and in what.
    series : tuple of SeriesDescription
        Every series: of a design origin, destination and donors, else all units.
    pair : PairDescription or None
        Shares, log ratio and log total, and the accounts of the change; None without two sides.
    onset : str
        First period from the onset on; "" where none is known.
    level : float
        Level of the limits.
    notes : tuple of str
        What to know before reading the numbers.
    """

    indicator: str
    unit: str
    series: tuple[SeriesDescription, ...]
    pair: PairDescription | None
    onset: str
    level: float
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> SeriesDescription:
        """Return what is said of one series."""
        known = {found.series.name: found for found in self.series}
        if name not in known:
            message = f"no series {name!r}; there are: {', '.join(known)}"
            raise KeyError(message)
        return known[name]

    @property
    def breaks(self) -> tuple[StructuralBreaks, ...]:
        """The breaks of all series that have them, then of the pair's log total and log ratio."""
        own = tuple(found.breaks for found in self.series if found.breaks is not None)
        return own + (self.pair.breaks if self.pair else ())

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each series, growth in per cent a year, labelled as description."""
        rows = [found.row() | {"unit": self.unit} for found in self.series]
        return pd.DataFrame(rows).assign(reads_as="description")

    def tests_frame(self) -> pd.DataFrame:
        """Return one row for each series and test of breaks."""
        return _together([found.to_frame() for found in self.breaks])

    def dates_frame(self) -> pd.DataFrame:
        """Return one row for each break, with the limits of its date."""
        return _together([found.dates_frame() for found in self.breaks])


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return frames below each other; those without rows say nothing."""
    kept = [frame for frame in frames if len(frame)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
