"""Origin and destination side by side: shares, log ratio, log total, and accounts of the change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shiftexp.description.breaking import (
    BreakSettings,
    breaks_of,
    series_problems,
    testable_date,
)
from shiftexp.description.decompositions import (
    ACCOUNTING,
    LogMeanDecomposition,
    ShiftShare,
    lmdi,
    shift_share,
)
from shiftexp.description.observed import Observed
from shiftexp.description.structural import StructuralBreaks
from shiftexp.design import Window
from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.panel import Calendar, Indicator
from shiftexp.scalars import plural
from shiftexp.table import Table

LOG_TOTAL, LOG_RATIO = "log total, O + D", "log ratio, D over O"
_TOGETHER = (
    "read log ratio and log total together: a shift moves the ratio and not the total, growth that "
    "both share the total and not the ratio, growth of one side both"
)
_NO_SUM = "values of both sides may not be summed: no total, no share, no accounts"


@dataclass(frozen=True, eq=False, repr=False)
class PairDescription(Table):
    """Both sides of a design by period, and exact accounts of the change: no evidence of a shift.

    Attributes
    ----------
    names : tuple of two str
        Origin and destination.
    calendar : Calendar
        The T periods.
    origin, destination : array of shape (T,)
        Values; NaN where one is missing.
    additive : bool
        Whether both may be summed.
    breaks : tuple of StructuralBreaks
        Those of log total and log ratio, where they have enough values.
    shares : tuple of ShiftShare
        Shift-share with the sum of both as reference, and with the donors where there are some;
        mean amounts before the onset and from it on.
    effects : tuple of LogMeanDecomposition
        LMDI-I of each side's change: growth of the total, and change of its share in it.
    notes : tuple of str
        What the numbers are not.
    """

    names: tuple[str, str]
    calendar: Calendar
    origin: Floats
    destination: Floats
    additive: bool
    breaks: tuple[StructuralBreaks, ...]
    shares: tuple[ShiftShare, ...]
    effects: tuple[LogMeanDecomposition, ...]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def total(self) -> Floats:
        """O + D; NaN where they may not be summed."""
        total = self.origin + self.destination
        return np.asarray(total if self.additive else np.full(len(total), np.nan))

    @property
    def share(self) -> Floats:
        """D / (O + D); NaN where both are zero."""
        total = self.total
        empty = np.full(len(total), np.nan)
        return np.asarray(np.divide(self.destination, total, out=empty, where=total > 0))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each period: both sides, total, share, log ratio and log total."""
        frame = pd.DataFrame(
            {
                "period": self.calendar.labels,
                "origin": self.origin,
                "destination": self.destination,
                "total": self.total,
                "share": self.share,
                "log_ratio": log_of(self.destination) - log_of(self.origin),
                "log_total": log_of(self.total),
            }
        )
        return frame.assign(reads_as="description")

    def accounts_frame(self) -> pd.DataFrame:
        """Return one row for each part of each account, labelled as accounting."""
        rows = [
            (f"shift-share against {found.reference}", name, part, float(values[i, 0]))
            for found in self.shares
            for i, name in enumerate(found.units)
            for part, values in (
                ("growth like the reference", found.national),
                ("relative shift", found.relative_shift),
            )
        ]
        rows += [
            ("LMDI-I", name, factor, float(effect))
            for name, found in zip(self.names, self.effects, strict=False)
            for factor, effect in zip(found.factors, found.effects, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=["account", "unit", "part", "amount"])
        return frame.assign(reads_as=ACCOUNTING)


def log_of(values: Floats) -> Floats:
    """Return logarithms; NaN where a value is missing or not above zero."""
    return np.log(values, out=np.full(len(values), np.nan), where=np.nan_to_num(values) > 0)


def describe_pair(
    window: Window,
    names: tuple[str, str],
    indicator: Indicator,
    known: int | None,
    settings: BreakSettings,
) -> PairDescription:
    """Return both sides of a design by period with the accounts of the change.

    Parameters
    ----------
    window : Window
        What the design sees, both sides among it.
    names : tuple of two str
        Origin and destination.
    indicator : Indicator
        What is measured.
    known : int, optional
        Position of the onset, where it is one period.
    settings : BreakSettings
        How breaks are looked for.
    """
    additive = indicator.additive and indicator.comparable
    origin, destination = np.where(np.isfinite(window.pair).all(axis=0), window.pair, np.nan)
    notes = [_TOGETHER] if additive else [_NO_SUM]
    pair = PairDescription(
        names, window.calendar, origin, destination, additive, (), (), (), tuple(notes)
    )
    shares, effects, why = _accounts(window, names) if additive else ((), (), ())
    zeros = int((np.minimum(origin, destination) <= 0).sum())
    if zeros:
        some = plural(zeros, "period")
        has = "has" if zeros == 1 else "have"
        notes.append(f"{some} in which a side is not above zero {has} no log ratio")
    notes += [found.note for found in shares]
    breaks, missing = _breaks(pair, known, settings)
    return replace(
        pair, breaks=breaks, shares=shares, effects=effects, notes=(*notes, *why, *missing)
    )


def _breaks(
    pair: PairDescription, known: int | None, settings: BreakSettings
) -> tuple[tuple[StructuralBreaks, ...], tuple[str, ...]]:
    """Return the breaks of log total and log ratio, and why one of them has none."""
    frame = pair.to_frame()
    level = replace(settings, scale="level")
    columns = {LOG_TOTAL: "log_total"} if pair.additive else {}
    columns[LOG_RATIO] = "log_ratio"
    found, missing = [], []
    for name, column in columns.items():
        series = Observed.of(name, frame[column].to_numpy(float), pair.calendar)
        if problems := series_problems(series, None, level):
            missing += [f"no breaks of the {name}: {problem.given}" for problem in problems]
        else:
            found.append(breaks_of(series, testable_date(series, known, level), level))
    return tuple(found), tuple(missing)


def _accounts(
    window: Window, names: tuple[str, str]
) -> tuple[tuple[ShiftShare, ...], tuple[LogMeanDecomposition, ...], tuple[str, ...]]:
    """Return shift-share and LMDI-I of mean amounts, and why there are none."""
    late = np.arange(len(window.joint)) >= window.onsets[-1]
    before, after = (_means(window.pair, window.joint & part) for part in (~late, late))
    if not (np.minimum(before, after) > 0).all():
        return (), (), ("a side without amounts before or after the onset: no accounts",)
    index = list(names)
    amounts = [pd.DataFrame({"all": means}, index=index) for means in (before, after)]
    shares = [shift_share(*amounts)]
    donors = _donor_means(window, late)
    if donors is not None:
        free = shift_share(*amounts, reference=donors)
        shares.append(replace(free, reference="the donors"))
    effects = tuple(
        lmdi(
            {"growth of the total": before.sum(), "change of the share": before[i] / before.sum()},
            {"growth of the total": after.sum(), "change of the share": after[i] / after.sum()},
        )
        for i in range(len(names))
    )
    return tuple(shares), effects, ()


def _means(values: Floats, periods: Booleans) -> Floats:
    """Return means over periods, 0 where there are none."""
    return np.asarray(values[:, periods].mean(axis=1)) if periods.any() else np.zeros(len(values))


def _donor_means(window: Window, late: Booleans) -> tuple[Floats, Floats] | None:
    """Return summed means of the donors seen in all joint periods; None where there is none."""
    whole = window.donors[np.isfinite(window.donors[:, window.joint]).all(axis=1)]
    before, after = (
        _means(whole, window.joint & part).sum(keepdims=True) for part in (~late, late)
    )
    return (before, after) if before[0] > 0 else None
