"""``shiftexp datasets``: list the bundled data sets, describe one, or write it as a CSV file."""

from __future__ import annotations

import argparse
from pathlib import Path

from shiftexp.commands.answer import Answer
from shiftexp.commands.offering import Commands, offer_command, write_new
from shiftexp.datasets import NAMES, Dataset, load_dataset
from shiftexp.errors import Problem, StudyError
from shiftexp.table import spreadsheet_csv


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "datasets",
        _datasets,
        does="list the bundled data sets, describe one, or write it as CSV",
        description="List the bundled data sets. With a name: what it holds, and the designs "
        "that were declared in advance. With --out: every value with its source, as a CSV file.",
        example="shiftexp datasets\nshiftexp datasets benelux --out benelux.csv",
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="such as benelux")
    parser.add_argument("--out", default="", metavar="FILE", help="write the values to this file")
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")


def _datasets(options: argparse.Namespace) -> Answer:
    """List, describe or write."""
    if options.name:
        return _one(load_dataset(options.name), options)
    if options.out:
        problem = Problem("--out without a data set", "its name", f"known: {', '.join(NAMES)}")
        raise StudyError(problem, key="name")
    known = [load_dataset(name) for name in NAMES]
    return Answer("\n".join(map(repr, known)), {"datasets": list(map(_facts, known))})


def _one(data: Dataset, options: argparse.Namespace) -> Answer:
    """Describe one data set, and write it where that is asked for."""
    facts = _facts(data)
    if options.out:
        text = spreadsheet_csv(data.to_frame())
        path = write_new(Path(options.out), text, force=options.force)
        return Answer(f"{data!r}: {path}", facts | {"file": str(path)})
    years = data.indicators["period"].str[:4]
    lines = [
        repr(data),
        f"years: {years.min()} to {years.max()}",
        f"markets: {', '.join(sorted(set(data.indicators['market'])))}",
        "declared designs (shiftexp run, design = NAME):",
        *(
            f"  {row['design']}: {row['origin'] or '-'} -> {row['destination'] or '-'}"
            for row in data.design_rows
        ),
    ]
    return Answer("\n".join(lines), facts)


def _facts(data: Dataset) -> dict[str, object]:
    """Return what a data set holds as plain data."""
    return {
        "name": data.name,
        "holds": repr(data),
        "values": len(data.indicators),
        "sources": len(data.sources),
        "designs": [row["design"] for row in data.design_rows],
    }
