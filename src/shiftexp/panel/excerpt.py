"""The first rows of a long table, with a line that says how much there is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shiftexp.table import Table, escape_html

SHOWN = 20


@dataclass(frozen=True, eq=False, repr=False)
class Excerpt(Table):
    """The first twenty rows of a frame under a title.

    Parameters
    ----------
    title : str
        What the table is.
    frame : pandas.DataFrame
        All of its rows.

    Examples
    --------
    >>> print(Excerpt("one unit", pd.DataFrame({"unit": ["BE"], "value": [3.5]})))
    one unit
    unit  value
    BE    3.5
    """

    title: str
    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the rows shown."""
        return self.frame.head(SHOWN)

    @property
    def rest(self) -> str:
        """How many rows are not shown, empty when all are."""
        more = len(self.frame) - SHOWN
        return f"... {more:,} more rows" if more > 0 else ""

    def __str__(self) -> str:
        """Show title, rows and rest on a terminal."""
        return "\n".join(filter(None, (self.title, super().__str__(), self.rest)))

    def _repr_html_(self) -> str:
        """Show title, rows and rest in a notebook."""
        rest = f"<p>{escape_html(self.rest)}</p>" if self.rest else ""
        return f"<p>{escape_html(self.title)}</p>{self.to_html()}{rest}"
