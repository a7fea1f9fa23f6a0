"""Design: the study said once, and what it makes of a panel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from shiftexp.design.casing import placebo_onsets, placebo_units, study_cases
from shiftexp.design.declaration import Declaration, Units
from shiftexp.design.gate import Gate, data_gate
from shiftexp.design.reading import Window, read_window
from shiftexp.kernels.cases import Cases
from shiftexp.panel import Panel


@dataclass(frozen=True, kw_only=True)
class Design(Declaration):
    """Who is origin, who is destination, from when on, against whom, and which values may speak.

    Parameters
    ----------
    origin, destination : str, tuple of str, or None
        Unit names; several are summed (rates: averaged); None makes a one-unit study.
    onset : int, str, or tuple of two
        First treated period, or a range (first, last) of candidates.
    basis : {"event", "observed"}, default "event"
        Where the onset comes from: a dated event, or the series themselves; ``observed`` needs a
        range.
    start, end : int or str, optional
        First and last period of the window.
    exclude : tuple, default ()
        Periods inside the window that are left out.
    breaks : "refuse", "dummy", "split", or tuple of "period:unit:treatment"
        What to do at values flagged ``break``: a free step from there on, or keep only the regime
        that holds the onset. ``refuse`` fails at any break that is not treated by name.
    donors : tuple of str, default ()
        Clean comparison units, by name.
    allow : tuple of str, default ()
        Near donors, or parts of origin or destination, that are knowingly allowed among the donors.
    quality : tuple of str, optional
        Flags of the values that may be used; the others count as missing and are named. When it is
        not given, flagged values in the window are refused instead.
    event : str, default ""
        The event behind the onset, in words.
    because : str, default ""
        Why the study is declared like this.

    Raises
    ------
    DesignError
        When no side is named, or origin and destination share a unit.
    DesignError
        When origin or destination, or a part of one, is among the donors and not allowed by name.
    DesignError
        When ``basis``, ``breaks`` or ``quality`` holds an unknown word.
    DesignError
        When ``basis="observed"`` comes without a range, or a range is longer than two.

    Examples
    --------
    >>> design = Design(
    ...     origin="NL", destination="BE", onset=(2012, 2015), basis="observed", start=2002
    ... )
    >>> design.reversed().origin
    'BE'
    """

    @classmethod
    def from_row(cls, row: Mapping[str, str], near: Collection[str] = ()) -> Design:
        """Return the design that a row of a table of declared designs stands for.

        Parameters
        ----------
        row : mapping of str to str
            Columns origin, destination, donors, onset_first, onset_last, basis, event, start, end,
            exclude, breaks, quality, because; several units joined with ``+``, other lists with
            ``;``.
        near : collection of str
            Units known as near donors; those named as donors in the row are knowingly allowed.
        """

        def listed(key: str, separator: str = ";") -> tuple[str, ...]:
            return tuple(part for part in row[key].split(separator) if part)

        def side(key: str) -> Units:
            units = listed(key, "+")
            return None if not units else units[0] if len(units) == 1 else units

        first, last = row["onset_first"], row["onset_last"]
        donors = listed("donors")
        return cls(
            origin=side("origin"),
            destination=side("destination"),
            onset=first if first == last else (first, last),
            basis="observed" if row["basis"] == "observed" else "event",
            start=row["start"],
            end=row["end"],
            exclude=listed("exclude"),
            breaks=listed("breaks"),
            donors=donors,
            allow=tuple(unit for unit in donors if unit in near),
            quality=listed("quality"),
            event=row["event"],
            because=row["because"],
        )

    def reversed(self) -> Design:
        """Return the design with origin and destination exchanged."""
        return replace(self, origin=self.destination, destination=self.origin)

    def only(self, side: Literal["origin", "destination"]) -> Design:
        """Return the one-unit study of one side: same onset, window and donors, its own breaks."""
        kept = self.origin_units if side == "origin" else self.destination_units
        breaks = self.breaks
        if not isinstance(breaks, str):
            named = zip(breaks, self.declared_breaks, strict=True)
            breaks = tuple(text for text, declared in named if declared.unit in kept)
        if side == "origin":
            return replace(self, breaks=breaks, destination=None)
        return replace(self, breaks=breaks, origin=None)

    def window(self, panel: Panel) -> Window:
        """Return what the design sees of a panel: values, joint periods, breaks, what is left out.

        Parameters
        ----------
        panel : Panel
            One indicator.

        Raises
        ------
        DesignError
            When units, periods, donors, breaks or quality flags do not fit the panel; all are
            listed at once.
        """
        return read_window(self, panel)

    def gate(self, panel: Panel) -> Gate:
        """Return whether the data can carry a model of this design, and every reason why not.

        Parameters
        ----------
        panel : Panel
            One indicator.

        Raises
        ------
        DesignError
            When a unit or a period is unknown to the panel.
        """
        return data_gate(self, panel)

    def cases(self, panel: Panel) -> Cases:
        """Return the study as one case: candidates but the last are neither before nor after.

        Parameters
        ----------
        panel : Panel
            One indicator.

        Raises
        ------
        DesignError
            When the design does not fit the panel.
        """
        return study_cases(self.window(panel))

    def placebos(self, panel: Panel, over: Literal["units", "onsets"] = "units") -> Cases:
        """Return cases in which nothing happened: pairs of donors, or earlier onsets.

        Parameters
        ----------
        panel : Panel
            One indicator.
        over : {"units", "onsets"}, default "units"
            Ordered pairs of donors in place of origin and destination, or onsets inside the
            pre-period.

        Raises
        ------
        DesignError
            When there are too few donors or too few periods for a single placebo.
        """
        window = self.window(panel)
        return placebo_units(window) if over == "units" else placebo_onsets(window)
