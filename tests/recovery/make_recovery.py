"""Measures the recovery study into docs/recovery.csv and stochastic.csv, and docs/recovery.md."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from tests.recovery import measure_detection as freed
from tests.recovery import measure_recovery as flows
from tests.recovery import measure_settings as unlike
from tests.recovery import measure_stochastic as undated
from tests.recovery.make_tables import FOLDER, Line, measure_all, read_tables, stamp, write_tables
from tests.recovery.measure import LATER_SEEDS, Cell
from tests.recovery.page_recovery import page

DOCS = FOLDER.parent
STUDY = {
    flows.TABLE: flows.cells,
    unlike.TABLE: unlike.cells,
    freed.TABLE: freed.cells,
    undated.TABLE: undated.cells,
}


def cells(seed: int | None = None) -> list[Cell]:
    """Return the cells of all tables of the study, each table with a seed of its own."""
    return [c for table, made in STUDY.items() for c in made(seed or LATER_SEEDS[table])]


def rows(folder: Path = DOCS) -> dict[str, list[Line]]:
    """Return the rows of the tables that stand in a folder, by table."""
    return read_tables(folder)


def main() -> None:
    """Measure and write; the page is written from the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="seed of every cell")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where table and page go")
    parser.add_argument("--table", action="append", help="only this table (may be repeated)")
    parser.add_argument("--most", type=int, help="no more data sets a cell, for a trial")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    given = parser.parse_args()
    if not given.page:
        asked = [c for c in cells(given.seed) if not given.table or c.table in given.table]
        if given.most:
            asked = [replace(c, draws=min(c.draws, given.most)) for c in asked]
        write_tables(measure_all(asked, given.workers), given.folder, stamp(), {})
    (given.folder / f"{flows.TABLE}.md").write_text(page(rows(given.folder)), "utf-8")
    sys.stdout.write(f"Written to {given.folder}\n")


if __name__ == "__main__":
    main()
