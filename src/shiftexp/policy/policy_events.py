"""PolicyEvents: what every dated event did in both countries and beyond, a row for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from shiftexp.inference.multiplicity import AdjustedPValues
from shiftexp.policy.leakage import Leak
from shiftexp.policy.policy_event import PolicyEvent
from shiftexp.result import ESTIMANDS, SIDES, Estimate
from shiftexp.scalars import error_rate, plural
from shiftexp.table import Table, format_number

_MOST_NAMED = 6
_NOWHERE = Leak("", reason="no third country named, and no near one in the panel")
_LONGEST = 90  # letters of a name in the summary; the table holds all of it


@dataclass(frozen=True, eq=False, repr=False)
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
        """Events with a study of both sides, or of one."""
        return tuple(row for row in self.rows if row.studied)

    @property
    def drawable(self) -> bool:
        """Whether any event has an estimate of either side."""
        found = (row.estimate(side) for row in self.usable for side in SIDES)
        return any(e is not None and not math.isnan(e.estimate) for e in found)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each event."""
        return pd.DataFrame([self._row(row) for row in self.rows])

    @property
    def leakage(self) -> pd.DataFrame:
        """One row for each event and third country."""
        rows = [
            {"event": row.dated.name, "onset": row.onset, "from": row.names[0]} | vars(leak)
            for row in self.usable
            for leak in row.leakage or (_NOWHERE,)
        ]
        fields = list(Leak.__dataclass_fields__)
        return pd.DataFrame(rows, columns=["event", "onset", "from", *fields])

    def summary(self) -> str:
        """Return the events in words: those with a study first, then why the others have none."""
        title = self.sentence()
        lines = [title, "=" * len(title)]
        for row in self.usable:
            lines += ["", *self._words(row)]
        without = [row for row in self.rows if not row.studied]
        if without:
            lines += ["", "Without a study:"]
        for row in without:
            date = row.dated.date or "no date"
            lines.append(f"  - {date}, {_short(row.dated.name)}: {row.reason}")
        return "\n".join([*lines, "", "Keep in mind:", *(f"  - {note}" for note in self.notes)])

    def sentence(self) -> str:
        """Say how many events have a study, of what."""
        both = sum(row.verdict is not None for row in self.rows)
        return (
            f"{self.name}: {plural(len(self.rows), 'event')}, {both} with a study of both sides, "
            f"{len(self.usable) - both} of one side at a time"
        )

    def adjusted_p(self, row: PolicyEvent, side: str) -> float:
        """Return the p of one side of an event among all tests of the table."""
        return self._held.get(row.test(side), math.nan)

    @cached_property
    def _held(self) -> dict[str, float]:
        """The adjusted p by the name of the test."""
        if self.adjusted is None:
            return {}
        return dict(zip(self.adjusted.names, self.adjusted.adjusted.tolist(), strict=True))

    def _row(self, row: PolicyEvent) -> dict[str, object]:
        """Return one row of the table."""
        found: dict[str, object] = {
            "date": row.dated.date,
            "event": row.dated.name,
            "country": row.dated.country,
            "kind": row.dated.kind,
            "direction": row.direction,
            "onset": row.onset,
            "studied": row.studied,
            "reason": row.reason,
            "origin_unit": row.names[0],
            "destination_unit": row.names[1],
        }
        for estimand in ESTIMANDS:
            found |= _numbers(row, estimand)
        for side in SIDES:
            found[f"{side}_p_adjusted"] = self.adjusted_p(row, side)
            found[f"{side}_undone_by_detection"] = row.undone_by(side)
        return found | {
            "total": row.total,
            "sectors": row.sectors,
            "refused": "; ".join(row.refused),
            "rose_elsewhere": row.rose(error_rate(self.level)),
            "same_onset": "; ".join(row.together),
            "inside_window": "; ".join(row.inside),
        }

    def _words(self, row: PolicyEvent) -> list[str]:
        """Return one event with a study in words."""
        how = f"{row.direction}; onset {row.onset}; {row.studied}"
        lines = [f"{row.dated.date}, {_short(row.dated.name)} ({how})"]
        for side, name in zip(SIDES, row.names, strict=True):
            if name:
                lines.append(f"  {name} ({side}): {self._side(row, side)}")
        if row.verdict is not None:
            lines.append(f"  both together: {self._estimate(row, 'net')}; {row.total}")
            lines.append(f"  sectors left: {row.sectors}")
        else:
            lines.append(f"  no study of both sides: {row.reason}")
        lines += [f"  refused: {reason}" for reason in row.refused]
        if rose := row.rose(error_rate(self.level)):
            lines.append(f"  third countries that rose (a pattern, not a flow): {rose}")
        if row.together:
            lines.append(f"  at the same time, not to be told apart: {_named(row.together)}")
        if row.inside:
            lines.append(f"  also inside the window: {_named(row.inside)}")
        return lines

    def _estimate(self, row: PolicyEvent, estimand: str) -> str:
        """Return one estimate in words."""
        found = row.estimate(estimand)
        if found is None or math.isnan(found.estimate):
            return "not studied" if found is None else "not identified"
        value, p = format_number(found.estimate), format_number(found.p_value)
        return f"{value} ({ends_words(found)}) {self.unit}, p = {p}"

    def _side(self, row: PolicyEvent, side: str) -> str:
        """Return the effect on one side in words, with what would undo it."""
        said = self._estimate(row, side)
        if row.estimate(side) is None:
            return said
        said += f", {format_number(self.adjusted_p(row, side), 2)} among all tests"
        undone = row.undone_by(side)
        if math.isnan(undone):
            return said
        return f"{said}; detection x {format_number(undone, 3)} alone would make it"


def _numbers(row: PolicyEvent, estimand: str) -> dict[str, object]:
    """Return estimate, set and p of one estimand."""
    keys = (estimand, f"{estimand}_low", f"{estimand}_high", f"{estimand}_set", f"{estimand}_p")
    found = row.estimate(estimand)
    if found is None:
        return dict(zip(keys, (math.nan, math.nan, math.nan, "none", math.nan), strict=True))
    ends = (found.conf_low, found.conf_high, found.conf_kind)
    return dict(zip(keys, (found.estimate, *ends, found.p_value), strict=True))


def ends_words(found: Estimate) -> str:
    """Return a set in words, or why there is none."""
    low, high = format_number(found.conf_low), format_number(found.conf_high)
    ends = f"{low} to {high}"
    sets = {"interval": ends, "hull": ends, "complement": f"outside {ends}", "line": "any value"}
    return sets.get(found.conf_kind, f"no interval: {found.inference}")


def _short(name: str) -> str:
    """Return the start of a long name."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 3].rstrip()}..."


def _named(names: tuple[str, ...]) -> str:
    """Return the first of several names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    said = "; ".join(map(_short, names[:_MOST_NAMED]))
    return f"{said}; and {more} more" if more > 0 else said
