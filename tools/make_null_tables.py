"""Simulates the tables of the EMW-LL test that travel with the package, and writes their file."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import shiftexp as sx
from shiftexp.errors import ShiftexpError
from shiftexp.estimators.error_laws import SeriesPosterior, series_posterior
from shiftexp.kernels import optimal_store
from shiftexp.kernels.optimal_store import OCTAGON, Holdings, design_bounds, null_table, pack
from shiftexp.kernels.series_design import SeriesDesign

FILE = Path(optimal_store.__file__).with_name(optimal_store.SHIPPED_FILE)
LONGEST = 29
LEAST_BEFORE, LEAST_AFTER = 6, 3
LONGER = ((27, 13), (20, 20), (80, 40), (60, 60))
WORKERS = 2


def shapes() -> list[tuple[int, int]]:
    """Return the periods before and after the onset that tables are shipped for."""
    usual = [
        (before, periods - before)
        for periods in range(LEAST_BEFORE + LEAST_AFTER, LONGEST + 1)
        for before in range(LEAST_BEFORE, periods - LEAST_AFTER + 1)
    ]
    return [*usual, *LONGER]


def annual(shape: tuple[int, int]) -> Holdings:
    """Simulate a level and a trend for one window of complete annual data."""
    panel, design = sx.simulate_pair(periods=shape)
    found = Holdings()
    for trend in (False, True):
        cases = sx.InterruptedTimeSeries(trend=trend).prepare(panel, design)
        posterior = series_posterior(cases.pair[0], cases, 0, trend=trend, seasonal=False)
        merge(found, simulated(posterior))
    return found


def declared(name: str) -> Holdings:
    """Simulate a level and a trend for one declared design of the bundled data."""
    data = sx.load_dataset("benelux")
    found = Holdings()
    for trend in (False, True):
        try:
            design, panel = data.design(name), data.design_panel(name)
            cases = sx.InterruptedTimeSeries(trend=trend).prepare(panel, design)
            posterior = series_posterior(cases.pair[0], cases, 0, trend=trend, seasonal=True)
        except ShiftexpError:
            continue  # a design whose data cannot carry the model needs no table
        merge(found, simulated(posterior))
    return found


def studied() -> Holdings:
    """Return what the bundled study asks for: windows of its curve, its events and its controls."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as out:
        warnings.simplefilter("ignore")
        sx.Study.demo().run(out, n_jobs=1)
    return optimal_store.asked()


def asked_by_the_study() -> Holdings:
    """Run the study once to simulate, and again in a process that holds no more than it asks."""
    for _ in range(2):
        with ProcessPoolExecutor(1) as pool:
            found = pool.submit(studied).result()
    return found


def simulated(posterior: SeriesPosterior) -> Holdings:
    """Return every table of one fit: of its sides and of both together."""
    found = Holdings()
    for design in posterior.designs:
        merge(found, of_design(design))
    return found


def of_design(design: SeriesDesign) -> Holdings:
    """Return the tables and the power bounds of one design."""
    keys = (*optimal_store.STANDARD, OCTAGON)
    tables = {(design.digest, key): null_table(design, key) for key in keys}
    return Holdings(tables, {design.digest: design_bounds(design)})


def merge(into: Holdings, more: Holdings) -> None:
    """Add what one holds to the other."""
    into.tables.update(more.tables)
    into.bounds.update(more.bounds)


def main() -> None:
    """Simulate whatever is not on disk yet, and write the file whole."""
    names = sx.load_dataset("benelux").designs["design"]
    held, start = Holdings(), time.perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        jobs: list[Iterable[Holdings]] = [pool.map(annual, shapes()), pool.map(declared, names)]
        for done, more in enumerate((one for job in jobs for one in job), 1):
            merge(held, more)
            sys.stdout.write(f"\r{done} of {len(shapes()) + len(names)} windows, ")
            sys.stdout.write(f"{time.perf_counter() - start:.0f} s")
            sys.stdout.flush()
    merge(held, asked_by_the_study())
    scratch = FILE.with_suffix(".part")
    scratch.write_bytes(pack(held))
    scratch.replace(FILE)
    size = FILE.stat().st_size / 1e6
    sys.stdout.write(f"\n{len(held.bounds)} designs, {size:.2f} MB: {FILE.name}\n")


if __name__ == "__main__":
    main()
