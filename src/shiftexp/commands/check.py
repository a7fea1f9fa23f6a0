"""``shiftexp check``: everything that is wrong with a CSV or a study file, nothing fitted."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from shiftexp.commands.answer import Answer
from shiftexp.commands.columns import PARTS, Columns, find_columns, told_columns
from shiftexp.commands.gates import gate_data, told_again, told_gate, told_gates
from shiftexp.commands.offering import DEMO, Commands, offer_command, offer_data, read_study
from shiftexp.design import Design, Gate
from shiftexp.errors import DesignError, Problem
from shiftexp.panel import Panel, look_again
from shiftexp.study import Source, asked, read_panel, told_questions
from shiftexp.study.files import read_table


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    check = offer_command(
        commands,
        "check",
        _check,
        does="check a CSV or a study file; nothing is fitted",
        description="Read a CSV file as a panel, its columns found as init finds them, list "
        "everything that is wrong with it, and say what it holds; with --origin, --destination and "
        "--onset also whether it passes the data gate. Of a study file: list everything that is "
        "wrong with it (then, with its data), and say for every cell whether it passes the data "
        "gate and which questions it asks beside its effects: a [cell.curve] belongs to the last "
        "[[cell]] above it.",
        example="shiftexp check data.csv --unit town --period year --value burglaries \\\n"
        "    --origin Here --destination There --onset 2016\n"
        "shiftexp check study.toml",
    )
    check.add_argument(
        "file", metavar="data.csv|study.toml", help="one row for each unit and period; or a study"
    )
    offer_data(check)
    for name in ("origin", "destination", "onset"):
        check.add_argument(
            f"--{name}", default="", metavar="NAME", help=f"{name} of the study, if known"
        )
    check.add_argument(
        "--pick", default="", metavar="NAME", help="indicator to judge, if there are several"
    )


def _check(options: argparse.Namespace) -> Answer:
    """Check a file of either kind."""
    study = options.file == DEMO or Path(options.file).suffix.lower() == ".toml"
    return _check_study(options) if study else _check_data(options)


def _check_study(options: argparse.Namespace) -> Answer:
    """Read a study; say for every cell what its data gate answers, and which questions it asks."""
    study = read_study(options.file)
    gates = list(zip(study.spec.cells, study.gates().values(), strict=True))
    pools = study.spec.pools
    source = study.spec.source
    questions = () if source.dataset else look_again(read_panel(source, Path(study.folder)))
    lines = [
        f"{options.file}: {study.spec.title}; {told_gates([gate for _, gate in gates], questions)}"
    ]
    lines += told_again(questions)
    lines += [f"{cell.name}: {told_gate(gate)}; {told_questions(cell)}" for cell, gate in gates]
    lines += [f"pool {pool.name}: {', '.join(pool.cells)}" for pool in pools]
    cells = [
        {"name": cell.name, "gate": gate_data(gate), "asks": asked(cell)} for cell, gate in gates
    ]
    pooled = [{"name": pool.name, "cells": pool.cells} for pool in pools]
    data = {"file": options.file, "cells": cells, "pools": pooled, "look_again": questions}
    return Answer("\n".join(lines), data)


def _check_data(options: argparse.Namespace) -> Answer:
    """Read a CSV file as a panel and say what it holds."""
    path = Path(options.file)
    columns = _columns(path, options)
    source = Source(
        file=path.name,
        **vars(columns),
        unit_of_measure=options.unit_of_measure,
        separator=options.separator,
        decimal=options.decimal,
        additive=options.additive,
        allow_gaps=options.allow_gaps,
    )
    panel = read_panel(source, path.parent)
    periods = panel.calendar.labels[0], panel.calendar.labels[-1]
    lines = [
        f"{path}: {panel!r}",
        told_columns(columns),
        f"units: {', '.join(panel.units)}",
        f"periods: {periods[0]} to {periods[1]}",
    ]
    questions = look_again(panel)
    lines += told_again(questions)
    data: dict[str, object] = {
        "file": str(path),
        "panel": repr(panel),
        "columns": {part: column for part, column in vars(columns).items() if column},
        "units": panel.units,
        "indicators": [indicator.name for indicator in panel.indicators],
        "periods": periods,
        "look_again": questions,
    }
    if options.onset:
        gate = _gate_of(panel, options)
        lines.append(told_gate(gate))
        data["gate"] = gate_data(gate)
    return Answer("\n".join(lines), data)


def _columns(path: Path, options: argparse.Namespace) -> Columns:
    """Return which column of a file is what, found as for a new study."""
    places = tuple(place for place in (options.origin, options.destination) if place)
    asked = {part: getattr(options, part) for part in PARTS}
    frame, _ = read_table(path, options.separator)
    return find_columns(frame, asked, places, options.decimal)


def _gate_of(panel: Panel, options: argparse.Namespace) -> Gate:
    """Return the answer of the data gate for the study that the options declare."""
    panel = panel[options.pick] if options.pick else panel
    _refuse_several(panel)
    design = Design(
        origin=options.origin or None,
        destination=options.destination or None,
        onset=options.onset,
    )
    design.window(panel)
    return design.gate(panel)


def _refuse_several(panel: Panel) -> None:
    """Refuse to judge several indicators by one design."""
    names = [indicator.name for indicator in panel.indicators]
    if len(names) > 1:
        given = f"{len(names)} indicators: {', '.join(names)}"
        remedy = f"add --pick {shlex.quote(names[0])}, or another of them"
        raise DesignError(Problem(given, "one indicator for a design", remedy))
