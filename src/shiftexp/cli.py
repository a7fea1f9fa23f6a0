"""The command line: ``shiftexp demo | run | check``, the same verbs as in Python."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, ShiftexpError, StudyError, suggest
from shiftexp.panel import Panel
from shiftexp.report.page import CellPage
from shiftexp.report.terminal import cell_text, overview
from shiftexp.study import Source, Study, read_panel
from shiftexp.verdict import LANGUAGES

_WIDTH = 100
_ENDED_WELL, _WRONG_INPUT, _WRONG_USE = 0, 1, 2
_EPILOG = (
    "exit codes: 0 done; 1 the data, the study file or the output folder are wrong (the message "
    "says what to do); 2 the command line is wrong"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``shiftexp``; those of the process by default.

    Returns
    -------
    int
        0 when done, 1 when the input is wrong, 2 when the command line is.

    Examples
    --------
    >>> main(["check", "no-such-file.csv"])
    1
    """
    options = _parser().parse_args(arguments)
    try:
        options.action(options)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ShiftexpError as error:
        print(f"shiftexp: {type(error).__name__}: {error}", file=sys.stderr)
        return _WRONG_INPUT
    return _ENDED_WELL


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="shiftexp",
        description="Did it move, or did it grow? Weigh what two places' series can say.",
        epilog=_EPILOG,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="demo | run | check")
    demo = commands.add_parser(
        "demo",
        help="run the bundled Belgian-Dutch study",
        description="Run the bundled study.",
        epilog=_EPILOG,
    )
    demo.add_argument(
        "--out", default="results/demo", metavar="DIR", help="output folder (%(default)s)"
    )
    demo.add_argument(
        "--cell", default="cocaine_wholesale", metavar="NAME", help="cell to print (%(default)s)"
    )
    _add_language(demo)
    demo.set_defaults(action=_demo)
    run = commands.add_parser(
        "run",
        help="run a study file",
        description="Run a study file and write its report.",
        epilog=_EPILOG,
    )
    run.add_argument("study", metavar="study.toml", help="the study file")
    run.add_argument("--out", default="results", metavar="DIR", help="output folder (%(default)s)")
    run.add_argument("--cell", default="", metavar="NAME", help="cell to print; none by default")
    _add_language(run)
    run.set_defaults(action=_run)
    _add_check(
        commands.add_parser(
            "check",
            help="check a CSV file before a study",
            description="Read a CSV file as a panel, list everything that is wrong with it, and "
            "say what it holds. With --origin, --destination and --onset also say whether it "
            "passes the data gate.",
            epilog=_EPILOG,
        )
    )
    return parser


def _add_language(command: argparse.ArgumentParser) -> None:
    """Add the option that prints the verdict as a paragraph."""
    command.add_argument(
        "--language",
        choices=LANGUAGES,
        default="",
        help="print the cell's verdict as one paragraph to be read out, too",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    """Add the options of ``check``."""
    check.add_argument("data", metavar="data.csv", help="one row for each unit and period")
    for name in ("unit", "period", "value"):
        check.add_argument(
            f"--{name}", default=name, metavar="COLUMN", help=f"column of the {name} (%(default)s)"
        )
    for name in ("indicator", "quality"):
        check.add_argument(
            f"--{name}", default="", metavar="COLUMN", help=f"column of the {name}, if any"
        )
    check.add_argument(
        "--unit-of-measure",
        default="units",
        metavar="TEXT",
        help="such as kg or count (%(default)s)",
    )
    for name in ("origin", "destination", "onset"):
        check.add_argument(
            f"--{name}", default="", metavar="NAME", help=f"{name} of the study, if known"
        )
    check.add_argument(
        "--pick",
        default="",
        metavar="NAME",
        help="indicator to judge, if there are several",
    )
    check.set_defaults(action=_check)


def _demo(options: argparse.Namespace) -> None:
    """Run the bundled study, print one cell, write everything."""
    _finish(Study.demo(), options)


def _run(options: argparse.Namespace) -> None:
    """Run a study file."""
    _finish(Study.from_toml(options.study), options)


def _finish(study: Study, options: argparse.Namespace) -> None:
    """Run a study, print the overview, the cell asked for, and where the report is."""
    names = tuple(dict.fromkeys(cell.page or cell.name for cell in study.spec.cells))
    if options.cell and options.cell not in names:
        problem = Problem(
            f"--cell {options.cell!r}", "a cell of the study", suggest(options.cell, names)
        )
        raise StudyError(problem, key="cell")
    page = study.run(options.out)
    print(overview(page))
    for cell in page.cells:
        if cell.name == options.cell:
            print("\n" + cell_text(cell))
            print("\n" + _read_out(cell, options.language))
    folder = Path(options.out)
    if any(design.refusals for cell in page.cells for design in cell.pages):
        where = f"column 'refused' of {folder / 'estimates.csv'}, and in the report"
        print(f"\nwhy estimators refused: {where}")
    print(f"\nreport: {folder / 'report.html'}")


def _read_out(cell: CellPage, language: str) -> str:
    """Return the verdict of a cell as a paragraph, or how to have it."""
    if not language:
        return f"one paragraph to be read out: --language {' | '.join(LANGUAGES)}"
    return textwrap.fill(cell.primary.verdict.paragraph(language), _WIDTH)


def _refuse_several(panel: Panel) -> None:
    """Refuse to judge several indicators by one design."""
    names = [indicator.name for indicator in panel.indicators]
    if len(names) > 1:
        given = f"{len(names)} indicators: {', '.join(names)}"
        remedy = f"add --pick {shlex.quote(names[0])}, or another of them"
        raise DesignError(Problem(given, "one indicator for a design", remedy))


def _check(options: argparse.Namespace) -> None:
    """Read a CSV file as a panel and say what it holds."""
    path = Path(options.data)
    source = Source(
        file=path.name,
        unit=options.unit,
        period=options.period,
        value=options.value,
        indicator=options.indicator,
        quality=options.quality,
        unit_of_measure=options.unit_of_measure,
    )
    panel = read_panel(source, path.parent)
    print(f"{path}: {panel!r}")
    print(f"units: {', '.join(panel.units)}")
    print(f"periods: {panel.calendar.labels[0]} to {panel.calendar.labels[-1]}")
    if options.pick:
        panel = panel[options.pick]
    if options.onset:
        _refuse_several(panel)
        design = Design(
            origin=options.origin or None,
            destination=options.destination or None,
            onset=options.onset,
        )
        design.window(panel)
        print(f"data gate: {design.gate(panel)}")
