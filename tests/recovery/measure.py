"""What a measured number is: the cell it belongs to, the rate itself, the errors drawn."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from shiftexp import InterruptedTimeSeries
from shiftexp.design import Design
from shiftexp.estimators.did import DifferenceInDifferences
from shiftexp.kernels.cases import Booleans, Floats
from shiftexp.kernels.error_draws import AUTOREGRESSIVE, LOCAL_LEVEL
from shiftexp.panel import Panel

DEVELOPMENT_SEED = 1
FINAL_SEED = 9437
# Tables whose methods changed after the final seed was run have a later one of their own.
LATER_SEEDS = {
    **dict.fromkeys(("conformal", "families", "wrappers"), 2851),
    "count_did": 5501,
    "effort": 6133,
    "operating-characteristics": 52361,
    "recovery": 30011,
    "recovery_detection": 48619,
    "recovery_settings": 32003,
    "spillover": 4421,
    "stochastic": 15013,
    "structural": 7919,
    "weighed-characteristics": 70639,
}
NOMINAL = 0.05
COVERAGE = 0.95
GLS_UNITS = 2.8
FIRST_YEAR = 2001

PROCESSES = (
    *((AUTOREGRESSIVE, rho) for rho in (0.0, 0.4, 0.8, 0.9)),
    *((LOCAL_LEVEL, q) for q in (0.1, 1.0)),
)

Bayes = InterruptedTimeSeries | DifferenceInDifferences
BAYES: dict[str, Bayes] = {
    "InterruptedTimeSeries(trend=False)": InterruptedTimeSeries(trend=False),
    "InterruptedTimeSeries(trend=True)": InterruptedTimeSeries(trend=True),
    "InterruptedTimeSeries(scale='log', trend=False)": InterruptedTimeSeries(
        scale="log", trend=False
    ),
    "InterruptedTimeSeries(scale='log', trend=True)": InterruptedTimeSeries(
        scale="log", trend=True
    ),
    "DifferenceInDifferences()": DifferenceInDifferences(),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One simulation: a method, a design and an error process, drawn with its own seed.

    Attributes
    ----------
    table : str
        The table its rows stand in.
    method : str
        The method with its settings.
    before, after : int
        Periods before the onset and from it on; for a range of onsets, of its first candidate.
    process : str
        The error process.
    rho : tuple of float
        Autocorrelation, or the ratio q of a local level; two numbers for a pair that differs.
    setting : str
        What else is particular.
    sd : float
        Standard deviation of the errors, in the unit of the series.
    draws, seed : int
        Data sets drawn, and the seed of the whole table.
    """

    table: str
    method: str
    before: int
    after: int
    process: str
    rho: tuple[float, ...]
    setting: str = ""
    sd: float = 1.0
    draws: int
    seed: int

    @property
    def periods(self) -> int:
        """T, the length of the series."""
        return self.before + self.after

    @property
    def years(self) -> list[int]:
        """The periods as years."""
        return list(range(FIRST_YEAR, FIRST_YEAR + self.periods))

    @property
    def onset(self) -> int:
        """The first year after the onset."""
        return FIRST_YEAR + self.before

    def random(self) -> np.random.Generator:
        """Return the cell's own stream: adding a cell changes no other."""
        words = f"{self.method}|{self.before}|{self.after}|{self.process}|{self.rho}|{self.setting}"
        key = int.from_bytes(hashlib.sha256(f"{words}|{self.sd}".encode()).digest()[:8])
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(key,)))


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One measured number of a cell.

    Attributes
    ----------
    measure : str
        What is measured, such as "size".
    effect : str
        The truth under which it is.
    value, error : float
        The number and its Monte Carlo standard deviation; NaN where no data set qualified.
    nominal : float
        What it should be; NaN where nothing is promised.
    condition : str
        What the analyst declared, where that differs within a cell.
    """

    measure: str
    effect: str
    value: float
    error: float
    nominal: float = math.nan
    condition: str = ""


def share(
    measure: str, hits: Booleans, *, effect: str = "0", nominal: float = math.nan, given: str = ""
) -> Rate:
    """Return the share of data sets in which something happened."""
    if not hits.size:
        return Rate(
            measure=measure,
            effect=effect,
            value=math.nan,
            error=math.nan,
            nominal=nominal,
            condition=given,
        )
    value = float(hits.mean())
    smoothed = (hits.sum() + 0.5) / (hits.size + 1)
    return Rate(
        measure=measure,
        effect=effect,
        value=value,
        error=float(np.sqrt(smoothed * (1 - smoothed) / hits.size)),
        nominal=nominal,
        condition=given,
    )


def average(measure: str, values: Floats, *, effect: str, given: str = "") -> Rate:
    """Return a mean over data sets."""
    return Rate(
        measure=measure,
        effect=effect,
        value=float(values.mean()),
        error=float(values.std(ddof=1) / np.sqrt(values.size)),
        condition=given,
    )


def panel_of(
    values: Floats,
    names: tuple[str, ...],
    years: list[int],
    unit_of_measure: str = "units",
    indicator: str = "y",
) -> Panel:
    """Return an annual panel, one row of values for each name."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "unit": np.repeat(names, len(years)),
            "year": np.tile(years, len(names)),
            indicator: values.ravel(),
        }
    )
    return Panel.from_frame(
        frame, unit="unit", period="year", value=indicator, unit_of_measure=unit_of_measure
    )


def one_side(cell: Cell, donors: tuple[str, ...] = (), last: int | None = None) -> Design:
    """Return a design with a destination only; ``last`` makes the onset a range."""
    onset = cell.onset if last is None else (cell.onset, last)
    return Design(origin=None, destination="D", onset=onset, donors=donors)
