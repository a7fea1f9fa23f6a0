"""100,000 fits of a two-country interrupted time series with conformal p-values, on two cores."""

from __future__ import annotations

import itertools
import os
import tempfile
from functools import partial

import numpy as np
import pandas as pd

import shiftexp as sx
from benchmarks.alone import measure, tell, used

NAME = "Sweep: 100,000 conformal fits on two cores"
MOST_SECONDS = 60.0
_COUNTRIES, _INDICATORS, _PERIODS, _ONSET = 30, 115, 20, 2013
_WORKERS = 2


def panels() -> list[sx.Panel]:
    """Return the indicators: every country a level of 100 with independent errors of 10."""
    rng = np.random.default_rng(1)
    units = np.repeat([f"C{u:02d}" for u in range(_COUNTRIES)], _PERIODS)
    years = np.tile(np.arange(2001, 2001 + _PERIODS), _COUNTRIES)
    return [
        sx.Panel.from_frame(
            pd.DataFrame(
                {
                    "indicator": f"indicator {i:03d}",
                    "unit": units,
                    "year": years,
                    "value": 100 + 10 * rng.normal(size=len(units)),
                }
            ),
            indicator="indicator",
            unit="unit",
            period="year",
            value="value",
            unit_of_measure="units",
        )
        for i in range(_INDICATORS)
    ]


def run(given: list[sx.Panel]) -> dict[str, int]:
    """Sweep all pairs of countries over indicators; return how many fits had which answer."""
    pairs = list(itertools.permutations(given[0].units, 2))
    design = sx.Design(origin="C00", destination="C01", onset=_ONSET)
    axes = sx.Specifications(
        estimators=(sx.Conformal(sx.InterruptedTimeSeries(trend=False)),), scales=(), onsets=(0,)
    )
    with tempfile.TemporaryDirectory() as out:
        counts = sx.sweep(given, design, pairs, out, axes=axes, n_jobs=_WORKERS).counts
        return {answer: int(count) for answer, count in counts.items()}


def section() -> str:
    """Return what was measured, in words, under a heading."""
    found = measure("benchmarks.sweeps")
    fits = sum(found.counts.values())
    load = os.getloadavg()[0]
    met = "met" if found.seconds <= MOST_SECONDS else "missed"
    each = 1000 * found.processor / fits
    return (
        f"## {NAME}\n\n"
        f"All ordered pairs of {_COUNTRIES} countries x {_INDICATORS} indicators, {_PERIODS} years,"
        " `Conformal(InterruptedTimeSeries(trend=False))`, p-values of origin, destination and net,"
        f" written to Parquet: {fits:,} fits ({found.counts.get('answered', 0):,} answered) in"
        f" {found.seconds:.0f} s with {_WORKERS} workers, {found.processor:.0f} s of"
        f" processor time, {each:.2f} ms a fit; at most {found.own_mb:.0f} MB in the process"
        f" that starts it and {found.worker_mb:.0f} MB in a worker. At most {MOST_SECONDS:.0f} s"
        f" wanted: {met} (load {load:.1f} at the end; with the cores to itself it takes half the"
        " processor time)."
    )


if __name__ == "__main__":
    tell(used(partial(run, panels())))
