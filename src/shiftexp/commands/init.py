"""``shiftexp init``: a commented study file for the user's CSV, checked before it is written."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

from shiftexp.commands.answer import Answer
from shiftexp.commands.columns import PARTS, find_columns, told_columns
from shiftexp.commands.draft import SCHEMA_NAME, Declared, study_text
from shiftexp.commands.gates import told_again, told_gate
from shiftexp.commands.offering import (
    Commands,
    offer_command,
    offer_data,
    refuse_existing,
    write_new,
)
from shiftexp.errors import Problem, StudyError
from shiftexp.panel import look_again
from shiftexp.study import Study, read_panel, schema_text
from shiftexp.study.files import read_table
from shiftexp.study.rows import plain_number
from shiftexp.verdict import LANGUAGES


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "init",
        _init,
        does="write a commented study file for a CSV of your own",
        description="Read a CSV file with one row for each unit and period, find its columns by "
        "their names or by what they hold, and write a study file that runs as it is and says in "
        f"comments what else can be declared. Beside it comes {SCHEMA_NAME}, with which editors "
        "complete and check study files. Nothing is overwritten without --force.",
        example="shiftexp init data.csv --origin Here --destination There --onset 2016\n"
        "shiftexp init data.csv --unit town --value burglaries --origin Here \\\n"
        "    --destination There --onset 2014 2016 --donors North South --out river.toml",
    )
    parser.add_argument("file", nargs="?", default="", metavar="data.csv", help="your data")
    for name in ("origin", "destination"):
        parser.add_argument(f"--{name}", default="", metavar="UNIT", help=f"the {name}")
    parser.add_argument(
        "--onset",
        nargs="+",
        default=[],
        metavar="PERIOD",
        help="first treated period; two for a range of candidates",
    )
    parser.add_argument(
        "--donors", nargs="+", default=[], metavar="UNIT", help="clean units to compare with"
    )
    offer_data(parser)
    told = "language of the title and of the report, English by default"
    parser.add_argument("--language", choices=LANGUAGES, default="", help=told)
    parser.add_argument(
        "--out", default="study.toml", metavar="FILE", help="the study file (%(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of study files and end"
    )


def _init(options: argparse.Namespace) -> Answer:
    """Write a study file, or print the schema of such files."""
    if options.schema:
        return Answer(schema_text().rstrip("\n"), json.loads(schema_text()))
    _refuse_missing(options)
    out = Path(options.out)
    beside = out.parent / SCHEMA_NAME
    refuse_existing(out, force=options.force)
    if not _holds_schema(beside):
        refuse_existing(beside, force=options.force)
    declared = _declared(options, out)
    study = Study.from_text(study_text(declared), folder=str(out.parent))
    gates = study.gates()
    questions = look_again(read_panel(study.spec.source, out.parent))
    breaks = (text for gate in gates.values() for text in gate.treatable)
    others = tuple(u for u in declared.others if not any(f"unit {u!r} " in q for q in questions))
    text = study_text(replace(declared, others=others, breaks=tuple(dict.fromkeys(breaks))))
    write_new(out, text, force=options.force)
    write_new(beside, schema_text(), force=True)
    columns = {part: column for part, column in vars(declared.columns).items() if column}
    lines = [
        told_columns(declared.columns),
        *told_again(questions),
        *(f"{name}: {told_gate(gate)}" for name, gate in gates.items()),
        f"study: {out}",
        f"next: shiftexp check {out}; shiftexp run {out} --out results",
    ]
    passed = {name: gate.passed for name, gate in gates.items()}
    data = {
        "study": str(out),
        "schema": str(beside),
        "columns": columns,
        "gates": passed,
        "look_again": questions,
    }
    return Answer("\n".join(lines), data)


def _holds_schema(path: Path) -> bool:
    """Tell whether a file is the schema already."""
    return path.is_file() and path.read_bytes() == schema_text().encode()


def _refuse_missing(options: argparse.Namespace) -> None:
    """Refuse a study without data, onset or place.

    Raises
    ------
    StudyError
        With everything that is missing.
    """
    problems = []
    if not options.file:
        problems.append(Problem("no data file", "a CSV file", "shiftexp init data.csv ..."))
    if not (options.origin or options.destination):
        remedy = "say --origin UNIT --destination UNIT"
        problems.append(Problem("no place", "an origin and a destination", remedy))
    if not 1 <= len(options.onset) <= 2:
        given = f"{len(options.onset)} onsets"
        problems.append(Problem(given, "one, or the ends of a range", "say --onset 2016"))
    if problems:
        raise StudyError(problems)


def _declared(options: argparse.Namespace, out: Path) -> Declared:
    """Return what the options and the file say of a study."""
    path = Path(options.file)
    frame, _ = read_table(path, options.separator)
    places = tuple(place for place in (options.origin, options.destination) if place)
    asked = {part: getattr(options, part) for part in PARTS}
    columns = find_columns(frame, asked, (*places, *options.donors), options.decimal)
    values = frame[columns.value]
    return Declared(
        file=Path(os.path.relpath(path, out.parent)).as_posix(),
        columns=columns,
        origin=options.origin,
        destination=options.destination,
        onset=tuple(options.onset),
        donors=tuple(options.donors),
        others=_others(frame[columns.unit].tolist(), (*places, *options.donors)),
        indicators=_names(frame[columns.indicator].tolist()) if columns.indicator else ("",),
        unit_of_measure=options.unit_of_measure,
        additive=options.additive,
        allow_gaps=options.allow_gaps,
        separator=options.separator,
        decimal=options.decimal,
        positive=not any(_at_most_zero(value, options.decimal) for value in values),
        language=options.language,
    )


def _others(cells: list[str], named: tuple[str, ...]) -> tuple[str, ...]:
    """Return every unit that was not named, as a panel orders them."""
    return tuple(sorted(set(cells) - {*named, ""}))


def _names(cells: list[str]) -> tuple[str, ...]:
    """Return every indicator once, in the order of the file."""
    return tuple(dict.fromkeys(cells))


def _at_most_zero(cell: str, decimal: str) -> bool:
    """Tell whether a cell holds a number that has no logarithm."""
    number = plain_number(cell, decimal)
    return number is not None and number <= 0
