"""The command line: ``shiftexp demo | init | check | run | report | ...``, as verbs in Python."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from shiftexp.commands import COMMANDS, EXIT_CODES, refusal
from shiftexp.errors import Problem, ShiftexpError, StudyError
from shiftexp.version import __version__

_ENDED_WELL, _WRONG_INPUT = 0, 1  # argparse itself ends with 2 when the command line is wrong
_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files"}
_FIRST_STEPS = """from your CSV to a report:
  shiftexp init data.csv --origin Here --destination There --onset 2016
  shiftexp check study.toml
  shiftexp run study.toml --out results

shell completion: eval "$(shiftexp --completion bash)"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``shiftexp``; those of the process by default.

    Returns
    -------
    int
        0 when done, 1 when the input is wrong; the process ends with 2 when the command line is.

    Examples
    --------
    >>> main(["check", "no-such-file.csv"])
    1
    """
    options = argparse.Namespace(json=False, file="")
    try:
        options = _parser().parse_args(arguments, options)
        _print(options.action(options).shown(machine=options.json), sys.stdout)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ShiftexpError as error:
        told = refusal(error, options.file or "").shown(machine=options.json)
        _print(told, sys.stdout if options.json else sys.stderr)
        return _WRONG_INPUT
    return _ENDED_WELL


def _print(text: str, stream: TextIO) -> None:
    """Print a text; characters that a terminal or a pipe cannot write are spelled out."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="shiftexp",
        description="Did it move, or did it grow? Weigh what two places' series can say.",
        epilog=f"{_FIRST_STEPS}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"shiftexp {__version__}")
    parser.add_argument(
        "--completion",
        action=_Completion,
        choices=tuple(_FILES),
        help="print a script that completes commands and options in a shell",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for offer in COMMANDS:
        offer(commands)
    return parser


class _Completion(argparse.Action):
    """Prints the script of a shell and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        values: object,
        _option: str | None = None,
    ) -> None:
        """Print the script.

        Raises
        ------
        StudyError
            When the package that writes such scripts is not installed.
        """
        try:
            import shtab
        except ImportError as error:
            given = "shell completion without the package shtab"
            problem = Problem(given, "the extra cli", "pip install 'shiftexp[cli]'")
            raise StudyError(problem) from error
        print(shtab.complete(_with_files(parser), str(values)))
        parser.exit()


def _with_files(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return a parser whose arguments that name files or folders are completed as such."""
    for action in parser._actions:  # noqa: SLF001 - argparse shows the arguments it holds nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for command in action.choices.values():
                _with_files(command)
        elif action.dest in {"file", "out", "store"}:
            vars(action)["complete"] = _FILES
    return parser
