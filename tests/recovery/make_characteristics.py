"""Measures what verdicts keep, declare and claim into docs/operating-characteristics.*."""

from __future__ import annotations

import argparse
import csv
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.recovery import measure_characteristics as weighed
from tests.recovery import measure_tested as tested
from tests.recovery import measure_weighed as verdicts
from tests.recovery.make_tables import FOLDER, Line, stamp
from tests.recovery.measure import LATER_SEEDS, Cell, Rate
from tests.recovery.measure_characteristics import CLAIMS, SAID
from tests.recovery.page_characteristics import page

DOCS = FOLDER.parent
NAME = "operating-characteristics"
RULES = {weighed.TABLE: weighed, tested.TABLE: tested, verdicts.TABLE: verdicts}
IDENTITY = ("rule", "T", "had", "noise", "truth")
COLUMNS = (*IDENTITY, "draws", *SAID, *CLAIMS, "seed", "version", "source", "date")


def cells(seed: int | None = None) -> list[Cell]:
    """Return every cell of both rules."""
    return [c for rule in RULES.values() for c in rule.cells(seed or seed_of(rule.TABLE))]


def seed_of(table: str) -> int:
    """Return the seed of a rule: its own where it was measured later."""
    return LATER_SEEDS.get(table, LATER_SEEDS[NAME])


def measured(cell: Cell) -> Line:
    """Return the row of a cell, without the columns that say when and by which code."""
    rates = RULES[cell.table].characteristics(cell)
    return identity(cell) | {"draws": str(cell.draws)} | _values(rates) | {"seed": str(cell.seed)}


def identity(cell: Cell) -> Line:
    """Return the columns that name a cell."""
    had, truth = cell.setting.split("; ")
    return dict(
        zip(IDENTITY, (cell.table, str(cell.periods), had, cell.process, truth), strict=True)
    )


def _values(rates: tuple[Rate, ...]) -> Line:
    """Return shares and means by the name of their column."""
    names = (*SAID, *CLAIMS)
    return {name: f"{rate.value:.3f}" for name, rate in zip(names, rates, strict=True)}


def rows(folder: Path = DOCS) -> list[Line]:
    """Return the rows that stand in a folder; none before they are measured."""
    path = folder / f"{NAME}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure_all(asked: list[Cell], workers: int) -> list[Line]:
    """Measure every cell, several at a time, and say how far it has got."""
    start, found = time.perf_counter(), []
    with ProcessPoolExecutor(workers) as pool:
        for done, row in enumerate(pool.map(measured, asked, chunksize=8), 1):
            found.append(row)
            elapsed = time.perf_counter() - start
            sys.stdout.write(f"\r{done}/{len(asked)} cells, {elapsed:.0f} s")
            sys.stdout.flush()
    sys.stdout.write("\n")
    return found


def main() -> None:
    """Measure and write; the page is written from the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="seed of every cell")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where table and page go")
    parser.add_argument("--most", type=int, help="no more data sets a cell, for a trial")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--only", choices=RULES, help="a rule to measure; rows of others stay")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    given = parser.parse_args()
    if not given.page:
        asked = [c for c in cells(given.seed) if given.only in (None, c.table)]
        kept = [r for r in rows() if given.only not in (None, r["rule"])]
        if given.most:
            asked = [replace(c, draws=min(c.draws, given.most)) for c in asked]
        stamped, found = stamp(), measure_all(asked, given.workers)
        given.folder.mkdir(parents=True, exist_ok=True)
        with (given.folder / f"{NAME}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
            writer.writerows(row | stamped for row in found)
    (given.folder / f"{NAME}.md").write_text(page(rows(given.folder)), "utf-8")
    sys.stdout.write(f"Written to {given.folder}\n")


if __name__ == "__main__":
    main()
