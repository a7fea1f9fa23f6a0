"""``shiftexp calibrate``: how often a study is right, wrong and silent where the truth is known."""

from __future__ import annotations

import argparse

from shiftexp.commands.answer import Answer, records
from shiftexp.commands.offering import (
    Commands,
    first_cell,
    offer_command,
    offer_study,
    read_study,
)
from shiftexp.commands.power import chosen_method, likely_scenario, offer_simulation
from shiftexp.power import Rule, calibrate


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "calibrate",
        _calibrate,
        does="how often a study is right, wrong and silent where the truth is known",
        description="Simulate series like those of a cell, without an effect and with those "
        "asked for, and count what the cell's method says of them: size, power, coverage, "
        "silence. With --of verdict all estimators of the cell are weighed in every data set, as "
        "in a run: minutes.",
        example="shiftexp calibrate study.toml --cell burglary --effect 10 --of verdict --n 200",
    )
    offer_study(parser)
    offer_simulation(parser, n=1000)
    parser.add_argument(
        "--of", choices=("method", "verdict"), default="method", help="what (%(default)s)"
    )
    parser.add_argument(
        "--effect",
        nargs="+",
        type=float,
        default=[],
        metavar="E",
        help="true effects at the destination, in units per year, beside none",
    )


def _calibrate(options: argparse.Namespace) -> Answer:
    """Say how a cell fares where the truth is known."""
    study = read_study(options.file)
    name = first_cell(study, options.cell)
    case = study.case(name)
    method = chosen_method(case, options.estimator)
    nothing = likely_scenario(case, method)
    found = calibrate(
        method if options.of == "method" else Rule(case.estimators, case.detection, case.margin),
        [nothing, *(nothing.with_effect("destination", effect) for effect in options.effect)],
        options.n,
        rng=study.spec.seed,
        n_jobs=options.jobs,
        store=options.store,
    )
    data = {"cell": name, "method": found.method, "seed": found.seed, "level": found.level}
    return Answer(f"{name}: {found.summary()}", data | {"rows": records(found.to_frame())})
