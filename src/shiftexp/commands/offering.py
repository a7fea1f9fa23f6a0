"""What all commands share: how one is offered, its help, its example and the study it is about."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from shiftexp.commands.answer import OUT, Answer
from shiftexp.commands.columns import PARTS
from shiftexp.errors import Problem, StudyError
from shiftexp.study import Source, Study
from shiftexp.study.spec import DECIMALS, SEPARATORS
from shiftexp.table import write_atomically
from shiftexp.verdict import LANGUAGES

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse gives the type no public name
else:
    Commands = argparse._SubParsersAction  # noqa: SLF001 - likewise

DEMO = "demo"
WIDTH = 96
EXIT_CODES = (
    "exit codes: 0 done; 1 the data, the study file or the output folder are wrong (the message\n"
    "says what to do); 2 the command line is wrong. With --json stdout holds one JSON document,\n"
    'after exit code 1 {"error": {"type", "problems": [{"file", "key", "given", "needed",\n'
    '"remedy", "rows"}]}}; how to write a command is always said on stderr.'
)


def offer_command(
    commands: Commands,
    name: str,
    action: Callable[[argparse.Namespace], Answer],
    *,
    does: str,
    description: str,
    example: str,
) -> argparse.ArgumentParser:
    """Return the parser of a new command.

    Parameters
    ----------
    commands : Commands
        Where it is added.
    name : str
        Its name.
    action : callable
        What it does with its options.
    does : str
        One line for the list of commands.
    description : str
        What it is for.
    example : str
        Lines to be typed.
    """
    shown = textwrap.indent(example, "  ")
    parser = commands.add_parser(
        name,
        help=does,
        description=textwrap.fill(description, WIDTH),
        epilog=f"example:\n{shown}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")
    parser.set_defaults(action=action)
    return parser


def offer_study(parser: argparse.ArgumentParser) -> None:
    """Add the study file as an argument.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    """
    parser.add_argument(
        "file", metavar="study.toml", help=f"the study file, or {DEMO} for the bundled study"
    )


def offer_data(parser: argparse.ArgumentParser) -> None:
    """Add how a CSV file is read: which column is what, and what its values are.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    """
    plain = Source()
    for name in PARTS:
        parser.add_argument(
            f"--{name}", default="", metavar="COLUMN", help=f"column of the {name} (found)"
        )
    parser.add_argument(
        "--unit-of-measure",
        default=plain.unit_of_measure,
        metavar="TEXT",
        help="what a value counts, such as kg or count (%(default)s)",
    )
    parser.add_argument(
        "--additive",
        action=argparse.BooleanOptionalAction,
        help="values add up (amounts), or do not (rates, prices); read off the unit of measure",
    )
    parser.add_argument(
        "--separator",
        choices=tuple(SEPARATORS),
        default=plain.separator,
        help="what sets cells apart: declared, never guessed (%(default)s)",
    )
    parser.add_argument(
        "--decimal",
        choices=DECIMALS,
        default=plain.decimal,
        help="what stands before decimals, as in 71,5: declared, never guessed (%(default)s)",
    )
    parser.add_argument(
        "--allow-gaps",
        action="store_true",
        help="periods that no unit has are known to be missing",
    )


def offer_jobs(parser: argparse.ArgumentParser) -> None:
    """Add how many workers run a study.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    """
    parser.add_argument(
        "--jobs",
        type=int,
        default=-1,
        metavar="N",
        help="workers (all cores); what is found does not depend on them",
    )


def offer_language(parser: argparse.ArgumentParser, also: str = "") -> None:
    """Add the language of a report.

    Parameters
    ----------
    parser : ArgumentParser
        Of the command.
    also : str
        What else the option does.
    """
    told = f"language of the report, that of the study file by default{also}"
    parser.add_argument("--language", choices=LANGUAGES, default=None, help=told)


def read_study(file: str) -> Study:
    """Return the study of a file, or the bundled one.

    Parameters
    ----------
    file : str
        Path of a study file, or "demo".

    Raises
    ------
    StudyError
        When the file is unreadable, or anything in it is wrong.
    """
    return Study.demo() if file == DEMO else Study.from_toml(file)


def first_cell(study: Study, asked: str) -> str:
    """Return the cell that is asked for, by default the first.

    Parameters
    ----------
    study : Study
        The study.
    asked : str
        Name of a cell; empty for the first.
    """
    return asked or study.spec.cells[0].name


def write_new(path: Path, text: str, *, force: bool) -> Path:
    """Write a file that is not there yet, unless overwriting is asked for.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        What it shall hold.
    force : bool
        Whether a file that is there may be overwritten.

    Raises
    ------
    StudyError
        When it is there already, or cannot be written.
    """
    refuse_existing(path, force=force)
    try:
        return write_atomically(path, text)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> StudyError:
    """Return the refusal of a file that cannot be written."""
    given = f"file {str(path)!r}: {getattr(error, 'strerror', '') or error}"
    problem = Problem(given, "a folder that can be written to", "choose another with --out")
    return StudyError(problem, key=OUT)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse a file that is there already, unless overwriting is asked for.

    Parameters
    ----------
    path : Path
        The file.
    force : bool
        Whether it may be overwritten.

    Raises
    ------
    StudyError
        When it is there already, or nothing can be there.
    """
    try:
        there = path.exists()
    except OSError as error:  # such as a name that is too long
        raise _unwritable(path, error) from error
    if there and not force:
        given = f"file {str(path)!r} exists"
        problem = Problem(given, "a new file", "name another with --out, or say --force")
        raise StudyError(problem, key=OUT)
