"""PolicyEvents: what every dated event did in both countries and beyond, a row for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import pandas as pd

from shiftexp.inference.multiplicity import AdjustedPValues
from shiftexp.plane import SECTOR_NAMES
from shiftexp.policy.dating import Dated
from shiftexp.policy.leakage import Leak
from shiftexp.result import SIDES
from shiftexp.scalars import error_rate, plural
from shiftexp.table import Table, format_number
from shiftexp.verdict import Verdict

Direction: TypeAlias = Literal["origin side", "destination side", "both sides"]
ESTIMANDS = ("origin", "destination", "net", "offset_ratio")
_MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class PolicyEvent:
    """One event, studied or not.

    Attributes
    ----------
    dated : Dated
        The event as written.
    direction : str
        Where the shock was: on the destination side the study runs in reverse.
    onset : str
        First period taken as after it; "" where there is none.
    partly : tuple of str
        Periods left out because they lie partly before it.
    verdict : Verdict or None
        What its study says; None without one.
    leakage : tuple of Leak
        Third countries as further destinations.
    reason : str
        Why there is no study; "" where there is one.
    together : tuple of str
        Other events that share the onset: their effects cannot be told apart.
    inside : tuple of str
        Other events with an onset inside the window.
    """

    dated: Dated
    direction: Direction
    onset: str = ""
    partly: tuple[str, ...] = ()
    verdict: Verdict | None = None
    leakage: tuple[Leak, ...] = ()
    reason: str = ""
    together: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, str]:
        """Origin and destination of its study; "" without one."""
        return self.verdict.results[0].paths.names if self.verdict else ("", "")

    def test(self, side: str) -> str:
        """Return the name of the test of one side: its onset and place; "" without one."""
        name = self.names[SIDES.index(side)]
        left = f" without {', '.join(self.partly)}" if self.partly else ""
        return f"{self.onset}{left}, {name}" if name else ""

    def tests(self) -> dict[str, float]:
        """Return the two-sided p of either side by the name of the test."""
        if self.verdict is None:
            return {}
        result = self.verdict.results[0]
        return {self.test(side): result[side].p_value for side in SIDES if self.test(side)}

    def undone_by(self, side: str) -> float:
        """Return the detection after over before that alone would make the whole effect."""
        if self.verdict is None:
            return math.nan
        return next(
            (
                point.value
                for point in self.verdict.tipping
                if point.side == side and point.statement.startswith("any change")
            ),
            math.nan,
        )


@dataclass(frozen=True, eq=False)
class PolicyEvents(Table):
    """Every dated event that concerns a cell: its study, or why there is none.

    Attributes
    ----------
    rows : tuple of PolicyEvent
        In order of date; those without a date last.
    adjusted : AdjustedPValues or None
        One test for each place and onset, Holm over all of them; None without any.
    level : float
        Confidence level of the sets.
    unit : str
        Unit of the effects.
    name : str
        The cell.
    notes : tuple of str
        How dates became onsets, and what such a table can and cannot say.
    """

    rows: tuple[PolicyEvent, ...]
    adjusted: AdjustedPValues | None
    level: float
    unit: str
    name: str
    notes: tuple[str, ...]

    @property
    def usable(self) -> tuple[PolicyEvent, ...]:
        """Events with a study."""
        return tuple(row for row in self.rows if row.verdict is not None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each event."""
        return pd.DataFrame([self._row(row) for row in self.rows])

    @property
    def leakage(self) -> pd.DataFrame:
        """One row for each event and third country."""
        rows = [
            {"event": row.dated.name, "onset": row.onset, "from": row.names[0]} | vars(leak)
            for row in self.usable
            for leak in row.leakage
        ]
        fields = list(Leak.__dataclass_fields__)
        return pd.DataFrame(rows, columns=["event", "onset", "from", *fields])

    def summary(self) -> str:
        """Return the events in words: those with a study first, then why the others have none."""
        title = f"{self.name}: {plural(len(self.rows), 'event')}, {len(self.usable)} with a study"
        lines = [title, "=" * len(title)]
        for row in self.usable:
            lines += ["", *self._words(row)]
        without = [row for row in self.rows if row.verdict is None]
        if without:
            lines += ["", "Without a study:"]
        for row in without:
            lines.append(f"  - {row.dated.date or 'no date'}, {row.dated.name}: {row.reason}")
        return "\n".join([*lines, "", "Keep in mind:", *(f"  - {note}" for note in self.notes)])

    def _row(self, row: PolicyEvent) -> dict[str, object]:
        """Return one row of the table."""
        found: dict[str, object] = {
            "date": row.dated.date,
            "event": row.dated.name,
            "country": row.dated.country,
            "kind": row.dated.kind,
            "direction": row.direction,
            "onset": row.onset,
            "usable": row.verdict is not None,
            "reason": row.reason,
            "origin_unit": row.names[0],
            "destination_unit": row.names[1],
        }
        for estimand in ESTIMANDS:
            found |= self._numbers(row, estimand)
        for side in SIDES:
            found[f"{side}_p_adjusted"] = self._held.get(row.test(side), math.nan)
            found[f"{side}_undone_by_detection"] = row.undone_by(side)
        found["total"] = self._total(row)
        found["sectors"] = _sectors(row.verdict)
        found["leakage"] = self._leaked(row)
        found["same_onset"] = "; ".join(row.together)
        found["inside_window"] = "; ".join(row.inside)
        return found

    @staticmethod
    def _numbers(row: PolicyEvent, estimand: str) -> dict[str, object]:
        """Return estimate, set and p of one estimand."""
        keys = (estimand, f"{estimand}_low", f"{estimand}_high", f"{estimand}_set", f"{estimand}_p")
        if row.verdict is None:
            return dict(zip(keys, (math.nan, math.nan, math.nan, "none", math.nan), strict=True))
        tidy = row.verdict.results[0].tidy()
        names = ["estimate", "conf_low", "conf_high", "conf_kind", "p_value"]
        numbers = tidy.loc[tidy["estimand"] == estimand, names].to_numpy(object)[0]
        return dict(zip(keys, numbers, strict=True))

    @cached_property
    def _held(self) -> dict[str, float]:
        """The adjusted p by the name of the test."""
        if self.adjusted is None:
            return {}
        return dict(zip(self.adjusted.names, self.adjusted.adjusted.tolist(), strict=True))

    def _total(self, row: PolicyEvent) -> str:
        """Say the sign of the total net effect as far as its set does."""
        numbers = self._numbers(row, "net")
        if numbers["net_set"] not in {"interval", "hull"}:
            return "" if row.verdict is None else "not identified"
        low, high = float(str(numbers["net_low"])), float(str(numbers["net_high"]))
        return "rose" if low > 0 else "fell" if high < 0 else "sign not known"

    def _leaked(self, row: PolicyEvent) -> str:
        """Name the third countries that rose, or say how many were looked at."""
        known = [leak for leak in row.leakage if not leak.reason]
        if not known:
            return ""
        rose = [leak.unit for leak in known if leak.received(error_rate(self.level))]
        return ", ".join(rose) if rose else f"not shown in any of {len(known)}"

    def _words(self, row: PolicyEvent) -> list[str]:
        """Return one event with a study in words."""
        shown = self._row(row)
        lines = [f"{row.dated.date}, {row.dated.name} ({row.direction}; onset {row.onset})"]
        for side, name in zip(SIDES, row.names, strict=True):
            if name:
                lines.append(f"  {name} ({side}): {self._estimate(shown, side)}")
        if all(row.names):
            total = self._estimate(shown, "net", held=False)
            lines.append(f"  both together: {total}; {shown['total']}")
        lines.append(f"  sectors left: {shown['sectors']}")
        if shown["leakage"]:
            lines.append(f"  further destinations: {shown['leakage']}")
        if row.together:
            lines.append(f"  same onset, not to be told apart: {_named(row.together)}")
        if row.inside:
            lines.append(f"  also inside the window: {_named(row.inside)}")
        return lines

    def _estimate(self, shown: dict[str, object], estimand: str, *, held: bool = True) -> str:
        """Return one estimate in words."""
        if shown[f"{estimand}_set"] == "none":
            return "not identified"
        keys = (estimand, f"{estimand}_low", f"{estimand}_high")
        value, low, high = (format_number(shown[key]) for key in keys)
        p = format_number(shown[f"{estimand}_p"], 2)
        said = f"{value} ({low} to {high}) {self.unit}, p = {p}"
        if not held:
            return said
        said += f", {format_number(shown[f'{estimand}_p_adjusted'], 2)} among all tests"
        undone = shown[f"{estimand}_undone_by_detection"]
        if isinstance(undone, float) and not math.isnan(undone):
            said += f"; detection x {format_number(undone, 3)} alone would make it"
        return said


def _sectors(verdict: Verdict | None) -> str:
    """Return the sectors that are left."""
    if verdict is None:
        return ""
    return "all" if len(verdict.sectors) == len(SECTOR_NAMES) else " or ".join(verdict.sectors)


def _named(names: tuple[str, ...]) -> str:
    """Return the first of several names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return "; ".join(names[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
