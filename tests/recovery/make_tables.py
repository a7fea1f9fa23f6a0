"""Measures every cell and writes docs/calibration.md, and a file for each table beside it."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import math
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import shiftexp
from tests.recovery import page
from tests.recovery.grid import grid, measure
from tests.recovery.measure import FINAL_SEED, Cell, Rate

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "calibration"
PAGE = FOLDER.with_suffix(".md")
IDENTITY = ("method", "T", "n_pre", "n_post", "process", "rho", "sd", "setting")
COLUMNS = (
    *IDENTITY,
    "effect",
    "condition",
    "measure",
    "nominal",
    "value",
    "mc_error",
    "draws",
    "seed",
    "version",
    "source",
    "date",
)
Line = dict[str, str]


def source_digest() -> str:
    """Return a digest of the package's code, so that a table says which code it measured."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src" / "shiftexp").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def identity(cell: Cell) -> Line:
    """Return the columns that name a cell."""
    return {
        "method": cell.method,
        "T": str(cell.periods),
        "n_pre": str(cell.before),
        "n_post": str(cell.after),
        "process": cell.process,
        "rho": "/".join(f"{r:g}" for r in cell.rho),
        "sd": f"{cell.sd:g}",
        "setting": cell.setting,
    }


def line(cell: Cell, rate: Rate) -> Line:
    """Return one row of a table without the columns that only say when and by which code."""
    return {
        **identity(cell),
        "effect": rate.effect,
        "condition": rate.condition,
        "measure": rate.measure,
        "nominal": number(rate.nominal, "g"),
        "value": number(rate.value, ".4f"),
        "mc_error": number(rate.error, ".4f"),
        "draws": str(cell.draws),
        "seed": str(cell.seed),
    }


def number(value: float, form: str) -> str:
    """Write a number; nothing where there is none."""
    return "" if math.isnan(value) else format(value, form)


def read_tables(folder: Path = FOLDER) -> dict[str, list[Line]]:
    """Return the rows of every table that stands in a folder."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def stamp() -> Line:
    """Return the columns that say by which code, and when."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return {"version": shiftexp.__version__, "source": source_digest(), "date": today}


def write_tables(
    measured: list[tuple[Cell, tuple[Rate, ...]]],
    folder: Path,
    stamped: Line,
    old: dict[str, list[Line]],
) -> None:
    """Write one file a table; every row carries version, digest of the code, seed and date.

    Rows of ``old`` whose method was not measured anew stay, in front.
    """
    folder.mkdir(parents=True, exist_ok=True)
    anew = {(cell.table, cell.method) for cell, _ in measured}
    for table in dict.fromkeys(cell.table for cell, _ in measured):
        kept = [row for row in old.get(table, []) if (table, row["method"]) not in anew]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
            for cell, rates in measured:
                if cell.table == table:
                    writer.writerows(line(cell, rate) | stamped for rate in rates)


def measure_all(cells: list[Cell], workers: int) -> list[tuple[Cell, tuple[Rate, ...]]]:
    """Measure every cell, several at a time, and say how far it has got."""
    start, measured = time.perf_counter(), []
    with ProcessPoolExecutor(workers) as pool:
        for done, (cell, rates) in enumerate(zip(cells, pool.map(measure, cells), strict=True), 1):
            measured.append((cell, rates))
            elapsed = time.perf_counter() - start
            sys.stdout.write(f"\r{done}/{len(cells)} cells, {elapsed:.0f} s")
            sys.stdout.flush()
    sys.stdout.write("\n")
    return measured


def main() -> None:
    """Measure and write; the page is written from the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=FINAL_SEED, help="seed of every cell")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the tables go")
    parser.add_argument("--table", action="append", help="only this table (may be repeated)")
    parser.add_argument("--method", action="append", help="only this method, in its old table")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    given = parser.parse_args()
    if not given.page:
        cells = [
            c
            for c in grid(given.seed)
            if (not given.table or c.table in given.table)
            and (not given.method or c.method in given.method)
        ]
        old = read_tables(given.folder) if given.method else {}
        write_tables(measure_all(cells, given.workers), given.folder, stamp(), old)
    page.write(given.folder.with_suffix(".md"), read_tables(given.folder))
    sys.stdout.write(f"Written to {given.folder}\n")


if __name__ == "__main__":
    main()
