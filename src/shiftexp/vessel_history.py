"""Two vessels over time: what they are made of, what may have flowed, and how sure spreads are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shiftexp.flow import CONSERVED, SIGNS
from shiftexp.kernels.cases import Booleans, Floats, lock
from shiftexp.kernels.sd_masses import SdMasses
from shiftexp.kernels.vessel_histories import HistoryParts
from shiftexp.panel import Calendar
from shiftexp.result import SIDES
from shiftexp.table import Table

NONE, MOST = "no flow", "the most that can have flowed"
PARTS = (
    "own_growth",
    "common_growth",
    "flow",
    "own_change",
    "detection",
    "reporting_breaks",
    "noise",
)


@dataclass(frozen=True, eq=False, repr=False)
class VesselHistory(Table):
    """Origin and destination over time as the model sees them, in level units per year.

    What the push added to a side is its flow and its own change at the onset together: data alone
    do not part them. Columns and tables therefore say which flow they believe in.

    Attributes
    ----------
    calendar : Calendar
        The T periods.
    names : tuple of two str
        Origin and destination.
    observed : array of shape (2, T)
        What was seen; NaN where a value is missing.
    used : array of shape (T,)
        Periods that the model learned from.
    free : HistoryParts
        Posterior means of the parts where either side has a change at the onset of its own.
    conserved : HistoryParts
        The same if nothing else changed at the onset: what left is what arrived.
    unit_flow : array of shape (2, T)
        What a flow adds to either side, per unit arrived by the end.
    most : float
        The most that can have arrived by the end: the upper limit of the flow.
    onsets : tuple of two int
        Positions of the first and the last candidate for the onset.
    lags : tuple of (int, float)
        Lags in periods, with the parts that arrive after them, posterior means.
    breaks : tuple of (side, position)
        Reporting breaks that were fitted as steps: 0 is the origin, 1 the destination.
    unit : str
        Unit of all amounts.
    level : float
        Level of the limits of the flow.

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(flow=40, rng=1)
    >>> vessels = sx.CommunicatingVessels(lags=(0,)).fit(panel, design).vessels
    >>> list(vessels.decomposition()["belief"].unique())
    ['no flow', 'the most that can have flowed', 'if nothing else changed at the onset']
    """

    calendar: Calendar
    names: tuple[str, str]
    observed: Floats
    used: Booleans
    free: HistoryParts
    conserved: HistoryParts
    unit_flow: Floats
    most: float
    onsets: tuple[int, int]
    lags: tuple[tuple[int, float], ...]
    breaks: tuple[tuple[int, int], ...]
    unit: str
    level: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        lock(self)

    @property
    def without_change(self) -> Floats:
        """Both sides without what the push added: level, drift, breaks and walks, (2, T)."""
        return self.free.fitted - self.free.moved

    @property
    def noise(self) -> Floats:
        """What was observed beside what was fitted, (2, T); NaN where a period is not used."""
        return np.where(self.used, self.observed - self.free.fitted, np.nan)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each side and period.

        The observed value is own_path + common_walk + change + noise, fitted is that without the
        noise. Own_path is level, drift, seasons, reporting breaks and own walk. Of the change since
        the onset, flow_most is the part that at most left or arrived; at least it is nothing.
        """
        free, common = self.free, self.free.common
        columns = {
            "observed": self.observed,
            "own_path": self.without_change - common,
            "common_walk": common,
            "change": free.moved,
            "flow_most": self.most * self.unit_flow,
            "fitted": free.fitted,
            "noise": self.noise,
        }
        frames = [
            pd.DataFrame(
                {
                    "side": side,
                    "unit": name,
                    "period": self.calendar.labels,
                    "used": self.used,
                }
                | {column: values[k] for column, values in columns.items()}
            )
            for k, (side, name) in enumerate(zip(SIDES, self.names, strict=True))
        ]
        return pd.concat(frames, ignore_index=True)

    @property
    def compared(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Positions of the last year before the onset and of the last year: periods used."""
        used, year = np.flatnonzero(self.used), self.calendar.per_year
        before, after = used[used < self.onsets[0]], used[used >= self.onsets[1]]
        return tuple(before[-year:].tolist()), tuple(after[-year:].tolist())

    def decomposition(self) -> pd.DataFrame:
        """Return what the change of either side is made of, a row for each belief and side.

        The change is that from the last year before the onset to the last year of the window,
        periods that are used alone; in a row the parts add up to it. Own growth is drift and own
        walk (and what is left of seasons where a year is incomplete). The flow is what had left or
        arrived by the last year, under the belief named: nothing, the most that can have flowed, or
        the estimate if nothing else changed at the onset. Under the first two, own_change is the
        rest of the mean change at the onset: it is of the other sign where the most that can have
        flowed is more than the mean change. The third is a fit of its own, in which steps of
        detection are as likely as the model was told.

        Returns
        -------
        DataFrame
            belief, assumptions, side, unit; own_growth, common_growth, flow, own_change, detection,
            reporting_breaks, noise; change, their sum.
        """
        rows = []
        for belief, because, parts, flow in self._beliefs():
            noise = self.observed - parts.fitted
            arrays = (
                parts.line + parts.own,
                parts.common,
                flow,
                parts.moved - flow,
                parts.detection,
                parts.steps,
                noise,
                self.observed,
            )
            changes = np.array([self._change(values) for values in arrays])
            rows += [
                (belief, because, side, name, *changes[:, k].tolist())
                for k, (side, name) in enumerate(zip(SIDES, self.names, strict=True))
            ]
        columns = ["belief", "assumptions", "side", "unit", *PARTS, "change"]
        return pd.DataFrame(rows, columns=columns)

    def _beliefs(self) -> tuple[tuple[str, str, HistoryParts, Floats], ...]:
        """Return beliefs in the flow: what they assume, the fit, and what it moved by period."""
        return (
            (NONE, SIGNS, self.free, np.zeros_like(self.unit_flow)),
            (MOST, SIGNS, self.free, self.most * self.unit_flow),
            (CONSERVED, CONSERVED, self.conserved, self.conserved.moved),
        )

    def _change(self, values: Floats) -> Floats:
        """Return the change of values (2, T) between the years compared, shape (2,)."""
        before, after = (values[:, list(where)].mean(axis=1) for where in self.compared)
        return np.asarray(after - before)


@dataclass(frozen=True, eq=False, repr=False)
class VesselVariances(Table):
    """Standard deviations of walks and noise: what was believed before the data, and after.

    Attributes
    ----------
    spreads : mapping from str to SdMasses
        Values of each standard deviation in level units per year, with prior and posterior masses:
        "own walk", "common walk" and "noise", with the places or the indicator where these have
        their own.
    unit : str
        Unit of the values.
    period : str
        What a step of the walks and a value of the noise last: "year", "quarter" or "month".
    """

    spreads: Mapping[str, SdMasses]
    unit: str
    period: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each value: spread, value, prior and posterior mass, unit."""
        frames = [
            pd.DataFrame(
                {
                    "spread": said,
                    "value": found.value,
                    "prior": found.prior,
                    "posterior": found.posterior,
                    "unit": self.unit,
                }
            )
            for said, found in self.spreads.items()
        ]
        return pd.concat(frames, ignore_index=True)

    def means(self) -> pd.DataFrame:
        """Return prior and posterior mean of each standard deviation."""
        rows = [
            (said, found.value @ found.prior, found.value @ found.posterior, self.unit)
            for said, found in self.spreads.items()
        ]
        return pd.DataFrame(rows, columns=["spread", "prior", "posterior", "unit"])
