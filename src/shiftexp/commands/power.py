"""``shiftexp power``: how likely a declared study finds an effect, and the smallest it finds."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import asdict, replace

from shiftexp.commands.answer import Answer, records
from shiftexp.commands.offering import (
    WIDTH,
    Commands,
    first_cell,
    offer_command,
    offer_study,
    read_study,
)
from shiftexp.errors import Problem, ShiftexpError, StudyError
from shiftexp.power import power
from shiftexp.result import Estimator
from shiftexp.simulate import Scenario
from shiftexp.study.fitting import Case

_COLUMNS = (
    "share: the effect as a share of the level before; power: how often it is found; error: of the "
    "simulation; silent: how often there is no answer; type_s: of what is found, how much has the "
    "wrong sign; type_m: how many times too large what is found is on average."
)


def offer(commands: Commands) -> None:
    """Add the command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    """
    parser = offer_command(
        commands,
        "power",
        _power,
        does="how likely a declared study finds an effect of a given size",
        description="Simulate series like those of a cell, with an effect, and count how often "
        "the cell's method finds it. Without --effect the smallest effect that is found often "
        "enough is searched for. Ask for effects that would matter, never for the one that was "
        "estimated. Methods on a log scale are fitted one by one: minutes. "
        f"Columns: {_COLUMNS}",
        example="shiftexp power study.toml --cell burglary --estimand destination --effect 5 10 20",
    )
    offer_study(parser)
    offer_simulation(parser, n=400)
    parser.add_argument(
        "--estimand",
        choices=("destination", "origin", "net"),
        default="destination",
        help="what is tested (%(default)s)",
    )
    parser.add_argument(
        "--effect",
        nargs="+",
        type=float,
        metavar="E",
        help="effects in units per year, a fall below zero; searched for by default",
    )
    parser.add_argument(
        "--target", type=float, default=0.8, help="power of the smallest effect (%(default)s)"
    )


def offer_simulation(parser: argparse.ArgumentParser, *, n: int) -> None:
    """Add the cell, the method and the size of a simulation.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    n : int
        Data sets by default.
    """
    parser.add_argument("--cell", default="", metavar="NAME", help="cell of the study (the first)")
    parser.add_argument(
        "--estimator",
        type=int,
        default=1,
        metavar="NUMBER",
        help="which of the cell's estimators, counted from 1, the primary one (%(default)s)",
    )
    parser.add_argument("--n", type=int, default=n, help="data sets (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="workers, -1 for all cores (1)")
    parser.add_argument(
        "--store", metavar="DIR", help="keep finished chunks here, to go on after a kill"
    )


def _power(options: argparse.Namespace) -> Answer:
    """Say the power of a cell."""
    study = read_study(options.file)
    name = first_cell(study, options.cell)
    case = study.case(name)
    method = chosen_method(case, options.estimator)
    found = power(
        method,
        likely_scenario(case, method),
        estimand=options.estimand,
        effects=options.effect,
        target=options.target,
        n=options.n,
        rng=study.spec.seed,
        n_jobs=options.jobs,
        store=options.store,
    )
    rows = {"cell": name, **asdict(found), "rows": records(found.to_frame())}
    columns = textwrap.fill(_COLUMNS, WIDTH)
    return Answer(f"{name}: {found.summary()}\n\n{columns}", rows)


def chosen_method(case: Case, number: int) -> Estimator:
    """Return one of the estimators of a cell.

    Parameters
    ----------
    case : Case
        The cell.
    number : int
        Which, counted from 1.

    Raises
    ------
    StudyError
        When the cell has fewer.
    """
    if 1 <= number <= len(case.estimators):
        return case.estimators[number - 1]
    listed = "; ".join(f"{i} {e!r}" for i, e in enumerate(case.estimators, start=1))
    problem = Problem(f"--estimator {number}", f"1 to {len(case.estimators)}", f"known: {listed}")
    raise StudyError(problem, key=f"cell.{case.cell.name}.estimators")


def likely_scenario(case: Case, method: Estimator) -> Scenario:
    """Return series like those of a cell, without effect, as its method sees them.

    Parameters
    ----------
    case : Case
        The cell.
    method : Estimator
        One that fits a trend sees errors about straight lines.

    Raises
    ------
    StudyError
        When its series are too short or too gapped to be simulated.
    """
    inner = getattr(method, "model", method)
    trend = bool(getattr(inner, "trend", False))
    try:
        return Scenario.like(case.panel, case.design, trend=trend)
    except ShiftexpError as error:
        name = case.cell.name
        found = [replace(p, given=f"cell {name!r}: {p.given}") for p in error.problems]
        raise StudyError(found, key=f"cell.{name}") from error
