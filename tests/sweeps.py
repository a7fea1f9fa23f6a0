"""Small sweeps for tests: panels with a gap, a rate and a break, and what a folder holds."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import numpy as np

import shiftexp as sx
from tests.panels import long_frame, read

UNITS = ("AT", "BE", "CH", "DE", "FR", "NL")
PAIRS = tuple(itertools.permutations(UNITS, 2))
DESIGN = sx.Design(origin="NL", destination="BE", onset=2012, donors=("AT", "CH", "DE", "FR"))
SERIES = sx.InterruptedTimeSeries(trend=False)
AXES = sx.Specifications(
    estimators=(SERIES, sx.Conformal(SERIES), sx.DifferenceInDifferences()),
    scales=("level",),
    onsets=(0,),
)


def panel(
    name: str, *, periods: int = 20, seed: int = 1, gap: bool = False, additive: bool = True
) -> sx.Panel:
    """Return an indicator of all units; with a gap in 2003 at the first of them."""
    rng = np.random.default_rng(seed)
    series = {unit: 100 + 10 * rng.standard_normal(periods) for unit in UNITS}
    if gap:
        series[UNITS[0]][3] = np.nan
    frame = long_frame(series).assign(indicator=name)
    return read(frame, indicator="indicator", additive=additive, allow_gaps=gap)


def panels() -> list[sx.Panel]:
    """Return three indicators: amounts, amounts with a gap, and a rate that may not be summed."""
    return [
        panel("seizures"),
        panel("arrests", seed=2, gap=True),
        panel("purity", seed=3, additive=False),
    ]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every table in the folder of a sweep."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "shards").iterdir())
    }


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the files of finished shards, with what changes when one is written again."""
    found = sorted((folder / "shards").glob("shard-*.parquet"))
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}
