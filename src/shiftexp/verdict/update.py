"""What an update says: a verdict before and after new periods, and whether these were expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd

from shiftexp.bounds import ShiftShareBounds
from shiftexp.design import Gate
from shiftexp.kernels.cases import Floats, lock
from shiftexp.plane import SECTOR_NAMES
from shiftexp.prediction import Prediction
from shiftexp.result import Estimate, Result
from shiftexp.scalars import plural
from shiftexp.table import Table, format_number
from shiftexp.verdict.claims import Claim


class Weighed(Protocol):
    """What an update reads of a verdict, which is a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def results(self) -> tuple[Result, ...]:
        """Specifications, the primary one first."""

    @property
    def gate(self) -> Gate | None:
        """Answer of the data gate, where it was given by itself."""

    @property
    def name(self) -> str:
        """The cell."""

    @property
    def state(self) -> str:
        """What was said in one word."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors not excluded."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The ladder of claims."""

    @property
    def bounds(self) -> ShiftShareBounds | None:
        """Limits on flow and shift share."""


V = TypeVar("V", bound=Weighed)


@dataclass(frozen=True)
class Revision:
    """A value that the newer panel holds otherwise than the earlier one did.

    Attributes
    ----------
    indicator, unit, period : str
        Which value; ", standard error" or ", exposure" behind the indicator where it is one.
    before, after : float
        The value then and now; NaN where there is none.
    flag_before, flag_after : str
        Its quality flag then and now; "" of a standard error or an exposure.
    """

    indicator: str
    unit: str
    period: str
    before: float
    after: float
    flag_before: str
    flag_after: str

    def __str__(self) -> str:
        """Say what it was and what it is."""
        then, now = (
            "missing" if np.isnan(value) else format_number(value) + f" ({flag})" * bool(flag)
            for value, flag in ((self.before, self.flag_before), (self.after, self.flag_after))
        )
        return f"{self.unit}, {self.period}, {self.indicator}: {then}, now {now}"


@dataclass(frozen=True, eq=False, repr=False)
class Update(Table, Generic[V]):
    """A verdict before and after new periods, and whether these were as expected.

    Attributes
    ----------
    before, after : Verdict
        The same declared study, evidence, detection and margin; ``after`` has a longer window.
    restated : Verdict or None
        The earlier window with the revised values, where values were revised.
    issued : Prediction
        What was expected of the new periods.
    observed : array of shape (2, h)
        What came; NaN where a side is missing.
    revisions : tuple of Revision
        Earlier values that have changed.
    notes : tuple of str
        What must be known of this comparison.
    """

    before: V
    after: V
    restated: V | None
    issued: Prediction
    observed: Floats
    revisions: tuple[Revision, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def outside(self) -> tuple[tuple[str, str], ...]:
        """Sides and periods whose value lies outside what was issued."""
        found = self.news[self.news["answer"] == "outside"]
        return tuple(zip(found["unit"], found["period"], strict=True))

    @property
    def alarm(self) -> bool:
        """Whether a new value lies outside the interval that was issued before it."""
        return bool(self.outside)

    @property
    def news(self) -> pd.DataFrame:
        """One row for each side and new period: what was expected, what came, and the answer."""
        frame = self.issued.to_frame()
        present = [bool(name) for name in self.issued.names]
        came = self.observed[present].ravel()
        inside = self.issued.holds(self.observed)[present].ravel()
        answer = np.where(np.isnan(came), "not observed", np.where(inside, "inside", "outside"))
        return frame.assign(observed=came, answer=answer)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each thing a verdict says: before, after, and whether it changed."""
        then, now = _said(self.before), _said(self.after)
        said = [then, now]
        columns = ["what", "before", "after"]
        if self.restated is not None:
            said.insert(1, _said(self.restated))
            columns.insert(2, "before, revised")
        keys = list(dict.fromkeys(key for table in said for key in table))
        rows = [(key, *(table.get(key, "") for table in said)) for key in keys]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.assign(changed=frame["before"] != frame["after"])

    def summary(self) -> str:
        """Return in words what came, whether it was expected, and what changed."""
        title = f"{self.before.name or 'Verdict'}: {', '.join(self.issued.labels)}"
        changed = self.to_frame()
        lines = [title, "=" * len(title), self._headline(), "", *self._came()]
        lines += ["", "What changed:"]
        lines += [
            f"  - {what}: {then} -> {now}"
            for what, then, now in changed.loc[
                changed["changed"], ["what", "before", "after"]
            ].to_numpy()
        ] or ["  - nothing"]
        if self.revisions:
            lines += ["", f"{plural(len(self.revisions), 'earlier value')} revised:"]
            lines += [f"  - {revision}" for revision in self.revisions]
        return "\n".join([*lines, "", "Keep in mind:", *(f"  - {note}" for note in self.notes)])

    def _came(self) -> list[str]:
        """Return a line for each side and new period."""
        lines = []
        for row in self.news.to_dict("records"):
            low, high, came = (format_number(row[key]) for key in ("low", "high", "observed"))
            said = f"{came}, {row['answer']}" if row["answer"] != "not observed" else "no value"
            ends = f"expected {low} to {high} {self.issued.unit}"
            lines.append(f"  {row['unit']}, {row['period']}: {ends}; came {said}")
        return lines

    def _headline(self) -> str:
        """Say whether there is an alarm, and what one means."""
        error = f"{1 - self.issued.level:.2g}"
        if not self.alarm:
            return (
                "No alarm: every new value lies inside what was issued. That is what the study as "
                "fitted leads to, not a proof of it."
            )
        where = "; ".join(f"{unit}, {period}" for unit, period in self.outside)
        return (
            f"ALARM: {where} outside what was issued. Without any change this happens in "
            f"{error} of updates: look for a new event, a new way of counting, or an effect that "
            "did not go on as fitted, before reading the new verdict."
        )


def _said(verdict: Weighed) -> dict[str, str]:
    """Return everything a verdict says, by name."""
    left = "all" if len(verdict.sectors) == len(SECTOR_NAMES) else " or ".join(verdict.sectors)
    found = {"state": verdict.state, "sectors": left}
    found |= {f"claim: {claim.name}": claim.status for claim in verdict.claims}
    if verdict.bounds is not None:
        low, high = verdict.bounds.low, verdict.bounds.high
        found["shift share"] = f"{format_number(low)} to {format_number(high)}"
    if verdict.results:
        for row in verdict.results[0].tidy().itertuples(index=False):
            found[f"effect: {row.estimand}"] = _number(Estimate(*row))
    return found


def _number(estimate: Estimate) -> str:
    """Return an estimate with its set."""
    if np.isnan(estimate.estimate):
        return "not identified"
    ends = f"{format_number(estimate.conf_low)} to {format_number(estimate.conf_high)}"
    sets = {"interval": ends, "hull": ends, "complement": f"outside {ends}", "line": "any value"}
    return f"{format_number(estimate.estimate)} ({sets.get(estimate.conf_kind, 'no interval')})"
