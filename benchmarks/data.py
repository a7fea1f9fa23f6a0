"""The data of the benchmarks: made with fixed seeds, or published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

import shiftexp as sx
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.error_draws import autoregressive_errors

FIRST_YEAR = 1960
_ORIGIN, _DESTINATION = "origin", "destination"


@dataclass(frozen=True, eq=False)
class Study:
    """One study as we and as the peers see it.

    Attributes
    ----------
    frame : DataFrame
        Columns unit, period, y.
    origin : str or None
        A second affected unit, which peers with one effect do not see.
    destination : str
        The affected unit.
    onset : int
        First period of the effect.
    unit_of_measure : str
        Of y.
    additive : bool
        Whether y may be summed.
    """

    frame: pd.DataFrame
    origin: str | None
    destination: str
    onset: int
    unit_of_measure: str = "kg"
    additive: bool = True

    def read(self) -> sx.Panel:
        """Return the panel: what the second column of times includes."""
        return sx.Panel.from_frame(
            self.frame,
            unit="unit",
            period="period",
            value="y",
            unit_of_measure=self.unit_of_measure,
            additive=self.additive,
        )

    @cached_property
    def panel(self) -> sx.Panel:
        """The ready panel."""
        return self.read()

    @cached_property
    def design(self) -> sx.Design:
        """The study said once."""
        sides = (self.origin, self.destination)
        donors = tuple(unit for unit in self.panel.units if unit not in sides)
        return sx.Design(
            origin=self.origin, destination=self.destination, onset=self.onset, donors=donors
        )

    @cached_property
    def for_peers(self) -> pd.DataFrame:
        """The frame without the origin, with what peers ask for.

        ``affected`` marks the unit, ``after`` the periods, ``exposed`` both; ``start`` is the onset
        of the unit (0 for never), ``event`` its event time (-1 for all others).
        """
        frame = self.frame[self.frame["unit"] != self.origin].reset_index(drop=True)
        affected, after = frame["unit"] == self.destination, frame["period"] >= self.onset
        return frame.assign(
            affected=affected.astype(int),
            after=after.astype(int),
            exposed=(affected & after).astype(int),
            start=np.where(affected, self.onset, 0),
            event=np.where(affected, frame["period"] - self.onset, -1),
        )

    @property
    def periods_after(self) -> list[Any]:
        """Labels of the periods from the onset on."""
        periods = sorted(self.frame["period"].unique())
        return [period for period in periods if period >= self.onset]


@cache
def parallel_panel(units: int, periods: int, seed: int) -> Study:
    """Return units that move in parallel up to AR(1) errors, an origin and a destination.

    Peers see ``units`` of them, the destination among them; the origin comes on top.
    """
    rng = np.random.default_rng(seed)
    own, shared = rng.normal(20, 3, (units + 1, 1)), rng.normal(0, 1, (1, periods)).cumsum(axis=1)
    y = own + shared + autoregressive_errors((units + 1, periods), 0.4, rng)
    return _study(y, periods // 2, effects=(-1.0, 1.0))


@cache
def factor_panel(donors: int, periods: int, before: int, seed: int) -> Study:
    """Return a destination and donors that load on the same two random walks."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(2, periods)).cumsum(axis=1)
    loadings = rng.uniform(0.2, 1.0, (donors + 1, 2))
    y = 20 + loadings @ factors + rng.normal(0, 0.3, (donors + 1, periods))
    return _study(y, before, effects=(2.0,))


@cache
def drifting_series(periods: int, before: int, seed: int) -> Study:
    """Return a destination with a drifting level and slope, and two donors that drive it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, periods)).cumsum(axis=1)
    slope = rng.normal(0, 0.02, periods).cumsum()
    level = 20 + (slope + rng.normal(0, 0.3, periods)).cumsum()
    y = level + np.array([1.0, 0.5]) @ x + rng.normal(0, 0.5, periods)
    return _study(np.vstack([y, x]), before, effects=(3.0,))


@cache
def california() -> Study:
    """Return Proposition 99: packs a head in 39 states; Nevada is taken as the origin."""
    import synthdid

    names = {"State": "unit", "Year": "period", "PacksPerCapita": "y"}
    frame = synthdid.load_california_prop99()[list(names)].rename(columns=names)
    return Study(frame, "Nevada", "California", 1989, "packs per head", additive=False)


def _study(y: Floats, before: int, effects: tuple[float, ...]) -> Study:
    """Return a study whose first rows are the affected units."""
    for row, effect in enumerate(effects):
        y[row, before:] += effect
    sides = (_ORIGIN, _DESTINATION)[-len(effects) :]
    names = [*sides, *(f"donor {k:04d}" for k in range(len(y) - len(effects)))]
    units, periods = y.shape
    frame = pd.DataFrame(
        {
            "unit": np.repeat(names, periods),
            "period": np.tile(np.arange(periods) + FIRST_YEAR, units),
            "y": y.ravel(),
        }
    )
    origin = _ORIGIN if len(effects) == 2 else None
    return Study(frame, origin, _DESTINATION, FIRST_YEAR + before)
