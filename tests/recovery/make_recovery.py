"""Measures the recovery study into docs/recovery.csv and stochastic.csv, and docs/recovery.md."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from tests.recovery.make_tables import FOLDER, Line, measure_all, read_tables, stamp, write_tables
from tests.recovery.measure import LATER_SEEDS
from tests.recovery.measure_recovery import TABLE, cells
from tests.recovery.measure_stochastic import TABLE as UNDATED
from tests.recovery.measure_stochastic import cells as undated_cells
from tests.recovery.page_recovery import page

DOCS = FOLDER.parent
SEED, UNDATED_SEED = LATER_SEEDS[TABLE], LATER_SEEDS[UNDATED]


def rows(folder: Path = DOCS, table: str = TABLE) -> list[Line]:
    """Return the rows of a table that stands in a folder; none where it does not."""
    return read_tables(folder).get(table, [])


def main() -> None:
    """Measure and write; the page is written from the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="seed of every cell")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where table and page go")
    parser.add_argument("--most", type=int, help="no more data sets a cell, for a trial")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    given = parser.parse_args()
    if not given.page:
        dated, undated = given.seed or SEED, given.seed or UNDATED_SEED
        asked = [*cells(dated), *undated_cells(undated)]
        if given.most:
            asked = [replace(c, draws=min(c.draws, given.most)) for c in asked]
        write_tables(measure_all(asked, given.workers), given.folder, stamp(), {})
    tables = [rows(given.folder, name) for name in (TABLE, UNDATED)]
    (given.folder / f"{TABLE}.md").write_text(page(*tables), "utf-8")
    sys.stdout.write(f"Written to {given.folder}\n")


if __name__ == "__main__":
    main()
